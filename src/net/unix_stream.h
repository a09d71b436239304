/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_STREAM_H
#define VIGIL_NET_UNIX_STREAM_H

#include "base/status.h"
#include "net/unix_address.h"
#include "os/socket.h"
#include "os/unix_socket.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stddef.h>

/*
 * A connection between two programs of one machine (unix(7)). Register
 * `&stream.source`. Edge-triggered, read and write until VIGIL_EWOULDBLOCK: only
 * then is the next event due. On Linux a `count` that is less than was asked for, in
 * 1024 buffers or fewer, is as good (epoll(7)), but behind an event that says read
 * closed or error, and where descriptors or urgent data may come.
 *
 * The caller owns the struct; it does not move while it is registered. One thread
 * at a time works on it. Every call on a closed stream answers VIGIL_EBADF.
 */
typedef struct vigil_unix_stream {
    vigil_source source;
} vigil_unix_stream;

/* How a stream that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_UNIX_STREAM_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Connects: non-blocking, close-on-exec. VIGIL_OK says that the connection stands,
 * whether the listener has accepted it or not.
 *
 * VIGIL_EWOULDBLOCK    the listener's queue is full; no event will tell, try later
 * VIGIL_ECONNREFUSED   nobody listens there
 * VIGIL_ENOENT         there is no such file
 * VIGIL_EACCES         the file, or a folder on its path, is not permitted
 * VIGIL_EPROTOTYPE     the file is that of a datagram socket
 * VIGIL_EINVAL         the address is unnamed, or none at all
 * VIGIL_ELOOP          too many symbolic links
 * VIGIL_EUNKNOWN       a folder on the path is none (ENOTDIR)
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no socket is to be had (socket(2))
 * On failure the stream is closed and nothing is left open.
 */
/*@
  requires memory: \valid(stream) && \valid_read(address) && \separated(stream, address);
  terminates \true; exits \false;
  assigns *stream, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(stream->source);
  ensures closed: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(stream->source.fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[stream->source.fd] == 1;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_connect(vigil_unix_stream *stream,
                                                     const vigil_unix_address *address);

/* Two streams that are connected to each other and have no name (socketpair(2)).
 * Statuses as for connect; on failure both are closed. */
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
VIGIL_CHECKED vigil_status vigil_unix_stream_pair(vigil_unix_stream *one, vigil_unix_stream *two);

/*
 * Reads what is there, `capacity` bytes at most (recv(2)). VIGIL_OK with a `count`
 * of 0, for a capacity that is not, is the end of the stream. Descriptors that
 * come with the bytes are dropped: their copies are closed.
 *
 * VIGIL_EWOULDBLOCK   nothing is there now; an event will tell
 * VIGIL_EINTR         a signal handler ran first; read again
 * VIGIL_ECONNRESET    the peer has closed and had unread data
 * VIGIL_EINVAL        it was never connected
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_read(vigil_unix_stream *stream, void *data,
                                                  size_t capacity, size_t *count);

/* Reads into several buffers, in their order (readv(2)); of more than 1024, the
 * first 1024. Statuses as for read. */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires buffers: \valid_read(buffers + (0 .. buffer_count - 1));
  terminates \true; exits \false;
  assigns *count, ((char *)buffers[0 .. buffer_count - 1].data)[0 .. ];
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_readv(vigil_unix_stream *stream,
                                                   const vigil_buffer *buffers, size_t buffer_count,
                                                   size_t *count);

/* Reads and leaves it all there to be read again (recv(2), MSG_PEEK). Statuses
 * as for read. */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_peek(vigil_unix_stream *stream, void *data,
                                                  size_t capacity, size_t *count);

