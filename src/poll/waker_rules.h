/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKER_RULES_H
#define VIGIL_POLL_WAKER_RULES_H

#include "poll/wake.h"

/* What the proofs of opening and closing wakers carry over a write. Annotations
 * only. */
/*@
  // Which wakes are noted, and in which slots, is as it was.
  predicate notes_kept{L1,L2}(vigil_slots *slots) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    \forall integer w; 0 <= w < \at(slots->count, L1) ==>
      \at(slots->array[w].wakes.value, L1) == \at(slots->array[w].wakes.value, L2);

  // Whose the slots are, and what they ask for, is as it was, slot `but` aside.
  predicate names_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L1) && s != but ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2) &&
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2) &&
      \at(slots->array[s].token.value, L1) == \at(slots->array[s].token.value, L2);

  // Where the free slots are written down lies nothing that wakers share.
  predicate wake_apart{L}(vigil_registry *r) = \forall integer i; 0 <= i < r->slots.count ==>
    &r->slots.count != &r->slots.array[i].occupant &&
    &r->slots.count != &r->slots.array[i].place &&
    &r->wake.words.value != &r->slots.array[i].occupant &&
    &r->wake.words.value != &r->slots.array[i].place &&
    &r->wake.state.value != &r->slots.array[i].occupant &&
    &r->wake.state.value != &r->slots.array[i].place;

  // A wake word is none of the other cells of a slot.
  predicate word_apart{L}(vigil_slots *slots, integer w) =
    \forall integer i; 0 <= i < slots->count ==>
      &slots->array[w].wakes.value != &slots->array[i].generation.value &&
      &slots->array[w].wakes.value != &slots->array[i].mask.value &&
      &slots->array[w].wakes.value != &slots->array[i].occupant &&
      &slots->array[w].wakes.value != &slots->array[i].place;

  // A report of a descriptor that the epoll lists.
  predicate report_of_descriptor{L}(integer epoll, integer f, integer flags, integer key) =
    0 <= f < VIGIL_KERNEL_DESCRIPTORS && kernel_listed[epoll][f] == 1 &&
    key == kernel_key[epoll][f] && flags != 0 &&
    (flags & selector_reportable(kernel_mask[epoll][f])) == flags;

  // All that wakers know of a registry is as it was.
  predicate waking_kept{L1,L2}(vigil_registry *r) =
    slots_kept{L1,L2}(\at(&r->slots, L2)) && notes_kept{L1,L2}(\at(&r->slots, L2)) &&
    \at(r->selector.epoll, L1) == \at(r->selector.epoll, L2) &&
    \at(r->wake.state.value, L1) == \at(r->wake.state.value, L2) &&
    \at(r->wake.words.value, L1) == \at(r->wake.words.value, L2) &&
    \at(r->wake.channel.eventfd, L1) == \at(r->wake.channel.eventfd, L2);
*/

#endif
