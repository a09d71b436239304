/* SPDX-License-Identifier: MIT */

/* Rule C10: register, reregister, deregister and wake from any thread, while
 * another one waits. The long run is stress_test.c. */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/thread.h"

#include <unistd.h>

#define THREADS 4
#define ROUNDS 300

/* A thread works on its own source and waker in the shared poll, and wants to
 * see each event that is due to it. */
typedef struct worker {
    fixture *f;
    vigil_token token; /* and token + 1, token + 2 */
    vigil_atomic_u32 seen[3];
} worker;

static void until_seen(const worker *w, int which, uint32_t more_than)
{
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    while (vigil_atomic_load(&w->seen[which]) <= more_than) {
        check(now_ns() < end_ns);
        sleep_ms(0);
    }
}

static void work(void *argument)
{
    worker *w = argument;
    vigil_registry *registry = w->f->registry;
    for (uint32_t i = 0; i < scaled(ROUNDS); i++) {
        vigil_waker waker;
        int fd = open_eventfd();
        vigil_source source = vigil_source_from_fd(fd);
        uint32_t before[3];
        for (int k = 0; k < 3; k++) {
            before[k] = vigil_atomic_load(&w->seen[k]);
        }
        check_ok(vigil_registry_register(registry, &source, w->token, VIGIL_READABLE));
        add_to_eventfd(fd, 1);
        until_seen(w, 0, before[0]);
        check_ok(vigil_registry_reregister(registry, &source, w->token + 1, VIGIL_WRITABLE));
        until_seen(w, 1, before[1]);
        check_ok(vigil_registry_deregister(registry, &source));
        check_ok(vigil_waker_open(&waker, registry, w->token + 2));
        check_ok(vigil_waker_wake(&waker));
        until_seen(w, 2, before[2]);
        vigil_waker_close(&waker);
        check_os(close(fd));
    }
}

typedef struct crew {
    fixture f;
    worker workers[THREADS];
    test_thread threads[THREADS];
    vigil_atomic_u32 done;
} crew;

static void take_turn(crew *c)
{
    vigil_event event;
    check_ok(vigil_poll_wait(&c->f.poll, &c->f.events, vigil_ms(200)));
    while (vigil_events_next(&c->f.events, &event)) {
        check_within(event.token, 0, 3 * THREADS - 1);
        worker *w = &c->workers[event.token / 3];
        vigil_atomic_u32 *seen = &w->seen[event.token % 3];
        vigil_atomic_store(seen, vigil_atomic_load(seen) + 1);
    }
}

static void wait_until_done(void *argument)
{
    crew *c = argument;
    while (vigil_atomic_load(&c->done) == 0) {
        take_turn(c);
    }
}

/* One thread waits, four work; the main thread gathers them. */
static void c10_four_threads_work_while_one_waits(void **state)
{
    (void)state;
    static crew c;
    test_thread waiting;
    open_fixture(&c.f);
    vigil_atomic_store(&c.done, 0);
    start_thread(&waiting, wait_until_done, &c);
    for (int i = 0; i < THREADS; i++) {
        c.workers[i].f = &c.f;
        c.workers[i].token = 3 * (vigil_token)i;
        start_thread(&c.threads[i], work, &c.workers[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        join_thread(&c.threads[i]);
    }
    vigil_atomic_store(&c.done, 1);
    join_thread(&waiting);
    check_equal(vigil_slots_taken(&c.f.poll.registry.slots), 0);
    close_fixture(&c.f);
}

/* Many threads take and give back slots at once: none is lost, none is given
 * twice, and the last one is to be had. */
typedef struct taker {
    fixture *f;
    uint32_t registered;
} taker;

static void take_slots(void *argument)
{
    taker *t = argument;
    vigil_source sources[FIXTURE_SLOTS];
    for (uint32_t i = 0; i < FIXTURE_SLOTS / THREADS; i++) {
        watch(t->f, &sources[i], open_eventfd(), i, VIGIL_READABLE);
    }
    for (uint32_t round = 0; round < scaled(2000); round++) {
        vigil_source *source = &sources[round % (FIXTURE_SLOTS / THREADS)];
        unwatch(t->f, source);
        watch(t->f, source, source->fd, round, VIGIL_READABLE);
    }
    for (uint32_t i = 0; i < FIXTURE_SLOTS / THREADS; i++) {
        for (uint32_t earlier = 0; earlier < i; earlier++) {
            check(sources[i].slot != sources[earlier].slot);
        }
    }
    for (uint32_t i = 0; i < FIXTURE_SLOTS / THREADS; i++) {
        unwatch(t->f, &sources[i]);
        check_os(close(sources[i].fd));
    }
}

static void c10_slots_are_shared_without_loss(void **state)
{
    (void)state;
    fixture f;
    taker t = {.f = &f};
    test_thread threads[THREADS];
    open_fixture(&f);
    for (int i = 0; i < THREADS; i++) {
        start_thread(&threads[i], take_slots, &t);
    }
    for (int i = 0; i < THREADS; i++) {
        join_thread(&threads[i]);
    }
    check_equal(f.poll.registry.slots.free_count, FIXTURE_SLOTS);
    close_fixture(&f);
}

/* A second thread that waits is told so, and the first is not disturbed. */
static void wait_for_one(void *argument)
{
    (void)wait_for(argument, 7);
}

static void c10_one_thread_waits_at_a_time(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_events mine;
    vigil_raw_event storage[4];
    test_thread thread;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 7));
    check_ok(vigil_events_init(&mine, storage, 4));
    start_thread(&thread, wait_for_one, &f);
    while (vigil_atomic_load(&f.poll.waiting) == 0) {
        sleep_ms(1);
    }
    check_status(vigil_poll_wait(&f.poll, &mine, VIGIL_NO_WAIT), VIGIL_EBUSY);
    check_status(vigil_poll_wait(&f.poll, &mine, VIGIL_FOREVER), VIGIL_EBUSY);
    check_equal(mine.count, 0);
    check_ok(vigil_waker_wake(&waker));
    join_thread(&thread);
    check_ok(vigil_poll_wait(&f.poll, &mine, VIGIL_NO_WAIT));
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* A poll in which a thread waits is in use, with nothing registered. */
static void wait_until_told(void *argument)
{
    crew *c = argument;
    while (vigil_atomic_load(&c->done) == 0) {
        check_ok(vigil_poll_wait(&c->f.poll, &c->f.events, vigil_ms(100)));
    }
}

static void c10_a_poll_that_is_waited_on_is_not_closed(void **state)
{
    (void)state;
    static crew c;
    test_thread thread;
    open_fixture(&c.f);
    vigil_atomic_store(&c.done, 0);
    start_thread(&thread, wait_until_told, &c);
    while (vigil_atomic_load(&c.f.poll.waiting) == 0) {
        sleep_ms(1);
    }
    check_status(vigil_poll_close(&c.f.poll), VIGIL_EBUSY);
    vigil_atomic_store(&c.done, 1);
    join_thread(&thread);
    close_fixture(&c.f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c10_four_threads_work_while_one_waits),
        kernel_test(c10_slots_are_shared_without_loss),
        kernel_test(c10_one_thread_waits_at_a_time),
        kernel_test(c10_a_poll_that_is_waited_on_is_not_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
