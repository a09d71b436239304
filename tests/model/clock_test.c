/* SPDX-License-Identifier: MIT */

/* The clock of the model kernel, which nothing on Linux can be compared with: time
 * passes when it is told to, and timers expire by it. */
#include "os/epoll.h"
#include "os/sim/sim.h"
#include "support/check.h"

#include <stdint.h>
#include <sys/epoll.h>

static const vigil_model_options options = {.first_descriptor = 3, .descriptors_max = 20};

static void set(vigil_model *model, int fd, uint64_t first_ns, uint64_t interval_ns)
{
    const vigil_model_timer value = {first_ns, interval_ns};
    check_equal(vigil_model_timerfd_settime(model, fd, 0, &value), 0);
}

static uint64_t ticks(vigil_model *model, int fd)
{
    uint64_t count = 0;
    return vigil_model_read(model, fd, &count, sizeof count) == sizeof count ? count : 0;
}

static void clock__a_timer_expires_at_its_time_and_not_before(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int fd = vigil_model_timerfd(model);
    vigil_model_timer left;
    check_equal(vigil_model_next_timer(model), UINT64_MAX);
    set(model, fd, 100, 0);
    check_equal(vigil_model_next_timer(model), vigil_model_now(model) + 100);
    vigil_model_advance(model, 99);
    check_equal(vigil_model_poll(model, fd, EPOLLIN), 0);
    check_equal(vigil_model_timerfd_gettime(model, fd, &left), 0);
    check_equal(left.first_ns, 1);
    vigil_model_advance(model, 1);
    check_equal(vigil_model_poll(model, fd, EPOLLIN), EPOLLIN);
    check_equal(ticks(model, fd), 1);
    check_equal(ticks(model, fd), 0);
    check_equal(vigil_model_next_timer(model), UINT64_MAX);
    vigil_model_free(model);
}

static void clock__intervals_that_passed_are_counted(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int fd = vigil_model_timerfd(model);
    vigil_model_timer left;
    set(model, fd, 100, 10);
    vigil_model_advance(model, 100 + 35);
    check_equal(ticks(model, fd), 1 + 3);
    check_equal(vigil_model_timerfd_gettime(model, fd, &left), 0);
    check_equal(left.first_ns, 5);
    vigil_model_advance(model, 5);
    check_equal(ticks(model, fd), 1);
    vigil_model_free(model);
}

static void clock__timers_expire_in_their_order(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int epoll = vigil_model_epoll_create(model);
    static const uint64_t delays[] = {30, 10, 20};
    static const uint64_t order[] = {1, 2, 0};
    vigil_model_event events[4];
    for (uint64_t i = 0; i < 3; i++) {
        const vigil_model_event event = {EPOLLIN, i};
        int fd = vigil_model_timerfd(model);
        set(model, fd, delays[i], 0);
        check_equal(vigil_model_epoll_ctl(model, epoll, EPOLL_CTL_ADD, fd, &event), 0);
    }
    vigil_model_advance(model, 40);
    check_equal(vigil_model_epoll_wait(model, epoll, events, 4), 3);
    for (int i = 0; i < 3; i++) {
        check_equal(events[i].data, order[i]);
    }
    vigil_model_free(model);
}

/* A program that sleeps for ever is stuck, unless a timer is to wake it. */
static void clock__a_timer_wakes_who_sleeps_for_ever(void **state)
{
    (void)state;
    const vigil_sim_options simulated = {.seed = 1, .descriptors_max = 20};
    const vigil_model_event event = {EPOLLIN, 7};
    vigil_raw_event events[2];
    uint32_t count = 0;
    vigil_sim_begin(&simulated);
    vigil_model *model = vigil_sim_kernel();
    int epoll = vigil_model_epoll_create(model);
    int fd = vigil_model_timerfd(model);
    check_equal(vigil_model_epoll_ctl(model, epoll, EPOLL_CTL_ADD, fd, &event), 0);
    set(model, fd, UINT64_C(3600000000000), 0);
    check_ok(vigil_os_epoll_wait(epoll, events, 2, -1, &count));
    check_equal(count, 1);
    check_equal(events[0].key, 7);
    check(vigil_sim_end().now_ns >= UINT64_C(3600000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clock__a_timer_expires_at_its_time_and_not_before),
        cmocka_unit_test(clock__intervals_that_passed_are_counted),
        cmocka_unit_test(clock__timers_expire_in_their_order),
        cmocka_unit_test(clock__a_timer_wakes_who_sleeps_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
