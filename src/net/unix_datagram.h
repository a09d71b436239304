/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_DATAGRAM_H
#define VIGIL_NET_UNIX_DATAGRAM_H

#include "base/status.h"
#include "net/unix_address.h"
#include "os/socket.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stddef.h>

/*
 * A Unix socket for datagrams (unix(7)): none is lost or cut on its way, and they
 * come in order. What was received and not read is dropped when the socket is closed,
 * and when it connects to another peer. Register `&socket.source`. Edge-triggered,
 * receive and send until VIGIL_EWOULDBLOCK: only then is the next event due.
 *
 * What is received is one datagram, and if it is larger than the memory for it, the
 * status is VIGIL_EMSGSIZE: its first bytes are there, the rest is lost. Descriptors
 * that come with it are dropped.
 *
 * The caller owns the struct; it does not move while it is registered. One thread
 * at a time works on it. Every call on a closed socket answers VIGIL_EBADF.
 */
typedef struct vigil_unix_datagram {
    vigil_source source;
} vigil_unix_datagram;

/* How a socket that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_UNIX_DATAGRAM_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Opens a socket and binds it to `address`: non-blocking, close-on-exec. A path
 * becomes a file, which stays when the socket is closed: remove it, before or after.
 * An unnamed address has the system choose an abstract name; local_address tells
 * which.
 *
 * VIGIL_EADDRINUSE     something has that name: a file, whether a socket or not, that
 *                      was there before, or another socket of that abstract name
 * VIGIL_EACCES         the folder may not be written
 * VIGIL_EPERM          the file system makes no sockets, such as that of /sys
 * VIGIL_ENOENT         the folder does not exist
 * VIGIL_EUNKNOWN       a folder on the path is none (ENOTDIR)
 * VIGIL_EINVAL         the address is none at all
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
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_bind(vigil_unix_datagram *socket,
                                                    const vigil_unix_address *address);

/* Opens a socket without a name, to which nobody can answer. */
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
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_open(vigil_unix_datagram *socket);

/* Two sockets that are connected to each other and have no name (socketpair(2)). On
 * failure both are closed. */
/*@
  requires memory: \valid(one) && \valid(two) && \separated(one, two);
  terminates \true; exits \false;
  assigns *one, *two, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(one->source) && source_unregistered(two->source);
  ensures closed: \result != VIGIL_OK ==> one->source.fd == VIGIL_FD_NONE &&
    two->source.fd == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED_TWO(one->source.fd, two->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[one->source.fd] == 1 && kernel_nonblocking[two->source.fd] == 1;
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_pair(vigil_unix_datagram *one,
                                                    vigil_unix_datagram *two);

/*
 * Connects: `send` goes to `peer`, and datagrams of others are not received
 * (connect(2)). Connecting again changes the peer; Linux then drops what was received
 * and not read, and if there was any, an old peer that is connected here is told
 * VIGIL_ECONNRESET.
 *
 * VIGIL_ECONNREFUSED   nobody has that name any more
 * VIGIL_ENOENT         there is no such file
 * VIGIL_EACCES         the file, or a folder on its path, is not permitted
 * VIGIL_EPERM          the peer has a peer, and it is another one
 * VIGIL_EPROTOTYPE     the file is that of a stream socket
 * VIGIL_EUNKNOWN       a folder on the path is none (ENOTDIR)
 * VIGIL_EINVAL         the address is unnamed, or none at all
 */
/*@
  requires memory: \valid_read(socket);
  requires peer: \valid_read(peer);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_connect(const vigil_unix_datagram *socket,
                                                       const vigil_unix_address *peer);

/*
 * Sends one datagram to the peer (send(2)). VIGIL_OK: it is there, whole, `count` is
 * `length`. Raises no SIGPIPE.
 *
 * VIGIL_EWOULDBLOCK    there is no room, here or in the peer's queue; an event will
 *                      tell a socket that is connected
 * VIGIL_EINTR          a signal handler ran first; send again
 * VIGIL_ENOTCONN       there is no peer
 * VIGIL_ECONNREFUSED   the peer is closed; told once, and then VIGIL_ENOTCONN
 * VIGIL_ECONNRESET     the peer has connected to another one and left datagrams
 *                      unread; told once
 * VIGIL_EPERM          the peer has a peer, and it is another one
 * VIGIL_EPIPE          this direction is closed, or the peer's
 * VIGIL_EMSGSIZE       more than the send buffer holds
 * VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      the system is out of memory
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
VIGIL_CHECKED vigil_status vigil_unix_datagram_send(vigil_unix_datagram *socket, const void *data,
                                                    size_t length, size_t *count);

/* Sends one datagram to `to` (sendto(2)). Statuses as for send, and those of connect
 * for the address. A socket that has a peer may send to others too. */
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
VIGIL_CHECKED vigil_status vigil_unix_datagram_send_to(vigil_unix_datagram *socket,
                                                       const void *data, size_t length,
                                                       const vigil_unix_address *to, size_t *count);

