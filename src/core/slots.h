/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_SLOTS_H
#define VIGIL_CORE_SLOTS_H

#include "base/atomic.h"
#include "base/limits.h"
#include "core/token.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Slots: where registrations live. The caller lends the array, so nothing is
 * allocated and everything is bounded.
 *
 * What the kernel carries with a registration is its key: the generation of
 * the slot in the high half, the slot's index in the low. A slot's generation
 * moves on the moment its registration ends, so a key that comes back late,
 * from a batch already in hand or from a descriptor that outlived its
 * registration, names nothing. A generation comes round again only after the
 * slot has served 2^32 registrations.
 *
 * The free slots are the first `free_count` places of a permutation of all
 * slots, kept with its inverse: `occupant` of a place, and `place` of a slot.
 * Taking shortens the free part by one; giving back swaps the slot to its edge
 * and lengthens it.
 *
 * Threads: taking and giving back is for one thread at a time (the registry
 * locks). Generation, token and mask are read by the waiting thread while
 * others register, so they are atomic.
 */
typedef struct vigil_slot {
    vigil_atomic_u32 generation; /* of the registration that lives here, or of the next one */
    vigil_atomic_u32 mask;       /* readiness this registration may report, in the backend's bits */
    vigil_atomic_word token;     /* the caller's */
    vigil_atomic_u32 wakes;      /* of slot w: pending wakes of slots 32w .. 32w+31 */
    uint32_t occupant;           /* of slot p: which slot stands at place p */
    uint32_t place;              /* of slot s: at which place s stands */
    uint32_t reserved;
} vigil_slot;

typedef struct vigil_slots {
    vigil_slot *array;
    uint32_t count;
    uint32_t free_count;
} vigil_slots;

/*@
  predicate slots_memory(vigil_slots *slots) =
    0 < slots->count <= VIGIL_SLOTS_MAX && slots->free_count <= slots->count &&
    \valid(slots->array + (0 .. slots->count - 1)) &&
    \separated(slots, slots->array + (0 .. slots->count - 1));

  predicate slots_permutation(vigil_slots *slots) =
    (\forall integer p; 0 <= p < slots->count ==>
      slots->array[p].occupant < slots->count &&
      slots->array[slots->array[p].occupant].place == p) &&
    (\forall integer s; 0 <= s < slots->count ==>
      slots->array[s].place < slots->count &&
      slots->array[slots->array[s].place].occupant == s);

  predicate slots_valid(vigil_slots *slots) =
    slots_memory(slots) && slots_permutation(slots);

  predicate slot_taken(vigil_slots *slots, integer s) =
    0 <= s < slots->count && slots->free_count <= slots->array[s].place;

  // The registration that key `k` names, if `s` is its slot.
  predicate slot_current(vigil_slots *slots, integer k, integer s) =
    0 <= s < slots->count &&
    k == slots->array[s].generation.value * 4294967296 + s;

  // Nothing but the bookkeeping of free slots has changed.
  predicate slots_contents_kept{L1,L2}(vigil_slots *slots) =
    \forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2) &&
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2) &&
      \at(slots->array[s].token.value, L1) == \at(slots->array[s].token.value, L2) &&
      \at(slots->array[s].wakes.value, L1) == \at(slots->array[s].wakes.value, L2);
*/

/* Lends `array` to `slots`; every slot is free. */
/*@
  requires slots: \valid(slots);
  requires count: 0 < count <= VIGIL_SLOTS_MAX;
  requires array: \valid(array + (0 .. count - 1));
  requires apart: \separated(slots, array + (0 .. count - 1));
  terminates \true; exits \false;
  assigns *slots, array[0 .. count - 1];
  ensures lent: slots->array == array && slots->count == count;
  ensures free: slots->free_count == count;
  ensures valid: slots_valid(slots);
  ensures quiet: \forall integer s; 0 <= s < count ==> array[s].wakes.value == 0;
*/
void vigil_slots_init(vigil_slots *slots, vigil_slot *array, uint32_t count);

/* Takes a free slot; answers whether there was one. */
/*@
  requires valid: slots_valid(slots) && \valid(slots);
  requires index: \valid(index) &&
    \separated(index, slots, slots->array + (0 .. slots->count - 1));
  terminates \true; exits \false;
  assigns slots->free_count, *index;
  ensures valid: slots_valid(slots);
  behavior full:
    assumes slots->free_count == 0;
    ensures none: \result == \false;
    ensures kept: slots->free_count == \old(slots->free_count);
    ensures index: *index == 0;
  behavior room:
    assumes slots->free_count > 0;
    ensures some: \result == \true;
    ensures was_free: !slot_taken{Pre}(slots, *index);
    ensures taken: slot_taken(slots, *index);
    ensures one_less: slots->free_count == \old(slots->free_count) - 1;
    ensures others: \forall integer s; 0 <= s < slots->count && s != *index ==>
      (slot_taken(slots, s) <==> slot_taken{Pre}(slots, s));
  complete behaviors;
  disjoint behaviors;
*/
bool vigil_slots_take(vigil_slots *slots, uint32_t *index);

/* Ends the registration in slot `index` and gives the slot back: from here on
 * its key names nothing. */
/*@
  requires valid: slots_valid(slots) && \valid(slots);
  requires taken: slot_taken(slots, index);
  terminates \true; exits \false;
  assigns slots->free_count, slots->array[index].generation.value,
          slots->array[0 .. slots->count - 1].occupant,
          slots->array[0 .. slots->count - 1].place;
  ensures valid: slots_valid(slots);
  ensures free: !slot_taken(slots, index);
  ensures one_more: slots->free_count == \old(slots->free_count) + 1;
  ensures others: \forall integer s; 0 <= s < slots->count && s != index ==>
    (slot_taken(slots, s) <==> slot_taken{Pre}(slots, s));
  ensures turned: slots->array[index].generation.value ==
    (\old(slots->array[index].generation.value) + 1) % 4294967296;
  ensures dead: !slot_current(slots,
    \old(slots->array[index].generation.value) * 4294967296 + index, index);
*/
void vigil_slots_release(vigil_slots *slots, uint32_t index);

/* The key of the registration that lives, or will live next, in slot `index`. */
/*@
  requires valid: slots_valid(slots) && \valid_read(slots);
  requires index: index < slots->count;
  terminates \true; exits \false;
  assigns \result \from slots->array[index].generation.value, index;
  ensures current: slot_current(slots, \result, index);
*/
uint64_t vigil_slots_key(const vigil_slots *slots, uint32_t index);

/* How many slots are taken. */
/*@
  requires valid: slots_valid(slots) && \valid_read(slots);
  terminates \true; exits \false;
  assigns \result \from slots->count, slots->free_count;
  ensures taken: \result == slots->count - slots->free_count;
*/
uint32_t vigil_slots_taken(const vigil_slots *slots);

#endif
