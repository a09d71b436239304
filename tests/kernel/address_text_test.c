/* SPDX-License-Identifier: MIT */
#include "vigil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUND_TRIPS 100000

/* --- what is read, and what is refused -------------------------------------- */

struct accepted {
    const char *text;
    vigil_family family;
    uint8_t ip[16];
    uint16_t port;
    uint32_t scope;
};

#define V4 VIGIL_FAMILY_IPV4
#define V6 VIGIL_FAMILY_IPV6

static const struct accepted ACCEPTED[] = {
    {"127.0.0.1:9000", V4, {127, 0, 0, 1}, 9000, 0},
    {"0.0.0.0:0", V4, {0}, 0, 0},
    {"255.255.255.255:65535", V4, {255, 255, 255, 255}, 65535, 0},
    {"1.2.3.4:00080", V4, {1, 2, 3, 4}, 80, 0},
    {"1.2.3.4:00000000000000000000000000000000000000080", V4, {1, 2, 3, 4}, 80, 0},
    {"[::]:0", V6, {0}, 0, 0},
    {"[::1]:9000", V6, {[15] = 1}, 9000, 0},
    {"[0:0:0:0:0:0:0:1]:1", V6, {[15] = 1}, 1, 0},
    {"[0000:0000:0000:0000:0000:0000:0000:0001]:1", V6, {[15] = 1}, 1, 0},
    {"[1::]:1", V6, {[1] = 1}, 1, 0},
    {"[ABCD::abcd]:1", V6, {0xab, 0xcd, [14] = 0xab, 0xcd}, 1, 0},
    {"[1:2:3:4:5:6:7:8]:65535", V6, {0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}, 65535, 0},
    {"[::ffff:1.2.3.4]:80", V6, {[10] = 0xff, 0xff, 1, 2, 3, 4}, 80, 0},
    {"[0000:0000:0000:0000:0000:ffff:255.255.255.255]:80",
     V6,
     {[10] = 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
     80,
     0},
    {"[fe80::1%2]:9000", V6, {0xfe, 0x80, [15] = 1}, 9000, 2},
    {"[fe80::1%0]:9000", V6, {0xfe, 0x80, [15] = 1}, 9000, 0},
    {"[fe80::1%007]:9000", V6, {0xfe, 0x80, [15] = 1}, 9000, 7},
    {"[fe80::1%4294967295]:9000", V6, {0xfe, 0x80, [15] = 1}, 9000, UINT32_MAX},
};

static const char *const REFUSED_SHAPES[] = {
    "", ":", "::", ":80", "none", "localhost:80", "127.0.0.1", "127.0.0.1:", "[::1]", "[::1]:"};

static const char *const REFUSED_PORTS[] = {"127.0.0.1:65536",
                                            "127.0.0.1:99999",
                                            "127.0.0.1:4294967376",
                                            "127.0.0.1:18446744073709551696",
                                            "127.0.0.1:+80",
                                            "127.0.0.1:-80",
                                            "127.0.0.1:-0",
                                            "127.0.0.1: 80",
                                            "127.0.0.1:80 ",
                                            "127.0.0.1:80\n",
                                            "127.0.0.1:\t80",
                                            "127.0.0.1:0x50",
                                            "127.0.0.1:8o",
                                            "127.0.0.1:http",
                                            "127.0.0.1:8/",
                                            "127.0.0.1:8:",
                                            "127.0.0.1:80:80",
                                            "[::1]:65536",
                                            "[::1]:-1",
                                            "[::1]:80 ",
                                            "127.0.0.1:\xd9\xa3"};

/* No leading zero, as inet_pton(3) has it, and always four numbers. */
static const char *const REFUSED_IPV4[] = {
    "127.0.0.01:80", "00.0.0.0:80",    "010.0.0.1:80",   "127.0.0.1.:80",  ".127.0.0.1:80",
    "127..0.1:80",   "127.1:80",       "127.0.1:80",     "2130706433:80",  "0x7f.0.0.1:80",
    "256.0.0.1:80",  "127.0.0.256:80", "127.0.0.-1:80",  "127.0.0.+1:80",  " 127.0.0.1:80",
    "127.0.0.1 :80", "127.0.0.1.1:80", "[127.0.0.1]:80", "127.0.0.1%1:80", "\t127.0.0.1:80",
    "1.2.3.4]:80"};

static const char *const REFUSED_BRACKETS[] = {
    "::1:80",     "[]:80",     "[:80",      "]:80",       "[::1:80",   "::1]:80",
    "[[::1]]:80", "[::1]]:80", "[[::1]:80", "[::1]80",    "[::1] :80", " [::1]:80",
    "[::1].:80",  "x[::1]:80", "(::1):80",  "[::1]:[80]", "]::1[:80"};

static const char *const REFUSED_IPV6[] = {"[:]:80",
                                           "[:::]:80",
                                           "[::1::]:80",
                                           "[1:2:3:4:5:6:7]:80",
                                           "[1:2:3:4:5:6:7:8:9]:80",
                                           "[1:2:3:4:5:6:7:8::]:80",
                                           "[00001::]:80",
                                           "[12345::]:80",
                                           "[g::]:80",
                                           "[-1::]:80",
                                           "[+1::]:80",
                                           "[ ::1]:80",
                                           "[::1 ]:80",
                                           "[::1.2.3]:80",
                                           "[::1.2.3.256]:80",
                                           "[::01.2.3.4]:80",
                                           "[1.2.3.4::]:80",
                                           "[::1.2.3.4:5]:80",
                                           "[::1.2.3.4::]:80",
                                           "[1:2:3:4:5:6:7:1.2.3.4]:80",
                                           "[1::2:3:4:5:6:7:8]:80",
                                           "[0x1::]:80",
                                           "[1:]:80",
                                           "[:1]:80"};

static const char *const REFUSED_SCOPES[] = {
    "[::1%]:80",    "[::1%lo]:80", "[::1%1%1]:80",        "[::1%%1]:80",
    "[::1%+1]:80",  "[::1%-1]:80", "[::1% 1]:80",         "[::1%1 ]:80",
    "[%1]:80",      "[%]:80",      "[::1%4294967296]:80", "[::1%18446744073709551617]:80",
    "[::1%0x1]:80", "[::1]%1:80",  "[::1]:80%1",          "%1[::1]:80"};

static vigil_address garbage(void)
{
    vigil_address address;
    memset(&address, 0xa5, sizeof address);
    return address;
}

static void assert_none(vigil_address address)
{
    assert_true(vigil_address_equal(address, vigil_address_none()));
}

static void parse__accepted_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ACCEPTED / sizeof ACCEPTED[0]; i++) {
        const struct accepted *row = &ACCEPTED[i];
        vigil_address address = garbage();
        if (vigil_address_parse(row->text, &address) != VIGIL_OK) {
            fail_msg("\"%s\" is refused", row->text);
        }
        assert_int_equal(address.family, row->family);
        assert_memory_equal(address.ip, row->ip, sizeof row->ip);
        assert_int_equal(address.port, row->port);
        assert_int_equal(address.scope, row->scope);
        assert_int_equal(address.flow, 0);
    }
}

