/* SPDX-License-Identifier: MIT */

/* Unix addresses: what makes one, and to the kernel's bytes and back, against the
 * struct of libc. */
#include "support/check.h"
#include "support/random.h"

#include "net/unix_sockaddr.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define SAMPLES 20000
#define ROOM 128

static vigil_sockaddr encoded(const vigil_unix_address *address)
{
    vigil_sockaddr native;
    memset(&native, 0xcc, sizeof native);
    check_ok(vigil_unix_sockaddr_encode(address, &native));
    for (uint32_t i = native.length; i < VIGIL_SOCKADDR_BYTES; i++) {
        check_equal(native.bytes[i], 0);
    }
    return native;
}

static bool is_unnamed(vigil_unix_address address)
{
    return vigil_unix_address_equal(address, vigil_unix_address_unnamed());
}

/* --- what makes an address -------------------------------------------------------- */

static void path__of_every_length(void **state)
{
    (void)state;
    char path[ROOM];
    memset(path, 'p', sizeof path);
    for (size_t length = 0; length < ROOM; length++) {
        vigil_unix_address address;
        memset(&address, 0xcc, sizeof address);
        bool legal = 1 <= length && length <= 108;
        check_status(vigil_unix_address_path(path, length, &address),
                     legal ? VIGIL_OK : VIGIL_EINVAL);
        check_equal(address.kind, legal ? VIGIL_UNIX_PATH : VIGIL_UNIX_UNNAMED);
        check_equal(address.length, legal ? length : 0);
        check_equal(strlen((const char *)address.name), address.length);
        check(legal || is_unnamed(address));
    }
}

static void path__with_a_zero_is_none(void **state)
{
    (void)state;
    char path[108];
    vigil_unix_address address;
    for (size_t at = 0; at < sizeof path; at++) {
        memset(path, 'p', sizeof path);
        path[at] = '\0';
        check_status(vigil_unix_address_path(path, sizeof path, &address), VIGIL_EINVAL);
        check(is_unnamed(address));
        check_status(vigil_unix_address_path(path, at, &address),
                     at == 0 ? VIGIL_EINVAL : VIGIL_OK);
    }
}

static void abstract__of_every_length(void **state)
{
    (void)state;
    char name[ROOM] = "\0ab\0\xff";
    for (size_t length = 0; length < ROOM; length++) {
        vigil_unix_address address;
        memset(&address, 0xcc, sizeof address);
        bool legal = length <= 107;
        check_status(vigil_unix_address_abstract(name, length, &address),
                     legal ? VIGIL_OK : VIGIL_EINVAL);
        check_equal(address.kind, legal ? VIGIL_UNIX_ABSTRACT : VIGIL_UNIX_UNNAMED);
        check_equal(address.length, legal ? length : 0);
        check_equal(memcmp(address.name, name, address.length), 0);
        check(legal || is_unnamed(address));
    }
}

static void equal__looks_at_everything(void **state)
{
    (void)state;
    vigil_unix_address one;
    vigil_unix_address two;
    check_ok(vigil_unix_address_path("name", 4, &one));
    check_ok(vigil_unix_address_abstract("name", 4, &two));
    check(!vigil_unix_address_equal(one, two));
    check_ok(vigil_unix_address_path("namE", 4, &two));
    check(!vigil_unix_address_equal(one, two));
    check_ok(vigil_unix_address_path("names", 5, &two));
    check(!vigil_unix_address_equal(one, two));
    check_ok(vigil_unix_address_path("name", 4, &two));
    check(vigil_unix_address_equal(one, two));
    check_ok(vigil_unix_address_abstract("", 0, &one));
    check_ok(vigil_unix_address_abstract("\0", 1, &two));
    check(!vigil_unix_address_equal(one, two));
    check(!vigil_unix_address_equal(one, vigil_unix_address_unnamed()));
}

/* --- there and back --------------------------------------------------------------- */

static void check_path(const char *path, size_t length)
{
    vigil_unix_address address;
    struct sockaddr_un libc = {.sun_family = AF_UNIX};
    check_ok(vigil_unix_address_path(path, length, &address));
    memcpy(libc.sun_path, path, length);
    vigil_sockaddr native = encoded(&address);
    check_equal(native.length,
                length == 108 ? 110 : offsetof(struct sockaddr_un, sun_path) + length + 1);
    check_equal(memcmp(native.bytes, &libc, sizeof libc), 0);
    check(vigil_unix_address_equal(vigil_unix_sockaddr_decode(&native), address));
}

static void check_abstract(const char *name, size_t length)
{
    vigil_unix_address address;
    struct sockaddr_un libc = {.sun_family = AF_UNIX};
    check_ok(vigil_unix_address_abstract(name, length, &address));
    memcpy(libc.sun_path + 1, name, length);
    vigil_sockaddr native = encoded(&address);
    check_equal(native.length, offsetof(struct sockaddr_un, sun_path) + 1 + length);
    check_equal(memcmp(native.bytes, &libc, sizeof libc), 0);
    check(vigil_unix_address_equal(vigil_unix_sockaddr_decode(&native), address));
}

