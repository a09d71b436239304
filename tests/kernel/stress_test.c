/* SPDX-License-Identifier: MIT */

/*
 * Four threads register, reregister, deregister, wake and close what is theirs,
 * at random, while one waits. Never is an event of something that was over
 * before it was asked for; never is a wake, or an event that is due, missing.
 * VIGIL_STRESS_SCALE is the length in percent.
 */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/random.h"
#include "support/thread.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define THREADS 4
#define OPERATIONS 20000 /* of all threads together */
#define SOURCES 7        /* of a thread */
#define WAKER SOURCES    /* its waker, as the one behind the sources */
#define THINGS 8         /* both */
#define TOKEN_OF_END UINTPTR_MAX

/* A thing has a new life with each registration: token = life * 32 + thing of
 * all. Lives are counted from 1. */
typedef struct thing {
    uint32_t life;         /* the one that it has, or had last */
    vigil_atomic_u32 over; /* the last life that has certainly ended */
    vigil_atomic_u32 seen; /* the last life of which there was an event */
} thing;

typedef struct worker {
    struct arena *arena;
    uint32_t number;
    random_source random;
    thing things[THINGS];
    vigil_source sources[SOURCES];
    vigil_waker waker;
    vigil_atomic_u32 asked;    /* wakes asked for */
    vigil_atomic_u32 answered; /* how many were asked for when one was taken */
    test_thread thread;
} worker;

typedef struct arena {
    fixture f;
    vigil_waker end;
    vigil_atomic_u32 done; /* a bit for each thread */
    worker workers[THREADS];
} arena;

static vigil_token begin_life(worker *w, uint32_t which)
{
    w->things[which].life++;
    return (vigil_token)w->things[which].life * THREADS * THINGS + w->number * THINGS + which;
}

/* To be called once the library has said that it is over. */
static void end_life(worker *w, uint32_t which, uint32_t life)
{
    vigil_atomic_store(&w->things[which].over, life);
}

static void until_at_least(const vigil_atomic_u32 *cell, uint32_t value)
{
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    while (vigil_atomic_load(cell) < value) {
        check(now_ns() < end_ns);
        sleep_ms(0);
    }
}

static vigil_interest any_interest(worker *w)
{
    const vigil_interest interests[] = {
        VIGIL_READABLE,
        VIGIL_READABLE | VIGIL_WRITABLE,
        VIGIL_READABLE | VIGIL_ONESHOT,
        VIGIL_READABLE | VIGIL_LEVEL | VIGIL_ONESHOT,
    };
    return interests[random_below(&w->random, 4)];
}

static void register_thing(worker *w, uint32_t which)
{
    vigil_token token = begin_life(w, which);
    watch(&w->arena->f, &w->sources[which], w->sources[which].fd, token, any_interest(w));
}

static void deregister_thing(worker *w, uint32_t which)
{
    unwatch(&w->arena->f, &w->sources[which]);
    end_life(w, which, w->things[which].life);
}

static void reregister_thing(worker *w, uint32_t which)
{
    uint32_t before = w->things[which].life;
    vigil_token token = begin_life(w, which);
    check_ok(vigil_registry_reregister(w->arena->f.registry, &w->sources[which], token,
                                       any_interest(w)));
    end_life(w, which, before);
}

/* Another file takes its place; a copy of the old one outlives the end of the
 * registration, is still ready, and has to be heard no more. */
static void replace_file(worker *w, uint32_t which)
{
    vigil_source *source = &w->sources[which];
    int copy = check_os(fcntl(source->fd, F_DUPFD_CLOEXEC, 0));
    deregister_thing(w, which);
    check_os(close(source->fd));
    add_to_eventfd(copy, 1);
    *source = vigil_source_from_fd(open_eventfd());
    register_thing(w, which);
    check_os(close(copy));
}

/* Ready: the event of this life is due. */
static void expect_event(worker *w, uint32_t which)
{
    reregister_thing(w, which);
    add_to_eventfd(w->sources[which].fd, 1);
    until_at_least(&w->things[which].seen, w->things[which].life);
}

static void wake(worker *w, bool expect_answer)
{
    uint32_t asked = vigil_atomic_load(&w->asked) + 1;
    vigil_atomic_store(&w->asked, asked);
    check_ok(vigil_waker_wake(&w->waker));
    if (expect_answer) {
        until_at_least(&w->answered, asked);
    }
}

static void replace_waker(worker *w)
{
    vigil_waker_close(&w->waker);
    end_life(w, WAKER, w->things[WAKER].life);
    check_ok(vigil_waker_open(&w->waker, w->arena->f.registry, begin_life(w, WAKER)));
}

static void do_one_thing(worker *w)
{
    uint32_t which = random_below(&w->random, SOURCES);
    bool registered = vigil_source_is_registered(&w->sources[which]);
    uint32_t dice = random_below(&w->random, 100);
    if (dice < 25) {
        wake(w, dice < 5);
    } else if (dice < 30) {
        replace_waker(w);
    } else if (!registered) {
        register_thing(w, which);
    } else if (dice < 50) {
        deregister_thing(w, which);
    } else if (dice < 65) {
        reregister_thing(w, which);
    } else if (dice < 75) {
        replace_file(w, which);
    } else if (dice < 80) {
        expect_event(w, which);
    } else {
        add_to_eventfd(w->sources[which].fd, 1);
    }
}

static void say_done(void *argument)
{
    const worker *w = argument;
    vigil_atomic_set_bits(&w->arena->done, UINT32_C(1) << w->number);
    (void)!vigil_waker_wake(&w->arena->end);
}

