/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_EVENTS_CURRENT_H
#define VIGIL_POLL_EVENTS_CURRENT_H

#include "poll/events.h"

/* Whether report `i` is of a living registration that asks for it. */
/*@
  requires valid: \valid_read(events) && events_valid(events);
  requires report: i < events->count;
  terminates \true; exits \false;
  assigns \result \from *events, events->storage[i], events->slots[0 .. events->slot_count - 1];
  ensures current: \result <==> report_current(events, i);
*/
bool vigil_events_is_current(const vigil_events *events, uint32_t i);

/* Whether some report not yet taken is of a living registration that asks for it. */
/*@
  requires valid: \valid_read(events) && events_valid(events);
  terminates \true; exits \false;
  assigns \result \from *events, events->storage[0 .. events->capacity - 1],
    events->slots[0 .. events->slot_count - 1];
  ensures current: \result <==> \exists integer i; events->next <= i < events->count &&
    report_current(events, i);
*/
bool vigil_events_any_current(const vigil_events *events);

#endif
