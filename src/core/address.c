/* SPDX-License-Identifier: MIT */
#include "core/address.h"

#define IP_BYTES 16

vigil_address vigil_address_none(void)
{
    return (vigil_address){.family = VIGIL_FAMILY_NONE};
}

vigil_address vigil_address_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
    return (vigil_address){
        .family = VIGIL_FAMILY_IPV4,
        .port = port,
        .ip = {a, b, c, d},
    };
}

vigil_address vigil_address_ipv6(const uint8_t ip[16], uint16_t port)
{
    vigil_address address = {.family = VIGIL_FAMILY_IPV6, .port = port};
    /*@
      loop invariant range: 0 <= i <= 16;
      loop invariant copied: \forall integer k; 0 <= k < i ==> address.ip[k] == ip[k];
      loop assigns i, address.ip[0 .. 15];
      loop variant 16 - i;
    */
    for (int i = 0; i < IP_BYTES; i++) {
        address.ip[i] = ip[i];
    }
    return address;
}

vigil_address vigil_address_loopback_ipv4(uint16_t port)
{
    return vigil_address_ipv4(127, 0, 0, 1, port);
}

vigil_address vigil_address_loopback_ipv6(uint16_t port)
{
    return (vigil_address){.family = VIGIL_FAMILY_IPV6, .port = port, .ip = {[15] = 1}};
}

bool vigil_address_equal(vigil_address a, vigil_address b)
{
    bool same = a.family == b.family && a.port == b.port && a.flow == b.flow && a.scope == b.scope;
    /*@
      loop invariant range: 0 <= i <= 16;
      loop invariant so_far: same <==> (a.family == b.family && a.port == b.port &&
        a.flow == b.flow && a.scope == b.scope &&
        \forall integer k; 0 <= k < i ==> a.ip[k] == b.ip[k]);
      loop assigns i, same;
      loop variant 16 - i;
    */
    for (int i = 0; i < IP_BYTES; i++) {
        same = same && a.ip[i] == b.ip[i];
    }
    return same;
}