/* The copy has the text's own size, so that a byte read beyond it is seen. */
static void assert_refused(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    vigil_address address = garbage();
    assert_non_null(copy);
    memcpy(copy, text, size);
    vigil_status status = vigil_address_parse(copy, &address);
    free(copy);
    if (status != VIGIL_EINVAL) {
        fail_msg("\"%s\" gives %s", text, vigil_status_name(status));
    }
    assert_none(address);
}

#define REFUSAL(name, table)                                            \
    static void name(void **state)                                      \
    {                                                                   \
        (void)state;                                                    \
        for (size_t i = 0; i < sizeof(table) / sizeof(table)[0]; i++) { \
            assert_refused((table)[i]);                                 \
        }                                                               \
    }

REFUSAL(parse__refused_shapes, REFUSED_SHAPES)
REFUSAL(parse__refused_ports, REFUSED_PORTS)
REFUSAL(parse__refused_ipv4, REFUSED_IPV4)
REFUSAL(parse__refused_brackets, REFUSED_BRACKETS)
REFUSAL(parse__refused_ipv6, REFUSED_IPV6)
REFUSAL(parse__refused_scopes, REFUSED_SCOPES)

/* A text that is cut before its first port digit is refused wherever it is cut;
 * cut later, it has a shorter port. */
