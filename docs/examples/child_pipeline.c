/* SPDX-License-Identifier: MIT */

/* Two programs in a row, as a shell runs FIRST | SECOND, between this one's own standard input
 * and output:
 *     child_pipeline [FIRST SECOND]        sort, and "uniq -c", unless told otherwise
 *
 * One thread feeds the first, reads the second, and hears when each of them ends, whatever comes
 * first: no full pipe stops it, and it keeps one buffer and no more. Its status is that of the
 * second. It leaves no process behind, and gives none a descriptor that it should not have. */
#define _GNU_SOURCE /* environ */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vigil.h>

#define CHILDREN 2

/* The tokens, and how many slots that takes. */
enum {
    INPUT,
    FEED,
    RESULT,
    ENDED,
    SLOTS
};

struct child {
    char *command;
    pid_t process; /* 0 when its status has been taken */
    int status;
};

/* A source is registered as long as there is more to come of it. */
static struct child children[CHILDREN];
static vigil_source input;         /* standard input, as it stands */
static vigil_pipe_sender feed;     /* into the first */
static vigil_pipe_receiver result; /* out of the second */
static vigil_waker ended;          /* a child has ended */
static char data[65536];           /* of the input, on its way */
static size_t length, fed;
static bool is_file; /* standard input, which then is always ready */
static vigil_slot slots[SLOTS];
static vigil_poll watch;

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        fprintf(stderr, "child_pipeline: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void on_child(int number)
{
    vigil_status status = vigil_waker_wake(&ended);
    (void)number, (void)status;
}

/* The child reads from `in` and writes into `out`; these ends are its own from now on, as nobody
 * is told the end of a pipe while some program holds it open by mistake. All other descriptors of
 * Vigil are close-on-exec. A child's streams should block, as programs expect. */
static void start(struct child *child, vigil_pipe_receiver *in, vigil_pipe_sender *out)
{
    char shell[] = "sh", option[] = "-c", *arguments[] = {shell, option, child->command, NULL};
    posix_spawn_file_actions_t files;
    require(vigil_pipe_receiver_set_nonblocking(in, false), "pipe");
    require(vigil_pipe_sender_set_nonblocking(out, false), "pipe");
    int error = posix_spawn_file_actions_init(&files);
    error = error ? error : posix_spawn_file_actions_adddup2(&files, vigil_pipe_receiver_fd(in), 0);
    error = error ? error : posix_spawn_file_actions_adddup2(&files, vigil_pipe_sender_fd(out), 1);
    error =
        error ? error : posix_spawn(&child->process, "/bin/sh", &files, NULL, arguments, environ);
    require(error ? VIGIL_EUNKNOWN : VIGIL_OK, child->command);
    posix_spawn_file_actions_destroy(&files);
    vigil_pipe_receiver_close(in);
    vigil_pipe_sender_close(out);
}

/* The first gets the end of its input, once it has read what is in the pipe. */
static void stop_feeding(void)
{
    if (vigil_source_is_registered(&input)) {
        require(vigil_registry_deregister(vigil_poll_registry(&watch), &input), "input");
    }
    vigil_pipe_sender_close(&feed);
    length = fed = 0;
}

/* Feeds what is in hand, and then asks for more; while the pipe is full nobody reads the input, and
 * whoever writes there has to wait. That the first reads no more is no failure: head(1) does so. */
static void feed_first(vigil_registry *registry)
{
    vigil_status status = VIGIL_OK;
    while (fed < length && (status == VIGIL_OK || status == VIGIL_EINTR)) {
        size_t count = 0;
        status = vigil_pipe_sender_write(&feed, data + fed, length - fed, &count);
        fed += count;
    }
    if (status == VIGIL_EPIPE) {
        stop_feeding();
    } else if (status != VIGIL_EWOULDBLOCK) {
        require(status, "feed");
        vigil_interest once = VIGIL_READABLE | VIGIL_ONESHOT;
        status = is_file ? VIGIL_OK : vigil_registry_reregister(registry, &input, INPUT, once);
        require(status, "input");
    }
}

/* One read for each event does not block, although the descriptor does, and goes on doing so:
 * others have it too, and to them it belongs as well. */
static void take_input(vigil_registry *registry)
{
    ssize_t count = read(STDIN_FILENO, data, sizeof data);
    length = count > 0 ? (size_t)count : 0;
    fed = 0;
    if (count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN))) {
        feed_first(registry);
    } else {
        if (count < 0) {
            perror("child_pipeline: input");
        }
        stop_feeding();
    }
}

/* A read that leaves room in the buffer has emptied the pipe, which is as good as would-block,
 * unless the event has said that the end is near: that is read too. */
