/* SPDX-License-Identifier: MIT */

/* Rule C9: no wake is lost, and many of them cost no more than one. */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/random.h"
#include "support/sandbox.h"
#include "support/thread.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define TOKEN 10

/* How many signals the channel has been given since it was asked last. */
static uint64_t signals(const fixture *f)
{
    uint64_t counter = 0;
    ssize_t got = read(f->poll.registry.wake.channel.eventfd, &counter, sizeof counter);
    check(got == sizeof counter || errno == EAGAIN);
    return got < 0 ? 0 : counter;
}

/* As many wakes as one likes, with nobody asleep: no system call at all. */
static void c9_wakes_coalesce_before_the_wait(void **state)
{
    (void)state;
    fixture f;
    vigil_waker wakers[3];
    open_fixture(&f);
    for (vigil_token i = 0; i < 3; i++) {
        check_ok(vigil_waker_open(&wakers[i], f.registry, i));
    }
    check_equal(take_ready(&f, NULL), 0);
    (void)signals(&f);
    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < 300; i++) {
            check_ok(vigil_waker_wake(&wakers[i % 3]));
        }
        wait_once(&f, VIGIL_FOREVER);
        check_equal(f.events.count, 3);
        check_equal(take_ready(&f, NULL), 0);
        wait_once(&f, vigil_us(10)); /* Slept, and rose again with nothing. */
        check_equal(f.events.count, 0);
        check_equal(signals(&f), 0);
    }
    for (int i = 0; i < 3; i++) {
        vigil_waker_close(&wakers[i]);
    }
    close_fixture(&f);
}

/* Waits in a thread of its own for one event of TOKEN. */
static void wait_in_thread(void *argument)
{
    (void)wait_for(argument, TOKEN);
}

static void until_asleep(const fixture *f)
{
    while (vigil_atomic_load(&f->poll.registry.wake.state) != 1) {
        sleep_ms(1);
    }
}

/* A thread asleep costs the first of many wakes one system call, and the
 * others none. */
