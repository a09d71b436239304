/* SPDX-License-Identifier: MIT */
#include "sys/selector.h"

#include "core/timeout_rules.h"
#include "os/descriptor.h"
#include "os/epoll.h"

vigil_status vigil_selector_open(vigil_selector *selector)
{
    selector->coarse = false;
    return vigil_os_epoll_create(&selector->epoll);
}

void vigil_selector_close(vigil_selector *selector)
{
    (void)!vigil_os_close(selector->epoll);
    selector->epoll = VIGIL_FD_NONE;
}

vigil_fd vigil_selector_fd(const vigil_selector *selector)
{
    return selector->epoll;
}

vigil_status vigil_selector_add(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                uint64_t key)
{
    return vigil_os_epoll_add(selector->epoll, fd, request, key);
}

vigil_status vigil_selector_modify(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                   uint64_t key)
{
    return vigil_os_epoll_modify(selector->epoll, fd, request, key);
}

/* The kernel drops a registration with the last descriptor of its open file
 * (epoll(7), questions and answers). A caller who closed it first has nothing
 * left here to remove. */
vigil_status vigil_selector_remove(vigil_selector *selector, vigil_fd fd)
{
    vigil_status status = vigil_os_epoll_remove(selector->epoll, fd);
    bool forgotten = status == VIGIL_EBADF || status == VIGIL_ENOENT;
    return forgotten ? VIGIL_OK : status;
}

/* A wait that ends some time: to the nanosecond where the kernel can, and from
 * the first time that it cannot, rounded up to milliseconds. */
/*@
  requires valid: \valid(selector) && selector_valid(selector);
  requires capacity: 0 < capacity <= VIGIL_EVENTS_MAX;
  requires events: \valid(events + (0 .. capacity - 1)) && \valid(count) &&
    \separated(selector, count, events + (0 .. capacity - 1));
  requires finite: 0 < timeout.ns < VIGIL_FOREVER_NS;
  terminates \true; exits \false;
  assigns selector->coarse, *count, events[0 .. capacity - 1], VIGIL_KERNEL_BATCH;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures reports: selector_reports(selector, events, *count);
*/
VIGIL_RARE static vigil_status wait_finite(vigil_selector *selector, vigil_raw_event *events,
                                           uint32_t capacity, vigil_timeout timeout,
                                           uint32_t *count)
{
    if (!selector->coarse) {
        int64_t seconds = vigil_timeout_seconds_part(timeout);
        int64_t nanoseconds = vigil_timeout_nanoseconds_part(timeout);
        vigil_status status =
            vigil_os_epoll_wait_ns(selector->epoll, events, capacity, seconds, nanoseconds, count);
        if (status != VIGIL_ENOSYS && status != VIGIL_EPERM) {
            return status;
        }
        selector->coarse = true;
    }
    int timeout_ms = vigil_timeout_to_ms(timeout);
    return vigil_os_epoll_wait(selector->epoll, events, capacity, timeout_ms, count);
}

vigil_status vigil_selector_wait(vigil_selector *selector, vigil_raw_event *events,
                                 uint32_t capacity, vigil_timeout timeout, uint32_t *count)
{
    if (timeout.ns == VIGIL_FOREVER_NS) {
        return vigil_os_epoll_wait(selector->epoll, events, capacity, -1, count);
    }
    if (timeout.ns == 0) {
        return vigil_os_epoll_wait(selector->epoll, events, capacity, 0, count);
    }
    return wait_finite(selector, events, capacity, timeout, count);
}
