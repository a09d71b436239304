/* SPDX-License-Identifier: MIT */

/* Rule C11: an operation that fails leaves kernel, slots and source as they
 * were. Each way to fail that can be had without breaking the machine. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What must be the same after a failure as before. */
typedef struct before {
    vigil_source source;
    uint32_t taken;
    unsigned descriptors;
    int lowest_free;
    uint64_t generations; /* of all slots, added up: they only grow in this file */
} before;

static uint64_t add_generations(const fixture *f)
{
    const vigil_slots *slots = &f->poll.registry.slots;
    uint64_t sum = 0;
    for (uint32_t s = 0; s < slots->count; s++) {
        sum += slots->array[s].generation.value;
    }
    return sum;
}

static before look(const fixture *f, const vigil_source *source)
{
    return (before){
        .source = *source,
        .taken = vigil_slots_taken(&f->poll.registry.slots),
        .descriptors = open_descriptors(),
        .lowest_free = lowest_free_descriptor(),
        .generations = add_generations(f),
    };
}

static void check_unchanged(const fixture *f, const vigil_source *source, const before *b)
{
    check(source->registry == b->source.registry);
    check_equal(source->fd, b->source.fd);
    check_equal(source->slot, b->source.slot);
    check_equal(vigil_slots_taken(&f->poll.registry.slots), b->taken);
    check_equal(open_descriptors(), b->descriptors);
    check_equal(lowest_free_descriptor(), b->lowest_free);
    check_equal(add_generations(f), b->generations);
}

/* Registering fails with `expected`, as often as it is tried, and the slots
 * are all there afterwards: as many sources as before find room. */
static void refuse_register(fixture *f, int fd, vigil_interest interest, vigil_status expected)
{
    vigil_source source = vigil_source_from_fd(fd);
    before b = look(f, &source);
    for (int i = 0; i < 3; i++) {
        check_status(vigil_registry_register(f->registry, &source, 1, interest), expected);
        check_unchanged(f, &source, &b);
        check(!vigil_source_is_registered(&source));
    }
    check_status(vigil_registry_deregister(f->registry, &source), VIGIL_ENOENT);
    expect_no_events(f);
}

static void works_afterwards(fixture *f)
{
    vigil_source source;
    int fd = open_eventfd();
    watch(f, &source, fd, 77, VIGIL_READABLE);
    add_to_eventfd(fd, 1);
    (void)wait_for(f, 77);
    unwatch(f, &source);
    check_os(close(fd));
}

