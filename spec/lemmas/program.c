/* SPDX-License-Identifier: MIT */
#include "../theorems/program.h"

/*
 * Where nothing has changed of what slots, lists and ledger say, they agree as before.
 * Linked into the proofs that need it and proven in the same run; included by no
 * source.
 */

/*@
  lemma agrees_on{L1,L2}: \forall vigil_registry *r, vigil_source *X, integer n;
    agreement_kept{L1,L2}(r, X, n) ==> \at(r->slots.count, L1) <= VIGIL_SLOTS_MAX ==>
    world_agrees{L1}(r, X, n) ==> world_agrees{L2}(r, X, n);

  lemma slots_on{L1,L2}: \forall vigil_registry *r, vigil_source *X, integer n;
    agreement_kept{L1,L2}(r, X, n) ==> \at(r->slots.count, L1) <= VIGIL_SLOTS_MAX ==>
    world_slots{L1}(r, X, n) ==> world_slots{L2}(r, X, n);

  lemma wakers_on{L1,L2}: \forall vigil_registry *r, vigil_waker *W, integer m;
    poll_kept{L1,L2}(r) ==> slots_kept{L1,L2}(\at(&r->slots, L2)) ==> ledger_kept{L1,L2} ==>
    \at(r->wake.words.value, L1) == \at(r->wake.words.value, L2) ==>
    \at(r->slots.count, L1) <= VIGIL_SLOTS_MAX ==>
    wakers_same{L1,L2}(W, m, -1) ==> wakers_agree{L1}(r, W, m) ==> wakers_agree{L2}(r, W, m);

  lemma live_on{L1,L2}: \forall vigil_registry *r, vigil_waker *W, integer m;
    poll_kept{L1,L2}(r) ==> slots_kept{L1,L2}(\at(&r->slots, L2)) ==> ledger_kept{L1,L2} ==>
    \at(r->slots.count, L1) <= VIGIL_SLOTS_MAX ==>
    wakers_same{L1,L2}(W, m, -1) ==> wakers_live{L1}(r, W, m) ==> wakers_live{L2}(r, W, m);

  lemma channel_on{L1,L2}: \forall vigil_registry *r, integer fd;
    \at(channel_valid(&r->wake, r->selector.epoll), L1) ==>
    \at(r->selector.epoll, L1) == \at(r->selector.epoll, L2) ==>
    wake_kept{L1,L2}(r) ==> lists_kept{L1,L2}(\at(r->selector.epoll, L1), fd) ==>
    fd != \at(r->wake.channel.eventfd, L1) ==>
    0 <= \at(r->selector.epoll, L1) < VIGIL_KERNEL_DESCRIPTORS ==>
    \at(channel_valid(&r->wake, r->selector.epoll), L2);

  lemma wakes_on{L1,L2}: \forall vigil_registry *r, integer words;
    poll_kept{L1,L2}(r) ==> wake_words_kept{L1,L2}(\at(&r->slots, L2)) ==>
    0 <= words <= \at(r->slots.count, L1) ==> \at(wakes_valid(&r->slots, words), L1) ==>
    \at(wakes_valid(&r->slots, words), L2);

  lemma wakers_stay{L1,L2}: \forall vigil_registry *r, vigil_waker *W, integer m, but;
    poll_kept{L1,L2}(r) ==> registrations_kept{L1,L2}(\at(&r->slots, L2), but) ==>
    tenants_kept{L1,L2}(r, but) ==> no_waker_in{L1}(r, W, m, but) ==>
    \at(r->wake.words.value, L1) == \at(r->wake.words.value, L2) ==>
    wakers_same{L1,L2}(W, m, -1) ==> wakers_agree{L1}(r, W, m) ==> wakers_agree{L2}(r, W, m);

  lemma live_stay{L1,L2}: \forall vigil_registry *r, vigil_waker *W, integer m;
    poll_kept{L1,L2}(r) ==> no_waker_came{L1,L2}(r) ==> wakers_same{L1,L2}(W, m, -1) ==>
    wakers_live{L1}(r, W, m) ==> wakers_live{L2}(r, W, m);

  lemma kept_on{L1,L2}: \forall vigil_registry *r, vigil_source *X, integer n;
    agreement_kept{L1,L2}(r, X, n) ==>
    (\forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
      0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> kernel_same_entry{L1,L2}(e, f)) ==>
    world_kept{L1,L2}(\at(r, L2), X, n);
*/
