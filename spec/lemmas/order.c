/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

/*
 * What the bookkeeping of free slots says follows from the two arrays of it
 * alone. Linked into the proofs that need it and proven in the same run;
 * included by no source.
 */

/*@
  lemma order_keeps_permutation{L1,L2}: \forall vigil_slots *slots;
    slots_order_kept{L1,L2}(slots) ==> slots_permutation{L1}(slots) ==>
      slots_permutation{L2}(slots);
*/
