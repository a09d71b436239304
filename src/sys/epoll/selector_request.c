/* SPDX-License-Identifier: MIT */
#include "sys/selector.h"

#include "os/epoll.h"

/*
 * Interest to epoll mask (epoll_ctl(2)). Asking to read asks for EPOLLRDHUP
 * too: without it a half-close is an end of file that must be read to be seen.
 */
uint32_t vigil_selector_request(vigil_interest interest)
{
    uint32_t in = vigil_interest_is_readable(interest) ? VIGIL_EPOLLIN | VIGIL_EPOLLRDHUP : 0u;
    uint32_t out = vigil_interest_is_writable(interest) ? VIGIL_EPOLLOUT : 0u;
    uint32_t pri = vigil_interest_is_priority(interest) ? VIGIL_EPOLLPRI : 0u;
    uint32_t edge = vigil_interest_is_level(interest) ? 0u : VIGIL_EPOLLET;
    uint32_t once = vigil_interest_is_oneshot(interest) ? VIGIL_EPOLLONESHOT : 0u;
    return in | out | pri | edge | once;
}

/* The kernel reports what was asked for, and hang-up and error always. The
 * trigger flags stay in: no report has them. */
uint32_t vigil_selector_reportable(uint32_t request)
{
    return request | VIGIL_EPOLLERR | VIGIL_EPOLLHUP;
}
