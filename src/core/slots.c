/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

#include "base/assert.h"

#define KEY_GENERATION UINT64_C(4294967296)

void vigil_slots_init(vigil_slots *slots, vigil_slot *array, uint32_t count)
{
    /*@
      loop invariant range: 0 <= s <= count;
      loop invariant identity: \forall integer i; 0 <= i < s ==>
        array[i].occupant == i && array[i].place == i;
      loop invariant quiet: \forall integer i; 0 <= i < s ==> array[i].wakes.value == 0;
      loop assigns s, array[0 .. count - 1];
      loop variant count - s;
    */
    for (uint32_t s = 0; s < count; s++) {
        array[s].generation.value = 0;
        array[s].mask.value = 0;
        array[s].token.value = 0;
        array[s].wakes.value = 0;
        array[s].occupant = s;
        array[s].place = s;
        array[s].reserved = 0;
    }
    slots->array = array;
    slots->count = count;
    slots->free_count = count;
}

bool vigil_slots_take(vigil_slots *slots, uint32_t *index)
{
    *index = 0;
    if (slots->free_count == 0) {
        return false;
    }
    slots->free_count--;
    *index = slots->array[slots->free_count].occupant;
    return true;
}

/* Exchanges the slots that stand at places `p` and `q`. */
/*@
  requires valid: slots_valid(slots) && \valid(slots);
  requires places: p < slots->count && q < slots->count;
  terminates \true; exits \false;
  assigns slots->array[p].occupant, slots->array[q].occupant,
          slots->array[slots->array[p].occupant].place,
          slots->array[slots->array[q].occupant].place;
  ensures valid: slots_valid(slots);
  ensures at_q: slots->array[\old(slots->array[p].occupant)].place == q;
  ensures at_p: slots->array[\old(slots->array[q].occupant)].place == p;
  ensures others: \forall integer s; 0 <= s < slots->count &&
    s != \old(slots->array[p].occupant) && s != \old(slots->array[q].occupant) ==>
      slots->array[s].place == \old(slots->array[s].place);
*/
static void exchange_places(vigil_slots *slots, uint32_t p, uint32_t q)
{
    uint32_t at_p = slots->array[p].occupant;
    uint32_t at_q = slots->array[q].occupant;
    slots->array[p].occupant = at_q;
    slots->array[q].occupant = at_p;
    slots->array[at_q].place = p;
    slots->array[at_p].place = q;
}

void vigil_slots_release(vigil_slots *slots, uint32_t index)
{
    vigil_assert(index < slots->count);
    vigil_assert(slots->array[index].place >= slots->free_count);

    vigil_slot *slot = &slots->array[index];
    uint32_t generation = vigil_atomic_load(&slot->generation);
    vigil_atomic_store(&slot->generation, generation < UINT32_MAX ? generation + 1 : 0);
    exchange_places(slots, slot->place, slots->free_count);
    slots->free_count++;
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
