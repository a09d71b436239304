/* SPDX-License-Identifier: MIT */
#include "poll/wake.h"

/*
 * What a program that proves itself needs of the headers: whatever it does with
 * one source, its poll, the wakers and what else the poll watches are in order as
 * before. `fd` is the descriptor that is being worked on.
 */

/*@
  // The poll is the same, and so are its wakers.
  predicate lent_kept{L1,L2}(vigil_registry *r) =
    \at(r->slots.array, L1) == \at(r->slots.array, L2) &&
    \at(r->slots.count, L1) == \at(r->slots.count, L2) &&
    \at(r->selector.epoll, L1) == \at(r->selector.epoll, L2);
  predicate wakers_kept{L1,L2}(vigil_registry *r) =
    \at(r->wake.channel.eventfd, L1) == \at(r->wake.channel.eventfd, L2) &&
    \at(r->wake.words.value, L1) == \at(r->wake.words.value, L2) &&
    \at(r->wake.state.value, L1) == \at(r->wake.state.value, L2);
  // `e` is some other epoll than the poll's. What those list is as it was.
  predicate elsewhere{L}(integer epoll, integer e) = 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
    kernel_kind[e] == VIGIL_KERNEL_EPOLL && e != epoll;
  predicate elsewhere_kept{L1,L2}(integer epoll) =
    \forall integer e; elsewhere{L2}(epoll, e) ==> elsewhere{L1}(epoll, e) &&
      \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
        \at(kernel_listed[e][f], L1) == \at(kernel_listed[e][f], L2);
  predicate kernel_kept{L1,L2}(integer epoll, integer fd) =
    kernel_same_table{L1,L2}(fd) && kernel_same_list{L1,L2}(epoll, fd) &&
    elsewhere_kept{L1,L2}(epoll);

  lemma channel_stays{L1,L2}: \forall vigil_registry *r, integer fd;
    \at(channel_valid(&r->wake, r->selector.epoll), L1) ==>
    lent_kept{L1,L2}(r) ==> wakers_kept{L1,L2}(r) ==>
    kernel_kept{L1,L2}(\at(r->selector.epoll, L1), fd) ==>
    fd != \at(r->wake.channel.eventfd, L1) ==>
    0 <= \at(r->selector.epoll, L1) < VIGIL_KERNEL_DESCRIPTORS ==>
    \at(channel_valid(&r->wake, r->selector.epoll), L2);
  lemma wakes_stay{L1,L2}: \forall vigil_registry *r, integer words;
    \at(wakes_valid(&r->slots, words), L1) ==> lent_kept{L1,L2}(r) ==>
    wake_words_kept{L1,L2}(\at(&r->slots, L2)) ==> 0 <= words <= \at(r->slots.count, L1) ==>
    \at(wakes_valid(&r->slots, words), L2);
*/

/*@
  // The poll is open, and watches `x`.
  predicate in_order{L}(vigil_registry *r, vigil_source *x) =
    waking_valid(r) && r->slots.count != 0 && source_apart(r, x) && x->registry == r &&
    VIGIL_KERNEL_OPEN(x->fd) && source_agrees(r, x);
  predicate two_sources{L}(vigil_registry *r, vigil_source *x, vigil_source *y) =
    x->fd != y->fd && y->fd != r->selector.epoll && y->fd != r->wake.channel.eventfd;
*/

/* Asking anew for one source leaves the other one watched, and the poll in order. */
/*@
  requires x: in_order(r, x);
  requires y: in_order(r, y) && two_sources(r, x, y) && x->slot != y->slot && \separated(x, y);
  terminates \true; exits \false;
  ensures x: in_order(r, x);
*/
void reregistering_leaves_the_others(vigil_registry *r, vigil_source *x, vigil_source *y,
                                     vigil_token token, vigil_interest interest)
{
    /*@ assert cells: \forall integer s; 0 <= s < r->slots.count ==>
          &r->slots.count != &r->slots.array[s].mask.value &&
          &r->wake.words.value != &r->slots.array[s].mask.value &&
          &r->wake.state.value != &r->slots.array[s].mask.value &&
          &x->slot != &r->slots.array[s].mask.value; */
    //@ assert before: source_agrees(r, x);
    (void)vigil_registry_reregister(r, y, token, interest);
    //@ assert words: r->wake.words.value == \at(r->wake.words.value, Pre);
    //@ assert state: r->wake.state.value == \at(r->wake.state.value, Pre);
    //@ assert slot: x->slot == \at(x->slot, Pre);
    //@ assert lent: lent_kept{Pre,Here}(r);
    //@ assert wakers: wakers_kept{Pre,Here}(r);
    //@ assert kernel: kernel_kept{Pre,Here}(r->selector.epoll, y->fd);
    //@ assert wakes: wakes_valid(&r->slots, r->wake.words.value);
    //@ assert channel: channel_valid(&r->wake, r->selector.epoll);
    //@ assert waking: waking_valid(r);
    /*@ assert source: x->slot == \at(x->slot, Pre) && x->fd == \at(x->fd, Pre) &&
          x->registry == r; */
    //@ assert kept: registrations_kept{Pre,Here}(&r->slots, y->slot);
    //@ assert taken: slot_taken(&r->slots, x->slot);
    //@ assert entry: kernel_same_entry{Pre,Here}(r->selector.epoll, x->fd);
    /*@ assert generation: slot_generation(&r->slots, x->slot) ==
          \at(slot_generation(&r->slots, x->slot), Pre); */
    /*@ assert mask: r->slots.array[x->slot].mask.value ==
          \at(r->slots.array[x->slot].mask.value, Pre); */
    /*@ assert key: slot_key(&r->slots, x->slot) == \at(slot_key(&r->slots, x->slot), Pre); */
    //@ assert agrees: source_agrees(r, x);
}
