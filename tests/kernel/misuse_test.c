/* SPDX-License-Identifier: MIT */

/* Misuse: every status of every function of poll/ that can be provoked, in one
 * place. What is refused changes nothing; contract_failure_test.c looks closer. */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void misuse__poll_open(void **state)
{
    (void)state;
    vigil_poll poll;
    vigil_slot slots[1];
    const size_t counts[] = {0, (size_t)VIGIL_SLOTS_MAX + 1, SIZE_MAX, SIZE_MAX / 2 + 2};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        memset(&poll, 0x55, sizeof poll);
        check_status(vigil_poll_open(&poll, slots, counts[i]), VIGIL_EINVAL);
        check_ok(vigil_poll_close(&poll));
        check_ok(vigil_poll_close(&poll));
    }
}

static void open_with(void *argument)
{
    static const int errors[] = {EMFILE, ENFILE, ENOMEM};
    const int *which = argument;
    const vigil_status expected[] = {VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOMEM};
    vigil_poll poll;
    vigil_slot slots[1];
    refuse_system_call(SYS_epoll_create1, errors[*which]);
    check_status(vigil_poll_open(&poll, slots, 1), expected[*which]);
    check_ok(vigil_poll_close(&poll));
}

static void misuse__poll_open_without_an_epoll_instance(void **state)
{
    (void)state;
    for (int which = 0; which < 3; which++) {
        run_child(open_with, &which);
    }
}

static void misuse__poll_close(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    check_status(vigil_poll_close(&f.poll), VIGIL_EBUSY);
    unwatch(&f, &source);
    check_ok(vigil_poll_close(&f.poll));
    check_ok(vigil_poll_close(&f.poll));
    check_os(close(fd));
}

/* Every call on a poll that is closed, or could not be opened. */
static void check_closed(vigil_poll *poll)
{
    vigil_registry *registry = vigil_poll_registry(poll);
    int fd = open_eventfd();
    vigil_source source = vigil_source_from_fd(fd);
    vigil_waker waker;
    vigil_events events;
    vigil_raw_event storage[1];
    vigil_fd handed_out = 0;
    check_ok(vigil_events_init(&events, storage, 1));
    check_status(vigil_poll_wait(poll, &events, VIGIL_NO_WAIT), VIGIL_EBADF);
    check_status(vigil_poll_wait(poll, &events, VIGIL_FOREVER), VIGIL_EBADF);
    check_status(vigil_poll_fd(poll, &handed_out), VIGIL_EBADF);
    check_equal(handed_out, VIGIL_FD_NONE);
    check_status(vigil_registry_register(registry, &source, 1, VIGIL_READABLE), VIGIL_EBADF);
    check_status(vigil_registry_reregister(registry, &source, 1, VIGIL_READABLE), VIGIL_ENOENT);
    check_status(vigil_registry_deregister(registry, &source), VIGIL_ENOENT);
    check(!vigil_source_is_registered(&source));
    check_status(vigil_waker_open(&waker, registry, 1), VIGIL_EBADF);
    check_status(vigil_waker_wake(&waker), VIGIL_ENOENT);
    vigil_waker_close(&waker);
    check_os(close(fd));
}

static void misuse__of_a_closed_poll(void **state)
{
    (void)state;
    fixture f;
    vigil_poll unopened;
    open_fixture(&f);
    close_fixture(&f);
    check_closed(&f.poll);
    memset(&unopened, 0x55, sizeof unopened);
    check_status(vigil_poll_open(&unopened, f.slots, 0), VIGIL_EINVAL);
    check_closed(&unopened);
    open_fixture(&f);
    close_fixture(&f);
}

static void misuse__poll_wait(void **state)
{
    (void)state;
    fixture f;
    vigil_events none;
    open_fixture(&f);
    check_status(vigil_events_init(&none, f.storage, 0), VIGIL_EINVAL);
    check_status(vigil_poll_wait(&f.poll, &none, VIGIL_NO_WAIT), VIGIL_EINVAL);
    check_status(vigil_events_init(&none, f.storage, (size_t)VIGIL_EVENTS_MAX + 1), VIGIL_EINVAL);
    check_status(vigil_poll_wait(&f.poll, &none, vigil_ms(1)), VIGIL_EINVAL);
    close_fixture(&f);
}

