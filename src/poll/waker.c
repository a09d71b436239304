/* SPDX-License-Identifier: MIT */
#include "poll/waker.h"

#include "os/mutex.h"
#include "poll/wake.h"
#include "poll/waker_rules.h"

/* A mark such as W13 names a step of spec/protocols/waker.pml. */

/* The lock lies in the registry, and what else lies there is as it was. */
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  terminates \true; exits \false;
  assigns registry->lock;
  ensures kept: waking_kept{Pre,Post}(registry);
  ensures valid: waking_valid(registry);
*/
static inline void lock_slots(vigil_registry *registry)
{
    vigil_os_mutex_lock(&registry->lock);
    //@ assert kept: waking_kept{Pre,Here}(registry);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
}

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  terminates \true; exits \false;
  assigns registry->lock;
  ensures kept: waking_kept{Pre,Post}(registry);
  ensures valid: waking_valid(registry);
*/
static inline void unlock_slots(vigil_registry *registry)
{
    vigil_os_mutex_unlock(&registry->lock);
    //@ assert kept: waking_kept{Pre,Here}(registry);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
}

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  terminates \true; exits \false;
  assigns registry->slots.free_count,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place;
  ensures valid: waking_valid(registry);
  ensures free: !slot_taken(&registry->slots, slot) &&
    slots_taken_kept{Pre,Post}(&registry->slots, slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count);
  ensures names: names_kept{Pre,Post}(&registry->slots, -1);
  ensures channel: registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.channel.eventfd == \old(registry->wake.channel.eventfd) &&
    registry->selector.epoll == \old(registry->selector.epoll);
