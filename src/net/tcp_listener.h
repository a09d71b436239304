/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_LISTENER_H
#define VIGIL_NET_TCP_LISTENER_H

#include "base/status.h"
#include "core/address.h"
#include "net/tcp_stream.h"
#include "poll/registry.h"
#include "poll/source.h"

/*
 * A TCP socket that listens (tcp(7), listen(2)). Register `&listener.source`
 * for VIGIL_READABLE. Edge-triggered, accept until VIGIL_EWOULDBLOCK: two
 * connections that came together are one edge. With VIGIL_LEVEL one accept for
 * each event is enough.
 *
 * The caller owns the struct; it does not move while it is registered. One
 * thread at a time works on it.
 */
typedef struct vigil_tcp_listener {
    vigil_source source;
} vigil_tcp_listener;

/* How a listener that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_TCP_LISTENER_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Binds and listens: non-blocking, close-on-exec, with SO_REUSEADDR, so that a
 * server that restarts has its port at once, and a backlog of
 * VIGIL_BACKLOG_DEFAULT. Port 0 takes a free one; local_address tells which.
 *
 * VIGIL_EADDRINUSE     another socket listens there
 * VIGIL_EADDRNOTAVAIL  the address is none of this machine's
 * VIGIL_EACCES         the port is reserved (ip(7), ports below 1024)
 * VIGIL_EAFNOSUPPORT   the address is none, or its family is not to be had
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no socket is to be had (socket(2))
 * On failure the listener is closed and nothing is left open.
 */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  terminates \true; exits \false;
  assigns *listener, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(listener->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[listener->source.fd] == 1;
  ensures none: address->family != VIGIL_FAMILY_IPV4 &&
    address->family != VIGIL_FAMILY_IPV6 ==> \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_bind(vigil_tcp_listener *listener,
                                                   const vigil_address *address);

/* The same with a backlog of one's own (listen(2)). */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  terminates \true; exits \false;
  assigns *listener, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(listener->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[listener->source.fd] == 1;
  ensures none: address->family != VIGIL_FAMILY_IPV4 &&
    address->family != VIGIL_FAMILY_IPV6 ==> \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_bind_backlog(vigil_tcp_listener *listener,
                                                           const vigil_address *address,
                                                           int backlog);

/*
 * Takes a connection: `stream` is open, non-blocking and close-on-exec, and
 * `peer`, which may be null, is where it comes from (accept4(2)). What `stream`
 * held before is overwritten, not closed.
 *
 * VIGIL_EWOULDBLOCK    no connection waits
 * VIGIL_ECONNABORTED   one was given up by its peer; accept again
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no descriptor is to be had; the connection still waits
 * VIGIL_EPERM          a firewall forbids it
 * VIGIL_EBADF          the listener is closed
 * VIGIL_EINVAL, VIGIL_ENOTSOCK
 *                      the descriptor that was taken over does not listen
 * also the network errors that accept(2) passes on from the new socket:
 * VIGIL_ENETDOWN, VIGIL_EPROTO, VIGIL_ENOPROTOOPT, VIGIL_EHOSTDOWN,
 * VIGIL_EHOSTUNREACH, VIGIL_EOPNOTSUPP, VIGIL_ENETUNREACH; accept again.
 * On failure the stream is closed and the peer none.
 */
/*@
  requires memory: \valid(listener) && \valid(stream) && \separated(listener, stream);
  requires peer: peer == \null || (\valid(peer) && \separated(peer, listener, stream));
  terminates \true; exits \false;
  assigns *stream, *peer, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(stream->source);
  ensures closed: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(stream->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[stream->source.fd] == 1;
  ensures ebadf: !\old(VIGIL_KERNEL_OPEN(listener->source.fd)) ==> \result == VIGIL_EBADF;
  ensures peer: peer != \null ==> address_valid(*peer) &&
    (\result != VIGIL_OK ==> address_none(*peer));
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_accept(vigil_tcp_listener *listener,
                                                     vigil_tcp_stream *stream, vigil_address *peer);

/* Where it listens (getsockname(2)). VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_local_address(const vigil_tcp_listener *listener,
                                                            vigil_address *address);

/* The time to live, or hop limit, of what it sends: 1 to 255
 * (ip(7) IP_TTL, ipv6(7) IPV6_UNICAST_HOPS). VIGIL_EINVAL for another number,
 * VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= hops <= 255;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_set_ttl(const vigil_tcp_listener *listener, int hops);

/*@
  requires memory: \valid_read(listener) && \valid(hops) && \separated(listener, hops);
  terminates \true; exits \false;
  assigns *hops;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *hops == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_ttl(const vigil_tcp_listener *listener, int *hops);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener) && \valid(error) && \separated(listener, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_take_error(const vigil_tcp_listener *listener,
                                                         vigil_status *error);

/* Takes over a descriptor that listens already, and makes it non-blocking and
 * close-on-exec. VIGIL_EBADF if it is not open: the listener is then closed,
 * and the descriptor is still the caller's. */
/*@
  requires memory: \valid(listener);
  terminates \true; exits \false;
  assigns *listener, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures held: \result == VIGIL_OK ==> listener->source.fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_from_fd(vigil_tcp_listener *listener, vigil_fd fd);

/* The descriptor, which stays the listener's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(listener);
  terminates \true; exits \false;
  assigns \result \from listener->source.fd;
  ensures fd: \result == listener->source.fd;
*/
VIGIL_API vigil_fd vigil_tcp_listener_fd(const vigil_tcp_listener *listener);

/* Gives the descriptor to the caller, deregistered and open; the listener is
 * closed. VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(listener) && \valid(fd) && \separated(listener, fd);
  requires owns: listener->source.fd != VIGIL_FD_NONE ==> source_owns(&listener->source);
  requires apart: listener->source.registry != \null ==>
    \separated(fd, listener->source.registry, listener->source.registry->slots.array +
      (0 .. listener->source.registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, listener->source, VIGIL_REGISTRATION_OF(&listener->source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(listener->source.fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(listener->source.fd) &&
    listener->source.fd == VIGIL_FD_NONE && listener->source.registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(&listener->source);
  ensures ended: \result == VIGIL_OK && \old(listener->source.registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(listener->source.registry), \old(&listener->source.registry->slots),
      \old(listener->source.slot), \old(listener->source.fd));
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_into_fd(vigil_tcp_listener *listener, vigil_fd *fd);

/* Deregisters, and closes; connections that wait are reset (close(2)). Closing
 * what is closed does nothing. Should the system refuse to deregister, that is
 * the status, and nothing has changed. */
/*@
  requires memory: \valid(listener);
  requires owns: listener->source.fd != VIGIL_FD_NONE ==> source_owns(&listener->source);
  terminates \true; exits \false;
  assigns listener->source, VIGIL_REGISTRATION_OF(&listener->source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: listener->source.fd == VIGIL_FD_NONE;
  ensures closed: \old(listener->source.fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(listener->source.fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(listener->source.fd) ==>
    kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(listener->source.fd) != VIGIL_FD_NONE ==>
    listener->source.registry == \null;
  ensures nothing: \old(listener->source.fd) == VIGIL_FD_NONE ==>
    source_kept{Pre,Post}(&listener->source);
  ensures unlisted: \old(listener->source.fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(listener->source.fd));
  ensures ended: \old(listener->source.fd) != VIGIL_FD_NONE &&
    \old(listener->source.registry) != \null &&
    \old(listener->source.fd) != \old(listener->source.registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(listener->source.registry), \old(&listener->source.registry->slots),
      \old(listener->source.slot), \old(listener->source.fd));
*/
VIGIL_API vigil_status vigil_tcp_listener_close(vigil_tcp_listener *listener);

#endif
