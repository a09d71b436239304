/* SPDX-License-Identifier: MIT */

/* Operations on any descriptor, and those that make one. */
#include "kernel/operations.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

static void note_two(both *b, int64_t real, int64_t model, const int fd[2], const int model_fd[2],
                     both_kind kind)
{
    both_same(b, "result", real, model);
    if (real == 0) {
        both_same(b, "first", fd[0], model_fd[0]);
        both_same(b, "second", fd[1], model_fd[1]);
        both_note(b, fd[0], kind);
        both_note(b, fd[1], kind);
    }
}

static void note_one(both *b, int64_t fd, int64_t model, both_kind kind)
{
    both_same(b, "result", fd, model);
    both_note(b, fd, kind);
}

void operate_pipe(both *b, const int64_t *unused)
{
    int fd[2];
    int model_fd[2];
    (void)unused;
    if (both_has_room(b)) {
        int64_t real = both_result(pipe2(fd, O_NONBLOCK | O_CLOEXEC));
        note_two(b, real, vigil_model_pipe(b->model, model_fd), fd, model_fd, BOTH_OTHER);
    }
}

static void make_pair(both *b, int type)
{
    int fd[2];
    int model_fd[2];
    if (both_has_room(b)) {
        int64_t real = both_result(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd));
        note_two(b, real, vigil_model_socketpair(b->model, type, model_fd), fd, model_fd,
                 BOTH_UNIX);
    }
}

void operate_stream_pair(both *b, const int64_t *unused)
{
    (void)unused;
    make_pair(b, SOCK_STREAM);
}

void operate_datagram_pair(both *b, const int64_t *unused)
{
    (void)unused;
    make_pair(b, SOCK_DGRAM);
}

/* What it counts from, and whether it is a semaphore. */
void operate_eventfd(both *b, const int64_t *argument)
{
    if (both_has_room(b)) {
        unsigned initial = (unsigned)argument[0];
        int flags = EFD_NONBLOCK | EFD_CLOEXEC | (argument[1] != 0 ? EFD_SEMAPHORE : 0);
        int64_t fd = both_result(eventfd(initial, flags));
        note_one(b, fd, vigil_model_eventfd(b->model, initial, argument[1] != 0), BOTH_OTHER);
    }
}

void operate_epoll(both *b, const int64_t *unused)
{
    (void)unused;
    if (both_has_room(b)) {
        int64_t fd = both_result(epoll_create1(EPOLL_CLOEXEC));
        note_one(b, fd, vigil_model_epoll_create(b->model), BOTH_EPOLL);
    }
}

/* Nothing but the refusal to be registered is compared. */
void operate_file(both *b, const int64_t *epoll)
{
    if (both_has_room(b)) {
        struct epoll_event real = {.events = EPOLLIN};
        vigil_model_event model = {EPOLLIN, 0};
        int first = (int)epoll[0];
        int64_t fd = both_result(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
        both_same(b, "file", fd, vigil_model_file(b->model));
        both_same(b, "registered", both_result(epoll_ctl(first, EPOLL_CTL_ADD, (int)fd, &real)),
                  vigil_model_epoll_ctl(b->model, first, EPOLL_CTL_ADD, (int)fd, &model));
        both_same(b, "closed", both_result(close((int)fd)), vigil_model_close(b->model, (int)fd));
    }
}

void operate_close(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int64_t real = both_known(b, fd)->open ? both_result(close(fd)) : -EBADF;
    both_same(b, "result", real, vigil_model_close(b->model, fd));
    both_known(b, fd)->open = false;
}

/* Who writes to a copy is not known any more, so that nobody writes. */
void operate_dup(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    if (both_has_room(b)) {
        int64_t real = both_result(fcntl(fd, F_DUPFD_CLOEXEC, 0));
        both_same(b, "result", real, vigil_model_dup(b->model, fd));
        both_note(b, real, both_known(b, fd)->kind);
        if (real >= 0) {
            both_known(b, fd)->written = TCP_WRITES_MAX;
            both_known(b, (int)real)->written = TCP_WRITES_MAX;
        }
    }
}

void operate_read(both *b, const int64_t *argument)
{
    static uint8_t real[BOTH_SIZE_MAX];
    static uint8_t model[BOTH_SIZE_MAX];
    int fd = (int)argument[0];
    size_t size = (size_t)argument[1];
    int64_t count = both_result(read(fd, real, size));
    both_same(b, "result", count, vigil_model_read(b->model, fd, model, size));
    if (count > 0) {
        both_same(b, "bytes differ", memcmp(real, model, (size_t)count) != 0, 0);
    }
}

/* Bytes that tell one write from another, and do not fill an eventfd at once. */
const uint8_t *operation_bytes(both *b, size_t size)
{
    static uint8_t bytes[BOTH_SIZE_MAX];
    memset(bytes, b->next_byte, size);
    memset(bytes + 4, 0, 4);
    b->next_byte++;
    return bytes;
}

void operate_write(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    size_t size = (size_t)argument[1];
    if (both_known(b, fd)->kind == BOTH_TCP) {
        size = size > TCP_SIZE_MAX ? TCP_SIZE_MAX : size;
        if (both_known(b, fd)->written++ >= TCP_WRITES_MAX) {
            return;
        }
    }
    if (both_known(b, fd)->kind == BOTH_UDP) {
        operate_udp_write(b, argument);
        return;
    }
    const uint8_t *bytes = operation_bytes(b, size);
    int64_t count = both_result(write(fd, bytes, size));
    both_same(b, "result", count, vigil_model_write(b->model, fd, bytes, size));
}

/* Many small writes: a queue of datagrams has few places. */
void operate_fill(both *b, const int64_t *argument)
{
    const int64_t one[] = {argument[0], 1};
    for (int i = 0; i < FILLING; i++) {
        operate_write(b, one);
    }
}
