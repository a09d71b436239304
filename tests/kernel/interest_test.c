/* SPDX-License-Identifier: MIT */

/* Interests: what mio's suite asserts in interest.rs, and what the kernel makes
 * of each of them. All values and pairs are in tests/unit/interest_test.c. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include <sys/socket.h>

static void interest__is_tests(void **state)
{
    (void)state;
    check(vigil_interest_is_readable(VIGIL_READABLE));
    check(!vigil_interest_is_writable(VIGIL_READABLE));
    check(!vigil_interest_is_priority(VIGIL_READABLE));
    check(!vigil_interest_is_readable(VIGIL_WRITABLE));
    check(vigil_interest_is_writable(VIGIL_WRITABLE));
    check(!vigil_interest_is_priority(VIGIL_WRITABLE));
    check(!vigil_interest_is_readable(VIGIL_PRIORITY));
    check(!vigil_interest_is_writable(VIGIL_PRIORITY));
    check(vigil_interest_is_priority(VIGIL_PRIORITY));
}

static void interest__bit_or(void **state)
{
    (void)state;
    vigil_interest both = VIGIL_READABLE | VIGIL_WRITABLE;
    check(vigil_interest_is_valid(both));
    check(vigil_interest_is_readable(both));
    check(vigil_interest_is_writable(both));
    check(!vigil_interest_is_priority(both));
}

static void interest__fmt_debug(void **state)
{
    (void)state;
    check_text(vigil_interest_name(VIGIL_READABLE), "READABLE");
    check_text(vigil_interest_name(VIGIL_WRITABLE), "WRITABLE");
    check_text(vigil_interest_name(VIGIL_READABLE | VIGIL_WRITABLE), "READABLE | WRITABLE");
    check_text(vigil_interest_name(VIGIL_PRIORITY), "PRIORITY");
    check_text(vigil_interest_name(VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY),
               "READABLE | WRITABLE | PRIORITY");
}

static void interest__add(void **state)
{
    (void)state;
    check_equal(vigil_interest_add(VIGIL_READABLE, VIGIL_WRITABLE),
                VIGIL_READABLE | VIGIL_WRITABLE);
    check_equal(vigil_interest_add(VIGIL_WRITABLE, VIGIL_WRITABLE), VIGIL_WRITABLE);
    check_equal(vigil_interest_add(VIGIL_READABLE | VIGIL_ONESHOT, VIGIL_PRIORITY),
                VIGIL_READABLE | VIGIL_ONESHOT | VIGIL_PRIORITY);
}

/* A TCP socket with bytes to read, an urgent one among them, and room to write:
 * every interest hears of what it names and of nothing else. */
static void interest__each_hears_what_it_names(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_tcp_pair(fd);
    write_bytes(fd[1], 1);
    check_equal(send(fd[1], "!", 1, MSG_OOB), 1);
    watch(&f, &source, fd[0], 0, VIGIL_PRIORITY);
    check(vigil_event_is_priority(wait_for(&f, 0)));
    for (vigil_interest i = 1; i <= VIGIL_INTEREST_ALL; i++) {
        if (!vigil_interest_is_valid(i)) {
            continue;
        }
        check_ok(vigil_registry_reregister(f.registry, &source, i, i));
        vigil_event event = wait_for(&f, i);
        bool readable = vigil_interest_is_readable(i) || vigil_interest_is_priority(i);
        check_equal(vigil_event_is_readable(event), readable);
        check_equal(vigil_event_is_writable(event), vigil_interest_is_writable(i));
        check_equal(vigil_event_is_priority(event), vigil_interest_is_priority(i));
        check(!vigil_event_is_error(event));
        check(!vigil_event_is_read_closed(event));
        check(!vigil_event_is_write_closed(event));
        uint32_t again = take_ready(&f, NULL);
        check_equal(again, vigil_interest_is_level(i) && !vigil_interest_is_oneshot(i) ? 1 : 0);
    }
    unwatch(&f, &source);
    close_pair(fd);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(interest__is_tests),
        kernel_test(interest__bit_or),
        kernel_test(interest__fmt_debug),
        kernel_test(interest__add),
        kernel_test(interest__each_hears_what_it_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
