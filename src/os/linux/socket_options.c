/* SPDX-License-Identifier: MIT */
#include "os/socket.h"

#include "os/status.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

_Static_assert(VIGIL_SOCKADDR_BYTES == sizeof(((struct group_req *)0)->gr_group),
               "a group is handed to the kernel as it stands");

struct option {
    int level;
    int name;
};

static struct option ipv4_option(vigil_os_option option)
{
    if (option == VIGIL_OS_MULTICAST_LOOP_IPV4) {
        return (struct option){IPPROTO_IP, IP_MULTICAST_LOOP};
    }
    return (struct option){IPPROTO_IP, option == VIGIL_OS_TTL_IPV4 ? IP_TTL : IP_MULTICAST_TTL};
}

static struct option ipv6_option(vigil_os_option option)
{
    if (option == VIGIL_OS_TTL_IPV6) {
        return (struct option){IPPROTO_IPV6, IPV6_UNICAST_HOPS};
    }
    if (option == VIGIL_OS_ONLY_IPV6) {
        return (struct option){IPPROTO_IPV6, IPV6_V6ONLY};
    }
    if (option == VIGIL_OS_MULTICAST_LOOP_IPV6) {
        return (struct option){IPPROTO_IPV6, IPV6_MULTICAST_LOOP};
    }
    return (struct option){IPPROTO_IPV6,
                           option == VIGIL_OS_MULTICAST_TTL_IPV6 ? IPV6_MULTICAST_HOPS
                                                                 : IPV6_MULTICAST_IF};
}

static struct option tcp_option(vigil_os_option option)
{
    if (option == VIGIL_OS_NODELAY) {
        return (struct option){IPPROTO_TCP, TCP_NODELAY};
    }
    if (option == VIGIL_OS_KEEPALIVE_IDLE) {
        return (struct option){IPPROTO_TCP, TCP_KEEPIDLE};
    }
    return (struct option){IPPROTO_TCP,
                           option == VIGIL_OS_KEEPALIVE_INTERVAL ? TCP_KEEPINTVL : TCP_KEEPCNT};
}

static struct option native_option(vigil_os_option option)
{
    switch (option) {
    case VIGIL_OS_REUSE_ADDRESS:
        return (struct option){SOL_SOCKET, SO_REUSEADDR};
    case VIGIL_OS_REUSE_PORT:
        return (struct option){SOL_SOCKET, SO_REUSEPORT};
    case VIGIL_OS_KEEPALIVE:
        return (struct option){SOL_SOCKET, SO_KEEPALIVE};
    case VIGIL_OS_ERROR:
        return (struct option){SOL_SOCKET, SO_ERROR};
    case VIGIL_OS_FAMILY:
        return (struct option){SOL_SOCKET, SO_DOMAIN};
    case VIGIL_OS_SEND_BUFFER:
        return (struct option){SOL_SOCKET, SO_SNDBUF};
    case VIGIL_OS_RECEIVE_BUFFER:
        return (struct option){SOL_SOCKET, SO_RCVBUF};
    case VIGIL_OS_BROADCAST:
        return (struct option){SOL_SOCKET, SO_BROADCAST};
    case VIGIL_OS_NODELAY:
    case VIGIL_OS_KEEPALIVE_IDLE:
    case VIGIL_OS_KEEPALIVE_INTERVAL:
    case VIGIL_OS_KEEPALIVE_COUNT:
        return tcp_option(option);
    case VIGIL_OS_TTL_IPV4:
    case VIGIL_OS_MULTICAST_LOOP_IPV4:
    case VIGIL_OS_MULTICAST_TTL_IPV4:
        return ipv4_option(option);
    case VIGIL_OS_TTL_IPV6:
    case VIGIL_OS_ONLY_IPV6:
    case VIGIL_OS_MULTICAST_LOOP_IPV6:
    case VIGIL_OS_MULTICAST_TTL_IPV6:
    case VIGIL_OS_MULTICAST_INTERFACE_IPV6:
        return ipv6_option(option);
    }
    return (struct option){-1, -1};
}

vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    struct option wanted = native_option(option);
    socklen_t length = sizeof *value;
    *value = 0;
    int result = getsockopt(fd, wanted.level, wanted.name, value, &length);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    struct option wanted = native_option(option);
    int result = setsockopt(fd, wanted.level, wanted.name, &value, sizeof value);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_get_linger(vigil_fd fd, bool *enabled, int *seconds)
{
    struct linger linger = {0};
    socklen_t length = sizeof linger;
    int result = getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &length);
    *enabled = linger.l_onoff != 0;
    *seconds = linger.l_linger;
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_set_linger(vigil_fd fd, bool enabled, int seconds)
{
    struct linger linger = {.l_onoff = enabled ? 1 : 0, .l_linger = seconds};
    int result = setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

/* Linux has the group in a structure of its own, behind the index. */
vigil_status vigil_os_set_membership(vigil_fd fd, vigil_os_membership change,
                                     const vigil_sockaddr *group, uint32_t interface_index)
{
    struct group_req request = {.gr_interface = interface_index};
    memcpy(&request.gr_group, group->bytes, sizeof request.gr_group);
    bool ipv6 = request.gr_group.ss_family == AF_INET6;
    int name = change == VIGIL_OS_JOIN ? MCAST_JOIN_GROUP : MCAST_LEAVE_GROUP;
    int result = setsockopt(fd, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, name, &request, sizeof request);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_set_multicast_interface(vigil_fd fd, int interface_index)
{
    struct ip_mreqn request = {.imr_ifindex = interface_index};
    int result = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}
