/* SPDX-License-Identifier: MIT */

/* What one kind of descriptor is for, the others refuse: each call is made on each kind, on
 * Linux and on the model, and they answer the same error, or both none. */
#include "os/model/model.h"
#include "support/check.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#define FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)
#define NO_DESCRIPTOR 1000
#define BYTES 4096
#define NAME "\0vigil refusals"

/* A descriptor of some kind on both, and one to go with it. */
typedef struct subject {
    int real;
    int real_other;
    vigil_model *model;
    int fd;
} subject;

typedef enum kind {
    NOTHING,
    REGULAR,
    PIPE_READER,
    PIPE_WRITER,
    EVENTFD,
    TIMER,
    SIGNALFD,
    EPOLL,
    UNIX_STREAM,
    UNIX_PAIRED,
    UNIX_DATAGRAM,
    TCP,
    UDP,
    KINDS
} kind;

/* clang-format off */
static const char *const names[KINDS] = {
    "nothing", "regular file", "pipe reader", "pipe writer", "eventfd", "timer", "signalfd",
    "epoll", "unix stream", "paired stream", "unix datagram", "tcp", "udp"};
/* clang-format on */

static int real_result(long returned)
{
    return returned < 0 ? -errno : 0;
}

static int model_result(int64_t returned)
{
    return returned < 0 ? (int)returned : 0;
}

static void open_pipe_of(subject *s, int end)
{
    int real[2];
    int fds[2];
    check_os(pipe2(real, O_NONBLOCK | O_CLOEXEC));
    check_equal(vigil_model_pipe(s->model, fds), 0);
    s->real = real[end];
    s->real_other = real[1 - end];
    s->fd = fds[end];
}

static void open_paired(subject *s)
{
    int real[2];
    int fds[2];
    check_os(socketpair(AF_UNIX, SOCK_STREAM | FLAGS, 0, real));
    check_equal(vigil_model_socketpair(s->model, SOCK_STREAM, fds), 0);
    s->real = real[0];
    s->real_other = real[1];
    s->fd = fds[0];
}

static void open_socket(subject *s, kind k)
{
    bool is_unix = k == UNIX_STREAM || k == UNIX_DATAGRAM;
    int type = k == UNIX_STREAM || k == TCP ? SOCK_STREAM : SOCK_DGRAM;
    s->real = socket(is_unix ? AF_UNIX : AF_INET, type | FLAGS, 0);
    s->fd = is_unix ? vigil_model_unix(s->model, type)
        : k == TCP  ? vigil_model_socket(s->model, AF_INET)
                    : vigil_model_udp(s->model, AF_INET);
}

static void open_single(subject *s, kind k)
{
    vigil_model *m = s->model;
    sigset_t none;
    (void)sigemptyset(&none);
    if (k == REGULAR) {
        s->real = memfd_create("refusals", MFD_CLOEXEC);
        s->fd = vigil_model_file(m);
    } else if (k == EVENTFD) {
        s->real = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        s->fd = vigil_model_eventfd(m, 0, 0);
    } else if (k == TIMER) {
        s->real = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        s->fd = vigil_model_timerfd(m);
    } else if (k == SIGNALFD) {
        s->real = signalfd(-1, &none, SFD_NONBLOCK | SFD_CLOEXEC);
        s->fd = vigil_model_signalfd(m, -1, 0);
    } else if (k == EPOLL) {
        s->real = epoll_create1(EPOLL_CLOEXEC);
        s->fd = vigil_model_epoll_create(m);
    } else {
        open_socket(s, k);
    }
    check_os(s->real);
}

static void open_subject(subject *s, kind k)
{
    static const vigil_model_options options = {.first_descriptor = 3, .descriptors_max = 16};
    *s = (subject){.real = NO_DESCRIPTOR, .real_other = -1, .fd = NO_DESCRIPTOR};
    s->model = vigil_model_open(&options);
    if (k == PIPE_READER || k == PIPE_WRITER) {
        open_pipe_of(s, k == PIPE_WRITER);
    } else if (k == UNIX_PAIRED) {
        open_paired(s);
    } else if (k != NOTHING) {
        open_single(s, k);
    }
}

