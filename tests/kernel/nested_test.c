/* SPDX-License-Identifier: MIT */

/* Rule C9 where a poll is nested in another loop: from vigil_poll_fd on, a wake
 * always makes the poll's descriptor readable. */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/thread.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#define TOKEN 10
#define WAKERS 40

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    return check_os(poll(&watched, 1, timeout_ms)) == 1;
}

static int hand_out(fixture *f)
{
    vigil_fd fd = VIGIL_FD_NONE;
    check_ok(vigil_poll_fd(&f->poll, &fd));
    check_equal(fd, f->poll.registry.selector.epoll);
    return fd;
}

static void c9_nested_a_wake_makes_it_readable(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    int fd = hand_out(&f);
    check(!is_readable(fd, 0));
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    for (int i = 0; i < 100; i++) {
        check(!is_readable(fd, 0));
        for (int wakes = 0; wakes <= i % 3; wakes++) {
            check_ok(vigil_waker_wake(&waker));
            check(is_readable(fd, 0));
        }
        check_equal(take_ready(&f, NULL), 1);
    }
    check(!is_readable(fd, QUIET_MS));
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* Noted while nobody slept, hence not signalled. */
static void c9_nested_a_wake_before_it_was_handed_out(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    check_ok(vigil_waker_wake(&waker));
    check(!is_readable(f.poll.registry.selector.epoll, 0));
    check(is_readable(hand_out(&f), 0));
    check(is_readable(hand_out(&f), 0));
    (void)wait_for(&f, TOKEN);
    check_equal(take_ready(&f, NULL), 0);
    check(!is_readable(hand_out(&f), 0));
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* What an earlier sleep left behind, where a signal was refused, does not keep
 * later wakes quiet. */
static void c9_nested_what_an_earlier_sleep_left_is_over(void **state)
{
    (void)state;
    const uint32_t left_behind[] = {VIGIL_WAKE_RUN, VIGIL_WAKE_SLEEP, VIGIL_WAKE_NOTE};
    for (size_t i = 0; i < sizeof left_behind / sizeof left_behind[0]; i++) {
        fixture f;
        vigil_waker waker;
        open_fixture(&f);
        check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
        check_equal(take_ready(&f, NULL), 0);
        f.registry->wake.state.value = left_behind[i];
        int fd = hand_out(&f);
        check(!is_readable(fd, 0));
        check_ok(vigil_waker_wake(&waker));
        check(is_readable(fd, 0));
        check_equal(take_ready(&f, NULL), 1);
        vigil_waker_close(&waker);
        close_fixture(&f);
    }
}

/* The outer loop takes what the inner poll has room for, as long as it is
 * readable, and stops when it is not: that must be everything. */
static void take_all_wakes(size_t capacity)
{
    fixture f;
    vigil_waker wakers[WAKERS];
    uint32_t seen[WAKERS] = {0};
    vigil_event event;
    open_small_fixture(&f, FIXTURE_SLOTS, capacity);
    int fd = hand_out(&f);
    for (vigil_token i = 0; i < WAKERS; i++) {
        check_ok(vigil_waker_open(&wakers[i], f.registry, i));
    }
    for (int i = 0; i < WAKERS; i++) {
        check_ok(vigil_waker_wake(&wakers[i]));
    }
    while (is_readable(fd, 0)) {
        wait_once(&f, VIGIL_NO_WAIT);
        while (vigil_events_next(&f.events, &event)) {
            seen[event.token]++;
        }
    }
    for (int i = 0; i < WAKERS; i++) {
        check_equal(seen[i], 1);
        vigil_waker_close(&wakers[i]);
    }
    close_fixture(&f);
}

static void c9_nested_more_wakers_than_capacity(void **state)
{
    (void)state;
    const size_t capacities[] = {1, 2, 3, 39, 40, 64};
    for (size_t i = 0; i < sizeof capacities / sizeof capacities[0]; i++) {
        take_all_wakes(capacities[i]);
    }
}

/* The wake finds the batch full of others: it must not be forgotten when they
 * cool down. */
static void c9_nested_a_wake_that_found_no_room(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_source sources[3];
    vigil_event event;
    bool woken = false;
    open_small_fixture(&f, FIXTURE_SLOTS, 2);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    for (vigil_token i = 0; i < 3; i++) {
        watch(&f, &sources[i], open_eventfd(), i, VIGIL_READABLE);
        add_to_eventfd(sources[i].fd, 1);
    }
    check_ok(vigil_waker_wake(&waker));
    int fd = hand_out(&f);
    while (is_readable(fd, 0)) {
        wait_once(&f, VIGIL_NO_WAIT);
        while (vigil_events_next(&f.events, &event)) {
            woken = woken || event.token == TOKEN;
        }
    }
    check(woken);
    for (int i = 0; i < 3; i++) {
        unwatch(&f, &sources[i]);
        check_os(close(sources[i].fd));
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static void c9_nested_a_full_counter(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    int fd = hand_out(&f);
    for (int i = 0; i < 10; i++) {
        int channel = f.poll.registry.wake.channel.eventfd;
        uint64_t counter = 0;
        check(read(channel, &counter, sizeof counter) > 0 || errno == EAGAIN);
        add_to_eventfd(channel, UINT64_MAX - 1);
        check_equal(take_ready(&f, NULL), 0);
        check(!is_readable(fd, 0));
        check_ok(vigil_waker_wake(&waker));
        check(is_readable(fd, 0));
        (void)wait_for(&f, TOKEN);
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* The outer loop is an epoll instance, edge-triggered: each wake that follows
 * a wait is an edge. */
static void c9_nested_in_an_edge_triggered_epoll(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    struct epoll_event report = {.events = EPOLLIN | EPOLLET};
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    int outer = check_os(epoll_create1(EPOLL_CLOEXEC));
    check_os(epoll_ctl(outer, EPOLL_CTL_ADD, hand_out(&f), &report));
    check_equal(epoll_wait(outer, &report, 1, 0), 0);
    for (int i = 0; i < 100; i++) {
        check_ok(vigil_waker_wake(&waker));
        check_equal(epoll_wait(outer, &report, 1, (int)(PATIENCE_NS / MS_IN_NS)), 1);
        check_equal(take_ready(&f, NULL), 1);
        check_equal(epoll_wait(outer, &report, 1, 0), 0);
    }
    check_os(close(outer));
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* Polls all the way: the outer one is a poll of Vigil too, and sleeps. */
typedef struct waking {
    const vigil_waker *waker;
    uint32_t rounds;
    vigil_atomic_u32 seen;
} waking;

static void wake_and_see(void *argument)
{
    waking *w = argument;
    for (uint32_t i = 0; i < w->rounds; i++) {
        check_ok(vigil_waker_wake(w->waker));
        uint64_t end_ns = now_ns() + PATIENCE_NS;
        while (vigil_atomic_load(&w->seen) == i) {
            check(now_ns() < end_ns);
        }
    }
}

static void c9_nested_in_a_poll_that_sleeps(void **state)
{
    (void)state;
    fixture outer;
    fixture inner;
    vigil_waker waker;
    vigil_source source;
    test_thread thread;
    open_fixture(&outer);
    open_fixture(&inner);
    check_ok(vigil_waker_open(&waker, inner.registry, TOKEN));
    watch(&outer, &source, hand_out(&inner), 1, VIGIL_READABLE);
    waking w = {.waker = &waker, .rounds = scaled(2000)};
    start_thread(&thread, wake_and_see, &w);
    for (uint32_t seen = 0; seen < w.rounds;) {
        (void)wait_for(&outer, 1);
        seen += take_ready(&inner, NULL);
        vigil_atomic_store(&w.seen, seen);
    }
    join_thread(&thread);
    unwatch(&outer, &source);
    vigil_waker_close(&waker);
    close_fixture(&inner);
    close_fixture(&outer);
}

/* Not only wakes: a source that is ready makes it readable, as epoll(7) has it,
 * and as long as it is to be reported. */
static void nested__a_ready_source_makes_it_readable(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = hand_out(&f);
    int counter = open_eventfd();
    watch(&f, &source, counter, 1, VIGIL_READABLE | VIGIL_LEVEL);
    check(!is_readable(fd, 0));
    add_to_eventfd(counter, 1);
    for (int i = 0; i < 3; i++) {
        check(is_readable(fd, 0));
        check_equal(take_ready(&f, NULL), 1);
    }
    (void)drain(counter);
    check(!is_readable(fd, 0));
    unwatch(&f, &source);
    check_os(close(counter));
    close_fixture(&f);
}

static void nested__the_descriptor_is_close_on_exec(void **state)
{
    (void)state;
    fixture f;
    vigil_fd fd = 0;
    open_fixture(&f);
    check(is_close_on_exec(hand_out(&f)));
    close_fixture(&f);
    check_status(vigil_poll_fd(&f.poll, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c9_nested_a_wake_makes_it_readable),
        kernel_test(c9_nested_a_wake_before_it_was_handed_out),
        kernel_test(c9_nested_what_an_earlier_sleep_left_is_over),
        kernel_test(c9_nested_more_wakers_than_capacity),
        kernel_test(c9_nested_a_wake_that_found_no_room),
        kernel_test(c9_nested_a_full_counter),
        kernel_test(c9_nested_in_an_edge_triggered_epoll),
        kernel_test(c9_nested_in_a_poll_that_sleeps),
        kernel_test(nested__a_ready_source_makes_it_readable),
        kernel_test(nested__the_descriptor_is_close_on_exec),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
