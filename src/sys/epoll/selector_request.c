/* SPDX-License-Identifier: MIT */
#include "sys/selector.h"

#include "os/epoll.h"

/*
 * Interest to epoll mask (epoll_ctl(2)). Asking to read asks for EPOLLRDHUP
 * too: without it a half-close is an end of file that must be read to be seen.
 */
uint32_t vigil_selector_request(vigil_interest interest)
{
    uint32_t in = (interest & VIGIL_READABLE) != 0 ? VIGIL_EPOLLIN | VIGIL_EPOLLRDHUP : 0u;
    uint32_t out = (interest & VIGIL_WRITABLE) != 0 ? VIGIL_EPOLLOUT : 0u;
    uint32_t pri = (interest & VIGIL_PRIORITY) != 0 ? VIGIL_EPOLLPRI : 0u;
    uint32_t edge = (interest & VIGIL_LEVEL) != 0 ? 0u : VIGIL_EPOLLET;
    uint32_t once = (interest & VIGIL_ONESHOT) != 0 ? VIGIL_EPOLLONESHOT : 0u;
    return in | out | pri | edge | once;
}

/* The kernel reports what was asked for, and hang-up and error always. The
 * trigger flags stay in: no report has them. */
uint32_t vigil_selector_reportable(uint32_t request)
{
    uint32_t always = VIGIL_EPOLLERR | VIGIL_EPOLLHUP;
    return request | always;
}
