/* SPDX-License-Identifier: MIT */

/* Control messages, written with the macros of libc and read byte by byte. */
#include "support/check.h"
#include "support/random.h"

#include "net/error_message.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define SAMPLES 20000
#define LEVEL 17
#define TYPE 104

/* Built with the macros of cmsg(3). */
typedef union built {
    struct cmsghdr header;
    unsigned char bytes[VIGIL_OS_CONTROL_BYTES];
} built;

static size_t append(built *to, size_t at, int level, int type, const void *data, size_t size)
{
    struct cmsghdr *header = (struct cmsghdr *)(void *)(to->bytes + at);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(size);
    memcpy(CMSG_DATA(header), data, size);
    return at + CMSG_SPACE(size);
}

static vigil_os_control control_of(const built *from, size_t length)
{
    vigil_os_control control;
    memcpy(control.bytes, from->bytes, sizeof control.bytes);
    control.length = (uint32_t)length;
    return control;
}

static void expect_found(const vigil_os_control *control, uint32_t expected_at,
                         uint32_t expected_size)
{
    uint32_t at = 99;
    uint32_t size = 99;
    check(vigil_control_find(control, LEVEL, TYPE, &at, &size));
    check_equal(at, expected_at);
    check_equal(size, expected_size);
}

static void expect_not_found(const vigil_os_control *control)
{
    uint32_t at = 99;
    uint32_t size = 99;
    check(!vigil_control_find(control, LEVEL, TYPE, &at, &size));
    check(at == 0 && size == 0);
}

/* --- finding ---------------------------------------------------------------------- */

static void find__the_only_one_of_every_size(void **state)
{
    (void)state;
    static const unsigned char data[VIGIL_OS_CONTROL_BYTES];
    for (size_t size = 0; CMSG_SPACE(size) <= VIGIL_OS_CONTROL_BYTES; size++) {
        built b = {.bytes = {0}};
        (void)append(&b, 0, LEVEL, TYPE, data, size);
        vigil_os_control control = control_of(&b, CMSG_LEN(size));
        expect_found(&control, CMSG_LEN(0), (uint32_t)size);
        control.length = (uint32_t)CMSG_SPACE(size);
        expect_found(&control, CMSG_LEN(0), (uint32_t)size);
    }
}

/* Behind others of every size, and the first of two. */
static void find__behind_others(void **state)
{
    (void)state;
    static const unsigned char data[64];
    for (size_t before = 0; before < 40; before++) {
        built b = {.bytes = {0}};
        size_t at = append(&b, 0, LEVEL, TYPE + 1, data, before);
        at = append(&b, at, LEVEL + 1, TYPE, data, before);
        size_t end = append(&b, at, LEVEL, TYPE, data, 4);
        end = append(&b, end, LEVEL, TYPE, data, 8);
        vigil_os_control control = control_of(&b, end);
        expect_found(&control, (uint32_t)(at + CMSG_LEN(0)), 4);
        control.length = (uint32_t)at;
        expect_not_found(&control);
    }
}

/* Cut anywhere, it is not there; no byte behind the end counts. */
static void find__nothing_that_is_cut(void **state)
{
    (void)state;
    static const unsigned char data[8];
    built b = {.bytes = {0}};
    (void)append(&b, 0, LEVEL, TYPE, data, sizeof data);
    for (size_t length = 0; length < CMSG_LEN(sizeof data); length++) {
        vigil_os_control control = control_of(&b, length);
        expect_not_found(&control);
    }
}

static void find__nothing_behind_a_length_that_cannot_be(void **state)
{
    (void)state;
    static const unsigned char data[8];
    static const size_t lengths[] = {0,
                                     1,
                                     CMSG_LEN(0) - 1,
                                     VIGIL_OS_CONTROL_BYTES + 1,
                                     UINT32_MAX,
                                     (size_t)UINT32_MAX + 1,
                                     (size_t)UINT32_MAX + 1 + CMSG_LEN(8),
                                     SIZE_MAX,
                                     SIZE_MAX - 6};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        built b = {.bytes = {0}};
        size_t end = append(&b, append(&b, 0, 1, 1, data, 8), LEVEL, TYPE, data, 8);
        vigil_os_control control = control_of(&b, end);
        expect_found(&control, (uint32_t)(CMSG_SPACE(8) + CMSG_LEN(0)), 8);
        b.header.cmsg_len = lengths[i];
        control = control_of(&b, end);
        expect_not_found(&control);
    }
}

