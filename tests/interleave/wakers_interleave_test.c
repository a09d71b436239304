/* SPDX-License-Identifier: MIT */

/* Rule C9 point by point, between wakers: one wakes between any two steps of another
 * one's wake, while a loop outside watches the poll. One of them signals, and neither
 * is lost. */
#include "interleave/interleave.h"
#include "support/fixture.h"

#include <poll.h>

enum {
    TOKEN_FIRST = 11,
    TOKEN_SECOND = 22
};

typedef struct stage {
    fixture f;
    vigil_waker first;
    vigil_waker second;
    vigil_fd watched;
    unsigned seen[2]; /* events of the first and the second */
} stage;

static void begin(void *argument)
{
    stage *s = argument;
    *s = (stage){.watched = VIGIL_FD_NONE};
    open_fixture(&s->f);
    check_ok(vigil_waker_open(&s->first, s->f.registry, TOKEN_FIRST));
    check_ok(vigil_waker_open(&s->second, s->f.registry, TOKEN_SECOND));
    check_ok(vigil_poll_fd(&s->f.poll, &s->watched));
    check_equal(take_ready(&s->f, NULL), 0);
}

static void wake_first(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_wake(&s->first));
}

static void wake_second(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_wake(&s->second));
}

static void wait_for_both(void *argument)
{
    stage *s = argument;
    vigil_event event;
    check_ok(vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT));
    while (vigil_events_next(&s->f.events, &event)) {
        s->seen[event.token == TOKEN_SECOND]++;
    }
}

static void end(void *argument)
{
    stage *s = argument;
    struct pollfd outside = {.fd = s->watched, .events = POLLIN};
    check_equal(passed(DOOR_SIGNAL), 1);
    check_equal(poll(&outside, 1, 0), 1);
    wait_for_both(s);
    check_equal(s->seen[0], 1);
    check_equal(s->seen[1], 1);
    wait_for_both(s);
    check_equal(s->seen[0] + s->seen[1], 2);
    vigil_waker_close(&s->first);
    vigil_waker_close(&s->second);
    close_fixture(&s->f);
}

static void two_wakes_within_each_other_signal_once(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wake_first, wake_second, end, &s, false};
    check_within(interleave(&play), 4, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_wakes_within_each_other_signal_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
