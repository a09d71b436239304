/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_LISTENER_H
#define VIGIL_NET_TCP_LISTENER_H

#include "base/status.h"
#include "core/address.h"
#include "net/tcp_stream.h"
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
  assigns *listener;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_bind(vigil_tcp_listener *listener,
                                                   const vigil_address *address);

/* The same with a backlog of one's own (listen(2)). */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  assigns *listener;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE;
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
  requires peer: peer == \null || \valid(peer);
  assigns *stream, *peer;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(stream->source);
  ensures closed: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_accept(vigil_tcp_listener *listener,
                                                     vigil_tcp_stream *stream,
                                                     vigil_address *peer);

/* Where it listens (getsockname(2)). VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener) && \valid(address);
  assigns *address;
  ensures status: status_valid(\result);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_local_address(const vigil_tcp_listener *listener,
                                                            vigil_address *address);

/* The time to live, or hop limit, of what it sends: 1 to 255
 * (ip(7) IP_TTL, ipv6(7) IPV6_UNICAST_HOPS). VIGIL_EINVAL for another number,
 * VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener);
  assigns \nothing;
  ensures status: status_valid(\result);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_set_ttl(const vigil_tcp_listener *listener, int hops);

/*@
  requires memory: \valid_read(listener) && \valid(hops);
  assigns *hops;
  ensures status: status_valid(\result);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_ttl(const vigil_tcp_listener *listener, int *hops);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). VIGIL_EBADF if it is closed. */
/*@
  requires memory: \valid_read(listener) && \valid(error);
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_take_error(const vigil_tcp_listener *listener,
                                                         vigil_status *error);

/* Takes over a descriptor that listens already, and makes it non-blocking and
 * close-on-exec. VIGIL_EBADF if it is not open: the listener is then closed,
 * and the descriptor is still the caller's. */
/*@
  requires memory: \valid(listener);
  assigns *listener;
  ensures status: status_valid(\result);
  ensures held: \result == VIGIL_OK ==> listener->source.fd == fd;
  ensures closed: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE;
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_from_fd(vigil_tcp_listener *listener, vigil_fd fd);

/* The descriptor, which stays the listener's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(listener);
  assigns \nothing;
  ensures fd: \result == listener->source.fd;
*/
VIGIL_API vigil_fd vigil_tcp_listener_fd(const vigil_tcp_listener *listener);

/* Gives the descriptor to the caller, deregistered and open; the listener is
 * closed. VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(listener) && \valid(fd) && \separated(listener, fd);
  assigns *listener, *fd;
  ensures status: status_valid(\result);
*/
VIGIL_CHECKED vigil_status vigil_tcp_listener_into_fd(vigil_tcp_listener *listener, vigil_fd *fd);

/* Deregisters, and closes; connections that wait are reset (close(2)). Closing
 * what is closed does nothing. Should the system refuse to deregister, that is
 * the status, and nothing has changed. */
/*@
  requires memory: \valid(listener);
  assigns *listener;
  ensures closed: \result == VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE;
*/
VIGIL_API vigil_status vigil_tcp_listener_close(vigil_tcp_listener *listener);

#endif
