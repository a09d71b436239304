/* SPDX-License-Identifier: MIT */
#include "poll/wake_rules.h"

/*
 * Bits of a wake word, and batches in two states of memory. Linked into the
 * proofs that need it and proven in the same run, one of them by the script in
 * spec/session; included by no source.
 */

/*@
  lemma bit_fits: \forall integer i; 0 <= i < 32 ==> 0 < (1 << i) <= 2147483648;

  lemma half_bits: \forall integer x, j; 0 <= x ==> 0 <= j ==>
    (bit_set(x / 2, j) <==> bit_set(x, j + 1));

  lemma zero_bits: \forall integer x, i; 0 <= x < 1 ==> 0 <= i ==> !bit_set(x, i);

  lemma more_words: \forall vigil_slots *slots, integer few, many;
    few <= many <= slots->count ==> wakes_valid(slots, few) ==> wakes_valid(slots, many);

  lemma same_wakes_are_valid{L1,L2}: \forall vigil_slots *slots, integer words;
    wakes_same{L1,L2}(slots) ==> 0 <= words <= \at(slots->count, L1) ==>
      wakes_valid{L1}(slots, words) ==> wakes_valid{L2}(slots, words);

  lemma contents_are_records{L1,L2}: \forall vigil_slots *slots;
    \at(slots->array, L1) == \at(slots->array, L2) ==>
    \at(slots->count, L1) == \at(slots->count, L2) ==>
    slots_contents_kept{L1,L2}(slots, -1) ==> slots_records_kept{L1,L2}(slots);

  lemma records_keep_wakers{L1,L2}: \forall vigil_slots *slots, integer s, flags, key;
    slots_records_kept{L1,L2}(slots) ==> report_of_waker{L1}(slots, s, flags, key) ==>
      report_of_waker{L2}(slots, s, flags, key);

  lemma records_keep_known{L1,L2}: \forall vigil_registry *r, integer flags, key;
    slots_records_kept{L1,L2}(\at(&r->slots, L2)) ==>
    \at(r->selector.epoll, L1) == \at(r->selector.epoll, L2) ==>
    kernel_same_list{L1,L2}(\at(r->selector.epoll, L1), -1) ==>
      report_known{L1}(r, flags, key) ==> report_known{L2}(r, flags, key);
*/
