/* SPDX-License-Identifier: MIT */
#include "net/unix_datagram.h"
#include "net/unix_descriptors.h"
#include "net/unix_listener.h"

/*
 * Laws of Unix listeners and datagram sockets, of their names, and of descriptors that
 * are passed, proven from the headers' contracts alone.
 */

/* Every name is one of three kinds, and a name is the same as itself. */
/*@
  requires memory: \valid_read(bytes + (0 .. length - 1)) && \valid(address) &&
    \separated(address, bytes + (0 .. length - 1));
  terminates \true; exits \false;
  ensures valid: unix_valid(*address);
*/
void names_are_of_one_kind(const char *bytes, size_t length, bool file, vigil_unix_address *address)
{
    vigil_status status = file ? vigil_unix_address_path(bytes, length, address)
                               : vigil_unix_address_abstract(bytes, length, address);
    bool same = vigil_unix_address_equal(*address, *address);
    //@ check same: same;
    bool unnamed = vigil_unix_address_equal(*address, vigil_unix_address_unnamed());
    //@ check refused: status != VIGIL_OK ==> unnamed;
    //@ check named: status == VIGIL_OK ==> !unnamed;
}

/* Whatever binding answers, closing leaves the table of descriptors as it was. */
/*@
  requires memory: \valid(listener) && \valid_read(address) && \separated(listener, address);
  terminates \true; exits \false;
*/
void bind_then_close_leaks_nothing(vigil_unix_listener *listener, const vigil_unix_address *address)
{
    vigil_status bound = vigil_unix_listener_bind(listener, address);
    //@ check refused: bound != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_fd fd = vigil_unix_listener_fd(listener);
    //@ check fd: bound == VIGIL_OK <==> fd != VIGIL_FD_NONE;
    vigil_status closed = vigil_unix_listener_close(listener);
    //@ check closed: closed == VIGIL_OK && listener->source.fd == VIGIL_FD_NONE;
    /*@ check back: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
          kernel_kind[f] == \at(kernel_kind[f], Pre); */
}

/* What could not be accepted is closed, and nothing was opened for it. */
/*@
  requires memory: \valid(listener) && \valid(stream) && \separated(listener, stream);
  terminates \true; exits \false;
*/
void who_was_not_accepted_is_closed(vigil_unix_listener *listener, vigil_unix_stream *stream)
{
    vigil_status status = vigil_unix_listener_accept(listener, stream, NULL);
    /*@ check refused: status != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE &&
          kernel_same_table{Pre,Here}(-1); */
    //@ check own: status == VIGIL_OK ==> stream->source.fd != listener->source.fd;
}

/* A pair is two: closing one leaves the other open. */
/*@
  requires memory: \valid(one) && \valid(two) && \separated(one, two);
  terminates \true; exits \false;
*/
void a_pair_is_two(vigil_unix_datagram *one, vigil_unix_datagram *two)
{
    vigil_status status = vigil_unix_datagram_pair(one, two);
    //@ check refused: status != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    //@ check two: status == VIGIL_OK ==> one->source.fd != two->source.fd;
    vigil_status first = vigil_unix_datagram_close(one);
    //@ check closed: first == VIGIL_OK && one->source.fd == VIGIL_FD_NONE;
    //@ check left: status == VIGIL_OK ==> VIGIL_KERNEL_OPEN(two->source.fd);
}

/* A closed datagram socket answers so. */
/*@
  requires memory: \valid(socket) && \valid(data + (0 .. 7)) && \valid(address) &&
    \separated(socket, data + (0 .. 7), address);
  requires closed: socket->source.fd == VIGIL_FD_NONE && source_unregistered(socket->source);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void closed_datagram_sockets_say_so(vigil_unix_datagram *socket, char *data,
                                    vigil_unix_address *address)
{
    size_t count = 7;
    vigil_status status = vigil_unix_datagram_send(socket, data, 8, &count);
    //@ check send: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_datagram_receive(socket, data, 8, &count);
    //@ check receive: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_datagram_peek(socket, data, 8, &count);
    //@ check peek: status == VIGIL_EBADF && count == 0;
    status = vigil_unix_datagram_local_address(socket, address);
    //@ check local: status == VIGIL_EBADF && unix_unnamed(*address);
}

/* Of descriptors that came, each is the caller's: open, and close-on-exec. Where the
 * call failed none is open that was not before. */
/*@
  requires memory: \valid(stream) && \valid(data + (0 .. 7)) && \valid(fds + (0 .. 3)) &&
    \separated(stream, data + (0 .. 7), fds + (0 .. 3));
  terminates \true; exits \false;
*/
void no_passed_descriptor_leaks(vigil_unix_stream *stream, char *data, vigil_fd *fds)
{
    size_t count = 7;
    size_t fd_count = 7;
    vigil_status status =
        vigil_unix_stream_receive_descriptors(stream, data, 8, fds, 4, &count, &fd_count);
    //@ check none: status != VIGIL_OK ==> fd_count == 0 && kernel_same_table{Pre,Here}(-1);
    /*@ check own: \forall integer i; 0 <= i < fd_count ==>
          VIGIL_KERNEL_OPEN(fds[i]) && kernel_cloexec[fds[i]] == 1; */
    //@ check room: fd_count <= 4 && count <= 8;
}
