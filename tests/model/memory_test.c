/* SPDX-License-Identifier: MIT */

/* The model kernel without memory: whichever allocation of a call fails, it says so, opens
 * and keeps nothing, and does the same call the next time. What Linux says then is not
 * compared, as it can be seen there of few calls. */
#include "os/sim/sim.h"
#include "support/check.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEVER UINT_MAX

/* How many allocations succeed before one fails; the linker has both called (--wrap). */
static unsigned succeed = NEVER;
static bool has_failed;

static bool fails(void)
{
    if (succeed == NEVER || succeed-- > 0) {
        return false;
    }
    succeed = NEVER;
    has_failed = true;
    return true;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

/* A kernel with one of everything. */
typedef struct stage {
    vigil_model *model;
    int pipe[2];
    int epoll;
    int eventfd;
    int stream[2];
    int datagram[2];
    int fresh;    /* a Unix stream without a name */
    int listener; /* of Unix streams, where `waits` has connected */
    int waits;
    int tcp_listener;
    int tcp;
    int accepted;
    int tcp_waits;
    int tcp_fresh;
    int udp;
} stage;

static const vigil_model_options options = {.first_descriptor = 3, .descriptors_max = 64};
static const vigil_model_name served = {.size = 7, .bytes = "/served"};
static const vigil_model_name unserved = {.size = 9, .bytes = "/unserved"};
#define PORT 80

static void open_stage(stage *s)
{
    vigil_model *m = s->model = vigil_model_open(&options);
    check_equal(vigil_model_pipe(m, s->pipe), 0);
    s->epoll = vigil_model_epoll_create(m);
    s->eventfd = vigil_model_eventfd(m, 0, 0);
    check_equal(vigil_model_socketpair(m, SOCK_STREAM, s->stream), 0);
    check_equal(vigil_model_socketpair(m, SOCK_DGRAM, s->datagram), 0);
    s->fresh = vigil_model_unix(m, SOCK_STREAM);
    s->listener = vigil_model_unix(m, SOCK_STREAM);
    s->waits = vigil_model_unix(m, SOCK_STREAM);
    check_equal(vigil_model_bind_unix(m, s->listener, &served), 0);
    check_equal(vigil_model_listen(m, s->listener, 5), 0);
    check_equal(vigil_model_connect_unix(m, s->waits, &served), 0);
    s->tcp_listener = vigil_model_socket(m, AF_INET);
    check_equal(vigil_model_bind(m, s->tcp_listener, PORT), 0);
    check_equal(vigil_model_listen(m, s->tcp_listener, 5), 0);
    s->tcp = vigil_model_socket(m, AF_INET);
    check_equal(-vigil_model_connect(m, s->tcp, PORT), EINPROGRESS);
    s->accepted = vigil_model_accept(m, s->tcp_listener);
    s->tcp_waits = vigil_model_socket(m, AF_INET);
    check_equal(-vigil_model_connect(m, s->tcp_waits, PORT), EINPROGRESS);
    s->tcp_fresh = vigil_model_socket(m, AF_INET);
    s->udp = vigil_model_udp(m, AF_INET);
    check_equal(vigil_model_bind(m, s->udp, PORT), 0);
}

/* --- What is called ------------------------------------------------------------------ */

typedef int64_t call(stage *s);

static int64_t make_pipe(stage *s)
{
    int fds[2];
    return vigil_model_pipe(s->model, fds);
}

static int64_t make_eventfd(stage *s)
{
    return vigil_model_eventfd(s->model, 0, 0);
}

static int64_t make_epoll(stage *s)
{
    return vigil_model_epoll_create(s->model);
}

static int64_t make_timer(stage *s)
{
    return vigil_model_timerfd(s->model);
}

static int64_t make_signalfd(stage *s)
{
    return vigil_model_signalfd(s->model, -1, 1);
}

static int64_t make_pair(stage *s)
{
    int fds[2];
    return vigil_model_socketpair(s->model, SOCK_DGRAM, fds);
}

static int64_t make_unix(stage *s)
{
    return vigil_model_unix(s->model, SOCK_STREAM);
}

static int64_t make_tcp(stage *s)
{
    return vigil_model_socket(s->model, AF_INET6);
}

static int64_t make_udp(stage *s)
{
    return vigil_model_udp(s->model, AF_INET);
}

static int64_t watch(stage *s)
{
    const vigil_model_event event = {EPOLLIN, 1};
    return vigil_model_epoll_ctl(s->model, s->epoll, EPOLL_CTL_ADD, s->eventfd, &event);
}

static int64_t bind_unix(stage *s)
{
    return vigil_model_bind_unix(s->model, s->fresh, &unserved);
}

static int64_t connect_unix(stage *s)
{
    return vigil_model_connect_unix(s->model, s->fresh, &served);
}

static int64_t accept_unix(stage *s)
{
    return vigil_model_accept(s->model, s->listener);
}

static int64_t accept_tcp(stage *s)
{
    return vigil_model_accept(s->model, s->tcp_listener);
}

/* An attempt that has failed is over, and connecting tells so once. */
static int64_t connect_tcp(stage *s)
{
    int result = vigil_model_connect(s->model, s->tcp_fresh, PORT);
    return result == -EINPROGRESS ? 0 : result;
}

static int64_t write_pipe(stage *s)
{
    return vigil_model_write(s->model, s->pipe[1], "x", 1);
}

static int64_t write_stream(stage *s)
{
    return vigil_model_write(s->model, s->stream[0], "x", 1);
}

static int64_t write_datagram(stage *s)
{
    return vigil_model_write(s->model, s->datagram[0], "x", 1);
}

static int64_t write_tcp(stage *s)
{
    return vigil_model_write(s->model, s->tcp, "x", 1);
}

static int64_t send_udp(stage *s)
{
    const vigil_model_name itself = {.port = PORT};
    return vigil_model_send(s->model, s->udp, "x", 1, &itself);
}

static int64_t raise_signal(stage *s)
{
    vigil_model_block(s->model, UINT64_MAX);
    return vigil_model_raise(s->model, &(vigil_model_signal){.number = SIGUSR1}, 0);
}

static const struct {
    const char *name;
    call *make;
    int error;
} calls[] = {
    {"pipe", make_pipe, ENOMEM},
    {"eventfd", make_eventfd, ENOMEM},
    {"epoll", make_epoll, ENOMEM},
    {"timer", make_timer, ENOMEM},
    {"signalfd", make_signalfd, ENOMEM},
    {"pair", make_pair, ENOMEM},
    {"unix", make_unix, ENOMEM},
    {"tcp", make_tcp, ENOMEM},
    {"udp", make_udp, ENOMEM},
    {"watch", watch, ENOMEM},
    {"bind unix", bind_unix, ENOMEM},
    {"connect unix", connect_unix, ENOMEM},
    {"accept unix", accept_unix, ENOMEM},
    {"accept tcp", accept_tcp, ENOMEM},
    {"connect tcp", connect_tcp, ENOMEM},
    {"write pipe", write_pipe, ENOMEM},
    {"write stream", write_stream, ENOBUFS},
    {"write datagram", write_datagram, ENOBUFS},
    {"write tcp", write_tcp, ENOBUFS},
    {"send udp", send_udp, ENOBUFS},
    {"raise", raise_signal, EAGAIN},
};

/* --- Tests --------------------------------------------------------------------------- */

/* Whether an allocation failed: the call makes more than `before` of them. */
static bool fails_after(unsigned before, call *make, int error)
{
    stage s;
    open_stage(&s);
    int open = vigil_model_count(s.model);
    succeed = before;
    has_failed = false;
    int64_t result = make(&s);
    succeed = NEVER;
    if (has_failed) {
        check_equal(-result, error);
        check_equal(vigil_model_count(s.model), open);
        result = make(&s);
    }
    check(result >= 0);
    vigil_model_free(s.model);
    return has_failed;
}

static void memory__each_call_says_that_there_is_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        unsigned before = 0;
        (void)printf("%s\n", calls[i].name);
        while (fails_after(before, calls[i].make, calls[i].error)) {
            before++;
        }
        check(before > 0);
    }
}