static void close_subject(const subject *s)
{
    if (s->real != NO_DESCRIPTOR) {
        check_os(close(s->real));
    }
    if (s->real_other >= 0) {
        check_os(close(s->real_other));
    }
    vigil_model_free(s->model);
}

/* --- Calls: what each kernel answers -------------------------------------------------- */

typedef struct answers {
    int real;
    int model;
} answers;
#define BOTH(real, model) ((answers){real_result(real), model_result(model)})

static struct sockaddr_in loopback(void)
{
    return (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
}

static answers bind_inet(const subject *s)
{
    struct sockaddr_in where = loopback();
    return BOTH(bind(s->real, (struct sockaddr *)&where, sizeof where),
                vigil_model_bind(s->model, s->fd, 0));
}

static answers connect_inet(const subject *s)
{
    struct sockaddr_in where = loopback();
    return BOTH(connect(s->real, (struct sockaddr *)&where, sizeof where),
                vigil_model_connect(s->model, s->fd, 1));
}

/* A name that nobody has. */
static const struct sockaddr_un real_name = {.sun_family = AF_UNIX, .sun_path = NAME};
static const vigil_model_name name = {.size = sizeof NAME - 1, .bytes = NAME};
#define REAL_SIZE ((socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof NAME - 1))

static answers connect_unix(const subject *s)
{
    return BOTH(connect(s->real, (const struct sockaddr *)&real_name, REAL_SIZE),
                vigil_model_connect_unix(s->model, s->fd, &name));
}

static answers bind_unix(const subject *s)
{
    return BOTH(bind(s->real, (const struct sockaddr *)&real_name, REAL_SIZE),
                vigil_model_bind_unix(s->model, s->fd, &name));
}

static answers bind_twice(const subject *s)
{
    (void)bind_inet(s);
    return bind_inet(s);
}

static answers listen_at(const subject *s)
{
    return BOTH(listen(s->real, 5), vigil_model_listen(s->model, s->fd, 5));
}

static answers bind_listener(const subject *s)
{
    (void)listen_at(s);
    return bind_inet(s);
}

static answers accept_from(const subject *s)
{
    return BOTH(accept4(s->real, NULL, NULL, FLAGS), vigil_model_accept(s->model, s->fd));
}

static answers shut_down(const subject *s, int how)
{
    return BOTH(shutdown(s->real, how), vigil_model_shutdown(s->model, s->fd, how));
}

static answers shut_down_more(const subject *s)
{
    return shut_down(s, 99);
}

static answers shut_down_less(const subject *s)
{
    return shut_down(s, -1);
}

static answers take_error(const subject *s)
{
    int error = 0;
    socklen_t size = sizeof error;
    return BOTH(getsockopt(s->real, SOL_SOCKET, SO_ERROR, &error, &size),
                vigil_model_take_error(s->model, s->fd));
}

static answers send_away(const subject *s)
{
    return BOTH(send(s->real, "x", 1, MSG_NOSIGNAL),
                vigil_model_send(s->model, s->fd, "x", 1, NULL));
}

static answers send_to_no_port(const subject *s)
{
    struct sockaddr_in where = loopback();
    vigil_model_name none = {0};
    return BOTH(sendto(s->real, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&where, sizeof where),
                vigil_model_send(s->model, s->fd, "x", 1, &none));
}

static answers look(const subject *s)
{
    char byte = 0;
    vigil_model_name from;
    return BOTH(recv(s->real, &byte, 1, MSG_PEEK),
                vigil_model_receive(s->model, s->fd, &byte, 1, MSG_PEEK, &from));
}

/* More than any kind needs, and what none of them can use as well. */
static answers read_much(const subject *s)
{
    static uint64_t data[BYTES / 8];
    return BOTH(read(s->real, data, BYTES), vigil_model_read(s->model, s->fd, data, BYTES));
}

static answers read_nothing(const subject *s)
{
    uint64_t data = 0;
    return BOTH(read(s->real, &data, 0), vigil_model_read(s->model, s->fd, &data, 0));
}

static answers write_most(const subject *s)
{
    const uint64_t value = UINT64_MAX;
    return BOTH(write(s->real, &value, sizeof value),
                vigil_model_write(s->model, s->fd, &value, sizeof value));
}

static answers write_nothing(const subject *s)
{
    const uint64_t value = 0;
    return BOTH(write(s->real, &value, 0), vigil_model_write(s->model, s->fd, &value, 0));
}

static answers poll_for_all(const subject *s)
{
    const uint32_t asked = EPOLLIN | EPOLLOUT | EPOLLRDHUP;
    struct pollfd what = {.fd = s->real, .events = (short)asked};
    check_os(poll(&what, 1, 0));
    return (answers){what.revents, vigil_model_poll(s->model, s->fd, asked)};
}

static answers wait_for_events(const subject *s)
{
    struct epoll_event real;
    vigil_model_event event;
    return BOTH(epoll_wait(s->real, &real, 1, 0),
                vigil_model_epoll_wait(s->model, s->fd, &event, 1));
}

static answers wait_for_none(const subject *s)
{
    struct epoll_event real;
    vigil_model_event event;
    return BOTH(epoll_wait(s->real, &real, 0, 0),
                vigil_model_epoll_wait(s->model, s->fd, &event, 0));
}

/* In an epoll of both: `operation`, when it is not watched there. */
static answers control(const subject *s, int operation, uint32_t events)
{
    int real = check_os(epoll_create1(EPOLL_CLOEXEC));
    int epoll = vigil_model_epoll_create(s->model);
    struct epoll_event asked = {.events = events};
    const vigil_model_event event = {events, 0};
    answers found = {
        real_result(epoll_ctl(real, operation, s->real, &asked)),
        model_result(vigil_model_epoll_ctl(s->model, epoll, operation, s->fd, &event))};
    check_os(close(real));
    check_equal(vigil_model_close(s->model, epoll), 0);
    return found;
}

static answers watch(const subject *s)
{
    return control(s, EPOLL_CTL_ADD, EPOLLIN);
}

static answers watch_alone(const subject *s)
{
    return control(s, EPOLL_CTL_ADD, EPOLLIN | EPOLLEXCLUSIVE);
}

static answers control_otherwise(const subject *s)
{
    return control(s, 99, 0);
}

static answers get_linger(const subject *s)
{
    struct linger found;
    socklen_t size = sizeof found;
    int enabled = 0;
    int seconds = 0;
    return BOTH(getsockopt(s->real, SOL_SOCKET, SO_LINGER, &found, &size),
                vigil_model_get_linger(s->model, s->fd, &enabled, &seconds));
}

static answers set_linger(const subject *s)
{
    struct linger wanted = {1, 3};
    return BOTH(setsockopt(s->real, SOL_SOCKET, SO_LINGER, &wanted, sizeof wanted),
                vigil_model_set_linger(s->model, s->fd, 1, 3));
}

static answers keep_errors(const subject *s)
{
    int on = 1;
    return BOTH(setsockopt(s->real, IPPROTO_IP, IP_RECVERR, &on, sizeof on),
                vigil_model_keep_errors(s->model, s->fd, on));
}

static answers set_device(const subject *s)
{
    return BOTH(setsockopt(s->real, SOL_SOCKET, SO_BINDTODEVICE, "vigil", 5),
                vigil_model_set_device(s->model, s->fd, "vigil", 5));
}

static answers get_buffer(const subject *s)
{
    int bytes = 0;
    socklen_t size = sizeof bytes;
    return BOTH(getsockopt(s->real, SOL_SOCKET, SO_RCVBUF, &bytes, &size),
                vigil_model_receive_buffer(s->model, s->fd));
}

static answers local_name(const subject *s)
{
    struct sockaddr_storage found;
    socklen_t size = sizeof found;
    vigil_model_name known;
    int error = vigil_model_unix_name(s->model, s->fd, &known);
    return (answers){real_result(getsockname(s->real, (struct sockaddr *)&found, &size)),
                     error != -ENOTSOCK ? error
                                        : model_result(vigil_model_local_port(s->model, s->fd))};
}

static answers peer_name(const subject *s)
{
    struct sockaddr_storage found;
    socklen_t size = sizeof found;
    vigil_model_name known;
    int error = vigil_model_unix_peer(s->model, s->fd, &known);
    return (answers){real_result(getpeername(s->real, (struct sockaddr *)&found, &size)),
                     error != -ENOTSOCK ? error
                                        : model_result(vigil_model_peer_port(s->model, s->fd))};
}

static answers set_timer(const subject *s)
{
    const struct itimerspec never = {0};
    const vigil_model_timer none = {0};
    return BOTH(timerfd_settime(s->real, 0, &never, NULL),
                vigil_model_timerfd_settime(s->model, s->fd, 0, &none));
}

static answers duplicate(const subject *s)
{
    int copy = dup(s->real);
    if (copy >= 0) {
        check_os(close(copy));
    }
    return BOTH(copy, vigil_model_dup(s->model, s->fd));
}

#define ON_ALL ((1U << KINDS) - 1)
#define UNIX ((1U << UNIX_STREAM) | (1U << UNIX_PAIRED) | (1U << UNIX_DATAGRAM))
#define INET ((1U << TCP) | (1U << UDP))

/* Left out is what the model does not have: options of Unix sockets, the error queue of
 * TCP, binding an IPv4 socket to a Unix name and the other way around; and which of two
 * errors comes first where Linux has changed its mind. */
static const struct {
    const char *name;
    answers (*call)(const subject *s);
    unsigned on; /* kinds */
} calls[] = {
    {"bind", bind_inet, ON_ALL},
    {"connect", connect_inet, ON_ALL & ~INET},
    {"bind twice", bind_twice, ON_ALL & ~UNIX},
    {"bind a listener", bind_listener, ON_ALL & ~UNIX},
    {"bind a Unix name", bind_unix, ON_ALL & ~INET},
    {"connect to a Unix name", connect_unix, ON_ALL & ~INET},
    {"listen", listen_at, ON_ALL},
    {"accept", accept_from, ON_ALL},
    {"shutdown 99", shut_down_more, ON_ALL},
    {"shutdown -1", shut_down_less, ON_ALL},
    {"take error", take_error, ON_ALL},
    {"send", send_away, ON_ALL},
    {"send to port 0", send_to_no_port, ON_ALL & ~UNIX},
    {"peek", look, ON_ALL},
    {"read", read_much, ON_ALL},
    {"read nothing", read_nothing, ON_ALL},
    {"write", write_most, ON_ALL},
    {"write nothing", write_nothing, ON_ALL},
    {"poll", poll_for_all, ON_ALL},
    {"wait", wait_for_events, ON_ALL},
    {"wait for none", wait_for_none, ON_ALL & ~(1U << NOTHING)},
    {"watch", watch, ON_ALL},
    {"watch alone", watch_alone, ON_ALL},
    {"control otherwise", control_otherwise, ON_ALL},
    {"get linger", get_linger, ON_ALL & ~UNIX},
    {"set linger", set_linger, ON_ALL & ~UNIX},
    {"keep errors", keep_errors, ON_ALL & ~UNIX & ~(1U << TCP)},
    {"set device", set_device, ON_ALL & ~UNIX},
    {"receive buffer", get_buffer, ON_ALL & ~UNIX},
    {"local name", local_name, ON_ALL},
    {"peer name", peer_name, ON_ALL},
    {"set timer", set_timer, ON_ALL},
    {"dup", duplicate, ON_ALL},
};

static void refusals__are_the_same(void **state)
{
    (void)state;
    unsigned differ = 0;
    (void)signal(SIGPIPE, SIG_IGN); /* the model raises none */
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (kind k = NOTHING; k < KINDS; k++) {
            subject s;
            if ((calls[i].on & (1U << k)) == 0) {
                continue;
            }
            open_subject(&s, k);
            answers found = calls[i].call(&s);
            if (found.real != found.model) {
                (void)printf("%s of %s: Linux %d, model %d\n", calls[i].name, names[k], found.real,
                             found.model);
                differ++;
            }
            close_subject(&s);
        }
    }
    check_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refusals__are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