static void parse__truncated_texts(void **state)
{
    (void)state;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    static const char *const whole[] = {"127.0.0.1:9000", "[fe80::1%2]:9000"};
    for (size_t i = 0; i < 2; i++) {
        size_t port_at = (size_t)(strrchr(whole[i], ':') + 1 - whole[i]);
        for (size_t length = 0; length <= port_at; length++) {
            (void)snprintf(text, sizeof text, "%.*s", (int)length, whole[i]);
            assert_refused(text);
        }
        for (size_t length = port_at + 1; length <= strlen(whole[i]); length++) {
            vigil_address address = garbage();
            (void)snprintf(text, sizeof text, "%.*s", (int)length, whole[i]);
            assert_int_equal(vigil_address_parse(text, &address), VIGIL_OK);
            assert_int_equal(address.port, strtoul(text + port_at, NULL, 10));
        }
    }
}

/* Every byte but a digit is refused at every place of the port. */
static void parse__port_takes_digits_only(void **state)
{
    (void)state;
    char text[] = "127.0.0.1:900";
    size_t port_at = sizeof text - 4;
    for (size_t at = port_at; at < port_at + 3; at++) {
        for (int byte = 1; byte < 256; byte++) {
            bool digit = byte >= '0' && byte <= '9';
            vigil_address address = garbage();
            text[at] = (char)byte;
            vigil_status expected = digit ? VIGIL_OK : VIGIL_EINVAL;
            assert_int_equal(vigil_address_parse(text, &address), expected);
        }
        text[at] = '0';
    }
}

static void parse__every_port(void **state)
{
    (void)state;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    for (unsigned port = 0; port <= 65600; port++) {
        vigil_address address = garbage();
        (void)snprintf(text, sizeof text, "127.0.0.1:%u", port);
        vigil_status expected = port <= 65535 ? VIGIL_OK : VIGIL_EINVAL;
        assert_int_equal(vigil_address_parse(text, &address), expected);
        assert_int_equal(address.port, port <= 65535 ? port : 0);
    }
}

/* Hosts and ports far longer than any address: refused, and nothing overrun. */
static void parse__long_texts(void **state)
{
    (void)state;
    enum {
        LONG = 70000
    };
    char *text = malloc(LONG + 1);
    assert_non_null(text);
    for (size_t length = 40; length < LONG; length = length < 60 ? length + 1 : length * 2) {
        memset(text, '1', length);
        text[length] = '\0';
        assert_refused(text);
        text[length - 3] = ':';
        assert_refused(text);
        text[0] = '[';
        text[length - 4] = ']';
        assert_refused(text);
        memset(text + 1, ':', length - 5);
        assert_refused(text);
        memset(text, ':', length);
        assert_refused(text);
    }
    free(text);
}

/* --- what is written ---------------------------------------------------------- */

static void assert_text(vigil_address address, const char *expected)
{
    char text[VIGIL_ADDRESS_TEXT_MAX];
    memset(text, '#', sizeof text);
    assert_int_equal(vigil_address_format(address, text, sizeof text), VIGIL_OK);
    assert_string_equal(text, expected);
}

static vigil_address parsed(const char *text)
{
    vigil_address address = garbage();
    assert_int_equal(vigil_address_parse(text, &address), VIGIL_OK);
    return address;
}

