/* SPDX-License-Identifier: MIT */

/* Operations that watch, and that ask what is ready. */
#include "kernel/operations.h"

#include <errno.h>
#include <sys/epoll.h>

#define CAPACITY_MAX 8

static void control(both *b, int change, const int64_t *argument)
{
    int epoll = (int)argument[0];
    int fd = (int)argument[1];
    uint32_t events = change == EPOLL_CTL_DEL ? 0 : (uint32_t)argument[2];
    uint64_t data = (uint64_t)(unsigned)fd << 32 | b->step;
    struct epoll_event real = {.events = events, .data.u64 = data};
    vigil_model_event model = {events, data};
    both_same(b, "result", both_result(epoll_ctl(epoll, change, fd, &real)),
              vigil_model_epoll_ctl(b->model, epoll, change, fd, &model));
}

void operate_epoll_add(both *b, const int64_t *argument)
{
    control(b, EPOLL_CTL_ADD, argument);
}

void operate_epoll_modify(both *b, const int64_t *argument)
{
    control(b, EPOLL_CTL_MOD, argument);
}

void operate_epoll_delete(both *b, const int64_t *argument)
{
    control(b, EPOLL_CTL_DEL, argument);
}

void operate_epoll_wait(both *b, const int64_t *argument)
{
    struct epoll_event real[CAPACITY_MAX];
    vigil_model_event model[CAPACITY_MAX];
    int fd = (int)argument[0];
    int capacity = argument[1] <= CAPACITY_MAX ? (int)argument[1] : CAPACITY_MAX;
    int64_t count = both_result(epoll_wait(fd, real, capacity, 0));
    int64_t model_count = vigil_model_epoll_wait(b->model, fd, model, capacity);
    for (int64_t i = 0; both_traces() && i < model_count; i++) {
        both_trace("#   model: %#x of %llu\n", model[i].events,
                   (unsigned long long)model[i].data >> 32);
    }
    for (int64_t i = 0; both_traces() && i < count; i++) {
        both_trace("#   Linux: %#x of %llu\n", real[i].events,
                   (unsigned long long)real[i].data.u64 >> 32);
    }
    both_same(b, "result", count, model_count);
    for (int64_t i = 0; i < count && i < model_count; i++) {
        both_same(b, "events", real[i].events, model[i].events);
        both_same(b, "data", (int64_t)real[i].data.u64, (int64_t)model[i].data);
    }
}

/* A fuzzer has an alarm clock, and a signal that is pending ends even a poll that
 * does not wait. */
int readiness_poll(struct pollfd *polled, int timeout_ms)
{
    int64_t count = -EINTR;
    while (count == -EINTR) {
        count = both_result(poll(polled, 1, timeout_ms));
    }
    return (int)count;
}

void operate_poll(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    uint32_t events = (uint32_t)argument[1];
    struct pollfd real = {.fd = fd, .events = (short)events};
    int64_t count = readiness_poll(&real, 0);
    int model = vigil_model_poll(b->model, fd, events);
    both_same(b, "result", count, model != 0);
    both_same(b, "events", real.revents, model);
}
