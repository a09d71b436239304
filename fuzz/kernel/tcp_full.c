/* SPDX-License-Identifier: MIT */

/* A TCP connection whose one end sends until nothing fits any more, while the other one
 * does not read. How many bytes that takes, and when exactly there is room again, is
 * Linux's own and a matter of time; what both kernels have to keep are the promises:
 * would-block is said, and from then on nobody is told that there is room; all bytes that
 * were taken arrive, in their order; and once they are read, whoever waits for room is
 * told. */
#include "kernel/operations.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PATTERN 251 /* bytes after which what is sent repeats itself */
#define PIECE 65536
#define TRIES_MAX 2000
#define WAIT_MS 2000
#define ROOM 1000000 /* of the sender, afterwards */

/* One of both kernels. */
typedef struct side {
    vigil_model *model; /* null for Linux */
    int fd;             /* that sends */
    int peer;
    int epoll; /* waits for `fd` to have room, by its edges */
} side;

/* What was promised, and whether it was kept. */
typedef struct promises {
    bool would_block;
    bool silent_while_full;
    bool complete;
    bool in_order;
    bool told;
    bool writable;
} promises;

static uint8_t *pattern(size_t offset)
{
    static uint8_t bytes[PIECE + PATTERN];
    for (size_t i = 0; bytes[1] == 0 && i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)(i % PATTERN);
    }
    return bytes + offset % PATTERN;
}

static int64_t send_some(const side *s, const uint8_t *data, size_t size)
{
    return s->model == NULL ? both_result(write(s->fd, data, size))
                            : vigil_model_write(s->model, s->fd, data, size);
}

static int64_t read_some(const side *s, uint8_t *data, size_t size)
{
    return s->model == NULL ? both_result(read(s->peer, data, size))
                            : vigil_model_read(s->model, s->peer, data, size);
}

static bool is_ready(const side *s, int fd, short events, int timeout_ms)
{
    struct pollfd polled = {.fd = fd, .events = events};
    return s->model == NULL ? readiness_poll(&polled, timeout_ms) == 1
                            : vigil_model_poll(s->model, fd, (uint32_t)events) != 0;
}

static void watch(side *s)
{
    struct epoll_event real = {.events = EPOLLOUT | (uint32_t)EPOLLET};
    vigil_model_event model = {EPOLLOUT | (uint32_t)EPOLLET, 0};
    if (s->model == NULL) {
        s->epoll = epoll_create1(EPOLL_CLOEXEC);
        (void)epoll_ctl(s->epoll, EPOLL_CTL_ADD, s->fd, &real);
    } else {
        s->epoll = vigil_model_epoll_create(s->model);
        (void)vigil_model_epoll_ctl(s->model, s->epoll, EPOLL_CTL_ADD, s->fd, &model);
    }
}

static void unwatch(const side *s)
{
    (void)(s->model == NULL ? close(s->epoll) : vigil_model_close(s->model, s->epoll));
}

/* Whether there was an edge. */
static bool is_told(const side *s, int timeout_ms)
{
    struct epoll_event real;
    vigil_model_event model;
    if (s->model != NULL) {
        return vigil_model_epoll_wait(s->model, s->epoll, &model, 1) == 1;
    }
    return is_ready(s, s->epoll, POLLIN, timeout_ms) && epoll_wait(s->epoll, &real, 1, 0) == 1;
}

/* Sends until would-block; what arrives with delay leaves room for more, of which the
 * sender is told. */
static size_t fill(const side *s, promises *p)
{
    size_t sent = 0;
    for (int tries = 0; tries < TRIES_MAX && !p->silent_while_full; tries++) {
        int64_t count = send_some(s, pattern(sent), PIECE);
        sent += count > 0 ? (size_t)count : 0;
        if (count < 0) {
            p->would_block = count == -EAGAIN;
            p->silent_while_full = !is_told(s, 0) && !is_ready(s, s->fd, POLLOUT, 0);
        }
    }
    return sent;
}

