/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_ADDRESS_H
#define VIGIL_CORE_ADDRESS_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Where a socket is on an internet: an IPv4 or IPv6 address and a port. A
 * value: copy it freely. Bytes of `ip` are in network order as written,
 * 127.0.0.1 is {127, 0, 0, 1}; `port`, `flow` and `scope` are plain numbers.
 * What a family does not use is zero, so equal addresses are equal in every
 * field.
 */
typedef enum vigil_family {
    VIGIL_FAMILY_NONE = 0, /* no address: an unnamed socket, or one not yet known */
    VIGIL_FAMILY_IPV4 = 4,
    VIGIL_FAMILY_IPV6 = 6
} vigil_family;

typedef struct vigil_address {
    vigil_family family;
    uint16_t port;
    uint8_t ip[16];
    uint32_t flow;  /* IPv6 flow information, RFC 3493 section 3.3 */
    uint32_t scope; /* IPv6 scope: the interface of a link-local address */
} vigil_address;

/*@
  predicate address_v4(vigil_address a) =
    a.family == VIGIL_FAMILY_IPV4 && a.flow == 0 && a.scope == 0 &&
    \forall integer i; 4 <= i < 16 ==> a.ip[i] == 0;
  predicate address_v6(vigil_address a) = a.family == VIGIL_FAMILY_IPV6;
  predicate address_none(vigil_address a) =
    a.family == VIGIL_FAMILY_NONE && a.port == 0 && a.flow == 0 && a.scope == 0 &&
    \forall integer i; 0 <= i < 16 ==> a.ip[i] == 0;
  predicate address_valid(vigil_address a) =
    address_v4(a) || address_v6(a) || address_none(a);

  predicate address_same(vigil_address a, vigil_address b) =
    a.family == b.family && a.port == b.port && a.flow == b.flow && a.scope == b.scope &&
    \forall integer i; 0 <= i < 16 ==> a.ip[i] == b.ip[i];
*/

/* No address at all. */
/*@
  terminates \true; exits \false;
  assigns \result \from \nothing;
  ensures none: address_none(\result);
*/
VIGIL_API vigil_address vigil_address_none(void);

/* a.b.c.d:port */
/*@
  terminates \true; exits \false;
  assigns \result \from a, b, c, d, port;
  ensures family: address_v4(\result);
  ensures port: \result.port == port;
  ensures ip: \result.ip[0] == a && \result.ip[1] == b && \result.ip[2] == c && \result.ip[3] == d;
*/
VIGIL_API vigil_address vigil_address_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d,
                                           uint16_t port);

/* The sixteen bytes of `ip`, and a port. Flow and scope are zero; set the
 * fields for more. */
/*@
  requires ip: \valid_read(ip + (0 .. 15));
  terminates \true; exits \false;
  assigns \result \from ip[0 .. 15], port;
  ensures family: address_v6(\result);
  ensures port: \result.port == port && \result.flow == 0 && \result.scope == 0;
  ensures ip: \forall integer i; 0 <= i < 16 ==> \result.ip[i] == ip[i];
*/
VIGIL_API vigil_address vigil_address_ipv6(const uint8_t ip[16], uint16_t port);

/* 127.0.0.1:port, reached from this machine only. */
/*@
  terminates \true; exits \false;
  assigns \result \from port;
  ensures family: address_v4(\result);
  ensures port: \result.port == port;
  ensures ip: \result.ip[0] == 127 && \result.ip[1] == 0 && \result.ip[2] == 0 &&
    \result.ip[3] == 1;
*/
VIGIL_API vigil_address vigil_address_loopback_ipv4(uint16_t port);

/* [::1]:port, reached from this machine only. */
/*@
  terminates \true; exits \false;
  assigns \result \from port;
  ensures family: address_v6(\result);
  ensures port: \result.port == port && \result.flow == 0 && \result.scope == 0;
  ensures ip: \result.ip[15] == 1 && \forall integer i; 0 <= i < 15 ==> \result.ip[i] == 0;
*/
VIGIL_API vigil_address vigil_address_loopback_ipv6(uint16_t port);

/* Whether two addresses are the same in every field. */
/*@
  terminates \true; exits \false;
  assigns \result \from a, b;
  ensures same: \result <==> address_same(a, b);
*/
VIGIL_API bool vigil_address_equal(vigil_address a, vigil_address b);

#endif
