/* SPDX-License-Identifier: MIT */
#include "os/socket.h"

#include "os/status.h"

#include <errno.h>
#include <sys/socket.h>

_Static_assert(VIGIL_SOCKADDR_BYTES == sizeof(struct sockaddr_storage), "the kernel's size");
_Static_assert(VIGIL_OS_AF_UNSPEC == AF_UNSPEC && VIGIL_OS_AF_UNIX == AF_UNIX
                   && VIGIL_OS_AF_INET == AF_INET && VIGIL_OS_AF_INET6 == AF_INET6,
               "the kernel's families");
_Static_assert((int)VIGIL_SHUTDOWN_READ == SHUT_RD && (int)VIGIL_SHUTDOWN_WRITE == SHUT_WR
                   && (int)VIGIL_SHUTDOWN_BOTH == SHUT_RDWR,
               "the kernel's directions");

static vigil_status status_of(int result)
{
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

static const struct sockaddr *native(const vigil_sockaddr *address)
{
    return (const struct sockaddr *)(const void *)address->bytes;
}

vigil_status vigil_os_socket_stream(int family, vigil_fd *fd)
{
    *fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return status_of(*fd);
}

vigil_status vigil_os_socket_datagram(int family, vigil_fd *fd)
{
    *fd = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return status_of(*fd);
}

vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address)
{
    return status_of(bind(fd, native(address), address->length));
}

vigil_status vigil_os_listen(vigil_fd fd, int backlog)
{
    return status_of(listen(fd, backlog));
}

vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address)
{
    return status_of(connect(fd, native(address), address->length));
}

/* The kernel reports the length an address has, not what it wrote: an address
 * longer than the room is cut, and what is not there must not be read. */
static void set_length(vigil_sockaddr *address, int result, socklen_t length)
{
    uint32_t written = length < VIGIL_SOCKADDR_BYTES ? length : VIGIL_SOCKADDR_BYTES;
    address->length = result < 0 ? 0 : written;
}

vigil_status vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer)
{
    socklen_t length = VIGIL_SOCKADDR_BYTES;
    struct sockaddr *room = (struct sockaddr *)(void *)peer->bytes;
    *fd = accept4(listener, room, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    set_length(peer, *fd, length);
    return status_of(*fd);
}

vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address)
{
    socklen_t length = VIGIL_SOCKADDR_BYTES;
    int result = getsockname(fd, (struct sockaddr *)(void *)address->bytes, &length);
    set_length(address, result, length);
    return status_of(result);
}

vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address)
{
    socklen_t length = VIGIL_SOCKADDR_BYTES;
    int result = getpeername(fd, (struct sockaddr *)(void *)address->bytes, &length);
    set_length(address, result, length);
    return status_of(result);
}

vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how)
{
    return status_of(shutdown(fd, (int)how));
}
