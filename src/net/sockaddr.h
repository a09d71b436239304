/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_SOCKADDR_H
#define VIGIL_NET_SOCKADDR_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"

/*
 * Addresses as the kernel has them (ip(7), ipv6(7)): struct sockaddr_in and
 * struct sockaddr_in6 written byte by byte, so that nothing is cast and
 * nothing depends on how a compiler lays out a union.
 */

/* VIGIL_EAFNOSUPPORT if the address is none; `native` is then empty. */
/*@
  requires native: \valid(native);
  terminates \true; exits \false;
  assigns *native;
  ensures none: address.family != VIGIL_FAMILY_IPV4 && address.family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT && native->length == 0;
  ensures ipv4: address.family == VIGIL_FAMILY_IPV4 ==> \result == VIGIL_OK &&
    native->length == 16;
  ensures ipv6: address.family == VIGIL_FAMILY_IPV6 ==> \result == VIGIL_OK &&
    native->length == 28;
  ensures length: native->length <= VIGIL_SOCKADDR_BYTES;
*/
vigil_status vigil_sockaddr_encode(vigil_address address, vigil_sockaddr *native);

/* What the kernel gave, or vigil_address_none() for an empty address, one of
 * another family, or one that is cut short. */
/*@
  requires native: \valid_read(native) && native->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result \from *native;
  ensures cut: native->length < 16 ==> address_none(\result);
  ensures families: \result.family == VIGIL_FAMILY_NONE ||
    \result.family == VIGIL_FAMILY_IPV4 || \result.family == VIGIL_FAMILY_IPV6;
*/
vigil_address vigil_sockaddr_decode(const vigil_sockaddr *native);

#endif
