/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SOCKET_H
#define VIGIL_OS_SOCKET_H

#include "base/limits.h"
#include "base/status.h"
#include "os/kernel.h"
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
    VIGIL_OS_FAST_OPEN,         /* how many may wait, of a listener */
    VIGIL_OS_FAST_OPEN_CONNECT, /* whether to, of a stream */
    VIGIL_OS_ONLY_IPV6,
    VIGIL_OS_ERROR,  /* read only; reading clears it */
    VIGIL_OS_FAMILY, /* read only */
    VIGIL_OS_SEND_BUFFER,
    VIGIL_OS_RECEIVE_BUFFER,
    VIGIL_OS_REUSE_PORT,
    VIGIL_OS_BROADCAST,
    VIGIL_OS_MULTICAST_LOOP_IPV4,
    VIGIL_OS_MULTICAST_LOOP_IPV6,
    VIGIL_OS_MULTICAST_TTL_IPV4,
    VIGIL_OS_MULTICAST_TTL_IPV6,
    VIGIL_OS_MULTICAST_INTERFACE_IPV6, /* index, 0 for the system's choice */
    VIGIL_OS_ERROR_QUEUE_IPV4,
    VIGIL_OS_ERROR_QUEUE_IPV6,
    VIGIL_OS_RECEIVE_OFFLOAD
} vigil_os_option;

/* Whether a group is joined or left. */
typedef enum vigil_os_membership {
    VIGIL_OS_JOIN,
    VIGIL_OS_LEAVE
} vigil_os_membership;

/* A stream socket of `family` (VIGIL_OS_AF_*), non-blocking, close-on-exec. */
/*@
  requires fd: \valid(fd);
  terminates \true; exits \false;
  // socket(2): "a file descriptor for the new socket is returned. On error, -1";
  // SOCK_NONBLOCK, SOCK_CLOEXEC.
  assigns \result, *fd, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*fd, VIGIL_KERNEL_SOCKET);
  ensures nonblocking: \result == VIGIL_OK ==> kernel_nonblocking[*fd] == 1;
*/
vigil_status vigil_os_socket_stream(int family, vigil_fd *fd);

/* A datagram socket of `family`, non-blocking, close-on-exec. */
/*@
  requires fd: \valid(fd);
  terminates \true; exits \false;
  // socket(2): "a file descriptor for the new socket is returned. On error, -1";
  // SOCK_NONBLOCK, SOCK_CLOEXEC.
  assigns \result, *fd, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*fd, VIGIL_KERNEL_SOCKET);
  ensures nonblocking: \result == VIGIL_OK ==> kernel_nonblocking[*fd] == 1;
*/
vigil_status vigil_os_socket_datagram(int family, vigil_fd *fd);

/*@
  requires address: \valid_read(address) && address->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address);
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_listen(vigil_fd fd, int backlog);
/*@
  requires address: \valid_read(address) && address->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address);
/*@
  requires memory: \valid(fd) && \valid(peer) && \separated(fd, peer);
  terminates \true; exits \false;
  // accept4(2): "return a file descriptor for the accepted socket"; "on error,
  // -1 is returned"; SOCK_NONBLOCK, SOCK_CLOEXEC.
  assigns \result, *fd, *peer, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*fd, VIGIL_KERNEL_SOCKET);
  ensures nonblocking: \result == VIGIL_OK ==> kernel_nonblocking[*fd] == 1;
  ensures length: peer->length <= VIGIL_SOCKADDR_BYTES;
  ensures nobody: \result != VIGIL_OK ==> peer->length == 0;
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !\old(VIGIL_KERNEL_OPEN(listener)) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer);
/*@
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns \result, *address;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "The addrlen argument [...] will contain the actual size of the address".
  ensures length: address->length <= VIGIL_SOCKADDR_BYTES;
  ensures failed: \result != VIGIL_OK ==> address->length == 0;
*/
vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address);
/*@
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns \result, *address;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "The addrlen argument [...] will contain the actual size of the address".
  ensures length: address->length <= VIGIL_SOCKADDR_BYTES;
  ensures failed: \result != VIGIL_OK ==> address->length == 0;
*/
vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address);
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how);

