/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UDP_SOCKET_H
#define VIGIL_NET_UDP_SOCKET_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stddef.h>

/*
 * A UDP socket (udp(7)). Register `&socket.source`. Edge-triggered, receive and
 * send until VIGIL_EWOULDBLOCK: only then is the next event due.
 *
 * A datagram comes whole or not at all. What is sent is one datagram, which may
 * be empty; what is received is one, and if it is larger than the memory for it,
 * the status is VIGIL_EMSGSIZE: its first bytes are there, the rest is lost.
 *
 * The caller owns the struct; it does not move while it is registered. One
 * thread at a time works on it. Every call on a closed socket answers
 * VIGIL_EBADF.
 */
typedef struct vigil_udp_socket {
    vigil_source source;
} vigil_udp_socket;

/* How a socket that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_UDP_SOCKET_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Opens a socket and binds it to `address`: non-blocking, close-on-exec. Port 0
 * takes a free one; local_address tells which.
 *
 * VIGIL_EADDRINUSE     another socket is bound there
 * VIGIL_EADDRNOTAVAIL  the address is none of this machine's
 * VIGIL_EACCES         the port is reserved (ip(7), ports below 1024)
 * VIGIL_EAFNOSUPPORT   the address is none, or its family is not to be had
 * VIGIL_EINVAL         a link-local address without its scope (ipv6(7))
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no socket is to be had (socket(2))
 * On failure the socket is closed and nothing is left open.
 */
/*@
  requires memory: \valid(socket) && \valid_read(address) && \separated(socket, address);
  terminates \true; exits \false;
  assigns *socket, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(socket->source);
  ensures closed: \result != VIGIL_OK ==> socket->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(socket->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[socket->source.fd] == 1;
  ensures none: address->family != VIGIL_FAMILY_IPV4 && address->family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_bind(vigil_udp_socket *socket,
                                                 const vigil_address *address);

/*
 * Opens a socket of a family without an address: for options that count only
 * before it has one (net/udp_options.h), or for one that only sends, which the
 * system gives an address when it connects or sends. Statuses as for bind.
 */
/*@
  requires memory: \valid(socket);
  terminates \true; exits \false;
  assigns *socket, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(socket->source);
  ensures closed: \result != VIGIL_OK ==> socket->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(socket->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[socket->source.fd] == 1;
  ensures none: family != VIGIL_FAMILY_IPV4 && family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_open(vigil_udp_socket *socket, vigil_family family);

/* Assigns an address to a socket that vigil_udp_socket_open has opened (bind(2)).
 * Statuses as for bind, and VIGIL_EINVAL if it has one. An address of the other family
 * is VIGIL_EINVAL for an IPv6 socket and VIGIL_EAFNOSUPPORT for an IPv4 socket. On
 * failure the socket is open as before. */
/*@
  requires memory: \valid_read(socket);
  requires address: \valid_read(address);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_assign_address(const vigil_udp_socket *socket,
                                                           const vigil_address *address);

/*
 * Connects: `send` goes to `peer`, and datagrams of others are not received
 * (connect(2)). Nothing is sent and nothing has to be waited for. Connecting
 * again changes the peer; what was received from the one before stays to be read.
 * An IPv6 socket takes an IPv4 peer as well, which is then ::ffff:a.b.c.d.
 *
 * VIGIL_EAFNOSUPPORT   the address is none; or of IPv6, for an IPv4 socket; or of IPv4,
 *                      for a socket that is only IPv6 or has an IPv6 address
 * VIGIL_ENETUNREACH, VIGIL_EHOSTUNREACH
 *                      there is no way to it
 * VIGIL_EACCES         a broadcast address, and set_broadcast was not called
 * VIGIL_EADDRNOTAVAIL, VIGIL_EWOULDBLOCK
 *                      no port is free (connect(2), EAGAIN)
 * On failure an old peer may be gone: Linux forgets it first.
 */
