/* SPDX-License-Identifier: MIT */
#include "net/unix_datagram.h"

#include "net/socket.h"
#include "net/told.h"
#include "net/unix_sockaddr.h"
#include "net/unix_socket.h"
#include "os/descriptor.h"

/* Too short for an address, so that the system refuses it: none at all would be the
 * peer's (sendto(2)). */
#define NO_ADDRESS_BYTES 1

vigil_status vigil_unix_datagram_open(vigil_unix_datagram *socket)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_os_socket_datagram(VIGIL_OS_AF_UNIX, &fd);
    socket->source = vigil_source_from_fd(status == VIGIL_OK ? fd : VIGIL_FD_NONE);
    return status;
}

vigil_status vigil_unix_datagram_bind(vigil_unix_datagram *socket,
                                      const vigil_unix_address *address)
{
    vigil_sockaddr native;
    socket->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_unix_sockaddr_encode(address, &native);
    if (status == VIGIL_OK) {
        status = vigil_unix_datagram_open(socket);
    }
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_os_bind(socket->source.fd, &native);
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(socket->source.fd);
        socket->source = vigil_source_from_fd(VIGIL_FD_NONE);
    }
    return status;
}

vigil_status vigil_unix_datagram_pair(vigil_unix_datagram *one, vigil_unix_datagram *two)
{
    return vigil_unix_pair(VIGIL_OS_PAIR_DATAGRAM, &one->source, &two->source);
}

/* What is no address, and an unnamed one, is not of a length that the system takes. */
vigil_status vigil_unix_datagram_connect(const vigil_unix_datagram *socket,
                                         const vigil_unix_address *peer)
{
    vigil_sockaddr native;
    (void)!vigil_unix_sockaddr_encode(peer, &native);
    return vigil_os_connect(socket->source.fd, &native);
}

vigil_status vigil_unix_datagram_send(vigil_unix_datagram *socket, const void *data, size_t length,
                                      size_t *count)
{
    return told_by(&socket->source, VIGIL_WRITABLE,
                   vigil_os_send(socket->source.fd, data, length, count));
}

vigil_status vigil_unix_datagram_send_to(vigil_unix_datagram *socket, const void *data,
                                         size_t length, const vigil_unix_address *to, size_t *count)
{
    vigil_sockaddr native;
    if (vigil_unix_sockaddr_encode(to, &native) != VIGIL_OK) {
        native.length = NO_ADDRESS_BYTES;
    }
    vigil_status status = vigil_os_send_to(socket->source.fd, data, length, &native, count);
    return told_by(&socket->source, VIGIL_WRITABLE, status);
}

vigil_status vigil_unix_datagram_receive_from(vigil_unix_datagram *socket, void *data,
                                              size_t capacity, vigil_unix_address *from,
                                              size_t *count)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_receive_from(socket->source.fd, data, capacity, &native, count);
    if (from != NULL) {
        *from = vigil_unix_sockaddr_decode(&native);
    }
    return told_by(&socket->source, VIGIL_READABLE, status);
}

vigil_status vigil_unix_datagram_receive(vigil_unix_datagram *socket, void *data, size_t capacity,
                                         size_t *count)
{
    return vigil_unix_datagram_receive_from(socket, data, capacity, NULL, count);
}

vigil_status vigil_unix_datagram_peek_from(vigil_unix_datagram *socket, void *data, size_t capacity,
                                           vigil_unix_address *from, size_t *count)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_peek_from(socket->source.fd, data, capacity, &native, count);
    if (from != NULL) {
        *from = vigil_unix_sockaddr_decode(&native);
    }
    return told_by(&socket->source, VIGIL_READABLE, status);
}

vigil_status vigil_unix_datagram_peek(vigil_unix_datagram *socket, void *data, size_t capacity,
                                      size_t *count)
{
    return vigil_unix_datagram_peek_from(socket, data, capacity, NULL, count);
}

vigil_status vigil_unix_datagram_shutdown(vigil_unix_datagram *socket, vigil_shutdown how)
{
    return vigil_os_shutdown(socket->source.fd, how);
}

vigil_status vigil_unix_datagram_local_address(const vigil_unix_datagram *socket,
                                               vigil_unix_address *address)
{
    return vigil_unix_local_address(&socket->source, address);
}

vigil_status vigil_unix_datagram_peer_address(const vigil_unix_datagram *socket,
                                              vigil_unix_address *address)
{
    return vigil_unix_peer_address(&socket->source, address);
}

vigil_status vigil_unix_datagram_take_error(const vigil_unix_datagram *socket, vigil_status *error)
{
    return vigil_socket_take_error(&socket->source, error);
}

vigil_status vigil_unix_datagram_from_fd(vigil_unix_datagram *socket, vigil_fd fd)
{
    return vigil_socket_adopt(&socket->source, fd);
}

vigil_fd vigil_unix_datagram_fd(const vigil_unix_datagram *socket)
{
    return socket->source.fd;
}

vigil_status vigil_unix_datagram_into_fd(vigil_unix_datagram *socket, vigil_fd *fd)
{
    return vigil_socket_release(&socket->source, fd);
}

vigil_status vigil_unix_datagram_close(vigil_unix_datagram *socket)
{
    return vigil_socket_close(&socket->source);
}
