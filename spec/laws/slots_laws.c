/* SPDX-License-Identifier: MIT */
#include "core/slots.h"

/*
 * Laws of slots, proven from the header's contracts alone.
 */

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
int any_choice(void);

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
uint32_t any_slot(void);

/* Taking a slot and giving it back changes nothing but that slot's generation:
 * who was taken is, and what the others hold is kept. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    terminates \true; exits \false; */
void take_then_release_restores(vigil_slots *slots)
{
    uint32_t index;
    if (vigil_slots_take(slots, &index)) {
        vigil_slots_release(slots, index);
        //@ check count: slots->free_count == \at(slots->free_count, Pre);
        //@ check taken: slots_taken_kept{Pre,Here}(slots, -1);
        //@ check contents: slots_contents_kept{Pre,Here}(slots, index);
    }
}

/* No slot is handed out twice. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    terminates \true; exits \false; */
void two_takes_differ(vigil_slots *slots)
{
    uint32_t first;
    uint32_t second;
    if (vigil_slots_take(slots, &first) && vigil_slots_take(slots, &second)) {
        uint64_t first_key = vigil_slots_key(slots, first);
        uint64_t second_key = vigil_slots_key(slots, second);
        //@ check slots: first != second;
        //@ check keys: first_key != second_key;
    }
}

/* After a release there is room, however full it was. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    requires taken: slot_taken(slots, index);
    terminates \true; exits \false; */
void release_makes_room(vigil_slots *slots, uint32_t index)
{
    uint32_t again;
    vigil_slots_release(slots, index);
    bool taken = vigil_slots_take(slots, &again);
    //@ check room: taken == \true;
}

/* Of `count` lent slots, exactly `count` can be taken: none is lost. */
/*@ requires slots: \valid(slots);
    requires count: 0 < count <= VIGIL_SLOTS_MAX;
    requires array: \valid(array + (0 .. count - 1));
    requires apart: \separated(slots, array + (0 .. count - 1));
    terminates \true; exits \false; */
void every_lent_slot_serves(vigil_slots *slots, vigil_slot *array, uint32_t count)
{
    uint32_t index;
    vigil_slots_init(slots, array, count);
    /*@
      loop invariant lent: slots->array == array && slots->count == count;
      loop invariant valid: slots_valid(slots);
      loop invariant range: 0 <= taken <= count;
      loop invariant left: slots->free_count == count - taken;
      loop assigns taken, index, slots->free_count;
      loop variant count - taken;
    */
    for (uint32_t taken = 0; taken < count; taken++) {
        bool room = vigil_slots_take(slots, &index);
        //@ check room: room == \true;
    }
    bool more = vigil_slots_take(slots, &index);
    uint32_t taken_now = vigil_slots_taken(slots);
    //@ check full: more == \false && taken_now == count;
}

/* Whatever anyone may do with slots next: take one, or give back one that is
 * taken. Answers whether that ended a registration of slot `watched`. */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    requires watched: watched < slots->count;
    terminates \true; exits \false;
    assigns slots->free_count, slots->array[0 .. slots->count - 1].generation.value,
            slots->array[0 .. slots->count - 1].occupant,
            slots->array[0 .. slots->count - 1].place;
    ensures lent: slots->array == \old(slots->array) && slots->count == \old(slots->count);
    ensures valid: slots_valid(slots);
    ensures kept: !\result ==>
      slot_generation(slots, watched) == \old(slot_generation(slots, watched));
    ensures turned: \result ==> \let before = \old(slot_generation(slots, watched));
      slot_generation(slots, watched) == (before < 4294967295 ? before + 1 : 0); */
bool any_operation(vigil_slots *slots, uint32_t watched)
{
    uint32_t index;
    if (any_choice()) {
        (void)vigil_slots_take(slots, &index);
        return false;
    }
    index = any_slot();
    if (index >= slots->count || slots->array[index].place < slots->free_count) {
        return false;
    }
    vigil_slots_release(slots, index);
    if (index == watched) {
        return true;
    }
    /*@ assert kept: slot_generation(slots, watched) ==
          \at(slot_generation(slots, watched), Pre); */
    return false;
}

/*
 * Once its registration has ended, a key names nothing, whatever is taken and
 * released afterwards, by anyone, until its slot has served 2^32 registrations.
 */
/*@ requires valid: \valid(slots) && slots_valid(slots);
    requires taken: slot_taken(slots, index);
    terminates \false; exits \false; */
void ended_key_names_nothing(vigil_slots *slots, uint32_t index)
{
    uint64_t key = vigil_slots_key(slots, index);
    uint32_t turns = 0;
    vigil_slots_release(slots, index);
    /*@
      loop invariant lent: slots->array == \at(slots->array, Pre) &&
        slots->count == \at(slots->count, Pre);
      loop invariant valid: slots_valid(slots);
      loop invariant turns: turns < 4294967295;
      loop invariant turned: \let generation = \at(slot_generation(slots, index), Pre) + 1 + turns;
        slot_generation(slots, index) ==
          (generation < 4294967296 ? generation : generation - 4294967296);
      loop invariant key: key == slot_key(\at(slot_generation(slots, index), Pre), index);
      loop invariant other: slot_generation(slots, index) !=
        \at(slot_generation(slots, index), Pre);
      loop invariant dead: \forall integer s; !slot_current(slots, key, s);
      loop assigns turns, slots->free_count,
        slots->array[0 .. slots->count - 1].generation.value,
        slots->array[0 .. slots->count - 1].occupant, slots->array[0 .. slots->count - 1].place;
    */
    while (any_choice()) {
        if (any_operation(slots, index)) {
            if (turns == UINT32_MAX - 1) {
                return;
            }
            turns++;
        }
    }
}
