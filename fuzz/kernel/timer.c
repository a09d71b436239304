/* SPDX-License-Identifier: MIT */

/* Operations of timers. Nobody can wait for the time that Linux takes, so that a
 * timer has expired or is far away. */
#include "kernel/operations.h"

#include <sys/timerfd.h>

#define FAR_SECONDS 1000000000 /* decades: longer than this machine will be up */
#define NS_PER_SECOND UINT64_C(1000000000)
#define WAIT_MS 2000

void operate_timer(both *b, const int64_t *unused)
{
    (void)unused;
    if (both_has_room(b)) {
        int64_t fd = both_result(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
        both_same(b, "result", fd, vigil_model_timerfd(b->model));
        both_note(b, fd, BOTH_TIMER);
    }
}

/* The second argument is when it expires first: never, at once or later; the
 * third whether it repeats (1), and whether the time is absolute (2). */
void operate_timer_set(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    bool is_set = argument[1] != 0;
    bool is_far = argument[1] > 1;
    bool repeats = (argument[2] & 1) != 0;
    int flags = (argument[2] & 2) != 0 ? TFD_TIMER_ABSTIME : 0;
    struct itimerspec real = {.it_interval.tv_sec = repeats ? FAR_SECONDS : 0,
                              .it_value = {is_far ? FAR_SECONDS : 0, is_set && !is_far ? 1 : 0}};
    vigil_model_timer model = {
        .first_ns = is_far ? FAR_SECONDS * NS_PER_SECOND
            : is_set       ? 1
                           : 0,
        .interval_ns = repeats ? FAR_SECONDS * NS_PER_SECOND : 0,
    };
    int64_t result = both_result(timerfd_settime(fd, flags, &real, NULL));
    both_same(b, "result", result, vigil_model_timerfd_settime(b->model, fd, flags != 0, &model));
    if (result == 0 && is_set && !is_far) {
        vigil_model_advance(b->model, 1);
        struct pollfd expiring = {.fd = fd, .events = POLLIN};
        both_same(b, "expired", readiness_poll(&expiring, WAIT_MS), 1);
    }
}

void operate_timer_get(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    struct itimerspec real = {0};
    vigil_model_timer model;
    int64_t result = both_result(timerfd_gettime(fd, &real));
    both_same(b, "result", result, vigil_model_timerfd_gettime(b->model, fd, &model));
    both_same(b, "runs", real.it_value.tv_sec != 0 || real.it_value.tv_nsec != 0,
              model.first_ns != 0);
    both_same(b, "interval", real.it_interval.tv_sec, (int64_t)(model.interval_ns / NS_PER_SECOND));
}