/*@
  requires value: \valid(value);
  terminates \true; exits \false;
  assigns \result, *value;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  ensures failed: \result != VIGIL_OK ==> *value == 0;
*/
vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value);
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value);
/*@
  requires values: \valid(enabled) && \valid(seconds) && \separated(enabled, seconds);
  terminates \true; exits \false;
  assigns \result, *enabled, *seconds;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  ensures failed: \result != VIGIL_OK ==> !*enabled && *seconds == 0;
*/
vigil_status vigil_os_get_linger(vigil_fd fd, bool *enabled, int *seconds);
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_set_linger(vigil_fd fd, bool enabled, int seconds);

/* The interface that the socket is tied to, by its name of 15 bytes at most; no bytes
 * for none. Reading takes room for a zero at its end. */
/*@
  requires name: length < VIGIL_DEVICE_NAME_MAX && \valid_read(name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_set_device(vigil_fd fd, const char *name, size_t length);
/*@
  requires name: \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  requires length: \valid(length);
  requires apart: \separated(length, name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  terminates \true; exits \false;
  assigns \result, name[0 .. VIGIL_DEVICE_NAME_MAX - 1], *length;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // socket(7): "The maximum length [...] is IFNAMSIZ", with the zero.
  ensures room: *length < VIGIL_DEVICE_NAME_MAX;
  ensures failed: \result != VIGIL_OK ==> *length == 0;
*/
vigil_status vigil_os_get_device(vigil_fd fd, char *name, size_t *length);

/* Joins the group at `group`, an address of ip(7) or ipv6(7), on the interface
 * of that index, or on one that the system picks for 0; or leaves it
 * (MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP of RFC 3678). */
/*@
  requires group: \valid_read(group) && group->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_set_membership(vigil_fd fd, vigil_os_membership change,
                                     const vigil_sockaddr *group, uint32_t interface_index);
/* The interface that multicast is sent through over IPv4, by its index; 0 for the
 * system's choice (ip(7), IP_MULTICAST_IF). */
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_set_multicast_interface(vigil_fd fd, int interface_index);

/*@
  requires count: \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count);
/*@
  requires count: \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count);
/*@
  requires count: \valid(count);
  requires buffers: \valid_read(buffers + (0 .. buffer_count - 1));
  terminates \true; exits \false;
  assigns \result, *count,
    ((char *)buffers[0 .. buffer_count - 1].data)[0 .. ];
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // "Return the number of bytes, or -1".
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_receive_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                      size_t *count);

/* Sending raises no SIGPIPE: VIGIL_EPIPE says it all. */
/*@
  requires count: \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \result, *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count);
/*@
  requires count: \valid(count);
  requires buffers: \valid_read(buffers + (0 .. buffer_count - 1));
  terminates \true; exits \false;
  assigns \result, *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // "Return the number of bytes, or -1".
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count);

/* One datagram to `to` (sendto(2)). Raises no SIGPIPE. */
/*@
  requires count: \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  requires to: \valid_read(to) && to->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result, *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of characters sent. On error, -1".
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_send_to(vigil_fd fd, const void *data, size_t length,
                              const vigil_sockaddr *to, size_t *count);
/* One datagram, and where it comes from (recvmsg(2)). What has no room is lost, and
 * the status is then VIGIL_EMSGSIZE with a count of `capacity`. */
/*@
  requires memory: \valid(count) && \valid(from) && \separated(count, from);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count, *from;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  // MSG_TRUNC: "the trailing portion of a datagram was discarded because the
  // datagram was larger than the buffer supplied". A pending error of the socket
  // may be EMSGSIZE too (ip(7), IP_MTU_DISCOVER).
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures length: from->length <= VIGIL_SOCKADDR_BYTES;
  ensures nobody: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> from->length == 0;
*/
vigil_status vigil_os_receive_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                   size_t *count);
/* The same, and the datagram stays where it is (MSG_PEEK). */
/*@
  requires memory: \valid(count) && \valid(from) && \separated(count, from);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count, *from;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  // MSG_TRUNC: "the trailing portion of a datagram was discarded because the
  // datagram was larger than the buffer supplied". A pending error of the socket
  // may be EMSGSIZE too (ip(7), IP_MTU_DISCOVER).
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures length: from->length <= VIGIL_SOCKADDR_BYTES;
  ensures nobody: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> from->length == 0;
*/
vigil_status vigil_os_peek_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                size_t *count);

#endif
