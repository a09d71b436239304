/* SPDX-License-Identifier: MIT */
#include "fault/world.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Every option that the library can set. */
static const struct {
    int level;
    int name;
} options[] = {
    {SOL_SOCKET, SO_REUSEADDR},
    {SOL_SOCKET, SO_REUSEPORT},
    {SOL_SOCKET, SO_KEEPALIVE},
    {SOL_SOCKET, SO_LINGER},
    {SOL_SOCKET, SO_BROADCAST},
    {SOL_SOCKET, SO_SNDBUF},
    {SOL_SOCKET, SO_RCVBUF},
    {IPPROTO_TCP, TCP_NODELAY},
    {IPPROTO_TCP, TCP_FASTOPEN},
    {IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
    {IPPROTO_TCP, TCP_KEEPIDLE},
    {IPPROTO_TCP, TCP_KEEPINTVL},
    {IPPROTO_TCP, TCP_KEEPCNT},
    {IPPROTO_IP, IP_TTL},
    {IPPROTO_IP, IP_MULTICAST_TTL},
    {IPPROTO_IP, IP_MULTICAST_LOOP},
    {IPPROTO_IP, IP_MULTICAST_IF},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF},
    {IPPROTO_IPV6, IPV6_V6ONLY},
};

uint64_t outside_digest(int fd)
{
    uint64_t sum = (uint64_t)(fcntl(fd, F_GETFL) * 31 + fcntl(fd, F_GETFD));
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        int value[2] = {0, 0};
        socklen_t length = sizeof value;
        (void)getsockopt(fd, options[i].level, options[i].name, value, &length);
        sum = sum * 1000003 + (uint64_t)value[0] * 257 + (uint64_t)value[1];
    }
    return sum;
}
