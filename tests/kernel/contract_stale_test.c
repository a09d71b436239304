/* SPDX-License-Identifier: MIT */

/* Rule C5: once deregister has returned, no event of that registration is ever
 * seen again, by whatever way it might still come. */
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/kinds.h"
#include "support/thread.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

static void c5_no_event_after_deregister(void **state)
{
    (void)state;
    const vigil_interest triggers[] = {0, VIGIL_LEVEL, VIGIL_ONESHOT, VIGIL_LEVEL | VIGIL_ONESHOT};
    for (int i = 0; i < KINDS * 4; i++) {
        const kind *k = &kinds[i / 4];
        fixture f;
        int fd[2];
        vigil_source source;
        open_fixture(&f);
        k->open(fd);
        watch(&f, &source, fd[0], 1, VIGIL_READABLE | triggers[i % 4]);
        k->put(fd[1]);
        unwatch(&f, &source);
        check(!vigil_source_is_registered(&source));
        k->put(fd[1]);
        expect_no_events(&f);
        close_fixture(&f);
        close_pair(fd);
    }
}

/* Eight are in the batch; the program takes one and ends every other one. */
static void c5_no_event_from_the_batch_in_hand(void **state)
{
    (void)state;
    fixture f;
    vigil_source sources[8];
    bool alive[8];
    open_fixture(&f);
    for (vigil_token i = 0; i < 8; i++) {
        int fd = open_eventfd();
        add_to_eventfd(fd, 1);
        watch(&f, &sources[i], fd, i, VIGIL_READABLE);
        alive[i] = true;
    }
    wait_once(&f, VIGIL_NO_WAIT);
    vigil_event event;
    check(vigil_events_next(&f.events, &event));
    vigil_token first = event.token;
    for (vigil_token i = 1; i < 8; i += 2) {
        unwatch(&f, &sources[(first + i) % 8]);
        alive[(first + i) % 8] = false;
    }
    int seen = 1;
    while (vigil_events_next(&f.events, &event)) {
        check(event.token != first);
        check(alive[event.token]);
        seen++;
    }
    check_equal(seen, 4);
    for (int i = 0; i < 8; i++) {
        if (alive[i]) {
            unwatch(&f, &sources[i]);
        }
        check_os(close(sources[i].fd));
    }
    close_fixture(&f);
}

/* The slot is taken again at once, by a registration that the old event must
 * not be taken for. */
static void c5_a_slot_taken_again_does_not_inherit(void **state)
{
    (void)state;
    fixture f;
    int old[2];
    int new[2];
    vigil_source source;
    vigil_event event;
    open_small_fixture(&f, 1, 4);
    open_unix_pair(old);
    open_unix_pair(new);
    write_bytes(old[1], 1);
    watch(&f, &source, old[0], 1, VIGIL_READABLE);
    wait_once(&f, VIGIL_NO_WAIT);
    uint32_t slot = source.slot;
    unwatch(&f, &source);
    watch(&f, &source, new[0], 2, VIGIL_READABLE);
    check_equal(source.slot, slot);
    check(!vigil_events_next(&f.events, &event));
    expect_no_events(&f);
    write_bytes(new[1], 1);
    (void)wait_for(&f, 2);
    unwatch(&f, &source);
    close_pair(old);
    close_pair(new);
    close_fixture(&f);
}

/* The same source and descriptor, registered again while its old event is in
 * hand: the event that is seen is of the new registration, and there is one. */
static void c5_registering_again_does_not_revive_the_batch(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    vigil_event event;
    open_fixture(&f);
    open_pipe(fd);
    write_bytes(fd[1], 1);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE);
    wait_once(&f, VIGIL_NO_WAIT);
    unwatch(&f, &source);
    check_ok(vigil_registry_register(f.registry, &source, 2, VIGIL_READABLE));
    check(!vigil_events_next(&f.events, &event));
    check_equal(take_ready(&f, &event), 1);
    check_equal(event.token, 2);
    unwatch(&f, &source);
    close_pair(fd);
    close_fixture(&f);
}

