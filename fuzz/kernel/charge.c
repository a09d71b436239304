/* SPDX-License-Identifier: MIT */

/* What messages count against buffers (truesize), and how large these are: Linux's own,
 * and so asked of it, by sockets of its own that see one message each. */
#include "kernel/operations.h"

#include <limits.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define KINDS 5
#define TOO_LARGE 65508
#define REFUSING_PORT 9 /* discard (RFC 863), which nobody serves any more */

static void need(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const uint8_t *zeros(void)
{
    static const uint8_t bytes[BOTH_SIZE_MAX];
    return bytes;
}

static size_t unix_charge(size_t size, int type)
{
    int fd[2];
    int outstanding = 0;
    need(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, fd) == 0);
    need(write(fd[0], zeros(), size) == (ssize_t)size);
    need(ioctl(fd[0], SIOCOUTQ, &outstanding) == 0);
    (void)close(fd[0]);
    (void)close(fd[1]);
    return (size_t)outstanding;
}

static uint32_t memory_of(int fd, int which)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof memory;
    need(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &size) == 0);
    return memory[which];
}

/* To itself, or where nobody is, and then what comes back is kept. */
static size_t udp_charge(size_t size, vigil_model_message kind)
{
    const int on = 1;
    struct sockaddr_in to = inet_loopback(0);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    need(bind(fd, (struct sockaddr *)&to, sizeof to) == 0);
    need(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0);
    to = inet_loopback(kind == VIGIL_MODEL_UDP ? inet_port_of(fd) : REFUSING_PORT);
    size_t sent = kind == VIGIL_MODEL_UDP_TOO_LARGE ? TOO_LARGE : size;
    (void)sendto(fd, zeros(), sent, 0, (struct sockaddr *)&to, sizeof to);
    uint32_t charge = memory_of(fd, SK_MEMINFO_RMEM_ALLOC);
    (void)close(fd);
    need(charge > 0);
    return charge;
}

static size_t asked(size_t size, vigil_model_message kind)
{
    switch (kind) {
    case VIGIL_MODEL_DATAGRAM:
        return unix_charge(size, SOCK_DGRAM);
    case VIGIL_MODEL_STREAM:
        return unix_charge(size, SOCK_STREAM);
    case VIGIL_MODEL_UDP:
    case VIGIL_MODEL_UDP_REFUSED:
    case VIGIL_MODEL_UDP_TOO_LARGE:
        break;
    }
    return udp_charge(size, kind);
}

size_t charge_of(size_t size, vigil_model_message kind)
{
    static size_t known[KINDS][BOTH_SIZE_MAX + 1];
    if (known[kind][size] == 0) {
        known[kind][size] = asked(size, kind);
    }
    return known[kind][size];
}

void charge_limits(vigil_model_options *options)
{
    static int buffer;
    static int buffer_max;
    if (buffer == 0) {
        const int all = INT_MAX;
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        buffer = (int)memory_of(fd, SK_MEMINFO_RCVBUF);
        need(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &all, sizeof all) == 0);
        buffer_max = (int)memory_of(fd, SK_MEMINFO_RCVBUF) / 2;
        (void)close(fd);
    }
    options->receive_buffer = buffer;
    options->receive_buffer_max = buffer_max;
}
