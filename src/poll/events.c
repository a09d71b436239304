/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"

/* This file holds the copies that the library exports. */
#undef VIGIL_INLINE
#define VIGIL_INLINE
#include "poll/events_inline.h"

#include "poll/events_alive.h"

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

/* Whether report `i` is of a registration that is alive. */
/*@
  requires valid: \valid_read(events) && events_valid(events);
  requires report: i < events->count;
  terminates \true; exits \false;
  assigns \result \from *events, events->storage[i], events->slots[0 .. events->slot_count - 1];
  ensures alive: \result <==> report_alive(events, i);
*/
static bool is_alive(const vigil_events *events, uint32_t i)
{
    uint64_t key = events->storage[i].key;
    uint32_t index = (uint32_t)(key % UINT64_C(4294967296));
    uint32_t generation = (uint32_t)(key / UINT64_C(4294967296));
    return index < events->slot_count
        && vigil_atomic_load(&events->slots[index].generation) == generation;
}

bool vigil_events_any_alive(const vigil_events *events)
{
    bool found = false;
    /*@
      loop invariant range: events->next <= i <= events->count;
      loop invariant found: found <==> \exists integer k; events->next <= k < i &&
        report_alive(events, k);
      loop assigns i, found;
      loop variant events->count - i;
    */
    for (uint32_t i = events->next; i < events->count && !found; i++) {
        found = is_alive(events, i);
    }
    return found;
}
