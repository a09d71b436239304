/* SPDX-License-Identifier: MIT */

/* Batches of events: what mio's suite asserts in events.rs. */
#include "support/descriptors.h"
#include "support/fixture.h"

/* Where Rust has a trait for what can be registered, every place here begins
 * with its source: the address of one is the address of the other. */
static void events__assert_event_source_implemented_for(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    vigil_address address = vigil_address_loopback_ipv4(0);
    check_equal(offsetof(vigil_tcp_stream, source), 0);
    check_equal(offsetof(vigil_tcp_listener, source), 0);
    open_fixture(&f);
    check_ok(vigil_tcp_listener_bind(&listener, &address));
    vigil_source *source = (vigil_source *)(void *)&listener;
    check_ok(vigil_registry_register(f.registry, source, 1, VIGIL_READABLE));
    check(vigil_source_is_registered(&listener.source));
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

static void events__events_all(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_event event;
    open_small_fixture(&f, FIXTURE_SLOTS, 8);
    check_equal(vigil_events_capacity(&f.events), 8);
    check(!vigil_events_next(&f.events, &event));
    check_ok(vigil_waker_open(&waker, f.registry, 2));
    check_ok(vigil_waker_wake(&waker));
    check_ok(vigil_poll_wait(&f.poll, &f.events, vigil_ms(100)));
    check_equal(vigil_events_capacity(&f.events), 8);
    check(vigil_events_next(&f.events, &event));
    check_equal(event.token, 2);
    check(vigil_event_is_readable(event));
    check(!vigil_events_next(&f.events, &event));

    check_ok(vigil_waker_wake(&waker));
    check_ok(vigil_poll_wait(&f.poll, &f.events, vigil_ms(100)));
    vigil_events_clear(&f.events);
    check(!vigil_events_next(&f.events, &event));
    check_equal(vigil_events_capacity(&f.events), 8);
    expect_no_events(&f);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* A wait forgets what is left of the last one. */
static void events__a_wait_begins_afresh(void **state)
{
    (void)state;
    fixture f;
    vigil_waker wakers[3];
    open_fixture(&f);
    for (vigil_token i = 0; i < 3; i++) {
        check_ok(vigil_waker_open(&wakers[i], f.registry, i));
        check_ok(vigil_waker_wake(&wakers[i]));
    }
    wait_once(&f, VIGIL_FOREVER);
    check_equal(f.events.count, 3);
    wait_once(&f, VIGIL_NO_WAIT);
    check_equal(f.events.count, 0);
    expect_no_events(&f);
    for (int i = 0; i < 3; i++) {
        vigil_waker_close(&wakers[i]);
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(events__assert_event_source_implemented_for),
        kernel_test(events__events_all),
        kernel_test(events__a_wait_begins_afresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
