/* SPDX-License-Identifier: MIT */
#include "poll/registry.h"

/*
 * What is kept over a step is kept over one behind it that changes no slot. Linked
 * into the proofs that need it and proven in the same run; included by no source.
 */

/*@
  lemma registrations_carry_on{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    registrations_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
      registrations_kept{L1,L3}(slots, but);

  lemma generations_carry_on{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    \at(slots->count, L1) == \at(slots->count, L2) ==>
      generations_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
        generations_kept{L1,L3}(slots, but);

  lemma taken_carry_on{L1,L2,L3}: \forall vigil_slots *slots, integer but;
    slots_taken_kept{L1,L2}(slots, but) ==> slots_kept{L2,L3}(slots) ==>
      slots_taken_kept{L1,L3}(slots, but);
*/
