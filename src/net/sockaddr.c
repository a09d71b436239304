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
static void put_network(uint8_t *bytes, uint32_t size, uint32_t value)
{
    for (uint32_t i = size; i > 0; i--) {
        bytes[i - 1] = (uint8_t)(value % 256);
        value /= 256;
    }
}

static uint32_t get_network(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value = value * 256 + bytes[i];
    }
    return value;
}

/* Host order: as this machine stores numbers. */
static void put_host(uint8_t *bytes, uint32_t size, uint32_t value)
{
    for (uint32_t i = 0; i < size; i++) {
        bytes[VIGIL_OS_BIG_ENDIAN ? size - 1 - i : i] = (uint8_t)(value % 256);
        value /= 256;
    }
}

static uint32_t get_host(const uint8_t *bytes, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = size; i > 0; i--) {
        value = value * 256 + bytes[VIGIL_OS_BIG_ENDIAN ? size - i : i - 1];
    }
    return value;
}

static void copy(uint8_t *to, const uint8_t *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        to[i] = from[i];
    }
}

static void clear(vigil_sockaddr *native)
{
    native->length = 0;
    for (uint32_t i = 0; i < VIGIL_SOCKADDR_BYTES; i++) {
        native->bytes[i] = 0;
    }
}

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

static vigil_address decode_ipv4(const uint8_t *bytes)
{
    vigil_address address = vigil_address_none();
    address.family = VIGIL_FAMILY_IPV4;
    address.port = (uint16_t)get_network(bytes + PORT_AT, 2);
    copy(address.ip, bytes + IPV4_AT, IPV4_BYTES);
    return address;
}

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
