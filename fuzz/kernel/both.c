/* SPDX-License-Identifier: MIT */
#include "kernel/both.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 64
#define CAPACITY_MAX 8
#define SIZE_MAX_COMPARED 70000
#define TCP_WRITES_MAX 7
#define REFUSING_PORT 1 /* tcpmux (RFC 1078), which nobody serves any more */

static bool traces;

__attribute__((format(printf, 2, 3))) static void trace(const both *b, const char *format, ...)
{
    if (traces) {
        va_list arguments;
        va_start(arguments, format);
        (void)fprintf(stderr, "%3u ", b->step);
        (void)vfprintf(stderr, format, arguments);
        (void)fputc('\n', stderr);
        va_end(arguments);
    }
}

_Noreturn static void differ(const both *b, const char *what, int64_t real, int64_t model)
{
    (void)fprintf(stderr, "step %u: %s: Linux %lld, model %lld\n", b->step, what, (long long)real,
                  (long long)model);
    abort();
}

static void same(both *b, const char *what, int64_t real, int64_t model)
{
    trace(b, "%s = %lld", what, (long long)real);
    if (real != model) {
        differ(b, what, real, model);
    }
    b->step++;
}

static int64_t result(int64_t returned)
{
    return returned < 0 ? -errno : returned;
}

/* How many bytes of the sender's buffer a message takes, asked of the kernel. */
static size_t asked_charge(size_t size, int stream)
{
    static size_t known[2][SIZE_MAX_COMPARED + 1];
    size_t *answer = &known[stream != 0][size];
    if (*answer == 0) {
        int fd[2];
        int outstanding = 0;
        static const uint8_t bytes[SIZE_MAX_COMPARED];
        if (socketpair(AF_UNIX, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0, fd) != 0
            || write(fd[0], bytes, size) != (ssize_t)size
            || ioctl(fd[0], SIOCOUTQ, &outstanding) != 0) {
            abort();
        }
        (void)close(fd[0]);
        (void)close(fd[1]);
        *answer = (size_t)outstanding;
    }
    return *answer;
}

void both_prepare(void)
{
    static const size_t sizes[] = {1, 8, 100, 1000, 3000, 4096, 5000, 70000};
    (void)signal(SIGPIPE, SIG_IGN);
    traces = getenv("VIGIL_FUZZ_TRACE") != NULL;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        (void)asked_charge(sizes[i], 0);
        (void)asked_charge(sizes[i], 1);
    }
    while (open("/dev/null", O_RDONLY | O_CLOEXEC) < FIRST - 1) {
    }
}

void both_open(both *b)
{
    *b = (both){0};
    vigil_model_options options = {FIRST, FIRST + BOTH_DESCRIPTORS, asked_charge, 0};
    b->model = vigil_model_open(&options);
    if (b->model == NULL) {
        abort();
    }
}

static bool is_known(const both *b, int fd)
{
    return b->known[fd - FIRST].open;
}

/* A descriptor that is open, by the number of its turn; now and then any. */
static int pick(const both *b, uint8_t which)
{
    int open = 0;
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        open += b->known[i].open;
    }
    if (open == 0 || which >= 250) {
        return FIRST + which % BOTH_DESCRIPTORS;
    }
    int turn = which % open;
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        if (b->known[i].open && turn-- == 0) {
            return FIRST + i;
        }
    }
    return FIRST;
}

static void note(both *b, int64_t fd, bool is_tcp)
{
    if (fd >= 0) {
        b->known[fd - FIRST].open = true;
        b->known[fd - FIRST].is_tcp = is_tcp;
        b->written[fd - FIRST] = 0;
        b->port_of[fd - FIRST] = 0;
    }
}

/* Whether there is room for two more: the limit is the model's alone. */
static bool has_room(const both *b)
{
    return vigil_model_count(b->model) <= BOTH_DESCRIPTORS - 4;
}

void both_close_all(both *b)
{
    const struct linger none = {1, 0};
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        if (b->known[i].open && b->known[i].is_tcp) {
            (void)setsockopt(FIRST + i, SOL_SOCKET, SO_LINGER, &none, sizeof none);
        }
    }
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        if (b->known[i].open) {
            same(b, "close", result(close(FIRST + i)), vigil_model_close(b->model, FIRST + i));
        }
    }
    int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (lowest != FIRST || vigil_model_count(b->model) != 0) {
        differ(b, "descriptors left open", lowest, vigil_model_count(b->model));
    }
    (void)close(lowest);
    vigil_model_free(b->model);
}

static void both_two(both *b, const char *what, int64_t real, int64_t model, const int fd[2],
                     const int model_fd[2])
{
    same(b, what, real, model);
    if (real == 0) {
        same(b, "first", fd[0], model_fd[0]);
        same(b, "second", fd[1], model_fd[1]);
        note(b, fd[0], false);
        note(b, fd[1], false);
    }
}

