/* SPDX-License-Identifier: MIT */

/* Sources that are always ready, level-triggered: one wait an operation, and
 * what it takes to look at every event. Registering is measured over the same
 * kind of source. */
#include "bench.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <vigil.h>

#define SOURCES_MAX 256

static int raw_epoll;
static int raw_fds[SOURCES_MAX];
static int vigil_fds[SOURCES_MAX];
static size_t raw_sources;
static size_t vigil_sources;
static vigil_poll poll_object;
static vigil_slot slots[SOURCES_MAX];
static vigil_source sources[SOURCES_MAX];
static vigil_raw_event storage[SOURCES_MAX];
static vigil_events events;
static uint64_t sink;

static int ready_eventfd(void)
{
    int fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
    bench_require(fd >= 0, "eventfd");
    return fd;
}

static void raw_add(size_t i)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP, .data.u64 = i};
    bench_require(epoll_ctl(raw_epoll, EPOLL_CTL_ADD, raw_fds[i], &event) == 0, "epoll_ctl");
}

static void raw_open(size_t count, int registered)
{
    raw_epoll = epoll_create1(EPOLL_CLOEXEC);
    raw_sources = count;
    for (size_t i = 0; i < count; i++) {
        raw_fds[i] = ready_eventfd();
        if (registered) {
            raw_add(i);
        }
    }
}

static void raw_close(void)
{
    for (size_t i = 0; i < raw_sources; i++) {
        close(raw_fds[i]);
    }
    close(raw_epoll);
}

static void vigil_add(size_t i)
{
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    bench_require(vigil_registry_register(registry, &sources[i], i, VIGIL_READABLE | VIGIL_LEVEL)
                      == VIGIL_OK,
                  "register");
}

static void vigil_open(size_t count, int registered)
{
    bench_require(vigil_poll_open(&poll_object, slots, SOURCES_MAX) == VIGIL_OK, "poll");
    bench_require(vigil_events_init(&events, storage, SOURCES_MAX) == VIGIL_OK, "events");
    vigil_sources = count;
    for (size_t i = 0; i < count; i++) {
        vigil_fds[i] = ready_eventfd();
        sources[i] = vigil_source_from_fd(vigil_fds[i]);
        if (registered) {
            vigil_add(i);
        }
    }
}

static void vigil_close(void)
{
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    for (size_t i = 0; i < vigil_sources; i++) {
        if (vigil_source_is_registered(&sources[i])) {
            bench_require(vigil_registry_deregister(registry, &sources[i]) == VIGIL_OK,
                          "deregister");
        }
        close(vigil_fds[i]);
    }
    bench_require(vigil_poll_close(&poll_object) == VIGIL_OK, "close");
}

static void raw_dispatch(size_t operations)
{
    struct epoll_event ready[SOURCES_MAX];
    for (size_t i = 0; i < operations; i++) {
        int count = epoll_wait(raw_epoll, ready, SOURCES_MAX, -1);
        for (int k = 0; k < count; k++) {
            if (ready[k].events & (EPOLLIN | EPOLLPRI)) {
                sink += ready[k].data.u64;
            }
        }
    }
}

static void vigil_dispatch(size_t operations)
{
    for (size_t i = 0; i < operations; i++) {
        vigil_event event;
        bench_require(vigil_poll_wait(&poll_object, &events, VIGIL_FOREVER) == VIGIL_OK, "wait");
        while (vigil_events_next(&events, &event)) {
            if (vigil_event_is_readable(event)) {
                sink += event.token;
            }
        }
    }
}

static void raw_register(size_t operations)
{
    for (size_t i = 0; i < operations; i++) {
        size_t k = i % raw_sources;
        raw_add(k);
        bench_require(epoll_ctl(raw_epoll, EPOLL_CTL_DEL, raw_fds[k], NULL) == 0, "epoll_ctl");
    }
}

static void vigil_register(size_t operations)
{
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    for (size_t i = 0; i < operations; i++) {
        size_t k = i % vigil_sources;
        vigil_add(k);
        bench_require(vigil_registry_deregister(registry, &sources[k]) == VIGIL_OK, "deregister");
    }
}

static void raw_modify(size_t operations)
{
    for (size_t i = 0; i < operations; i++) {
        size_t k = i % raw_sources;
        struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = i};
        bench_require(epoll_ctl(raw_epoll, EPOLL_CTL_MOD, raw_fds[k], &event) == 0, "epoll_ctl");
    }
}

static void vigil_modify(size_t operations)
{
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    for (size_t i = 0; i < operations; i++) {
        size_t k = i % vigil_sources;
        bench_require(vigil_registry_reregister(registry, &sources[k], i, VIGIL_READABLE)
                          == VIGIL_OK,
                      "reregister");
    }
}

static void raw_open_1(void)
{
    raw_open(1, 1);
}

static void vigil_open_1(void)
{
    vigil_open(1, 1);
}

static void raw_open_256(void)
{
    raw_open(256, 1);
}

static void vigil_open_256(void)
{
    vigil_open(256, 1);
}

static void raw_open_64(void)
{
    raw_open(64, 1);
}

static void vigil_open_64(void)
{
    vigil_open(64, 1);
}

static void raw_open_unregistered(void)
{
    raw_open(64, 0);
}

static void vigil_open_unregistered(void)
{
    vigil_open(64, 0);
}

const struct workload bench_dispatch_1 = {
    "dispatch_1",
    1.03,
    {raw_open_1, raw_dispatch, raw_close},
    {vigil_open_1, vigil_dispatch, vigil_close},
};
const struct workload bench_dispatch_256 = {
    "dispatch_256",
    1.03,
    {raw_open_256, raw_dispatch, raw_close},
    {vigil_open_256, vigil_dispatch, vigil_close},
};
const struct workload bench_register = {
    "register_deregister",
    1.05,
    {raw_open_unregistered, raw_register, raw_close},
    {vigil_open_unregistered, vigil_register, vigil_close},
};
const struct workload bench_modify = {
    "modify",
    1.05,
    {raw_open_64, raw_modify, raw_close},
    {vigil_open_64, vigil_modify, vigil_close},
};
