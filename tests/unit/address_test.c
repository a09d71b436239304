/* SPDX-License-Identifier: MIT */

/* Addresses as values. */
#include "support/check.h"
#include "support/random.h"

#include <string.h>

/* Field by field, so that padding does not count. */
static void check_fields(vigil_address a, vigil_family family, const uint8_t ip[16], uint16_t port)
{
    check_equal(a.family, family);
    check_equal(a.port, port);
    check_equal(a.flow, 0);
    check_equal(a.scope, 0);
    for (int i = 0; i < 16; i++) {
        check_equal(a.ip[i], ip[i]);
    }
}

static void address__none(void **state)
{
    (void)state;
    check_fields(vigil_address_none(), VIGIL_FAMILY_NONE, (const uint8_t[16]){0}, 0);
}

static void address__ipv4_of_every_byte_and_port(void **state)
{
    (void)state;
    for (uint32_t port = 0; port <= UINT16_MAX; port++) {
        uint8_t ip[16] = {(uint8_t)port, (uint8_t)(port / 7), (uint8_t)(port / 31),
                          (uint8_t)(port / 256)};
        vigil_address a = vigil_address_ipv4(ip[0], ip[1], ip[2], ip[3], (uint16_t)port);
        check_fields(a, VIGIL_FAMILY_IPV4, ip, (uint16_t)port);
    }
}

static void address__ipv6_of_any(void **state)
{
    (void)state;
    random_source source = {5};
    for (int i = 0; i < 10000; i++) {
        uint8_t ip[16];
        for (int byte = 0; byte < 16; byte++) {
            ip[byte] = (uint8_t)random_u64(&source);
        }
        uint16_t port = (uint16_t)random_u64(&source);
        check_fields(vigil_address_ipv6(ip, port), VIGIL_FAMILY_IPV6, ip, port);
    }
}

static void address__loopback(void **state)
{
    (void)state;
    const uint8_t v4[16] = {127, 0, 0, 1};
    const uint8_t v6[16] = {[15] = 1};
    check_fields(vigil_address_loopback_ipv4(9000), VIGIL_FAMILY_IPV4, v4, 9000);
    check_fields(vigil_address_loopback_ipv4(0), VIGIL_FAMILY_IPV4, v4, 0);
    check_fields(vigil_address_loopback_ipv6(9000), VIGIL_FAMILY_IPV6, v6, 9000);
    check_fields(vigil_address_loopback_ipv6(65535), VIGIL_FAMILY_IPV6, v6, 65535);
}

static vigil_address full_address(void)
{
    uint8_t ip[16];
    memset(ip, 0x77, sizeof ip);
    vigil_address a = vigil_address_ipv6(ip, 0x1234);
    a.flow = 0x000abcde;
    a.scope = 0x01020304;
    return a;
}

/* Every single bit of every field makes a difference. */
static void address__equal_hears_every_bit(void **state)
{
    (void)state;
    const vigil_address a = full_address();
    check(vigil_address_equal(a, a));
    for (int bit = 0; bit < 16 * 8; bit++) {
        vigil_address b = a;
        b.ip[bit / 8] ^= (uint8_t)(1U << bit % 8);
        check(!vigil_address_equal(a, b));
        check(!vigil_address_equal(b, a));
    }
    for (int bit = 0; bit < 32; bit++) {
        vigil_address flow = a;
        vigil_address scope = a;
        flow.flow ^= UINT32_C(1) << bit;
        scope.scope ^= UINT32_C(1) << bit;
        check(!vigil_address_equal(a, flow));
        check(!vigil_address_equal(a, scope));
    }
    for (int bit = 0; bit < 16; bit++) {
        vigil_address port = a;
        port.port ^= (uint16_t)(1U << bit);
        check(!vigil_address_equal(a, port));
    }
    vigil_address family = a;
    family.family = VIGIL_FAMILY_IPV4;
    check(!vigil_address_equal(a, family));
}

/* Padding is no part of an address. */
static void address__equal_ignores_padding(void **state)
{
    (void)state;
    const vigil_address a = full_address();
    vigil_address b;
    memset(&b, 0xee, sizeof b);
    b.family = a.family;
    b.port = a.port;
    memcpy(b.ip, a.ip, sizeof b.ip);
    b.flow = a.flow;
    b.scope = a.scope;
    check(vigil_address_equal(a, b));
}

/* An enumeration may hold any number; what names no family is no address. */
static void address__of_no_known_family(void **state)
{
    (void)state;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    vigil_address address = full_address();
    address.family = (vigil_family)77;
    check_ok(vigil_address_format(address, text, sizeof text));
    check_text(text, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address__none),
        cmocka_unit_test(address__of_no_known_family),
        cmocka_unit_test(address__ipv4_of_every_byte_and_port),
        cmocka_unit_test(address__ipv6_of_any),
        cmocka_unit_test(address__loopback),
        cmocka_unit_test(address__equal_hears_every_bit),
        cmocka_unit_test(address__equal_ignores_padding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
