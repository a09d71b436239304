/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UDP_OPTIONS_H
#define VIGIL_NET_UDP_OPTIONS_H

#include "base/limits.h"
#include "base/status.h"
#include "core/address.h"
#include "net/udp_socket.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The options of a UDP socket. Setting answers VIGIL_EINVAL for a value the system
 * does not take; every call answers VIGIL_EBADF on a closed socket. A getter writes
 * 0 or false on failure.
 *
 * What concerns one family is set for what the socket can send: an IPv6 socket that
 * speaks to ::ffff:a.b.c.d sends over IPv4 (ipv6(7)), so its hops and its loop are
 * set for both.
 */

/* Allows sending to broadcast addresses (socket(7), SO_BROADCAST). */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_broadcast(const vigil_udp_socket *socket,
                                                          bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_broadcast(const vigil_udp_socket *socket,
                                                      bool *enabled);

/* The time to live, or hop limit, of what it sends to one receiver: 1 to 255
 * (ip(7) IP_TTL, ipv6(7) IPV6_UNICAST_HOPS). */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= hops <= 255;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_ttl(const vigil_udp_socket *socket, int hops);
/*@
  requires memory: \valid_read(socket) && \valid(hops) && \separated(socket, hops);
  terminates \true; exits \false;
  assigns *hops;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *hops == 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_ttl(const vigil_udp_socket *socket, int *hops);

/* Whether an IPv6 socket is for IPv6 alone, and leaves the port to an IPv4 socket
 * (ipv6(7), IPV6_V6ONLY). Setting it is for a socket without an address, of
 * vigil_udp_socket_open: VIGIL_EINVAL later, VIGIL_ENOPROTOOPT for an IPv4 socket,
 * for which reading it is VIGIL_EOPNOTSUPP. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_only_ipv6(const vigil_udp_socket *socket,
                                                          bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_only_ipv6(const vigil_udp_socket *socket,
                                                      bool *enabled);

/* Lets several sockets be bound to one address (socket(7), SO_REUSEADDR): all of
 * them have it set, before they are bound. Each has the multicast and broadcast
 * datagrams that come there, and the one that was bound last has the others. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_reuse_address(const vigil_udp_socket *socket,
                                                              bool enabled);

/* The same with each datagram given to one of the sockets, chosen by where it comes
 * from (socket(7), SO_REUSEPORT). They belong to one user. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_reuse_port(const vigil_udp_socket *socket,
                                                           bool enabled);

/* The bytes that the system keeps for what is on its way out and in (socket(7),
 * SO_SNDBUF, SO_RCVBUF): 1 and more are taken, and cut to what it allows. It counts
 * what it keeps for itself as well, and Linux doubles the number for that: what is
 * read is the system's figure. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= bytes;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_send_buffer(const vigil_udp_socket *socket,
                                                            int bytes);
/*@
  requires memory: \valid_read(socket) && \valid(bytes) && \separated(socket, bytes);
  terminates \true; exits \false;
  assigns *bytes;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *bytes == 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_send_buffer(const vigil_udp_socket *socket, int *bytes);

/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= bytes;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_receive_buffer(const vigil_udp_socket *socket,
                                                               int bytes);
/*@
  requires memory: \valid_read(socket) && \valid(bytes) && \separated(socket, bytes);
  terminates \true; exits \false;
  assigns *bytes;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *bytes == 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_receive_buffer(const vigil_udp_socket *socket,
                                                           int *bytes);

/*
 * Ties it to the network interface of that name, for what it sends and what reaches
 * it, or to none for a name of no bytes (socket(7), SO_BINDTODEVICE).
 *
 * VIGIL_EINVAL  the name has 16 bytes or more, or a zero among them: the system
 *               would take the beginning for the name of another interface
 * VIGIL_ENODEV  there is no such interface
 * VIGIL_EPERM   it is tied to one already, and the process has no CAP_NET_RAW; on
 *               Linux before 5.7, whenever it has none
 * On failure it is tied as before.
 */
/*@
  requires memory: \valid_read(socket);
  requires name: \valid_read(name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> length < VIGIL_DEVICE_NAME_MAX;
  ensures zeros: \result == VIGIL_OK ==> \forall integer i; 0 <= i < length ==> name[i] != 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_device(const vigil_udp_socket *socket,
                                                       const char *name, size_t length);

/* The name of the interface that it is tied to, with a zero at its end, and without
 * one its length, which is 0 for none. VIGIL_ENODEV if the interface is gone. */
/*@
  requires memory: \valid_read(socket) && \valid(length) && \separated(socket, length);
  requires name: \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1)) &&
    \separated(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1), socket, length);
  terminates \true; exits \false;
  assigns name[0 .. VIGIL_DEVICE_NAME_MAX - 1], *length;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures room: *length < VIGIL_DEVICE_NAME_MAX;
  ensures end: name[*length] == 0;
  ensures failed: \result != VIGIL_OK ==> *length == 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_device(const vigil_udp_socket *socket, char *name,
                                                   size_t *length);

/*
 * Joins a group, or leaves one that was joined (ip(7), ipv6(7)): from then on what is
 * sent to the group comes here as well, if the socket is bound to the port, at the
 * group's address or at no particular one. `group` is an address of the socket's
 * family, whose port does not matter; Linux takes an IPv4 group for an IPv6 socket as
 * well, also for one that is only IPv6. The interface is told by its index
 * (if_nametoindex(3)), 0 for one that the system picks.
 *
 * VIGIL_EINVAL         no multicast address; but see VIGIL_EADDRNOTAVAIL
 * VIGIL_EAFNOSUPPORT   the address is none
 * VIGIL_EADDRINUSE     joined already
 * VIGIL_EADDRNOTAVAIL  left, or never joined; leaving an IPv4 address that is no group
 * VIGIL_ENODEV         there is no such interface, or none that multicast goes through
 * VIGIL_ENOBUFS        more IPv4 groups than the system allows
 * VIGIL_ENOMEM         more IPv6 groups than the system allows
 * VIGIL_ENOPROTOOPT    an IPv6 group, and the socket is for IPv4
 */
/*@
  requires memory: \valid_read(socket);
  requires group: \valid_read(group);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_join_group(const vigil_udp_socket *socket,
                                                       const vigil_address *group,
                                                       uint32_t interface_index);
/*@
  requires memory: \valid_read(socket);
  requires group: \valid_read(group);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_leave_group(const vigil_udp_socket *socket,
                                                        const vigil_address *group,
                                                        uint32_t interface_index);

/* The interface that what it sends to groups goes out through; 0 leaves it to the
 * system (ip(7) IP_MULTICAST_IF, ipv6(7) IPV6_MULTICAST_IF). If there is no such
 * interface, VIGIL_EADDRNOTAVAIL for an IPv4 socket and VIGIL_ENODEV for an IPv6
 * socket; VIGIL_ENODEV for an index above INT32_MAX. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_multicast_interface(const vigil_udp_socket *socket,
                                                                    uint32_t interface_index);

/* Whether what it sends to a group that was joined on this machine comes here too:
 * at first it does (ip(7) IP_MULTICAST_LOOP, ipv6(7) IPV6_MULTICAST_LOOP). */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_multicast_loop(const vigil_udp_socket *socket,
                                                               bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_multicast_loop(const vigil_udp_socket *socket,
                                                           bool *enabled);

/* The time to live, or hop limit, of what it sends to groups: 0, for this machine
 * alone, to 255; at first 1, for the next network alone (ip(7) IP_MULTICAST_TTL,
 * ipv6(7) IPV6_MULTICAST_HOPS). */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 0 <= hops <= 255;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_set_multicast_ttl(const vigil_udp_socket *socket,
                                                              int hops);
/*@
  requires memory: \valid_read(socket) && \valid(hops) && \separated(socket, hops);
  terminates \true; exits \false;
  assigns *hops;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->source.fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *hops == 0;
*/
VIGIL_CHECKED vigil_status vigil_udp_socket_multicast_ttl(const vigil_udp_socket *socket,
                                                          int *hops);

#endif