static uint8_t any_byte(random_source *random)
{
    return (uint8_t)random_below(random, 256);
}

/* Whatever the bytes are, what is found lies within them and is what was asked for. */
static void find__whatever_the_bytes_are(void **state)
{
    (void)state;
    random_source random = {1};
    size_t found = 0;
    for (int i = 0; i < SAMPLES; i++) {
        vigil_os_control control;
        uint32_t at = 0;
        uint32_t size = 0;
        for (size_t k = 0; k < sizeof control.bytes; k++) {
            control.bytes[k] = random_below(&random, 3) == 0 ? any_byte(&random) : 0;
        }
        /* Plausible lengths at the first places, or nothing would ever be found. */
        for (size_t k = 0; k < sizeof control.bytes; k += sizeof(size_t)) {
            if (random_below(&random, 2) == 0) {
                size_t length = random_below(&random, 64);
                memcpy(control.bytes + k, &length, sizeof length);
            }
        }
        control.length = (uint32_t)random_below(&random, VIGIL_OS_CONTROL_BYTES + 1);
        uint32_t level = (uint32_t)random_below(&random, 3);
        if (vigil_control_find(&control, level, level, &at, &size)) {
            int named[2];
            memcpy(named, control.bytes + at - sizeof named, sizeof named);
            check(named[0] == (int)level && named[1] == (int)level);
            check_within(at, CMSG_LEN(0), control.length);
            check(size <= control.length - at);
            check_equal((at - CMSG_LEN(0)) % sizeof(size_t), 0);
            found++;
        }
    }
    check(found > SAMPLES / 1000);
}

/* --- errors ----------------------------------------------------------------------- */

typedef struct error_and_offender {
    struct sock_extended_err error;
    struct sockaddr_in6 offender;
} error_and_offender;

static vigil_queued_error decoded(int level, int type, const void *data, size_t size)
{
    built b = {.bytes = {0}};
    vigil_sockaddr nowhere = {.length = 0};
    size_t end = append(&b, 0, level, type, data, size);
    vigil_os_control control = control_of(&b, end);
    vigil_queued_error queued = vigil_error_message_decode(&control, &nowhere);
    check(vigil_address_equal(queued.destination, vigil_address_none()));
    return queued;
}

static void error__of_every_origin_and_number(void **state)
{
    (void)state;
    for (int origin = 0; origin < 256; origin++) {
        error_and_offender whole = {.error = {.ee_errno = ECONNREFUSED,
                                              .ee_origin = (uint8_t)origin,
                                              .ee_type = 200,
                                              .ee_code = 7,
                                              .ee_info = 0x12345678}};
        vigil_queued_error queued = decoded(IPPROTO_IP, IP_RECVERR, &whole, sizeof whole.error);
        check_status(queued.status, VIGIL_ECONNREFUSED);
        check_equal(queued.origin, 1 <= origin && origin <= 3 ? origin : 0);
        check(queued.type == 200 && queued.code == 7 && queued.info == 0x12345678);
        check(vigil_address_equal(queued.offender, vigil_address_none()));
    }
    static const uint32_t numbers[] = {0,         133, 1000, INT32_MAX, (uint32_t)INT32_MAX + 1,
                                       UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sock_extended_err error = {.ee_errno = numbers[i]};
        check_status(decoded(IPPROTO_IPV6, IPV6_RECVERR, &error, sizeof error).status,
                     VIGIL_EUNKNOWN);
    }
}

