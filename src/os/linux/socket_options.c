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

/* Of linux/udp.h, which headers of before Linux 5.0 lack. */
#define UDP_GRO_OPTION VIGIL_OS_CONTROL_UDP_SEGMENT_BYTES

struct option {
    int level;
    int name;
};

static const struct option options[] = {
    [VIGIL_OS_REUSE_ADDRESS] = {SOL_SOCKET, SO_REUSEADDR},
    [VIGIL_OS_REUSE_PORT] = {SOL_SOCKET, SO_REUSEPORT},
    [VIGIL_OS_KEEPALIVE] = {SOL_SOCKET, SO_KEEPALIVE},
    [VIGIL_OS_ERROR] = {SOL_SOCKET, SO_ERROR},
    [VIGIL_OS_FAMILY] = {SOL_SOCKET, SO_DOMAIN},
    [VIGIL_OS_SEND_BUFFER] = {SOL_SOCKET, SO_SNDBUF},
    [VIGIL_OS_RECEIVE_BUFFER] = {SOL_SOCKET, SO_RCVBUF},
    [VIGIL_OS_BROADCAST] = {SOL_SOCKET, SO_BROADCAST},
    [VIGIL_OS_NODELAY] = {IPPROTO_TCP, TCP_NODELAY},
    [VIGIL_OS_KEEPALIVE_IDLE] = {IPPROTO_TCP, TCP_KEEPIDLE},
    [VIGIL_OS_KEEPALIVE_INTERVAL] = {IPPROTO_TCP, TCP_KEEPINTVL},
    [VIGIL_OS_KEEPALIVE_COUNT] = {IPPROTO_TCP, TCP_KEEPCNT},
    [VIGIL_OS_FAST_OPEN] = {IPPROTO_TCP, TCP_FASTOPEN},
    [VIGIL_OS_FAST_OPEN_CONNECT] = {IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
    [VIGIL_OS_TTL_IPV4] = {IPPROTO_IP, IP_TTL},
    [VIGIL_OS_MULTICAST_LOOP_IPV4] = {IPPROTO_IP, IP_MULTICAST_LOOP},
    [VIGIL_OS_MULTICAST_TTL_IPV4] = {IPPROTO_IP, IP_MULTICAST_TTL},
    [VIGIL_OS_ERROR_QUEUE_IPV4] = {IPPROTO_IP, IP_RECVERR},
    [VIGIL_OS_TTL_IPV6] = {IPPROTO_IPV6, IPV6_UNICAST_HOPS},
    [VIGIL_OS_ONLY_IPV6] = {IPPROTO_IPV6, IPV6_V6ONLY},
    [VIGIL_OS_MULTICAST_LOOP_IPV6] = {IPPROTO_IPV6, IPV6_MULTICAST_LOOP},
    [VIGIL_OS_MULTICAST_TTL_IPV6] = {IPPROTO_IPV6, IPV6_MULTICAST_HOPS},
    [VIGIL_OS_MULTICAST_INTERFACE_IPV6] = {IPPROTO_IPV6, IPV6_MULTICAST_IF},
    [VIGIL_OS_ERROR_QUEUE_IPV6] = {IPPROTO_IPV6, IPV6_RECVERR},
    [VIGIL_OS_RECEIVE_OFFLOAD] = {IPPROTO_UDP, UDP_GRO_OPTION},
};
_Static_assert(sizeof options / sizeof options[0] == VIGIL_OS_RECEIVE_OFFLOAD + 1,
               "the last option has a row");

/* What is no option is one that no system knows. */
static struct option option_for(vigil_os_option option)
{
    static const struct option unknown = {-1, -1};
    return (unsigned)option < sizeof options / sizeof options[0] ? options[option] : unknown;
}

vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    struct option wanted = option_for(option);
    socklen_t length = sizeof *value;
    *value = 0;
    int result = getsockopt(fd, wanted.level, wanted.name, value, &length);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    struct option wanted = option_for(option);
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

vigil_status vigil_os_set_device(vigil_fd fd, const char *name, size_t length)
{
    int result = setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, (socklen_t)length);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

/* Linux counts the zero at the end of a name, and has none without a name. */
vigil_status vigil_os_get_device(vigil_fd fd, char *name, size_t *length)
{
    socklen_t written = VIGIL_DEVICE_NAME_MAX;
    int result = getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &written);
    *length = result < 0 || written == 0 ? 0 : written - 1;
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
