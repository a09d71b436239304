/* SPDX-License-Identifier: MIT */
#include "poll/waker_rules.h"

/*
 * That the wakes of a registry are in order depends on its wake words alone.
 * Linked into the proofs that need it and proven in the same run; included by
 * no source.
 */

/*@
  lemma notes_keep_wakes{L1,L2}: \forall vigil_slots *slots, integer words;
    notes_kept{L1,L2}(slots) ==> 0 <= words <= \at(slots->count, L1) ==>
      wakes_valid{L1}(slots, words) ==> wakes_valid{L2}(slots, words);

  lemma notes_keep_pending{L1,L2}: \forall vigil_slots *slots;
    notes_kept{L1,L2}(slots) ==> wakes_kept{L1,L2}(slots, -1);

  lemma registrations_carry{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    registrations_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
      \at(slots->count, L1) == \at(slots->count, L2) ==> registrations_kept{L1,L3}(slots, but);

  lemma taken_carry{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    slots_taken_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
      slots_taken_kept{L1,L3}(slots, but);

  lemma generations_carry{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    generations_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
      \at(slots->count, L1) == \at(slots->count, L2) ==> generations_kept{L1,L3}(slots, but);

  lemma descriptor_is_reported{L}: \forall integer epoll, f, flags, key;
    report_of_descriptor(epoll, f, flags, key) ==> report_of_kernel(epoll, flags, key);
*/
