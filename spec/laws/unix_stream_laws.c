/* SPDX-License-Identifier: MIT */
#include "net/unix_stream.h"

/*
 * Laws of Unix streams, proven from the headers' contracts alone.
 */

/* Whatever connect answers, closing leaves the table of descriptors as it was,
 * and closing again changes nothing. */
/*@
  requires memory: \valid(stream) && \valid_read(address) && \separated(stream, address);
  terminates \true; exits \false;
*/
void unix_connect_then_close_leaks_nothing(vigil_unix_stream *stream,
                                           const vigil_unix_address *address)
{
    vigil_status begun = vigil_unix_stream_connect(stream, address);
    //@ assert refused: begun != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_fd fd = vigil_unix_stream_fd(stream);
    //@ check fd: begun == VIGIL_OK <==> fd != VIGIL_FD_NONE;
    //@ assert opened: kernel_same_table{Pre,Here}(fd);
    vigil_status closed = vigil_unix_stream_close(stream);
    //@ check closed: closed == VIGIL_OK && stream->source.fd == VIGIL_FD_NONE;
    //@ assert others: kernel_same_table{Pre,Here}(fd);
    //@ assert back: VIGIL_KERNEL_FD(fd) ==> kernel_same_descriptor{Pre,Here}(fd);
    //@ assert table: kernel_same_table{Pre,Here}(-1);
    //@ ghost Once: ;
    vigil_status again = vigil_unix_stream_close(stream);
    //@ assert again: again == VIGIL_OK && kernel_same_table{Once,Here}(-1);
}

/* Reading and writing open and close nothing, and touch no registration: what
 * the poll knows of the stream is as it was. */
/*@
  requires memory: \valid(stream) && \valid(data + (0 .. 63)) &&
    \separated(stream, data + (0 .. 63));
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
  ensures kept: source_kept{Pre,Post}(&stream->source) &&
    stream->source.fd == \old(stream->source.fd);
  ensures lists: \forall integer e; kernel_same_list{Pre,Post}(e, -1);
*/
void unix_talking_changes_no_registration(vigil_unix_stream *stream, char *data)
{
    size_t count = 7;
    vigil_status read = vigil_unix_stream_read(stream, data, 64, &count);
    //@ check read: count <= 64 && (read == VIGIL_EWOULDBLOCK ==> count == 0);
    vigil_status peeked = vigil_unix_stream_peek(stream, data, 64, &count);
    //@ check peeked: count <= 64 && (peeked == VIGIL_EWOULDBLOCK ==> count == 0);
    vigil_status written = vigil_unix_stream_write(stream, data, 64, &count);
    //@ check written: count <= 64 && (written == VIGIL_EWOULDBLOCK ==> count == 0);
    vigil_status shut = vigil_unix_stream_shutdown(stream, VIGIL_SHUTDOWN_WRITE);
    //@ check statuses: status_valid(shut);
}

/* A closed stream answers so to every call, and writes every answer. */
/*@
  requires memory: \valid(stream) && \valid(data + (0 .. 7)) && \valid(address) &&
    \separated(stream, data + (0 .. 7), address);
  requires closed: stream->source.fd == VIGIL_FD_NONE && source_unregistered(stream->source);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void closed_unix_streams_say_so(vigil_unix_stream *stream, char *data, vigil_unix_address *address)
{
    size_t count = 7;
    vigil_fd fd = 0;
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_unix_stream_read(stream, data, 8, &count);
    //@ check read: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_stream_peek(stream, data, 8, &count);
    //@ check peek: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_stream_write(stream, data, 8, &count);
    //@ check write: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_stream_shutdown(stream, VIGIL_SHUTDOWN_BOTH);
    //@ check shutdown: status == VIGIL_EBADF;
    status = vigil_unix_stream_local_address(stream, address);
    //@ check local: status == VIGIL_EBADF && unix_unnamed(*address);
    status = vigil_unix_stream_peer_address(stream, address);
    //@ check peer: status == VIGIL_EBADF && unix_unnamed(*address);
    status = vigil_unix_stream_take_error(stream, &error);
    //@ check error: status == VIGIL_EBADF;
    status = vigil_unix_stream_into_fd(stream, &fd);
    //@ check given: status == VIGIL_EBADF && fd == VIGIL_FD_NONE;
}

/* The same of what takes several buffers. */
/*@
  requires memory: \valid(stream) && \valid_read(buffers + (0 .. 1));
  requires closed: stream->source.fd == VIGIL_FD_NONE && source_unregistered(stream->source);
  terminates \true; exits \false;
*/
void closed_unix_streams_take_no_buffers(vigil_unix_stream *stream, const vigil_buffer *buffers)
{
    size_t count = 7;
    vigil_status written = vigil_unix_stream_writev(stream, buffers, 2, &count);
    //@ check written: written == VIGIL_EBADF && count == 0;
    vigil_status read = vigil_unix_stream_readv(stream, buffers, 2, &count);
    //@ check read: read == VIGIL_EBADF && count == 0;
}

/* What was given away is the caller's: closing the stream then closes nothing,
 * and who takes it over holds the same descriptor, or leaves it open. */
/*@
  requires memory: \valid(stream) && \valid(other) && \valid_read(address) &&
    \separated(stream, other, address);
  terminates \true; exits \false;
*/
void giving_unix_streams_away(vigil_unix_stream *stream, vigil_unix_stream *other,
                              const vigil_unix_address *address)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_unix_stream_connect(stream, address);
    if (status != VIGIL_OK) {
        return;
    }
    vigil_fd held = vigil_unix_stream_fd(stream);
    status = vigil_unix_stream_into_fd(stream, &fd);
    //@ check given: status == VIGIL_OK && fd == held && VIGIL_KERNEL_OPEN(fd);
    //@ ghost Given: ;
    vigil_status closed = vigil_unix_stream_close(stream);
    //@ check nothing: closed == VIGIL_OK && kernel_same_table{Given,Here}(-1);
    status = vigil_unix_stream_from_fd(other, fd);
    //@ check taken: status == VIGIL_OK ==> other->source.fd == held;
    //@ check open: VIGIL_KERNEL_OPEN(fd);
}

/* Closing a stream that is registered ends its registration, and leaves those
 * of all others, and the interest lists, as they were. */
/*@
  requires memory: \valid(stream);
  requires owns: source_owns(&stream->source) && stream->source.registry != \null;
  requires other: stream->source.fd != stream->source.registry->selector.epoll;
  terminates \true; exits \false;
*/
void closing_a_unix_stream_ends_one_registration(vigil_unix_stream *stream)
{
    //@ ghost vigil_registry *registry = stream->source.registry;
    //@ ghost uint32_t slot = stream->source.slot;
    //@ ghost vigil_fd fd = stream->source.fd;
    vigil_status closed = vigil_unix_stream_close(stream);
    //@ check closed: closed == VIGIL_OK && kernel_kind[fd] == VIGIL_KERNEL_CLOSED;
    /*@ check ended: registration_ended{Pre,Here}(registry, &registry->slots, slot, fd); */
    //@ check table: kernel_same_table{Pre,Here}(fd);
}
