/* SPDX-License-Identifier: MIT */

/* Sources that are not reported for a while. */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define TOKEN 7
#define OTHER 8

/* One end of a pair, which has a byte to be read, and its pause. */
typedef struct paused_rig {
    fixture f;
    int pair[2];
    vigil_source source;
    vigil_pause pause;
} paused_rig;

static void open_readable(paused_rig *r, vigil_interest interest)
{
    open_fixture(&r->f);
    open_unix_pair(r->pair);
    r->pause = (vigil_pause)VIGIL_PAUSE_NONE;
    watch(&r->f, &r->source, r->pair[0], TOKEN, interest);
    write_bytes(r->pair[1], 1);
}

static void close_readable(paused_rig *r)
{
    if (vigil_source_is_registered(&r->source)) {
        unwatch(&r->f, &r->source);
    }
    close_pair(r->pair);
    close_fixture(&r->f);
}

static vigil_status begin(paused_rig *r, vigil_interest interest, vigil_timeout duration)
{
    return vigil_pause_begin(&r->pause, r->f.registry, &r->source, TOKEN, interest, duration);
}

static vigil_status end(paused_rig *r)
{
    return vigil_pause_end(&r->pause, r->f.registry, &r->source);
}

static vigil_status end_if_due(paused_rig *r)
{
    return vigil_pause_end_if_due(&r->pause, r->f.registry, &r->source);
}

static void expect_readable(paused_rig *r, vigil_token token)
{
    vigil_event event = wait_for(&r->f, token);
    check(vigil_event_is_readable(event));
}

/* --- silence, and what ends it --------------------------------------------------------- */

/* What comes meanwhile is not reported either. */
static void silence(vigil_interest interest)
{
    paused_rig r;
    open_readable(&r, interest);
    check(!vigil_pause_is_active(&r.pause));
    check_ok(begin(&r, interest, VIGIL_FOREVER));
    check(vigil_pause_is_active(&r.pause));
    expect_no_events(&r.f);
    write_bytes(r.pair[1], 1);
    expect_no_events(&r.f);
    check_ok(end_if_due(&r));
    check(vigil_pause_is_active(&r.pause));
    expect_no_events(&r.f);
    check_ok(end(&r));
    check(!vigil_pause_is_active(&r.pause));
    expect_readable(&r, TOKEN);
    read_bytes(r.pair[0], 2);
    expect_no_events(&r.f);
    close_readable(&r);
}

static void pause__is_silent(void **state)
{
    (void)state;
    silence(VIGIL_READABLE);
    silence(VIGIL_READABLE | VIGIL_LEVEL);
    silence(VIGIL_READABLE | VIGIL_ONESHOT);
}

/* What is registered when it ends is what was registered before: an edge is told once,
 * a level at each wait. */
static void pause__gives_the_trigger_back(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_FOREVER));
    check_ok(end(&r));
    expect_readable(&r, TOKEN);
    expect_no_events(&r.f);
    check_ok(begin(&r, VIGIL_READABLE | VIGIL_LEVEL, VIGIL_FOREVER));
    check_ok(end(&r));
    for (int i = 0; i < 3; i++) {
        expect_readable(&r, TOKEN);
    }
    check_ok(vigil_pause_begin(&r.pause, r.f.registry, &r.source, OTHER,
                               VIGIL_WRITABLE | VIGIL_ONESHOT, VIGIL_FOREVER));
    check_ok(end(&r));
    vigil_event event = wait_for(&r.f, OTHER);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    expect_no_events(&r.f);
    close_readable(&r);
}

static void pause__drops_what_is_in_hand(void **state)
{
    (void)state;
    paused_rig r;
    vigil_event event;
    open_readable(&r, VIGIL_READABLE | VIGIL_LEVEL);
    wait_once(&r.f, VIGIL_NO_WAIT);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_FOREVER));
    check(!vigil_events_next(&r.f.events, &event));
    check_ok(end(&r));
    expect_readable(&r, TOKEN);
    close_readable(&r);
}

