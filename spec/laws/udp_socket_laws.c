/* SPDX-License-Identifier: MIT */
#include "net/udp_options.h"
#include "net/udp_socket.h"

/*
 * Laws of UDP sockets, proven from the headers' contracts alone.
 */

/* Whatever bind answers, closing leaves the table of descriptors as it was, and
 * closing again changes nothing. */
/*@
  requires memory: \valid(socket) && \valid_read(address) && \separated(socket, address);
  terminates \true; exits \false;
*/
void udp_bind_then_close_leaks_nothing(vigil_udp_socket *socket, const vigil_address *address)
{
    vigil_status bound = vigil_udp_socket_bind(socket, address);
    //@ assert refused: bound != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    vigil_fd fd = vigil_udp_socket_fd(socket);
    //@ check fd: bound == VIGIL_OK <==> fd != VIGIL_FD_NONE;
    //@ assert opened: kernel_same_table{Pre,Here}(fd);
    vigil_status closed = vigil_udp_socket_close(socket);
    //@ check closed: closed == VIGIL_OK && socket->source.fd == VIGIL_FD_NONE;
    //@ assert others: kernel_same_table{Pre,Here}(fd);
    //@ assert back: VIGIL_KERNEL_FD(fd) ==> kernel_same_descriptor{Pre,Here}(fd);
    //@ assert table: kernel_same_table{Pre,Here}(-1);
    //@ ghost Once: ;
    vigil_status again = vigil_udp_socket_close(socket);
    //@ assert again: again == VIGIL_OK && kernel_same_table{Once,Here}(-1);
}

/* Sending and receiving open and close nothing, and touch no registration. What is
 * received is never more than there is room for, and a datagram that was cut says so. */
/*@
  requires memory: \valid(socket) && \valid(from) && \valid(data + (0 .. 63)) &&
    \separated(socket, from, data + (0 .. 63));
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
  ensures kept: source_kept{Pre,Post}(&socket->source) &&
    socket->source.fd == \old(socket->source.fd);
  ensures lists: \forall integer e; kernel_same_list{Pre,Post}(e, -1);
*/
void datagrams_change_no_registration(vigil_udp_socket *socket, char *data, vigil_address *from)
{
    size_t count = 7;
    vigil_status status = vigil_udp_socket_receive_from(socket, data, 64, from, &count);
    //@ check received: count <= 64 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
    //@ check cut: status == VIGIL_EMSGSIZE ==> count == 64 || count == 0;
    //@ check nobody: status == VIGIL_EWOULDBLOCK ==> address_none(*from);
    status = vigil_udp_socket_peek_from(socket, data, 64, from, &count);
    //@ check peeked: count <= 64 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
    status = vigil_udp_socket_receive(socket, data, 64, &count);
    //@ check again: count <= 64 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
    status = vigil_udp_socket_send(socket, data, 64, &count);
    //@ check sent: count <= 64 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
    status = vigil_udp_socket_send_to(socket, data, 64, from, &count);
    //@ check sent_to: count <= 64 && (status == VIGIL_EWOULDBLOCK ==> count == 0);
}

/* A closed socket answers so to every call, and writes every answer. */
/*@
  requires memory: \valid(socket) && \valid(data + (0 .. 7)) && \valid(address) &&
    \separated(socket, data + (0 .. 7), address);
  requires closed: socket->source.fd == VIGIL_FD_NONE && source_unregistered(socket->source);
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void closed_udp_says_so(vigil_udp_socket *socket, char *data, vigil_address *address)
{
    size_t count = 7;
    vigil_fd fd = 0;
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_udp_socket_receive(socket, data, 8, &count);
    //@ check receive: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_peek_from(socket, data, 8, address, &count);
    //@ check peek: status == VIGIL_EBADF && count == 0 && address_none(*address);
    status = vigil_udp_socket_send(socket, data, 8, &count);
    //@ check send: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_send_to(socket, data, 8, address, &count);
    //@ check send_to: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_connect(socket, address);
    //@ check connect: status == VIGIL_EBADF;
    status = vigil_udp_socket_local_address(socket, address);
    //@ check local: status == VIGIL_EBADF && address_none(*address);
    status = vigil_udp_socket_peer_address(socket, address);
    //@ check peer: status == VIGIL_EBADF && address_none(*address);
    status = vigil_udp_socket_take_error(socket, &error);
    //@ check error: status == VIGIL_EBADF;
    status = vigil_udp_socket_into_fd(socket, &fd);
    //@ check given: status == VIGIL_EBADF && fd == VIGIL_FD_NONE;
}

/* The same of its options. */
/*@
  requires memory: \valid(socket) && \valid_read(group);
  requires closed: socket->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_udp_has_no_options(vigil_udp_socket *socket, const vigil_address *group)
{
    bool enabled = true;
    int number = 7;
    vigil_status status = vigil_udp_socket_broadcast(socket, &enabled);
    //@ check broadcast: status == VIGIL_EBADF && !enabled;
    status = vigil_udp_socket_set_broadcast(socket, true);
    //@ check set_broadcast: status == VIGIL_EBADF;
    status = vigil_udp_socket_join_group(socket, group, 0);
    //@ check join: status == VIGIL_EBADF;
    status = vigil_udp_socket_leave_group(socket, group, 0);
    //@ check leave: status == VIGIL_EBADF;
    status = vigil_udp_socket_multicast_ttl(socket, &number);
    //@ check hops: status == VIGIL_EBADF && number == 0;
    status = vigil_udp_socket_set_multicast_ttl(socket, 256);
    //@ check set_hops: status == VIGIL_EBADF;
    number = 7;
    status = vigil_udp_socket_receive_buffer(socket, &number);
    //@ check buffer: status == VIGIL_EBADF && number == 0;
}

/* What was given away is the caller's: closing the socket then closes nothing, and
 * who takes it over holds the same descriptor, or leaves it open. */
/*@
  requires memory: \valid(socket) && \valid(other) && \valid_read(address) &&
    \separated(socket, other, address);
  terminates \true; exits \false;
*/
void giving_udp_away(vigil_udp_socket *socket, vigil_udp_socket *other,
                     const vigil_address *address)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_udp_socket_bind(socket, address);
    if (status != VIGIL_OK) {
        return;
    }
    vigil_fd held = vigil_udp_socket_fd(socket);
    status = vigil_udp_socket_into_fd(socket, &fd);
    //@ check given: status == VIGIL_OK && fd == held && VIGIL_KERNEL_OPEN(fd);
    //@ ghost Given: ;
    vigil_status closed = vigil_udp_socket_close(socket);
    //@ check nothing: closed == VIGIL_OK && kernel_same_table{Given,Here}(-1);
    status = vigil_udp_socket_from_fd(other, fd);
    //@ check taken: status == VIGIL_OK ==> other->source.fd == held;
    //@ check open: VIGIL_KERNEL_OPEN(fd);
}