/* The largest capacity is one that the kernel takes. */
static void misuse__the_largest_capacity(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_events events;
    vigil_event event;
    vigil_raw_event *storage = calloc(VIGIL_EVENTS_MAX, sizeof *storage);
    check(storage != NULL);
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 3));
    check_ok(vigil_events_init(&events, storage, VIGIL_EVENTS_MAX));
    check_ok(vigil_poll_wait(&f.poll, &events, vigil_ms(1)));
    check_ok(vigil_waker_wake(&waker));
    check_ok(vigil_poll_wait(&f.poll, &events, VIGIL_FOREVER));
    check(vigil_events_next(&events, &event));
    check_equal(event.token, 3);
    vigil_waker_close(&waker);
    close_fixture(&f);
    free(storage);
}

static volatile sig_atomic_t ticks;

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

/* The timer goes on ticking, so that one tick that comes before the wait does
 * not leave it asleep for ever. */
static void misuse__a_signal_interrupts_the_wait(void **state)
{
    (void)state;
    const vigil_timeout timeouts[] = {VIGIL_FOREVER, vigil_seconds(60)};
    const struct itimerval often = {.it_value.tv_usec = 5000, .it_interval.tv_usec = 5000};
    const struct itimerval never = {.it_value.tv_usec = 0};
    const struct sigaction counting = {.sa_handler = tick, .sa_flags = SA_RESTART};
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    for (int with_waker = 0; with_waker < 2; with_waker++) {
        check_os(sigaction(SIGALRM, &counting, NULL));
        check_os(setitimer(ITIMER_REAL, &often, NULL));
        for (int i = 0; i < 6; i++) {
            check_status(vigil_poll_wait(&f.poll, &f.events, timeouts[i % 2]), VIGIL_EINTR);
            check_equal(f.events.count, 0);
        }
        check_os(setitimer(ITIMER_REAL, &never, NULL));
        check_os(sigaction(SIGALRM, &standard, NULL));
        if (with_waker == 0) {
            check_ok(vigil_waker_open(&waker, f.registry, 1));
            check_equal(take_ready(&f, NULL), 0);
        }
    }
    check_ok(vigil_waker_wake(&waker));
    (void)wait_for(&f, 1);
    vigil_waker_close(&waker);
    close_fixture(&f);
}

static void misuse__registry_register(void **state)
{
    (void)state;
    fixture f;
    fixture g;
    vigil_source source;
    vigil_source second;
    open_small_fixture(&f, 1, 1);
    open_fixture(&g);
    int fd = open_eventfd();
    int null = check_os(open("/dev/null", O_RDONLY | O_CLOEXEC));
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    check_status(vigil_registry_register(f.registry, &source, 1, VIGIL_READABLE), VIGIL_EEXIST);
    check_status(vigil_registry_register(g.registry, &source, 1, VIGIL_READABLE), VIGIL_EFOREIGN);
    second = vigil_source_from_fd(null);
    check_status(vigil_registry_register(f.registry, &second, 1, VIGIL_READABLE), VIGIL_ENOSPC);
    check_status(vigil_registry_register(g.registry, &second, 1, VIGIL_READABLE), VIGIL_EPERM);
    check_status(vigil_registry_register(g.registry, &second, 1, VIGIL_ONESHOT), VIGIL_EINVAL);
    second = vigil_source_from_fd(VIGIL_FD_NONE);
    check_status(vigil_registry_register(g.registry, &second, 1, VIGIL_READABLE), VIGIL_EBADF);
    second = vigil_source_from_fd(g.poll.registry.selector.epoll);
    check_status(vigil_registry_register(g.registry, &second, 1, VIGIL_READABLE), VIGIL_EINVAL);
    unwatch(&f, &source);
    check_os(close(fd));
    check_os(close(null));
    close_fixture(&f);
    close_fixture(&g);
}

