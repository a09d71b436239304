/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define RECEIVER 1
#define SENDER 2

extern char **environ;

typedef struct pipe_rig {
    fixture f;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
} pipe_rig;

static void open_pipe_rig(pipe_rig *r)
{
    open_fixture(&r->f);
    check_ok(vigil_pipe_open(&r->receiver, &r->sender));
}

static void watch_pipe(pipe_rig *r)
{
    watch_source(&r->f, &r->receiver.source, RECEIVER, VIGIL_READABLE);
    watch_source(&r->f, &r->sender.source, SENDER, VIGIL_WRITABLE);
    vigil_event event = wait_for(&r->f, SENDER);
    check(vigil_event_is_writable(event) && !vigil_event_is_write_closed(event));
}

static void close_pipe_rig(pipe_rig *r)
{
    check_ok(vigil_pipe_receiver_close(&r->receiver));
    check_ok(vigil_pipe_sender_close(&r->sender));
    close_fixture(&r->f);
}

static void expect_blocked(vigil_pipe_receiver *receiver)
{
    char byte = 0;
    size_t count = 1;
    check_status(vigil_pipe_receiver_read(receiver, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

static void expect_end(vigil_pipe_receiver *receiver)
{
    char byte = 0;
    size_t count = 1;
    check_ok(vigil_pipe_receiver_read(receiver, &byte, 1, &count));
    check_equal(count, 0);
}

static void write_text(vigil_pipe_sender *sender, const char *text)
{
    size_t count = 0;
    check_ok(vigil_pipe_sender_write(sender, text, strlen(text), &count));
    check_equal(count, strlen(text));
}

static void read_text(vigil_pipe_receiver *receiver, const char *text)
{
    char data[64] = "";
    size_t count = 0;
    check_ok(vigil_pipe_receiver_read(receiver, data, sizeof data - 1, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
}

/* --- a pipe from its beginning to its end ----------------------------------------- */

static void unix_pipe__smoke(void **state)
{
    (void)state;
    pipe_rig r;
    open_pipe_rig(&r);
    check(is_nonblocking(vigil_pipe_receiver_fd(&r.receiver)));
    check(is_nonblocking(vigil_pipe_sender_fd(&r.sender)));
    check(is_close_on_exec(vigil_pipe_receiver_fd(&r.receiver)));
    check(is_close_on_exec(vigil_pipe_sender_fd(&r.sender)));
    expect_blocked(&r.receiver);
    watch_pipe(&r);
    write_text(&r.sender, "Hello world!");
    check(vigil_event_is_readable(wait_until(&r.f, RECEIVER, vigil_event_is_readable)));
    read_text(&r.receiver, "Hello world!");
    expect_blocked(&r.receiver);
    close_pipe_rig(&r);
}

static void unix_pipe__event_when_sender_is_dropped(void **state)
{
    (void)state;
    pipe_rig r;
    open_pipe_rig(&r);
    watch_source(&r.f, &r.receiver.source, RECEIVER, VIGIL_READABLE);
    check_ok(vigil_pipe_sender_close(&r.sender));
    check(vigil_event_is_read_closed(wait_for(&r.f, RECEIVER)));
    expect_end(&r.receiver);
    expect_no_events(&r.f);
    close_pipe_rig(&r);
}

static void unix_pipe__event_when_receiver_is_dropped(void **state)
{
    (void)state;
    pipe_rig r;
    open_pipe_rig(&r);
    watch_pipe(&r);
    check_ok(vigil_pipe_receiver_close(&r.receiver));
    check(vigil_event_is_write_closed(wait_for(&r.f, SENDER)));
    expect_no_events(&r.f);
    close_pipe_rig(&r);
}

/* What was written before the sender was closed comes first. */
static void closing__keeps_what_was_written(void **state)
{
    (void)state;
    pipe_rig r;
    open_pipe_rig(&r);
    write_text(&r.sender, "last words");
    check_ok(vigil_pipe_sender_close(&r.sender));
    read_text(&r.receiver, "last words");
    expect_end(&r.receiver);
    close_pipe_rig(&r);
}

static void full__is_told_when_there_is_room(void **state)
{
    (void)state;
    static char data[8192];
    pipe_rig r;
    size_t count = 0;
    vigil_status status = VIGIL_OK;
    open_pipe_rig(&r);
    watch_pipe(&r);
    while (status == VIGIL_OK) {
        status = vigil_pipe_sender_write(&r.sender, data, sizeof data, &count);
    }
    check_status(status, VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check(drain(vigil_pipe_receiver_fd(&r.receiver)) > 0);
    check(vigil_event_is_writable(wait_until(&r.f, SENDER, vigil_event_is_writable)));
    check_ok(vigil_pipe_sender_write(&r.sender, data, 1, &count));
    close_pipe_rig(&r);
}

/* Starts `cat`, which reads from what the first one gives and writes into the second. */
static pid_t start_cat(vigil_pipe_sender *input, vigil_pipe_receiver *output)
{
    int in[2];
    int out[2];
    pid_t child = 0;
    char name[] = "cat";
    char *arguments[] = {name, NULL};
    posix_spawn_file_actions_t actions;
    check_os(pipe2(in, O_CLOEXEC));
    check_os(pipe2(out, O_CLOEXEC));
    check_equal(posix_spawn_file_actions_init(&actions), 0);
    check_equal(posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO), 0);
    check_equal(posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO), 0);
    check_equal(posix_spawnp(&child, name, &actions, NULL, arguments, environ), 0);
    check_equal(posix_spawn_file_actions_destroy(&actions), 0);
    check_os(close(in[0]));
    check_os(close(out[1]));
    check_ok(vigil_pipe_sender_from_fd(input, in[1]));
    check_ok(vigil_pipe_receiver_from_fd(output, out[0]));
    return child;
}

static void end_child(pid_t child)
{
    int status = 0;
    check_equal(waitpid(child, &status, 0), child);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void unix_pipe__from_child_process_io(void **state)
{
    (void)state;
    pipe_rig r;
    open_fixture(&r.f);
    pid_t child = start_cat(&r.sender, &r.receiver);
    check(is_nonblocking(vigil_pipe_receiver_fd(&r.receiver)));
    check(is_close_on_exec(vigil_pipe_sender_fd(&r.sender)));
    watch_pipe(&r);
    write_text(&r.sender, "through a cat");
    check(vigil_event_is_readable(wait_until(&r.f, RECEIVER, vigil_event_is_readable)));
    read_text(&r.receiver, "through a cat");
    expect_blocked(&r.receiver);
    check_ok(vigil_pipe_sender_close(&r.sender));
    check(vigil_event_is_read_closed(wait_until(&r.f, RECEIVER, vigil_event_is_read_closed)));
    expect_end(&r.receiver);
    end_child(child);
    close_pipe_rig(&r);
}

/* Blocking, a read waits for the child; non-blocking, it does not. */
static void unix_pipe__nonblocking_child_process_io(void **state)
{
    (void)state;
    pipe_rig r;
    open_fixture(&r.f);
    pid_t child = start_cat(&r.sender, &r.receiver);
    check_ok(vigil_pipe_receiver_set_nonblocking(&r.receiver, false));
    check(!is_nonblocking(vigil_pipe_receiver_fd(&r.receiver)));
    write_text(&r.sender, "slowly");
    read_text(&r.receiver, "slowly");
    check_ok(vigil_pipe_receiver_set_nonblocking(&r.receiver, true));
    expect_blocked(&r.receiver);
    check_ok(vigil_pipe_sender_set_nonblocking(&r.sender, false));
    check(!is_nonblocking(vigil_pipe_sender_fd(&r.sender)));
    check_ok(vigil_pipe_sender_set_nonblocking(&r.sender, true));
    check(is_nonblocking(vigil_pipe_sender_fd(&r.sender)));
    check_ok(vigil_pipe_sender_close(&r.sender));
    end_child(child);
    close_pipe_rig(&r);
}

/* --- no SIGPIPE ------------------------------------------------------------------- */

static void expect_broken(vigil_pipe_sender *sender)
{
    size_t count = 1;
    check_status(vigil_pipe_sender_write(sender, "x", 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
}

/* With the default disposition, which would end this child; what was held back or
 * pending before is so afterwards. */
static void write_into_nothing(void *ignored)
{
    (void)ignored;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    sigset_t set;
    check(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    check_os(sigemptyset(&set));
    check_os(sigprocmask(SIG_SETMASK, &set, NULL));
    check_ok(vigil_pipe_open(&receiver, &sender));
    write_text(&sender, "not yet");
    check_ok(vigil_pipe_receiver_close(&receiver));
    expect_broken(&sender);
    check_os(sigprocmask(SIG_SETMASK, NULL, &set));
    check_equal(sigismember(&set, SIGPIPE), 0);
    check_os(sigpending(&set));
    check_equal(sigismember(&set, SIGPIPE), 0);
    check_os(sigaddset(&set, SIGPIPE));
    check_os(sigprocmask(SIG_BLOCK, &set, NULL));
    expect_broken(&sender);
    check_os(sigpending(&set));
    check_equal(sigismember(&set, SIGPIPE), 0);
    check_os(raise(SIGPIPE));
    expect_broken(&sender);
    check_os(sigpending(&set));
    check_equal(sigismember(&set, SIGPIPE), 1);
    check_os(sigprocmask(SIG_SETMASK, NULL, &set));
    check_equal(sigismember(&set, SIGPIPE), 1);
    check_ok(vigil_pipe_sender_close(&sender));
}

static void write_on_an_older_kernel(void *error)
{
    refuse_system_call(SYS_pwritev2, *(int *)error);
    write_into_nothing(NULL);
}

static void sigpipe__is_not_raised(void **state)
{
    (void)state;
    run_child(write_into_nothing, NULL);
}

/* Where the flag is missing, and where the call is. */
static void sigpipe__is_not_raised_by_an_older_kernel(void **state)
{
    (void)state;
    int errors[] = {EOPNOTSUPP, ENOSYS};
    run_child(write_on_an_older_kernel, &errors[0]);
    run_child(write_on_an_older_kernel, &errors[1]);
}

#define PIPE_BYTES 65536

/* A process that has the only receiver, and ends once the pipe is full: its writer is
 * then asleep, or about to be. */
static pid_t start_reader(pipe_rig *r)
{
    pid_t reader = check_os(fork());
    int there = 0;
    vigil_fd fd = vigil_pipe_receiver_fd(&r->receiver);
    while (reader == 0 && there < PIPE_BYTES && ioctl(fd, FIONREAD, &there) == 0) {
    }
    if (reader == 0) {
        (void)raise(there < PIPE_BYTES ? SIGABRT : SIGKILL); /* at once, with nothing said */
    }
    check_ok(vigil_pipe_receiver_close(&r->receiver));
    return reader;
}

static void write_until_nobody_reads(void *refused)
{
    static char data[PIPE_BYTES + 1];
    pipe_rig r;
    size_t count = 0;
    int status = 0;
    if (refused != NULL) {
        refuse_system_call(SYS_pwritev2, *(int *)refused);
    }
    check(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    check_ok(vigil_pipe_open(&r.receiver, &r.sender));
    check_ok(vigil_pipe_sender_set_nonblocking(&r.sender, false));
    pid_t reader = start_reader(&r);
    check_ok(vigil_pipe_sender_write(&r.sender, data, sizeof data, &count));
    check_equal(count, PIPE_BYTES);
    check(waitpid(reader, &status, 0) == reader && WTERMSIG(status) == SIGKILL);
    check_ok(vigil_pipe_sender_close(&r.sender));
}

/* A write that sleeps has written some when the last receiver is gone. */
static void sigpipe__is_not_raised_in_the_middle(void **state)
{
    (void)state;
    run_child(write_until_nobody_reads, NULL);
    run_child(write_until_nobody_reads, &(int){EOPNOTSUPP});
}

static void write_as_a_program_would(void *ignored)
{
    (void)ignored;
    int fd[2];
    check(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    check_os(pipe2(fd, O_CLOEXEC));
    check_os(close(fd[0]));
    check_equal(write(fd[1], "x", 1), 1);
}

/* It would be, by write(2): a canary for the tests above. */
static void sigpipe__would_be_raised(void **state)
{
    (void)state;
    run_child_to_signal(write_as_a_program_would, NULL, SIGPIPE);
}

/* --- what is refused -------------------------------------------------------------- */

static void open_without_descriptors(void *ignored)
{
    (void)ignored;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    limit_descriptors((unsigned)lowest_free_descriptor() + 1);
    unsigned before = open_descriptors();
    check_status(vigil_pipe_open(&receiver, &sender), VIGIL_EMFILE);
    check_equal(vigil_pipe_receiver_fd(&receiver), VIGIL_FD_NONE);
    check_equal(vigil_pipe_sender_fd(&sender), VIGIL_FD_NONE);
    check_equal(open_descriptors(), before);
}

static void open__with_room_for_one_end(void **state)
{
    (void)state;
    require_kernel_limits();
    run_child(open_without_descriptors, NULL);
}

struct fault {
    int error;
    vigil_status status;
};

static void fail_to_move(void *rig)
{
    static const struct fault faults[] = {
        {EAGAIN, VIGIL_EWOULDBLOCK}, {EINTR, VIGIL_EINTR}, {EPIPE, VIGIL_EPIPE}, {EIO, VIGIL_EIO}};
    pipe_rig *r = rig;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        size_t count = 1;
        refuse_system_call(SYS_pwritev2, faults[i].error);
        check_status(vigil_pipe_sender_write(&r->sender, "x", 1, &count), faults[i].status);
        check_equal(count, 0);
    }
    refuse_system_call(SYS_pipe2, ENFILE);
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    check_status(vigil_pipe_open(&receiver, &sender), VIGIL_ENFILE);
    check_equal(vigil_pipe_receiver_fd(&receiver), VIGIL_FD_NONE);
    check_equal(vigil_pipe_sender_fd(&sender), VIGIL_FD_NONE);
}

static void faults__are_passed_on(void **state)
{
    (void)state;
    pipe_rig r;
    open_pipe_rig(&r);
    run_child(fail_to_move, &r);
    expect_blocked(&r.receiver);
    close_pipe_rig(&r);
}

static void ends__go_one_way(void **state)
{
    (void)state;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    char byte = 'x';
    size_t count = 1;
    int fd[2];
    check_os(pipe2(fd, O_CLOEXEC));
    check_ok(vigil_pipe_receiver_from_fd(&receiver, fd[1]));
    check_ok(vigil_pipe_sender_from_fd(&sender, fd[0]));
    check_status(vigil_pipe_receiver_read(&receiver, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check_status(vigil_pipe_sender_write(&sender, &byte, 1, &count), VIGIL_EBADF);
    check_ok(vigil_pipe_receiver_close(&receiver));
    check_ok(vigil_pipe_sender_close(&sender));
}

static void raw_fd__is_given_and_taken(void **state)
{
    (void)state;
    pipe_rig r;
    vigil_fd reads = VIGIL_FD_NONE;
    vigil_fd writes = VIGIL_FD_NONE;
    open_pipe_rig(&r);
    watch_pipe(&r);
    check_ok(vigil_pipe_receiver_into_fd(&r.receiver, &reads));
    check_ok(vigil_pipe_sender_into_fd(&r.sender, &writes));
    check_equal(vigil_pipe_receiver_fd(&r.receiver), VIGIL_FD_NONE);
    check_equal(vigil_pipe_sender_fd(&r.sender), VIGIL_FD_NONE);
    check(is_open(reads) && is_open(writes));
    expect_no_events(&r.f);
    check_ok(vigil_pipe_receiver_from_fd(&r.receiver, reads));
    check_ok(vigil_pipe_sender_from_fd(&r.sender, writes));
    write_text(&r.sender, "still there");
    read_text(&r.receiver, "still there");
    close_pipe_rig(&r);
}

static void closed__every_call_says_so(void **state)
{
    (void)state;
    vigil_pipe_receiver receiver = VIGIL_PIPE_RECEIVER_CLOSED;
    vigil_pipe_sender sender = VIGIL_PIPE_SENDER_CLOSED;
    char byte = 'x';
    size_t count = 1;
    vigil_fd fd = 0;
    check_equal(sizeof receiver, sizeof(vigil_source));
    check_equal(sizeof sender, sizeof(vigil_source));
    check_status(vigil_pipe_receiver_read(&receiver, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_pipe_sender_write(&sender, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check_status(vigil_pipe_receiver_set_nonblocking(&receiver, true), VIGIL_EBADF);
    check_status(vigil_pipe_sender_set_nonblocking(&sender, true), VIGIL_EBADF);
    check_status(vigil_pipe_receiver_into_fd(&receiver, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
    check_status(vigil_pipe_sender_into_fd(&sender, &fd), VIGIL_EBADF);
    check_status(vigil_pipe_receiver_from_fd(&receiver, VIGIL_FD_NONE), VIGIL_EBADF);
    check_status(vigil_pipe_sender_from_fd(&sender, VIGIL_FD_NONE), VIGIL_EBADF);
    check_ok(vigil_pipe_receiver_close(&receiver));
    check_ok(vigil_pipe_sender_close(&sender));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(unix_pipe__smoke),
        tcp_unit_test(unix_pipe__event_when_sender_is_dropped),
        tcp_unit_test(unix_pipe__event_when_receiver_is_dropped),
        tcp_unit_test(closing__keeps_what_was_written),
        tcp_unit_test(full__is_told_when_there_is_room),
        tcp_unit_test(unix_pipe__from_child_process_io),
        tcp_unit_test(unix_pipe__nonblocking_child_process_io),
        tcp_unit_test(sigpipe__is_not_raised),
        tcp_unit_test(sigpipe__is_not_raised_by_an_older_kernel),
        tcp_unit_test(sigpipe__is_not_raised_in_the_middle),
        tcp_unit_test(sigpipe__would_be_raised),
        tcp_unit_test(open__with_room_for_one_end),
        tcp_unit_test(faults__are_passed_on),
        tcp_unit_test(ends__go_one_way),
        tcp_unit_test(raw_fd__is_given_and_taken),
        tcp_unit_test(closed__every_call_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
