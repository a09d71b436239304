/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UDP_BATCH_H
#define VIGIL_NET_UDP_BATCH_H

#include "base/status.h"
#include "core/address.h"
#include "net/udp_socket.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Several datagrams with one system call (recvmmsg(2), sendmmsg(2)): of more than
 * VIGIL_UDP_BATCH_MAX, the first so many; where the system lacks the calls, the first.
 */
#define VIGIL_UDP_BATCH_MAX 32

typedef struct vigil_datagram {
    void *data;            /* the caller's memory */
    size_t length;         /* bytes of it: to send, or there is room for */
    size_t count;          /* bytes that were sent, or received */
    bool truncated;        /* received, and there was more than room: the rest is lost */
    vigil_address address; /* where it goes, none for the peer; or where it comes from */
} vigil_datagram;

/*
 * Receives up to `capacity` datagrams; `received` says how many, and of each of those
 * `count`, `truncated` and `address` are written. VIGIL_OK with fewer than `capacity`
 * does not say that there are no more: receive until VIGIL_EWOULDBLOCK. Statuses as for
 * vigil_udp_socket_receive, of the first datagram, but that one that was cut is no
 * failure; an error after it is told by the next call. VIGIL_OK with none for a
 * capacity of 0.
 */
/*@
  requires memory: \valid(socket) && \valid(received);
  requires datagrams: \valid(datagrams + (0 .. capacity - 1));
  requires apart: \separated(received, datagrams + (0 .. capacity - 1)) &&
    \separated(socket, datagrams + (0 .. capacity - 1), received);
  terminates \true; exits \false;
  assigns *received, datagrams[0 .. capacity - 1].count,
    datagrams[0 .. capacity - 1].truncated, datagrams[0 .. capacity - 1].address,
    ((char *)datagrams[0 .. capacity - 1].data)[0 .. ];
  ensures status: status_valid(\result);
  ensures bound: *received <= capacity && *received <= VIGIL_UDP_BATCH_MAX;
  ensures failed: \result != VIGIL_OK ==> *received == 0;
  ensures ebadf: capacity > 0 && !VIGIL_KERNEL_OPEN(socket->source.fd) ==>
    \result == VIGIL_EBADF;
  ensures lengths: \forall integer i; 0 <= i < *received ==>
    datagrams[i].count <= datagrams[i].length;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive_batch(vigil_udp_socket *socket,
                                                          vigil_datagram *datagrams,
                                                          size_t capacity, size_t *received);

/*
 * Sends `number` datagrams, in their order, each to its `address`, or to the peer if
 * that is none. `sent` says how many, and of each of those `count` is written.
 * VIGIL_OK with fewer than `number`, or VIGIL_UDP_BATCH_MAX: the next one could not be
 * sent; sending it again tells why. Statuses as for vigil_udp_socket_send_to, of the
 * first datagram; VIGIL_OK with none for a number of 0.
 */
/*@
  requires memory: \valid(socket) && \valid(sent);
  requires datagrams: \valid(datagrams + (0 .. number - 1));
  requires apart: \separated(sent, datagrams + (0 .. number - 1)) &&
    \separated(socket, datagrams + (0 .. number - 1), sent);
  terminates \true; exits \false;
  assigns *sent, datagrams[0 .. number - 1].count;
  ensures status: status_valid(\result);
  ensures bound: *sent <= number && *sent <= VIGIL_UDP_BATCH_MAX;
  ensures failed: \result != VIGIL_OK ==> *sent == 0;
  ensures ebadf: number > 0 && !VIGIL_KERNEL_OPEN(socket->source.fd) ==>
    \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_send_batch(vigil_udp_socket *socket,
                                                       vigil_datagram *datagrams, size_t number,
                                                       size_t *sent);

#endif
