/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SOCKET_H
#define VIGIL_OS_SOCKET_H

#include "base/status.h"
#include "os_types.h"

#include <stdbool.h>

/*
 * The seam to sockets. Addresses are bytes as the kernel has them
 * (net/sockaddr.h writes and reads them). Counts are written on every path, 0
 * unless the status is VIGIL_OK.
 */

/* Room for any address of the kernel: struct sockaddr_storage. */
#define VIGIL_SOCKADDR_BYTES 128

typedef struct vigil_sockaddr {
    uint8_t bytes[VIGIL_SOCKADDR_BYTES];
    uint32_t length; /* bytes used */
} vigil_sockaddr;

/* A piece of memory to read into or write from; laid out as struct iovec. */
typedef struct vigil_buffer {
    void *data;
    size_t length; /* bytes */
} vigil_buffer;

typedef enum vigil_shutdown {
    VIGIL_SHUTDOWN_READ = 0,
    VIGIL_SHUTDOWN_WRITE = 1,
    VIGIL_SHUTDOWN_BOTH = 2
} vigil_shutdown;

/* The options that are an int each. */
typedef enum vigil_os_option {
    VIGIL_OS_REUSE_ADDRESS,
    VIGIL_OS_NODELAY,
    VIGIL_OS_TTL_IPV4,
    VIGIL_OS_TTL_IPV6,
    VIGIL_OS_KEEPALIVE,
    VIGIL_OS_KEEPALIVE_IDLE,     /* seconds */
    VIGIL_OS_KEEPALIVE_INTERVAL, /* seconds */
    VIGIL_OS_KEEPALIVE_COUNT,
    VIGIL_OS_ONLY_IPV6,
    VIGIL_OS_ERROR, /* read only; reading clears it */
    VIGIL_OS_FAMILY /* read only */
} vigil_os_option;

/* A stream socket of `family` (VIGIL_OS_AF_*), non-blocking, close-on-exec. */
vigil_status vigil_os_socket_stream(int family, vigil_fd *fd);

vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address);
vigil_status vigil_os_listen(vigil_fd fd, int backlog);
vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address);
vigil_status vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer);
vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address);
vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address);
vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how);

vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value);
vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value);
vigil_status vigil_os_get_linger(vigil_fd fd, bool *enabled, int *seconds);
vigil_status vigil_os_set_linger(vigil_fd fd, bool enabled, int seconds);

vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count);
vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count);
vigil_status vigil_os_receive_buffers(vigil_fd fd, const vigil_buffer *buffers,
                                      size_t buffer_count, size_t *count);

/* Sending raises no SIGPIPE: VIGIL_EPIPE says it all. */
vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count);
vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count);

#endif
