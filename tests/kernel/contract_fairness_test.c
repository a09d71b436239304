/* SPDX-License-Identifier: MIT */

/* Rules C7 and C8 on the batch: who is ready is reported within
 * ceil(ready / capacity) waits, and no wait gives more than the capacity. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CROWD_MAX 1001
#define WAKERS_MAX 40
#define TOKENS (CROWD_MAX + WAKERS_MAX)

/* A poll with many sources, each an eventfd, and a count of what came. */
typedef struct crowd {
    vigil_poll poll;
    vigil_registry *registry;
    vigil_slot slots[TOKENS];
    vigil_raw_event storage[TOKENS + 1]; /* the one behind the capacity must stay as it is */
    vigil_events events;
    uint32_t count;
    int fds[CROWD_MAX];
    vigil_source sources[CROWD_MAX];
    uint32_t waker_count;
    vigil_waker wakers[WAKERS_MAX];
    uint32_t seen[TOKENS];
} crowd;

static const vigil_raw_event guard = {.flags = 0x5a5a5a5a, .key = 0x123456789abcdef};

/* Wakers have the tokens from CROWD_MAX on. */
static void open_crowd(crowd *c, uint32_t count, uint32_t waker_count, vigil_interest interest)
{
    memset(c, 0, sizeof *c);
    check_ok(vigil_poll_open(&c->poll, c->slots, TOKENS));
    c->registry = vigil_poll_registry(&c->poll);
    c->count = count;
    c->waker_count = waker_count;
    for (uint32_t i = 0; i < count; i++) {
        c->fds[i] = open_eventfd();
        c->sources[i] = vigil_source_from_fd(c->fds[i]);
        check_ok(vigil_registry_register(c->registry, &c->sources[i], i, interest));
    }
    for (uint32_t i = 0; i < waker_count; i++) {
        check_ok(vigil_waker_open(&c->wakers[i], c->registry, CROWD_MAX + i));
    }
    /* The first waker makes a wait look up once, in case it blocks already. */
    vigil_raw_event only;
    check_ok(vigil_events_init(&c->events, &only, 1));
    check_ok(vigil_poll_wait(&c->poll, &c->events, VIGIL_NO_WAIT));
}

static void close_crowd(crowd *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        check_ok(vigil_registry_deregister(c->registry, &c->sources[i]));
        check_os(close(c->fds[i]));
    }
    for (uint32_t i = 0; i < c->waker_count; i++) {
        vigil_waker_close(&c->wakers[i]);
    }
    check_ok(vigil_poll_close(&c->poll));
}

static void heat(const crowd *c, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        add_to_eventfd(c->fds[i], 1);
    }
}

static void wake(const crowd *c, uint32_t waker)
{
    check_ok(vigil_waker_wake(&c->wakers[waker]));
}

/* One wait; what it gave is counted. */
static uint32_t wait_capacity(crowd *c, uint32_t capacity, vigil_timeout timeout)
{
    vigil_event event;
    uint32_t count = 0;
    check_ok(vigil_events_init(&c->events, c->storage, capacity));
    c->storage[capacity] = guard;
    check_ok(vigil_poll_wait(&c->poll, &c->events, timeout));
    check(c->events.count <= capacity);
    check(memcmp(&c->storage[capacity], &guard, sizeof guard) == 0);
    while (vigil_events_next(&c->events, &event)) {
        c->seen[event.token]++;
        count++;
    }
    return count;
}

static void c8_never_more_than_the_capacity(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 50, 20, VIGIL_READABLE | VIGIL_LEVEL);
    heat(&c, 0, 50);
    for (uint32_t capacity = 1; capacity < 80; capacity++) {
        for (uint32_t i = 0; i < c.waker_count; i++) {
            wake(&c, i);
        }
        uint32_t ready = c.count + c.waker_count;
        uint32_t got = wait_capacity(&c, capacity, VIGIL_FOREVER);
        check(got > 0);
        check(got <= capacity);
        check(capacity < ready || got == ready);
    }
    close_crowd(&c);
}