/*@
  requires memory: \valid_read(socket);
  requires peer: \valid_read(peer);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_connect(const vigil_udp_socket *socket,
                                                    const vigil_address *peer);

/* Takes the peer away again (connect(2), AF_UNSPEC). On Linux, a port that the system
 * has picked, for port 0 or for connecting, goes with it: bind to a port by its
 * number to keep it. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_disconnect(const vigil_udp_socket *socket);

/*
 * Sends one datagram to the peer (send(2)). VIGIL_OK: it is sent whole, `count` is
 * `length`. That it arrives nobody promises.
 *
 * VIGIL_EWOULDBLOCK     there is no room now; an event will tell
 * VIGIL_EINTR           a signal handler ran first; send again
 * VIGIL_EDESTADDRREQ    there is no peer
 * VIGIL_EMSGSIZE        more than a datagram holds: 65507 bytes over IPv4, 65527
 *                       over IPv6, less where it must not be cut in pieces
 * VIGIL_ECONNREFUSED    an earlier one met no socket there (udp(7)); this one was
 *                       not sent, and may be now
 * VIGIL_ENETUNREACH, VIGIL_EHOSTUNREACH, VIGIL_ENETDOWN
 *                       there is no way to it
 * VIGIL_EACCES, VIGIL_EPERM
 *                       a broadcast address, or a firewall
 * VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                       the system is out of memory
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(socket) && \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_send(vigil_udp_socket *socket, const void *data,
                                                 size_t length, size_t *count);

/* Sends one datagram to `to`, whether there is a peer or not (sendto(2)). Statuses
 * as for send; VIGIL_EAFNOSUPPORT for an address that is none, or of IPv6 for an IPv4
 * socket, and VIGIL_EINVAL for port 0. An IPv6 socket sends to IPv4 addresses as well:
 * VIGIL_ENETUNREACH if it is only IPv6 or has an IPv6 address. */
/*@
  requires memory: \valid(socket) && \valid(count) && \valid_read(to);
  requires apart: \separated(count, to);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_send_to(vigil_udp_socket *socket, const void *data,
                                                    size_t length, const vigil_address *to,
                                                    size_t *count);

/*
 * Receives one datagram, `capacity` bytes of it at most (recvmsg(2)). VIGIL_OK with
 * a `count` of 0 is an empty datagram, and no end of anything.
 *
 * VIGIL_EMSGSIZE       with a `count` of `capacity`: there was more, and the rest is
 *                      lost; so it is for a capacity of 0 and a datagram that is not
 *                      empty. With 0 for another capacity: an earlier send was too
 *                      large for the way, where that is asked to be told (ip(7),
 *                      IP_MTU_DISCOVER)
 * VIGIL_EWOULDBLOCK    nothing is there now; an event will tell
 * VIGIL_EINTR          a signal handler ran first; receive again
 * VIGIL_ECONNREFUSED, VIGIL_EHOSTUNREACH, VIGIL_ENETUNREACH
 *                      an earlier send to the peer has come to nothing; receive again
 * VIGIL_ENOMEM         the system is out of memory
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(socket) && \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive(vigil_udp_socket *socket, void *data,
                                                    size_t capacity, size_t *count);

/* The same, and in `from`, which may be null, where it comes from; none on
 * failure. Statuses as for receive. */
/*@
  requires memory: \valid(socket) && \valid(count);
  requires from: from == \null || (\valid(from) && \separated(from, socket, count));
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count, *from;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures from: from != \null ==> address_valid(*from) &&
    (\result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> address_none(*from));
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive_from(vigil_udp_socket *socket, void *data,
                                                         size_t capacity, vigil_address *from,
                                                         size_t *count);

/* Receives and leaves the datagram to be received again, whole (recv(2),
 * MSG_PEEK). Statuses as for receive. */