static void error__with_its_offender(void **state)
{
    (void)state;
    error_and_offender whole = {.error = {.ee_errno = EHOSTUNREACH, .ee_origin = 3},
                                .offender = {.sin6_family = AF_INET6,
                                             .sin6_addr = IN6ADDR_LOOPBACK_INIT,
                                             .sin6_scope_id = 9}};
    vigil_address expected = vigil_address_loopback_ipv6(0);
    expected.scope = 9;
    vigil_queued_error queued = decoded(IPPROTO_IPV6, IPV6_RECVERR, &whole, sizeof whole);
    check(vigil_address_equal(queued.offender, expected));
    /* What follows an address is not looked at, however much it is. */
    unsigned char more[sizeof whole + VIGIL_SOCKADDR_BYTES] = {0};
    memcpy(more, &whole, sizeof whole);
    queued = decoded(IPPROTO_IPV6, IPV6_RECVERR, more, sizeof more);
    check(vigil_address_equal(queued.offender, expected));
    /* Cut, there is none. */
    queued = decoded(IPPROTO_IPV6, IPV6_RECVERR, &whole, sizeof whole - 1);
    check_status(queued.status, VIGIL_EHOSTUNREACH);
    check(vigil_address_equal(queued.offender, vigil_address_none()));
    memset(&whole.offender, 0, sizeof whole.offender);
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001)};
    memcpy(&whole.offender, &ipv4, sizeof ipv4);
    queued = decoded(IPPROTO_IP, IP_RECVERR, &whole, sizeof whole.error + sizeof ipv4);
    check(vigil_address_equal(queued.offender, vigil_address_loopback_ipv4(0)));
}

static void error__that_is_none(void **state)
{
    (void)state;
    static const struct sock_extended_err error = {.ee_errno = ECONNREFUSED, .ee_origin = 2};
    for (size_t size = 0; size <= sizeof error; size++) {
        bool is_whole = size == sizeof error;
        vigil_queued_error queued = decoded(IPPROTO_IP, IP_RECVERR, &error, size);
        check_status(queued.status, is_whole ? VIGIL_ECONNREFUSED : VIGIL_EUNKNOWN);
        check_equal(queued.origin, is_whole ? VIGIL_ERROR_ORIGIN_ICMP : VIGIL_ERROR_ORIGIN_OTHER);
    }
    check_status(decoded(IPPROTO_IP, IP_TTL, &error, sizeof error).status, VIGIL_EUNKNOWN);
    check_status(decoded(SOL_SOCKET, IP_RECVERR, &error, sizeof error).status, VIGIL_EUNKNOWN);
}

/* No kernel says two; the first one counts. */
static void error__of_both_families(void **state)
{
    (void)state;
    static const struct sock_extended_err first = {.ee_errno = ECONNREFUSED};
    static const struct sock_extended_err second = {.ee_errno = EHOSTUNREACH};
    static const int levels[2][2] = {{IPPROTO_IP, IP_RECVERR}, {IPPROTO_IPV6, IPV6_RECVERR}};
    for (int i = 0; i < 2; i++) {
        built b = {.bytes = {0}};
        vigil_sockaddr nowhere = {.length = 0};
        size_t at = append(&b, 0, levels[i][0], levels[i][1], &first, sizeof first);
        at = append(&b, at, levels[1 - i][0], levels[1 - i][1], &second, sizeof second);
        vigil_os_control control = control_of(&b, at);
        check_status(vigil_error_message_decode(&control, &nowhere).status, VIGIL_ECONNREFUSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(find__the_only_one_of_every_size),
        cmocka_unit_test(find__behind_others),
        cmocka_unit_test(find__nothing_that_is_cut),
        cmocka_unit_test(find__nothing_behind_a_length_that_cannot_be),
        cmocka_unit_test(find__whatever_the_bytes_are),
        cmocka_unit_test(error__of_every_origin_and_number),
        cmocka_unit_test(error__with_its_offender),
        cmocka_unit_test(error__that_is_none),
        cmocka_unit_test(error__of_both_families),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
