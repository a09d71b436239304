/* SPDX-License-Identifier: MIT */
#include "net/tcp_socket.h"

#include "net/option.h"
#include "net/sockaddr.h"
#include "net/socket.h"
#include "os/descriptor.h"
#include "poll/source_inline.h"

vigil_status vigil_tcp_socket_open(vigil_tcp_socket *socket, vigil_family family)
{
    socket->fd = VIGIL_FD_NONE;
    if (family != VIGIL_FAMILY_IPV4 && family != VIGIL_FAMILY_IPV6) {
        return VIGIL_EAFNOSUPPORT;
    }
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    return vigil_os_socket_stream(ipv6 ? VIGIL_OS_AF_INET6 : VIGIL_OS_AF_INET, &socket->fd);
}

vigil_status vigil_tcp_socket_set_reuse_address(const vigil_tcp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->fd, VIGIL_OS_REUSE_ADDRESS, enabled);
}

vigil_status vigil_tcp_socket_reuse_address(const vigil_tcp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->fd, VIGIL_OS_REUSE_ADDRESS, enabled);
}

vigil_status vigil_tcp_socket_set_reuse_port(const vigil_tcp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->fd, VIGIL_OS_REUSE_PORT, enabled);
}

vigil_status vigil_tcp_socket_reuse_port(const vigil_tcp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->fd, VIGIL_OS_REUSE_PORT, enabled);
}

vigil_status vigil_tcp_socket_set_only_ipv6(const vigil_tcp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->fd, VIGIL_OS_ONLY_IPV6, enabled);
}

vigil_status vigil_tcp_socket_only_ipv6(const vigil_tcp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->fd, VIGIL_OS_ONLY_IPV6, enabled);
}

vigil_status vigil_tcp_socket_set_send_buffer(const vigil_tcp_socket *socket, int bytes)
{
    return vigil_option_set_buffer(socket->fd, VIGIL_OS_SEND_BUFFER, bytes);
}

vigil_status vigil_tcp_socket_send_buffer(const vigil_tcp_socket *socket, int *bytes)
{
    return vigil_os_get_option(socket->fd, VIGIL_OS_SEND_BUFFER, bytes);
}

vigil_status vigil_tcp_socket_set_receive_buffer(const vigil_tcp_socket *socket, int bytes)
{
    return vigil_option_set_buffer(socket->fd, VIGIL_OS_RECEIVE_BUFFER, bytes);
}

vigil_status vigil_tcp_socket_receive_buffer(const vigil_tcp_socket *socket, int *bytes)
{
    return vigil_os_get_option(socket->fd, VIGIL_OS_RECEIVE_BUFFER, bytes);
}

vigil_status vigil_tcp_socket_set_device(const vigil_tcp_socket *socket, const char *name,
                                         size_t length)
{
    return vigil_option_set_device(socket->fd, name, length);
}

vigil_status vigil_tcp_socket_device(const vigil_tcp_socket *socket, char *name, size_t *length)
{
    return vigil_option_device(socket->fd, name, length);
}

vigil_status vigil_tcp_socket_set_fast_open(const vigil_tcp_socket *socket, int queue)
{
    return vigil_os_set_option(socket->fd, VIGIL_OS_FAST_OPEN, queue);
}

vigil_status vigil_tcp_socket_fast_open(const vigil_tcp_socket *socket, int *queue)
{
    return vigil_os_get_option(socket->fd, VIGIL_OS_FAST_OPEN, queue);
}

vigil_status vigil_tcp_socket_set_fast_open_connect(const vigil_tcp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->fd, VIGIL_OS_FAST_OPEN_CONNECT, enabled);
}

vigil_status vigil_tcp_socket_fast_open_connect(const vigil_tcp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->fd, VIGIL_OS_FAST_OPEN_CONNECT, enabled);
}

/* An address that is none is an empty one to the system, which says of it that its
 * length is wrong. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(status) && status_valid(encoding) ==> status_valid(\result);
  ensures kept: encoding == VIGIL_OK || status == VIGIL_EBADF ==> \result == status;
  ensures refused: encoding != VIGIL_OK && status != VIGIL_EBADF ==> \result == encoding;
*/
static vigil_status judged(vigil_status status, vigil_status encoding)
{
    return encoding == VIGIL_OK || status == VIGIL_EBADF ? status : encoding;
}

vigil_status vigil_tcp_socket_assign_address(const vigil_tcp_socket *socket,
                                             const vigil_address *address)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(*address, &native);
    return judged(vigil_os_bind(socket->fd, &native), encoding);
}

vigil_status vigil_tcp_socket_local_address(const vigil_tcp_socket *socket, vigil_address *address)
{
    vigil_source source = vigil_source_from_fd(socket->fd);
    return vigil_socket_local_address(&source, address);
}

vigil_status vigil_tcp_socket_listen(vigil_tcp_socket *socket, int backlog,
                                     vigil_tcp_listener *listener)
{
    listener->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_os_listen(socket->fd, backlog);
    if (status == VIGIL_OK) {
        listener->source = vigil_source_from_fd(socket->fd);
        socket->fd = VIGIL_FD_NONE;
    }
    return status;
}

vigil_status vigil_tcp_socket_connect(vigil_tcp_socket *socket, const vigil_address *address,
                                      vigil_tcp_stream *stream)
{
    vigil_sockaddr native;
    stream->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status encoding = vigil_sockaddr_encode(*address, &native);
    vigil_status status = judged(vigil_os_connect(socket->fd, &native), encoding);
    if (status != VIGIL_OK && status != VIGIL_EINPROGRESS) {
        return status;
    }
    stream->source = vigil_source_from_fd(socket->fd);
    socket->fd = VIGIL_FD_NONE;
    return VIGIL_OK;
}

vigil_fd vigil_tcp_socket_fd(const vigil_tcp_socket *socket)
{
    return socket->fd;
}

void vigil_tcp_socket_close(vigil_tcp_socket *socket)
{
    if (socket->fd != VIGIL_FD_NONE) {
        (void)!vigil_os_close(socket->fd);
        socket->fd = VIGIL_FD_NONE;
    }
}
