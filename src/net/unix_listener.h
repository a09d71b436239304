/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_LISTENER_H
#define VIGIL_NET_UNIX_LISTENER_H

#include "base/status.h"
#include "net/unix_address.h"
#include "net/unix_stream.h"
#include "os/socket.h"
#include "poll/registry.h"
#include "poll/source.h"

/*
 * A Unix socket that listens (unix(7), listen(2)). Register `&listener.source` for
 * VIGIL_READABLE. Edge-triggered, accept until VIGIL_EWOULDBLOCK: two connections
 * that came together are one edge. With VIGIL_LEVEL one accept for each event is
 * enough.
 *
 * The caller owns the struct; it does not move while it is registered. One thread
 * at a time works on it.
 */
typedef struct vigil_unix_listener {
    vigil_source source;
} vigil_unix_listener;

/* How a listener that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_UNIX_LISTENER_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Binds and listens: non-blocking, close-on-exec, with a backlog of
 * VIGIL_BACKLOG_DEFAULT. A path becomes a file, which stays when the listener is
 * closed: remove it, before or after. An unnamed address has the system choose an
 * abstract name; local_address tells which.
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
 * On failure the listener is closed and nothing is left open; of a path, the file
 * may be there.
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
*/
VIGIL_CHECKED vigil_status vigil_unix_listener_bind(vigil_unix_listener *listener,
                                                    const vigil_unix_address *address);

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
*/
VIGIL_CHECKED vigil_status vigil_unix_listener_bind_backlog(vigil_unix_listener *listener,
                                                            const vigil_unix_address *address,
                                                            int backlog);

/*
 * Takes a connection: `stream` is open, non-blocking and close-on-exec, and `peer`,
 * which may be null, is its name, mostly none (accept4(2)). What `stream` held before
 * is overwritten, not closed.
 *
 * VIGIL_EWOULDBLOCK    no connection waits
 * VIGIL_EINTR          a signal handler ran first; accept again
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no descriptor is to be had; the connection still waits
 * VIGIL_EBADF          the listener is closed
 * VIGIL_EINVAL, VIGIL_ENOTSOCK
 *                      the descriptor that was taken over does not listen
 * On failure the stream is closed and the peer unnamed.
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
  ensures peer: peer != \null ==> unix_valid(*peer) &&
    (\result != VIGIL_OK ==> unix_unnamed(*peer));
*/
VIGIL_CHECKED vigil_status vigil_unix_listener_accept(vigil_unix_listener *listener,
                                                      vigil_unix_stream *stream,
                                                      vigil_unix_address *peer);

/* Where it listens (getsockname(2)). On failure the address is unnamed. */
/*@
  requires memory: \valid_read(listener) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_listener_local_address(const vigil_unix_listener *listener,
                                                             vigil_unix_address *address);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). */
/*@
  requires memory: \valid_read(listener) && \valid(error) && \separated(listener, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(listener->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_listener_take_error(const vigil_unix_listener *listener,
                                                          vigil_status *error);

/* Takes over a listening descriptor, and makes it non-blocking and
 * close-on-exec. VIGIL_EBADF if it is not open: the listener is then closed, and
 * the descriptor is still the caller's. */
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
VIGIL_CHECKED vigil_status vigil_unix_listener_from_fd(vigil_unix_listener *listener, vigil_fd fd);

/* The descriptor, which stays the listener's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(listener);
  terminates \true; exits \false;
  assigns \result \from listener->source.fd;
  ensures fd: \result == listener->source.fd;
*/
VIGIL_API vigil_fd vigil_unix_listener_fd(const vigil_unix_listener *listener);

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
VIGIL_CHECKED vigil_status vigil_unix_listener_into_fd(vigil_unix_listener *listener, vigil_fd *fd);

/* Deregisters, and closes; connections that wait are reset (close(2)). The file of a
 * path stays. Closing what is closed does nothing. Should the system refuse to
 * deregister, that is the status, and nothing has changed. */
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
VIGIL_API vigil_status vigil_unix_listener_close(vigil_unix_listener *listener);

#endif