/* A copy keeps the open file alive. The registration goes all the same. */
static void c5_no_event_through_a_copy_of_the_descriptor(void **state)
{
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        fixture f;
        int fd[2];
        vigil_source source;
        open_fixture(&f);
        kinds[k].open(fd);
        watch(&f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
        int copy = check_os(dup(fd[0]));
        unwatch(&f, &source);
        check_os(close(fd[0]));
        fd[0] = copy;
        kinds[k].put(fd[1]);
        expect_no_events(&f);
        close_fixture(&f);
        close_pair(fd);
    }
}

/* Closed first, against the advice, with a copy alive: the kernel goes on to
 * report a registration that no call can name, and the poll goes on to drop
 * it, while others are heard. */
static void c5_no_event_of_what_was_closed_first(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    int other[2];
    vigil_source source;
    vigil_source live;
    open_fixture(&f);
    open_unix_pair(fd);
    open_unix_pair(other);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE);
    watch(&f, &live, other[0], 2, VIGIL_READABLE);
    int copy = check_os(fcntl(fd[0], F_DUPFD_CLOEXEC, 64));
    check_os(close(fd[0]));
    unwatch(&f, &source);
    write_bytes(fd[1], 1);
    expect_no_events(&f);
    write_bytes(other[1], 1);
    write_bytes(fd[1], 1);
    (void)wait_for(&f, 2);
    expect_no_events(&f);
    unwatch(&f, &live);
    check_os(close(copy));
    check_os(close(fd[1]));
    close_pair(other);
    close_fixture(&f);
}

/* The same where it is always ready: each wait is woken at once by what is
 * dead. It comes back, without an event, and hears the living. */
static void c5_a_dead_level_registration_does_not_hide_the_living(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    vigil_source live;
    open_small_fixture(&f, 4, 1);
    open_unix_pair(fd);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    int copy = check_os(fcntl(fd[0], F_DUPFD_CLOEXEC, 64));
    check_os(close(fd[0]));
    unwatch(&f, &source);
    write_bytes(fd[1], 1);
    check_status(vigil_poll_wait(&f.poll, &f.events, VIGIL_FOREVER), VIGIL_EINTR);
    check_equal(f.events.count, 0);
    check_equal(take_ready(&f, NULL), 0);
    int other = open_eventfd();
    watch(&f, &live, other, 2, VIGIL_READABLE);
    for (int i = 0; i < 20; i++) {
        add_to_eventfd(other, 1);
        wait_once(&f, VIGIL_FOREVER);
        (void)wait_for(&f, 2);
    }
    unwatch(&f, &live);
    check_os(close(other));
    check_os(close(copy));
    check_os(close(fd[1]));
    close_fixture(&f);
}

/* The number of the descriptor is given to another file, which is registered
 * in the same slot: the file of old still lives and is still ready. */