/* epoll(7) reports hang-up whatever is asked for: at least it does so once only. */
static void pause__hang_up_is_told_once(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE | VIGIL_LEVEL);
    check_ok(begin(&r, VIGIL_READABLE | VIGIL_LEVEL, VIGIL_FOREVER));
    check_os(close(r.pair[1]));
    vigil_event event = wait_for(&r.f, TOKEN);
    check(vigil_event_is_read_closed(event));
    expect_no_events(&r.f);
    check_ok(end(&r));
    expect_readable(&r, TOKEN);
    r.pair[1] = open_eventfd();
    close_readable(&r);
}

/* Nothing is due before its time, and a wait of no more than is left ends at it. */
static void pause__lasts_as_long_as_it_was_told(void **state)
{
    (void)state;
    paused_rig r;
    unsigned waits = 0;
    open_readable(&r, VIGIL_READABLE);
    uint64_t begun_ns = now_ns();
    check_ok(begin(&r, VIGIL_READABLE, vigil_ms(30)));
    while (vigil_pause_is_active(&r.pause)) {
        wait_once(&r.f, vigil_pause_timeout(&r.pause, VIGIL_FOREVER));
        check_ok(end_if_due(&r));
        waits++;
    }
    check_within(now_ns() - begun_ns, 30 * MS_IN_NS, UINT64_MAX);
    check_within(waits, 1, 2);
    expect_readable(&r, TOKEN);
    close_readable(&r);
}

static void pause__timeout_is_the_shorter(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_equal(vigil_pause_timeout(&r.pause, VIGIL_FOREVER).ns, VIGIL_FOREVER_NS);
    check_equal(vigil_pause_timeout(&r.pause, vigil_ns(3)).ns, 3);
    check_ok(begin(&r, VIGIL_READABLE, vigil_seconds(100)));
    check_within(vigil_pause_timeout(&r.pause, VIGIL_FOREVER).ns, 1, 100 * SECOND_IN_NS);
    check_within(vigil_pause_timeout(&r.pause, vigil_seconds(1000)).ns, 1, 100 * SECOND_IN_NS);
    check_equal(vigil_pause_timeout(&r.pause, vigil_ns(3)).ns, 3);
    check_equal(vigil_pause_timeout(&r.pause, VIGIL_NO_WAIT).ns, 0);
    check_ok(end(&r));
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_FOREVER));
    check_equal(vigil_pause_timeout(&r.pause, VIGIL_FOREVER).ns, VIGIL_FOREVER_NS);
    check_equal(vigil_pause_timeout(&r.pause, vigil_ns(3)).ns, 3);
    check_ok(end(&r));
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_NO_WAIT));
    check_equal(vigil_pause_timeout(&r.pause, VIGIL_FOREVER).ns, 0);
    check_ok(end_if_due(&r));
    check(!vigil_pause_is_active(&r.pause));
    check_equal(VIGIL_PAUSE_EXHAUSTED.ns, 25 * MS_IN_NS);
    close_readable(&r);
}

/* --- what it does not begin with --------------------------------------------------------- */

/* Everything is as it was: the source is reported, and nothing is paused. */
static void expect_refused(paused_rig *r, vigil_status actual, vigil_status expected)
{
    check_status(actual, expected);
    check(!vigil_pause_is_active(&r->pause));
    expect_readable(r, TOKEN);
}

static void pause__that_cannot_begin(void **state)
{
    (void)state;
    paused_rig r;
    fixture other;
    const vigil_interest wrong[] = {0, VIGIL_LEVEL, VIGIL_READABLE | 32, UINT32_MAX};
    open_readable(&r, VIGIL_READABLE | VIGIL_LEVEL);
    open_fixture(&other);
    for (size_t i = 0; i < 4; i++) {
        expect_refused(&r, begin(&r, wrong[i], VIGIL_FOREVER), VIGIL_EINVAL);
    }
    expect_refused(&r,
                   vigil_pause_begin(&r.pause, other.registry, &r.source, TOKEN, VIGIL_READABLE,
                                     VIGIL_FOREVER),
                   VIGIL_EFOREIGN);
    vigil_source bare = vigil_source_from_fd(r.pair[1]);
    expect_refused(
        &r, vigil_pause_begin(&r.pause, r.f.registry, &bare, TOKEN, VIGIL_READABLE, VIGIL_FOREVER),
        VIGIL_ENOENT);
    close_fixture(&other);
    close_readable(&r);
}

