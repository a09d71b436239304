/* SPDX-License-Identifier: MIT */

/* Taking events from batches that no kernel wrote: stale keys, masked
 * readiness, slots that do not exist. */
#include "support/check.h"
#include "support/random.h"

#include "poll/events_current.h"

#include <string.h>

#define SLOTS 8
#define CAPACITY 12
#define ROUNDS 60000

/* What the test knows of a slot. */
typedef struct home {
    uint32_t generation;
    uint32_t mask;
    uintptr_t token;
} home;

typedef struct rig {
    home homes[SLOTS];
    vigil_slot slots[SLOTS];
    vigil_raw_event storage[CAPACITY];
    vigil_events events;
} rig;

static void set_up(rig *r)
{
    memset(r, 0, sizeof *r);
    check_ok(vigil_events_init(&r->events, r->storage, CAPACITY));
    r->events.slots = r->slots;
    r->events.slot_count = SLOTS;
}

static void set_slot(rig *r, uint32_t s, home h)
{
    r->homes[s] = h;
    r->slots[s].generation.value = h.generation;
    r->slots[s].mask.value = h.mask;
    r->slots[s].token.value = h.token;
}

static uint64_t key(uint32_t generation, uint32_t slot)
{
    return ((uint64_t)generation << 32) + slot;
}

static void put(rig *r, uint64_t report_key, uint32_t flags)
{
    r->storage[r->events.count] = (vigil_raw_event){.flags = flags, .key = report_key};
    r->events.count++;
}

static void events_next__takes_in_order(void **state)
{
    (void)state;
    rig r;
    set_up(&r);
    set_slot(&r, 0, (home){7, 0x5, 100});
    set_slot(&r, 7, (home){UINT32_MAX, 0x1, UINTPTR_MAX});
    put(&r, key(UINT32_MAX, 7), 0x1);
    put(&r, key(7, 0), 0x4);
    vigil_event event;
    check(vigil_events_next(&r.events, &event));
    check_equal(event.token, UINTPTR_MAX);
    check_equal(event.readiness, 0x1);
    check(vigil_events_next(&r.events, &event));
    check_equal(event.token, 100);
    check_equal(event.readiness, 0x4);
    check(!vigil_events_next(&r.events, &event));
    check_equal(event.token, 0);
    check_equal(event.readiness, 0);
    check(!vigil_events_next(&r.events, &event));
}

static void events_next__drops_the_dead(void **state)
{
    (void)state;
    rig r;
    set_up(&r);
    set_slot(&r, 2, (home){5, 0xff, 1});
    const uint64_t dead[] = {
        key(4, 2), key(6, 2),          key(5, 3),  key(5, SLOTS),      key(5, UINT32_MAX),
        key(0, 2), key(UINT32_MAX, 2), UINT64_MAX, key(5, 0x80000002), key(0x80000005, 2)};
    vigil_event event;
    for (size_t i = 0; i < sizeof dead / sizeof dead[0]; i++) {
        put(&r, dead[i], 0x1);
    }
    check(!vigil_events_any_current(&r.events));
    check(!vigil_events_next(&r.events, &event));
    check_equal(r.events.next, r.events.count);
}

/* A report of readiness that is not asked for is none; of several, what is
 * asked for remains. */
static void events_next__masks(void **state)
{
    (void)state;
    rig r;
    set_up(&r);
    set_slot(&r, 1, (home){0, 0x1018, 9});
    put(&r, key(0, 1), 0x5);
    put(&r, key(0, 1), 0x1d);
    put(&r, key(0, 1), 0);
    put(&r, key(0, 1), 0x1000);
    vigil_event event;
    check(vigil_events_any_current(&r.events));
    check(vigil_events_next(&r.events, &event));
    check_equal(event.readiness, 0x18);
    check(vigil_events_next(&r.events, &event));
    check_equal(event.readiness, 0x1000);
    check(!vigil_events_next(&r.events, &event));
}

/* What the registry does to a slot between two takes is seen by the second. */
static void events_next__sees_the_present(void **state)
{
    (void)state;
    rig r;
    set_up(&r);
    set_slot(&r, 3, (home){1, 0x1, 30});
    for (int i = 0; i < 4; i++) {
        put(&r, key(1, 3), 0x5);
    }
    vigil_event event;
    check(vigil_events_next(&r.events, &event));
    check_equal(event.token, 30);
    set_slot(&r, 3, (home){1, 0x4, 31});
    check(vigil_events_next(&r.events, &event));
    check_equal(event.token, 31);
    check_equal(event.readiness, 0x4);
    set_slot(&r, 3, (home){2, 0x4, 32});
    check(!vigil_events_any_current(&r.events));
    check(!vigil_events_next(&r.events, &event));
}

