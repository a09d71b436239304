/* SPDX-License-Identifier: MIT */
#include "support/kinds.h"

#include "support/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static void put_byte(int fd)
{
    write_bytes(fd, 1);
}

static void fill_all(int fd)
{
    (void)fill(fd);
}

static void empty_all(int fd)
{
    (void)drain(fd);
}

/* Both ends of an eventfd are the same counter. */
static void open_counter(int fd[2])
{
    fd[0] = open_eventfd();
    fd[1] = check_os(fcntl(fd[0], F_DUPFD_CLOEXEC, 0));
}

static void put_one(int fd)
{
    add_to_eventfd(fd, 1);
}

/* The counter holds at most 2^64 - 2 (eventfd(2)). */
static void fill_counter(int fd)
{
    empty_all(fd);
    add_to_eventfd(fd, UINT64_MAX - 1);
    uint64_t one = 1;
    check(write(fd, &one, sizeof one) < 0 && errno == EAGAIN);
}

static void empty_counter(int fd)
{
    uint64_t counter = 0;
    while (read(fd, &counter, sizeof counter) > 0) {
        /* One read empties it, the next one would block. */
    }
    check_equal(errno, EAGAIN);
}

const kind kinds[KINDS] = {
    {.name = "pipe",
     .open = open_pipe,
     .put = put_byte,
     .fill = fill_all,
     .empty = empty_all,
     .stays_full = true},
    {.name = "unix socket",
     .open = open_unix_pair,
     .put = put_byte,
     .fill = fill_all,
     .empty = empty_all,
     .both_ways = true,
     .stays_full = true},
    {.name = "tcp socket",
     .open = open_tcp_pair,
     .put = put_byte,
     .fill = fill_all,
     .empty = empty_all,
     .both_ways = true},
    {.name = "eventfd",
     .open = open_counter,
     .put = put_one,
     .fill = fill_counter,
     .empty = empty_counter,
     .both_ways = true,
     .one_object = true,
     .stays_full = true},
};
