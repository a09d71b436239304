/* SPDX-License-Identifier: MIT */

/* The readiness contract, rules C1 to C4 and C6, for every kind of descriptor
 * and every trigger. The other rules have files of their own: contract_*. */
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/kinds.h"

#include <stdio.h>
#include <unistd.h>

#define TRIGGERS 4
static const vigil_interest triggers[TRIGGERS] = {
    0, /* edge */
    VIGIL_LEVEL,
    VIGIL_ONESHOT,
    VIGIL_LEVEL | VIGIL_ONESHOT,
};

/* Runs `rule` for each kind with each trigger of `first` to `last`. */
static void for_each(void (*rule)(fixture *f, const kind *k, int fd[2], vigil_interest trigger),
                     int first, int last)
{
    for (int k = 0; k < KINDS; k++) {
        for (int t = first; t <= last; t++) {
            fixture f;
            int fd[2];
            print_message("  %s, %s\n", kinds[k].name,
                          vigil_interest_name(VIGIL_READABLE | triggers[t]));
            open_fixture(&f);
            kinds[k].open(fd);
            rule(&f, &kinds[k], fd, triggers[t]);
            close_fixture(&f);
            close_pair(fd);
        }
    }
}

static void for_every_trigger(void (*rule)(fixture *f, const kind *k, int fd[2],
                                           vigil_interest trigger))
{
    for_each(rule, 0, TRIGGERS - 1);
}

static void ready_before_register(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source in;
    vigil_source out;
    k->put(fd[1]);
    watch(f, &in, fd[0], 1, VIGIL_READABLE | trigger);
    check(vigil_event_is_readable(wait_for(f, 1)));
    unwatch(f, &in);
    watch(f, &out, fd[1], 2, VIGIL_WRITABLE | trigger);
    vigil_event event = wait_for(f, 2);
    check(vigil_event_is_writable(event));
    check(!vigil_event_is_readable(event));
    unwatch(f, &out);
}

static void c1_what_is_ready_is_reported_after_register(void **state)
{
    (void)state;
    for_every_trigger(ready_before_register);
}

/* Nothing new has come, and the first report was taken: reregistering reports
 * it again, with the new token alone. */
static void ready_before_reregister(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    check(vigil_event_is_readable(wait_for(f, 1)));
    for (vigil_token token = 2; token < 5; token++) {
        check_ok(vigil_registry_reregister(f->registry, &source, token, VIGIL_READABLE | trigger));
        check(vigil_event_is_readable(wait_for(f, token)));
    }
    unwatch(f, &source);
}

static void c1_what_is_ready_is_reported_after_reregister(void **state)
{
    (void)state;
    for_every_trigger(ready_before_reregister);
}

/* From any trigger to any other: from there on, the new one holds. */
static void change_to_level_and_back(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    (void)wait_for(f, 1);
    check_ok(vigil_registry_reregister(f->registry, &source, 2, VIGIL_READABLE | VIGIL_LEVEL));
    for (int i = 0; i < 4; i++) {
        check_equal(take_ready(f, NULL), 1);
    }
    check_ok(vigil_registry_reregister(f->registry, &source, 3, VIGIL_READABLE | trigger));
    vigil_event event = {0};
    check_equal(take_ready(f, &event), 1);
    check_equal(event.token, 3);
    check_equal(take_ready(f, NULL), trigger == VIGIL_LEVEL ? 1 : 0);
    unwatch(f, &source);
}

static void c1_reregister_replaces_the_trigger(void **state)
{
    (void)state;
    for_every_trigger(change_to_level_and_back);
}

static void change_interest(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    if (!k->both_ways) {
        return;
    }
    vigil_source source;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    check_ok(vigil_registry_reregister(f->registry, &source, 2, VIGIL_WRITABLE | trigger));
    vigil_event event = wait_for(f, 2);
    check(vigil_event_is_writable(event));
    check(!vigil_event_is_readable(event));
    check_ok(vigil_registry_reregister(f->registry, &source, 3,
                                       VIGIL_READABLE | VIGIL_WRITABLE | trigger));
    event = wait_for(f, 3);
    check(vigil_event_is_writable(event));
    check(vigil_event_is_readable(event));
    unwatch(f, &source);
}

