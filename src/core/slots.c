/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

#include "base/assert.h"

/* A mark such as S4 names a step of spec/protocols/slots.pml. */

#define KEY_GENERATION UINT64_C(4294967296)

/* The lowest slot stands last, to be taken first: who opens wakers before
 * anything else has their wake bits in the first words. */
void vigil_slots_init(vigil_slots *slots, vigil_slot *array, uint32_t count)
{
    /*@
      loop invariant range: 0 <= s <= count;
      loop invariant mirrored: \forall integer i; 0 <= i < s ==>
        array[i].occupant == count - 1 - i && array[i].place == count - 1 - i;
      loop invariant fresh: \forall integer i; 0 <= i < s ==>
        array[i].generation.value == 0 && array[i].mask.value == 0 &&
        array[i].token.value == 0 && array[i].wakes.value == 0;
      loop assigns s, array[0 .. count - 1];
      loop variant count - s;
    */
    for (uint32_t s = 0; s < count; s++) {
        array[s].generation.value = 0;
        array[s].mask.value = 0;
        array[s].token.value = 0;
        array[s].wakes.value = 0;
        array[s].occupant = count - 1 - s;
        array[s].place = count - 1 - s;
        array[s].reserved = 0;
    }
    slots->array = array;
    slots->count = count;
    slots->free_count = count;
}

bool vigil_slots_take(vigil_slots *slots, uint32_t *index)
{
    *index = 0;
    if (slots->free_count == 0) { /* S1 */
        //@ assert order: slots_order_kept{Pre,Here}(slots);
        return false;
    }
    slots->free_count--;                               /* S2 */
    *index = slots->array[slots->free_count].occupant; /* S3 */
    //@ assert order: slots_order_kept{Pre,Here}(slots);
    /*@ assert edge: \forall integer s; 0 <= s < slots->count && s != *index ==>
          slots->array[s].place != slots->free_count; */
    return true;
}

/* Exchanges the slots that stand at places `p` and `q`. */
/*@
  requires valid: \valid(slots) && slots_valid(slots);
  requires places: p < slots->count && q < slots->count;
  terminates \true; exits \false;
  assigns slots->array[p].occupant, slots->array[q].occupant,
          slots->array[slots->array[p].occupant].place,
          slots->array[slots->array[q].occupant].place;
  ensures exchanged: slots_exchanged{Pre,Post}(slots, p, q);
  ensures permutation: slots_permutation(slots);
  ensures places: \forall integer s; 0 <= s < slots->count ==>
    \let place = \old(slots->array[s].place);
    slots->array[s].place == (place == p ? q : (place == q ? p : place));
  ensures contents: slots_contents_kept{Pre,Post}(slots, -1);
  ensures free_count: slots->free_count == \old(slots->free_count);
*/
static void exchange_places(vigil_slots *slots, uint32_t p, uint32_t q)
{
    uint32_t at_p = slots->array[p].occupant; /* S4 */
    uint32_t at_q = slots->array[q].occupant; /* S5 */
    slots->array[p].occupant = at_q;          /* S6 */
    slots->array[q].occupant = at_p;          /* S7 */
    slots->array[at_q].place = p;             /* S8 */
    slots->array[at_p].place = q;             /* S9 */
    //@ assert exchanged: slots_exchanged{Pre,Here}(slots, p, q);
}

void vigil_slots_return(vigil_slots *slots, uint32_t index)
{
    vigil_assert(index < slots->count);
    vigil_assert(slots->array[index].place >= slots->free_count);

    uint32_t edge = slots->free_count; /* S10 */
    slots->free_count = edge + 1;      /* S11 */
    //@ assert order: slots_order_kept{Pre,Here}(slots);
    //@ assert contents: slots_contents_kept{Pre,Here}(slots, -1);
    //@ ghost Longer: ;
    exchange_places(slots, slots->array[index].place, edge); /* S12 */
    //@ assert contents: slots_contents_kept{Longer,Here}(slots, -1);
    //@ assert moved: slots->array[index].place == edge && slots->free_count == edge + 1;
}

void vigil_slots_release(vigil_slots *slots, uint32_t index)
{
    vigil_assert(index < slots->count);

    vigil_atomic_u32 *cell = &slots->array[index].generation;
    uint32_t generation = vigil_atomic_load(cell);                          /* S13 */
    vigil_atomic_store(cell, generation < UINT32_MAX ? generation + 1 : 0); /* S14 */
    //@ assert order: slots_order_kept{Pre,Here}(slots);
    //@ assert contents: slots_contents_kept{Pre,Here}(slots, index);
    /*@ assert turned: slot_generation(slots, index) ==
          (generation < 4294967295 ? generation + 1 : 0); */
    //@ assert wakes: slots->array[index].wakes.value == \at(slots->array[index].wakes.value, Pre);
    //@ ghost Turned: ;
    vigil_slots_return(slots, index); /* S15 */
    //@ assert same: slots_contents_kept{Turned,Here}(slots, -1);
}

uint64_t vigil_slots_key(const vigil_slots *slots, uint32_t index)
{
    vigil_assert(index < slots->count);

    uint64_t generation = vigil_atomic_load(&slots->array[index].generation);
    return generation * KEY_GENERATION + index;
}

uint32_t vigil_slots_taken(const vigil_slots *slots)
{
    return slots->count - slots->free_count;
}
