/* SPDX-License-Identifier: MIT */
#include "net/unix_datagram.h"
#include "net/unix_descriptors.h"
#include "net/unix_listener.h"
#include "net/unix_stream.h"

/*
 * Laws of Unix sockets: whose a descriptor is, and what is told of what is closed,
 * proven from the headers' contracts alone.
 */

/* However a datagram socket was opened, closing it leaves the table of descriptors as
 * it was. */
/*@
  requires memory: \valid(socket) && \valid_read(address) && \separated(socket, address);
  terminates \true; exits \false;
*/
void open_or_bind_then_close_leaks_nothing(vigil_unix_datagram *socket, bool named,
                                           const vigil_unix_address *address)
{
    vigil_status status =
        named ? vigil_unix_datagram_bind(socket, address) : vigil_unix_datagram_open(socket);
    //@ check refused: status != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_fd fd = vigil_unix_datagram_fd(socket);
    //@ check fd: status == VIGIL_OK <==> fd != VIGIL_FD_NONE;
    vigil_status closed = vigil_unix_datagram_close(socket);
    //@ check closed: closed == VIGIL_OK && socket->source.fd == VIGIL_FD_NONE;
    /*@ check back: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
          kernel_kind[f] == \at(kernel_kind[f], Pre); */
}

/* What was given away is the caller's: closing the socket then closes nothing, and
 * who takes it over holds the same descriptor, or leaves it open. */
/*@
  requires memory: \valid(socket) && \valid(other) && \separated(socket, other);
  terminates \true; exits \false;
*/
void giving_a_datagram_socket_away(vigil_unix_datagram *socket, vigil_unix_datagram *other)
{
    vigil_fd fd = VIGIL_FD_NONE;
    if (vigil_unix_datagram_open(socket) != VIGIL_OK) {
        return;
    }
    vigil_fd held = vigil_unix_datagram_fd(socket);
    vigil_status status = vigil_unix_datagram_into_fd(socket, &fd);
    //@ check given: status == VIGIL_OK && fd == held && VIGIL_KERNEL_OPEN(fd);
    //@ ghost Given: ;
    vigil_status closed = vigil_unix_datagram_close(socket);
    //@ check nothing: closed == VIGIL_OK && kernel_same_table{Given,Here}(-1);
    status = vigil_unix_datagram_from_fd(other, fd);
    //@ check taken: status == VIGIL_OK ==> other->source.fd == held;
    //@ check open: VIGIL_KERNEL_OPEN(fd);
}

/* The same of a listener. */
/*@
  requires memory: \valid(listener) && \valid(other) && \valid_read(address) &&
    \separated(listener, other, address);
  terminates \true; exits \false;
*/
void giving_a_listener_away(vigil_unix_listener *listener, vigil_unix_listener *other,
                            const vigil_unix_address *address, int backlog)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_unix_listener_bind_backlog(listener, address, backlog);
    if (status != VIGIL_OK) {
        //@ check refused: kernel_same_table{Pre,Here}(-1);
        return;
    }
    status = vigil_unix_listener_into_fd(listener, &fd);
    //@ check given: status == VIGIL_OK && VIGIL_KERNEL_OPEN(fd);
    //@ ghost Given: ;
    vigil_status closed = vigil_unix_listener_close(listener);
    //@ check nothing: closed == VIGIL_OK && kernel_same_table{Given,Here}(-1);
    status = vigil_unix_listener_from_fd(other, fd);
    //@ check taken: status == VIGIL_OK ==> other->source.fd == fd;
    //@ check open: VIGIL_KERNEL_OPEN(fd);
}

/* A closed datagram socket answers so to the calls with addresses too. */
/*@
  requires memory: \valid(socket) && \valid(data + (0 .. 7)) && \valid(address) &&
    \separated(socket, data + (0 .. 7), address);
  requires closed: socket->source.fd == VIGIL_FD_NONE && source_unregistered(socket->source);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void closed_datagram_sockets_have_no_peer(vigil_unix_datagram *socket, char *data,
                                          vigil_shutdown how, vigil_unix_address *address)
{
    size_t count = 7;
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_unix_datagram_connect(socket, address);
    //@ check connect: status == VIGIL_EBADF;
    status = vigil_unix_datagram_send_to(socket, data, 8, address, &count);
    //@ check send_to: status == VIGIL_EBADF && count == 0;
    count = 7;
    status = vigil_unix_datagram_receive_from(socket, data, 8, address, &count);
    //@ check receive_from: status == VIGIL_EBADF && count == 0 && unix_unnamed(*address);
    count = 7;
    status = vigil_unix_datagram_peek_from(socket, data, 8, address, &count);
    //@ check peek_from: status == VIGIL_EBADF && count == 0 && unix_unnamed(*address);
    status = vigil_unix_datagram_peer_address(socket, address);
    //@ check peer: status == VIGIL_EBADF && unix_unnamed(*address);
    status = vigil_unix_datagram_shutdown(socket, how);
    //@ check shut: status == VIGIL_EBADF;
    status = vigil_unix_datagram_take_error(socket, &error);
    //@ check error: status == VIGIL_EBADF;
}

/* A closed listener has no address and no error. */
/*@
  requires memory: \valid(listener) && \valid(address) && \separated(listener, address);
  requires closed: listener->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_listeners_say_so(const vigil_unix_listener *listener, vigil_unix_address *address)
{
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_unix_listener_local_address(listener, address);
    //@ check local: status == VIGIL_EBADF && unix_unnamed(*address);
    status = vigil_unix_listener_take_error(listener, &error);
    //@ check error: status == VIGIL_EBADF;
}

/* Of a pair that was refused neither is open, and nobody is at the other end of it. */
/*@
  requires memory: \valid(one) && \valid(two) && \separated(one, two);
  terminates \true; exits \false;
*/
void pairs_have_credentials(vigil_unix_stream *one, vigil_unix_stream *two)
{
    vigil_credentials peer = {7, 7, 7};
    vigil_status paired = vigil_unix_stream_pair(one, two);
    //@ check two: paired == VIGIL_OK ==> one->source.fd != two->source.fd;
    //@ check refused: paired != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_status status = vigil_unix_stream_peer_credentials(one, &peer);
    //@ check nobody: paired != VIGIL_OK ==> status == VIGIL_EBADF;
    //@ check none: status != VIGIL_OK ==> peer.process == 0 && peer.user == 0;
}

/* A descriptor goes with a byte or not at all, and the sender keeps its own. */
/*@
  requires memory: \valid(stream) && \valid_read(data + (0 .. 7)) &&
    \valid_read(fds + (0 .. VIGIL_UNIX_DESCRIPTORS_MAX)) &&
    \separated(stream, data + (0 .. 7), fds + (0 .. VIGIL_UNIX_DESCRIPTORS_MAX));
  terminates \true; exits \false;
  ensures kept: kernel_same_table{Pre,Post}(-1);
*/
void descriptors_go_with_a_byte(vigil_unix_stream *stream, const char *data, const vigil_fd *fds)
{
    size_t count = 7;
    vigil_status status = vigil_unix_stream_send_descriptors(stream, data, 0, fds, 1, &count);
    //@ check byte: status != VIGIL_OK && count == 0;
    status = vigil_unix_stream_send_descriptors(stream, data, 8, fds,
                                                VIGIL_UNIX_DESCRIPTORS_MAX + 1, &count);
    //@ check many: status != VIGIL_OK && count == 0;
    status = vigil_unix_stream_send_descriptors(stream, data, 8, fds, 1, &count);
    //@ check bound: count <= 8 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
}