static void pause__is_of_one_source(void **state)
{
    (void)state;
    paused_rig r;
    vigil_source second;
    open_readable(&r, VIGIL_READABLE);
    watch(&r.f, &second, r.pair[1], OTHER, VIGIL_WRITABLE | VIGIL_LEVEL);
    check_ok(begin(&r, VIGIL_READABLE, vigil_seconds(100)));
    vigil_pause before = r.pause;
    check_status(begin(&r, VIGIL_WRITABLE, VIGIL_NO_WAIT), VIGIL_EBUSY);
    check_status(
        vigil_pause_begin(&r.pause, r.f.registry, &second, OTHER, VIGIL_READABLE, VIGIL_FOREVER),
        VIGIL_EBUSY);
    check_equal(r.pause.end_ns, before.end_ns);
    check_equal(r.pause.interest, VIGIL_READABLE);
    (void)wait_for(&r.f, OTHER);
    unwatch(&r.f, &second);
    check_ok(end(&r));
    expect_readable(&r, TOKEN);
    close_readable(&r);
}

static void refuse_to_begin(void *rig)
{
    paused_rig *r = rig;
    refuse_system_call(SYS_epoll_ctl, ENOMEM);
    check_status(begin(r, VIGIL_READABLE, VIGIL_FOREVER), VIGIL_ENOMEM);
    check(!vigil_pause_is_active(&r->pause));
    expect_readable(r, TOKEN);
}

static void pause__that_the_kernel_refuses(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE | VIGIL_LEVEL);
    run_child(refuse_to_begin, &r);
    close_readable(&r);
}

/* --- what becomes of the source meanwhile ------------------------------------------------- */

static void expect_over(paused_rig *r, vigil_status actual, vigil_status expected)
{
    check_status(actual, expected);
    check(!vigil_pause_is_active(&r->pause));
    check_ok(end(r));
    check_ok(end_if_due(r));
    check_equal(vigil_pause_timeout(&r->pause, VIGIL_FOREVER).ns, VIGIL_FOREVER_NS);
}

static void pause__of_none_ends_at_once(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    memset(&r.pause, 0, sizeof r.pause);
    expect_over(&r, end(&r), VIGIL_OK);
    expect_readable(&r, TOKEN);
    expect_no_events(&r.f);
    close_readable(&r);
}

static void pause__of_what_was_deregistered(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_NO_WAIT));
    unwatch(&r.f, &r.source);
    expect_over(&r, end_if_due(&r), VIGIL_ENOENT);
    expect_no_events(&r.f);
    close_readable(&r);
}

/* A new registration is somebody else's, though it has the same source, the same slot
 * and another token. */
static void pause__of_what_was_registered_again(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_NO_WAIT));
    unwatch(&r.f, &r.source);
    check_ok(vigil_registry_register(r.f.registry, &r.source, OTHER, VIGIL_READABLE | VIGIL_LEVEL));
    expect_over(&r, end(&r), VIGIL_ENOENT);
    expect_readable(&r, OTHER);
    expect_readable(&r, OTHER);
    close_readable(&r);
}

static void pause__of_what_was_registered_elsewhere(void **state)
{
    (void)state;
    paused_rig r;
    fixture other;
    open_readable(&r, VIGIL_READABLE);
    open_fixture(&other);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_NO_WAIT));
    unwatch(&r.f, &r.source);
    check_ok(vigil_registry_register(other.registry, &r.source, OTHER, VIGIL_READABLE));
    expect_over(&r, end(&r), VIGIL_ENOENT);
    (void)wait_for(&other, OTHER);
    expect_no_events(&other);
    unwatch(&other, &r.source);
    close_fixture(&other);
    close_readable(&r);
}

/* Who reregisters knows what for; the pause does not undo it. */
static void pause__of_what_was_reregistered(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_NO_WAIT));
    check_ok(vigil_registry_reregister(r.f.registry, &r.source, OTHER, VIGIL_WRITABLE));
    expect_over(&r, end(&r), VIGIL_ENOENT);
    vigil_event event = wait_for(&r.f, OTHER);
    check(!vigil_event_is_readable(event));
    close_readable(&r);
}