static void take_result(vigil_registry *registry, bool to_the_end)
{
    static char text[65536];
    vigil_status status = VIGIL_OK;
    size_t count = sizeof text;
    bool more = true;
    for (int reads = 0; reads < 4 && more; reads++) {
        status = vigil_pipe_receiver_read(&result, text, sizeof text, &count);
        fwrite(text, 1, count, stdout);
        more = status == VIGIL_OK && count > 0 && (count == sizeof text || to_the_end);
    }
    fflush(stdout);
    if (status == VIGIL_OK && count == 0) {
        vigil_pipe_receiver_close(&result);
    } else if (status == VIGIL_EINTR || more) {
        status = vigil_registry_reregister(registry, &result.source, RESULT, VIGIL_READABLE);
    }
    require(status == VIGIL_EWOULDBLOCK ? VIGIL_OK : status, "result");
}

/* Takes the status, without which the process would stay as a zombie. Wakes coalesce: one of them
 * may be for both children. */
static void reap(struct child *child)
{
    int how = 0;
    pid_t process = child->process == 0 ? 0 : waitpid(child->process, &how, WNOHANG);
    require(process < 0 ? VIGIL_EUNKNOWN : VIGIL_OK, "wait");
    if (process > 0) {
        int code = WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how);
        child->status = WIFEXITED(how) ? code : 128 + code;
        child->process = 0;
        if (child->status != 0) {
            fprintf(stderr, "child_pipeline: %s: %s %d\n", child->command,
                    WIFEXITED(how) ? "status" : "signal", code);
        }
    }
}

static void handle(vigil_registry *registry, vigil_event event)
{
    if (event.token == ENDED) {
        reap(&children[0]);
        reap(&children[1]);
    } else if (event.token == INPUT) {
        take_input(registry);
    } else if (event.token == RESULT) {
        take_result(registry, vigil_event_is_read_closed(event));
    } else if (fed < length) {
        feed_first(registry);
    }
}

static bool is_over(void)
{
    return !vigil_source_is_registered(&result.source) && children[0].process == 0
        && children[1].process == 0;
}

static void run(vigil_registry *registry)
{
    vigil_raw_event storage[SLOTS];
    vigil_events events;
    vigil_event event;
    require(vigil_events_init(&events, storage, SLOTS), "events");
    while (!is_over()) {
        bool hungry = is_file && fed == length && vigil_source_is_registered(&feed.source);
        vigil_timeout timeout = hungry ? VIGIL_NO_WAIT : VIGIL_FOREVER;
        vigil_status status = vigil_poll_wait(&watch, &events, timeout);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (vigil_events_next(&events, &event)) {
            handle(registry, event);
        }
        if (hungry && vigil_source_is_registered(&feed.source)) {
            take_input(registry);
        }
    }
}

int main(int argc, char **argv)
{
    static char sort[] = "sort", count[] = "uniq -c";
    vigil_registry *registry = vigil_poll_registry(&watch);
    vigil_pipe_receiver into_first, into_second;
    vigil_pipe_sender out_of_first, out_of_second;
    require(argc == 1 || argc == 3 ? VIGIL_OK : VIGIL_EINVAL, "arguments");
    children[0].command = argc == 3 ? argv[1] : sort;
    children[1].command = argc == 3 ? argv[2] : count;
    require(vigil_poll_open(&watch, slots, SLOTS), "poll");
    require(vigil_waker_open(&ended, registry, ENDED), "waker");
    signal(SIGCHLD, on_child);
    require(vigil_pipe_open(&into_first, &feed), "pipe");
    require(vigil_pipe_open(&into_second, &out_of_first), "pipe");
    require(vigil_pipe_open(&result, &out_of_second), "pipe");
    start(&children[0], &into_first, &out_of_first);
    start(&children[1], &into_second, &out_of_second);
    require(vigil_registry_register(registry, &feed.source, FEED, VIGIL_WRITABLE), "feed");
    require(vigil_registry_register(registry, &result.source, RESULT, VIGIL_READABLE), "result");
    input = vigil_source_from_fd(STDIN_FILENO);
    vigil_status status =
        vigil_registry_register(registry, &input, INPUT, VIGIL_READABLE | VIGIL_ONESHOT);
    is_file = status == VIGIL_EPERM; /* epoll has nothing to say of it */
    require(is_file ? VIGIL_OK : status, "input");
    run(registry);
    stop_feeding();
    signal(SIGCHLD, SIG_DFL);
    vigil_waker_close(&ended);
    require(vigil_poll_close(&watch), "close");
    return children[CHILDREN - 1].status;
}
