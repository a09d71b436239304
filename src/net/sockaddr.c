/* SPDX-License-Identifier: MIT */
#include "net/sockaddr.h"

/* Offsets and sizes of ip(7) and ipv6(7). */
#define FAMILY_AT 0
#define PORT_AT 2
#define IPV4_AT 4
#define IPV4_BYTES 4
#define IPV4_LENGTH 16
#define IPV6_FLOW_AT 4
#define IPV6_AT 8
#define IPV6_BYTES 16
#define IPV6_SCOPE_AT 24
#define IPV6_LENGTH 28

/* Network order: the first byte is the highest. */
/*@
  requires bytes: \valid(bytes + (0 .. size - 1));
  terminates \true; exits \false;
  assigns bytes[0 .. size - 1];
*/
static void put_network(uint8_t *bytes, uint32_t size, uint32_t value)
{
    /*@
      loop invariant range: 0 <= i <= size;
      loop assigns i, value, bytes[0 .. size - 1];
      loop variant i;
    */
    for (uint32_t i = size; i > 0; i--) {
        bytes[i - 1] = (uint8_t)(value % 256);
        value /= 256;
    }
}

/*@
  requires bytes: \valid_read(bytes + (0 .. size - 1));
  requires size: size <= 4;
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. size - 1];
  ensures fits: size <= 2 ==> \result < 65536;
*/
static uint32_t get_network(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    /*@
      loop invariant range: 0 <= i <= size;
      loop invariant fits: (i == 0 ==> value == 0) && (i == 1 ==> value < 256) &&
        (i == 2 ==> value < 65536) && (i == 3 ==> value < 16777216);
      loop assigns i, value;
      loop variant size - i;
    */
    for (uint32_t i = 0; i < size; i++) {
        value = value * 256 + bytes[i];
    }
    return value;
}

/* Host order: as this machine stores numbers. */
/*@
  requires bytes: \valid(bytes + (0 .. size - 1));
  terminates \true; exits \false;
  assigns bytes[0 .. size - 1];
*/
static void put_host(uint8_t *bytes, uint32_t size, uint32_t value)
{
    /*@
      loop invariant range: 0 <= i <= size;
      loop assigns i, value, bytes[0 .. size - 1];
      loop variant size - i;
    */
    for (uint32_t i = 0; i < size; i++) {
        bytes[VIGIL_OS_BIG_ENDIAN ? size - 1 - i : i] = (uint8_t)(value % 256);
        value /= 256;
    }
}

/*@
  requires bytes: \valid_read(bytes + (0 .. size - 1));
  requires size: size <= 4;
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. size - 1];
*/
static uint32_t get_host(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    /*@
      loop invariant range: 0 <= i <= size;
      loop invariant fits: (i == size ==> value == 0) && (i == size - 1 ==> value < 256) &&
        (i == size - 2 ==> value < 65536) && (i == size - 3 ==> value < 16777216);
      loop assigns i, value;
      loop variant i;
    */
    for (uint32_t i = size; i > 0; i--) {
        value = value * 256 + bytes[VIGIL_OS_BIG_ENDIAN ? size - i : i - 1];
    }
    return value;
}

/*@
  requires memory: \valid(to + (0 .. size - 1)) && \valid_read(from + (0 .. size - 1)) &&
    \separated(to + (0 .. size - 1), from + (0 .. size - 1));
  terminates \true; exits \false;
  assigns to[0 .. size - 1];
  ensures copied: \forall integer i; 0 <= i < size ==> to[i] == from[i];
*/
static void copy(uint8_t *to, const uint8_t *from, uint32_t size)
{
    /*@
      loop invariant range: 0 <= i <= size;
      loop invariant copied: \forall integer k; 0 <= k < i ==> to[k] == from[k];
      loop assigns i, to[0 .. size - 1];
      loop variant size - i;
    */
    for (uint32_t i = 0; i < size; i++) {
        to[i] = from[i];
    }
}

