/* SPDX-License-Identifier: MIT */
#include "net/socket.h"

#include "net/option.h"
#include "net/sockaddr.h"
#include "os/descriptor.h"
#include "os/status.h"
#include "poll/registry.h"

/* No packet that nobody may take. */
#define HOPS_MIN 1

vigil_status vigil_socket_close(vigil_source *source)
{
    vigil_fd fd = VIGIL_FD_NONE;
    if (source->fd == VIGIL_FD_NONE) {
        return VIGIL_OK;
    }
    vigil_status status = vigil_socket_release(source, &fd);
    if (status == VIGIL_OK) {
        (void)!vigil_os_close(fd);
    }
    return status;
}

vigil_status vigil_socket_adopt(vigil_source *source, vigil_fd fd)
{
    vigil_status status = vigil_os_adopt(fd);
    *source = vigil_source_from_fd(status == VIGIL_OK ? fd : VIGIL_FD_NONE);
    return status;
}

vigil_status vigil_socket_release(vigil_source *source, vigil_fd *fd)
{
    *fd = VIGIL_FD_NONE;
    if (source->fd == VIGIL_FD_NONE) {
        return VIGIL_EBADF;
    }
    if (source->registry != NULL) {
        //@ ghost int epoll = source->registry->selector.epoll;
        /*@ assert alone: \forall integer e; 0 <= e < VIGIL_KERNEL_DESCRIPTORS && e != epoll &&
              kernel_kind[e] == VIGIL_KERNEL_EPOLL ==> kernel_listed[e][source->fd] == 0; */
        vigil_status status = vigil_registry_deregister(source->registry, source);
        if (status != VIGIL_OK) {
            return status;
        }
        //@ assert here: kernel_listed[epoll][source->fd] == 0;
        /*@ assert there: \forall integer e; 0 <= e < VIGIL_KERNEL_DESCRIPTORS && e != epoll &&
              kernel_kind[e] == VIGIL_KERNEL_EPOLL ==> kernel_listed[e][source->fd] == 0; */
        //@ assert nowhere: VIGIL_KERNEL_UNLISTED(source->fd);
    }
    //@ assert unlisted: VIGIL_KERNEL_UNLISTED(source->fd);
    *fd = source->fd;
    source->fd = VIGIL_FD_NONE;
    return VIGIL_OK;
}

vigil_status vigil_socket_local_address(const vigil_source *source, vigil_address *address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_local_address(source->fd, &native);
    *address = vigil_sockaddr_decode(&native);
    return status;
}

vigil_status vigil_socket_peer_address(const vigil_source *source, vigil_address *address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_peer_address(source->fd, &native);
    *address = vigil_sockaddr_decode(&native);
    return status;
}

/* Linux takes -1 too, for its default, and 0 for IPv6 (ip(7), ipv6(7)). */
vigil_status vigil_socket_set_ttl(const vigil_source *source, int hops)
{
    int before = 0;
    vigil_status status = vigil_socket_ttl(source, &before);
    if (status != VIGIL_OK) {
        return status;
    }
    if (hops < HOPS_MIN || hops > VIGIL_HOPS_MAX) {
        return VIGIL_EINVAL;
    }
    return vigil_option_set_of_family(source->fd, VIGIL_OS_TTL_IPV6, VIGIL_OS_TTL_IPV4, hops);
}

/* Which option it is depends on the socket: IP_TTL is taken by an IPv6 socket
 * too, and then means nothing to what it sends over IPv6 (ip(7), ipv6(7)). */
vigil_status vigil_socket_ttl(const vigil_source *source, int *hops)
{
    return vigil_option_of_family(source->fd, VIGIL_OS_TTL_IPV6, VIGIL_OS_TTL_IPV4, hops);
}

vigil_status vigil_socket_take_error(const vigil_source *source, vigil_status *error)
{
    int code = 0;
    vigil_status status = vigil_os_get_option(source->fd, VIGIL_OS_ERROR, &code);
    *error = vigil_os_status(code);
    return status;
}