void both_pipe(both *b)
{
    int fd[2];
    int model_fd[2];
    if (has_room(b)) {
        int64_t real = result(pipe2(fd, O_NONBLOCK | O_CLOEXEC));
        both_two(b, "pipe", real, vigil_model_pipe(b->model, model_fd), fd, model_fd);
    }
}

void both_pair(both *b, int type)
{
    int fd[2];
    int model_fd[2];
    if (has_room(b)) {
        int64_t real = result(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd));
        both_two(b, type == SOCK_STREAM ? "stream pair" : "datagram pair", real,
                 vigil_model_socketpair(b->model, type, model_fd), fd, model_fd);
    }
}

void both_eventfd(both *b, unsigned initial, bool is_semaphore)
{
    if (has_room(b)) {
        int flags = EFD_NONBLOCK | EFD_CLOEXEC | (is_semaphore ? EFD_SEMAPHORE : 0);
        int64_t fd = result(eventfd(initial, flags));
        same(b, "eventfd", fd, vigil_model_eventfd(b->model, initial, is_semaphore));
        note(b, fd, false);
    }
}

void both_epoll(both *b)
{
    if (has_room(b)) {
        int64_t fd = result(epoll_create1(EPOLL_CLOEXEC));
        same(b, "epoll", fd, vigil_model_epoll_create(b->model));
        note(b, fd, false);
    }
}