static void misuse__registry_reregister_and_deregister(void **state)
{
    (void)state;
    fixture f;
    fixture g;
    vigil_source source;
    open_fixture(&f);
    open_fixture(&g);
    int fd = open_eventfd();
    source = vigil_source_from_fd(fd);
    check_status(vigil_registry_reregister(f.registry, &source, 1, VIGIL_READABLE), VIGIL_ENOENT);
    check_status(vigil_registry_reregister(f.registry, &source, 1, 0), VIGIL_ENOENT);
    check_status(vigil_registry_deregister(f.registry, &source), VIGIL_ENOENT);
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    check_status(vigil_registry_reregister(g.registry, &source, 1, VIGIL_READABLE), VIGIL_EFOREIGN);
    check_status(vigil_registry_deregister(g.registry, &source), VIGIL_EFOREIGN);
    check_status(vigil_registry_reregister(f.registry, &source, 1, VIGIL_LEVEL), VIGIL_EINVAL);
    check_status(vigil_registry_reregister(f.registry, &source, 1, VIGIL_READABLE | 64),
                 VIGIL_EINVAL);
    check_os(close(fd));
    check_status(vigil_registry_reregister(f.registry, &source, 1, VIGIL_READABLE), VIGIL_EBADF);
    check_ok(vigil_registry_deregister(f.registry, &source));
    check_status(vigil_registry_deregister(f.registry, &source), VIGIL_ENOENT);
    close_fixture(&f);
    close_fixture(&g);
}

static void open_waker_with(void *argument)
{
    static const int errors[] = {EMFILE, ENFILE, ENOMEM, ENODEV, EPERM};
    const vigil_status expected[] = {VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOMEM, VIGIL_ENODEV,
                                     VIGIL_EPERM};
    const int *which = argument;
    fixture f;
    vigil_waker waker;
    open_fixture(&f);
    refuse_system_call(SYS_eventfd2, errors[*which]);
    check_status(vigil_waker_open(&waker, f.registry, 1), expected[*which]);
    check_status(vigil_waker_wake(&waker), VIGIL_ENOENT);
    close_fixture(&f);
}

static void misuse__waker_open(void **state)
{
    (void)state;
    fixture f;
    vigil_waker wakers[2];
    for (int which = 0; which < 5; which++) {
        run_child(open_waker_with, &which);
    }
    open_small_fixture(&f, 1, 1);
    check_ok(vigil_waker_open(&wakers[0], f.registry, 1));
    check_status(vigil_waker_open(&wakers[1], f.registry, 1), VIGIL_ENOSPC);
    check_status(vigil_waker_wake(&wakers[1]), VIGIL_ENOENT);
    check_status(vigil_poll_close(&f.poll), VIGIL_EBUSY);
    vigil_waker_close(&wakers[0]);
    vigil_waker_close(&wakers[1]);
    check_status(vigil_waker_wake(&wakers[0]), VIGIL_ENOENT);
    close_fixture(&f);
}

/* What the kernel answers and the table lacks keeps its number in errno. */
static void fail_with_stranger(void *argument)
{
    (void)argument;
    vigil_poll poll;
    vigil_slot slots[1];
    refuse_system_call(SYS_epoll_create1, ENOTEMPTY);
    errno = 0;
    vigil_status status = vigil_poll_open(&poll, slots, 1);
    int code = errno;
    check_status(status, VIGIL_EUNKNOWN);
    check_equal(code, ENOTEMPTY);
}

static void misuse__an_unknown_error_keeps_its_number(void **state)
{
    (void)state;
    run_child(fail_with_stranger, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(misuse__poll_open),
        kernel_test(misuse__poll_open_without_an_epoll_instance),
        kernel_test(misuse__poll_close),
        kernel_test(misuse__of_a_closed_poll),
        kernel_test(misuse__poll_wait),
        kernel_test(misuse__the_largest_capacity),
        kernel_test(misuse__a_signal_interrupts_the_wait),
        kernel_test(misuse__registry_register),
        kernel_test(misuse__registry_reregister_and_deregister),
        kernel_test(misuse__waker_open),
        kernel_test(misuse__an_unknown_error_keeps_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
