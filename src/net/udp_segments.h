/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UDP_SEGMENTS_H
#define VIGIL_NET_UDP_SEGMENTS_H

#include "base/status.h"
#include "core/address.h"
#include "net/udp_socket.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Many datagrams of one size, to or from one address, as one piece of memory (udp(7),
 * UDP_SEGMENT and UDP_GRO): the cheapest way to move much. Where the system or the device
 * does not do that, the calls do what they say with the calls for one datagram.
 */

/*
 * Sends `data` as datagrams of `segment_bytes` each, of which the last may be shorter, in
 * their order, to `to`, or to the peer if that is null. No bytes are one empty datagram.
 *
 * VIGIL_OK with a `sent` below `length`: so much has gone, a whole number of datagrams,
 * and the next one could not be sent; sending the rest tells why, unless it was something
 * that is told once (VIGIL_ECONNREFUSED). Otherwise what vigil_udp_socket_send, or
 * vigil_udp_socket_send_to, answers of the first datagram, and
 *
 * VIGIL_EINVAL  `segment_bytes` is 0
 * `sent` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(socket) && \valid(sent) && (to == \null || \valid_read(to));
  requires apart: \separated(sent, to) && \separated(sent, socket);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *sent;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures bound: *sent <= length;
  ensures whole: 0 < *sent < length ==> *sent % segment_bytes == 0;
  ensures failed: \result != VIGIL_OK ==> *sent == 0;
  ensures some: \result == VIGIL_OK && length > 0 ==> *sent > 0;
  ensures none: segment_bytes == 0 ==> \result == VIGIL_EINVAL || \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_send_segments(vigil_udp_socket *socket,
                                                          const void *data, size_t length,
                                                          size_t segment_bytes,
                                                          const vigil_address *to, size_t *sent);

/*
 * Lets the system hand over several datagrams as one piece of memory, or not: at first it
 * does not. From then on receive with vigil_udp_socket_receive_segments alone: every other
 * call takes such a piece for one datagram. VIGIL_ENOPROTOOPT where the system does not
 * offer it; receive_segments works there too, and gives one datagram at a time.
 */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_receive_offload(const vigil_udp_socket *socket,
                                                                bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive_offload(const vigil_udp_socket *socket,
                                                            bool *enabled);

/*
 * Receives one datagram, or several from one sender, one behind the other: each has
 * `segment_bytes` but the last, which may be shorter. One alone has `segment_bytes` equal
 * to `count`, which is 0 if it is empty. With a capacity of 65535 nothing is cut.
 *
 * VIGIL_EMSGSIZE with a `count` of `capacity`: there was more, and the rest is lost: of
 * the last datagram that is there, and of others behind it.
 * Other statuses, `from` and `count` as for vigil_udp_socket_receive_from;
 * `segment_bytes` is 0 where `count` is.
 */
/*@
  requires memory: \valid(socket) && \valid(count) && \valid(segment_bytes) &&
    \separated(socket, count, segment_bytes);
  requires from: from == \null ||
    (\valid(from) && \separated(from, socket, count, segment_bytes));
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(segment_bytes, (char *)data + (0 .. capacity - 1)) &&
    \separated(socket, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count, *from, *segment_bytes;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures segment: *segment_bytes <= *count && (*count > 0 ==> *segment_bytes > 0);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures from: from != \null ==> address_valid(*from) &&
    (\result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> address_none(*from));
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive_segments(vigil_udp_socket *socket, void *data,
                                                             size_t capacity, vigil_address *from,
                                                             size_t *count, size_t *segment_bytes);

#endif
