/* SPDX-License-Identifier: MIT */

/* The seam's calls that are made of several system calls, with one of those refused,
 * and calls with arguments that nobody has. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/sandbox.h"

#include "os/descriptor.h"
#include "os/pipe.h"
#include "os/socket.h"
#include "os/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What the descriptor is like goes on the way to the parent, which may still ask. */
static void adopt_without_command(void *argument)
{
    const int *part = argument;
    refuse_command(part[1], ENOMEM);
    check_status(vigil_os_adopt(part[0]), VIGIL_ENOMEM);
}

static void c11_adopts_whole_or_not_at_all(void **state)
{
    (void)state;
    const int commands[] = {F_GETFL, F_GETFD, F_SETFL, F_SETFD};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        int fd[2];
        check_os(pipe2(fd, 0));
        int part[] = {fd[0], commands[i]};
        run_child(adopt_without_command, part);
        check(!is_nonblocking(fd[0]));
        check_ok(vigil_os_adopt(fd[0]));
        check(is_nonblocking(fd[0]) && is_close_on_exec(fd[0]));
        close_pair(fd);
    }
}

/* The flags of the descriptor are the process's own, so they are asked there. */
static void adopt_without_the_last(void *argument)
{
    const int *fd = argument;
    refuse_command(F_SETFD, EPERM);
    check_status(vigil_os_adopt(*fd), VIGIL_EPERM);
    check(!is_nonblocking(*fd) && !is_close_on_exec(*fd));
}

static void c11_adopting_takes_the_first_flag_back(void **state)
{
    (void)state;
    int fd[2];
    check_os(pipe2(fd, 0));
    run_child(adopt_without_the_last, &fd[0]);
    close_pair(fd);
}

static void seam_no_such_option(void **state)
{
    (void)state;
    int value = 1;
    int fd = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check(vigil_os_get_option(fd, (vigil_os_option)99, &value) != VIGIL_OK);
    check_equal(value, 0);
    check(vigil_os_set_option(fd, (vigil_os_option)99, 1) != VIGIL_OK);
    check_os(close(fd));
}

/* --- pipes --- */

static void switch_without_command(void *argument)
{
    const int *part = argument;
    refuse_command(part[1], EPERM);
    check_status(vigil_os_set_nonblocking(part[0], true), VIGIL_EPERM);
}

static void seam_nonblocking_refused(void **state)
{
    (void)state;
    const int commands[] = {F_GETFL, F_SETFL};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        int fd[2];
        check_os(pipe2(fd, O_CLOEXEC));
        int part[] = {fd[0], commands[i]};
        run_child(switch_without_command, part);
        check(!is_nonblocking(fd[0]));
        close_pair(fd);
    }
}

/* The default is to die of it. */
static void expect_no_signal(int fd)
{
    size_t count = 1;
    check(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    check_status(vigil_os_pipe_write(fd, "x", 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
}

/* A kernel that has not heard of the call. */
static void write_to_nobody(void *argument)
{
    const int *fd = argument;
    refuse_system_call(SYS_pwritev2, ENOSYS);
    expect_no_signal(*fd);
}

/* One that has it and not the flag, and a thread that holds a signal of its own. */
static void write_with_one_pending(void *argument)
{
    const int *fd = argument;
    sigset_t sigpipe;
    sigset_t pending;
    check_os(sigemptyset(&sigpipe));
    check_os(sigaddset(&sigpipe, SIGPIPE));
    check_os(sigprocmask(SIG_BLOCK, &sigpipe, NULL));
    check_os(raise(SIGPIPE));
    refuse_system_call(SYS_pwritev2, EOPNOTSUPP);
    expect_no_signal(*fd);
    check_os(sigpending(&pending));
    check(sigismember(&pending, SIGPIPE) == 1);
}

/* One that forbids taking the signal: it stays held back, and nothing hangs. */
static void write_without_taking(void *argument)
{
    const int *fd = argument;
    sigset_t sigpipe;
    check_os(sigemptyset(&sigpipe));
    check_os(sigaddset(&sigpipe, SIGPIPE));
    check_os(sigprocmask(SIG_BLOCK, &sigpipe, NULL));
    refuse_system_call(SYS_pwritev2, EOPNOTSUPP);
    refuse_system_call(SYS_rt_sigtimedwait, EAGAIN);
    expect_no_signal(*fd);
}

static void seam_pipe_to_nobody(void **state)
{
    (void)state;
    void (*const ways[])(void *) = {write_to_nobody, write_with_one_pending, write_without_taking};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        int fd[2];
        open_pipe(fd);
        check_os(close(fd[0]));
        run_child(ways[i], &fd[1]);
        check_os(close(fd[1]));
    }
}

static void write_to_a_full_one(void *argument)
{
    const int *fd = argument;
    size_t count = 1;
    (void)fill(*fd);
    refuse_system_call(SYS_pwritev2, EOPNOTSUPP);
    check_status(vigil_os_pipe_write(*fd, "x", 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

static void seam_pipe_that_is_full(void **state)
{
    (void)state;
    int fd[2];
    open_pipe(fd);
    run_child(write_to_a_full_one, &fd[1]);
    close_pair(fd);
}

/* --- control messages that carry something else (unix(7)) --- */

/* Since Linux 6.5; the headers may be older. */
#define PASS_PIDFD 76

/* What comes with a byte, when the receiver has asked for what `option` gives it. */
static void receive_beside(int option, vigil_status expected)
{
    int fd[2];
    int on = 1;
    char byte = 0;
    vigil_fd got[4];
    size_t count = 0;
    size_t fd_count = 1;
    open_unix_pair(fd);
    if (setsockopt(fd[0], SOL_SOCKET, option, &on, sizeof on) < 0) {
        check_equal(errno, ENOPROTOOPT);
        close_pair(fd);
        return;
    }
    unsigned before = open_descriptors();
    write_bytes(fd[1], 1);
    check_status(vigil_os_receive_descriptors(fd[0], &byte, 1, got, 4, &count, &fd_count),
                 expected);
    check_equal(count, 1);
    check_equal(fd_count, 0);
    check_equal(open_descriptors(), before);
    close_pair(fd);
}

static void seam_control_messages_of_other_kinds(void **state)
{
    (void)state;
    receive_beside(SO_PASSCRED, VIGIL_OK);
    receive_beside(PASS_PIDFD, VIGIL_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(c11_adopts_whole_or_not_at_all),
        kernel_test(c11_adopting_takes_the_first_flag_back),
        kernel_test(seam_no_such_option),
        kernel_test(seam_nonblocking_refused),
        kernel_test(seam_pipe_to_nobody),
        kernel_test(seam_pipe_that_is_full),
        kernel_test(seam_control_messages_of_other_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
