/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_EVENTS_CURRENT_INLINE_H
#define VIGIL_POLL_EVENTS_CURRENT_INLINE_H

#include "poll/events_current.h"

VIGIL_INLINE bool vigil_events_is_current(const vigil_events *events, uint32_t i)
{
    uint64_t key = events->storage[i].key;
    uint32_t index = (uint32_t)(key % UINT64_C(4294967296));
    uint32_t generation = (uint32_t)(key / UINT64_C(4294967296));
    return index < events->slot_count
        && vigil_atomic_load(&events->slots[index].generation) == generation
        && (events->storage[i].flags & vigil_atomic_load(&events->slots[index].mask)) != 0;
}

#endif
