/* SPDX-License-Identifier: MIT */
#include "net/udp_batch.h"
#include "net/udp_socket.h"

/*
 * Laws of batches of datagrams, and of UDP sockets that are opened without an address,
 * proven from the headers' contracts alone.
 */

/* A batch has no more than there is room for, and none of it where the first failed. */
/*@
  requires memory: \valid(socket) && \valid(datagrams + (0 .. 39)) &&
    \separated(socket, datagrams + (0 .. 39));
  terminates \true; exits \false;
*/
void batches_have_bounds(vigil_udp_socket *socket, vigil_datagram *datagrams)
{
    size_t sent = 77;
    vigil_status status = vigil_udp_socket_send_batch(socket, datagrams, 40, &sent);
    //@ check sent: sent <= VIGIL_UDP_BATCH_MAX;
    //@ check unsent: status == VIGIL_EWOULDBLOCK ==> sent == 0;
    size_t received = 77;
    status = vigil_udp_socket_receive_batch(socket, datagrams, 40, &received);
    //@ check received: received <= VIGIL_UDP_BATCH_MAX;
    //@ check nothing: status == VIGIL_EWOULDBLOCK ==> received == 0;
    /*@ check fits: \forall integer i; 0 <= i < received ==>
          datagrams[i].count <= datagrams[i].length; */
}

/* A closed socket has no batch; a batch of none is none. */
/*@
  requires memory: \valid(socket) && \valid(datagrams) && \valid(data + (0 .. 7)) &&
    \separated(socket, datagrams, data + (0 .. 7));
  requires closed: socket->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_udp_has_no_batch(vigil_udp_socket *socket, vigil_datagram *datagrams, char *data)
{
    size_t count = 7;
    vigil_status status = vigil_udp_socket_peek(socket, data, 8, &count);
    //@ check peek: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_disconnect(socket);
    //@ check disconnect: status == VIGIL_EBADF;
    count = 7;
    status = vigil_udp_socket_send_batch(socket, datagrams, 0, &count);
    //@ check none: count == 0;
    status = vigil_udp_socket_send_batch(socket, datagrams, 1, &count);
    //@ check send: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_receive_batch(socket, datagrams, 1, &count);
    //@ check receive: status == VIGIL_EBADF && count == 0;
}

/* Opened, given an address or refused one, and closed: the table of descriptors is as
 * it was. */
/*@
  requires memory: \valid(socket) && \valid_read(address) && \separated(socket, address);
  terminates \true; exits \false;
*/
void udp_open_then_close_leaks_nothing(vigil_udp_socket *socket, vigil_family family,
                                       const vigil_address *address)
{
    vigil_status opened = vigil_udp_socket_open(socket, family);
    vigil_status assigned = vigil_udp_socket_assign_address(socket, address);
    //@ check refused: opened != VIGIL_OK ==> assigned == VIGIL_EBADF;
    vigil_status closed = vigil_udp_socket_close(socket);
    //@ check closed: closed == VIGIL_OK && socket->source.fd == VIGIL_FD_NONE;
    /*@ check back: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
          kernel_kind[f] == \at(kernel_kind[f], Pre); */
}
