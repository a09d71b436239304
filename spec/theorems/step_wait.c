/* SPDX-License-Identifier: MIT */
#include "program_steps.h"

/* Waiting: nothing of what is registered changes. */

/*@
  // What a wait does not write.
  predicate beside_wait{L}(uint32_t *cell, vigil_poll *p, vigil_events *events) =
    \separated(cell, events, events->storage + (0 .. events->capacity - 1)) &&
    cell != &p->waiting.value && cell != &p->registry.wake.state.value &&
    cell != &p->registry.wake.turn && \forall integer t; 0 <= t < p->registry.slots.count ==>
      cell != &p->registry.slots.array[t].wakes.value;
*/

/*@
  requires valid: poll_valid(p);
  requires lent: poll_lent(p, S, N) && \valid(S + (0 .. N - 1)) && N <= VIGIL_SLOTS_MAX;
  requires batch: batch_memory(&p->registry, events) && events_valid(events);
  requires apart: \separated(p, events, events->storage + (0 .. events->capacity - 1),
                             S + (0 .. N - 1));
  terminates \true; exits \false;
  assigns *p, S[0 .. N - 1], BATCH(events), VIGIL_KERNEL_BATCH, VIGIL_KERNEL_COUNTERS,
    kernel_time;
  ensures valid: poll_valid(p);
  ensures lent: events->storage == \old(events->storage) &&
    events->capacity == \old(events->capacity);
  ensures of: (events->slots == \old(events->slots) &&
      events->slot_count == \old(events->slot_count)) ||
    (events->slots == p->registry.slots.array && events->slot_count == p->registry.slots.count);
  ensures batch: events_valid(events);
  ensures poll: poll_kept{Pre,Post}(&p->registry);
  ensures free: p->registry.slots.free_count == \old(p->registry.slots.free_count);
  ensures words: p->registry.wake.words.value == \old(p->registry.wake.words.value);
  ensures tokens: \forall integer s; 0 <= s < p->registry.slots.count ==>
    p->registry.slots.array[s].token.value == \old(p->registry.slots.array[s].token.value);
  ensures cells: \forall uint32_t *cell; beside_wait{Pre}(cell, p, events) ==>
    *cell == \old(*cell);
*/
static vigil_status wait_alone(vigil_poll *p, vigil_slot *S, uint32_t N, vigil_events *events,
                               vigil_timeout timeout)
{
    /*@ assert apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          \separated(p, p->registry.slots.array + s) &&
          \separated(events, p->registry.slots.array + s) &&
          \separated(p->registry.slots.array + s,
                     events->storage + (0 .. events->capacity - 1)); */
    //@ assert count_apart: beside_wait(&p->registry.slots.count, p, events);
    //@ assert free_apart: beside_wait(&p->registry.slots.free_count, p, events);
    //@ assert words_apart: beside_wait(&p->registry.wake.words.value, p, events);
    vigil_status status = vigil_poll_wait(p, events, timeout);
    /*@ assert cells: \forall uint32_t *cell; beside_wait{Pre}(cell, p, events) ==>
          *cell == \at(*cell, Pre); */
    //@ assert count: p->registry.slots.count == \at(p->registry.slots.count, Pre);
    //@ assert free: p->registry.slots.free_count == \at(p->registry.slots.free_count, Pre);
    //@ assert words: p->registry.wake.words.value == \at(p->registry.wake.words.value, Pre);
    /*@ assert lent: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre); */
    //@ assert bound: events->next <= events->count <= events->capacity <= VIGIL_EVENTS_MAX;
    return status;
}

/*@
  requires valid: poll_valid(p);
  requires memory: program_memory(p, X, n, W, m, S, N);
  requires lent: poll_lent(p, S, N);
  requires batch: program_batch(p, X, n, W, m, S, N, events, event);
  terminates \true; exits \false;
  assigns *p, S[0 .. N - 1], BATCH(events), VIGIL_KERNEL_BATCH, VIGIL_KERNEL_COUNTERS,
    kernel_time;
  ensures valid: poll_valid(p);
  ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
  ensures lent: events->storage == \old(events->storage) &&
    events->capacity == \old(events->capacity);
  ensures poll: poll_kept{Pre,Post}(&p->registry);
  ensures words: p->registry.wake.words.value == \old(p->registry.wake.words.value);
  ensures slots: slots_kept{Pre,Post}(&p->registry.slots);
  ensures sources: sources_kept{Pre,Post}(X, n, -1);
  ensures wakers: wakers_same{Pre,Post}(W, m, -1);
*/
static vigil_status wait_beside(PROGRAM, vigil_events *events, vigil_event *event,
                                vigil_timeout timeout)
{
    /*@ assert generations_apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          beside_wait(&p->registry.slots.array[s].generation.value, p, events); */
    /*@ assert masks_apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          beside_wait(&p->registry.slots.array[s].mask.value, p, events); */
    /*@ assert occupants_apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          beside_wait(&p->registry.slots.array[s].occupant, p, events); */
    /*@ assert places_apart: \forall integer s; 0 <= s < p->registry.slots.count ==>
          beside_wait(&p->registry.slots.array[s].place, p, events); */
    //@ assert sources_apart: \forall integer k; 0 <= k < n ==> beside_wait(&X[k].slot, p, events);
    //@ assert wakers_apart: \forall integer j; 0 <= j < m ==> beside_wait(&W[j].slot, p, events);
    vigil_status status = wait_alone(p, S, N, events, timeout);
    /*@ assert generations: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].generation.value ==
            \at(p->registry.slots.array[s].generation.value, Pre); */
    /*@ assert masks: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].mask.value ==
            \at(p->registry.slots.array[s].mask.value, Pre); */
    /*@ assert occupants: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].occupant == \at(p->registry.slots.array[s].occupant, Pre); */
    /*@ assert places: \forall integer s; 0 <= s < p->registry.slots.count ==>
          p->registry.slots.array[s].place == \at(p->registry.slots.array[s].place, Pre); */
    /*@ assert homes: \forall integer k; 0 <= k < n ==>
          X[k].registry == \at(X[k].registry, Pre); */
    /*@ assert seats: \forall integer k; 0 <= k < n ==> X[k].slot == \at(X[k].slot, Pre); */
    /*@ assert fds: \forall integer k; 0 <= k < n ==> X[k].fd == \at(X[k].fd, Pre); */
    /*@ assert of: \forall integer j; 0 <= j < m ==>
          W[j].registry == \at(W[j].registry, Pre); */
    /*@ assert waker_slots: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    return status;
}

vigil_status step_wait(PROGRAM, vigil_events *events, vigil_event *event, vigil_timeout timeout)
{
    vigil_status status = wait_beside(THE_PROGRAM, events, event, timeout);
    //@ assert bound: p->registry.slots.count <= VIGIL_SLOTS_MAX;
    //@ assert kept: agreement_kept{Pre,Here}(&p->registry, X, n);
    return status;
}
