/* SPDX-License-Identifier: MIT */

/* Rules C3 and C4 point by point: a wait, a deregistering or a registering
 * falls between any two steps of registering, reregistering, deregistering and
 * of taking an event. */
#include "interleave/interleave.h"
#include "support/descriptors.h"
#include "support/fixture.h"

#include <unistd.h>

enum {
    OLD = 1,
    NEW = 2,
    OTHER = 3,
    TOKENS = 4
};

typedef struct stage {
    fixture f;
    vigil_source source; /* of an eventfd that can be read and written */
    vigil_source other;  /* of one that cannot be read */
    int fd;
    int other_fd;
    bool got;
    vigil_event event;
    vigil_status status;
    unsigned readable[TOKENS]; /* events that said so, by token */
    unsigned writable[TOKENS];
} stage;

static void take_all(stage *s)
{
    vigil_event event;
    while (vigil_events_next(&s->f.events, &event)) {
        check_within(event.token, OLD, OTHER);
        check(vigil_event_is_readable(event) || vigil_event_is_writable(event));
        s->readable[event.token] += vigil_event_is_readable(event);
        s->writable[event.token] += vigil_event_is_writable(event);
    }
}

static void look(void *argument)
{
    stage *s = argument;
    check_ok(vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT));
    take_all(s);
}

static unsigned count_all(const unsigned *events)
{
    return events[OLD] + events[NEW] + events[OTHER];
}

static void forget(stage *s)
{
    for (int token = 0; token < TOKENS; token++) {
        s->readable[token] = 0;
        s->writable[token] = 0;
    }
}

static void begin_unregistered(void *argument)
{
    stage *s = argument;
    *s = (stage){.fd = open_eventfd(), .other_fd = open_eventfd()};
    open_fixture(&s->f);
    add_to_eventfd(s->fd, 1);
    s->source = vigil_source_from_fd(s->fd);
    s->other = vigil_source_from_fd(s->other_fd);
}

static void begin_registered(void *argument)
{
    stage *s = argument;
    begin_unregistered(s);
    check_ok(vigil_registry_register(s->f.registry, &s->source, OLD, VIGIL_READABLE));
}

/* With the report of the source in hand. */
static void begin_reported(void *argument)
{
    stage *s = argument;
    begin_registered(s);
    check_ok(vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT));
}

static void clean_up(stage *s)
{
    (void)!vigil_registry_deregister(s->f.registry, &s->source);
    (void)!vigil_registry_deregister(s->f.registry, &s->other);
    close_fixture(&s->f);
    check_os(close(s->fd));
    check_os(close(s->other_fd));
}

static void add_source(void *argument)
{
    stage *s = argument;
    s->status = vigil_registry_register(s->f.registry, &s->source, OLD, VIGIL_READABLE);
}

static void end_registered(void *argument)
{
    stage *s = argument;
    check_ok(s->status);
    look(s);
    check_equal(s->readable[OLD], 1);
    check_equal(count_all(s->readable), 1);
    check_equal(count_all(s->writable), 0);
    clean_up(s);
}

static void registering_loses_no_edge(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_unregistered, add_source, look, end_registered, &s, false};
    check_within(interleave(&play), 4, 100);
}

static void end_refused(void *argument)
{
    stage *s = argument;
    check_status(s->status, VIGIL_ENOSPC);
    look(s);
    check_equal(count_all(s->readable) + count_all(s->writable), 0);
    add_source(s);
    end_registered(s);
}

static void begin_to_be_refused(void *argument)
{
    begin_unregistered(argument);
    refuse_at(DOOR_ADD, VIGIL_ENOSPC, 1);
}

static void a_refused_registering_is_silent(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_to_be_refused, add_source, look, end_refused, &s, false};
    check_within(interleave(&play), 4, 100);
}

static void add_other(void *argument)
{
    stage *s = argument;
    check_ok(vigil_registry_register(s->f.registry, &s->other, OTHER, VIGIL_WRITABLE));
}

static void end_both(void *argument)
{
    stage *s = argument;
    check(s->source.slot != s->other.slot);
    look(s);
    check_equal(s->writable[OTHER], 1);
    check_equal(count_all(s->writable), 1);
    s->writable[OTHER] = 0;
    end_registered(s);
}

static void two_registerings_take_two_slots(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_unregistered, add_source, add_other, end_both, &s, true};
    check_within(interleave(&play), 4, 100);
}

static void change_to_writable(void *argument)
{
    stage *s = argument;
    s->status = vigil_registry_reregister(s->f.registry, &s->source, NEW, VIGIL_WRITABLE);
    s->readable[OLD] = 0;
    s->readable[NEW] = 0;
}

/* What the old request reported may come with either token while the change is
 * under way, and not afterwards; what the new one reports has the new token. */