static void c8_a_capacity_of_none_is_refused(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_events none;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 1));
    check_ok(vigil_waker_wake(&waker));
    check_status(vigil_events_init(&none, f.storage, 0), VIGIL_EINVAL);
    check_status(vigil_poll_wait(&f.poll, &none, VIGIL_NO_WAIT), VIGIL_EINVAL);
    check_status(vigil_poll_wait(&f.poll, &none, VIGIL_FOREVER), VIGIL_EINVAL);
    (void)wait_for(&f, 1);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* Each of `ready` sources is seen within as many waits, from any moment on. */
static void check_rotation(uint32_t ready, uint32_t capacity)
{
    static crowd c;
    uint32_t waits = (ready + capacity - 1) / capacity;
    open_crowd(&c, ready, 0, VIGIL_READABLE | VIGIL_LEVEL);
    heat(&c, 0, ready);
    for (int round = 0; round < 5; round++) {
        memset(c.seen, 0, sizeof c.seen);
        for (uint32_t i = 0; i < waits; i++) {
            check(wait_capacity(&c, capacity, VIGIL_FOREVER) > 0);
        }
        for (uint32_t i = 0; i < ready; i++) {
            check_within(c.seen[i], 1, 2);
        }
    }
    close_crowd(&c);
}

static void c7_64_hot_sources_at_capacity_1(void **state)
{
    (void)state;
    check_rotation(64, 1);
}

static void c7_hot_sources_at_other_capacities(void **state)
{
    (void)state;
    check_rotation(64, 3);
    check_rotation(64, 63);
    check_rotation(64, 64);
    check_rotation(10, 7);
    check_rotation(1, 1);
}

/* Edges are reported once each, and wait for their turn without being lost. */
static void c7_edges_wait_their_turn(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 64, 0, VIGIL_READABLE);
    heat(&c, 0, 64);
    for (uint32_t i = 0; i < 64; i++) {
        check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
    }
    for (uint32_t i = 0; i < 64; i++) {
        check_equal(c.seen[i], 1);
    }
    check_equal(wait_capacity(&c, 1, VIGIL_NO_WAIT), 0);
    close_crowd(&c);
}

/* One source is always ready; a thousand others come now and then, one at a
 * time or all at once, and a single place is in the batch. */
static void c7_1_hot_and_1000_cold_at_capacity_1(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 1001, 0, VIGIL_READABLE);
    check_ok(vigil_registry_reregister(c.registry, &c.sources[0], 0, VIGIL_READABLE | VIGIL_LEVEL));
    heat(&c, 0, 1);
    for (uint32_t cold = 1; cold <= 1000; cold++) {
        heat(&c, cold, 1);
        check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
        check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
        check_equal(c.seen[cold], 1);
    }
    heat(&c, 1, 1000);
    for (uint32_t i = 0; i < 1001; i++) {
        check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
    }
    for (uint32_t cold = 1; cold <= 1000; cold++) {
        check_equal(c.seen[cold], 2);
    }
    close_crowd(&c);
}

/* The wakers of a poll queue as one source, behind those that are ready when a
 * wait has no room for them: with 64 hot ones and one place, the one that woke
 * is seen within 1 + 65 waits, again and again. */
static void c7_a_waker_among_64_hot_sources(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 64, 1, VIGIL_READABLE | VIGIL_LEVEL);
    heat(&c, 0, 64);
    for (int round = 0; round < 5; round++) {
        memset(c.seen, 0, sizeof c.seen);
        wake(&c, 0);
        for (uint32_t i = 0; i < 66; i++) {
            check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
        }
        check_equal(c.seen[CROWD_MAX], 1);
        for (uint32_t i = 0; i < 64; i++) {
            check_within(c.seen[i], 1, 2);
        }
    }
    close_crowd(&c);
}

/* A waker that never rests takes no more than its share, and that it gets. */
static void c7_a_waker_that_never_rests(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 10, 1, VIGIL_READABLE | VIGIL_LEVEL);
    heat(&c, 0, 10);
    for (int round = 0; round < 20; round++) {
        memset(c.seen, 0, sizeof c.seen);
        for (uint32_t i = 0; i < 12; i++) {
            wake(&c, 0);
            check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
        }
        for (uint32_t i = 0; i < 10; i++) {
            check_within(c.seen[i], 1, 2);
        }
        check_within(c.seen[CROWD_MAX], 1, 2);
    }
    close_crowd(&c);
}

