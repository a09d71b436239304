/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UDP_ERRORS_H
#define VIGIL_NET_UDP_ERRORS_H

#include "base/status.h"
#include "net/queued_error.h"
#include "net/udp_socket.h"

#include <stdbool.h>

/*
 * What has become of datagrams, one by one (ip(7) IP_RECVERR, ipv6(7) IPV6_RECVERR).
 * Without it, only a connected socket is told of errors, and not which datagram was
 * meant; with it, every socket is, and each error waits in a queue, with the address that
 * the datagram was sent to.
 */

/*
 * Begins to keep errors, or ends it, and drops those that were kept. From then on:
 *
 * - an error makes the source be reported, with vigil_event_is_error, whether the socket
 *   is connected or not; take errors until VIGIL_EWOULDBLOCK;
 * - the next call that sends or receives answers the status of the last error, once,
 *   unless the queue has been emptied before; what waits to be received is not lost;
 * - also VIGIL_EMSGSIZE is kept, with the MTU, when a datagram that was to be sent is
 *   larger than an address family or the way allows.
 *
 * The system keeps as many errors as fit into the receive buffer, beside what was
 * received, and drops the others. An IPv6 socket keeps those of what it sends over IPv4
 * too.
 */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_error_queue(const vigil_udp_socket *socket,
                                                            bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_error_queue(const vigil_udp_socket *socket,
                                                        bool *enabled);

/*
 * Takes the oldest error out of the queue. VIGIL_OK: `queued` says what it was, VIGIL_OK
 * in `queued->status` never; one that the system gives no word for is VIGIL_EUNKNOWN.
 * VIGIL_EWOULDBLOCK: there is none; an event will tell.
 *
 * An IPv4 socket without a peer is not told the port of a VIGIL_EMSGSIZE that this machine
 * has found: it is 0.
 *
 * `queued` is written in every case: VIGIL_EUNKNOWN of nobody on failure.
 */
/*@
  requires memory: \valid(socket) && \valid(queued) && \separated(socket, queued);
  terminates \true; exits \false;
  assigns *queued;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures valid: queued_error_valid(*queued);
  ensures failed: \result != VIGIL_OK ==> queued_error_unknown(*queued) &&
    address_none(queued->destination);
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_take_queued_error(vigil_udp_socket *socket,
                                                              vigil_queued_error *queued);

#endif
