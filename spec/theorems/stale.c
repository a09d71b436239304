/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

/*
 * T4: the key of a registration that has ended is never current again, whatever
 * is done with the slots afterwards, while its slot serves fewer than 2^32
 * registrations more.
 */

/*@
  terminates \true; exits \false;
  assigns \result;
*/
extern int any_operation(void);

/*@
  terminates \true; exits \false;
  assigns \result;
*/
extern uint32_t any_slot(void);

/*@
  requires valid: \valid(slots) && slots_valid(slots);
  requires slot: slot_taken(slots, slot);
  requires turns: 0 < turns;
  terminates \false; exits \false;
  ensures valid: slots_valid(slots);
  ensures stale: !slot_current(slots, \old(slot_generation(slots, slot)) * 4294967296 + slot, slot);
*/
void theorem_no_stale_key(vigil_slots *slots, uint32_t slot, uint32_t turns)
{
    //@ ghost uint32_t ended = slots->array[slot].generation.value;
    vigil_slots_release(slots, slot);
    /*@ assert turn: slots->array[slot].generation.value ==
          (ended < 4294967295 ? ended + 1 : 0); */
    /*@ assert lent: slots->array == \at(slots->array, Pre) &&
          slots->count == \at(slots->count, Pre); */
    uint32_t left = turns - 1;
    //@ ghost uint32_t turned = 1;
    /*@
      loop invariant valid: slots_memory(slots) && slots_permutation(slots);
      loop invariant lent: slots->array == \at(slots->array, Pre) &&
        slots->count == \at(slots->count, Pre);
      loop invariant count: 1 <= turned && turned + left == turns;
      loop invariant generation: slots->array[slot].generation.value ==
        ended + turned - (ended + turned < 4294967296 ? 0 : 4294967296);
      loop assigns left, turned, slots->free_count,
        slots->array[0 .. slots->count - 1].generation.value,
        slots->array[0 .. slots->count - 1].occupant,
        slots->array[0 .. slots->count - 1].place;
    */
    while (any_operation() != 0) {
        uint32_t index = any_slot();
        if (any_operation() != 0) {
            uint32_t taken = 0;
            (void)vigil_slots_take(slots, &taken);
            /*@ assert lent: slots->array == \at(slots->array, LoopCurrent) &&
                  slots->count == \at(slots->count, LoopCurrent); */
        } else if (index < slots->count && slots->array[index].place >= slots->free_count) {
            if (index == slot && left == 0) {
                break;
            }
            //@ ghost uint32_t before = slots->array[slot].generation.value;
            vigil_slots_release(slots, index);
            /*@ assert lent: slots->array == \at(slots->array, LoopCurrent) &&
                  slots->count == \at(slots->count, LoopCurrent); */
            //@ assert other: index != slot ==> slots->array[slot].generation.value == before;
            /*@ assert turn: index == slot ==> slots->array[slot].generation.value ==
                  (before < 4294967295 ? before + 1 : 0); */
            left -= index == slot ? 1 : 0;
            //@ ghost turned += index == slot ? 1 : 0;
        }
    }
}
