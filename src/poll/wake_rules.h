/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKE_RULES_H
#define VIGIL_POLL_WAKE_RULES_H

#include "poll/wake.h"

/* What the contracts of taking wakes say, bit by bit and report by report.
 * Annotations only. */
/*@
  logic integer ones_below(integer bits, integer n) =
    n <= 0 ? 0 : ones_below(bits, n - 1) + ((bits & (1 << (n - 1))) != 0 ? 1 : 0);

  logic integer power(integer n) = n <= 0 ? 1 : 2 * power(n - 1);

  // What taking wakes needs of a registry and a batch.
  predicate may_take{L}(vigil_registry *r, vigil_events *events) =
    waking_valid(r) && r->slots.count != 0 && r->wake.words.value != 0 &&
    batch_memory(r, events) && batch_known(r, events);

  // The reports that there were are there still; there may be more.
  predicate batch_extended{L1,L2}(vigil_events *events) =
    \at(events->storage, L1) == \at(events->storage, L2) &&
    \at(events->capacity, L1) == \at(events->capacity, L2) &&
    \at(events->count, L1) <= \at(events->count, L2) &&
    \forall integer i; 0 <= i < \at(events->count, L1) ==>
      \at(events->storage[i].flags, L1) == \at(events->storage[i].flags, L2) &&
      \at(events->storage[i].key, L1) == \at(events->storage[i].key, L2);

  // What wakers look at before they signal is as it was.
  predicate state_kept{L1,L2}(vigil_wake *wake) =
    \at(wake->state.value, L1) == \at(wake->state.value, L2) &&
    \at(wake->nested.value, L1) == \at(wake->nested.value, L2) &&
    \at(wake->words.value, L1) == \at(wake->words.value, L2);

  // The wake words are as they were.
  predicate wakes_same{L1,L2}(vigil_slots *slots) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    \forall integer w; 0 <= w < \at(slots->count, L1) ==>
      \at(slots->array[w].wakes.value, L1) == \at(slots->array[w].wakes.value, L2);

  // What names a report's waker has not changed.
  predicate slots_records_kept{L1,L2}(vigil_slots *slots) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    \forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2) &&
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2);

  // No wake of word `w` comes of nothing.
  predicate word_came{L1,L2}(vigil_registry *r, integer w) =
    \forall integer b; 0 <= b < 32 && bit_set(\at(r->slots.array[w].wakes.value, L2), b) ==>
      bit_set(\at(r->slots.array[w].wakes.value, L1), b);

  // What was known of the reports that there were is known still.
  predicate known_kept{L1,L2}(vigil_registry *r, vigil_events *events) =
    \forall integer i; 0 <= i < \at(events->count, L1) &&
      report_known{L1}(r, \at(events->storage[i].flags, L1), \at(events->storage[i].key, L1)) ==>
        report_known{L2}(r, \at(events->storage[i].flags, L2), \at(events->storage[i].key, L2));

  // `taken` has the lowest `count` of the bits that are set in `bits`.
  predicate lowest_of(integer taken, integer bits, integer count) =
    \forall integer i; 0 <= i < 32 ==>
      (bit_set(taken, i) <==> bit_set(bits, i) && ones_below(bits, i) < count);
*/

#endif
