/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_STREAM_H
#define VIGIL_NET_TCP_STREAM_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A TCP connection (tcp(7)). Register `&stream.source`. Edge-triggered, read
 * and write until VIGIL_EWOULDBLOCK: only then is the next event due. On Linux a
 * `count` that is less than was asked for, in 1024 buffers or fewer, is as good
 * (epoll(7)), but behind an event that says read closed or error, and in front of
 * urgent data.
 *
 * The caller owns the struct; it does not move while it is registered. One
 * thread at a time works on it. Every call on a closed stream answers
 * VIGIL_EBADF.
 */
typedef struct vigil_tcp_stream {
    vigil_source source;
} vigil_tcp_stream;

/* How a stream that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_TCP_STREAM_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * Begins to connect: the socket is non-blocking and close-on-exec. VIGIL_OK
 * says that the attempt is on its way. Register for VIGIL_WRITABLE, and when
 * the event comes ask vigil_tcp_stream_finish_connect how it went.
 *
 * VIGIL_EAFNOSUPPORT   the address is none, or its family is not to be had
 * VIGIL_ECONNREFUSED, VIGIL_ENETUNREACH, VIGIL_EHOSTUNREACH, VIGIL_EACCES,
 * VIGIL_EADDRNOTAVAIL, VIGIL_ETIMEDOUT, VIGIL_EPERM
 *                      it failed at once (connect(2))
 * VIGIL_EINVAL         a link-local address without its scope (ipv6(7))
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
  ensures none: address->family != VIGIL_FAMILY_IPV4 &&
    address->family != VIGIL_FAMILY_IPV6 ==> \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_connect(vigil_tcp_stream *stream,
                                                    const vigil_address *address);

/*
 * Whether the connection that was begun stands: to be asked when the stream is
 * writable, or in error. VIGIL_OK if it does, VIGIL_EINPROGRESS if the event
 * was another one and there is more to wait for; anything else is why it
 * failed, told once, to whoever asks first, take_error and read included; after
 * that the answer is VIGIL_EINPROGRESS (connect(2) EINPROGRESS; socket(7)
 * SO_ERROR).
 */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_finish_connect(const vigil_tcp_stream *stream);

/*
 * Reads what is there, `capacity` bytes at most (recv(2)). VIGIL_OK with a
 * `count` of 0, for a capacity that is not, is the end of the stream.
 *
 * VIGIL_EWOULDBLOCK   nothing is there now, or the connection is still being
 *                     made; an event will tell
 * VIGIL_EINTR         a signal handler ran first; read again
 * VIGIL_ECONNRESET    the peer has broken off
 * VIGIL_ECONNREFUSED, VIGIL_ETIMEDOUT, VIGIL_EHOSTUNREACH
 *                     the connection was never made, or is lost
 * VIGIL_ENOTCONN      it was never connected
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_read(vigil_tcp_stream *stream, void *data,
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_readv(vigil_tcp_stream *stream,
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_peek(vigil_tcp_stream *stream, void *data,
                                                 size_t capacity, size_t *count);

/*
 * Writes, as much as there is room for (send(2)); `count` says how much. Raises
 * no SIGPIPE.
 *
 * VIGIL_EWOULDBLOCK   there is no room now, or the connection is still being
 *                     made; an event will tell
 * VIGIL_EINTR         a signal handler ran first; write again
 * VIGIL_EPIPE         this direction is closed, or the connection is, or, on
 *                     Linux, it was never made
 * VIGIL_ECONNRESET    the peer has broken off
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_write(vigil_tcp_stream *stream, const void *data,
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_writev(vigil_tcp_stream *stream,
                                                   const vigil_buffer *buffers, size_t buffer_count,
                                                   size_t *count);

/*
 * Closes one direction, or both (shutdown(2)). What was written is still sent.
 * VIGIL_ENOTCONN if it is not connected, VIGIL_EINVAL if `how` is none of the
 * three.
 */
/*@
  requires memory: \valid(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_shutdown(vigil_tcp_stream *stream, vigil_shutdown how);

/* This end and the other one (getsockname(2), getpeername(2)). The other one is
 * VIGIL_ENOTCONN until the connection stands. On failure the address is none. */
/*@
  requires memory: \valid_read(stream) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_local_address(const vigil_tcp_stream *stream,
                                                          vigil_address *address);
/*@
  requires memory: \valid_read(stream) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_peer_address(const vigil_tcp_stream *stream,
                                                         vigil_address *address);

/* The error it has met since it was last asked, VIGIL_OK for none
 * (socket(7), SO_ERROR). */
/*@
  requires memory: \valid_read(stream) && \valid(error) && \separated(stream, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_take_error(const vigil_tcp_stream *stream,
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
VIGIL_CHECKED vigil_status vigil_tcp_stream_from_fd(vigil_tcp_stream *stream, vigil_fd fd);

/* The descriptor, which stays the stream's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \result \from stream->source.fd;
  ensures fd: \result == stream->source.fd;
*/
VIGIL_API vigil_fd vigil_tcp_stream_fd(const vigil_tcp_stream *stream);

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
VIGIL_CHECKED vigil_status vigil_tcp_stream_into_fd(vigil_tcp_stream *stream, vigil_fd *fd);

/* Deregisters, and closes (close(2)): what was written is still sent, unless
 * linger says otherwise; unread data makes it a reset. Closing what is closed
 * does nothing. Should the system refuse to deregister, that is the status, and
 * nothing has changed. */
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
VIGIL_API vigil_status vigil_tcp_stream_close(vigil_tcp_stream *stream);

#endif
