/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_SOCKADDR_H
#define VIGIL_NET_SOCKADDR_H

#include "base/status.h"
#include "core/address.h"
#include "net/bytes.h"
#include "os/socket.h"

/*
 * Addresses as the kernel has them (ip(7), ipv6(7)): struct sockaddr_in and
 * struct sockaddr_in6 written byte by byte, so that nothing is cast and
 * nothing depends on how a compiler lays out a union.
 */

/* Bytes of struct sockaddr_in and struct sockaddr_in6. */
#define VIGIL_SOCKADDR_IPV4_BYTES 16
#define VIGIL_SOCKADDR_IPV6_BYTES 28

/*@
  // ip(7): sin_family in host order; sin_port and sin_addr in network order.
  predicate sockaddr_says_ipv4{L}(uint8_t *b, vigil_address a) =
    host16(b) == VIGIL_OS_AF_INET && network16(b + 2) == a.port &&
    \forall integer i; 0 <= i < 4 ==> b[4 + i] == a.ip[i];

  // ipv6(7): sin6_family and sin6_scope_id in host order; the rest in network order.
  predicate sockaddr_says_ipv6{L}(uint8_t *b, vigil_address a) =
    host16(b) == VIGIL_OS_AF_INET6 && network16(b + 2) == a.port &&
    network32(b + 4) == a.flow && host32(b + 24) == a.scope &&
    \forall integer i; 0 <= i < 16 ==> b[8 + i] == a.ip[i];

  predicate sockaddr_zero_from{L}(uint8_t *b, integer from) =
    \forall integer i; from <= i < VIGIL_SOCKADDR_BYTES ==> b[i] == 0;

  // What is decoded; all else is refused.
  predicate sockaddr_ipv4{L}(vigil_sockaddr *n) =
    n->length >= VIGIL_SOCKADDR_IPV4_BYTES && host16(&n->bytes[0]) == VIGIL_OS_AF_INET;
  predicate sockaddr_ipv6{L}(vigil_sockaddr *n) =
    n->length >= VIGIL_SOCKADDR_IPV6_BYTES && host16(&n->bytes[0]) == VIGIL_OS_AF_INET6;
*/

/* VIGIL_EAFNOSUPPORT if the address is none; `native` is then empty. Every byte
 * that the family does not use is zero. */
/*@
  requires native: \valid(native);
  terminates \true; exits \false;
  assigns *native;
  ensures none: address.family != VIGIL_FAMILY_IPV4 && address.family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT && native->length == 0 &&
    sockaddr_zero_from(&native->bytes[0], 0);
  ensures ipv4: address.family == VIGIL_FAMILY_IPV4 ==> \result == VIGIL_OK &&
    native->length == VIGIL_SOCKADDR_IPV4_BYTES &&
    sockaddr_says_ipv4(&native->bytes[0], address);
  ensures ipv4_rest: address.family == VIGIL_FAMILY_IPV4 ==>
    sockaddr_zero_from(&native->bytes[0], 8);
  ensures ipv6: address.family == VIGIL_FAMILY_IPV6 ==> \result == VIGIL_OK &&
    native->length == VIGIL_SOCKADDR_IPV6_BYTES &&
    sockaddr_says_ipv6(&native->bytes[0], address);
  ensures ipv6_rest: address.family == VIGIL_FAMILY_IPV6 ==>
    sockaddr_zero_from(&native->bytes[0], VIGIL_SOCKADDR_IPV6_BYTES);
*/
vigil_status vigil_sockaddr_encode(vigil_address address, vigil_sockaddr *native);

/* What the kernel gave, or vigil_address_none() for an empty address, one of
 * another family, or one that is cut short. What follows the bytes of a family
 * is not looked at. */
/*@
  requires native: \valid_read(native);
  terminates \true; exits \false;
  assigns \result \from *native;
  ensures ipv4: sockaddr_ipv4(native) ==>
    address_v4(\result) && sockaddr_says_ipv4(&native->bytes[0], \result);
  ensures ipv6: sockaddr_ipv6(native) ==>
    address_v6(\result) && sockaddr_says_ipv6(&native->bytes[0], \result);
  ensures refused: !sockaddr_ipv4(native) && !sockaddr_ipv6(native) ==> address_none(\result);
*/
vigil_address vigil_sockaddr_decode(const vigil_sockaddr *native);

#endif
