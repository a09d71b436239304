/* SPDX-License-Identifier: MIT */
#include "poll/registry.h"

#include "os/mutex.h"
#include "sys/selector.h"

/* A mark such as R18 names a step of spec/protocols/registry.pml. */

/*@
  requires valid: registry_valid(registry) && registry->slots.count != 0;
  requires slot: \valid(slot) &&
    \separated(slot, registry, registry->slots.array + (0 .. registry->slots.count - 1));
  terminates \true; exits \false;
  assigns registry->lock, registry->slots.free_count, *slot;
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures room: \result <==> \old(registry->slots.free_count) != 0;
  ensures none: !\result ==> registry->slots.free_count == 0;
  ensures taken: \result ==> !slot_taken{Pre}(&registry->slots, *slot) &&
    slot_taken(&registry->slots, *slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) - 1;
  ensures others: \result ==> slots_taken_kept{Pre,Post}(&registry->slots, *slot) &&
    registrations_kept{Pre,Post}(&registry->slots, -1);
*/
static bool take_slot(vigil_registry *registry, uint32_t *slot)
{
    vigil_os_mutex_lock(&registry->lock);                  /* R1 */
    bool taken = vigil_slots_take(&registry->slots, slot); /* R2 */
    vigil_os_mutex_unlock(&registry->lock);                /* R3 */
    return taken;
}

/* Gives back a slot whose key the kernel has never had. */
/*@
  requires valid: registry_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  requires source: source_apart(registry, source);
  terminates \true; exits \false;
  assigns registry->lock, registry->slots.free_count,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place;
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures free: !slot_taken(&registry->slots, slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures others: slots_taken_kept{Pre,Post}(&registry->slots, slot);
  ensures source: source_kept{Pre,Post}(source) && source_apart(registry, source);
  ensures registrations: registrations_kept{Pre,Post}(&registry->slots, slot);
  ensures generations: generations_kept{Pre,Post}(&registry->slots, -1);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
*/
static void return_slot(vigil_registry *registry, uint32_t slot)
/*@ ghost (vigil_source *source) */
{
    vigil_os_mutex_lock(&registry->lock); /* R4 */
    /*@ assert apart: \forall integer i; 0 <= i < registry->slots.count ==>
          &source->slot != &registry->slots.array[i].occupant &&
          &source->slot != &registry->slots.array[i].place; */
    //@ assert edge: &source->slot != &registry->slots.free_count;
    //@ ghost uint32_t kept = source->slot;
    vigil_slots_return(&registry->slots, slot); /* R5 */
    //@ assert slot: source->slot == kept;
    vigil_os_mutex_unlock(&registry->lock); /* R6 */
}

/*@
  requires valid: registry_valid(registry) && registry->slots.count != 0;
  requires taken: slot_taken(&registry->slots, slot);
  requires source: source_apart(registry, source);
  terminates \true; exits \false;
  assigns registry->lock, registry->slots.free_count,
    registry->slots.array[slot].generation.value,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place;
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures free: !slot_taken(&registry->slots, slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures others: slots_taken_kept{Pre,Post}(&registry->slots, slot);
  ensures source: source_kept{Pre,Post}(source) && source_apart(registry, source);
  ensures registrations: registrations_kept{Pre,Post}(&registry->slots, slot);
  ensures generations: generations_kept{Pre,Post}(&registry->slots, slot);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures turned: slot_generation(&registry->slots, slot) ==
    (\old(slot_generation(&registry->slots, slot)) + 1) % 4294967296;
*/
static void release_slot(vigil_registry *registry, uint32_t slot)
/*@ ghost (vigil_source *source) */
{
    vigil_os_mutex_lock(&registry->lock); /* R7 */
    /*@ assert apart: \forall integer i; 0 <= i < registry->slots.count ==>
          &source->slot != &registry->slots.array[i].occupant &&
          &source->slot != &registry->slots.array[i].place; */
    /*@ assert generation: &source->slot != &registry->slots.array[slot].generation.value &&
          &source->slot != &registry->slots.free_count; */
    //@ ghost uint32_t kept = source->slot;
    vigil_slots_release(&registry->slots, slot); /* R8 */
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    //@ assert epoll: registry->selector.epoll == \at(registry->selector.epoll, Pre);
    //@ assert slot: source->slot == kept;
    vigil_os_mutex_unlock(&registry->lock); /* R9 */
}