static void end_changed(void *argument)
{
    stage *s = argument;
    check_ok(s->status);
    take_all(s);
    look(s);
    check_equal(count_all(s->readable), 0);
    check_within(s->writable[NEW], 1, 2);
    check_equal(count_all(s->writable), s->writable[NEW]);
    clean_up(s);
}

static void reregistering_loses_no_edge(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_registered, change_to_writable, look, end_changed, &s, false};
    check_within(interleave(&play), 4, 100);
}

static void begin_not_to_change(void *argument)
{
    begin_registered(argument);
    refuse_at(DOOR_MODIFY, VIGIL_ENOMEM, 1);
}

static void try_to_change(void *argument)
{
    stage *s = argument;
    s->status = vigil_registry_reregister(s->f.registry, &s->source, NEW, VIGIL_WRITABLE);
}

static void end_unchanged(void *argument)
{
    stage *s = argument;
    check_status(s->status, VIGIL_ENOMEM);
    look(s);
    check_equal(count_all(s->readable), 1);
    check_equal(count_all(s->writable), 0);
    forget(s);
    add_to_eventfd(s->fd, 1);
    look(s);
    check_equal(s->readable[OLD], 1);
    clean_up(s);
}

static void a_refused_reregistering_loses_no_edge(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_not_to_change, try_to_change, look, end_unchanged, &s, false};
    check_within(interleave(&play), 4, 100);
}

static void remove_source(void *argument)
{
    stage *s = argument;
    check_ok(vigil_registry_deregister(s->f.registry, &s->source));
    s->readable[OLD] = 0; /* What was taken before is fair. */
}

static void end_removed(void *argument)
{
    stage *s = argument;
    take_all(s);
    look(s);
    check_equal(count_all(s->readable) + count_all(s->writable), 0);
    clean_up(s);
}

static void after_deregistering_there_is_silence(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_registered, remove_source, look, end_removed, &s, false};
    check_within(interleave(&play), 4, 100);
}

static void take_one(void *argument)
{
    stage *s = argument;
    s->got = vigil_events_next(&s->f.events, &s->event);
}

/* The slot of the source goes to the other one. */
static void exchange_sources(void *argument)
{
    stage *s = argument;
    uint32_t slot = s->source.slot;
    check_ok(vigil_registry_deregister(s->f.registry, &s->source));
    check_ok(vigil_registry_register(s->f.registry, &s->other, OTHER, VIGIL_READABLE));
    check_equal(s->other.slot, slot);
}

static void end_exchanged(void *argument)
{
    stage *s = argument;
    check(!s->got || (s->event.token == OLD && vigil_event_is_readable(s->event)));
    take_all(s);
    look(s);
    check_equal(count_all(s->readable) + count_all(s->writable), 0);
    clean_up(s);
}

static void a_report_speaks_for_no_other_source(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_reported, take_one, exchange_sources, end_exchanged, &s, true};
    check_within(interleave(&play), 5, 100);
}

static void wait_and_take(void *argument)
{
    stage *s = argument;
    check_ok(vigil_poll_wait(&s->f.poll, &s->f.events, VIGIL_NO_WAIT));
    s->got = vigil_events_next(&s->f.events, &s->event);
}

static void a_wait_reports_no_other_source(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_registered, wait_and_take, exchange_sources, end_exchanged, &s, true};
    check_within(interleave(&play), 8, 100);
}

static void take_changed(void *argument)
{
    stage *s = argument;
    check_ok(vigil_registry_reregister(s->f.registry, &s->source, NEW, VIGIL_WRITABLE));
}

/* A report of the old request in hand while the request changes: it is taken as
 * it was, or dropped; never is it taken for what is not asked for any more with
 * the new one's mask. */
static void end_taken_while_changing(void *argument)
{
    stage *s = argument;
    check(!s->got || vigil_event_is_readable(s->event));
    check(!s->got || !vigil_event_is_writable(s->event));
    take_all(s);
    check_equal(count_all(s->readable), 0);
    look(s);
    check_equal(s->writable[NEW], 1);
    clean_up(s);
}

static void taking_while_the_request_changes(void **state)
{
    (void)state;
    stage s;
    scene play = {begin_reported, take_one, take_changed, end_taken_while_changing, &s, false};
    check_within(interleave(&play), 5, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(registering_loses_no_edge),
        kernel_test(a_refused_registering_is_silent),
        kernel_test(two_registerings_take_two_slots),
        kernel_test(reregistering_loses_no_edge),
        kernel_test(a_refused_reregistering_loses_no_edge),
        kernel_test(after_deregistering_there_is_silence),
        kernel_test(a_report_speaks_for_no_other_source),
        kernel_test(a_wait_reports_no_other_source),
        kernel_test(taking_while_the_request_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