/*@
  requires native: \valid(native);
  terminates \true; exits \false;
  assigns *native;
  ensures length: native->length == 0;
  ensures zero: \forall integer i; 0 <= i < VIGIL_SOCKADDR_BYTES ==> native->bytes[i] == 0;
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
  requires memory: \valid_read(address) && \valid(native) && \separated(address, native);
  terminates \true; exits \false;
  assigns *native;
  ensures ok: \result == VIGIL_OK && native->length == 16;
*/
static vigil_status encode_ipv4(const vigil_address *address, vigil_sockaddr *native)
{
    put_host(native->bytes + FAMILY_AT, 2, VIGIL_OS_AF_INET);
    put_network(native->bytes + PORT_AT, 2, address->port);
    copy(native->bytes + IPV4_AT, address->ip, IPV4_BYTES);
    native->length = IPV4_LENGTH;
    return VIGIL_OK;
}

/* The kernel has the flow information in network order and the scope in host
 * order (ipv6(7)). */
/*@
  requires memory: \valid_read(address) && \valid(native) && \separated(address, native);
  terminates \true; exits \false;
  assigns *native;
  ensures ok: \result == VIGIL_OK && native->length == 28;
*/
static vigil_status encode_ipv6(const vigil_address *address, vigil_sockaddr *native)
{
    put_host(native->bytes + FAMILY_AT, 2, VIGIL_OS_AF_INET6);
    put_network(native->bytes + PORT_AT, 2, address->port);
    put_network(native->bytes + IPV6_FLOW_AT, 4, address->flow);
    copy(native->bytes + IPV6_AT, address->ip, IPV6_BYTES);
    put_host(native->bytes + IPV6_SCOPE_AT, 4, address->scope);
    native->length = IPV6_LENGTH;
    return VIGIL_OK;
}

vigil_status vigil_sockaddr_encode(vigil_address address, vigil_sockaddr *native)
{
    clear(native);
    switch (address.family) {
    case VIGIL_FAMILY_IPV4:
        return encode_ipv4(&address, native);
    case VIGIL_FAMILY_IPV6:
        return encode_ipv6(&address, native);
    case VIGIL_FAMILY_NONE:
        return VIGIL_EAFNOSUPPORT;
    }
    return VIGIL_EAFNOSUPPORT;
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 15));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 15];
  ensures family: \result.family == VIGIL_FAMILY_IPV4;
*/
static vigil_address decode_ipv4(const uint8_t *bytes)
{
    vigil_address address = vigil_address_none();
    address.family = VIGIL_FAMILY_IPV4;
    address.port = (uint16_t)get_network(bytes + PORT_AT, 2);
    copy(address.ip, bytes + IPV4_AT, IPV4_BYTES);
    return address;
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 27));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 27];
  ensures family: \result.family == VIGIL_FAMILY_IPV6;
*/
static vigil_address decode_ipv6(const uint8_t *bytes)
{
    vigil_address address = vigil_address_none();
    address.family = VIGIL_FAMILY_IPV6;
    address.port = (uint16_t)get_network(bytes + PORT_AT, 2);
    address.flow = get_network(bytes + IPV6_FLOW_AT, 4);
    copy(address.ip, bytes + IPV6_AT, IPV6_BYTES);
    address.scope = get_host(bytes + IPV6_SCOPE_AT, 4);
    return address;
}

vigil_address vigil_sockaddr_decode(const vigil_sockaddr *native)
{
    uint32_t family = native->length >= 2 ? get_host(native->bytes + FAMILY_AT, 2) : 0;
    if (family == VIGIL_OS_AF_INET && native->length >= IPV4_LENGTH) {
        return decode_ipv4(native->bytes);
    }
    if (family == VIGIL_OS_AF_INET6 && native->length >= IPV6_LENGTH) {
        return decode_ipv6(native->bytes);
    }
    return vigil_address_none();
}
