/* SPDX-License-Identifier: MIT */
#include "net/tcp_listener.h"

#include "base/limits.h"
#include "net/sockaddr.h"
#include "net/socket.h"
#include "net/tcp_socket.h"
#include "net/told.h"

vigil_status vigil_tcp_listener_bind(vigil_tcp_listener *listener, const vigil_address *address)
{
    return vigil_tcp_listener_bind_backlog(listener, address, VIGIL_BACKLOG_DEFAULT);
}

vigil_status vigil_tcp_listener_bind_backlog(vigil_tcp_listener *listener,
                                             const vigil_address *address, int backlog)
{
    vigil_tcp_socket socket;
    listener->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_tcp_socket_open(&socket, address->family);
    if (status == VIGIL_OK) {
        status = vigil_tcp_socket_set_reuse_address(&socket, true);
    }
    if (status == VIGIL_OK) {
        status = vigil_tcp_socket_assign_address(&socket, address);
    }
    if (status == VIGIL_OK) {
        status = vigil_tcp_socket_listen(&socket, backlog, listener);
    }
    vigil_tcp_socket_close(&socket);
    return status;
}

vigil_status vigil_tcp_listener_accept(vigil_tcp_listener *listener, vigil_tcp_stream *stream,
                                       vigil_address *peer)
{
    vigil_sockaddr native;
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_os_accept(listener->source.fd, &fd, &native);
    stream->source = vigil_source_from_fd(status == VIGIL_OK ? fd : VIGIL_FD_NONE);
    if (peer != NULL) {
        *peer = vigil_sockaddr_decode(&native);
    }
    return told_by(&listener->source, VIGIL_READABLE, status);
}

vigil_status vigil_tcp_listener_local_address(const vigil_tcp_listener *listener,
                                              vigil_address *address)
{
    return vigil_socket_local_address(&listener->source, address);
}

vigil_status vigil_tcp_listener_set_ttl(const vigil_tcp_listener *listener, int hops)
{
    return vigil_socket_set_ttl(&listener->source, hops);
}

vigil_status vigil_tcp_listener_ttl(const vigil_tcp_listener *listener, int *hops)
{
    return vigil_socket_ttl(&listener->source, hops);
}

vigil_status vigil_tcp_listener_take_error(const vigil_tcp_listener *listener, vigil_status *error)
{
    return vigil_socket_take_error(&listener->source, error);
}

vigil_status vigil_tcp_listener_from_fd(vigil_tcp_listener *listener, vigil_fd fd)
{
    return vigil_socket_adopt(&listener->source, fd);
}

vigil_fd vigil_tcp_listener_fd(const vigil_tcp_listener *listener)
{
    return listener->source.fd;
}

vigil_status vigil_tcp_listener_into_fd(vigil_tcp_listener *listener, vigil_fd *fd)
{
    return vigil_socket_release(&listener->source, fd);
}

vigil_status vigil_tcp_listener_close(vigil_tcp_listener *listener)
{
    return vigil_socket_close(&listener->source);
}