*/
static inline void return_slot_of_waker(vigil_registry *registry, uint32_t slot)
{
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert apart: wake_apart(registry);
    vigil_slots_return(&registry->slots, slot);
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    //@ assert words: registry->wake.words.value == \at(registry->wake.words.value, Pre);
    //@ assert state: registry->wake.state.value == \at(registry->wake.state.value, Pre);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
}

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  terminates \true; exits \false;
  assigns registry->slots.free_count, registry->slots.array[slot].generation.value,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place;
  ensures valid: waking_valid(registry);
  ensures free: !slot_taken(&registry->slots, slot) &&
    slots_taken_kept{Pre,Post}(&registry->slots, slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures turned: \let before = \old(slot_generation(&registry->slots, slot));
    slot_generation(&registry->slots, slot) == (before < 4294967295 ? before + 1 : 0);
  ensures mask: registry->slots.array[slot].mask.value ==
    \old(registry->slots.array[slot].mask.value);
  ensures names: names_kept{Pre,Post}(&registry->slots, slot);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures notes: notes_kept{Pre,Post}(&registry->slots);
*/
static inline void release_slot_of_waker(vigil_registry *registry, uint32_t slot)
{
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert apart: wake_apart(registry);
    /*@ assert generation:
          &registry->slots.count != &registry->slots.array[slot].generation.value &&
          &registry->wake.words.value != &registry->slots.array[slot].generation.value &&
          &registry->wake.state.value != &registry->slots.array[slot].generation.value; */
    /*@ assert other_cells: \forall integer i; 0 <= i < registry->slots.count ==>
          &registry->slots.array[slot].mask.value != &registry->slots.array[i].occupant &&
          &registry->slots.array[slot].mask.value != &registry->slots.array[i].place; */
    //@ assert edge: &registry->slots.array[slot].mask.value != &registry->slots.free_count;
    //@ ghost uint32_t mask = registry->slots.array[slot].mask.value;
    vigil_slots_release(&registry->slots, slot);
    //@ assert mask: registry->slots.array[slot].mask.value == mask;
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    //@ assert words: registry->wake.words.value == \at(registry->wake.words.value, Pre);
    //@ assert state: registry->wake.state.value == \at(registry->wake.state.value, Pre);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
}

/* clang-format off */
/* What enrolling a waker may change. */
#define ENROLMENT(r)                                                     \
    (r)->slots.free_count, (r)->slots.array[0 .. (r)->slots.count - 1].occupant, \
    (r)->slots.array[0 .. (r)->slots.count - 1].place,                   \
    (r)->wake.words.value, (r)->wake.channel.eventfd,                    \
    VIGIL_KERNEL_TABLE, VIGIL_KERNEL_COUNTERS, VIGIL_KERNEL_LIST((r)->selector.epoll)
/* clang-format on */

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires slot: \valid(slot) &&
    \separated(slot, registry, registry->slots.array + (0 .. registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *slot, ENROLMENT(registry);
  ensures status: status_valid(\result);
  ensures valid: waking_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures names: names_kept{Pre,Post}(&registry->slots, -1);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, -1);
  ensures full: \old(registry->slots.free_count) == 0 ==> \result == VIGIL_ENOSPC;
  ensures room: \old(registry->slots.free_count) != 0 && \old(registry->wake.words.value) != 0 ==>
    \result == VIGIL_OK;
  ensures heard: \result == VIGIL_OK ==> *slot / 32 < registry->wake.words.value;
  ensures taken: \result == VIGIL_OK ==> !slot_taken{Pre}(&registry->slots, *slot) &&
    slot_taken(&registry->slots, *slot) &&
    slots_taken_kept{Pre,Post}(&registry->slots, *slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) - 1;
  ensures failed: \result != VIGIL_OK ==>
    slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    registry->slots.free_count == \old(registry->slots.free_count) &&
    registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.channel.eventfd == \old(registry->wake.channel.eventfd);
  ensures kernel: \result != VIGIL_OK || \old(registry->wake.words.value) != 0 ==>
    VIGIL_KERNEL_SAME_TABLE(-1) && VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures channel: \result == VIGIL_OK ==>
    VIGIL_KERNEL_SAME_TABLE(registry->wake.channel.eventfd) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, registry->wake.channel.eventfd);
*/
/* Takes a slot and makes it heard, both or neither. Under the lock. */
static vigil_status enrol(vigil_registry *registry, uint32_t *slot)
{
    bool room = vigil_slots_take(&registry->slots, slot); /* W40 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert valid: waking_valid(registry);
    if (!room) {
        return VIGIL_ENOSPC;
    }
    //@ ghost uint32_t index = *slot;
    //@ assert fresh: !slot_taken{Pre}(&registry->slots, index);
    //@ assert others: slots_taken_kept{Pre,Here}(&registry->slots, index);
    //@ assert names: names_kept{Pre,Here}(&registry->slots, -1);
    //@ ghost Taken: ;
    vigil_status status = vigil_wake_enrol(registry, *slot);
    //@ assert order: slots_order_kept{Taken,Here}(&registry->slots);
    //@ assert free: registry->slots.free_count == \at(registry->slots.free_count, Taken);
    //@ assert taken: slot_taken(&registry->slots, index) && *slot == index;
    //@ assert same: slots_taken_kept{Taken,Here}(&registry->slots, -1);
    //@ assert names: names_kept{Pre,Here}(&registry->slots, -1);
    //@ assert others: slots_taken_kept{Pre,Here}(&registry->slots, index);
    if (status != VIGIL_OK) {
        return_slot_of_waker(registry, *slot); /* W41 */
        //@ assert all: slots_taken_kept{Pre,Here}(&registry->slots, -1);
        //@ assert names: names_kept{Pre,Here}(&registry->slots, -1);
    }
    //@ assert place: registry->slots.count == \at(registry->slots.count, Pre);
    /*@ assert still: \forall integer s; slot_taken{Pre}(&registry->slots, s) ==>
          slot_taken(&registry->slots, s); */
    //@ assert kept: registrations_kept{Pre,Here}(&registry->slots, -1);
    return status;
}

/* The slot says whose it is before anybody hears of it. */
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  terminates \true; exits \false;
  assigns registry->slots.array[slot].token.value, registry->slots.array[slot].mask.value;
  ensures valid: waking_valid(registry);
  ensures token: registry->slots.array[slot].token.value == token;
  ensures mask: registry->slots.array[slot].mask.value == VIGIL_SELECTOR_WOKEN;
  ensures free: registry->slots.free_count == \old(registry->slots.free_count);
  ensures taken: slots_taken_kept{Pre,Post}(&registry->slots, -1);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, slot) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
