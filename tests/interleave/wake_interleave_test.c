/* SPDX-License-Identifier: MIT */

/* Rule C9 point by point: a wake, the opening or the closing of a waker falls
 * between any two steps of a wait, and between any two steps of each other. */
#include "base/limits.h"
#include "interleave/interleave.h"
#include "poll/wake.h"
#include "support/descriptors.h"
#include "support/fixture.h"

#include <poll.h>
#include <unistd.h>

enum {
    TOKEN_FIRST = 11,
    TOKEN_SECOND = 22,
    TOKEN_SOURCE = 33,
    TOKENS = 40
};

typedef struct stage {
    fixture f;
    vigil_waker first;
    vigil_waker second;
    vigil_source source;
    int fd;
    bool prepared;         /* the thread may sleep */
    vigil_status status;   /* of the operation */
    unsigned seen[TOKENS]; /* events, by token */
    unsigned late[TOKENS]; /* of those, the ones of waits behind the operation */
} stage;

static void take_all(stage *s, unsigned *late)
{
    vigil_event event;
    while (vigil_events_next(&s->f.events, &event)) {
        check_within(event.token, 0, TOKENS - 1);
        check(vigil_event_is_readable(event));
        s->seen[event.token]++;
        if (late != NULL) {
            late[event.token]++;
        }
    }
}

static void begin_empty(stage *s, size_t capacity)
{
    *s = (stage){.fd = -1};
    open_small_fixture(&s->f, FIXTURE_SLOTS, capacity);
}

/* Two wakers, whose opening nobody hears any more. */
static void begin(void *argument)
{
    stage *s = argument;
    begin_empty(s, FIXTURE_EVENTS);
    check_ok(vigil_waker_open(&s->first, s->f.registry, TOKEN_FIRST));
    check_ok(vigil_waker_open(&s->second, s->f.registry, TOKEN_SECOND));
    check_equal(take_ready(&s->f, NULL), 0);
}

static void wait_forever(void *argument)
{
    stage *s = argument;
    s->status = vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_FOREVER);
    take_all(s, NULL);
}

static void wait_a_while(void *argument)
{
    stage *s = argument;
    s->status = vigil_poll_wait(&s->f.poll, &s->f.events, vigil_ms(60000));
    take_all(s, NULL);
}

static void look(void *argument)
{
    stage *s = argument;
    s->status = vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT);
    take_all(s, NULL);
}

static void look_later(stage *s)
{
    check_ok(vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT));
    take_all(s, s->late);
}

static void wake_first(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_wake(&s->first));
}

static void wake_both(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_wake(&s->first));
    check_ok(vigil_waker_wake(&s->second));
}

static void clean_up(stage *s)
{
    vigil_waker_close(&s->first);
    vigil_waker_close(&s->second);
    if (s->fd >= 0) {
        if (s->source.registry != NULL) {
            unwatch(&s->f, &s->source);
        }
        check_os(close(s->fd));
    }
    close_fixture(&s->f);
}

static void end_woken(void *argument)
{
    stage *s = argument;
    check(!has_slept_on());
    check_ok(s->status);
    check_equal(s->seen[TOKEN_FIRST], 1);
    check_within(passed(DOOR_SIGNAL), 0, 1);
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 1);
    clean_up(s);
}

static void a_wake_ends_an_endless_wait(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wait_forever, wake_first, end_woken, &s, false};
    check_within(interleave(&play), 6, 100);
}

static void a_wake_ends_a_finite_wait(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wait_a_while, wake_first, end_woken, &s, false};
    check_within(interleave(&play), 8, 100);
}

static void end_both_once(void *argument)
{
    stage *s = argument;
    check(!has_slept_on());
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 1);
    check_equal(s->seen[TOKEN_SECOND], 1);
    check_within(passed(DOOR_SIGNAL), 0, VIGIL_WAKE_TRIES_MAX + 1);
    clean_up(s);
}

static void two_wakes_come_once_each(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wait_forever, wake_both, end_both_once, &s, false};
    check_within(interleave(&play), 6, 100);
    play.operation = look;
    check_within(interleave(&play), 3, 100);
}

/* The first wake is refused by the kernel, and the next one tries again. */
static void wake_refused_then_another(void *argument)
{
    stage *s = argument;
    vigil_status first = vigil_waker_wake(&s->first);
    check(first == VIGIL_OK || first == VIGIL_EWOULDBLOCK);
    check_ok(vigil_waker_wake(&s->second));
}

static void begin_refused(void *argument)
{
    begin(argument);
    refuse_at(DOOR_SIGNAL, VIGIL_EWOULDBLOCK, VIGIL_WAKE_TRIES_MAX);
}