static void c5_no_event_after_the_number_is_reused(void **state)
{
    (void)state;
    fixture f;
    int old[2];
    int new[2];
    vigil_source source;
    open_small_fixture(&f, 1, 4);
    open_unix_pair(old);
    open_unix_pair(new);
    watch(&f, &source, old[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    write_bytes(old[1], 1);
    int copy = check_os(dup(old[0]));
    unwatch(&f, &source);
    check_equal(check_os(dup3(new[0], old[0], O_CLOEXEC)), old[0]);
    watch(&f, &source, old[0], 2, VIGIL_READABLE | VIGIL_LEVEL);
    expect_no_events(&f);
    write_bytes(new[1], 1);
    (void)wait_for(&f, 2);
    unwatch(&f, &source);
    check_os(close(copy));
    close_pair(old);
    close_pair(new);
    close_fixture(&f);
}

/* Closed first, and its number reused: there is nothing left to remove in the
 * kernel under that number, and deregistering works. */
static void c5_deregister_after_the_number_is_reused(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_pipe(fd);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE);
    int stranger = open_eventfd();
    check_os(dup3(stranger, fd[0], O_CLOEXEC));
    unwatch(&f, &source);
    add_to_eventfd(stranger, 1);
    expect_no_events(&f);
    watch(&f, &source, fd[0], 2, VIGIL_READABLE);
    (void)wait_for(&f, 2);
    unwatch(&f, &source);
    check_os(close(stranger));
    close_pair(fd);
    close_fixture(&f);
}

/* Sleeps with everything that it has inherited, until it is killed. */
static pid_t fork_sleeper(void)
{
    pid_t child = check_os(fork());
    while (child == 0) {
        (void)pause();
    }
    return child;
}

static void c5_no_event_while_a_child_holds_the_descriptor(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_unix_pair(fd);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    pid_t child = fork_sleeper();
    unwatch(&f, &source);
    check_os(close(fd[0]));
    write_bytes(fd[1], 1);
    expect_no_events(&f);
    fd[0] = open_eventfd();
    watch(&f, &source, fd[0], 2, VIGIL_READABLE);
    expect_no_events(&f);
    add_to_eventfd(fd[0], 1);
    (void)wait_for(&f, 2);
    unwatch(&f, &source);
    check_os(kill(child, SIGKILL));
    check_equal(waitpid(child, NULL, 0), child);
    close_pair(fd);
    close_fixture(&f);
}

/* Someone else adds to the epoll instance, with data of his own: a slot that
 * does not exist, a generation that never was, the key of the wake channel. */
static void c5_reports_of_nobody_are_dropped(void **state)
{
    (void)state;
    const uint64_t keys[] = {FIXTURE_SLOTS, UINT64_C(7) << 32, UINT64_MAX, UINT64_MAX - 1};
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 5));
    int epoll = f.poll.registry.selector.epoll;
    for (int i = 0; i < 4; i++) {
        int fd = open_eventfd();
        struct epoll_event report = {.events = EPOLLIN | EPOLLET, .data.u64 = keys[i]};
        add_to_eventfd(fd, 1);
        check_os(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &report));
        expect_no_events(&f);
        add_to_eventfd(fd, 1);
        check_ok(vigil_waker_wake(&waker));
        (void)wait_for(&f, 5);
        expect_no_events(&f);
        check_os(close(fd));
    }
    vigil_waker_close(&waker);
    close_fixture(&f);
}

/* From another thread, while the first one is about to take what it has. */
typedef struct ender {
    fixture *f;
    vigil_source *source;
} ender;

static void deregister_in_thread(void *argument)
{
    const ender *e = argument;
    unwatch(e->f, e->source);
}

static void c5_deregister_by_another_thread_empties_the_batch(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    vigil_event event;
    test_thread thread;
    open_fixture(&f);
    int fd = open_eventfd();
    for (int i = 0; i < 50; i++) {
        add_to_eventfd(fd, 1);
        watch(&f, &source, fd, 1, VIGIL_READABLE);
        wait_once(&f, VIGIL_FOREVER);
        check_equal(f.events.count, 1);
        start_thread(&thread, deregister_in_thread, &(ender){&f, &source});
        join_thread(&thread);
        check(!vigil_events_next(&f.events, &event));
    }
    check_os(close(fd));
    close_fixture(&f);
}

static void c5_no_event_of_a_closed_waker(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_waker other;
    vigil_event event;
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 1));
    check_ok(vigil_waker_open(&other, f.registry, 2));
    check_ok(vigil_waker_wake(&waker));
    vigil_waker_close(&waker);
    expect_no_events(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 3));
    expect_no_events(&f);
    check_ok(vigil_waker_wake(&waker));
    uint32_t slot = waker.slot;
    vigil_waker_close(&waker);
    check_ok(vigil_waker_open(&waker, f.registry, 4));
    check_equal(waker.slot, slot);
    expect_no_events(&f);
    check_ok(vigil_waker_wake(&waker));
    wait_once(&f, VIGIL_FOREVER);
    vigil_waker_close(&waker);
    check(!vigil_events_next(&f.events, &event));
    check_ok(vigil_waker_wake(&other));
    (void)wait_for(&f, 2);
    vigil_waker_close(&other);
    close_fixture(&f);
}

