/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

/*
 * What follows from the predicates of slots, for the provers, which do not
 * unfold them over two states of memory by themselves. Linked into the proofs
 * that need it and proven in the same run; included by no source.
 */

/*@
  lemma order_keeps_permutation{L1,L2}: \forall vigil_slots *slots;
    slots_order_kept{L1,L2}(slots) ==> slots_permutation{L1}(slots) ==>
      slots_permutation{L2}(slots);

  lemma exchange_keeps_permutation{L1,L2}: \forall vigil_slots *slots, integer p, q;
    slots_exchanged{L1,L2}(slots, p, q) ==> slots_permutation{L1}(slots) ==>
      slots_permutation{L2}(slots);

  lemma key_is_its_parts: \forall integer g, s, h, t;
    0 <= s < 4294967296 ==> 0 <= t < 4294967296 ==>
      slot_key(g, s) == slot_key(h, t) ==> g == h && s == t;
*/