/* More wakers than places: none is lost, each is reported once. */
static void c7_more_wakers_than_capacity(void **state)
{
    (void)state;
    static crowd c;
    for (uint32_t capacity = 1; capacity <= WAKERS_MAX; capacity++) {
        open_crowd(&c, 0, WAKERS_MAX, VIGIL_READABLE);
        for (uint32_t i = 0; i < WAKERS_MAX; i++) {
            wake(&c, i);
        }
        for (uint32_t left = WAKERS_MAX; left > 0;) {
            uint32_t got = wait_capacity(&c, capacity, VIGIL_FOREVER);
            check_equal(got, left < capacity ? left : capacity);
            left -= got;
        }
        check_equal(wait_capacity(&c, capacity, VIGIL_NO_WAIT), 0);
        for (uint32_t i = 0; i < WAKERS_MAX; i++) {
            check_equal(c.seen[CROWD_MAX + i], 1);
        }
        close_crowd(&c);
    }
}

/* Among wakers that all wake before every wait, none is passed over: with one
 * place each has its turn within as many waits as there are wakers. */
static void c7_wakers_take_turns(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 0, WAKERS_MAX, VIGIL_READABLE);
    for (int round = 0; round < 5; round++) {
        memset(c.seen, 0, sizeof c.seen);
        for (uint32_t i = 0; i < WAKERS_MAX; i++) {
            for (uint32_t w = 0; w < WAKERS_MAX; w++) {
                wake(&c, w);
            }
            check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
        }
        for (uint32_t w = 0; w < WAKERS_MAX; w++) {
            check_equal(c.seen[CROWD_MAX + w], 1);
        }
    }
    close_crowd(&c);
}

/* A waker that found no room is closed, and leaves its place in the queue in
 * order: the next one to find no room has its turn like any other. */
static void c7_a_waker_closed_in_the_queue(void **state)
{
    (void)state;
    static crowd c;
    open_crowd(&c, 4, 2, VIGIL_READABLE | VIGIL_LEVEL);
    heat(&c, 0, 4);
    wake(&c, 0);
    check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
    check_equal(c.seen[CROWD_MAX], 0);
    vigil_waker_close(&c.wakers[0]);
    for (uint32_t i = 0; i < 10; i++) {
        (void)wait_capacity(&c, 1, VIGIL_NO_WAIT);
    }
    check_equal(c.seen[CROWD_MAX], 0);
    wake(&c, 1);
    for (uint32_t i = 0; i < 1 + 5; i++) {
        check_equal(wait_capacity(&c, 1, VIGIL_FOREVER), 1);
    }
    check_equal(c.seen[CROWD_MAX + 1], 1);
    close_crowd(&c);
}

/* A thousand descriptors and more. */
static int raise_descriptor_limit(void **state)
{
    (void)state;
    struct rlimit limit;
    check_os(getrlimit(RLIMIT_NOFILE, &limit));
    if (limit.rlim_cur < 2048) {
        limit.rlim_cur = limit.rlim_max < 2048 ? limit.rlim_max : 2048;
        check_os(setrlimit(RLIMIT_NOFILE, &limit));
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c8_never_more_than_the_capacity),
        kernel_test(c8_a_capacity_of_none_is_refused),
        kernel_test(c7_64_hot_sources_at_capacity_1),
        kernel_test(c7_hot_sources_at_other_capacities),
        kernel_test(c7_edges_wait_their_turn),
        kernel_test(c7_1_hot_and_1000_cold_at_capacity_1),
        kernel_test(c7_a_waker_among_64_hot_sources),
        kernel_test(c7_a_waker_that_never_rests),
        kernel_test(c7_more_wakers_than_capacity),
        kernel_test(c7_wakers_take_turns),
        kernel_test(c7_a_waker_closed_in_the_queue),
    };
    return cmocka_run_group_tests(tests, raise_descriptor_limit, NULL);
}