/* Sets the wake bit of a slot as a wake does that is overtaken by the closing of
 * its waker: the waiting thread has taken the bit and finds the slot free, or
 * someone else in it. */
static void wake_too_late(fixture *f, uint32_t slot)
{
    vigil_atomic_set_bits(&f->slots[slot / VIGIL_WAKES_PER_WORD].wakes,
                          UINT32_C(1) << slot % VIGIL_WAKES_PER_WORD);
}

static void c5_no_event_of_a_wake_that_the_closing_overtook(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_waker other;
    vigil_source source;
    open_fixture(&f);
    check_ok(vigil_waker_open(&other, f.registry, 2));
    check_ok(vigil_waker_open(&waker, f.registry, 1));
    uint32_t slot = waker.slot;
    vigil_waker_close(&waker);
    check_ok(vigil_waker_wake(&other));
    wake_too_late(&f, slot);
    (void)wait_for(&f, 2);
    expect_no_events(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 3, VIGIL_READABLE);
    check_equal(source.slot, slot);
    check_ok(vigil_waker_wake(&other));
    wake_too_late(&f, slot);
    (void)wait_for(&f, 2);
    expect_no_events(&f);
    unwatch(&f, &source);
    check_os(close(fd));
    vigil_waker_close(&other);
    close_fixture(&f);
}

/* A dead report and the wake channel's own take a place of the batch. With one
 * place, who is ready behind them is still found by a wait that does not
 * block. */
static void contract__a_dead_report_takes_nobodys_place(void **state)
{
    (void)state;
    fixture f;
    vigil_source dead;
    vigil_source live;
    vigil_waker waker;
    vigil_event event;
    int first[2];
    int second[2];
    open_small_fixture(&f, FIXTURE_SLOTS, 1);
    open_pipe(first);
    open_pipe(second);
    watch(&f, &dead, first[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    write_bytes(first[1], 1);
    int copy = check_os(dup(first[0]));
    check_os(close(first[0]));
    unwatch(&f, &dead);
    check_ok(vigil_waker_open(&waker, f.registry, 3));
    watch(&f, &live, second[0], 2, VIGIL_READABLE);
    write_bytes(second[1], 1);
    check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_NO_WAIT));
    check(vigil_events_next(&f.events, &event));
    check_equal(event.token, 2);
    unwatch(&f, &live);
    vigil_waker_close(&waker);
    check_os(close(copy));
    check_os(close(first[1]));
    close_pair(second);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c5_no_event_after_deregister),
        kernel_test(c5_no_event_from_the_batch_in_hand),
        kernel_test(c5_a_slot_taken_again_does_not_inherit),
        kernel_test(c5_registering_again_does_not_revive_the_batch),
        kernel_test(c5_no_event_through_a_copy_of_the_descriptor),
        kernel_test(c5_no_event_of_what_was_closed_first),
        kernel_test(c5_a_dead_level_registration_does_not_hide_the_living),
        kernel_test(c5_no_event_after_the_number_is_reused),
        kernel_test(c5_deregister_after_the_number_is_reused),
        kernel_test(c5_no_event_while_a_child_holds_the_descriptor),
        kernel_test(c5_reports_of_nobody_are_dropped),
        kernel_test(c5_deregister_by_another_thread_empties_the_batch),
        kernel_test(c5_no_event_of_a_closed_waker),
        kernel_test(c5_no_event_of_a_wake_that_the_closing_overtook),
        kernel_test(contract__a_dead_report_takes_nobodys_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