static void pause__of_what_was_closed(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_pause pause = VIGIL_PAUSE_NONE;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, TOKEN, VIGIL_READABLE);
    check_ok(vigil_pause_begin(&pause, r.f.registry, &r.listener.source, TOKEN, VIGIL_READABLE,
                               VIGIL_NO_WAIT));
    check_ok(vigil_tcp_listener_close(&r.listener));
    check_status(vigil_pause_end_if_due(&pause, r.f.registry, &r.listener.source), VIGIL_ENOENT);
    check(!vigil_pause_is_active(&pause));
    close_rig(&r);
}

static void pause__of_what_was_closed_behind_it(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_FOREVER));
    check_os(close(r.pair[0]));
    check_status(end(&r), VIGIL_EBADF);
    check(vigil_pause_is_active(&r.pause));
    unwatch(&r.f, &r.source);
    expect_over(&r, end(&r), VIGIL_ENOENT);
    r.pair[0] = open_eventfd();
    watch(&r.f, &r.source, r.pair[0], TOKEN, VIGIL_READABLE);
    check_os(close(r.pair[0]));
    check_status(begin(&r, VIGIL_READABLE, VIGIL_FOREVER), VIGIL_EBADF);
    check(!vigil_pause_is_active(&r.pause));
    r.pair[0] = open_eventfd();
    close_readable(&r);
}

/* The number is another's by the time the pause ends, and the registration is none of
 * the other's: the pause is over. */
static void pause__of_a_number_that_is_used_again(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    check_ok(begin(&r, VIGIL_READABLE, VIGIL_FOREVER));
    check_os(close(r.pair[0]));
    check_equal(open_eventfd(), r.pair[0]);
    expect_over(&r, end(&r), VIGIL_ENOENT);
    check_os(close(r.pair[0]));
    unwatch(&r.f, &r.source);
    r.pair[0] = open_eventfd();
    watch(&r.f, &r.source, r.pair[0], TOKEN, VIGIL_READABLE);
    close_readable(&r);
}

/* It is tried again after the same time, and not at once: nothing spins. */
static void refuse_to_end(void *rig)
{
    paused_rig *r = rig;
    check_ok(begin(r, VIGIL_READABLE, vigil_ms(1)));
    sleep_ms(2);
    refuse_system_call(SYS_epoll_ctl, ENOMEM);
    for (int i = 0; i < 3; i++) {
        uint64_t tried_ns = now_ns();
        check_status(end_if_due(r), VIGIL_ENOMEM);
        check(vigil_pause_is_active(&r->pause));
        check_within(r->pause.end_ns, tried_ns + MS_IN_NS, now_ns() + MS_IN_NS);
        sleep_ms(2);
    }
    expect_no_events(&r->f);
}

static void pause__that_the_kernel_does_not_let_end(void **state)
{
    (void)state;
    paused_rig r;
    open_readable(&r, VIGIL_READABLE);
    run_child(refuse_to_end, &r);
    close_readable(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(pause__is_silent),
        kernel_test(pause__gives_the_trigger_back),
        kernel_test(pause__drops_what_is_in_hand),
        kernel_test(pause__hang_up_is_told_once),
        kernel_test(pause__lasts_as_long_as_it_was_told),
        kernel_test(pause__timeout_is_the_shorter),
        kernel_test(pause__that_cannot_begin),
        kernel_test(pause__is_of_one_source),
        kernel_test(pause__that_the_kernel_refuses),
        kernel_test(pause__of_none_ends_at_once),
        kernel_test(pause__of_what_was_deregistered),
        kernel_test(pause__of_what_was_registered_again),
        kernel_test(pause__of_what_was_registered_elsewhere),
        kernel_test(pause__of_what_was_reregistered),
        kernel_test(pause__of_what_was_closed),
        kernel_test(pause__of_what_was_closed_behind_it),
        kernel_test(pause__of_a_number_that_is_used_again),
        kernel_test(pause__that_the_kernel_does_not_let_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
