/* SPDX-License-Identifier: MIT */
#include "net/tcp_listener.h"

/*
 * Laws of listeners, proven from the headers' contracts alone.
 */

/* Whatever bind answers, closing leaves the table of descriptors as it was:
 * nothing leaks. Closing again changes nothing. */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  terminates \true; exits \false;
*/
void bind_then_close_leaks_nothing(vigil_tcp_listener *listener, const vigil_address *address)
{
    vigil_status bound = vigil_tcp_listener_bind(listener, address);
    //@ assert refused: bound != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_fd fd = vigil_tcp_listener_fd(listener);
    //@ check fd: bound == VIGIL_OK <==> fd != VIGIL_FD_NONE;
    //@ assert opened: kernel_same_table{Pre,Here}(fd);
    vigil_status closed = vigil_tcp_listener_close(listener);
    //@ check closed: closed == VIGIL_OK && listener->source.fd == VIGIL_FD_NONE;
    //@ assert others: kernel_same_table{Pre,Here}(fd);
    //@ assert back: VIGIL_KERNEL_FD(fd) ==> kernel_same_descriptor{Pre,Here}(fd);
    //@ assert table: kernel_same_table{Pre,Here}(-1);
    //@ ghost Once: ;
    vigil_status again = vigil_tcp_listener_close(listener);
    //@ assert again: again == VIGIL_OK && kernel_same_table{Once,Here}(-1);
}

/* An address that is none is refused by its status, and nothing is opened. */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  requires none: address_none(*address);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void no_address_is_refused(vigil_tcp_listener *listener, const vigil_address *address, int backlog)
{
    vigil_status status = vigil_tcp_listener_bind_backlog(listener, address, backlog);
    //@ check status: status == VIGIL_EAFNOSUPPORT && listener->source.fd == VIGIL_FD_NONE;
}

/* What was given away is the caller's: closing the listener then closes nothing,
 * and who takes it over holds the same descriptor. */
/*@
  requires memory: \valid(listener) && \valid(other) && \valid_read(address) &&
    \separated(listener, other, address);
  terminates \true; exits \false;
*/
void giving_away_and_taking_over(vigil_tcp_listener *listener, vigil_tcp_listener *other,
                                 const vigil_address *address)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_tcp_listener_bind(listener, address);
    if (status != VIGIL_OK) {
        return;
    }
    vigil_fd held = vigil_tcp_listener_fd(listener);
    status = vigil_tcp_listener_into_fd(listener, &fd);
    //@ check given: status == VIGIL_OK && fd == held && VIGIL_KERNEL_OPEN(fd);
    //@ ghost Given: ;
    vigil_status closed = vigil_tcp_listener_close(listener);
    //@ check nothing: closed == VIGIL_OK && kernel_same_table{Given,Here}(-1);
    status = vigil_tcp_listener_from_fd(other, fd);
    //@ check taken: status == VIGIL_OK ==> other->source.fd == held;
    //@ check open: VIGIL_KERNEL_OPEN(fd);
}

/* A closed listener answers so to every question, and writes every answer. */
/*@
  requires memory: \valid(listener) && \valid(stream) && \valid(peer) &&
    \separated(listener, stream, peer);
  requires closed: listener->source.fd == VIGIL_FD_NONE && source_unregistered(listener->source);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void closed_ones_say_so(vigil_tcp_listener *listener, vigil_tcp_stream *stream, vigil_address *peer)
{
    int hops = 7;
    vigil_fd fd = 0;
    vigil_status error = VIGIL_OK;
    vigil_status accepted = vigil_tcp_listener_accept(listener, stream, peer);
    //@ check accept: accepted == VIGIL_EBADF && stream->source.fd == VIGIL_FD_NONE;
    //@ check peer: address_none(*peer);
    vigil_status named = vigil_tcp_listener_local_address(listener, peer);
    //@ check named: named == VIGIL_EBADF && address_none(*peer);
    vigil_status set = vigil_tcp_listener_set_ttl(listener, 64);
    vigil_status got = vigil_tcp_listener_ttl(listener, &hops);
    //@ check ttl: set == VIGIL_EBADF && got == VIGIL_EBADF && hops == 0;
    vigil_status taken = vigil_tcp_listener_take_error(listener, &error);
    //@ check error: taken == VIGIL_EBADF;
    vigil_status given = vigil_tcp_listener_into_fd(listener, &fd);
    //@ check given: given == VIGIL_EBADF && fd == VIGIL_FD_NONE;
}

/* When no connection waits, accepting has opened nothing and changed no
 * descriptor; when one does, closing it leaves the table as it was. */
/*@
  requires memory: \valid(listener) && \valid(stream) && \separated(listener, stream);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void accept_then_close_leaks_nothing(vigil_tcp_listener *listener, vigil_tcp_stream *stream)
{
    vigil_status status = vigil_tcp_listener_accept(listener, stream, (vigil_address *)0);
    //@ check would_block: status == VIGIL_EWOULDBLOCK ==> kernel_same_table{Pre,Here}(-1);
    //@ check open: status == VIGIL_OK ==> kernel_nonblocking[stream->source.fd] == 1;
    vigil_fd fd = vigil_tcp_stream_fd(stream);
    vigil_status closed = vigil_tcp_stream_close(stream);
    //@ check closed: closed == VIGIL_OK;
    //@ assert back: VIGIL_KERNEL_FD(fd) ==> kernel_same_descriptor{Pre,Here}(fd);
}
