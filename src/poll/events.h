/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_EVENTS_H
#define VIGIL_POLL_EVENTS_H

#include "base/status.h"
#include "core/event.h"
#include "core/slots.h"
#include "os_types.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Events: the batch that a wait fills and the program takes from. The caller
 * lends the storage; the kernel writes into it, and nothing is copied. An
 * event is decoded when it is taken, and one whose registration has ended
 * since, or no longer asks for it, is dropped there.
 *
 * One thread at a time. The slots lent to the poll must live while events of
 * it are taken.
 */
typedef struct vigil_events {
    vigil_raw_event *storage;
    uint32_t capacity;
    uint32_t count; /* reports in `storage` */
    uint32_t next;  /* the first one not yet taken */
    uint32_t slot_count;
    const vigil_slot *slots; /* of the poll that filled the batch */
} vigil_events;

/*@
  predicate events_valid(vigil_events *events) =
    events->next <= events->count <= events->capacity <= VIGIL_EVENTS_MAX &&
    \valid(events->storage + (0 .. events->capacity - 1)) &&
    events->slot_count <= VIGIL_SLOTS_MAX &&
    \valid_read(events->slots + (0 .. events->slot_count - 1)) &&
    \separated(events, events->storage + (0 .. events->capacity - 1),
               events->slots + (0 .. events->slot_count - 1));

  logic integer key_slot(integer key) = key % 4294967296;
  logic integer key_generation(integer key) = key / 4294967296;

  // Report `i` is of a registration that is alive, and says something it asks for.
  predicate report_alive(vigil_events *events, integer i) =
    key_slot(events->storage[i].key) < events->slot_count &&
    events->slots[key_slot(events->storage[i].key)].generation.value ==
      key_generation(events->storage[i].key);
  logic integer report_readiness(vigil_events *events, integer i) =
    events->storage[i].flags & events->slots[key_slot(events->storage[i].key)].mask.value;
  predicate report_current(vigil_events *events, integer i) =
    report_alive(events, i) && report_readiness(events, i) != 0;
  predicate reports_kept{L1,L2}(vigil_events *events) =
    \forall integer i; 0 <= i < \at(events->count, L1) ==>
      (report_current{L2}(events, i) <==> report_current{L1}(events, i));
*/

/*
 * Lends `storage` for batches of up to `capacity` events; the batch is empty.
 *
 * VIGIL_EINVAL  `capacity` is 0 or beyond VIGIL_EVENTS_MAX; every wait with
 *               these events will then answer VIGIL_EINVAL too.
 */
/*@
  requires events: \valid(events);
  requires storage: capacity <= VIGIL_EVENTS_MAX ==> \valid(storage + (0 .. capacity - 1));
  requires apart: \separated(events, storage + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns *events;
  ensures empty: events->count == 0 && events->next == 0;
  behavior lent:
    assumes 0 < capacity <= VIGIL_EVENTS_MAX;
    ensures ok: \result == VIGIL_OK;
    ensures capacity: events->capacity == capacity && events->storage == storage;
  behavior refused:
    assumes capacity == 0 || capacity > VIGIL_EVENTS_MAX;
    ensures inval: \result == VIGIL_EINVAL;
    ensures capacity: events->capacity == 0;
  complete behaviors;
  disjoint behaviors;
*/
VIGIL_CHECKED vigil_status vigil_events_init(vigil_events *events, vigil_raw_event *storage,
                                             size_t capacity);

/* The most events that one wait gives. */
/*@
  requires events: \valid_read(events);
  terminates \true; exits \false;
  assigns \result \from events->capacity;
  ensures capacity: \result == events->capacity;
*/
VIGIL_API size_t vigil_events_capacity(const vigil_events *events);

/* Forgets what has not been taken. Edges among it are lost: whoever clears
 * must look at every source again. */
/*@
  requires events: \valid(events);
  terminates \true; exits \false;
  assigns events->count, events->next;
  ensures empty: events->count == 0 && events->next == 0;
*/
VIGIL_API void vigil_events_clear(vigil_events *events);

/*
 * Takes the next event; false when there is none left. Reports of
 * registrations that are over, and of readiness that a registration no longer
 * asks for, are passed over.
 */
/*@
  requires valid: \valid(events) && events_valid(events);
  requires event: \valid(event) &&
    \separated(event, events, events->storage + (0 .. events->capacity - 1),
               events->slots + (0 .. events->slot_count - 1));
  terminates \true; exits \false;
  assigns *event, events->next;
  ensures valid: events_valid(events);
  ensures onward: \old(events->next) <= events->next;
  ensures taken: \result ==> \old(events->next) < events->next &&
    report_current(events, events->next - 1);
  ensures token: \result ==> event->token ==
    events->slots[key_slot(events->storage[events->next - 1].key)].token.value;
  ensures readiness: \result ==> event->readiness == report_readiness(events, events->next - 1);
  ensures first: \result ==> \forall integer i; \old(events->next) <= i < events->next - 1 ==>
    !report_current(events, i);
  ensures none: !\result ==> events->next == events->count &&
    event->token == 0 && event->readiness == 0 &&
    \forall integer i; \old(events->next) <= i < events->count ==> !report_current(events, i);
*/
VIGIL_API bool vigil_events_next(vigil_events *events, vigil_event *event);

#endif