static void format__texts(void **state)
{
    (void)state;
    assert_text(vigil_address_none(), "none");
    assert_text(vigil_address_loopback_ipv4(9000), "127.0.0.1:9000");
    assert_text(vigil_address_loopback_ipv6(65535), "[::1]:65535");
    assert_text(vigil_address_ipv4(0, 0, 0, 0, 0), "0.0.0.0:0");
    assert_text(vigil_address_ipv4(255, 254, 10, 9, 1), "255.254.10.9:1");
    assert_text(parsed("[FE80:0:0:0:0:0:0:1%7]:1"), "[fe80::1%7]:1");
    assert_text(parsed("[fe80::1%0]:1"), "[fe80::1]:1");
    assert_text(parsed("[fe80::1%1]:1"), "[fe80::1%1]:1");
    assert_text(parsed("[fe80::1%4294967295]:65535"), "[fe80::1%4294967295]:65535");
    assert_text(parsed("[1:2:3:4:5:6:7:8]:80"), "[1:2:3:4:5:6:7:8]:80");
    assert_text(parsed("[0:0:1::]:80"), "[0:0:1::]:80");
}

static void format__flow_has_no_text(void **state)
{
    (void)state;
    vigil_address address = vigil_address_loopback_ipv6(80);
    address.flow = 12345;
    assert_text(address, "[::1]:80");
}

/* The room has the size that is told, so that one byte beyond it is seen. */
static void assert_every_size(vigil_address address, size_t length)
{
    for (size_t size = 0; size <= VIGIL_ADDRESS_TEXT_MAX + 3; size++) {
        char *text = malloc(size > 0 ? size : 1);
        assert_non_null(text);
        memset(text, '#', size > 0 ? size : 1);
        vigil_status status = vigil_address_format(address, text, size);
        assert_int_equal(status, size > length ? VIGIL_OK : VIGIL_ENOSPC);
        if (size == 0) {
            assert_int_equal(text[0], '#');
        } else {
            assert_int_equal(strnlen(text, size), size > length ? length : 0);
        }
        free(text);
    }
}

static void format__every_size(void **state)
{
    (void)state;
    assert_every_size(vigil_address_none(), 4);
    assert_every_size(vigil_address_loopback_ipv4(9000), 14);
    assert_every_size(vigil_address_ipv4(255, 255, 255, 255, 65535), 21);
    assert_every_size(vigil_address_loopback_ipv6(0), 7);
    vigil_address longest = parsed("[1111:2222:3333:4444:5555:6666:7777:8888%4294967295]:65535");
    assert_every_size(longest, 58);
    assert_int_equal(vigil_address_format(longest, NULL, 0), VIGIL_ENOSPC);
}

/* --- there and back ------------------------------------------------------------- */

/* xorshift64 (Marsaglia 2003), from a fixed seed: every run is the same run. */
static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* Half of the groups of an IPv6 address are zero, so that "::" stands at every
 * place and dotted tails occur. */
static vigil_address random_address(uint64_t *random)
{
    uint64_t shape = next_random(random);
    uint16_t port = (uint16_t)next_random(random);
    uint8_t ip[16] = {0};
    for (unsigned group = 0; group < 8; group++) {
        uint64_t value = next_random(random);
        bool zero = (shape >> group & 1) != 0;
        ip[2 * group] = zero || (value & 1) != 0 ? 0 : (uint8_t)(value >> 8);
        ip[2 * group + 1] = zero ? 0 : (uint8_t)(value >> 16);
    }
    if ((shape >> 8 & 7) == 0) {
        return vigil_address_ipv4(ip[0], ip[1], ip[2], ip[3], port);
    }
    if ((shape >> 8 & 7) == 1) {
        memset(ip, 0, 10);
        memset(ip + 10, 0xff, 2);
    }
    vigil_address address = vigil_address_ipv6(ip, port);
    address.scope = (shape >> 12 & 3) == 0 ? (uint32_t)next_random(random) : 0;
    return address;
}

/* The model of a text, written without inet_pton(3): groups of hexadecimal
 * digits, a dotted IPv4 address for the last two, and one "::" for the zeros
 * that are missing (RFC 4291 section 2.2). Returns what follows. */
