/* SPDX-License-Identifier: MIT */
#include "program_steps.h"

/* Taking an event: nothing changes but the batch. */

/*@
  requires poll: poll_valid(p);
  requires memory: program_memory(p, X, n, W, m, S, N);
  requires lent: poll_lent(p, S, N);
  requires batch: program_batch(p, X, n, W, m, S, N, events, event);
  terminates \true; exits \false;
  assigns *event, events->next;
  ensures poll: poll_valid(p);
  ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
  ensures lent: events->storage == \old(events->storage) &&
    events->capacity == \old(events->capacity);
  ensures same_poll: poll_kept{Pre,Post}(&p->registry);
  ensures words: p->registry.wake.words.value == \old(p->registry.wake.words.value);
  ensures slots: slots_kept{Pre,Post}(&p->registry.slots);
  ensures sources: sources_kept{Pre,Post}(X, n, -1);
  ensures wakers: wakers_same{Pre,Post}(W, m, -1);
*/
static bool take_beside(PROGRAM, vigil_events *events, vigil_event *event)
{
    /*@ assert slots_apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          \separated(p->registry.slots.array + s, events, event); */
    //@ assert sources_apart: \forall integer k; 0 <= k < n ==> \separated(X + k, events, event);
    //@ assert wakers_apart: \forall integer j; 0 <= j < m ==> \separated(W + j, events, event);
    bool taken = vigil_events_next(events, event);
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(&p->registry);
    //@ assert free: p->registry.slots.free_count == \at(p->registry.slots.free_count, Pre);
    /*@ assert generations: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].generation.value ==
            \at(p->registry.slots.array[s].generation.value, Pre); */
    /*@ assert masks: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].mask.value ==
            \at(p->registry.slots.array[s].mask.value, Pre); */
    /*@ assert tokens: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].token.value ==
            \at(p->registry.slots.array[s].token.value, Pre); */
    /*@ assert occupants: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].occupant == \at(p->registry.slots.array[s].occupant, Pre); */
    /*@ assert places: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].place == \at(p->registry.slots.array[s].place, Pre); */
    /*@ assert wakes: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].wakes.value ==
            \at(p->registry.slots.array[s].wakes.value, Pre); */
    /*@ assert homes: \forall integer k; 0 <= k < n ==>
          X[k].registry == \at(X[k].registry, Pre); */
    /*@ assert seats: \forall integer k; 0 <= k < n ==> X[k].slot == \at(X[k].slot, Pre); */
    /*@ assert fds: \forall integer k; 0 <= k < n ==> X[k].fd == \at(X[k].fd, Pre); */
    /*@ assert of: \forall integer j; 0 <= j < m ==>
          W[j].registry == \at(W[j].registry, Pre); */
    /*@ assert waker_slots: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    //@ assert all_slots: slots_kept{Pre,Here}(&p->registry.slots);
    //@ assert order: slots_order_kept{Pre,Here}(&p->registry.slots);
    //@ assert permutation: !poll_closed(p) ==> slots_permutation(&p->registry.slots);
    //@ assert registry: registry_valid(&p->registry);
    //@ assert hearing: wake_kept{Pre,Here}(&p->registry);
    //@ assert lists: lists_kept{Pre,Here}(p->registry.selector.epoll, -1);
    //@ assert words: wake_words_kept{Pre,Here}(&p->registry.slots);
    /*@ assert valid_wakes: !poll_closed(p) ==>
          wakes_valid(&p->registry.slots, p->registry.wake.words.value); */
    /*@ assert channel: !poll_closed(p) ==>
          channel_valid(&p->registry.wake, p->registry.selector.epoll); */
    return taken;
}

bool step_take(PROGRAM, vigil_events *events, vigil_event *event)
{
    bool taken = take_beside(THE_PROGRAM, events, event);
    //@ assert bound: p->registry.slots.count <= VIGIL_SLOTS_MAX;
    //@ assert kept: agreement_kept{Pre,Here}(&p->registry, X, n);
    return taken;
}