static void c11_register_what_cannot_be_watched(void **state)
{
    (void)state;
    fixture f;
    open_small_fixture(&f, 1, 4);
    int null = check_os(open("/dev/null", O_RDWR | O_CLOEXEC));
    int folder = check_os(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    int file = check_os(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    refuse_register(&f, null, VIGIL_READABLE, VIGIL_EPERM);
    refuse_register(&f, folder, VIGIL_READABLE, VIGIL_EPERM);
    refuse_register(&f, file, VIGIL_READABLE | VIGIL_LEVEL, VIGIL_EPERM);
    works_afterwards(&f);
    check_os(close(null));
    check_os(close(folder));
    check_os(close(file));
    close_fixture(&f);
}

static void c11_register_what_is_not_open(void **state)
{
    (void)state;
    fixture f;
    open_small_fixture(&f, 1, 4);
    refuse_register(&f, VIGIL_FD_NONE, VIGIL_READABLE, VIGIL_EBADF);
    refuse_register(&f, lowest_free_descriptor(), VIGIL_READABLE, VIGIL_EBADF);
    refuse_register(&f, 1 << 30, VIGIL_READABLE, VIGIL_EBADF);
    works_afterwards(&f);
    close_fixture(&f);
}

static void c11_register_with_a_bad_interest(void **state)
{
    (void)state;
    const vigil_interest bad[] = {VIGIL_INTEREST_NONE, VIGIL_LEVEL, VIGIL_ONESHOT, 32,
                                  VIGIL_READABLE | 32, UINT32_MAX};
    fixture f;
    open_small_fixture(&f, 1, 4);
    int fd = open_eventfd();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        refuse_register(&f, fd, bad[i], VIGIL_EINVAL);
    }
    works_afterwards(&f);
    check_os(close(fd));
    close_fixture(&f);
}

/* Two sources of one descriptor: the second is refused by the kernel, and the
 * first is as it was. */
static void c11_register_a_descriptor_twice(void **state)
{
    (void)state;
    fixture f;
    vigil_source first;
    open_small_fixture(&f, 2, 4);
    int fd = open_eventfd();
    watch(&f, &first, fd, 5, VIGIL_READABLE);
    refuse_register(&f, fd, VIGIL_WRITABLE, VIGIL_EEXIST);
    add_to_eventfd(fd, 1);
    vigil_event event = wait_for(&f, 5);
    check(!vigil_event_is_writable(event));
    works_afterwards(&f);
    unwatch(&f, &first);
    check_os(close(fd));
    close_fixture(&f);
}

static void c11_register_a_source_twice(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 5, VIGIL_READABLE);
    before b = look(&f, &source);
    check_status(vigil_registry_register(f.registry, &source, 6, VIGIL_WRITABLE), VIGIL_EEXIST);
    check_status(vigil_registry_register(f.registry, &source, 6, 0), VIGIL_EEXIST);
    check_unchanged(&f, &source, &b);
    expect_no_events(&f);
    add_to_eventfd(fd, 1);
    check(!vigil_event_is_writable(wait_for(&f, 5)));
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

static void c11_register_without_a_slot(void **state)
{
    (void)state;
    fixture f;
    vigil_source first;
    vigil_waker waker;
    open_small_fixture(&f, 2, 4);
    int fd = open_eventfd();
    int other = open_eventfd();
    watch(&f, &first, fd, 5, VIGIL_READABLE);
    check_ok(vigil_waker_open(&waker, f.registry, 6));
    (void)take_ready(&f, NULL);
    refuse_register(&f, other, VIGIL_READABLE, VIGIL_ENOSPC);
    vigil_waker_close(&waker);
    works_afterwards(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 6));
    vigil_waker_close(&waker);
    unwatch(&f, &first);
    check_os(close(fd));
    check_os(close(other));
    close_fixture(&f);
}

static void c11_register_the_poll_itself(void **state)
{
    (void)state;
    fixture f;
    vigil_fd own = VIGIL_FD_NONE;
    open_small_fixture(&f, 1, 4);
    check_ok(vigil_poll_fd(&f.poll, &own));
    refuse_register(&f, own, VIGIL_READABLE, VIGIL_EINVAL);
    works_afterwards(&f);
    close_fixture(&f);
}

static void c11_register_a_circle_of_polls(void **state)
{
    (void)state;
    fixture f;
    fixture g;
    vigil_fd inner = VIGIL_FD_NONE;
    vigil_fd outer = VIGIL_FD_NONE;
    vigil_source source;
    open_small_fixture(&f, 2, 4);
    open_small_fixture(&g, 2, 4);
    check_ok(vigil_poll_fd(&f.poll, &outer));
    check_ok(vigil_poll_fd(&g.poll, &inner));
    watch(&f, &source, inner, 1, VIGIL_READABLE);
    refuse_register(&g, outer, VIGIL_READABLE, VIGIL_ELOOP);
    works_afterwards(&g);
    unwatch(&f, &source);
    works_afterwards(&f);
    close_fixture(&f);
    close_fixture(&g);
}

static void c11_register_elsewhere(void **state)
{
    (void)state;
    fixture f;
    fixture g;
    vigil_source source;
    open_fixture(&f);
    open_fixture(&g);
    int fd = open_eventfd();
    watch(&f, &source, fd, 5, VIGIL_READABLE);
    before b = look(&g, &source);
    check_status(vigil_registry_register(g.registry, &source, 6, VIGIL_READABLE), VIGIL_EFOREIGN);
    check_status(vigil_registry_reregister(g.registry, &source, 6, VIGIL_READABLE), VIGIL_EFOREIGN);
    check_status(vigil_registry_deregister(g.registry, &source), VIGIL_EFOREIGN);
    check_unchanged(&g, &source, &b);
    add_to_eventfd(fd, 1);
    (void)wait_for(&f, 5);
    expect_no_events(&g);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
    close_fixture(&g);
}