/*
 * Receives one datagram, `capacity` bytes of it at most (recvmsg(2)). VIGIL_OK with
 * a `count` of 0 is an empty datagram, and no end of anything. Once all is received, a
 * direction that is shut down is VIGIL_EWOULDBLOCK for ever, and so is a pair whose
 * other end is closed.
 *
 * VIGIL_EMSGSIZE       there was more, and the rest is lost; with a capacity of 0,
 *                      any datagram that is not empty
 * VIGIL_EWOULDBLOCK    nothing is there now; an event will tell
 * VIGIL_EINTR          a signal handler ran first; receive again
 * VIGIL_ECONNRESET     the peer has connected to another one and left datagrams
 *                      unread; told once
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
VIGIL_CHECKED vigil_status vigil_unix_datagram_receive(vigil_unix_datagram *socket, void *data,
                                                       size_t capacity, size_t *count);

/* The same, and in `from`, which may be null, the sender's name, if it has one;
 * unnamed on failure. Statuses as for receive. */
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
  ensures from: from != \null ==> unix_valid(*from) &&
    (\result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> unix_unnamed(*from));
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_receive_from(vigil_unix_datagram *socket, void *data,
                                                            size_t capacity,
                                                            vigil_unix_address *from,
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
VIGIL_CHECKED vigil_status vigil_unix_datagram_peek(vigil_unix_datagram *socket, void *data,
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
  ensures from: from != \null ==> unix_valid(*from) &&
    (\result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> unix_unnamed(*from));
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_peek_from(vigil_unix_datagram *socket, void *data,
                                                         size_t capacity, vigil_unix_address *from,
                                                         size_t *count);

/* Closes one direction, or both (shutdown(2)); on Linux, of a socket that is not
 * connected too. VIGIL_EINVAL if `how` is none of the three. */
/*@
  requires memory: \valid(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_shutdown(vigil_unix_datagram *socket,
                                                        vigil_shutdown how);

/* This end and the peer (getsockname(2), getpeername(2)); unnamed for who was not
 * bound. VIGIL_ENOTCONN if there is no peer. On failure the address is unnamed. */
/*@
  requires memory: \valid_read(socket) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_local_address(const vigil_unix_datagram *socket,
                                                             vigil_unix_address *address);
/*@
  requires memory: \valid_read(socket) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_peer_address(const vigil_unix_datagram *socket,
                                                            vigil_unix_address *address);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). */
/*@
  requires memory: \valid_read(socket) && \valid(error) && \separated(socket, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_datagram_take_error(const vigil_unix_datagram *socket,
                                                          vigil_status *error);

/* Takes over the descriptor of a Unix datagram socket, and makes it non-blocking and
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
VIGIL_CHECKED vigil_status vigil_unix_datagram_from_fd(vigil_unix_datagram *socket, vigil_fd fd);

/* The descriptor, which stays the socket's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \result \from socket->source.fd;
  ensures fd: \result == socket->source.fd;
*/
VIGIL_API vigil_fd vigil_unix_datagram_fd(const vigil_unix_datagram *socket);

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
VIGIL_CHECKED vigil_status vigil_unix_datagram_into_fd(vigil_unix_datagram *socket, vigil_fd *fd);

/* Deregisters, and closes (close(2)): what was not received is dropped. The file of a
 * path stays. Closing what is closed does nothing. Should the system refuse to
 * deregister, that is the status, and nothing has changed. */
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
VIGIL_API vigil_status vigil_unix_datagram_close(vigil_unix_datagram *socket);

#endif