/* Says where `source` is registered from now on. */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  terminates \true; exits \false;
  assigns source->registry, source->slot;
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures settled: source->registry == home && source->slot == slot;
  ensures taken: slots_taken_kept{Pre,Post}(&registry->slots, -1);
  ensures kept: registrations_kept{Pre,Post}(&registry->slots, -1);
  ensures generations: generations_kept{Pre,Post}(&registry->slots, -1);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures contents: \forall integer s; 0 <= s < registry->slots.count ==>
    registry->slots.array[s].mask.value == \old(registry->slots.array[s].mask.value) &&
    registry->slots.array[s].token.value == \old(registry->slots.array[s].token.value);
*/
static inline void settle(vigil_source *source, vigil_registry *home, uint32_t slot)
/*@ ghost (vigil_registry *registry) */
{
    source->registry = home;
    source->slot = slot;
    //@ assert memory: slots_memory{Pre}(&registry->slots) ==> slots_memory(&registry->slots);
    /*@ assert occupants: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].occupant == \at(registry->slots.array[s].occupant, Pre); */
    /*@ assert places: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].place == \at(registry->slots.array[s].place, Pre); */
}

/* Whether `source` is registered here: VIGIL_OK if so. */
/*@
  requires source: \valid_read(source);
  terminates \true; exits \false;
  assigns \result \from registry, source->registry;
  ensures nowhere: source->registry == \null ==> \result == VIGIL_ENOENT;
  ensures here: source->registry != \null && source->registry == registry ==>
    \result == VIGIL_OK;
  ensures elsewhere: source->registry != \null && source->registry != registry ==>
    \result == VIGIL_EFOREIGN;
*/
static vigil_status check_registered(vigil_registry *registry, const vigil_source *source)
{
    if (source->registry == NULL) {
        return VIGIL_ENOENT;
    }
    return source->registry == registry ? VIGIL_OK : VIGIL_EFOREIGN;
}

/*@
  requires source: \valid_read(source);
  terminates \true; exits \false;
  assigns \result \from registry, source->registry;
  ensures nowhere: source->registry == \null ==> \result == VIGIL_OK;
  ensures here: source->registry != \null && source->registry == registry ==>
    \result == VIGIL_EEXIST;
  ensures elsewhere: source->registry != \null && source->registry != registry ==>
    \result == VIGIL_EFOREIGN;
*/
static vigil_status check_unregistered(vigil_registry *registry, const vigil_source *source)
{
    if (source->registry == NULL) {
        return VIGIL_OK;
    }
    return source->registry == registry ? VIGIL_EEXIST : VIGIL_EFOREIGN;
}

/* The kernel may report the source, and another thread take the report, before
 * adding returns: the slot is ready first. */
/*@
  requires valid: registry_valid(registry) && registry->slots.count != 0 &&
    source_apart(registry, source);
  requires taken: slot_taken(&registry->slots, slot);
  terminates \true; exits \false;
  assigns registry->slots.array[slot].mask.value, registry->slots.array[slot].token.value,
    VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures valid: registry_valid(registry);
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures taken: slots_taken_kept{Pre,Post}(&registry->slots, -1);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, slot);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures status: status_valid(\result);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures failed: \result != VIGIL_OK ==>
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures agrees: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(source->fd) &&
    kernel_agrees(registry->selector.epoll, source->fd,
                  slot_key(&registry->slots, slot),
                  registry->slots.array[slot].mask.value);
  ensures token: registry->slots.array[slot].token.value == token;
  ensures mask: registry->slots.array[slot].mask.value ==
    selector_reportable(selector_request(interest));
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures eperm: VIGIL_KERNEL_IS(source->fd, VIGIL_KERNEL_FILE) ==> \result == VIGIL_EPERM;
  ensures itself: source->fd == registry->selector.epoll ==> \result == VIGIL_EINVAL;
  ensures eexist: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == source->fd &&
    \old(kernel_listed[registry->selector.epoll][f]) != 0 ==>
      \result == VIGIL_EEXIST ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == source->fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != registry->selector.epoll &&
    \old(kernel_listed[registry->selector.epoll][f]) == 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM || \result == VIGIL_ENOSPC ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
*/
static vigil_status add(vigil_registry *registry, vigil_source *source, uint32_t slot,
                        vigil_token token, vigil_interest interest)
{
    uint32_t request = vigil_selector_request(interest);
    vigil_slot *home = &registry->slots.array[slot];
    vigil_atomic_store_word(&home->token, token);                        /* R10 */
    vigil_atomic_store(&home->mask, vigil_selector_reportable(request)); /* R11 */
    //@ assert permutation: slots_permutation(&registry->slots);
    uint64_t key = vigil_slots_key(&registry->slots, slot);                   /* R12 */
    return vigil_selector_add(&registry->selector, source->fd, request, key); /* R13 */
}

