/* SPDX-License-Identifier: MIT */
#include "support/descriptors.h"

#include "support/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK 4096

unsigned open_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    check(folder != NULL);
    unsigned count = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        count += entry->d_name[0] != '.';
    }
    check_os(closedir(folder));
    return count - 1; /* The folder itself. */
}

int lowest_free_descriptor(void)
{
    int fd = check_os(open("/dev/null", O_RDONLY | O_CLOEXEC));
    check_os(close(fd));
    return fd;
}

static unsigned descriptors_noted;

int note_descriptors(void **state)
{
    (void)state;
    descriptors_noted = open_descriptors();
    return 0;
}

int check_descriptors(void **state)
{
    (void)state;
    check_equal(open_descriptors(), descriptors_noted);
    return 0;
}

bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

bool is_nonblocking(int fd)
{
    return (check_os(fcntl(fd, F_GETFL)) & O_NONBLOCK) != 0;
}

bool is_close_on_exec(int fd)
{
    return (check_os(fcntl(fd, F_GETFD)) & FD_CLOEXEC) != 0;
}

void open_pipe(int fd[2])
{
    check_os(pipe2(fd, O_NONBLOCK | O_CLOEXEC));
}

void open_unix_pair(int fd[2])
{
    check_os(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd));
}

/* A blocking connect to a listener with room in its backlog is over when it
 * returns, and accept(2) has the connection. */
void open_tcp_pair(int fd[2])
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t length = sizeof address;
    struct sockaddr *name = (struct sockaddr *)(void *)&address;
    int on = 1;
    int listener = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check_os(bind(listener, name, length));
    check_os(listen(listener, 1));
    check_os(getsockname(listener, name, &length));
    fd[0] = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check_os(connect(fd[0], name, length));
    check_os(fcntl(fd[0], F_SETFL, O_NONBLOCK));
    fd[1] = check_os(accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
    check_os(close(listener));
    for (int i = 0; i < 2; i++) {
        check_os(setsockopt(fd[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
    }
}

void close_pair(const int fd[2])
{
    check_os(close(fd[0]));
    check_os(close(fd[1]));
}

int open_eventfd(void)
{
    return check_os(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

void add_to_eventfd(int fd, unsigned long long value)
{
    check_equal(write(fd, &value, sizeof value), sizeof value);
}

void write_bytes(int fd, size_t length)
{
    static const char bytes[CHUNK];
    while (length > 0) {
        size_t piece = length < CHUNK ? length : CHUNK;
        int written = check_os(write(fd, bytes, piece));
        length -= (size_t)written;
    }
}

void read_bytes(int fd, size_t length)
{
    char bytes[CHUNK];
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    while (length > 0) {
        check_equal(poll(&readable, 1, (int)(PATIENCE_NS / MS_IN_NS)), 1);
        int got = check_os(read(fd, bytes, length < CHUNK ? length : CHUNK));
        check(got > 0);
        length -= (size_t)got;
    }
}

size_t fill(int fd)
{
    static const char bytes[CHUNK];
    size_t total = 0;
    for (;;) {
        ssize_t written = write(fd, bytes, CHUNK);
        if (written < 0) {
            check_equal(errno, EAGAIN);
            return total;
        }
        total += (size_t)written;
    }
}

size_t drain(int fd)
{
    char bytes[CHUNK];
    size_t total = 0;
    for (;;) {
        ssize_t got = read(fd, bytes, CHUNK);
        if (got <= 0) {
            check(got == 0 || errno == EAGAIN);
            return total;
        }
        total += (size_t)got;
    }
}
