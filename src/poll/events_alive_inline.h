/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_EVENTS_ALIVE_INLINE_H
#define VIGIL_POLL_EVENTS_ALIVE_INLINE_H

#include "poll/events_alive.h"

VIGIL_INLINE bool vigil_events_is_alive(const vigil_events *events, uint32_t i)
{
    uint64_t key = events->storage[i].key;
    uint32_t index = (uint32_t)(key % UINT64_C(4294967296));
    uint32_t generation = (uint32_t)(key / UINT64_C(4294967296));
    return index < events->slot_count
        && vigil_atomic_load(&events->slots[index].generation) == generation;
}

VIGIL_INLINE bool vigil_events_any_alive(const vigil_events *events)
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
        found = vigil_events_is_alive(events, i);
    }
    return found;
}

#endif
