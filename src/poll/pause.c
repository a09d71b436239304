/* SPDX-License-Identifier: MIT */
#include "poll/pause.h"

#include "core/timeout_rules.h"
#include "os/clock.h"
#include "sys/selector.h"

bool vigil_pause_is_active(const vigil_pause *pause)
{
    return pause->interest != VIGIL_INTEREST_NONE;
}

/* What a pause remembers; the registration is as it was. */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires apart: pause_apart(pause, registry, source);
  requires registered: source_agrees(registry, source) && source->registry == registry;
  terminates \true; exits \false;
  assigns *pause, kernel_time;
  ensures valid: registry_valid(registry);
  ensures agrees: source_agrees(registry, source);
  ensures slots: slots_kept{Pre,Post}(&registry->slots);
  ensures registration: pause->registration == slot_key(&registry->slots, source->slot);
  ensures promised: pause->token == token && pause->interest == interest &&
    pause->duration == duration;
  ensures forever: duration.ns == VIGIL_FOREVER_NS <==> pause->end_ns == VIGIL_FOREVER_NS;
  ensures lasts: duration.ns != VIGIL_FOREVER_NS ==>
    pause->end_ns == finite_ns(kernel_time + duration.ns);
*/
static void remember(vigil_pause *pause, vigil_registry *registry, vigil_source *source,
                     vigil_token token, vigil_interest interest, vigil_timeout duration)
{
    pause->registration = vigil_slots_key(&registry->slots, source->slot);
    pause->end_ns = vigil_timeout_deadline(duration, vigil_os_now_ns());
    pause->duration = duration;
    pause->token = token;
    pause->interest = interest;
    /*@ assert source: source->registry == \at(source->registry, Pre) &&
          source->slot == \at(source->slot, Pre) && source->fd == \at(source->fd, Pre); */
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre) &&
          registry->slots.free_count == \at(registry->slots.free_count, Pre); */
    /*@ assert generations: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].generation.value ==
            \at(registry->slots.array[s].generation.value, Pre); */
    /*@ assert masks: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].mask.value ==
            \at(registry->slots.array[s].mask.value, Pre); */
    /*@ assert tokens: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].token.value ==
            \at(registry->slots.array[s].token.value, Pre); */
    /*@ assert occupants: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].occupant == \at(registry->slots.array[s].occupant, Pre); */
    /*@ assert places: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].place == \at(registry->slots.array[s].place, Pre); */
    //@ assert order: slots_order_kept{Pre, Here}(&registry->slots);
    //@ assert memory: slots_memory(&registry->slots);
    //@ assert permutation: slots_permutation(&registry->slots);
    //@ assert selector: selector_valid(&registry->selector);
}

vigil_status vigil_pause_begin(vigil_pause *pause, vigil_registry *registry, vigil_source *source,
                               vigil_token token, vigil_interest interest, vigil_timeout duration)
{
    if (vigil_pause_is_active(pause)) {
        return VIGIL_EBUSY;
    }
    if (!vigil_interest_is_valid(interest)) {
        return VIGIL_EINVAL;
    }
    //@ assert priority: priority(VIGIL_PAUSE_INTEREST);
    //@ assert interest: interest_valid(VIGIL_PAUSE_INTEREST);
    vigil_status status = vigil_registry_reregister(registry, source, token, VIGIL_PAUSE_INTEREST);
    /*@ assert source: source_kept{Pre, Here}(source) && source->fd == \at(source->fd, Pre) &&
          \at(registry->slots.count, Pre) == registry->slots.count; */
    if (status != VIGIL_OK) {
        //@ assert kept: *pause == \at(*pause, Pre);
        return status;
    }
    //@ ghost Silent: ;
    /*@ assert open: source->registry == registry && VIGIL_KERNEL_OPEN(source->fd); */
    //@ assert others: registrations_kept{Pre, Here}(&registry->slots, source->slot);
    //@ assert taken: slots_taken_kept{Pre, Here}(&registry->slots, -1);
    //@ assert generations: generations_kept{Pre, Here}(&registry->slots, -1);
    remember(pause, registry, source, token, interest, duration);
    //@ assert source: source_kept{Silent, Here}(source) && source->fd == \at(source->fd, Silent);
    //@ assert slots: slots_kept{Silent, Here}(&registry->slots);
    return VIGIL_OK;
}

vigil_timeout vigil_pause_timeout(const vigil_pause *pause, vigil_timeout timeout)
{
    if (!vigil_pause_is_active(pause)) {
        return timeout;
    }
    vigil_timeout left = vigil_timeout_until(pause->end_ns, vigil_os_now_ns());
    return left.ns < timeout.ns ? left : timeout;
}

/* Whether `source` still has the registration that was paused, and nobody has
 * reregistered it since: the mask of its slot says so. */
