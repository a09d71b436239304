/* SPDX-License-Identifier: MIT */

/* Rule C8 on time: never early, zero is zero, the far end is not now, and the
 * best resolution that the system has, with and without epoll_pwait2(2). */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sandbox.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* How long a wait that nobody ends has taken. */
static uint64_t wait_in_vain(fixture *f, vigil_timeout timeout)
{
    vigil_event event;
    uint64_t begin_ns = now_ns();
    check_ok(vigil_poll_wait(&f->poll, &f->events, timeout));
    uint64_t took_ns = now_ns() - begin_ns;
    check(!vigil_events_next(&f->events, &event));
    return took_ns;
}

/* A descriptor that is registered and never ready. */
static int watch_the_silent(fixture *f, vigil_source *source)
{
    int fd = open_eventfd();
    watch(f, source, fd, 1, VIGIL_READABLE);
    return fd;
}

static void check_never_early(void *argument)
{
    (void)argument;
    const uint64_t timeouts_ns[] = {0,       1,       999,     1000,    50000,    999999,
                                    1000000, 1000001, 1500000, 1999999, 20000000, 70000001};
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = watch_the_silent(&f, &source);
    for (size_t i = 0; i < sizeof timeouts_ns / sizeof timeouts_ns[0]; i++) {
        for (int again = 0; again < 3; again++) {
            uint64_t took_ns = wait_in_vain(&f, vigil_ns(timeouts_ns[i]));
            check_within(took_ns, timeouts_ns[i], timeouts_ns[i] + PATIENCE_NS);
        }
    }
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

static void c8_never_early(void **state)
{
    (void)state;
    check_never_early(NULL);
}

/* A thousand waits of nothing would take a second if zero were rounded up to
 * what a kernel without nanoseconds can count. */
static void check_zero_stays_zero(void *argument)
{
    (void)argument;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = watch_the_silent(&f, &source);
    uint64_t best_ns = UINT64_MAX;
    for (int i = 0; i < 1000; i++) {
        uint64_t took_ns = wait_in_vain(&f, VIGIL_NO_WAIT);
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    check_within(best_ns, 0, MS_IN_NS - 1);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

static void c8_zero_stays_zero(void **state)
{
    (void)state;
    check_zero_stays_zero(NULL);
}

static bool kernel_counts_nanoseconds(void)
{
    int epoll = check_os(epoll_create1(EPOLL_CLOEXEC));
    struct epoll_event event;
    const int64_t nothing[2] = {0, 0};
    bool counts = syscall(SYS_epoll_pwait2, epoll, &event, 1, nothing, NULL, 0) == 0;
    check_os(close(epoll));
    return counts;
}

/* The best of many waits of 50 us is well below a millisecond, which is what a
 * wait rounded up would take. */
static void c8_resolution_is_below_a_millisecond(void **state)
{
    (void)state;
    if (!kernel_counts_nanoseconds()) {
        skip();
    }
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = watch_the_silent(&f, &source);
    uint64_t best_ns = UINT64_MAX;
    for (int i = 0; i < 200; i++) {
        uint64_t took_ns = wait_in_vain(&f, vigil_us(50));
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    check_within(best_ns, 50000, MS_IN_NS - 1);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

/* Far ends, for which a careless conversion gives nothing, or an error: each
 * wait is ended by a timer after 10 ms, and by nothing else. */
static void check_far_timeouts(void *argument)
{
    (void)argument;
    const uint64_t timeouts_ns[] = {
        UINT64_C(2147483647) * MS_IN_NS,     /* INT_MAX ms */
        UINT64_C(2147483647) * MS_IN_NS + 1, /* rounded up: beyond */
        UINT64_C(2147483648) * MS_IN_NS,     /* negative in an int */
        UINT64_C(4294967295) * MS_IN_NS,     /* -1 in an int */
        UINT64_C(4294967296) * MS_IN_NS,     /* 0 in an int */
        UINT64_C(4294967297) * MS_IN_NS,     /* 1 in an int */
        UINT64_C(1) << 63,
        UINT64_MAX - 1,
        UINT64_MAX,
    };
    const struct itimerspec soon = {.it_value = {.tv_nsec = 10 * MS_IN_NS}};
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int timer = check_os(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    watch(&f, &source, timer, 9, VIGIL_READABLE);
    for (size_t i = 0; i < sizeof timeouts_ns / sizeof timeouts_ns[0]; i++) {
        vigil_timeout timeout = {timeouts_ns[i]};
        vigil_event event;
        uint64_t begin_ns = now_ns();
        check_os(timerfd_settime(timer, 0, &soon, NULL));
        check_ok(vigil_poll_wait(&f.poll, &f.events, timeout));
        check_within(now_ns() - begin_ns, 10 * MS_IN_NS, PATIENCE_NS);
        check(vigil_events_next(&f.events, &event));
        check_equal(event.token, 9);
        (void)drain(timer);
    }
    unwatch(&f, &source);
    check_os(close(timer));
    close_fixture(&f);
}

static void c8_far_timeouts_are_far(void **state)
{
    (void)state;
    check_far_timeouts(NULL);
    check_equal(vigil_seconds(UINT64_MAX).ns, UINT64_MAX - 1);
}

/* Ready already: no timeout is waited for, the longest one least of all. */
static void check_ready_comes_first(void *argument)
{
    (void)argument;
    const vigil_timeout timeouts[] = {VIGIL_NO_WAIT, vigil_ns(1), vigil_ms(60000), VIGIL_FOREVER,
                                      vigil_seconds(UINT64_MAX)};
    fixture f;
    vigil_source source;
    vigil_event event;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        add_to_eventfd(fd, 1);
        check_ok(vigil_poll_wait(&f.poll, &f.events, timeouts[i]));
        check(vigil_events_next(&f.events, &event));
        check_equal(event.token, 1);
    }
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

static void c8_what_is_ready_comes_before_the_timeout(void **state)
{
    (void)state;
    check_ready_comes_first(NULL);
}

/* The library must notice, once, and go on in milliseconds. */
static void without_pwait2(void *argument)
{
    const int *error = argument;
    refuse_system_call(SYS_epoll_pwait2, *error);
    check(!kernel_counts_nanoseconds());
    fixture f;
    open_fixture(&f);
    check(!f.poll.registry.selector.coarse);
    check_within(wait_in_vain(&f, vigil_us(10)), 10000, PATIENCE_NS);
    check(f.poll.registry.selector.coarse);
    close_fixture(&f);
    check_never_early(NULL);
    check_zero_stays_zero(NULL);
    check_far_timeouts(NULL);
    check_ready_comes_first(NULL);
}

static void c8_falls_back_where_the_call_is_missing(void **state)
{
    (void)state;
    int error = ENOSYS;
    run_child(without_pwait2, &error);
}

static void c8_falls_back_where_a_sandbox_forbids_the_call(void **state)
{
    (void)state;
    int error = EPERM;
    run_child(without_pwait2, &error);
}

/* A refusal that means something else is no reason to fall back. */
static void with_broken_pwait2(void *argument)
{
    (void)argument;
    refuse_system_call(SYS_epoll_pwait2, ENOMEM);
    fixture f;
    open_fixture(&f);
    check_status(vigil_poll_wait(&f.poll, &f.events, vigil_ms(1)), VIGIL_ENOMEM);
    check_equal(f.events.count, 0);
    check(!f.poll.registry.selector.coarse);
    check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_NO_WAIT));
    close_fixture(&f);
}

static void c8_other_failures_are_reported(void **state)
{
    (void)state;
    if (!kernel_counts_nanoseconds()) {
        skip();
    }
    run_child(with_broken_pwait2, NULL);
}

/* A far timeout that a dead registration interrupts again and again is not
 * over because of it: the wait gives up with VIGIL_EINTR, never with "the time
 * has passed". */
static void c8_what_is_dead_does_not_end_the_timeout(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_unix_pair(fd);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    int copy = check_os(dup(fd[0]));
    check_os(close(fd[0]));
    unwatch(&f, &source);
    write_bytes(fd[1], 1);
    for (int i = 0; i < 5; i++) {
        check_status(vigil_poll_wait(&f.poll, &f.events, vigil_seconds(60)), VIGIL_EINTR);
        check_equal(f.events.count, 0);
    }
    check_os(close(copy));
    check_os(close(fd[1]));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c8_never_early),
        kernel_test(c8_zero_stays_zero),
        kernel_test(c8_resolution_is_below_a_millisecond),
        kernel_test(c8_far_timeouts_are_far),
        kernel_test(c8_what_is_ready_comes_before_the_timeout),
        kernel_test(c8_falls_back_where_the_call_is_missing),
        kernel_test(c8_falls_back_where_a_sandbox_forbids_the_call),
        kernel_test(c8_other_failures_are_reported),
        kernel_test(c8_what_is_dead_does_not_end_the_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