*/
static inline void inscribe(vigil_registry *registry, uint32_t slot, vigil_token token)
{
    vigil_atomic_store_word(&registry->slots.array[slot].token, token);          /* W42 */
    vigil_atomic_store(&registry->slots.array[slot].mask, VIGIL_SELECTOR_WOKEN); /* W43 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
}

/* Says where `waker` is open from now on. */
/*@
  requires valid: waking_valid(registry) && waker_apart(waker, registry);
  terminates \true; exits \false;
  assigns waker->registry, waker->slot;
  ensures kept: waking_kept{Pre,Post}(registry);
  ensures valid: waking_valid(registry) && waker_apart(waker, registry);
  ensures settled: waker->registry == home && waker->slot == slot;
*/
static inline void settle_waker(vigil_waker *waker, vigil_registry *home, uint32_t slot)
/*@ ghost (vigil_registry *registry) */
{
    /*@ assert apart: \forall integer i; 0 <= i < registry->slots.count ==>
          &waker->slot != &registry->slots.array[i].occupant &&
          &waker->slot != &registry->slots.array[i].place &&
          &waker->slot != &registry->slots.array[i].generation.value &&
          &waker->slot != &registry->slots.array[i].mask.value &&
          &waker->slot != &registry->slots.array[i].wakes.value; */
    waker->registry = home;
    waker->slot = slot;
    //@ assert lent: registry->slots.array == \at(registry->slots.array, Pre);
    //@ assert slots: slots_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert kept: waking_kept{Pre,Here}(registry);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    /*@ assert wakes: registry->slots.count != 0 ==>
          wakes_valid(&registry->slots, registry->wake.words.value); */
}

vigil_status vigil_waker_open(vigil_waker *waker, vigil_registry *registry, vigil_token token)
{
    if (registry->slots.count == 0) {
        settle_waker(waker, NULL, 0) /*@ ghost (registry) */;
        return VIGIL_EBADF;
    }
    uint32_t slot = 0;
    lock_slots(registry); /* W44 */
    //@ assert apart: waker_apart(waker, registry);
    //@ assert kept: waking_kept{Pre,Here}(registry);
    //@ ghost Locked: ;
    vigil_status status = enrol(registry, &slot);
    //@ assert lent: registry->slots.count == \at(registry->slots.count, Locked);
    //@ assert apart: waker_apart(waker, registry);
    /*@ assert newly: status == VIGIL_OK ==>
          slots_taken_kept{Locked,Here}(&registry->slots, slot); */
    /*@ assert taken: status == VIGIL_OK ==>
          slots_taken_kept{Pre,Here}(&registry->slots, slot); */
    //@ assert others: registrations_kept{Locked,Here}(&registry->slots, -1);
    //@ assert all: registrations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert generations: generations_kept{Pre,Here}(&registry->slots, -1);
    //@ ghost Enrolled: ;
    unlock_slots(registry); /* W45 */
    //@ assert apart: waker_apart(waker, registry);
    //@ assert kept: waking_kept{Enrolled,Here}(registry);
    //@ assert others: registrations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert generations: generations_kept{Pre,Here}(&registry->slots, -1);
    if (status != VIGIL_OK) {
        //@ assert none: slots_taken_kept{Pre,Here}(&registry->slots, -1);
        //@ ghost Refused: ;
        settle_waker(waker, NULL, 0) /*@ ghost (registry) */;
        //@ assert slots: slots_kept{Refused,Here}(&registry->slots);
        //@ assert others: registrations_kept{Pre,Here}(&registry->slots, -1);
        //@ assert generations: generations_kept{Pre,Here}(&registry->slots, -1);
        //@ assert none: slots_taken_kept{Pre,Here}(&registry->slots, -1);
        return status;
    }
    //@ assert index: slot < registry->slots.count;
    //@ assert taken: slots_taken_kept{Pre,Here}(&registry->slots, slot);
    inscribe(registry, slot, token);
    //@ assert taken: slots_taken_kept{Pre,Here}(&registry->slots, slot);
    //@ assert others: registrations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert fresh: !slot_taken{Pre}(&registry->slots, slot);
    //@ assert free: registry->slots.free_count == \at(registry->slots.free_count, Pre) - 1;
    //@ assert generations: generations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert heard: slot / 32 < registry->wake.words.value;
    //@ assert mine: slot_taken(&registry->slots, slot);
    //@ ghost Inscribed: ;
    settle_waker(waker, registry, slot) /*@ ghost (registry) */;
    //@ assert settled: waker->slot == slot && waker->registry == registry;
    //@ assert slots: slots_kept{Inscribed,Here}(&registry->slots);
    //@ assert mine: slot_taken(&registry->slots, slot);
    //@ assert heard: slot / 32 < registry->wake.words.value;
    //@ assert mask: registry->slots.array[slot].mask.value == VIGIL_SELECTOR_WOKEN;
    //@ assert valid: waker_valid(waker);
    //@ assert others: registrations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert generations: generations_kept{Pre,Here}(&registry->slots, -1);
    //@ assert taken: slots_taken_kept{Pre,Here}(&registry->slots, slot);
    //@ assert free: registry->slots.free_count == \at(registry->slots.free_count, Pre) - 1;
    return VIGIL_OK;
}

vigil_status vigil_waker_wake(const vigil_waker *waker)
{
    if (waker->registry == NULL) {
        return VIGIL_ENOENT;
    }
    return vigil_wake_raise(waker->registry, waker->slot);
}

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  terminates \true; exits \false;
  assigns registry->slots.free_count, registry->slots.array[slot].mask.value,
    registry->slots.array[slot].generation.value,
    registry->slots.array[slot / 32].wakes.value,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place;
  ensures valid: waking_valid(registry);
  ensures free: !slot_taken(&registry->slots, slot) &&
    slots_taken_kept{Pre,Post}(&registry->slots, slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures turned: \let before = \old(slot_generation(&registry->slots, slot));
    slot_generation(&registry->slots, slot) == (before < 4294967295 ? before + 1 : 0);
  ensures silent: registry->slots.array[slot].mask.value == 0;
  ensures forgotten: !wake_pending(&registry->slots, slot);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, slot) &&
    generations_kept{Pre,Post}(&registry->slots, slot);
  ensures wakes: wakes_kept{Pre,Post}(&registry->slots, slot);
*/
/* Nothing of the waker in `slot` is left, and its key names nothing. Under the
 * lock. */
static inline void dismiss(vigil_registry *registry, uint32_t slot)
{
    vigil_atomic_store(&registry->slots.array[slot].mask, 0); /* W46 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert names: names_kept{Pre,Here}(&registry->slots, slot);
    //@ assert valid: waking_valid(registry);
    //@ assert apart: word_apart(&registry->slots, slot / 32);
    //@ ghost Silent: ;
    vigil_wake_forget(registry, slot); /* W47 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert free: registry->slots.free_count == \at(registry->slots.free_count, Pre);
    //@ assert names: names_kept{Silent,Here}(&registry->slots, -1);
    //@ assert named: names_kept{Pre,Here}(&registry->slots, slot);
    /*@ assert generation: registry->slots.array[slot].generation.value ==
          \at(registry->slots.array[slot].generation.value, Pre); */
    //@ assert silent: registry->slots.array[slot].mask.value == 0;
    //@ assert forgotten: wakes_kept{Pre,Here}(&registry->slots, slot);
    //@ ghost Forgotten: ;
    release_slot_of_waker(registry, slot); /* W48 */
    //@ assert others: wakes_kept{Forgotten,Here}(&registry->slots, -1);
    //@ assert named: names_kept{Pre,Here}(&registry->slots, slot);
    //@ assert taken: slots_taken_kept{Pre,Here}(&registry->slots, slot);
}

void vigil_waker_close(vigil_waker *waker)
{
    vigil_registry *registry = waker->registry;
    if (registry == NULL) {
        return;
    }
    uint32_t slot = waker->slot;
    //@ assert slot: slot < registry->slots.count && slot / 32 < registry->slots.count;
    lock_slots(registry); /* W49 */
    //@ assert apart: waker_apart(waker, registry);
    //@ assert kept: waking_kept{Pre,Here}(registry);
    dismiss(registry, slot);
    //@ assert apart: waker_apart(waker, registry);
    //@ ghost Dismissed: ;
    unlock_slots(registry); /* W50 */
    //@ assert apart: waker_apart(waker, registry);
    settle_waker(waker, NULL, 0) /*@ ghost (registry) */;
    //@ assert kept: waking_kept{Dismissed,Here}(registry);
    //@ assert notes: notes_kept{Dismissed,Here}(&registry->slots);
    //@ assert wakes: wakes_kept{Dismissed,Here}(&registry->slots, -1);
    //@ assert forgotten: wakes_kept{Pre,Here}(&registry->slots, slot);
    //@ assert slots: slots_kept{Dismissed,Here}(&registry->slots);
    //@ assert others: registrations_kept{Pre,Here}(&registry->slots, slot);
    //@ assert generations: generations_kept{Pre,Here}(&registry->slots, slot);
    //@ assert taken: slots_taken_kept{Pre,Here}(&registry->slots, slot);
    /*@ assert free: registry->slots.free_count ==
          \at(waker->registry->slots.free_count, Pre) + 1; */
    //@ assert silent: registry->slots.array[slot].mask.value == 0;
    /*@ assert turned: slot_generation(&registry->slots, slot) ==
          \at(slot_generation(&registry->slots, slot), Dismissed); */
}