/*@
  requires pause: \valid_read(pause);
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  terminates \true; exits \false;
  assigns \nothing;
  ensures holds: \result <==> pause_holds(pause, registry, source);
*/
static bool holds(const vigil_pause *pause, vigil_registry *registry, const vigil_source *source)
{
    if (source->registry != registry) {
        return false;
    }
    uint64_t key = vigil_slots_key(&registry->slots, source->slot);
    //@ assert key: key == slot_key(&registry->slots, source->slot);
    uint32_t silent = vigil_selector_reportable(vigil_selector_request(VIGIL_PAUSE_INTEREST));
    //@ assert silent: silent == selector_reportable(selector_request(VIGIL_PAUSE_INTEREST));
    uint32_t mask = vigil_atomic_load(&registry->slots.array[source->slot].mask);
    return key == pause->registration && mask == silent;
}

/* A pause is over, or goes on for as long as the first time; the registrations are as
 * they were. */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires apart: pause_apart(pause, registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  terminates \true; exits \false;
  assigns pause->interest, pause->end_ns, kernel_time;
  ensures valid: registry_valid(registry);
  ensures agrees: source->registry == registry ==> source_agrees(registry, source);
  ensures slots: slots_kept{Pre,Post}(&registry->slots);
  ensures over: over ==> !pause_active(*pause);
  ensures goes_on: !over ==> pause->interest == \old(pause->interest);
  ensures monotonic: \old(kernel_time) <= kernel_time;
*/
static void conclude(vigil_pause *pause, bool over)
/*@ ghost (vigil_registry *registry, vigil_source *source) */
{
    if (over) {
        pause->interest = VIGIL_INTEREST_NONE;
    } else {
        pause->end_ns = vigil_timeout_deadline(pause->duration, vigil_os_now_ns());
    }
    /*@ assert source: source->registry == \at(source->registry, Pre) &&
          source->slot == \at(source->slot, Pre) && source->fd == \at(source->fd, Pre); */
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre) &&
          registry->slots.free_count == \at(registry->slots.free_count, Pre); */
    //@ assert memory: registry->slots.count != 0 ==> slots_memory(&registry->slots);
    /*@ assert generations: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].generation.value ==
            \at(registry->slots.array[s].generation.value, Pre); */
    /*@ assert masks: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].mask.value ==
            \at(registry->slots.array[s].mask.value, Pre); */
    /*@ assert tokens: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].token.value ==
            \at(registry->slots.array[s].token.value, Pre); */
    /*@ assert occupants: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].occupant == \at(registry->slots.array[s].occupant, Pre); */
    /*@ assert places: \forall integer s; 0 <= s < registry->slots.count ==>
          registry->slots.array[s].place == \at(registry->slots.array[s].place, Pre); */
    //@ assert order: slots_order_kept{Pre, Here}(&registry->slots);
    //@ assert permutation: slots_permutation(&registry->slots);
    /*@ assert selector: registry->slots.count != 0 ==>
          selector_valid(&registry->selector); */
}

vigil_status vigil_pause_end(vigil_pause *pause, vigil_registry *registry, vigil_source *source)
{
    if (!vigil_pause_is_active(pause)) {
        return VIGIL_OK;
    }
    vigil_status status = VIGIL_ENOENT;
    bool held = holds(pause, registry, source);
    if (held) {
        status = vigil_registry_reregister(registry, source, pause->token, pause->interest);
    }
    /*@ assert source: source_kept{Pre, Here}(source) && source->fd == \at(source->fd, Pre) &&
          \at(registry->slots.count, Pre) == registry->slots.count; */
    //@ assert interest: pause->interest == \at(pause->interest, Pre);
    //@ assert registration: pause->registration == \at(pause->registration, Pre);
    //@ assert token: pause->token == \at(pause->token, Pre);
    /*@ assert others: source->registry == registry ==>
          registrations_kept{Pre, Here}(&registry->slots, source->slot); */
    //@ assert taken: slots_taken_kept{Pre, Here}(&registry->slots, -1);
    //@ assert generations: generations_kept{Pre, Here}(&registry->slots, -1);
    /*@ assert held: status != VIGIL_OK && status != VIGIL_ENOENT ==>
          pause_holds(pause, registry, source); */
    /*@ assert kept: status != VIGIL_OK ==> slots_kept{Pre, Here}(&registry->slots); */
    //@ assert noent: status == VIGIL_ENOENT <==> !\at(pause_holds(pause, registry, source), Pre);
    //@ ghost Told: ;
    conclude(pause, status == VIGIL_OK || status == VIGIL_ENOENT) /*@ ghost (registry, source) */;
    //@ assert source: source_kept{Told, Here}(source) && source->fd == \at(source->fd, Told);
    //@ assert slots: slots_kept{Told, Here}(&registry->slots);
    //@ assert kept: status != VIGIL_OK ==> slots_kept{Pre, Here}(&registry->slots);
    /*@ assert registrations: status != VIGIL_OK ==>
          registrations_kept{Pre, Here}(&registry->slots, -1); */
    /*@ assert list: status != VIGIL_OK ==>
          kernel_same_list{Pre, Here}(registry->selector.epoll, -1); */
    return status;
}

vigil_status vigil_pause_end_if_due(vigil_pause *pause, vigil_registry *registry,
                                    vigil_source *source)
{
    if (!vigil_pause_is_active(pause)
        || vigil_timeout_until(pause->end_ns, vigil_os_now_ns()).ns > 0) {
        return VIGIL_OK;
    }
    return vigil_pause_end(pause, registry, source);
}
