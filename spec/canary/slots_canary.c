/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

/* A false law: the key of a registration that has ended names nothing. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    requires taken: slot_taken(slots, index);
    terminates \true; exits \false; */
void key_survives_release(vigil_slots *slots, uint32_t index)
{
    uint64_t key = vigil_slots_key(slots, index);
    vigil_slots_release(slots, index);
    //@ check canary: slot_current(slots, key, index);
}

/* A false law: slots run out. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    terminates \true; exits \false; */
void take_always_succeeds(vigil_slots *slots)
{
    uint32_t index;
    bool taken = vigil_slots_take(slots, &index);
    //@ check canary: taken == \true;
}

/* A broken variant: it lengthens the free part and forgets both to move the
 * slot into it and to turn the generation. */
void vigil_slots_release(vigil_slots *slots, uint32_t index)
{
    (void)index;
    slots->free_count++;
}

/* A broken variant: it hands out the same slot again and again. */
bool vigil_slots_take(vigil_slots *slots, uint32_t *index)
{
    *index = 0;
    if (slots->free_count == 0) {
        return false;
    }
    *index = slots->array[slots->free_count - 1].occupant;
    return true;
}