static void events_next__without_slots_or_reports(void **state)
{
    (void)state;
    rig r;
    vigil_event event = {1, 1};
    set_up(&r);
    check(!vigil_events_next(&r.events, &event));
    check_equal(event.token, 0);
    r.events.slots = NULL;
    r.events.slot_count = 0;
    put(&r, key(0, 0), 0x1);
    check(!vigil_events_any_current(&r.events));
    check(!vigil_events_next(&r.events, &event));
}

static void fabricate(rig *r, random_source *source)
{
    set_up(r);
    for (uint32_t s = 0; s < SLOTS; s++) {
        home h = {random_below(source, 3), random_below(source, 32), random_u64(source)};
        set_slot(r, s, h);
    }
    uint32_t count = random_below(source, CAPACITY + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = random_below(source, SLOTS + 2);
        uint32_t generation = random_below(source, 4) + (random_below(source, 9) == 0 ? 256 : 0);
        put(r, key(generation, slot), random_below(source, 32));
    }
}

/* Whether report `i` is an event, as the test's own records have it. */
static bool model_event(const rig *r, uint32_t i, vigil_event *event)
{
    uint32_t slot = (uint32_t)(r->storage[i].key & UINT32_MAX);
    *event = (vigil_event){0};
    if (slot >= SLOTS || r->homes[slot].generation != r->storage[i].key >> 32) {
        return false;
    }
    event->token = r->homes[slot].token;
    event->readiness = r->homes[slot].mask & r->storage[i].flags;
    return event->readiness != 0;
}

static bool model_any_current(const rig *r)
{
    vigil_event event;
    for (uint32_t i = r->events.next; i < r->events.count; i++) {
        if (model_event(r, i, &event)) {
            return true;
        }
    }
    return false;
}

static void check_round(rig *r)
{
    vigil_event expected;
    vigil_event event;
    for (uint32_t i = 0; i < r->events.count; i++) {
        check_equal(vigil_events_any_current(&r->events), model_any_current(r));
        if (model_event(r, i, &expected)) {
            check(vigil_events_next(&r->events, &event));
            check_equal(event.token, expected.token);
            check_equal(event.readiness, expected.readiness);
            check_equal(r->events.next, i + 1);
        }
    }
    check(!vigil_events_next(&r->events, &event));
    check_equal(r->events.next, r->events.count);
    check(!vigil_events_any_current(&r->events));
}

static void events_next__random_batches(void **state)
{
    (void)state;
    random_source source = {21};
    rig r;
    for (int round = 0; round < ROUNDS; round++) {
        fabricate(&r, &source);
        check_round(&r);
    }
}

static void events__init_clear_and_capacity(void **state)
{
    (void)state;
    rig r;
    vigil_event event;
    set_up(&r);
    set_slot(&r, 0, (home){0, 1, 0});
    check_equal(vigil_events_capacity(&r.events), CAPACITY);
    put(&r, key(0, 0), 1);
    put(&r, key(0, 0), 1);
    check(vigil_events_next(&r.events, &event));
    vigil_events_clear(&r.events);
    check(!vigil_events_next(&r.events, &event));
    check_equal(vigil_events_capacity(&r.events), CAPACITY);

    check_status(vigil_events_init(&r.events, r.storage, 0), VIGIL_EINVAL);
    check_equal(vigil_events_capacity(&r.events), 0);
    check_status(vigil_events_init(&r.events, r.storage, VIGIL_EVENTS_MAX + 1), VIGIL_EINVAL);
    check_status(vigil_events_init(&r.events, r.storage, SIZE_MAX), VIGIL_EINVAL);
    check_status(vigil_events_init(&r.events, r.storage, SIZE_MAX / 2 + 2), VIGIL_EINVAL);
    check_equal(vigil_events_capacity(&r.events), 0);
    check_ok(vigil_events_init(&r.events, r.storage, 1));
    check_equal(vigil_events_capacity(&r.events), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_next__takes_in_order),
        cmocka_unit_test(events_next__drops_the_dead),
        cmocka_unit_test(events_next__masks),
        cmocka_unit_test(events_next__sees_the_present),
        cmocka_unit_test(events_next__without_slots_or_reports),
        cmocka_unit_test(events_next__random_batches),
        cmocka_unit_test(events__init_clear_and_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
