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

#endif
