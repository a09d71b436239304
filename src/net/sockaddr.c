/* SPDX-License-Identifier: MIT */
#include "net/sockaddr.h"

#include "net/bytes.h"

/* Offsets of ip(7) and ipv6(7). */
#define FAMILY_BYTES 2
#define PORT_AT 2
#define IPV4_AT 4
#define IPV4_BYTES 4
#define IPV6_FLOW_AT 4
#define IPV6_AT 8
#define IPV6_BYTES 16
#define IPV6_SCOPE_AT 24

/* Network order: the first byte is the highest. */
/*@
  requires bytes: \valid(bytes + (0 .. 1));
  terminates \true; exits \false;
  assigns bytes[0 .. 1];
  ensures value: network16(bytes) == value;
*/
static void put_network16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)(value / 256);
    bytes[1] = (uint8_t)(value % 256);
}

/*@
  requires bytes: \valid(bytes + (0 .. 3));
  terminates \true; exits \false;
  assigns bytes[0 .. 3];
  ensures value: network32(bytes) == value;
*/
static void put_network32(uint8_t *bytes, uint32_t value)
{
    put_network16(bytes, (uint16_t)(value / 65536));
    put_network16(bytes + 2, (uint16_t)(value % 65536));
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 1));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 1];
  ensures value: \result == network16(bytes);
*/
static uint16_t get_network16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] * 256 + bytes[1]);
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 3));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 3];
  ensures value: \result == network32(bytes);
*/
static uint32_t get_network32(const uint8_t *bytes)
{
    return get_network16(bytes) * UINT32_C(65536) + get_network16(bytes + 2);
}

/* Host order: as this machine stores numbers. */
/*@
  requires bytes: \valid(bytes + (0 .. 1));
  terminates \true; exits \false;
  assigns bytes[0 .. 1];
  ensures value: host16(bytes) == value;
*/
static void put_host16(uint8_t *bytes, uint16_t value)
{
    bytes[VIGIL_OS_BIG_ENDIAN ? 0 : 1] = (uint8_t)(value / 256);
    bytes[VIGIL_OS_BIG_ENDIAN ? 1 : 0] = (uint8_t)(value % 256);
}

/*@
  requires bytes: \valid(bytes + (0 .. 3));
  terminates \true; exits \false;
  assigns bytes[0 .. 3];
  ensures value: host32(bytes) == value;
*/
static void put_host32(uint8_t *bytes, uint32_t value)
{
    put_host16(bytes + (VIGIL_OS_BIG_ENDIAN ? 0 : 2), (uint16_t)(value / 65536));
    put_host16(bytes + (VIGIL_OS_BIG_ENDIAN ? 2 : 0), (uint16_t)(value % 65536));
}

/*@
  requires native: \valid(native);
  terminates \true; exits \false;
  assigns *native;
  ensures length: native->length == 0;
  ensures zero: sockaddr_zero_from(&native->bytes[0], 0);
*/
static void clear(vigil_sockaddr *native)
{
    native->length = 0;
    /*@
      loop invariant range: 0 <= i <= VIGIL_SOCKADDR_BYTES;
      loop invariant zero: \forall integer k; 0 <= k < i ==> native->bytes[k] == 0;
      loop assigns i, native->bytes[0 .. VIGIL_SOCKADDR_BYTES - 1];
      loop variant VIGIL_SOCKADDR_BYTES - i;
    */
    for (uint32_t i = 0; i < VIGIL_SOCKADDR_BYTES; i++) {
        native->bytes[i] = 0;
    }
}

/*@
  requires memory: \valid_read(address) && \valid(bytes + (0 .. 15)) &&
    \separated(address, bytes + (0 .. 15));
  terminates \true; exits \false;
  assigns bytes[0 .. 7];
  ensures says: sockaddr_says_ipv4(bytes, *address);
*/
static void encode_ipv4(const vigil_address *address, uint8_t *bytes)
{
    put_host16(bytes, VIGIL_OS_AF_INET);
    put_network16(bytes + PORT_AT, address->port);
    copy_bytes(bytes + IPV4_AT, address->ip, IPV4_BYTES);
    //@ assert ip: \forall integer i; 0 <= i < 4 ==> bytes[4 + i] == (bytes + 4)[i];
}