static void c1_reregister_replaces_the_interest(void **state)
{
    (void)state;
    for_every_trigger(change_interest);
}

/* An event in hand is told with the new token, and as far as the new interest
 * asks for it; not at all if it does not. */
static void change_in_hand(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    if (!k->both_ways) {
        return;
    }
    vigil_source source;
    vigil_event event;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_WRITABLE | trigger);
    wait_once(f, VIGIL_FOREVER);
    check_ok(vigil_registry_reregister(f->registry, &source, 2, VIGIL_WRITABLE | trigger));
    check(vigil_events_next(&f->events, &event));
    check_equal(event.token, 2);
    check(vigil_event_is_writable(event));
    check(!vigil_event_is_readable(event));
    wait_once(f, VIGIL_FOREVER);
    check_ok(vigil_registry_reregister(f->registry, &source, 3, VIGIL_PRIORITY | trigger));
    check(!vigil_events_next(&f->events, &event));
    unwatch(f, &source);
}

static void c1_reregister_reaches_the_batch_in_hand(void **state)
{
    (void)state;
    for_every_trigger(change_in_hand);
}

static void readable_again(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    expect_no_events(f);
    for (int i = 0; i < 20; i++) {
        k->put(fd[1]);
        check(vigil_event_is_readable(wait_for(f, 1)));
        k->empty(fd[0]);
        check_equal(take_ready(f, NULL), 0);
    }
    unwatch(f, &source);
}

static void c2_edge_readable_after_would_block(void **state)
{
    (void)state;
    for_each(readable_again, 0, 0);
}

/* Writable at first, full then, and reported once there is room again. */
static void writable_again(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    watch(f, &source, fd[1], 1, VIGIL_WRITABLE | trigger);
    for (int i = 0; i < 3; i++) {
        check(vigil_event_is_writable(wait_until(f, 1, vigil_event_is_writable)));
        k->fill(fd[1]);
        k->empty(fd[0]);
    }
    check(vigil_event_is_writable(wait_until(f, 1, vigil_event_is_writable)));
    unwatch(f, &source);
}

static void c2_edge_writable_after_would_block(void **state)
{
    (void)state;
    for_each(writable_again, 0, 0);
}

/* The one who has not drained is owed nothing, and what he gets is no lie:
 * reports come with new data only, never out of nothing. */
static void quiet_without_news(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    (void)wait_for(f, 1);
    expect_no_events(f);
    unwatch(f, &source);
}

static void c2_edge_is_quiet_without_news(void **state)
{
    (void)state;
    for_each(quiet_without_news, 0, 0);
}

static void level_while_it_holds(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    for (int round = 0; round < 3; round++) {
        expect_no_events(f);
        k->put(fd[1]);
        check(vigil_event_is_readable(wait_for(f, 1)));
        for (int i = 0; i < 10; i++) {
            vigil_event event = {0};
            check_equal(take_ready(f, &event), 1);
            check(vigil_event_is_readable(event));
        }
        k->empty(fd[0]);
    }
    expect_no_events(f);
    unwatch(f, &source);
}

static void c3_level_readable_by_each_wait_while_it_holds(void **state)
{
    (void)state;
    for_each(level_while_it_holds, 1, 1);
}

static void level_writable(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    watch(f, &source, fd[1], 1, VIGIL_WRITABLE | trigger);
    for (int i = 0; i < 10; i++) {
        check(vigil_event_is_writable(wait_for(f, 1)));
    }
    k->fill(fd[1]);
    if (k->stays_full) {
        expect_no_events(f);
    }
    k->empty(fd[0]);
    for (int i = 0; i < 10; i++) {
        check(vigil_event_is_writable(wait_for(f, 1)));
    }
    unwatch(f, &source);
}

static void c3_level_writable_by_each_wait_while_it_holds(void **state)
{
    (void)state;
    for_each(level_writable, 1, 1);
}

