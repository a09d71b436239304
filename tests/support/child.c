/* SPDX-License-Identifier: MIT */
#include "support/child.h"

#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PASSED "passed"

/* The verdict goes through a socket, not through the exit status: a checker such
 * as Valgrind may end the child with a status of its own, as the memory that
 * its parent had at the time of the fork is never freed in it. It is sent, as
 * write(2) may be what a test has refused. */
static void end_child(void *context, const char *message)
{
    const int *verdict = context;
    (void)!send(*verdict, message, strlen(message), MSG_NOSIGNAL);
    _exit(1);
}

static void read_verdict(int fd, char *text, size_t size)
{
    size_t length = 0;
    ssize_t got = 1;
    while (got != 0 && length + 1 < size) {
        got = read(fd, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
        check(got >= 0 || errno == EINTR);
    }
    text[length] = 0;
}

static int reap(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        check_equal(errno, EINTR);
    }
    return status;
}

void run_child_to_signal(void (*function)(void *argument), void *argument, int signal)
{
    pid_t child = check_os(fork());
    if (child == 0) {
        (void)close(STDERR_FILENO);
        function(argument);
        _exit(0);
    }
    int status = reap(child);
    check(WIFSIGNALED(status));
    check_equal(WTERMSIG(status), signal);
}

void run_child(void (*function)(void *argument), void *argument)
{
    int verdict[2];
    check_os(socketpair(AF_UNIX, SOCK_STREAM, 0, verdict));
    pid_t child = check_os(fork());
    if (child == 0) {
        check_set_handler(end_child, &verdict[1]);
        function(argument);
        end_child(&verdict[1], PASSED);
    }
    check_os(close(verdict[1]));
    char text[800];
    read_verdict(verdict[0], text, sizeof text);
    check_os(close(verdict[0]));
    int status = reap(child);
    if (strcmp(text, PASSED) != 0) {
        check_fail(__FILE__, __LINE__, "in a child (wait status %#x): %s", (unsigned)status,
                   text[0] == 0 ? "it ended without a verdict" : text);
    }
}
