/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_EVENTS_INLINE_H
#define VIGIL_POLL_EVENTS_INLINE_H

#include "poll/events.h"

/* A mark such as R18 names a step of spec/protocols/registry.pml. */

/*
 * Reads the slot as it was at one moment: another thread may end the
 * registration, and begin the next one in the same slot, between any two
 * loads. Its new token is stored after the generation has moved on, so a token
 * that is too new comes with a generation that no longer matches.
 */
VIGIL_INLINE bool vigil_events_next(vigil_events *events, vigil_event *event)
{
    /*@
      loop invariant range: \at(events->next, Pre) <= events->next <= events->count;
      loop invariant passed: \forall integer i;
        \at(events->next, Pre) <= i < events->next ==> !report_current(events, i);
      loop assigns events->next;
      loop variant events->count - events->next;
    */
    while (events->next < events->count) {
        uint64_t key = events->storage[events->next].key;
        uint32_t flags = events->storage[events->next].flags;
        uint32_t index = (uint32_t)(key % UINT64_C(4294967296));
        uint32_t generation = (uint32_t)(key / UINT64_C(4294967296));
        events->next++;
        //@ assert kept: reports_kept{LoopCurrent, Here}(events);
        if (index >= events->slot_count) {
            //@ assert unknown: !report_current(events, events->next - 1);
            continue;
        }
        const vigil_slot *slot = &events->slots[index];
        if (vigil_atomic_load(&slot->generation) != generation) { /* R26 */
            //@ assert over: !report_current(events, events->next - 1);
            continue;
        }
        vigil_token token = vigil_atomic_load_word(&slot->token);                   /* R27 */
        uint32_t readiness = flags & vigil_atomic_load(&slot->mask);                /* R28 */
        if (vigil_atomic_load(&slot->generation) == generation && readiness != 0) { /* R29 */
            //@ ghost Current: ;
            event->token = token;
            //@ assert kept: reports_kept{Current, Here}(events);
            event->readiness = readiness;
            //@ assert kept: reports_kept{Current, Here}(events);
            return true;
        }
        //@ assert silent: !report_current(events, events->next - 1);
    }
    //@ ghost Empty: ;
    event->token = 0;
    event->readiness = 0;
    //@ assert kept: reports_kept{Empty, Here}(events);
    return false;
}

#endif
