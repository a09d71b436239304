/* SPDX-License-Identifier: MIT */

/*
 * Any text as an address, and any address as text: what is accepted is printed
 * in one way, is read back as the same, and what inet_pton(3) takes for an
 * address is one.
 */
#include "input.h"
#include "vigil.h"

#include <arpa/inet.h>
#include <string.h>

#define TEXT_MAX 80

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static bool same(vigil_address a, vigil_address b)
{
    return vigil_address_equal(a, b);
}

/* What is printed is read back, from every size of room; too little room is
 * refused and left empty. */
static void check_printed(vigil_address address)
{
    char text[VIGIL_ADDRESS_TEXT_MAX];
    vigil_address back;
    fuzz_check(vigil_address_format(address, text, sizeof text) == VIGIL_OK);
    fuzz_check(strlen(text) < sizeof text);
    fuzz_check(vigil_address_parse(text, &back) == VIGIL_OK);
    fuzz_check(same(address, back));
    for (size_t room = 1; room <= strlen(text); room++) {
        char less[VIGIL_ADDRESS_TEXT_MAX];
        memset(less, 'x', sizeof less);
        fuzz_check(vigil_address_format(address, less, room) != VIGIL_OK);
        fuzz_check(less[0] == '\0');
        fuzz_check(less[room] == 'x');
    }
}

/* The C library and this one agree on what an IPv4 address is. */
static void check_against_system(const char *text)
{
    char with_port[TEXT_MAX + 8];
    struct in_addr system;
    vigil_address address;
    size_t length = strlen(text);
    memcpy(with_port, text, length);
    memcpy(with_port + length, ":80", 4);
    bool is_address = inet_pton(AF_INET, text, &system) == 1;
    bool is_ours =
        vigil_address_parse(with_port, &address) == VIGIL_OK && address.family == VIGIL_FAMILY_IPV4;
    fuzz_check(is_address == is_ours);
    fuzz_check(!is_address || memcmp(&system, address.ip, sizeof system) == 0);
}

/* The same for IPv6, which stands in brackets; zones aside. */
static void check_against_system6(const char *text)
{
    char with_port[TEXT_MAX + 8];
    struct in6_addr system;
    vigil_address address;
    size_t length = strlen(text);
    if (strchr(text, '%') != NULL) {
        return;
    }
    with_port[0] = '[';
    memcpy(with_port + 1, text, length);
    memcpy(with_port + 1 + length, "]:80", 5);
    bool is_address = inet_pton(AF_INET6, text, &system) == 1;
    bool is_ours = vigil_address_parse(with_port, &address) == VIGIL_OK;
    fuzz_check(is_address == is_ours);
    fuzz_check(!is_address || memcmp(&system, address.ip, sizeof system) == 0);
}

static void read_text(const uint8_t *data, size_t size)
{
    char text[TEXT_MAX + 1];
    vigil_address address;
    size_t length = size < TEXT_MAX ? size : TEXT_MAX;
    memcpy(text, data, length);
    text[length] = '\0';
    if (vigil_address_parse(text, &address) == VIGIL_OK) {
        fuzz_check(address.family == VIGIL_FAMILY_IPV4 || address.family == VIGIL_FAMILY_IPV6);
        check_printed(address);
    } else {
        fuzz_check(same(address, vigil_address_none()));
    }
    check_against_system(text);
    check_against_system6(text);
}

/* An address of any bytes. */
static void print_bytes(fuzz_input *in, bool is_ipv6)
{
    vigil_address address = vigil_address_none();
    uint16_t port = (uint16_t)(fuzz_byte(in) * 256 + fuzz_byte(in));
    if (is_ipv6) {
        uint8_t ip[16];
        for (int i = 0; i < 16; i++) {
            ip[i] = fuzz_byte(in);
        }
        address = vigil_address_ipv6(ip, port);
    } else {
        uint8_t a = fuzz_byte(in);
        uint8_t b = fuzz_byte(in);
        uint8_t c = fuzz_byte(in);
        address = vigil_address_ipv4(a, b, c, fuzz_byte(in), port);
    }
    check_printed(address);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    uint8_t kind = fuzz_byte(&in);
    if (kind % 4 == 0) {
        print_bytes(&in, kind >= 128);
    } else {
        read_text(in.data, in.left);
    }
    return 0;
}