static const char *model_group(const char *text, uint8_t *ip, size_t *size)
{
    size_t length = strspn(text, "0123456789abcdef.");
    unsigned number[4] = {0};
    assert_true(length > 0);
    if (memchr(text, '.', length) != NULL) {
        assert_int_equal(
            sscanf(text, "%u.%u.%u.%u", &number[0], &number[1], &number[2], &number[3]), 4);
        *size = 4;
    } else {
        unsigned long group = strtoul(text, NULL, 16);
        number[0] = (unsigned)(group / 256);
        number[1] = (unsigned)(group % 256);
        *size = 2;
    }
    for (size_t i = 0; i < *size; i++) {
        assert_true(number[i] < 256);
        ip[i] = (uint8_t)number[i];
    }
    return text + length;
}

static const char *model_ipv6(const char *text, uint8_t ip[16])
{
    uint8_t read[32] = {0};
    size_t count = 0;
    size_t gap = 16;
    while (*text != '%' && *text != ']') {
        size_t size = 0;
        assert_true(count < 16);
        if (strncmp(text, "::", 2) == 0) {
            assert_int_equal(gap, 16);
            gap = count;
            text += 2;
        } else if (*text == ':') {
            text++;
        } else {
            text = model_group(text, read + count, &size);
        }
        count += size;
    }
    assert_true(gap < 16 ? count < 16 : count == 16);
    size_t tail = gap < 16 ? count - gap : 0;
    memset(ip, 0, 16);
    memcpy(ip, read, count - tail);
    memcpy(ip + 16 - tail, read + count - tail, tail);
    return text;
}

static vigil_address model_parse(const char *text)
{
    vigil_address address = vigil_address_none();
    size_t size = 0;
    address.family = text[0] == '[' ? V6 : V4;
    if (address.family == V4) {
        text = model_group(text, address.ip, &size);
        assert_int_equal(size, 4);
    } else {
        text = model_ipv6(text + 1, address.ip);
        address.scope = *text == '%' ? (uint32_t)strtoul(text + 1, NULL, 10) : 0;
        text = strchr(text, ']') + 1;
    }
    assert_int_equal(*text, ':');
    address.port = (uint16_t)strtoul(text + 1, NULL, 10);
    return address;
}

static void round_trip__random_addresses(void **state)
{
    (void)state;
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned i = 0; i < ROUND_TRIPS; i++) {
        char text[VIGIL_ADDRESS_TEXT_MAX];
        vigil_address address = random_address(&random);
        vigil_address back = garbage();
        assert_int_equal(vigil_address_format(address, text, sizeof text), VIGIL_OK);
        assert_int_equal(vigil_address_parse(text, &back), VIGIL_OK);
        if (!vigil_address_equal(address, back)
            || !vigil_address_equal(address, model_parse(text))) {
            fail_msg("address %u of the run is written \"%s\"", i, text);
        }
    }
}

static void round_trip__accepted_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ACCEPTED / sizeof ACCEPTED[0]; i++) {
        char text[VIGIL_ADDRESS_TEXT_MAX];
        char again[VIGIL_ADDRESS_TEXT_MAX];
        vigil_address address = parsed(ACCEPTED[i].text);
        assert_int_equal(vigil_address_format(address, text, sizeof text), VIGIL_OK);
        assert_true(vigil_address_equal(parsed(text), address));
        assert_int_equal(vigil_address_format(parsed(text), again, sizeof again), VIGIL_OK);
        assert_string_equal(again, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parse__accepted_table),
        cmocka_unit_test(parse__refused_shapes),
        cmocka_unit_test(parse__refused_ports),
        cmocka_unit_test(parse__refused_ipv4),
        cmocka_unit_test(parse__refused_brackets),
        cmocka_unit_test(parse__refused_ipv6),
        cmocka_unit_test(parse__refused_scopes),
        cmocka_unit_test(parse__truncated_texts),
        cmocka_unit_test(parse__port_takes_digits_only),
        cmocka_unit_test(parse__every_port),
        cmocka_unit_test(parse__long_texts),
        cmocka_unit_test(format__texts),
        cmocka_unit_test(format__flow_has_no_text),
        cmocka_unit_test(format__every_size),
        cmocka_unit_test(round_trip__random_addresses),
        cmocka_unit_test(round_trip__accepted_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