static void memory__a_kernel_is_made_whole_or_not_at_all(void **state)
{
    (void)state;
    unsigned before = 0;
    vigil_model *model = NULL;
    for (; model == NULL; before++) {
        succeed = before;
        model = vigil_model_open(&options);
    }
    succeed = NEVER;
    check_equal(before, 4);
    vigil_model_free(model);
}

/* What is in the pipe already counts as written. */
static void memory__a_write_that_has_begun_is_short(void **state)
{
    (void)state;
    stage s;
    static const char pages[2 * 4096];
    open_stage(&s);
    succeed = 1;
    check_equal(vigil_model_write(s.model, s.pipe[1], pages, sizeof pages), 4096);
    vigil_model_free(s.model);
}

/* ip(7): the error is lost, and its datagram is refused all the same. */
static void memory__an_error_that_is_not_kept_is_lost(void **state)
{
    (void)state;
    stage s;
    vigil_model_error error;
    const vigil_model_name nobody = {.port = PORT + 1};
    open_stage(&s);
    check_equal(vigil_model_keep_errors(s.model, s.udp, 1), 0);
    succeed = 0;
    check_equal(vigil_model_send(s.model, s.udp, "x", 1, &nobody), 1);
    succeed = NEVER;
    check_equal(-vigil_model_receive_error(s.model, s.udp, &error), EAGAIN);
    check_equal(vigil_model_take_error(s.model, s.udp), ECONNREFUSED);
    vigil_model_free(s.model);
}

/* It says so, and ends; with which status is what a checker around it may change. */
static void memory__a_simulation_without_any_ends(void **state)
{
    (void)state;
    char said[40] = "";
    int pipe_fds[2];
    int status = 0;
    check_os(pipe(pipe_fds));
    pid_t child = check_os(fork());
    if (child == 0) {
        check_os(dup2(pipe_fds[1], STDERR_FILENO));
        succeed = 0;
        vigil_sim_begin(&(vigil_sim_options){.descriptors_max = 4});
        (void)fprintf(stderr, "it goes on");
        _exit(EXIT_FAILURE);
    }
    check_os(close(pipe_fds[1]));
    check_equal(waitpid(child, &status, 0), child);
    check(WIFEXITED(status) && WEXITSTATUS(status) != EXIT_SUCCESS);
    check(read(pipe_fds[0], said, sizeof said - 1) > 0);
    check_text(said, "simulation: no memory\n");
    check_os(close(pipe_fds[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory__each_call_says_that_there_is_none),
        cmocka_unit_test(memory__a_kernel_is_made_whole_or_not_at_all),
        cmocka_unit_test(memory__a_write_that_has_begun_is_short),
        cmocka_unit_test(memory__an_error_that_is_not_kept_is_lost),
        cmocka_unit_test(memory__a_simulation_without_any_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