static void c9_wakes_coalesce_during_the_wait(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    test_thread thread;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    (void)signals(&f);
    for (int round = 0; round < 20; round++) {
        start_thread(&thread, wait_in_thread, &f);
        until_asleep(&f);
        check_ok(vigil_waker_wake(&waker));
        join_thread(&thread);
        for (int i = 0; i < 100; i++) {
            check_ok(vigil_waker_wake(&waker));
        }
        check_equal(signals(&f), 1);
        (void)wait_for(&f, TOKEN);
        check_equal(take_ready(&f, NULL), 0);
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static void c9_a_wake_after_the_wait_is_for_the_next(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    for (int i = 0; i < 100; i++) {
        check_equal(take_ready(&f, NULL), 0);
        check_ok(vigil_waker_wake(&waker));
        wait_once(&f, i % 2 == 0 ? VIGIL_FOREVER : vigil_ms(10000));
        check_equal(f.events.count, 1);
        check_ok(vigil_waker_wake(&waker));
        (void)wait_for(&f, TOKEN); /* the one in hand */
        (void)wait_for(&f, TOKEN);
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* No pause, so that the wakes fall into every part of a wait. Each one but the
 * last is answered before the next is made. */
typedef struct rally {
    vigil_waker there;
    vigil_waker back;
    fixture other;
    uint32_t rounds;
} rally;

static void answer(void *argument)
{
    rally *r = argument;
    for (uint32_t i = 0; i < r->rounds; i++) {
        (void)wait_for(&r->other, 1);
        check_ok(vigil_waker_wake(&r->back));
    }
}

static void c9_no_wake_is_lost_in_a_rally(void **state)
{
    (void)state;
    fixture f;
    static rally r;
    test_thread thread;
    open_fixture(&f);
    open_fixture(&r.other);
    r.rounds = scaled(20000);
    check_ok(vigil_waker_open(&r.there, r.other.registry, 1));
    check_ok(vigil_waker_open(&r.back, f.registry, 2));
    start_thread(&thread, answer, &r);
    for (uint32_t i = 0; i < r.rounds; i++) {
        check_ok(vigil_waker_wake(&r.there));
        (void)wait_for(&f, 2);
    }
    join_thread(&thread);
    vigil_waker_close(&r.there);
    vigil_waker_close(&r.back);
    close_fixture(&r.other);
    close_fixture(&f);
}

/* The sleeper has answered the last wake and is about to sleep again: that is
 * when the next one comes, some instructions earlier or later each time. */
typedef struct nagging {
    const vigil_waker *waker;
    uint32_t rounds;
    vigil_atomic_u32 answered;
    vigil_atomic_u32 over;
} nagging;

/* A wake that was lost leaves the sleeper asleep: one more, and it can end. */
static void until_answered(nagging *n, uint32_t round)
{
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    for (uint32_t spins = 1; vigil_atomic_load(&n->answered) == round; spins++) {
        if (spins % 1024 == 0 && now_ns() >= end_ns) {
            vigil_atomic_store(&n->over, 1);
            check_ok(vigil_waker_wake(n->waker));
            check_fail(__FILE__, __LINE__, "wake %u of %u was lost", round, n->rounds);
        }
        if (spins % 1024 == 0) {
            (void)sched_yield();
        }
    }
}

static void nag(void *argument)
{
    nagging *n = argument;
    for (uint32_t round = 0; round < n->rounds; round++) {
        check_ok(vigil_waker_wake(n->waker));
        until_answered(n, round);
    }
    vigil_atomic_store(&n->over, 1);
}

static void c9_a_wake_at_the_moment_of_falling_asleep(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    test_thread thread;
    vigil_event event;
    random_source random = {31};
    nagging n = {.waker = &waker, .rounds = scaled(200000)};
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    start_thread(&thread, nag, &n);
    for (uint32_t taken = 0; taken < n.rounds && vigil_atomic_load(&n.over) == 0;) {
        check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_FOREVER));
        while (vigil_events_next(&f.events, &event)) {
            taken++;
            vigil_atomic_store(&n.answered, taken);
        }
        for (volatile uint32_t pause = random_below(&random, 600); pause > 0; pause--) {
            /* As long as an answer may take to be seen, and a wake to be made. */
        }
    }
    join_thread(&thread);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* A thread that blocks already, in a poll that had no waker when it began. */
static void c9_the_first_waker_reaches_a_thread_asleep(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 10; i++) {
        fixture f;
        vigil_waker waker;
        test_thread thread;
        open_fixture(&f);
        start_thread(&thread, wait_in_thread, &f);
        sleep_ms(i % 5 * 4);
        check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
        check_ok(vigil_waker_wake(&waker));
        join_thread(&thread);
        vigil_waker_close(&waker);
        close_fixture(&f);
    }
}

/* A counter that is full refuses the next write without an edge (eventfd(2)). */
static void c9_a_full_counter_does_not_swallow_the_wake(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    test_thread thread;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    for (int i = 0; i < 10; i++) {
        (void)signals(&f);
        add_to_eventfd(f.poll.registry.wake.channel.eventfd, UINT64_MAX - 1);
        check_equal(take_ready(&f, NULL), 0);
        start_thread(&thread, wait_in_thread, &f);
        until_asleep(&f);
        check_ok(vigil_waker_wake(&waker));
        join_thread(&thread);
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static vigil_waker handler_waker;
static volatile sig_atomic_t handler_status;

static void wake_in_handler(int signal)
{
    (void)signal;
    handler_status = vigil_waker_wake(&handler_waker);
}

static void handle(int signal, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    check_os(sigaction(signal, &action, NULL));
}

/* Also where the wake makes system calls that fail: the descriptor is handed
 * out, so every wake is signalled, and the counter is full. */
static void c9_a_signal_handler_may_wake_and_errno_stays(void **state)
{
    (void)state;
    fixture f;
    vigil_fd fd = VIGIL_FD_NONE;
    open_fixture(&f);
    check_ok(vigil_waker_open(&handler_waker, f.registry, TOKEN));
    check_ok(vigil_poll_fd(&f.poll, &fd));
    handle(SIGUSR1, wake_in_handler);
    for (int i = 0; i < 10; i++) {
        (void)take_ready(&f, NULL);
        (void)signals(&f);
        add_to_eventfd(f.poll.registry.wake.channel.eventfd, UINT64_MAX - 1);
        handler_status = 1;
        errno = 4242;
        (void)raise(SIGUSR1);
        int after = errno;
        check_equal(after, 4242);
        check_status((vigil_status)handler_status, VIGIL_OK);
        (void)wait_for(&f, TOKEN);
    }
    handle(SIGUSR1, SIG_DFL);
    vigil_waker_close(&handler_waker);
    close_fixture(&f);
}

static void c9_a_signal_handler_wakes_the_wait_it_interrupts(void **state)
{
    (void)state;
    const struct itimerval soon = {.it_value.tv_usec = 5000};
    fixture f;
    open_fixture(&f);
    check_ok(vigil_waker_open(&handler_waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    handle(SIGALRM, wake_in_handler);
    for (int i = 0; i < 10; i++) {
        check_os(setitimer(ITIMER_REAL, &soon, NULL));
        (void)wait_for(&f, TOKEN);
    }
    handle(SIGALRM, SIG_DFL);
    vigil_waker_close(&handler_waker);
    close_fixture(&f);
}

/* The system refuses to write: the wake says so, and is noted all the same. */
static void wake_without_write(void *argument)
{
    (void)argument;
    fixture f;
    fixture g;
    vigil_waker waker;
    vigil_waker late;
    vigil_fd fd = VIGIL_FD_NONE;
    open_fixture(&f);
    open_fixture(&g);
    check_ok(vigil_waker_open(&waker, f.registry, TOKEN));
    check_equal(take_ready(&f, NULL), 0);
    check_ok(vigil_poll_fd(&f.poll, &fd));
    refuse_eventfd_writes(EIO);
    check_status(vigil_waker_wake(&waker), VIGIL_EIO);
    wait_once(&f, VIGIL_FOREVER);
    (void)wait_for(&f, TOKEN);
    check_equal(take_ready(&f, NULL), 0);

    unsigned descriptors = open_descriptors();
    for (int i = 0; i < 3; i++) {
        check_status(vigil_waker_open(&late, g.registry, 1), VIGIL_EIO);
        check(late.registry == NULL);
        check_equal(open_descriptors(), descriptors);
        check_equal(take_ready(&g, NULL), 0);
    }
    check_ok(vigil_poll_close(&g.poll));
}

static void c9_a_wake_that_cannot_be_signalled_is_noted(void **state)
{
    (void)state;
    run_child(wake_without_write, NULL);
}

/* Closed and opened again: the new one works, and is not woken by the old. */
static void c9_a_waker_opened_again(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    open_small_fixture(&f, 1, 1);
    for (vigil_token i = 0; i < 100; i++) {
        check_ok(vigil_waker_open(&waker, f.registry, i));
        check_equal(take_ready(&f, NULL), 0);
        check_ok(vigil_waker_wake(&waker));
        if (i % 3 != 0) {
            (void)wait_for(&f, i);
        }
        vigil_waker_close(&waker);
        vigil_waker_close(&waker);
        check_status(vigil_waker_wake(&waker), VIGIL_ENOENT);
        check_equal(take_ready(&f, NULL), 0);
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c9_wakes_coalesce_before_the_wait),
        kernel_test(c9_wakes_coalesce_during_the_wait),
        kernel_test(c9_a_wake_after_the_wait_is_for_the_next),
        kernel_test(c9_no_wake_is_lost_in_a_rally),
        kernel_test(c9_a_wake_at_the_moment_of_falling_asleep),
        kernel_test(c9_the_first_waker_reaches_a_thread_asleep),
        kernel_test(c9_a_full_counter_does_not_swallow_the_wake),
        kernel_test(c9_a_signal_handler_may_wake_and_errno_stays),
        kernel_test(c9_a_signal_handler_wakes_the_wait_it_interrupts),
        kernel_test(c9_a_wake_that_cannot_be_signalled_is_noted),
        kernel_test(c9_a_waker_opened_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
