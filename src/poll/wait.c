/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "core/timeout_rules.h"
#include "os/clock.h"
#include "poll/events_alive_inline.h"
#include "poll/wake.h"
#include "sys/selector.h"

/* Asks the kernel once, and then the wakers, if there are any. An interrupted
 * wait that brings a wake is a wait that brings a wake: the handler may have
 * been the waker. */
static vigil_status turn(vigil_registry *registry, vigil_events *events, vigil_timeout timeout)
{
    bool wakers = vigil_atomic_load(&registry->wake.words) != 0;
    bool prepared = timeout.ns != 0 && (!wakers || vigil_wake_prepare(&registry->wake));
    vigil_timeout allowed = {prepared ? timeout.ns : 0};
    vigil_status status = vigil_selector_wait(&registry->selector, events->storage,
                                              events->capacity, allowed, &events->count);
    if (vigil_atomic_load(&registry->wake.words) != 0) {
        vigil_wake_finish(registry, events, prepared);
    }
    return events->count > 0 ? VIGIL_OK : status;
}

/* Sleeps until there is an event, or the deadline has passed. A turn may end
 * with neither: the kernel cannot count so far, or reported what is dead. */
static vigil_status sleep_until(vigil_registry *registry, vigil_events *events,
                                uint64_t deadline_ns, vigil_timeout left)
{
    for (uint32_t turns = 0; turns < VIGIL_RESLEEPS_MAX; turns++) {
        vigil_status status = turn(registry, events, left);
        if (status != VIGIL_OK || vigil_events_any_alive(events)) {
            return status;
        }
        if (deadline_ns != VIGIL_FOREVER_NS) {
            left = vigil_timeout_until(deadline_ns, vigil_os_now_ns());
        }
        if (left.ns == 0) {
            return VIGIL_OK;
        }
    }
    vigil_events_clear(events);
    return VIGIL_EINTR;
}

/* A finite timeout costs the kernel a timer even if something is ready, more
 * than it costs to look first. */
static vigil_status look_then_sleep(vigil_registry *registry, vigil_events *events,
                                    vigil_timeout timeout)
{
    vigil_status status = turn(registry, events, (vigil_timeout){0});
    if (status != VIGIL_OK || timeout.ns == 0 || vigil_events_any_alive(events)) {
        return status;
    }
    uint64_t deadline_ns = vigil_timeout_deadline(timeout, vigil_os_now_ns());
    return sleep_until(registry, events, deadline_ns, timeout);
}

vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events, vigil_timeout timeout)
{
    vigil_registry *registry = &poll->registry;
    vigil_events_clear(events);
    if (events->capacity == 0) {
        return VIGIL_EINVAL;
    }
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    if (vigil_atomic_load(&poll->waiting) != 0) {
        return VIGIL_EBUSY;
    }
    vigil_atomic_store(&poll->waiting, 1);
    events->slots = registry->slots.array;
    events->slot_count = registry->slots.count;
    vigil_status status = timeout.ns == VIGIL_FOREVER_NS
        ? sleep_until(registry, events, VIGIL_FOREVER_NS, timeout)
        : look_then_sleep(registry, events, timeout);
    vigil_atomic_store(&poll->waiting, 0);
    return status;
}