/* A failed reregistration leaves token, interest and arming in force. */
static void c11_reregister_with_a_bad_interest(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 5, VIGIL_READABLE | VIGIL_ONESHOT);
    before b = look(&f, &source);
    check_status(vigil_registry_reregister(f.registry, &source, 6, VIGIL_LEVEL), VIGIL_EINVAL);
    check_status(vigil_registry_reregister(f.registry, &source, 6, 64), VIGIL_EINVAL);
    check_unchanged(&f, &source, &b);
    add_to_eventfd(fd, 1);
    (void)wait_for(&f, 5);
    check_status(vigil_registry_reregister(f.registry, &source, 6, 0), VIGIL_EINVAL);
    add_to_eventfd(fd, 1);
    expect_no_events(&f);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

/* The descriptor was closed behind the registration; a copy keeps it alive, so
 * the kernel goes on to report, and the old token with the old mask is what the
 * report must carry. */
static void c11_reregister_what_was_closed(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_unix_pair(fd);
    watch(&f, &source, fd[0], 5, VIGIL_READABLE);
    int copy = check_os(fcntl(fd[0], F_DUPFD_CLOEXEC, 64));
    check_os(close(fd[0]));
    before b = look(&f, &source);
    check_status(vigil_registry_reregister(f.registry, &source, 6, VIGIL_WRITABLE), VIGIL_EBADF);
    check_unchanged(&f, &source, &b);
    write_bytes(fd[1], 1);
    vigil_event event = wait_for(&f, 5);
    check(vigil_event_is_readable(event));
    unwatch(&f, &source);
    works_afterwards(&f);
    check_os(close(copy));
    check_os(close(fd[1]));
    close_fixture(&f);
}

/* An event in hand, of which the program has since asked for a part: a failed
 * change does not bring the other part back. */
static void c11_reregister_does_not_widen_what_is_in_hand(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    vigil_event event;
    open_fixture(&f);
    open_unix_pair(fd);
    write_bytes(fd[1], 1);
    watch(&f, &source, fd[0], 5, VIGIL_READABLE | VIGIL_WRITABLE);
    wait_once(&f, VIGIL_FOREVER);
    check_ok(vigil_registry_reregister(f.registry, &source, 6, VIGIL_READABLE));
    int copy = check_os(fcntl(fd[0], F_DUPFD_CLOEXEC, 64));
    check_os(close(fd[0]));
    check_status(vigil_registry_reregister(f.registry, &source, 7, VIGIL_WRITABLE), VIGIL_EBADF);
    check(vigil_events_next(&f.events, &event));
    check_equal(event.token, 6);
    check(vigil_event_is_readable(event));
    check(!vigil_event_is_writable(event));
    unwatch(&f, &source);
    check_os(close(copy));
    check_os(close(fd[1]));
    close_fixture(&f);
}

/* The kernel refuses to remove: the source is still registered, is still heard,
 * and can be removed once the kernel lets it. */
static void refuse_remove(void *argument)
{
    (void)argument;
    fixture f;
    vigil_source source;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 5, VIGIL_READABLE);
    before b = look(&f, &source);
    refuse_system_call(SYS_epoll_ctl, ENOMEM);
    check_status(vigil_registry_deregister(f.registry, &source), VIGIL_ENOMEM);
    check_unchanged(&f, &source, &b);
    check_status(vigil_registry_reregister(f.registry, &source, 6, VIGIL_WRITABLE), VIGIL_ENOMEM);
    check_unchanged(&f, &source, &b);
    add_to_eventfd(fd, 1);
    check(!vigil_event_is_writable(wait_for(&f, 5)));
    check_status(vigil_poll_close(&f.poll), VIGIL_EBUSY);
    vigil_waker waker;
    check_status(vigil_waker_open(&waker, f.registry, 7), VIGIL_ENOMEM);
    check(waker.registry == NULL);
    check_unchanged(&f, &source, &b);
}