/*@
  requires memory: \valid(socket) && \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_peek(vigil_udp_socket *socket, void *data,
                                                 size_t capacity, size_t *count);
/*@
  requires memory: \valid(socket) && \valid(count);
  requires from: from == \null || (\valid(from) && \separated(from, socket, count));
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count, *from;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures from: from != \null ==> address_valid(*from) &&
    (\result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> address_none(*from));
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_peek_from(vigil_udp_socket *socket, void *data,
                                                      size_t capacity, vigil_address *from,
                                                      size_t *count);

/* This end and the peer (getsockname(2), getpeername(2)). VIGIL_ENOTCONN if there
 * is no peer. On failure the address is none. */
/*@
  requires memory: \valid_read(socket) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_local_address(const vigil_udp_socket *socket,
                                                          vigil_address *address);
/*@
  requires memory: \valid_read(socket) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_peer_address(const vigil_udp_socket *socket,
                                                         vigil_address *address);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). */
/*@
  requires memory: \valid_read(socket) && \valid(error) && \separated(socket, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_take_error(const vigil_udp_socket *socket,
                                                       vigil_status *error);

/* Takes over the descriptor of a UDP socket, and makes it non-blocking and
 * close-on-exec. VIGIL_EBADF if it is not open: the socket is then closed, and the
 * descriptor is still the caller's. */
/*@
  requires memory: \valid(socket);
  terminates \true; exits \false;
  assigns *socket, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(socket->source);
  ensures held: \result == VIGIL_OK ==> socket->source.fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures closed: \result != VIGIL_OK ==> socket->source.fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_from_fd(vigil_udp_socket *socket, vigil_fd fd);

/* The descriptor, which stays the socket's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \result \from socket->source.fd;
  ensures fd: \result == socket->source.fd;
*/
VIGIL_API vigil_fd vigil_udp_socket_fd(const vigil_udp_socket *socket);

/* Gives the descriptor to the caller, deregistered and open; the socket is
 * closed. VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(socket) && \valid(fd) && \separated(socket, fd);
  requires owns: socket->source.fd != VIGIL_FD_NONE ==> source_owns(&socket->source);
  requires apart: socket->source.registry != \null ==>
    \separated(fd, socket->source.registry, socket->source.registry->slots.array +
      (0 .. socket->source.registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, socket->source, VIGIL_REGISTRATION_OF(&socket->source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(socket->source.fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(socket->source.fd) &&
    socket->source.fd == VIGIL_FD_NONE && socket->source.registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> socket->source.fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(&socket->source);
  ensures ended: \result == VIGIL_OK && \old(socket->source.registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(socket->source.registry), \old(&socket->source.registry->slots),
      \old(socket->source.slot), \old(socket->source.fd));
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_into_fd(vigil_udp_socket *socket, vigil_fd *fd);

/* Deregisters, and closes (close(2)): what was sent is still on its way, what was
 * not received is dropped. Closing what is closed does nothing. Should the system
 * refuse to deregister, that is the status, and nothing has changed. */
/*@
  requires memory: \valid(socket);
  requires owns: socket->source.fd != VIGIL_FD_NONE ==> source_owns(&socket->source);
  terminates \true; exits \false;
  assigns socket->source, VIGIL_REGISTRATION_OF(&socket->source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: socket->source.fd == VIGIL_FD_NONE;
  ensures closed: \old(socket->source.fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(socket->source.fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(socket->source.fd) ==>
    kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(socket->source.fd) != VIGIL_FD_NONE ==>
    socket->source.registry == \null;
  ensures nothing: \old(socket->source.fd) == VIGIL_FD_NONE ==>
    source_kept{Pre,Post}(&socket->source);
  ensures unlisted: \old(socket->source.fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(socket->source.fd));
  ensures ended: \old(socket->source.fd) != VIGIL_FD_NONE &&
    \old(socket->source.registry) != \null &&
    \old(socket->source.fd) != \old(socket->source.registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(socket->source.registry), \old(&socket->source.registry->slots),
      \old(socket->source.slot), \old(socket->source.fd));
*/
VIGIL_API vigil_status vigil_udp_socket_close(vigil_udp_socket *socket);

#endif
