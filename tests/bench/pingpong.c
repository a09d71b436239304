/* SPDX-License-Identifier: MIT */

/* One thread: write, wait, read. Three system calls an operation, whoever
 * makes them; what is compared is what stands around them. */
#include "bench.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vigil.h>

#define EVENTS 64

/* What one side of a contest holds: `near` is written to, `far` is watched. */
struct ends {
    int near;
    int far;
};

static struct ends raw_ends;
static struct ends vigil_ends;
static int raw_epoll;
static vigil_poll poll_object;
static vigil_slot slots[4];
static vigil_raw_event storage[EVENTS];
static vigil_events events;
static vigil_source source;
static vigil_waker waker;
static uint64_t sink;

static struct ends open_eventfd(void)
{
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return (struct ends){fd, fd};
}

static struct ends open_socketpair(void)
{
    int pair[2] = {-1, -1};
    int made = socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
    bench_require(made == 0, "socketpair");
    return (struct ends){pair[0], pair[1]};
}

static struct ends open_tcp(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    bench_require(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
    bench_require(listen(listener, 1) == 0, "listen");
    bench_require(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    int near = socket(AF_INET, SOCK_STREAM, 0);
    bench_require(connect(near, (struct sockaddr *)&address, length) == 0, "connect");
    int far = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    int on = 1;
    setsockopt(near, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    close(listener);
    return (struct ends){near, far};
}

static void close_ends(struct ends ends)
{
    close(ends.near);
    if (ends.far != ends.near) {
        close(ends.far);
    }
}

static void raw_open(struct ends ends)
{
    raw_ends = ends;
    raw_epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = 7};
    bench_require(epoll_ctl(raw_epoll, EPOLL_CTL_ADD, ends.far, &event) == 0, "epoll_ctl");
}

static void raw_close(void)
{
    close(raw_epoll);
    close_ends(raw_ends);
}

static void vigil_open(struct ends ends)
{
    vigil_ends = ends;
    source = vigil_source_from_fd(ends.far);
    bench_require(vigil_poll_open(&poll_object, slots, 4) == VIGIL_OK, "poll");
    bench_require(vigil_events_init(&events, storage, EVENTS) == VIGIL_OK, "events");
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    bench_require(vigil_registry_register(registry, &source, 7, VIGIL_READABLE) == VIGIL_OK,
                  "register");
}

static void vigil_close(void)
{
    bench_require(vigil_registry_deregister(vigil_poll_registry(&poll_object), &source) == VIGIL_OK,
                  "deregister");
    bench_require(vigil_poll_close(&poll_object) == VIGIL_OK, "close");
    close_ends(vigil_ends);
}

/* The program's part of an event is a function of its own, as in a server. */
__attribute__((noinline)) static void handle(int fd, uint64_t token)
{
    uint64_t data = 0;
    bench_require(read(fd, &data, sizeof data) == sizeof data, "read");
    sink += token + data;
}

__attribute__((noinline)) static void post(int fd)
{
    uint64_t one = 1;
    bench_require(write(fd, &one, sizeof one) == sizeof one, "write");
}

static void raw_run(size_t operations)
{
    struct epoll_event ready[EVENTS];
    for (size_t i = 0; i < operations; i++) {
        post(raw_ends.near);
        int count = epoll_wait(raw_epoll, ready, EVENTS, -1);
        for (int k = 0; k < count; k++) {
            if (ready[k].events & (EPOLLIN | EPOLLPRI)) {
                handle(raw_ends.far, ready[k].data.u64);
            }
        }
    }
}

static void vigil_run(size_t operations)
{
    for (size_t i = 0; i < operations; i++) {
        vigil_event event;
        post(vigil_ends.near);
        bench_require(vigil_poll_wait(&poll_object, &events, VIGIL_FOREVER) == VIGIL_OK, "wait");
        while (vigil_events_next(&events, &event)) {
            if (vigil_event_is_readable(event)) {
                handle(vigil_ends.far, event.token);
            }
        }
    }
}

static void raw_open_eventfd(void)
{
    raw_open(open_eventfd());
}

static void vigil_open_eventfd(void)
{
    vigil_open(open_eventfd());
}

static void raw_open_socketpair(void)
{
    raw_open(open_socketpair());
}

static void vigil_open_socketpair(void)
{
    vigil_open(open_socketpair());
}

static void raw_open_tcp(void)
{
    raw_open(open_tcp());
}

static void vigil_open_tcp(void)
{
    vigil_open(open_tcp());
}

static void vigil_open_waker(void)
{
    vigil_open(open_eventfd());
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    bench_require(vigil_waker_open(&waker, registry, 8) == VIGIL_OK, "waker");
}

static void vigil_close_waker(void)
{
    vigil_waker_close(&waker);
    vigil_close();
}

const struct workload bench_pingpong_eventfd = {
    "pingpong_eventfd",
    1.03,
    {raw_open_eventfd, raw_run, raw_close},
    {vigil_open_eventfd, vigil_run, vigil_close},
};
const struct workload bench_pingpong_waker = {
    "pingpong_waker_open",
    1.03,
    {raw_open_eventfd, raw_run, raw_close},
    {vigil_open_waker, vigil_run, vigil_close_waker},
};
const struct workload bench_pingpong_socketpair = {
    "pingpong_socketpair",
    1.03,
    {raw_open_socketpair, raw_run, raw_close},
    {vigil_open_socketpair, vigil_run, vigil_close},
};
const struct workload bench_pingpong_tcp = {
    "pingpong_tcp",
    1.03,
    {raw_open_tcp, raw_run, raw_close},
    {vigil_open_tcp, vigil_run, vigil_close},
};
