/* SPDX-License-Identifier: MIT */
#include "poll/events.h"
#include "poll/registry.h"

/*@
  // Report 0 of the batch is of `x`, which is registered with `r`.
  predicate first_report_of{L}(vigil_registry *r, vigil_source *x, vigil_events *events) =
    registry_valid(r) && source_apart(r, x) && x->registry == r && source_agrees(r, x) &&
    \valid(events) && events_valid(events) && events->count > 0 &&
    events->slots == r->slots.array && events->slot_count == r->slots.count &&
    \separated(r, x, events, events->storage + (0 .. events->capacity - 1),
               r->slots.array + (0 .. r->slots.count - 1)) &&
    events->storage[0].key == slot_key(slot_generation(&r->slots, x->slot), x->slot);
*/

/* A false law: an event in hand is not stale when its registration has ended. */
/*@ requires first: first_report_of(r, x, events);
    terminates \true; exits \false; */
void event_outlives_registration(vigil_registry *r, vigil_source *x, vigil_events *events)
{
    (void)vigil_registry_deregister(r, x);
    //@ check canary: report_alive(events, 0);
}

/* A false law: an event in hand keeps the token that it came with. */
/*@ requires first: first_report_of(r, x, events);
    terminates \true; exits \false; */
void token_outlives_reregister(vigil_registry *r, vigil_source *x, vigil_events *events)
{
    (void)vigil_registry_reregister(r, x, 7, VIGIL_READABLE);
    /*@ check canary: r->slots.array[x->slot].token.value ==
          \at(r->slots.array[x->slot].token.value, Pre); */
}

/* A broken variant: it takes what comes, and asks for no generation. */
bool vigil_events_next(vigil_events *events, vigil_event *event)
{
    if (events->next == events->count) {
        *event = (vigil_event){0};
        return false;
    }
    uint32_t slot = (uint32_t)(events->storage[events->next].key % 4294967296);
    events->next++;
    if (slot >= events->slot_count) {
        *event = (vigil_event){0};
        return false;
    }
    event->token = events->slots[slot].token.value;
    event->readiness = events->storage[events->next - 1].flags;
    return true;
}
