/* SPDX-License-Identifier: MIT */

/* The seam to epoll and eventfd, over the model kernel. */
#include "os/epoll.h"

#include "os/sim/chance.h"
#include "os/sim/watched.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define REPORTS_MAX 1024
#define STEP_NS 1000

/* A new descriptor, or why there is none. */
static vigil_status opened(int result, vigil_fd *fd)
{
    *fd = result < 0 ? VIGIL_FD_NONE : result;
    return sim_status(result);
}

vigil_status vigil_os_epoll_create(vigil_fd *epoll)
{
    *epoll = VIGIL_FD_NONE;
    if (sim_happens(sim_current()->exhaustion)) {
        return vigil_sim_random(2) == 0 ? VIGIL_EMFILE : VIGIL_ENOMEM;
    }
    return opened(vigil_model_epoll_create(vigil_sim_kernel()), epoll);
}

static vigil_status control(vigil_fd epoll, int operation, vigil_fd fd, uint32_t mask, uint64_t key)
{
    vigil_model_event event = {mask, key};
    return sim_status(vigil_model_epoll_ctl(vigil_sim_kernel(), epoll, operation, fd, &event));
}

static vigil_status watch(vigil_fd epoll, int operation, vigil_fd fd, uint32_t mask, uint64_t key)
{
    vigil_status status = control(epoll, operation, fd, mask, key);
    if (status == VIGIL_OK) {
        sim_watch(epoll, fd, mask, key);
    }
    return status;
}

vigil_status vigil_os_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (sim_happens(sim_current()->exhaustion)) {
        return vigil_sim_random(2) == 0 ? VIGIL_ENOSPC : VIGIL_ENOMEM;
    }
    return watch(epoll, EPOLL_CTL_ADD, fd, mask, key);
}

vigil_status vigil_os_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (sim_happens(sim_current()->exhaustion)) {
        return VIGIL_ENOMEM;
    }
    return watch(epoll, EPOLL_CTL_MOD, fd, mask, key);
}

vigil_status vigil_os_epoll_remove(vigil_fd epoll, vigil_fd fd)
{
    sim_unwatch(epoll, fd);
    return control(epoll, EPOLL_CTL_DEL, fd, 0, 0);
}

/* One report is as good a place as another. */
static void shuffle(vigil_raw_event *events, uint32_t count)
{
    for (uint32_t left = count; left > 1; left--) {
        uint32_t other = vigil_sim_random(left);
        vigil_raw_event last = events[left - 1];
        events[left - 1] = events[other];
        events[other] = last;
    }
}

/* What the model reports and nobody withholds; what is withheld takes nobody's place. */
static int gather(vigil_fd epoll, vigil_raw_event *events, uint32_t room, uint32_t *count)
{
    static vigil_model_event reports[REPORTS_MAX];
    int found = 0;
    *count = 0;
    do {
        found = vigil_model_epoll_wait(vigil_sim_kernel(), epoll, reports, (int)room);
        for (int i = 0; i < found; i++) {
            uint32_t flags = sim_reported(epoll, reports[i].data, reports[i].events);
            if (flags != 0) {
                events[*count].flags = flags;
                events[*count].key = reports[i].data;
                ++*count;
            }
        }
    } while (found > 0 && *count == 0);
    return found;
}

/* What is ready now; now and then less of it, or more, and in another order. */
static vigil_status look(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                         uint32_t *count)
{
    uint32_t room = capacity < REPORTS_MAX ? capacity : REPORTS_MAX;
    bool disorder = sim_happens(sim_current()->disorder);
    room = disorder ? 1 + vigil_sim_random(room) : room;
    int found = gather(epoll, events, room, count);
    sim_report_spuriously(epoll, events, capacity, count);
    if (disorder) {
        shuffle(events, *count);
    }
    return sim_status(found);
}

_Noreturn static void get_stuck(void)
{
    const vigil_sim_options *options = sim_current();
    if (options->stuck != NULL) {
        options->stuck(options->world);
    }
    (void)fprintf(stderr, "simulation: deadlock, seed %" PRIu64 "\n", options->seed);
    abort();
}

/* When something happens at last, if nobody acts any more: UINT64_MAX for never. */
static uint64_t next_ns(uint64_t end_ns)
{
    uint64_t timer_ns = sim_next_timer_ns();
    return timer_ns < end_ns ? timer_ns : end_ns;
}

/* Sleeps until something is ready, or until `end_ns`; UINT64_MAX for ever. While
 * the program sleeps the world acts; if it does not act any more, only time is
 * left to pass. */
static vigil_status wait_until(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                               uint64_t end_ns, uint32_t *count)
{
    const vigil_sim_options *options = sim_current();
    bool acts = true;
    while (true) {
        vigil_status status = look(epoll, events, capacity, count);
        if (status != VIGIL_OK || *count > 0 || sim_now_ns() >= end_ns) {
            return status;
        }
        if (sim_happens(options->interrupts)) {
            return VIGIL_EINTR;
        }
        if (acts) {
            acts = options->step != NULL && options->step(options->world, vigil_sim_kernel());
            sim_advance(STEP_NS);
            continue;
        }
        uint64_t then_ns = next_ns(end_ns);
        if (then_ns == UINT64_MAX) {
            get_stuck();
        }
        sim_advance(then_ns > sim_now_ns() ? then_ns - sim_now_ns() : 0);
    }
}

vigil_status vigil_os_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int timeout_ms, uint32_t *count)
{
    uint64_t now = sim_now_ns();
    uint64_t end_ns = timeout_ms < 0 ? UINT64_MAX : now + (uint64_t)timeout_ms * UINT64_C(1000000);
    return wait_until(epoll, events, capacity, end_ns, count);
}

vigil_status vigil_os_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                    int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    uint64_t end_ns = UINT64_MAX - 1;
    uint64_t now = sim_now_ns();
    if ((uint64_t)seconds < (end_ns - now) / UINT64_C(1000000000) - 1) {
        end_ns = now + (uint64_t)seconds * UINT64_C(1000000000) + (uint64_t)nanoseconds;
    }
    return wait_until(epoll, events, capacity, end_ns, count);
}

vigil_status vigil_os_eventfd(vigil_fd *eventfd)
{
    *eventfd = VIGIL_FD_NONE;
    if (sim_happens(sim_current()->exhaustion)) {
        return vigil_sim_random(2) == 0 ? VIGIL_EMFILE : VIGIL_ENFILE;
    }
    return opened(vigil_model_eventfd(vigil_sim_kernel(), 0, 0), eventfd);
}

vigil_status vigil_os_eventfd_write(vigil_fd eventfd)
{
    const uint64_t one = 1;
    return sim_status(vigil_model_write(vigil_sim_kernel(), eventfd, &one, sizeof one));
}

vigil_status vigil_os_eventfd_drain(vigil_fd eventfd)
{
    uint64_t counter = 0;
    return sim_status(vigil_model_read(vigil_sim_kernel(), eventfd, &counter, sizeof counter));
}