vigil_status vigil_registry_register(vigil_registry *registry, vigil_source *source,
                                     vigil_token token, vigil_interest interest)
{
    vigil_status status = check_unregistered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    if (!vigil_interest_is_valid(interest)) {
        return VIGIL_EINVAL;
    }
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    uint32_t slot = 0;
    if (!take_slot(registry, &slot)) {
        return VIGIL_ENOSPC;
    }
    //@ assert wakes: wake_words_kept{Pre, Here}(&registry->slots);
    //@ ghost uint32_t left = registry->slots.free_count;
    //@ assert fresh: !slot_taken{Pre}(&registry->slots, slot);
    status = add(registry, source, slot, token, interest);
    //@ assert others: registrations_kept{Pre, Here}(&registry->slots, -1);
    //@ assert taken: slots_taken_kept{Pre, Here}(&registry->slots, slot);
    //@ assert source: source_kept{Pre, Here}(source);
    //@ assert generations: generations_kept{Pre, Here}(&registry->slots, -1);
    //@ assert wakes: wake_words_kept{Pre, Here}(&registry->slots);
    //@ assert left: registry->slots.free_count == left;
    if (status != VIGIL_OK) {
        return_slot(registry, slot) /*@ ghost (source) */; /* R14 */
        //@ assert others: registrations_kept{Pre, Here}(&registry->slots, -1);
        //@ assert generations: generations_kept{Pre, Here}(&registry->slots, -1);
        //@ assert wakes: wake_words_kept{Pre, Here}(&registry->slots);
        //@ assert taken: slots_taken_kept{Pre, Here}(&registry->slots, -1);
        //@ assert source: source_kept{Pre, Here}(source);
        return status;
    }
    settle(source, registry, slot) /*@ ghost (registry) */;
    //@ assert others: registrations_kept{Pre, Here}(&registry->slots, -1);
    //@ assert wakes: wake_words_kept{Pre, Here}(&registry->slots);
    return VIGIL_OK;
}

/*@
  requires valid: registry_valid(registry);
  requires slot: slot < registry->slots.count;
  terminates \true; exits \false;
  assigns registry->slots.array[slot].mask.value;
  ensures valid: registry_valid(registry);
  ensures mask: registry->slots.array[slot].mask.value == mask;
  ensures lent: registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count) &&
    registry->selector.epoll == \old(registry->selector.epoll);
  ensures taken: slots_taken_kept{Pre,Post}(&registry->slots, -1);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, slot);
  ensures generations: generations_kept{Pre,Post}(&registry->slots, -1);
*/
static inline void set_mask(vigil_registry *registry, uint32_t slot, uint32_t mask)
{
    vigil_atomic_store(&registry->slots.array[slot].mask, mask);
}

/* While the kernel changes its mind, a report may be of the old request or of
 * the new one, and dropping either would lose an edge: for that moment the
 * mask lets both pass. The token is there first: a report of the new request
 * may be taken by another thread before this returns, and must not carry the
 * old one. */
vigil_status vigil_registry_reregister(vigil_registry *registry, vigil_source *source,
                                       vigil_token token, vigil_interest interest)
{
    vigil_status status = check_registered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    if (!vigil_interest_is_valid(interest)) {
        return VIGIL_EINVAL;
    }
    vigil_slot *home = &registry->slots.array[source->slot];
    uint32_t request = vigil_selector_request(interest);
    uint32_t mask_before = vigil_atomic_load(&home->mask); /* R15 */
    uint32_t mask_after = vigil_selector_reportable(request);
    vigil_token token_before = vigil_atomic_load_word(&home->token); /* R16 */
    uint64_t key = vigil_slots_key(&registry->slots, source->slot);  /* R17 */
    vigil_atomic_store_word(&home->token, token);                    /* R18 */
    //@ assert permutation: slots_permutation(&registry->slots);
    set_mask(registry, source->slot, mask_before | mask_after);                    /* R19 */
    status = vigil_selector_modify(&registry->selector, source->fd, request, key); /* R20 */
    if (status != VIGIL_OK) {
        vigil_atomic_store_word(&home->token, token_before); /* R21 */
        //@ assert permutation: slots_permutation(&registry->slots);
        set_mask(registry, source->slot, mask_before); /* R22 */
        return status;
    }
    set_mask(registry, source->slot, mask_after); /* R23 */
    return VIGIL_OK;
}

vigil_status vigil_registry_deregister(vigil_registry *registry, vigil_source *source)
{
    vigil_status status = check_registered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_selector_remove(&registry->selector, source->fd); /* R24 */
    if (status != VIGIL_OK) {
        return status;
    }
    release_slot(registry, source->slot) /*@ ghost (source) */; /* R25 */
    settle(source, NULL, 0) /*@ ghost (registry) */;
    return VIGIL_OK;
}
