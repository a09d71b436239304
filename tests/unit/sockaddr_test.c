/* SPDX-License-Identifier: MIT */

/* Addresses to the kernel's bytes and back, against the structs of libc. */
#include "support/check.h"
#include "support/random.h"

#include "net/sockaddr.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define SAMPLES 20000

static vigil_address any_address(random_source *source, vigil_family family)
{
    vigil_address a = {.family = family, .port = (uint16_t)random_u64(source)};
    int used = family == VIGIL_FAMILY_IPV4 ? 4 : 16;
    for (int i = 0; i < used; i++) {
        a.ip[i] = (uint8_t)random_u64(source);
    }
    if (family == VIGIL_FAMILY_IPV6) {
        a.flow = (uint32_t)random_u64(source);
        a.scope = (uint32_t)random_u64(source);
    }
    return a;
}

static vigil_sockaddr encoded(vigil_address a)
{
    vigil_sockaddr native;
    memset(&native, 0xcc, sizeof native);
    check_ok(vigil_sockaddr_encode(a, &native));
    return native;
}

static void check_rest_is_zero(const vigil_sockaddr *native)
{
    for (uint32_t i = native->length; i < VIGIL_SOCKADDR_BYTES; i++) {
        check_equal(native->bytes[i], 0);
    }
}

static void sockaddr__ipv4_is_that_of_libc(void **state)
{
    (void)state;
    random_source source = {11};
    for (int i = 0; i < SAMPLES; i++) {
        vigil_address a = any_address(&source, VIGIL_FAMILY_IPV4);
        vigil_sockaddr native = encoded(a);
        struct sockaddr_in libc = {.sin_family = AF_INET, .sin_port = htons(a.port)};
        memcpy(&libc.sin_addr, a.ip, 4);
        check_equal(native.length, sizeof libc);
        check(memcmp(native.bytes, &libc, sizeof libc) == 0);
        check_rest_is_zero(&native);
        check(vigil_address_equal(vigil_sockaddr_decode(&native), a));
    }
}

static void sockaddr__ipv6_is_that_of_libc(void **state)
{
    (void)state;
    random_source source = {12};
    for (int i = 0; i < SAMPLES; i++) {
        vigil_address a = any_address(&source, VIGIL_FAMILY_IPV6);
        vigil_sockaddr native = encoded(a);
        struct sockaddr_in6 libc = {
            .sin6_family = AF_INET6,
            .sin6_port = htons(a.port),
            .sin6_flowinfo = htonl(a.flow),
            .sin6_scope_id = a.scope,
        };
        memcpy(&libc.sin6_addr, a.ip, 16);
        check_equal(native.length, sizeof libc);
        check(memcmp(native.bytes, &libc, sizeof libc) == 0);
        check_rest_is_zero(&native);
        check(vigil_address_equal(vigil_sockaddr_decode(&native), a));
    }
}

static void sockaddr__no_address_has_no_bytes(void **state)
{
    (void)state;
    const int families[] = {VIGIL_FAMILY_NONE, 1, 2, 3, 5, 7, 10, -1, 1000};
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
        vigil_sockaddr native;
        memset(&native, 0xcc, sizeof native);
        vigil_address a = {.family = (vigil_family)families[i], .port = 80, .ip = {1, 2, 3, 4}};
        check_status(vigil_sockaddr_encode(a, &native), VIGIL_EAFNOSUPPORT);
        check_equal(native.length, 0);
        check_rest_is_zero(&native);
    }
}

/* An address cut short is none, whatever its bytes; one with more behind it
 * than the family has is read as far as the family goes. */
static void sockaddr__every_length(void **state)
{
    (void)state;
    random_source source = {13};
    const vigil_family families[] = {VIGIL_FAMILY_IPV4, VIGIL_FAMILY_IPV6};
    for (int f = 0; f < 2; f++) {
        vigil_address a = any_address(&source, families[f]);
        vigil_sockaddr native = encoded(a);
        uint32_t whole = native.length;
        memset(native.bytes + whole, 0x99, VIGIL_SOCKADDR_BYTES - whole);
        for (uint32_t length = 0; length <= VIGIL_SOCKADDR_BYTES; length++) {
            native.length = length;
            vigil_address expected = length < whole ? vigil_address_none() : a;
            check(vigil_address_equal(vigil_sockaddr_decode(&native), expected));
        }
    }
}

/* Every family number, over any bytes: two of them are addresses. */
static void sockaddr__every_family_number(void **state)
{
    (void)state;
    random_source source = {14};
    vigil_sockaddr native;
    for (int i = 0; i < VIGIL_SOCKADDR_BYTES; i++) {
        native.bytes[i] = (uint8_t)random_u64(&source);
    }
    native.length = VIGIL_SOCKADDR_BYTES;
    for (uint32_t number = 0; number <= UINT16_MAX; number++) {
        sa_family_t family = (sa_family_t)number;
        memcpy(native.bytes, &family, sizeof family);
        vigil_address a = vigil_sockaddr_decode(&native);
        vigil_family expected = number == AF_INET ? VIGIL_FAMILY_IPV4
            : number == AF_INET6                  ? VIGIL_FAMILY_IPV6
                                                  : VIGIL_FAMILY_NONE;
        check_equal(a.family, expected);
        check(expected != VIGIL_FAMILY_NONE || vigil_address_equal(a, vigil_address_none()));
    }
}

/* Bytes that no program wrote: what is decoded encodes to the same address. */
static void sockaddr__any_bytes(void **state)
{
    (void)state;
    random_source source = {15};
    for (int i = 0; i < SAMPLES; i++) {
        vigil_sockaddr native;
        for (int byte = 0; byte < VIGIL_SOCKADDR_BYTES; byte++) {
            native.bytes[byte] = (uint8_t)random_u64(&source);
        }
        native.length = random_below(&source, VIGIL_SOCKADDR_BYTES + 1);
        sa_family_t family = i % 2 == 0 ? AF_INET : AF_INET6;
        memcpy(native.bytes, &family, sizeof family);
        vigil_address a = vigil_sockaddr_decode(&native);
        if (a.family == VIGIL_FAMILY_NONE) {
            check(vigil_address_equal(a, vigil_address_none()));
            continue;
        }
        native = encoded(a);
        check(vigil_address_equal(vigil_sockaddr_decode(&native), a));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockaddr__ipv4_is_that_of_libc),
        cmocka_unit_test(sockaddr__ipv6_is_that_of_libc),
        cmocka_unit_test(sockaddr__no_address_has_no_bytes),
        cmocka_unit_test(sockaddr__every_length),
        cmocka_unit_test(sockaddr__every_family_number),
        cmocka_unit_test(sockaddr__any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