static void drain(const side *s, size_t sent, promises *p)
{
    static uint8_t data[PIECE];
    size_t done = 0;
    p->in_order = true;
    for (int tries = 0; tries < TRIES_MAX && done < sent; tries++) {
        int64_t count = read_some(s, data, sizeof data);
        for (int64_t i = 0; i < count; i++) {
            p->in_order = p->in_order && data[i] == pattern(done)[i];
        }
        done += count > 0 ? (size_t)count : 0;
        if (count <= 0 && !is_ready(s, s->peer, POLLIN, WAIT_MS)) {
            break;
        }
    }
    p->complete = done == sent && read_some(s, data, 1) == -EAGAIN;
}

static promises play(vigil_model *model, int fd, int peer)
{
    side s = {.model = model, .fd = fd, .peer = peer};
    promises kept = {false};
    watch(&s);
    size_t sent = fill(&s, &kept);
    drain(&s, sent, &kept);
    kept.told = is_told(&s, WAIT_MS);
    kept.writable = is_ready(&s, fd, POLLOUT, 0);
    unwatch(&s);
    return kept;
}

static bool is_whole(int fd)
{
    struct pollfd polled = {.fd = fd, .events = POLLRDHUP};
    return readiness_poll(&polled, 0) == 0;
}

/* Who is shut down before it connects sends nothing, and its peer hears nothing of it. */
static bool may_send(int fd)
{
    return send(fd, NULL, 0, 0) == 0;
}

/* The descriptor of the other end, or -1. */
static int peer_of(both *b, int fd)
{
    struct sockaddr_in peer = {0};
    socklen_t size = sizeof peer;
    if (getpeername(fd, (struct sockaddr *)&peer, &size) != 0) {
        return -1;
    }
    for (int other = BOTH_FIRST; other < BOTH_FIRST + BOTH_DESCRIPTORS; other++) {
        struct sockaddr_in back = {0};
        size = sizeof back;
        bool is_peer = both_known(b, other)->open && both_known(b, other)->kind == BOTH_TCP
            && getpeername(other, (struct sockaddr *)&back, &size) == 0
            && inet_port_of(other) == ntohs(peer.sin_port)
            && ntohs(back.sin_port) == inet_port_of(fd);
        if (is_peer) {
            return other;
        }
    }
    return -1;
}

static void must(const both *b, const char *what, bool real, bool model)
{
    if (!real || !model) {
        both_differ(b, what, real, model);
    }
}

/* Each of both keeps all of them, however long it takes. */
static void check_promises(both *b, promises real, promises model)
{
    must(b, "would block", real.would_block, model.would_block);
    must(b, "silent while full", real.silent_while_full, model.silent_while_full);
    must(b, "complete", real.complete, model.complete);
    must(b, "in order", real.in_order, model.in_order);
    must(b, "told", real.told, model.told);
    must(b, "writable", real.writable, model.writable);
    both_same(b, "filled", true, true);
}

/* Small buffers are full soon. Of a connection that is closing nothing is promised. */
static void fill_and_drain(both *b, int fd)
{
    const int least = 1;
    const int enough = ROOM;
    int peer = both_has_room(b) ? peer_of(b, fd) : -1;
    if (b->is_over || peer < 0 || !is_whole(fd) || !is_whole(peer) || !may_send(fd)) {
        return;
    }
    const int64_t all[] = {peer, BOTH_SIZE_MAX};
    operate_read(b, all);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
    promises real = play(NULL, fd, peer);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &enough, sizeof enough);
    check_promises(b, real, play(b->model, fd, peer));
}

/* When all else is done: in which order both ends are reported afterwards depends on the
 * time it took. */
void operate_tcp_fill(both *b, const int64_t *argument)
{
    both_known(b, (int)argument[0])->fills = true;
}

void tcp_fill_last(both *b)
{
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        if (b->known[i].fills && b->known[i].open && b->known[i].kind == BOTH_TCP) {
            fill_and_drain(b, BOTH_FIRST + i);
        }
    }
}
