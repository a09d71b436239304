/* SPDX-License-Identifier: MIT */
#include "core/address.h"

/*
 * Laws of addresses, proven from the header's contracts alone.
 */

/*@ terminates \true; exits \false; assigns \nothing; */
void equality_is_an_equivalence(vigil_address a, vigil_address b, vigil_address c)
{
    bool aa = vigil_address_equal(a, a);
    bool ab = vigil_address_equal(a, b);
    bool ba = vigil_address_equal(b, a);
    bool bc = vigil_address_equal(b, c);
    bool ac = vigil_address_equal(a, c);
    //@ check reflexive: aa == \true;
    //@ check symmetric: ab == ba;
    //@ check transitive: ab && bc ==> ac;
}

/*@ terminates \true; exits \false; assigns \nothing; */
void loopback_is_its_bytes(uint16_t port)
{
    vigil_address named = vigil_address_loopback_ipv4(port);
    vigil_address spelled = vigil_address_ipv4(127, 0, 0, 1, port);
    bool same = vigil_address_equal(named, spelled);
    //@ check same: same == \true;
}

/*@ terminates \true; exits \false; assigns \nothing; */
void loopback_ipv6_is_its_bytes(uint16_t port)
{
    uint8_t ip[16] = {0};
    ip[15] = 1;
    vigil_address named = vigil_address_loopback_ipv6(port);
    vigil_address spelled = vigil_address_ipv6(ip, port);
    bool same = vigil_address_equal(named, spelled);
    //@ check same: same == \true;
}

/* Each part of an address tells it from every other. */
/*@ terminates \true; exits \false; assigns \nothing; */
void ipv4_is_its_parts(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port, uint8_t e,
                       uint16_t other_port)
{
    vigil_address first = vigil_address_ipv4(a, b, c, d, port);
    vigil_address port_changed = vigil_address_ipv4(a, b, c, d, other_port);
    vigil_address byte_changed = vigil_address_ipv4(a, b, c, e, port);
    bool same_port = vigil_address_equal(first, port_changed);
    bool same_byte = vigil_address_equal(first, byte_changed);
    //@ check port: same_port <==> port == other_port;
    //@ check byte: same_byte <==> d == e;
}

/*@ terminates \true; exits \false; assigns \nothing; */
void families_are_apart(uint16_t port)
{
    vigil_address none = vigil_address_none();
    vigil_address v4 = vigil_address_loopback_ipv4(port);
    vigil_address v6 = vigil_address_loopback_ipv6(port);
    bool none_v4 = vigil_address_equal(none, v4);
    bool none_v6 = vigil_address_equal(none, v6);
    bool v4_v6 = vigil_address_equal(v4, v6);
    //@ check apart: !none_v4 && !none_v6 && !v4_v6;
    //@ check valid: address_valid(none) && address_valid(v4) && address_valid(v6);
}