/* The kernel has the flow information in network order and the scope in host
 * order (ipv6(7)). */
/*@
  requires memory: \valid_read(address) && \valid(bytes + (0 .. 27)) &&
    \separated(address, bytes + (0 .. 27));
  terminates \true; exits \false;
  assigns bytes[0 .. 27];
  ensures says: sockaddr_says_ipv6(bytes, *address);
*/
static void encode_ipv6(const vigil_address *address, uint8_t *bytes)
{
    put_host16(bytes, VIGIL_OS_AF_INET6);
    put_network16(bytes + PORT_AT, address->port);
    put_network32(bytes + IPV6_FLOW_AT, address->flow);
    copy_bytes(bytes + IPV6_AT, address->ip, IPV6_BYTES);
    //@ assert ip: \forall integer i; 0 <= i < 16 ==> bytes[8 + i] == (bytes + 8)[i];
    put_host32(bytes + IPV6_SCOPE_AT, address->scope);
}

vigil_status vigil_sockaddr_encode(vigil_address address, vigil_sockaddr *native)
{
    clear(native);
    switch (address.family) {
    case VIGIL_FAMILY_IPV4:
        encode_ipv4(&address, native->bytes);
        native->length = VIGIL_SOCKADDR_IPV4_BYTES;
        return VIGIL_OK;
    case VIGIL_FAMILY_IPV6:
        encode_ipv6(&address, native->bytes);
        native->length = VIGIL_SOCKADDR_IPV6_BYTES;
        return VIGIL_OK;
    case VIGIL_FAMILY_NONE:
        return VIGIL_EAFNOSUPPORT;
    }
    return VIGIL_EAFNOSUPPORT;
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 15));
  requires family: host16(bytes) == VIGIL_OS_AF_INET;
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 15];
  ensures family: address_v4(\result);
  ensures says: sockaddr_says_ipv4(bytes, \result);
*/
static vigil_address decode_ipv4(const uint8_t *bytes)
{
    vigil_address address = vigil_address_none();
    address.family = VIGIL_FAMILY_IPV4;
    address.port = get_network16(bytes + PORT_AT);
    copy_bytes(address.ip, bytes + IPV4_AT, IPV4_BYTES);
    //@ assert ip: \forall integer i; 0 <= i < 4 ==> bytes[4 + i] == (bytes + 4)[i];
    return address;
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 27));
  requires family: host16(bytes) == VIGIL_OS_AF_INET6;
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 27];
  ensures family: address_v6(\result);
  ensures says: sockaddr_says_ipv6(bytes, \result);
*/
static vigil_address decode_ipv6(const uint8_t *bytes)
{
    vigil_address address = vigil_address_none();
    address.family = VIGIL_FAMILY_IPV6;
    address.port = get_network16(bytes + PORT_AT);
    address.flow = get_network32(bytes + IPV6_FLOW_AT);
    copy_bytes(address.ip, bytes + IPV6_AT, IPV6_BYTES);
    //@ assert ip: \forall integer i; 0 <= i < 16 ==> bytes[8 + i] == (bytes + 8)[i];
    address.scope = get_host32(bytes + IPV6_SCOPE_AT);
    return address;
}

vigil_address vigil_sockaddr_decode(const vigil_sockaddr *native)
{
    uint16_t family = native->length >= FAMILY_BYTES ? get_host16(native->bytes) : 0;
    if (family == VIGIL_OS_AF_INET && native->length >= VIGIL_SOCKADDR_IPV4_BYTES) {
        return decode_ipv4(native->bytes);
    }
    if (family == VIGIL_OS_AF_INET6 && native->length >= VIGIL_SOCKADDR_IPV6_BYTES) {
        return decode_ipv6(native->bytes);
    }
    return vigil_address_none();
}
