/* SPDX-License-Identifier: MIT */
#include "input.h"
#include "world.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

static int lowest;

static int lowest_free(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    fuzz_check(fd >= 0);
    (void)close(fd);
    return fd;
}

void world_begin(unsigned hostility)
{
    (void)hostility;
    (void)signal(SIGPIPE, SIG_IGN);
    lowest = lowest_free();
}

/* Whoever leaves one open has the next number begin higher. */
void world_end(void)
{
    fuzz_check(lowest_free() == lowest);
}

void world_open_pair(int fd[2])
{
    fuzz_check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd) == 0);
}

int world_dup(int fd)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    fuzz_check(copy >= 0);
    return copy;
}

void world_close(int fd)
{
    fuzz_check(close(fd) == 0);
}

bool world_put(int fd)
{
    return write(fd, "x", 1) == 1;
}

void world_drain(int fd)
{
    char data[256];
    while (read(fd, data, sizeof data) > 0) {
    }
}

void world_shut(int fd)
{
    (void)shutdown(fd, SHUT_WR);
}

uint32_t world_level(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN | POLLOUT | POLLRDHUP};
    fuzz_check(poll(&asked, 1, 0) >= 0);
    return (uint32_t)(unsigned short)asked.revents;
}