static void once(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    vigil_source source;
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    for (vigil_token token = 1; token < 3; token++) {
        k->put(fd[1]);
        check(vigil_event_is_readable(wait_for(f, token)));
        k->put(fd[1]);
        check_equal(take_ready(f, NULL), 0);
        k->empty(fd[0]);
        k->put(fd[1]);
        expect_no_events(f);
        k->empty(fd[0]);
        check_ok(
            vigil_registry_reregister(f->registry, &source, token + 1, VIGIL_READABLE | trigger));
        check_equal(take_ready(f, NULL), 0);
    }
    unwatch(f, &source);
}

static void c4_oneshot_reports_once_per_arming(void **state)
{
    (void)state;
    for_each(once, 2, 3);
}

static void once_hangup(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    if (k->one_object) {
        return; /* An eventfd has no other end to hang up. */
    }
    vigil_source source;
    k->put(fd[1]);
    watch(f, &source, fd[0], 1, VIGIL_READABLE | trigger);
    check(!vigil_event_is_read_closed(wait_for(f, 1)));
    int other = fd[1];
    fd[1] = check_os(dup(fd[0])); /* for close_pair() */
    check_os(close(other));
    expect_no_events(f);
    check_ok(vigil_registry_reregister(f->registry, &source, 2, VIGIL_READABLE | trigger));
    check(vigil_event_is_read_closed(wait_until(f, 2, vigil_event_is_readable)));
    expect_no_events(f);
    unwatch(f, &source);
}

static void c4_oneshot_hangup_counts_and_waits_for_arming(void **state)
{
    (void)state;
    for_each(once_hangup, 2, 3);
}

static bool says_hangup(vigil_event event)
{
    return vigil_event_is_read_closed(event) && vigil_event_is_write_closed(event);
}

/* Asked for urgent data alone; a reset of TCP comes from unread data. */
static void hangup_unasked(fixture *f, const kind *k, int fd[2], vigil_interest trigger)
{
    if (k->one_object) {
        return;
    }
    vigil_source source;
    k->put(fd[1]);
    if (k->both_ways) {
        k->put(fd[0]);
    }
    watch(f, &source, fd[0], 1, VIGIL_PRIORITY | trigger);
    expect_no_events(f);
    int other = fd[1];
    fd[1] = check_os(dup(fd[0]));
    check_os(close(other));
    vigil_event event = wait_until(f, 1, says_hangup);
    check(!vigil_event_is_readable(event));
    check(!vigil_event_is_writable(event));
    unwatch(f, &source);
}

static void c6_hangup_reaches_every_interest(void **state)
{
    (void)state;
    for_every_trigger(hangup_unasked);
}

/* The reader of a pipe goes: its writer is told of an error, and asked for
 * something else. */
static void c6_error_reaches_every_interest(void **state)
{
    (void)state;
    for (int t = 0; t < TRIGGERS; t++) {
        fixture f;
        int fd[2];
        vigil_source source;
        open_fixture(&f);
        open_pipe(fd);
        watch(&f, &source, fd[1], 1, VIGIL_PRIORITY | triggers[t]);
        expect_no_events(&f);
        check_os(close(fd[0]));
        vigil_event event = wait_for(&f, 1);
        check(vigil_event_is_error(event));
        check(vigil_event_is_write_closed(event));
        check(!vigil_event_is_read_closed(event));
        unwatch(&f, &source);
        check_os(close(fd[1]));
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c1_what_is_ready_is_reported_after_register),
        kernel_test(c1_what_is_ready_is_reported_after_reregister),
        kernel_test(c1_reregister_replaces_the_trigger),
        kernel_test(c1_reregister_replaces_the_interest),
        kernel_test(c1_reregister_reaches_the_batch_in_hand),
        kernel_test(c2_edge_readable_after_would_block),
        kernel_test(c2_edge_writable_after_would_block),
        kernel_test(c2_edge_is_quiet_without_news),
        kernel_test(c3_level_readable_by_each_wait_while_it_holds),
        kernel_test(c3_level_writable_by_each_wait_while_it_holds),
        kernel_test(c4_oneshot_reports_once_per_arming),
        kernel_test(c4_oneshot_hangup_counts_and_waits_for_arming),
        kernel_test(c6_hangup_reaches_every_interest),
        kernel_test(c6_error_reaches_every_interest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
