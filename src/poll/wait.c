/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "core/timeout_rules.h"
#include "os/clock.h"
#include "poll/events_current_inline.h"
#include "poll/wake.h"
#include "sys/selector.h"

/* Asks the kernel once, and then the wakers, if there are any. An interrupted
 * wait that brings a wake is a wait that brings a wake: the handler may have
 * been the waker. */
static inline vigil_status turn(vigil_registry *registry, vigil_events *events,
                                vigil_timeout timeout)
{
    bool prepared = timeout.ns != 0;
    if (prepared && vigil_atomic_load(&registry->wake.words) != 0) {
        prepared = vigil_wake_prepare(registry);
        timeout.ns = prepared ? timeout.ns : 0;
    }
    vigil_status status = vigil_selector_wait(&registry->selector, events->storage,
                                              events->capacity, timeout, &events->count);
    if (vigil_atomic_load(&registry->wake.words) == 0) {
        return status;
    }
    vigil_wake_finish(registry, events, prepared);
    return events->count > 0 ? VIGIL_OK : status;
}

/* The first turn of a wait. One that has an end begins by looking, as a finite
 * timeout costs the kernel a timer even if something is ready, more than it
 * costs to look. */
static inline vigil_status first_turn(vigil_registry *registry, vigil_events *events,
                                      vigil_timeout timeout)
{
    bool endless = timeout.ns == VIGIL_FOREVER_NS;
    return turn(registry, events, (vigil_timeout){endless ? VIGIL_FOREVER_NS : 0});
}

/* Sleeps until there is an event, or the deadline has passed. A turn may end
 * with neither: the kernel cannot count so far, or reported what is dead. */
VIGIL_RARE static vigil_status sleep_on(vigil_registry *registry, vigil_events *events,
                                        vigil_timeout timeout)
{
    bool endless = timeout.ns == VIGIL_FOREVER_NS;
    uint64_t deadline_ns = endless ? 0 : vigil_timeout_deadline(timeout, vigil_os_now_ns());
    vigil_timeout left = timeout;
    for (uint32_t turns = 0; turns < VIGIL_RESLEEPS_MAX && left.ns != 0; turns++) {
        vigil_status status = turn(registry, events, left);
        if (status != VIGIL_OK || vigil_events_any_current(events)) {
            return status;
        }
        vigil_events_clear(events);
        if (!endless) {
            left = vigil_timeout_until(deadline_ns, vigil_os_now_ns());
        }
    }
    return left.ns == 0 ? VIGIL_OK : VIGIL_EINTR;
}

/* Whether the first turn settled the wait. The first report is nearly always an
 * event; where it is not, the others are looked at. */
static inline bool is_settled(const vigil_events *events, vigil_status status,
                              vigil_timeout timeout)
{
    if (events->count > 0 && vigil_events_is_current(events, 0)) {
        return true;
    }
    return status != VIGIL_OK || timeout.ns == 0 || vigil_events_any_current(events);
}

vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events, vigil_timeout timeout)
{
    vigil_registry *registry = &poll->registry;
    events->count = 0;
    events->next = 0;
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
    vigil_status status = first_turn(registry, events, timeout);
    if (!is_settled(events, status, timeout)) {
        status = sleep_on(registry, events, timeout);
    }
    vigil_atomic_store(&poll->waiting, 0);
    return status;
}
