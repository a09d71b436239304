/* SPDX-License-Identifier: MIT */

/* The channel between wakers and a sleeping thread: one eventfd(2), one write a
 * signal. The poll is looked at with the kernel's own call, as a loop around it
 * would. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include "sys/selector.h"
#include "sys/wake_channel.h"

#include <sys/epoll.h>
#include <unistd.h>

#define KEY 77
/* eventfd(2): "the maximum value that may be stored in the counter". */
#define COUNTER_MAX (UINT64_MAX - 1)

typedef struct channel_fixture {
    vigil_selector selector;
    vigil_wake_channel channel;
} channel_fixture;

static void open_channel(channel_fixture *f)
{
    check_ok(vigil_selector_open(&f->selector));
    check_ok(vigil_wake_channel_open(&f->channel, &f->selector, KEY));
    check(vigil_wake_channel_is_open(&f->channel));
}

static void close_channel(channel_fixture *f)
{
    vigil_selector_close(&f->selector); /* first, so that no epoll lists the channel */
    vigil_wake_channel_close(&f->channel);
    check(!vigil_wake_channel_is_open(&f->channel));
    vigil_wake_channel_close(&f->channel);
}

static uint64_t take_counter(const channel_fixture *f)
{
    uint64_t value = 0;
    check_equal(check_os(read(f->channel.eventfd, &value, sizeof value)), sizeof value);
    return value;
}

/* Reports of the channel's one edge, without waiting. */
static int edges(const channel_fixture *f)
{
    struct epoll_event event;
    int count = check_os(epoll_wait(f->selector.epoll, &event, 1, 0));
    check(count == 0 || event.data.u64 == KEY);
    return count;
}

static void wake_channel_a_signal_is_one_write(void **state)
{
    (void)state;
    channel_fixture f;
    open_channel(&f);
    check_equal(edges(&f), 0);
    check_ok(vigil_wake_channel_signal(&f.channel));
    check_equal(edges(&f), 1);
    check_equal(edges(&f), 0);
    check_ok(vigil_wake_channel_signal(&f.channel));
    check_equal(edges(&f), 1);
    check_equal(take_counter(&f), 2);
    close_channel(&f);
}

static void wake_channel_a_full_counter_is_emptied(void **state)
{
    (void)state;
    channel_fixture f;
    uint64_t full = COUNTER_MAX;
    open_channel(&f);
    check_equal(check_os(write(f.channel.eventfd, &full, sizeof full)), sizeof full);
    check_equal(edges(&f), 1);
    check_equal(edges(&f), 0);
    check_ok(vigil_wake_channel_signal(&f.channel));
    check_equal(edges(&f), 1);
    check_equal(take_counter(&f), 1);
    close_channel(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(wake_channel_a_signal_is_one_write),
        kernel_test(wake_channel_a_full_counter_is_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
