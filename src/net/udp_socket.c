/* SPDX-License-Identifier: MIT */
#include "net/udp_socket.h"

#include "net/sockaddr.h"
#include "net/socket.h"
#include "net/told.h"
#include "os/descriptor.h"

/* The length of an address that is none, for connect(2) to forget the peer. */
#define UNSPEC_BYTES 16

vigil_status vigil_udp_socket_open(vigil_udp_socket *socket, vigil_family family)
{
    vigil_fd fd = VIGIL_FD_NONE;
    socket->source = vigil_source_from_fd(VIGIL_FD_NONE);
    if (family != VIGIL_FAMILY_IPV4 && family != VIGIL_FAMILY_IPV6) {
        return VIGIL_EAFNOSUPPORT;
    }
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    vigil_status status =
        vigil_os_socket_datagram(ipv6 ? VIGIL_OS_AF_INET6 : VIGIL_OS_AF_INET, &fd);
    if (status == VIGIL_OK) {
        socket->source = vigil_source_from_fd(fd);
    }
    return status;
}

vigil_status vigil_udp_socket_bind(vigil_udp_socket *socket, const vigil_address *address)
{
    vigil_status status = vigil_udp_socket_open(socket, address->family);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_udp_socket_assign_address(socket, address);
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(socket->source.fd);
        socket->source = vigil_source_from_fd(VIGIL_FD_NONE);
    }
    return status;
}

/* The system takes no address for a wrong length, whatever else is wrong first. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(status) && status_valid(encoding) ==> status_valid(\result);
  ensures kept: status != VIGIL_EINVAL ==> \result == status;
*/
static vigil_status for_address(vigil_status status, vigil_status encoding)
{
    return status == VIGIL_EINVAL && encoding != VIGIL_OK ? encoding : status;
}

vigil_status vigil_udp_socket_assign_address(const vigil_udp_socket *socket,
                                             const vigil_address *address)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(*address, &native);
    return for_address(vigil_os_bind(socket->source.fd, &native), encoding);
}

vigil_status vigil_udp_socket_connect(const vigil_udp_socket *socket, const vigil_address *peer)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(*peer, &native);
    return for_address(vigil_os_connect(socket->source.fd, &native), encoding);
}

vigil_status vigil_udp_socket_disconnect(const vigil_udp_socket *socket)
{
    vigil_sockaddr nobody;
    (void)vigil_sockaddr_encode(vigil_address_none(), &nobody);
    nobody.length = UNSPEC_BYTES;
    return vigil_os_connect(socket->source.fd, &nobody);
}

vigil_status vigil_udp_socket_send(vigil_udp_socket *socket, const void *data, size_t length,
                                   size_t *count)
{
    return told_by(&socket->source, VIGIL_WRITABLE,
                   vigil_os_send(socket->source.fd, data, length, count));
}

vigil_status vigil_udp_socket_send_to(vigil_udp_socket *socket, const void *data, size_t length,
                                      const vigil_address *to, size_t *count)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(*to, &native);
    vigil_status status = vigil_os_send_to(socket->source.fd, data, length, &native, count);
    return told_by(&socket->source, VIGIL_WRITABLE, for_address(status, encoding));
}

vigil_status vigil_udp_socket_receive_from(vigil_udp_socket *socket, void *data, size_t capacity,
                                           vigil_address *from, size_t *count)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_receive_from(socket->source.fd, data, capacity, &native, count);
    if (from != NULL) {
        *from = vigil_sockaddr_decode(&native);
    }
    return told_by(&socket->source, VIGIL_READABLE, status);
}

vigil_status vigil_udp_socket_receive(vigil_udp_socket *socket, void *data, size_t capacity,
                                      size_t *count)
{
    return vigil_udp_socket_receive_from(socket, data, capacity, NULL, count);
}

vigil_status vigil_udp_socket_peek_from(vigil_udp_socket *socket, void *data, size_t capacity,
                                        vigil_address *from, size_t *count)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_peek_from(socket->source.fd, data, capacity, &native, count);
    if (from != NULL) {
        *from = vigil_sockaddr_decode(&native);
    }
    return told_by(&socket->source, VIGIL_READABLE, status);
}

vigil_status vigil_udp_socket_peek(vigil_udp_socket *socket, void *data, size_t capacity,
                                   size_t *count)
{
    return vigil_udp_socket_peek_from(socket, data, capacity, NULL, count);
}

vigil_status vigil_udp_socket_local_address(const vigil_udp_socket *socket, vigil_address *address)
{
    return vigil_socket_local_address(&socket->source, address);
}

vigil_status vigil_udp_socket_peer_address(const vigil_udp_socket *socket, vigil_address *address)
{
    return vigil_socket_peer_address(&socket->source, address);
}

vigil_status vigil_udp_socket_take_error(const vigil_udp_socket *socket, vigil_status *error)
{
    return vigil_socket_take_error(&socket->source, error);
}

vigil_status vigil_udp_socket_from_fd(vigil_udp_socket *socket, vigil_fd fd)
{
    return vigil_socket_adopt(&socket->source, fd);
}

vigil_fd vigil_udp_socket_fd(const vigil_udp_socket *socket)
{
    return socket->source.fd;
}

vigil_status vigil_udp_socket_into_fd(vigil_udp_socket *socket, vigil_fd *fd)
{
    return vigil_socket_release(&socket->source, fd);
}

vigil_status vigil_udp_socket_close(vigil_udp_socket *socket)
{
    return vigil_socket_close(&socket->source);
}
