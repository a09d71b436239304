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
  predicate slots_memory{L}(vigil_slots *slots) =
    0 < slots->count <= VIGIL_SLOTS_MAX && slots->free_count <= slots->count &&
    \valid(slots->array + (0 .. slots->count - 1)) &&
    \separated(slots, slots->array + (0 .. slots->count - 1));

  predicate slots_permutation{L}(vigil_slots *slots) =
    (\forall integer p; 0 <= p < slots->count ==>
      slots->array[p].occupant < slots->count &&
      slots->array[slots->array[p].occupant].place == p) &&
    (\forall integer s; 0 <= s < slots->count ==>
      slots->array[s].place < slots->count &&
      slots->array[slots->array[s].place].occupant == s);

  predicate slots_valid{L}(vigil_slots *slots) =
    slots_memory(slots) && slots_permutation(slots);

  predicate slot_taken{L}(vigil_slots *slots, integer s) =
    0 <= s < slots->count && slots->free_count <= slots->array[s].place;

  logic integer slot_generation{L}(vigil_slots *slots, integer s) =
    slots->array[s].generation.value;

  logic integer slot_key(integer generation, integer s) = generation * 4294967296 + s;

  // Key `k` names the registration that lives, or will live next, in slot `s`.
  predicate slot_current{L}(vigil_slots *slots, integer k, integer s) =
    0 <= s < slots->count && k == slot_key(slot_generation(slots, s), s);

  // Whoever was taken is, and nobody else, slot `but` aside.
  predicate slots_taken_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L2) && s != but ==>
      (slot_taken{L1}(slots, s) <==> slot_taken{L2}(slots, s));

  // What a slot holds for its registration has not changed, slot `but` aside.
  predicate slots_contents_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L2) && s != but ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2) &&
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2) &&
      \at(slots->array[s].token.value, L1) == \at(slots->array[s].token.value, L2) &&
      \at(slots->array[s].wakes.value, L1) == \at(slots->array[s].wakes.value, L2);

  // The bookkeeping of free slots has not changed.
  predicate slots_order_kept{L1,L2}(vigil_slots *slots) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    \forall integer s; 0 <= s < \at(slots->count, L2) ==>
      \at(slots->array[s].occupant, L1) == \at(slots->array[s].occupant, L2) &&
      \at(slots->array[s].place, L1) == \at(slots->array[s].place, L2);

  // The slots at places `p` and `q` have changed places, and no other has.
  predicate slots_exchanged{L1,L2}(vigil_slots *slots, integer p, integer q) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    0 <= p < \at(slots->count, L2) && 0 <= q < \at(slots->count, L2) &&
    (\forall integer k; 0 <= k < \at(slots->count, L2) ==>
      \at(slots->array[k].occupant, L2) ==
        \at(slots->array[k == p ? q : (k == q ? p : k)].occupant, L1)) &&
    (\forall integer s; 0 <= s < \at(slots->count, L2) ==>
      \at(slots->array[s].place, L2) ==
        (s == \at(slots->array[p].occupant, L1) ? q :
        (s == \at(slots->array[q].occupant, L1) ? p : \at(slots->array[s].place, L1))));
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
  ensures fresh: \forall integer s; 0 <= s < count ==>
    array[s].generation.value == 0 && array[s].mask.value == 0 &&
    array[s].token.value == 0 && array[s].wakes.value == 0;
*/
void vigil_slots_init(vigil_slots *slots, vigil_slot *array, uint32_t count);

/* Takes a free slot; answers whether there was one. */
/*@
  requires valid: \valid(slots) && slots_valid(slots);
  requires index: \valid(index) &&
    \separated(index, slots, slots->array + (0 .. slots->count - 1));
  terminates \true; exits \false;
  assigns slots->free_count \from slots->free_count;
  assigns *index \from *slots, slots->array[0 .. slots->count - 1];
  assigns \result \from slots->free_count;
  ensures memory: slots_memory(slots);
  ensures permutation: slots_permutation(slots);
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
    ensures others: slots_taken_kept{Pre,Post}(slots, *index);
  complete behaviors;
  disjoint behaviors;
*/
bool vigil_slots_take(vigil_slots *slots, uint32_t *index);

/* Gives slot `index` back as it is: nobody has been given its key, so the next
 * registration may have it. */
/*@
  requires valid: \valid(slots) && slots_valid(slots);
  requires taken: slot_taken(slots, index);
  terminates \true; exits \false;
  assigns slots->free_count, slots->array[0 .. slots->count - 1].occupant,
          slots->array[0 .. slots->count - 1].place;
  ensures memory: slots_memory(slots);
  ensures permutation: slots_permutation(slots);
  ensures free: !slot_taken(slots, index);
  ensures one_more: slots->free_count == \old(slots->free_count) + 1;
  ensures others: slots_taken_kept{Pre,Post}(slots, index);
  ensures contents: slots_contents_kept{Pre,Post}(slots, -1);
*/
void vigil_slots_return(vigil_slots *slots, uint32_t index);

/* Ends the registration in slot `index` and gives the slot back: from here on
 * its key names nothing. */
/*@
  requires valid: \valid(slots) && slots_valid(slots);
  requires taken: slot_taken(slots, index);
  terminates \true; exits \false;
  assigns slots->free_count, slots->array[index].generation.value,
          slots->array[0 .. slots->count - 1].occupant,
          slots->array[0 .. slots->count - 1].place;
  ensures memory: slots_memory(slots);
  ensures permutation: slots_permutation(slots);
  ensures free: !slot_taken(slots, index);
  ensures one_more: slots->free_count == \old(slots->free_count) + 1;
  ensures others: slots_taken_kept{Pre,Post}(slots, index);
  ensures turned: \let before = \old(slot_generation(slots, index));
    slot_generation(slots, index) == (before < 4294967295 ? before + 1 : 0);
  ensures contents: slots_contents_kept{Pre,Post}(slots, index);
  ensures wakes: slots->array[index].wakes.value == \old(slots->array[index].wakes.value);
  ensures dead: \forall integer s;
    !slot_current(slots, slot_key(\old(slot_generation(slots, index)), index), s);
*/
void vigil_slots_release(vigil_slots *slots, uint32_t index);

/* The key of the registration that lives, or will live next, in slot `index`. */
/*@
  requires valid: \valid_read(slots) && slots_valid(slots);
  requires index: index < slots->count;
  terminates \true; exits \false;
  assigns \result \from slots->array[index].generation.value, index;
  ensures current: slot_current(slots, \result, index);
*/
uint64_t vigil_slots_key(const vigil_slots *slots, uint32_t index);

/* How many slots are taken. */
/*@
  requires valid: \valid_read(slots) && slots_valid(slots);
  terminates \true; exits \false;
  assigns \result \from slots->count, slots->free_count;
  ensures taken: \result == slots->count - slots->free_count;
*/
uint32_t vigil_slots_taken(const vigil_slots *slots);

#endif
