/* SPDX-License-Identifier: MIT */

/* Wakers: the behaviours that mio's suite asserts. Rule C9 is in
 * contract_wake_test.c. */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/thread.h"

#define TOKEN 10

static void waker__waker(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    expect_no_events(&f);
    check_ok(vigil_waker_wake(&waker));
    vigil_event event = wait_for(&f, TOKEN);
    check(vigil_event_is_readable(event));
    check(!vigil_event_is_writable(event));
    check(!vigil_event_is_error(event));
    check(!vigil_event_is_read_closed(event));
    expect_no_events(&f);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static void waker__multiple_wakeups_same_thread(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    for (int i = 0; i < 3; i++) {
        check_ok(vigil_waker_wake(&waker));
    }
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    expect_no_events(&f);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* What a waking thread does: so many wakes, each after `pause_ms`. */
typedef struct alarm_clock {
    const vigil_waker *waker;
    uint32_t pause_ms;
    int wakes;
    int written; /* before the first wake, for the thread that takes the event */
} alarm_clock;

static void ring(void *argument)
{
    alarm_clock *a = argument;
    a->written = 42;
    for (int i = 0; i < a->wakes; i++) {
        sleep_ms(a->pause_ms);
        check_ok(vigil_waker_wake(a->waker));
    }
}

static void waker__wakeup_different_thread(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    test_thread thread;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    alarm_clock a = {.waker = &waker, .pause_ms = 20, .wakes = 1};
    start_thread(&thread, ring, &a);
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    check_equal(a.written, 42);
    expect_no_events(&f);
    join_thread(&thread);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static void waker__multiple_wakeups_different_thread(void **state)
{
    (void)state;
    fixture f[2];
    vigil_waker wakers[2];
    test_thread threads[2];
    alarm_clock alarms[2];
    for (int i = 0; i < 2; i++) {
        open_fixture(&f[i]);
        check_ok(vigil_waker_open(&wakers[i], f[i].registry, TOKEN + (vigil_token)i));
        alarms[i] = (alarm_clock){.waker = &wakers[i], .pause_ms = 5, .wakes = 2};
        start_thread(&threads[i], ring, &alarms[i]);
    }
    for (int i = 0; i < 2; i++) {
        check(vigil_event_is_readable(wait_for(&f[i], TOKEN + (vigil_token)i)));
        join_thread(&threads[i]);
    }
    for (int i = 0; i < 2; i++) {
        (void)take_ready(&f[i], NULL); /* The second wake, if it was not in time for the first. */
        expect_no_events(&f[i]);
        vigil_waker_close(&wakers[i]);
        close_fixture(&f[i]);
    }
}

/* Where mio panics, any number of wakers is right. */
static void waker__using_multiple_wakers_panics(void **state)
{
    (void)state;
    fixture f;
    vigil_waker wakers[FIXTURE_SLOTS];
    open_fixture(&f);
    for (vigil_token i = 0; i < FIXTURE_SLOTS; i++) {
        check_ok(vigil_waker_open(&wakers[i], f.registry, i));
    }
    for (vigil_token i = 0; i < FIXTURE_SLOTS; i++) {
        check_ok(vigil_waker_wake(&wakers[FIXTURE_SLOTS - 1 - i]));
        (void)wait_for(&f, FIXTURE_SLOTS - 1 - i);
        check_ok(vigil_waker_wake(&wakers[i]));
        check_ok(vigil_waker_wake(&wakers[(i + 7) % FIXTURE_SLOTS]));
        vigil_token first = next_event(&f).token;
        vigil_token second = next_event(&f).token;
        check_equal(first + second, i + (i + 7) % FIXTURE_SLOTS);
        check(first != second);
        check_equal(take_ready(&f, NULL), 0);
    }
    for (int i = 0; i < FIXTURE_SLOTS; i++) {
        vigil_waker_close(&wakers[i]);
    }
    close_fixture(&f);
}

/* A registry is not cloned here, but shared: two threads open a waker each. */
typedef struct opener {
    fixture *f;
    vigil_token token;
} opener;

static void open_wake_close(void *argument)
{
    const opener *o = argument;
    vigil_waker waker;
    check_ok(vigil_waker_open(&waker, o->f->registry, o->token));
    check_ok(vigil_waker_wake(&waker));
    sleep_ms(20);
    vigil_waker_close(&waker);
}

static void waker__using_multiple_wakers_panics_different_cloned_registries(void **state)
{
    (void)state;
    fixture f;
    test_thread threads[2];
    opener openers[2];
    open_fixture(&f);
    for (vigil_token i = 0; i < 2; i++) {
        openers[i] = (opener){&f, i};
        start_thread(&threads[i], open_wake_close, &openers[i]);
    }
    vigil_event event = next_event(&f);
    check(vigil_event_is_readable(event));
    check(event.token < 2);
    for (int i = 0; i < 2; i++) {
        join_thread(&threads[i]);
    }
    expect_no_events(&f);
    close_fixture(&f);
}

/* Both descriptors of a poll with a waker are close-on-exec, the channel does
 * not block, and there is one of it however many wakers there are. */
static void waker__descriptors(void **state)
{
    (void)state;
    fixture f;
    vigil_waker wakers[5];
    unsigned before = open_descriptors();
    open_fixture(&f);
    check_equal(open_descriptors(), before + 1);
    for (vigil_token i = 0; i < 5; i++) {
        check_ok(vigil_waker_open(&wakers[i], f.registry, i));
        check_equal(open_descriptors(), before + 2);
    }
    check(is_close_on_exec(f.poll.registry.selector.epoll));
    check(is_close_on_exec(f.poll.registry.wake.channel.eventfd));
    check(is_nonblocking(f.poll.registry.wake.channel.eventfd));
    for (int i = 0; i < 5; i++) {
        vigil_waker_close(&wakers[i]);
    }
    close_fixture(&f);
    check_equal(open_descriptors(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(waker__waker),
        kernel_test(waker__multiple_wakeups_same_thread),
        kernel_test(waker__wakeup_different_thread),
        kernel_test(waker__multiple_wakeups_different_thread),
        kernel_test(waker__using_multiple_wakers_panics),
        kernel_test(waker__using_multiple_wakers_panics_different_cloned_registries),
        kernel_test(waker__descriptors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
