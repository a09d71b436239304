/* SPDX-License-Identifier: MIT */
#include "program_steps.h"

/* Waking: nothing of what is registered changes. */

/*@
  requires valid: \valid_read(w) && waker_valid(w) && w->registry == r && !waker_closed(w);
  terminates \true; exits \false;
  assigns r->slots.array[w->slot / 32].wakes.value, r->wake.state.value, VIGIL_KERNEL_COUNTERS;
  ensures valid: waking_valid(r);
  ensures lent: r->slots.array == \old(r->slots.array);
  ensures cells: \forall uint32_t *cell; cell != &r->slots.array[w->slot / 32].wakes.value &&
    cell != &r->wake.state.value ==> *cell == \old(*cell);
*/
static vigil_status wake_alone(vigil_registry *r, const vigil_waker *w)
{
    return vigil_waker_wake(w);
}

/*@
  requires valid: poll_valid(p);
  requires memory: program_memory(p, X, n, W, m, S, N);
  requires lent: poll_lent(p, S, N);
  requires open: !poll_closed(p);
  requires waker: 0 <= j < m && W[j].registry == &p->registry && waker_valid(W + j);
  terminates \true; exits \false;
  assigns p->registry.slots.array[W[j].slot / 32].wakes.value, p->registry.wake.state.value,
    VIGIL_KERNEL_COUNTERS;
  ensures valid: poll_valid(p);
  ensures poll: poll_kept{Pre,Post}(&p->registry);
  ensures words: p->registry.wake.words.value == \old(p->registry.wake.words.value);
  ensures slots: slots_kept{Pre,Post}(&p->registry.slots);
  ensures sources: sources_kept{Pre,Post}(X, n, -1);
  ensures wakers: wakers_same{Pre,Post}(W, m, -1);
*/
static vigil_status wake_beside(PROGRAM, int j)
{
    vigil_registry *r = &p->registry;
    //@ ghost uint32_t word = W[j].slot / 32;
    //@ assert word: word < r->slots.count;
    /*@ assert sources_apart: \forall integer k; 0 <= k < n ==>
          &X[k].slot != &r->slots.array[word].wakes.value &&
          &X[k].slot != &r->wake.state.value; */
    /*@ assert wakers_apart: \forall integer k; 0 <= k < m ==>
          &W[k].slot != &r->slots.array[word].wakes.value &&
          &W[k].slot != &r->wake.state.value; */
    /*@ assert slots_apart: \forall integer s; 0 <= s < r->slots.count ==>
          &r->slots.array[s].generation.value != &r->wake.state.value &&
          &r->slots.array[s].mask.value != &r->wake.state.value &&
          &r->slots.array[s].occupant != &r->wake.state.value &&
          &r->slots.array[s].place != &r->wake.state.value; */
    //@ assert poll_apart: \separated(r, r->slots.array + word);
    vigil_status status = wake_alone(r, W + j);
    //@ assert poll: poll_kept{Pre,Here}(&p->registry);
    //@ assert free: r->slots.free_count == \at(p->registry.slots.free_count, Pre);
    /*@ assert seats: \forall integer k; 0 <= k < n ==> X[k].slot == \at(X[k].slot, Pre); */
    /*@ assert places: \forall integer k; 0 <= k < m ==> W[k].slot == \at(W[k].slot, Pre); */
    return status;
}

vigil_status step_wake(PROGRAM, int j)
{
    //@ assert agrees: waker_agrees(&p->registry, W + j, j);
    //@ assert apart: waker_apart(W + j, &p->registry);
    //@ assert waker: waker_valid(W + j);
    vigil_status status = wake_beside(THE_PROGRAM, j);
    //@ assert bound: p->registry.slots.count <= VIGIL_SLOTS_MAX;
    //@ assert kept: agreement_kept{Pre,Here}(&p->registry, X, n);
    return status;
}