static void codec__of_every_length(void **state)
{
    (void)state;
    random_source source = {7};
    char name[108];
    for (int round = 0; round < 200; round++) {
        for (size_t length = 0; length <= sizeof name; length++) {
            for (size_t i = 0; i < length; i++) {
                name[i] = (char)(random_u64(&source) % 4 == 0 ? 0 : random_u64(&source));
            }
            if (length <= 107) {
                check_abstract(name, length);
            }
            for (size_t i = 0; i < length; i++) {
                name[i] = name[i] == 0 ? 'z' : name[i];
            }
            if (length >= 1) {
                check_path(name, length);
            }
        }
    }
}

static void codec__unnamed(void **state)
{
    (void)state;
    vigil_unix_address unnamed = vigil_unix_address_unnamed();
    vigil_sockaddr native = encoded(&unnamed);
    check_equal(native.length, sizeof(sa_family_t));
    check(is_unnamed(vigil_unix_sockaddr_decode(&native)));
    native.length = 0;
    check(is_unnamed(vigil_unix_sockaddr_decode(&native)));
    native.length = 1;
    check(is_unnamed(vigil_unix_sockaddr_decode(&native)));
}

/* What the fields may hold, and no function made. */
static void codec__refuses_what_is_no_address(void **state)
{
    (void)state;
    vigil_unix_address bad[5];
    for (size_t i = 0; i < 5; i++) {
        check_ok(vigil_unix_address_path("name", 4, &bad[i]));
    }
    bad[0].length = 0;
    bad[1].length = 109;
    bad[2].name[2] = 0;
    bad[3].kind = VIGIL_UNIX_ABSTRACT;
    bad[3].length = 108;
    bad[4].kind = (vigil_unix_kind)9;
    for (size_t i = 0; i < 5; i++) {
        vigil_sockaddr native;
        memset(&native, 0xcc, sizeof native);
        check_status(vigil_unix_sockaddr_encode(&bad[i], &native), VIGIL_EINVAL);
        check_equal(native.length, 0);
        check_equal(native.bytes[0], 0);
    }
}

/* What decoding must answer, found with the functions of libc. */
static vigil_unix_address expected(const vigil_sockaddr *native)
{
    vigil_unix_address address = vigil_unix_address_unnamed();
    struct sockaddr_un libc;
    memcpy(&libc, native->bytes, sizeof libc);
    size_t bytes = native->length > sizeof libc ? sizeof libc : native->length;
    if (bytes <= sizeof(sa_family_t) || libc.sun_family != AF_UNIX) {
        return address;
    }
    size_t length = bytes - offsetof(struct sockaddr_un, sun_path);
    if (libc.sun_path[0] == '\0') {
        check_ok(vigil_unix_address_abstract(libc.sun_path + 1, length - 1, &address));
    } else {
        check_ok(vigil_unix_address_path(libc.sun_path, strnlen(libc.sun_path, length), &address));
    }
    return address;
}

/* Any bytes, of any length, also one that the structure has no room for. */
static void codec__is_total(void **state)
{
    (void)state;
    static const uint32_t odd[] = {110, 111, 112, 127, 128, 129, 1000, UINT32_MAX};
    random_source source = {23};
    for (int i = 0; i < SAMPLES; i++) {
        vigil_sockaddr native;
        for (size_t k = 0; k < sizeof native.bytes; k++) {
            uint64_t drawn = random_u64(&source);
            native.bytes[k] = (uint8_t)(drawn % 64 == 0 ? 0 : drawn >> 8);
        }
        native.bytes[0] = random_u64(&source) % 8 == 0 ? native.bytes[0] : AF_UNIX;
        native.bytes[1] = random_u64(&source) % 8 == 0 ? native.bytes[1] : 0;
        native.bytes[2] = random_u64(&source) % 3 == 0 ? 0 : native.bytes[2];
        native.length = random_u64(&source) % 4 == 0 ? odd[random_u64(&source) % 8]
                                                     : (uint32_t)(random_u64(&source) % 129);
        vigil_unix_address address = vigil_unix_sockaddr_decode(&native);
        check(vigil_unix_address_equal(address, expected(&native)));
        vigil_sockaddr again = encoded(&address);
        check(vigil_unix_address_equal(vigil_unix_sockaddr_decode(&again), address));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(path__of_every_length),
        cmocka_unit_test(path__with_a_zero_is_none),
        cmocka_unit_test(abstract__of_every_length),
        cmocka_unit_test(equal__looks_at_everything),
        cmocka_unit_test(codec__of_every_length),
        cmocka_unit_test(codec__unnamed),
        cmocka_unit_test(codec__refuses_what_is_no_address),
        cmocka_unit_test(codec__is_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