/* Nothing but the refusal to be registered is compared. */
void both_file(both *b, uint8_t epoll)
{
    if (has_room(b)) {
        struct epoll_event real = {.events = EPOLLIN};
        vigil_model_event model = {EPOLLIN, 0};
        int first = pick(b, epoll);
        int64_t fd = result(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
        same(b, "file", fd, vigil_model_file(b->model));
        same(b, "epoll_ctl of a file", result(epoll_ctl(first, EPOLL_CTL_ADD, (int)fd, &real)),
             vigil_model_epoll_ctl(b->model, first, EPOLL_CTL_ADD, (int)fd, &model));
        same(b, "close", result(close((int)fd)), vigil_model_close(b->model, (int)fd));
    }
}

void both_close(both *b, uint8_t which)
{
    int fd = pick(b, which);
    trace(b, "close %d", fd);
    same(b, "close", is_known(b, fd) ? result(close(fd)) : -EBADF, vigil_model_close(b->model, fd));
    b->known[fd - FIRST].open = false;
}

void both_dup(both *b, uint8_t which)
{
    int fd = pick(b, which);
    if (has_room(b)) {
        trace(b, "dup %d", fd);
        int64_t real = result(fcntl(fd, F_DUPFD_CLOEXEC, 0));
        same(b, "dup", real, vigil_model_dup(b->model, fd));
        note(b, real, b->known[fd - FIRST].is_tcp);
        if (real >= 0) {
            b->written[real - FIRST] = TCP_WRITES_MAX;
            b->written[fd - FIRST] = TCP_WRITES_MAX;
        }
    }
}

void both_read(both *b, uint8_t which, size_t size)
{
    static uint8_t real[SIZE_MAX_COMPARED];
    static uint8_t model[SIZE_MAX_COMPARED];
    int fd = pick(b, which);
    trace(b, "read %d %zu", fd, size);
    int64_t count = result(read(fd, real, size));
    same(b, "read", count, vigil_model_read(b->model, fd, model, size));
    if (count > 0 && memcmp(real, model, (size_t)count) != 0) {
        differ(b, "bytes", count, count);
    }
}

void both_write(both *b, uint8_t which, size_t size)
{
    static uint8_t bytes[SIZE_MAX_COMPARED];
    int fd = pick(b, which);
    if (b->known[fd - FIRST].is_tcp) {
        size = size > 1000 ? 1000 : size;
        if (b->written[fd - FIRST]++ >= TCP_WRITES_MAX) {
            return;
        }
    }
    memset(bytes, b->next_byte, size);
    bytes[7] = bytes[6] = bytes[5] = bytes[4] = 0; /* An eventfd is not full at once. */
    b->next_byte++;
    trace(b, "write %d %zu", fd, size);
    int64_t count = result(write(fd, bytes, size));
    same(b, "write", count, vigil_model_write(b->model, fd, bytes, size));
}

void both_shutdown(both *b, uint8_t which, int how)
{
    int fd = pick(b, which);
    trace(b, "shutdown %d %d", fd, how);
    same(b, "shutdown", result(shutdown(fd, how)), vigil_model_shutdown(b->model, fd, how));
}

void both_control(both *b, uint8_t epoll, int operation, uint8_t which, uint32_t events)
{
    int first = pick(b, epoll);
    int fd = pick(b, which);
    uint64_t data = (uint64_t)(unsigned)fd << 32 | b->step;
    struct epoll_event real = {.events = events, .data.u64 = data};
    vigil_model_event model = {events, data};
    trace(b, "epoll_ctl %d op %d fd %d %#x", first, operation, fd, events);
    same(b, "epoll_ctl", result(epoll_ctl(first, operation, fd, &real)),
         vigil_model_epoll_ctl(b->model, first, operation, fd, &model));
}

void both_wait(both *b, uint8_t epoll, int capacity)
{
    struct epoll_event real[CAPACITY_MAX];
    vigil_model_event model[CAPACITY_MAX];
    int fd = pick(b, epoll);
    trace(b, "epoll_wait %d %d", fd, capacity);
    int64_t count = result(epoll_wait(fd, real, capacity, 0));
    int64_t model_count = vigil_model_epoll_wait(b->model, fd, model, capacity);
    for (int64_t i = 0; traces && i < model_count; i++) {
        trace(b, "  model %#x of %llu", model[i].events, (unsigned long long)model[i].data >> 32);
    }
    for (int64_t i = 0; traces && i < count; i++) {
        trace(b, "  Linux %#x of %llu", real[i].events, (unsigned long long)real[i].data.u64 >> 32);
    }
    same(b, "epoll_wait", count, model_count);
    for (int64_t i = 0; i < count; i++) {
        same(b, "events", real[i].events, model[i].events);
        same(b, "data", (int64_t)real[i].data.u64, (int64_t)model[i].data);
    }
}

void both_poll(both *b, uint8_t which, uint32_t events)
{
    int fd = pick(b, which);
    struct pollfd real = {.fd = fd, .events = (short)events};
    trace(b, "poll %d %#x", fd, events);
    int64_t count = result(poll(&real, 1, 0));
    int model = vigil_model_poll(b->model, fd, events);
    same(b, "poll", count, model != 0);
    same(b, "revents", real.revents, model);
}

static int both_new_socket(both *b)
{
    const int on = 1;
    int64_t fd = result(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    same(b, "socket", fd, vigil_model_socket(b->model, AF_INET));
    note(b, fd, true);
    (void)setsockopt((int)fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return (int)fd;
}

void both_socket(both *b)
{
    if (has_room(b)) {
        (void)both_new_socket(b);
    }
}

static uint16_t real_port(int fd)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin_port) : 0;
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

void both_listener(both *b)
{
    if (!has_room(b)) {
        return;
    }
    int fd = both_new_socket(b);
    struct sockaddr_in any = loopback(0);
    trace(b, "bind %d", fd);
    same(b, "bind", result(bind(fd, (struct sockaddr *)&any, sizeof any)),
         vigil_model_bind(b->model, fd, 0));
    same(b, "listen", result(listen(fd, 100)), vigil_model_listen(b->model, fd, 100));
    b->port_of[fd - FIRST] = real_port(fd);
    b->model_port_of[fd - FIRST] = (uint16_t)vigil_model_local_port(b->model, fd);
}

/* Who connects to a port of the range that the kernel picks from may be given
 * that very port, and be connected to himself. So what does not listen any more
 * is stood in for by a port outside of it. */
static bool listens(int fd)
{
    int listening = 0;
    socklen_t size = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

static void both_connect(both *b, int fd, uint8_t to)
{
    int listener = pick(b, to);
    if (!b->known[fd - FIRST].is_tcp || b->port_of[listener - FIRST] == 0) {
        return;
    }
    bool reachable = listens(listener);
    uint16_t port = reachable ? b->port_of[listener - FIRST] : REFUSING_PORT;
    uint16_t model_port = reachable ? b->model_port_of[listener - FIRST] : REFUSING_PORT;
    struct sockaddr_in where = loopback(port);
    trace(b, "connect %d to %d", fd, listener);
    same(b, "connect", result(connect(fd, (struct sockaddr *)&where, sizeof where)),
         vigil_model_connect(b->model, fd, model_port));
}

static void both_accept(both *b, int fd)
{
    const int on = 1;
    if (!b->known[fd - FIRST].is_tcp || !has_room(b)) {
        return;
    }
    trace(b, "accept %d", fd);
    int64_t accepted = result(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
    same(b, "accept", accepted, vigil_model_accept(b->model, fd));
    note(b, accepted, true);
    if (accepted >= 0) {
        (void)setsockopt((int)accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
}

static void both_take_error(both *b, int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (b->known[fd - FIRST].is_tcp && getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0) {
        trace(b, "SO_ERROR %d", fd);
        same(b, "SO_ERROR", error, vigil_model_take_error(b->model, fd));
    }
}

void both_connection(both *b, uint8_t what, uint8_t one, uint8_t two)
{
    const struct linger none = {1, 0};
    int fd = pick(b, one);
    switch (what % 8) {
    case 0:
    case 1:
    case 2:
        both_connect(b, fd, two);
        break;
    case 3:
    case 4:
    case 5:
        both_accept(b, fd);
        break;
    case 6:
        both_take_error(b, fd);
        break;
    default:
        if (b->known[fd - FIRST].is_tcp) {
            trace(b, "linger %d", fd);
            same(b, "linger", result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none)),
                 vigil_model_set_linger(b->model, fd, 1, 0));
        }
        break;
    }
}