static void c11_the_kernel_refuses_to_change(void **state)
{
    (void)state;
    run_child(refuse_remove, NULL);
}

static void without_descriptors(void *argument)
{
    (void)argument;
    fixture f;
    vigil_poll poll;
    vigil_slot slots[2];
    vigil_waker waker;
    vigil_source source;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    before b = look(&f, &source);
    limit_descriptors((unsigned)b.lowest_free);
    memset(&poll, 0x55, sizeof poll);
    check_status(vigil_poll_open(&poll, slots, 2), VIGIL_EMFILE);
    check_ok(vigil_poll_close(&poll));
    for (int i = 0; i < 3; i++) {
        memset(&waker, 0x55, sizeof waker);
        check_status(vigil_waker_open(&waker, f.registry, 2), VIGIL_EMFILE);
        check(waker.registry == NULL);
        check_status(vigil_waker_wake(&waker), VIGIL_ENOENT);
        vigil_waker_close(&waker);
    }
    limit_descriptors((unsigned)b.lowest_free + 32);
    check_unchanged(&f, &source, &b);
    check_ok(vigil_poll_open(&poll, slots, 2));
    check_ok(vigil_poll_close(&poll));
    check_ok(vigil_waker_open(&waker, f.registry, 2));
    check_ok(vigil_waker_wake(&waker));
    (void)wait_for(&f, 2);
    vigil_waker_close(&waker);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
}

static void c11_no_descriptor_is_to_be_had(void **state)
{
    (void)state;
    run_child(without_descriptors, NULL);
}

static void c11_waker_without_a_slot(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    vigil_waker waker;
    open_small_fixture(&f, 1, 4);
    int fd = open_eventfd();
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    before b = look(&f, &source);
    check_status(vigil_waker_open(&waker, f.registry, 2), VIGIL_ENOSPC);
    check(waker.registry == NULL);
    check_unchanged(&f, &source, &b);
    unwatch(&f, &source);
    check_ok(vigil_waker_open(&waker, f.registry, 2));
    check_ok(vigil_waker_wake(&waker));
    (void)wait_for(&f, 2);
    vigil_waker_close(&waker);
    check_os(close(fd));
    close_fixture(&f);
}

static void c11_close_while_in_use(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    vigil_waker waker;
    open_fixture(&f);
    int fd = open_eventfd();
    watch(&f, &source, fd, 1, VIGIL_READABLE);
    before b = look(&f, &source);
    check_status(vigil_poll_close(&f.poll), VIGIL_EBUSY);
    check_unchanged(&f, &source, &b);
    add_to_eventfd(fd, 1);
    (void)wait_for(&f, 1);
    unwatch(&f, &source);
    check_ok(vigil_waker_open(&waker, f.registry, 2));
    check_status(vigil_poll_close(&f.poll), VIGIL_EBUSY);
    check_ok(vigil_waker_wake(&waker));
    (void)wait_for(&f, 2);
    vigil_waker_close(&waker);
    check_os(close(fd));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c11_register_what_cannot_be_watched),
        kernel_test(c11_register_what_is_not_open),
        kernel_test(c11_register_with_a_bad_interest),
        kernel_test(c11_register_a_descriptor_twice),
        kernel_test(c11_register_a_source_twice),
        kernel_test(c11_register_without_a_slot),
        kernel_test(c11_register_the_poll_itself),
        kernel_test(c11_register_a_circle_of_polls),
        kernel_test(c11_register_elsewhere),
        kernel_test(c11_reregister_with_a_bad_interest),
        kernel_test(c11_reregister_what_was_closed),
        kernel_test(c11_reregister_does_not_widen_what_is_in_hand),
        kernel_test(c11_the_kernel_refuses_to_change),
        kernel_test(c11_no_descriptor_is_to_be_had),
        kernel_test(c11_waker_without_a_slot),
        kernel_test(c11_close_while_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
