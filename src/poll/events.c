/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"

/* This file holds the copies that the library exports. */
#undef VIGIL_INLINE
#define VIGIL_INLINE
#include "poll/events_inline.h"

#include "poll/events_current_inline.h"

#include <stddef.h>

vigil_status vigil_events_init(vigil_events *events, vigil_raw_event *storage, size_t capacity)
{
    bool fits = 0 < capacity && capacity <= VIGIL_EVENTS_MAX;
    events->storage = storage;
    events->capacity = fits ? (uint32_t)capacity : 0;
    events->count = 0;
    events->next = 0;
    events->slot_count = 0;
    events->slots = NULL;
    return fits ? VIGIL_OK : VIGIL_EINVAL;
}

size_t vigil_events_capacity(const vigil_events *events)
{
    return events->capacity;
}

void vigil_events_clear(vigil_events *events)
{
    events->count = 0;
    events->next = 0;
}

bool vigil_events_any_current(const vigil_events *events)
{
    bool found = false;
    /*@
      loop invariant range: events->next <= i <= events->count;
      loop invariant found: found <==> \exists integer k; events->next <= k < i &&
        report_current(events, k);
      loop assigns i, found;
      loop variant events->count - i;
    */
    for (uint32_t i = events->next; i < events->count && !found; i++) {
        found = vigil_events_is_current(events, i);
    }
    return found;
}