static void a_refused_wake_leaves_room_for_the_next(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_refused, wait_forever, wake_refused_then_another, end_both_once, &s, false};
    check_within(interleave(&play), 6, 100);
}

/* Where another loop watches the poll's descriptor, a wake that no wait has
 * reported makes it readable. */
static void begin_nested(void *argument)
{
    stage *s = argument;
    begin(s);
    check_ok(vigil_poll_fd(&s->f.poll, &s->fd));
    s->fd = dup(s->fd);
}

static void begin_nested_and_woken(void *argument)
{
    stage *s = argument;
    begin_nested(s);
    check_ok(vigil_waker_wake(&s->second));
}

static bool is_readable(int fd)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    return check_os(poll(&watched, 1, 0)) == 1;
}

static void end_nested(void *argument)
{
    stage *s = argument;
    check(s->seen[TOKEN_FIRST] == 1 || is_readable(s->fd));
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 1);
    for (unsigned wakes = 2; wakes < 5; wakes++) {
        check_ok(vigil_waker_wake(&s->first));
        check(is_readable(s->fd));
        look_later(s);
        check_equal(s->seen[TOKEN_FIRST], wakes);
    }
    clean_up(s);
}

static void a_nested_wake_is_seen_outside(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_nested, look, wake_first, end_nested, &s, false};
    check_within(interleave(&play), 3, 100);
    play.operation = wait_forever;
    check_within(interleave(&play), 6, 100);
    play.begin = begin_nested_and_woken;
    check_within(interleave(&play), 6, 100);
}

static void hand_out(void *argument)
{
    stage *s = argument;
    vigil_fd fd = VIGIL_FD_NONE;
    check_ok(vigil_poll_fd(&s->f.poll, &fd));
    s->fd = dup(fd);
}

/* The descriptor is handed out while a wake is on its way. */
static void handing_out_misses_no_wake(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, hand_out, wake_first, end_nested, &s, false};
    check_within(interleave(&play), 2, 100);
    play = (scene){begin, wake_first, hand_out, end_nested, &s, false};
    check_within(interleave(&play), 2, 100);
}

/* A batch of one, and a source that is always ready. */
static void begin_crowded(void *argument)
{
    stage *s = argument;
    begin_empty(s, 1);
    check_ok(vigil_waker_open(&s->first, s->f.registry, TOKEN_FIRST));
    check_ok(vigil_waker_open(&s->second, s->f.registry, TOKEN_SECOND));
    check_equal(take_ready(&s->f, NULL), 0);
    s->fd = open_eventfd();
    add_to_eventfd(s->fd, 1);
    watch(&s->f, &s->source, s->fd, TOKEN_SOURCE, VIGIL_READABLE | VIGIL_LEVEL);
    check_ok(vigil_waker_wake(&s->second));
}

/* Three are ready from the first of these waits on, and each has its turn. */
static void end_crowded(void *argument)
{
    stage *s = argument;
    for (int i = 0; i < 4; i++) {
        look_later(s);
    }
    check_equal(s->seen[TOKEN_FIRST], 1);
    check_equal(s->seen[TOKEN_SECOND], 1);
    check_within(s->seen[TOKEN_SOURCE], 2, 4);
    clean_up(s);
}

static void in_a_crowd_each_waker_has_its_turn(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_crowded, look, wake_first, end_crowded, &s, false};
    check_within(interleave(&play), 5, 100);
}

/* A thread sleeps in a poll without wakers when the first one is opened. */
static void begin_without_wakers(void *argument)
{
    begin_empty(argument, FIXTURE_EVENTS);
}

static void open_and_wake(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_open(&s->first, s->f.registry, TOKEN_FIRST));
    check_ok(vigil_waker_wake(&s->first));
}

static void end_opened(void *argument)
{
    stage *s = argument;
    check(!has_slept_on());
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 1);
    clean_up(s);
}

static void a_first_waker_is_heard_by_who_sleeps(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_without_wakers, wait_forever, open_and_wake, end_opened, &s, true};
    check_within(interleave(&play), 3, 100);
    play.operation = wait_a_while;
    check_within(interleave(&play), 3, 100);
    play.operation = look;
    check_within(interleave(&play), 3, 100);
}

/* The thread makes ready to sleep while another one wakes: it does not sleep, or
 * finds itself woken. */
static void make_ready(void *argument)
{
    stage *s = argument;
    s->prepared = vigil_wake_prepare(s->f.registry);
}

static void end_made_ready(void *argument)
{
    stage *s = argument;
    check(!s->prepared || is_readable(s->f.registry->selector.epoll));
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 1);
    clean_up(s);
}

