/* SPDX-License-Identifier: MIT */

/* Wakes that come while the thread is busy, and then one wait. By hand a wake
 * is a write to an edge-triggered eventfd that is never read. */
#include "bench.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vigil.h>

#define EVENTS 64

static int raw_epoll;
static int raw_eventfd;
static vigil_poll poll_object;
static vigil_slot slots[4];
static vigil_raw_event storage[EVENTS];
static vigil_events events;
static vigil_waker waker;
static uint64_t sink;

static void raw_open(void)
{
    raw_epoll = epoll_create1(EPOLL_CLOEXEC);
    raw_eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = 7};
    bench_require(epoll_ctl(raw_epoll, EPOLL_CTL_ADD, raw_eventfd, &event) == 0, "epoll_ctl");
}

static void raw_close(void)
{
    close(raw_eventfd);
    close(raw_epoll);
}

static void vigil_open(void)
{
    bench_require(vigil_poll_open(&poll_object, slots, 4) == VIGIL_OK, "poll");
    bench_require(vigil_events_init(&events, storage, EVENTS) == VIGIL_OK, "events");
    bench_require(vigil_waker_open(&waker, vigil_poll_registry(&poll_object), 7) == VIGIL_OK,
                  "waker");
}

static void vigil_close(void)
{
    vigil_waker_close(&waker);
    bench_require(vigil_poll_close(&poll_object) == VIGIL_OK, "close");
}

static void raw_burst(size_t operations, size_t wakes)
{
    struct epoll_event ready[EVENTS];
    for (size_t i = 0; i < operations; i++) {
        for (size_t w = 0; w < wakes; w++) {
            uint64_t one = 1;
            bench_require(write(raw_eventfd, &one, sizeof one) == sizeof one, "write");
        }
        int count = epoll_wait(raw_epoll, ready, EVENTS, -1);
        bench_require(count == 1, "wake");
        sink += ready[0].data.u64;
    }
}

static void vigil_burst(size_t operations, size_t wakes)
{
    for (size_t i = 0; i < operations; i++) {
        vigil_event event;
        for (size_t w = 0; w < wakes; w++) {
            bench_require(vigil_waker_wake(&waker) == VIGIL_OK, "wake");
        }
        bench_require(vigil_poll_wait(&poll_object, &events, VIGIL_FOREVER) == VIGIL_OK, "wait");
        bench_require(vigil_events_next(&events, &event), "wake");
        sink += event.token;
    }
}

static void raw_run_1(size_t operations)
{
    raw_burst(operations, 1);
}

static void vigil_run_1(size_t operations)
{
    vigil_burst(operations, 1);
}

static void raw_run_10(size_t operations)
{
    raw_burst(operations, 10);
}

static void vigil_run_10(size_t operations)
{
    vigil_burst(operations, 10);
}

static void raw_run_100(size_t operations)
{
    raw_burst(operations, 100);
}

static void vigil_run_100(size_t operations)
{
    vigil_burst(operations, 100);
}

const struct workload bench_wake_1 = {
    "wake_burst_1",
    0.25,
    {raw_open, raw_run_1, raw_close},
    {vigil_open, vigil_run_1, vigil_close},
};
const struct workload bench_wake_10 = {
    "wake_burst_10",
    0.06,
    {raw_open, raw_run_10, raw_close},
    {vigil_open, vigil_run_10, vigil_close},
};
const struct workload bench_wake_100 = {
    "wake_burst_100",
    0.015,
    {raw_open, raw_run_100, raw_close},
    {vigil_open, vigil_run_100, vigil_close},
};
