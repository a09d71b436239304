/* SPDX-License-Identifier: MIT */
#include "os/socket.h"

#include "os/status.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

struct option {
    int level;
    int name;
};

static struct option native_option(vigil_os_option option)
{
    switch (option) {
    case VIGIL_OS_REUSE_ADDRESS:
        return (struct option){SOL_SOCKET, SO_REUSEADDR};
    case VIGIL_OS_NODELAY:
        return (struct option){IPPROTO_TCP, TCP_NODELAY};
    case VIGIL_OS_TTL_IPV4:
        return (struct option){IPPROTO_IP, IP_TTL};
    case VIGIL_OS_TTL_IPV6:
        return (struct option){IPPROTO_IPV6, IPV6_UNICAST_HOPS};
    case VIGIL_OS_KEEPALIVE:
        return (struct option){SOL_SOCKET, SO_KEEPALIVE};
    case VIGIL_OS_KEEPALIVE_IDLE:
        return (struct option){IPPROTO_TCP, TCP_KEEPIDLE};
    case VIGIL_OS_KEEPALIVE_INTERVAL:
        return (struct option){IPPROTO_TCP, TCP_KEEPINTVL};
    case VIGIL_OS_KEEPALIVE_COUNT:
        return (struct option){IPPROTO_TCP, TCP_KEEPCNT};
    case VIGIL_OS_ONLY_IPV6:
        return (struct option){IPPROTO_IPV6, IPV6_V6ONLY};
    case VIGIL_OS_ERROR:
        return (struct option){SOL_SOCKET, SO_ERROR};
    case VIGIL_OS_FAMILY:
        return (struct option){SOL_SOCKET, SO_DOMAIN};
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