static void who_makes_ready_to_sleep_is_woken(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wake_first, make_ready, end_made_ready, &s, false};
    check_within(interleave(&play), 3, 100);
    play = (scene){begin, make_ready, wake_first, end_made_ready, &s, false};
    check_within(interleave(&play), 3, 100);
}

/* The waker whose wake is pending is closed, and its slot goes to another. */
static void begin_pending(void *argument)
{
    stage *s = argument;
    begin_empty(s, FIXTURE_EVENTS);
    check_ok(vigil_waker_open(&s->first, s->f.registry, TOKEN_FIRST));
    check_equal(take_ready(&s->f, NULL), 0);
    check_ok(vigil_waker_wake(&s->first));
}

static void exchange_wakers(void *argument)
{
    stage *s = argument;
    uint32_t slot = s->first.slot;
    vigil_waker_close(&s->first);
    check_ok(vigil_waker_open(&s->second, s->f.registry, TOKEN_SECOND));
    check_equal(s->second.slot, slot);
    s->seen[TOKEN_FIRST] = 0; /* What was taken before the closing is fair. */
}

static void end_exchanged(void *argument)
{
    stage *s = argument;
    check_ok(vigil_waker_wake(&s->second));
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 0);
    check_equal(s->late[TOKEN_SECOND], 1);
    clean_up(s);
}

static void look_and_take_later(void *argument)
{
    stage *s = argument;
    s->status = vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT);
}

static void end_exchanged_in_hand(void *argument)
{
    stage *s = argument;
    take_all(s, NULL);
    end_exchanged(s);
}

static void a_closed_waker_is_not_heard(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_pending, look_and_take_later, exchange_wakers, end_exchanged_in_hand, &s,
                  true};
    check_within(interleave(&play), 5, 100);
}

static void exchange_for_source(void *argument)
{
    stage *s = argument;
    vigil_waker_close(&s->first);
    s->fd = open_eventfd();
    watch(&s->f, &s->source, s->fd, TOKEN_SOURCE, VIGIL_READABLE);
    s->seen[TOKEN_FIRST] = 0;
}

static void end_with_source(void *argument)
{
    stage *s = argument;
    take_all(s, NULL);
    look_later(s);
    check_equal(s->seen[TOKEN_FIRST], 0);
    check_equal(s->seen[TOKEN_SOURCE], 0);
    add_to_eventfd(s->fd, 1);
    look_later(s);
    check_equal(s->seen[TOKEN_SOURCE], 1);
    clean_up(s);
}

static void a_closed_waker_does_not_speak_for_a_source(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_pending, look_and_take_later, exchange_for_source, end_with_source, &s,
                  true};
    check_within(interleave(&play), 5, 100);
}

/* The slot is free for a while before it goes to a source. */
static void close_first(void *argument)
{
    stage *s = argument;
    vigil_waker_close(&s->first);
    s->seen[TOKEN_FIRST] = 0;
}

static void end_with_source_later(void *argument)
{
    stage *s = argument;
    s->fd = open_eventfd();
    watch(&s->f, &s->source, s->fd, TOKEN_SOURCE, VIGIL_READABLE);
    end_with_source(s);
}

static void a_closed_waker_leaves_nothing_behind(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_pending, look_and_take_later, close_first, end_with_source_later, &s, true};
    check_within(interleave(&play), 5, 100);
}

/* What a lost wake would look like. */
static void wake_nobody(void *argument)
{
    (void)argument;
}

static void end_asleep(void *argument)
{
    stage *s = argument;
    check(has_slept_on());
    check_status(s->status, VIGIL_EINTR);
    check_equal(s->seen[TOKEN_FIRST], 0);
    clean_up(s);
}

static void who_is_not_woken_sleeps_on(void **state)
{
    (void)state;
    stage s;
    scene play = {begin, wait_forever, wake_nobody, end_asleep, &s, false};
    check_within(interleave(&play), 6, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(who_is_not_woken_sleeps_on),
        kernel_test(a_wake_ends_an_endless_wait),
        kernel_test(a_wake_ends_a_finite_wait),
        kernel_test(two_wakes_come_once_each),
        kernel_test(a_refused_wake_leaves_room_for_the_next),
        kernel_test(a_nested_wake_is_seen_outside),
        kernel_test(handing_out_misses_no_wake),
        kernel_test(in_a_crowd_each_waker_has_its_turn),
        kernel_test(a_first_waker_is_heard_by_who_sleeps),
        kernel_test(who_makes_ready_to_sleep_is_woken),
        kernel_test(a_closed_waker_is_not_heard),
        kernel_test(a_closed_waker_does_not_speak_for_a_source),
        kernel_test(a_closed_waker_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