static void work(void *argument)
{
    worker *w = argument;
    pthread_cleanup_push(say_done, w); /* Also when a check fails. */
    for (uint32_t i = 0; i < scaled(OPERATIONS) / THREADS; i++) {
        do_one_thing(w);
    }
    for (uint32_t which = 0; which < SOURCES; which++) {
        if (vigil_source_is_registered(&w->sources[which])) {
            deregister_thing(w, which);
        }
        check_os(close(w->sources[which].fd));
    }
    vigil_waker_close(&w->waker);
    end_life(w, WAKER, w->things[WAKER].life);
    pthread_cleanup_pop(1);
}

static void note_event(arena *a, vigil_event event, const uint32_t *over)
{
    if (event.token == TOKEN_OF_END) {
        return;
    }
    uint32_t of_all = (uint32_t)(event.token % (THREADS * THINGS));
    uint32_t life = (uint32_t)(event.token / (THREADS * THINGS));
    worker *w = &a->workers[of_all / THINGS];
    thing *t = &w->things[of_all % THINGS];
    if (life == 0 || life <= over[of_all]) {
        check_fail(__FILE__, __LINE__, "event of life %u of thing %u, which ended with life %u",
                   life, of_all, over[of_all]);
    }
    if (vigil_atomic_load(&t->seen) < life) {
        vigil_atomic_store(&t->seen, life);
    }
    if (of_all % THINGS == WAKER) {
        vigil_atomic_store(&w->answered, vigil_atomic_load(&w->asked));
    }
}

/* What is over before an event is asked for must not be what is answered. */
static bool take_event(arena *a)
{
    uint32_t over[THREADS * THINGS];
    vigil_event event;
    for (uint32_t i = 0; i < THREADS * THINGS; i++) {
        over[i] = vigil_atomic_load(&a->workers[i / THINGS].things[i % THINGS].over);
    }
    if (!vigil_events_next(&a->f.events, &event)) {
        return false;
    }
    note_event(a, event, over);
    return true;
}

static void wait_until_all_done(arena *a)
{
    random_source random = {99};
    const vigil_timeout timeouts[] = {VIGIL_NO_WAIT, vigil_us(50), vigil_ms(10), VIGIL_FOREVER,
                                      VIGIL_FOREVER};
    while (vigil_atomic_load(&a->done) != (UINT32_C(1) << THREADS) - 1) {
        uint32_t capacity =
            random_below(&random, 2) == 0 ? FIXTURE_EVENTS : 1 + random_below(&random, 4);
        check_ok(vigil_events_init(&a->f.events, a->f.storage, capacity));
        check_ok(vigil_poll_wait(&a->f.poll, &a->f.events, timeouts[random_below(&random, 5)]));
        check(a->f.events.count <= capacity);
        while (take_event(a)) {
            /* It was checked. */
        }
    }
}

static void set_up_worker(arena *a, uint32_t number)
{
    worker *w = &a->workers[number];
    *w = (worker){.arena = a, .number = number, .random = {1000 + number}};
    for (uint32_t which = 0; which < SOURCES; which++) {
        w->sources[which] = vigil_source_from_fd(open_eventfd());
    }
    check_ok(vigil_waker_open(&w->waker, a->f.registry, begin_life(w, WAKER)));
}

static void stress__four_threads_against_one_that_waits(void **state)
{
    (void)state;
    static arena a;
    open_fixture(&a.f);
    vigil_atomic_store(&a.done, 0);
    check_ok(vigil_waker_open(&a.end, a.f.registry, TOKEN_OF_END));
    for (uint32_t i = 0; i < THREADS; i++) {
        set_up_worker(&a, i);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        start_thread(&a.workers[i].thread, work, &a.workers[i]);
    }
    wait_until_all_done(&a);
    for (uint32_t i = 0; i < THREADS; i++) {
        join_thread(&a.workers[i].thread);
    }
    vigil_waker_close(&a.end);
    expect_no_events(&a.f);
    check_equal(vigil_slots_taken(&a.f.poll.registry.slots), 0);
    close_fixture(&a.f);
}

/* Four threads wake one, as fast as they can and each with its own waker, and
 * each stops now and then to see that it was heard. */
static void wake_often(void *argument)
{
    worker *w = argument;
    pthread_cleanup_push(say_done, w);
    for (uint32_t i = 0; i < scaled(40000) / THREADS; i++) {
        wake(w, i % 64 == 0);
    }
    wake(w, true);
    pthread_cleanup_pop(1);
}

static void stress__no_wake_is_lost_under_load(void **state)
{
    (void)state;
    static arena a;
    open_fixture(&a.f);
    vigil_atomic_store(&a.done, 0);
    check_ok(vigil_waker_open(&a.end, a.f.registry, TOKEN_OF_END));
    for (uint32_t i = 0; i < THREADS; i++) {
        set_up_worker(&a, i);
    }
    for (uint32_t i = 0; i < THREADS; i++) {
        start_thread(&a.workers[i].thread, wake_often, &a.workers[i]);
    }
    wait_until_all_done(&a);
    for (uint32_t i = 0; i < THREADS; i++) {
        join_thread(&a.workers[i].thread);
        vigil_waker_close(&a.workers[i].waker);
        for (uint32_t which = 0; which < SOURCES; which++) {
            check_os(close(a.workers[i].sources[which].fd));
        }
    }
    vigil_waker_close(&a.end);
    expect_no_events(&a.f);
    close_fixture(&a.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(stress__four_threads_against_one_that_waits),
        kernel_test(stress__no_wake_is_lost_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