/*
 * Writes, as much as there is room for (send(2)); `count` says how much. Raises no
 * SIGPIPE.
 *
 * VIGIL_EWOULDBLOCK   there is no room now; an event will tell
 * VIGIL_EINTR         a signal handler ran first; write again
 * VIGIL_EPIPE         this direction is closed, or the peer is
 * VIGIL_ENOTCONN      it was never connected
 * VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                     the system is out of memory
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_write(vigil_unix_stream *stream, const void *data,
                                                   size_t length, size_t *count);

/* Writes several buffers, in their order (writev(2)); of more than 1024, the
 * first 1024. Statuses as for write. */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires buffers: \valid_read(buffers + (0 .. buffer_count - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_writev(vigil_unix_stream *stream,
                                                    const vigil_buffer *buffers,
                                                    size_t buffer_count, size_t *count);

/*
 * Closes one direction, or both (shutdown(2)): the peer reads what was written, and
 * then the end. On Linux, VIGIL_OK for a stream that is not connected too. VIGIL_EINVAL
 * if `how` is none of the three.
 */
/*@
  requires memory: \valid(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_shutdown(vigil_unix_stream *stream,
                                                      vigil_shutdown how);

/* This end and the other one (getsockname(2), getpeername(2)); unnamed for who was
 * not bound. The other one is VIGIL_ENOTCONN if it was never connected. On failure
 * the address is unnamed. */
/*@
  requires memory: \valid_read(stream) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_local_address(const vigil_unix_stream *stream,
                                                           vigil_unix_address *address);
/*@
  requires memory: \valid_read(stream) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_peer_address(const vigil_unix_stream *stream,
                                                          vigil_unix_address *address);

/* Who is at the other end: process, user and group as they were when it connected,
 * or listened, or made the pair (unix(7), SO_PEERCRED). Process 0 is one that is not
 * seen from here. Of a stream that was never connected, process 0, and user and group
 * 4294967295: VIGIL_OK says nothing of a peer. All of it is zero on failure. */
/*@
  requires memory: \valid_read(stream) && \valid(credentials) &&
    \separated(stream, credentials);
  terminates \true; exits \false;
  assigns *credentials;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> credentials->process == 0 &&
    credentials->user == 0 && credentials->group == 0;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_peer_credentials(const vigil_unix_stream *stream,
                                                              vigil_credentials *credentials);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). */
/*@
  requires memory: \valid_read(stream) && \valid(error) && \separated(stream, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_take_error(const vigil_unix_stream *stream,
                                                        vigil_status *error);

/* Takes over a connected descriptor, and makes it non-blocking and
 * close-on-exec. VIGIL_EBADF if it is not open: the stream is then closed, and
 * the descriptor is still the caller's. */
/*@
  requires memory: \valid(stream);
  terminates \true; exits \false;
  assigns *stream, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(stream->source);
  ensures held: \result == VIGIL_OK ==> stream->source.fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures closed: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_from_fd(vigil_unix_stream *stream, vigil_fd fd);

/* The descriptor, which stays the stream's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \result \from stream->source.fd;
  ensures fd: \result == stream->source.fd;
*/
VIGIL_API vigil_fd vigil_unix_stream_fd(const vigil_unix_stream *stream);

/* Gives the descriptor to the caller, deregistered and open; the stream is
 * closed. VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(stream) && \valid(fd) && \separated(stream, fd);
  requires owns: stream->source.fd != VIGIL_FD_NONE ==> source_owns(&stream->source);
  requires apart: stream->source.registry != \null ==>
    \separated(fd, stream->source.registry, stream->source.registry->slots.array +
      (0 .. stream->source.registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, stream->source, VIGIL_REGISTRATION_OF(&stream->source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(stream->source.fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(stream->source.fd) &&
    stream->source.fd == VIGIL_FD_NONE && stream->source.registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(&stream->source);
  ensures ended: \result == VIGIL_OK && \old(stream->source.registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(stream->source.registry), \old(&stream->source.registry->slots),
      \old(stream->source.slot), \old(stream->source.fd));
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_into_fd(vigil_unix_stream *stream, vigil_fd *fd);

/* Deregisters, and closes (close(2)): what was written can still be read; unread
 * data makes it a reset. Closing what is closed does nothing. Should the system
 * refuse to deregister, that is the status, and nothing has changed. */
/*@
  requires memory: \valid(stream);
  requires owns: stream->source.fd != VIGIL_FD_NONE ==> source_owns(&stream->source);
  terminates \true; exits \false;
  assigns stream->source, VIGIL_REGISTRATION_OF(&stream->source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: stream->source.fd == VIGIL_FD_NONE;
  ensures closed: \old(stream->source.fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(stream->source.fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(stream->source.fd) ==>
    kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(stream->source.fd) != VIGIL_FD_NONE ==>
    stream->source.registry == \null;
  ensures nothing: \old(stream->source.fd) == VIGIL_FD_NONE ==>
    source_kept{Pre,Post}(&stream->source);
  ensures unlisted: \old(stream->source.fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(stream->source.fd));
  ensures ended: \old(stream->source.fd) != VIGIL_FD_NONE &&
    \old(stream->source.registry) != \null &&
    \old(stream->source.fd) != \old(stream->source.registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(stream->source.registry), \old(&stream->source.registry->slots),
      \old(stream->source.slot), \old(stream->source.fd));
*/
VIGIL_API vigil_status vigil_unix_stream_close(vigil_unix_stream *stream);

#endif
