/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_REGISTRY_H
#define VIGIL_POLL_REGISTRY_H

#include "base/status.h"
#include "core/interest.h"
#include "core/slots.h"
#include "core/token.h"
#include "os/kernel.h"
#include "os_types.h"
#include "poll/source.h"
#include "selector_state.h"
#include "wake_channel_state.h"

/* Where the wakers of a poll and its waiting thread meet (poll/wake.h). */
typedef struct vigil_wake {
    vigil_atomic_u32 state;  /* run, sleep or note */
    vigil_atomic_u32 nested; /* the poll's descriptor has been handed out */
    vigil_atomic_u32 words;  /* words of wake bits in use; 0 until there is a waker */
    vigil_wake_channel channel;
    bool queued;   /* the channel was signalled for wakes that found no room */
    uint32_t turn; /* the slot that is looked at first for the next wake */
} vigil_wake;

/*
 * A registry: what is registered with a poll, and the way to change it. It is
 * part of its poll; vigil_poll_registry gives it. Registering, reregistering
 * and deregistering are safe from any thread while another one waits, and from
 * several at once for different sources.
 */
typedef struct vigil_registry {
    vigil_selector selector;
    vigil_slots slots;
    vigil_wake wake;
    vigil_mutex lock; /* of the free slots */
} vigil_registry;

/*@
  predicate registry_valid{L}(vigil_registry *r) =
    \valid(r) &&
    (r->slots.count != 0 ==> slots_valid(&r->slots) && selector_valid(&r->selector) &&
      \separated(r, r->slots.array + (0 .. r->slots.count - 1)));

  predicate source_apart{L}(vigil_registry *r, vigil_source *s) =
    \valid(s) && \separated(r, s) &&
    \separated(s, r->slots.array + (0 .. r->slots.count - 1));

  // The epoll lists the descriptor, with this key, for what this mask may report.
  predicate kernel_agrees{L}(integer epoll, integer fd, integer key, integer mask) =
    VIGIL_KERNEL_FD(fd) && kernel_listed[epoll][fd] == 1 && kernel_key[epoll][fd] == key &&
    selector_reportable(kernel_mask[epoll][fd]) == mask;

  logic integer slot_key{L}(vigil_slots *slots, integer s) =
    slot_generation(slots, s) * 4294967296 + s;

  // The slot and the kernel say the same about `s`, which is registered with `r`.
  predicate source_agrees{L}(vigil_registry *r, vigil_source *s) =
    r->slots.count != 0 && slot_taken(&r->slots, s->slot) &&
    kernel_agrees(r->selector.epoll, s->fd, slot_key(&r->slots, s->slot),
                  r->slots.array[s->slot].mask.value);

  predicate source_kept{L1,L2}(vigil_source *s) =
    \at(s->registry, L1) == \at(s->registry, L2) && \at(s->slot, L1) == \at(s->slot, L2);

  // Of the registrations that there were, nothing has changed, `but` aside.
  predicate registrations_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L1) && s != but && slot_taken{L1}(slots, s) ==>
      slot_taken{L2}(slots, s) &&
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2) &&
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2) &&
      \at(slots->array[s].token.value, L1) == \at(slots->array[s].token.value, L2);

  // No generation has turned, `but` aside.
  predicate generations_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L1) && s != but ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2);

  // No wake has come or gone.
  predicate wake_words_kept{L1,L2}(vigil_slots *slots) =
    \forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].wakes.value, L1) == \at(slots->array[s].wakes.value, L2);

  // All that slots are, wakes aside.
  predicate slots_kept{L1,L2}(vigil_slots *slots) =
    \at(slots->array, L1) == \at(slots->array, L2) &&
    \at(slots->count, L1) == \at(slots->count, L2) &&
    \at(slots->free_count, L1) == \at(slots->free_count, L2) &&
    (\forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].generation.value, L1) == \at(slots->array[s].generation.value, L2)) &&
    (\forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].mask.value, L1) == \at(slots->array[s].mask.value, L2)) &&
    (\forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].token.value, L1) == \at(slots->array[s].token.value, L2)) &&
    (\forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].occupant, L1) == \at(slots->array[s].occupant, L2)) &&
    (\forall integer s; 0 <= s < \at(slots->count, L1) ==>
      \at(slots->array[s].place, L1) == \at(slots->array[s].place, L2));

  predicate may_register{L}(vigil_registry *r, vigil_source *s, integer interest) =
    s->registry == \null && interest_valid(interest) && r->slots.count != 0 &&
    r->slots.free_count != 0;
*/

/*@
  // `s` holds an open descriptor that no epoll lists but that of its registry,
  // and what its registry says of it is so.
  predicate source_owns{L}(vigil_source *s) =
    VIGIL_KERNEL_OPEN(s->fd) &&
    (s->registry != \null ==> registry_valid(s->registry) && source_apart(s->registry, s) &&
      source_agrees(s->registry, s)) &&
    (\forall integer e; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
      kernel_kind[e] == VIGIL_KERNEL_EPOLL && kernel_listed[e][s->fd] != 0 ==>
        s->registry != \null && e == s->registry->selector.epoll);
*/

/*@
  // The registration with `r`, whose slots are `slots`, of the source that held
  // `fd` has ended and given back its slot; no other registration, and no other entry, has changed.
  predicate registration_ended{L1,L2}(vigil_registry *r, vigil_slots *slots, integer slot,
                                      integer fd) =
    registry_valid{L2}(r) && !slot_taken{L2}(slots, slot) &&
    registrations_kept{L1,L2}(slots, slot) && slots_taken_kept{L1,L2}(slots, slot) &&
    wake_words_kept{L1,L2}(slots) && kernel_same_list{L1,L2}(\at(r->selector.epoll, L2), fd);
*/

/* clang-format off */
/* What registering may change; of a slot, never its wakes. */
#define VIGIL_REGISTRATIONS(r) \
    (r)->lock, (r)->slots.free_count, (r)->slots.array[0 .. (r)->slots.count - 1]

/* What ending the registration of `s` may change: no slot and no list if it has none. */
#define VIGIL_SLOTS_OF(s) ((s)->registry == \null ? 0 : (s)->registry->slots.count)
#define VIGIL_LISTED_OF(s) ((s)->registry == \null ? 0 : VIGIL_KERNEL_DESCRIPTORS)
#define VIGIL_REGISTRATION_OF(s)                                               \
    (s)->registry->lock, (s)->registry->slots.free_count,                      \
    (s)->registry->slots.array[0 .. VIGIL_SLOTS_OF(s) - 1],                    \
    kernel_listed[(s)->registry->selector.epoll][0 .. VIGIL_LISTED_OF(s) - 1], \
    kernel_mask[(s)->registry->selector.epoll][0 .. VIGIL_LISTED_OF(s) - 1],   \
    kernel_key[(s)->registry->selector.epoll][0 .. VIGIL_LISTED_OF(s) - 1]
/* clang-format on */

/*
 * Starts to watch `source`: what `interest` names is reported with `token`, at
 * once if it is ready already (epoll_ctl(2), EPOLL_CTL_ADD).
 *
 * VIGIL_EEXIST    the source is registered here already
 * VIGIL_EFOREIGN  it is registered with another poll
 * VIGIL_EINVAL    the interest names no readiness or an unknown flag, or the
 *                 descriptor is the poll itself
 * VIGIL_EBADF     the descriptor is not open, or the poll is closed
 * VIGIL_EPERM     the system cannot watch this kind of descriptor
 * VIGIL_ENOSPC    every slot is taken, or the user's limit of watches
 *                 (/proc/sys/fs/epoll/max_user_watches) is reached
 * VIGIL_EEXIST    also: the same descriptor is registered by another source
 * VIGIL_ELOOP     polls nest in a circle, or too deep
 * VIGIL_ENOMEM    the kernel is out of memory
 * On every failure source, registrations and kernel are as they were, and which
 * slots are free. In a free slot nothing has a meaning but its generation, and
 * that is as it was too.
 */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  terminates \true; exits \false;
  assigns source->registry, source->slot, VIGIL_REGISTRATIONS(registry),
    VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures status: status_valid(\result);
  ensures valid: registry_valid(registry);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures others: registrations_kept{Pre,Post}(&registry->slots, -1);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures here: \result == VIGIL_OK ==> \old(may_register(registry, source, interest)) &&
    source->registry == registry && source_agrees(registry, source);
  ensures token: \result == VIGIL_OK ==>
    registry->slots.array[source->slot].token.value == token;
  ensures mask: \result == VIGIL_OK ==> registry->slots.array[source->slot].mask.value ==
    selector_reportable(selector_request(interest));
  ensures new: \result == VIGIL_OK ==> !slot_taken{Pre}(&registry->slots, source->slot) &&
    generations_kept{Pre,Post}(&registry->slots, -1) &&
    slots_taken_kept{Pre,Post}(&registry->slots, source->slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) - 1;
  ensures failed: \result != VIGIL_OK ==> source_kept{Pre,Post}(source);
  ensures failed_kernel: \result != VIGIL_OK ==>
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures failed_slots: \result != VIGIL_OK ==>
    slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1) &&
    registry->slots.free_count == \old(registry->slots.free_count);
  ensures twice: \old(source->registry) == registry ==> \result == VIGIL_EEXIST;
  ensures foreign: \old(source->registry) != \null && \old(source->registry) != registry ==>
    \result == VIGIL_EFOREIGN;
  ensures inval: \old(source->registry) == \null && !interest_valid(interest) ==>
    \result == VIGIL_EINVAL;
  ensures closed: \old(source->registry) == \null && interest_valid(interest) &&
    \old(registry->slots.count) == 0 ==> \result == VIGIL_EBADF;
  ensures full: \old(source->registry) == \null && interest_valid(interest) &&
    \old(registry->slots.count) != 0 && \old(registry->slots.free_count) == 0 ==>
      \result == VIGIL_ENOSPC;
  ensures ebadf: \old(may_register(registry, source, interest)) &&
    !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures eperm: \old(may_register(registry, source, interest)) &&
    VIGIL_KERNEL_IS(source->fd, VIGIL_KERNEL_FILE) ==> \result == VIGIL_EPERM;
  ensures itself: \old(may_register(registry, source, interest)) &&
    source->fd == registry->selector.epoll ==> \result == VIGIL_EINVAL;
  ensures eexist: \forall integer f; \old(may_register(registry, source, interest)) &&
    0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == source->fd &&
    \old(kernel_listed[registry->selector.epoll][f]) != 0 ==>
      \result == VIGIL_EEXIST ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
  ensures errors: \forall integer f; \old(may_register(registry, source, interest)) &&
    0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == source->fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != registry->selector.epoll &&
    \old(kernel_listed[registry->selector.epoll][f]) == 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM || \result == VIGIL_ENOSPC ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
*/
VIGIL_CHECKED vigil_status vigil_registry_register(vigil_registry *registry, vigil_source *source,
                                                   vigil_token token, vigil_interest interest);

/*
 * Replaces token, interest and trigger of a registration at once, arms it
 * again, and reports it if it is ready (epoll_ctl(2), EPOLL_CTL_MOD). An event
 * in hand that the new interest does not ask for is dropped.
 *
 * VIGIL_ENOENT    the source is not registered
 * VIGIL_EFOREIGN  it is registered with another poll
 * VIGIL_EINVAL    the interest names no readiness or an unknown flag
 * VIGIL_EBADF     the descriptor was closed behind the registration; VIGIL_ENOENT or
 *                 VIGIL_EPERM if its number is somebody else's by now
 * On every failure everything is as it was. An event that another
 * thread takes during the call may carry the new token, though the call fails.
 */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  terminates \true; exits \false;
  assigns registry->slots.array[0 .. registry->slots.count - 1].mask.value,
    registry->slots.array[0 .. registry->slots.count - 1].token.value,
    VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures status: status_valid(\result);
  ensures valid: registry_valid(registry);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures others: source->registry == registry ==>
    registrations_kept{Pre,Post}(&registry->slots, source->slot);
  ensures slots: slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures here: \result == VIGIL_OK ==> source->registry == registry &&
    interest_valid(interest) && source_agrees(registry, source);
  ensures token: \result == VIGIL_OK ==>
    registry->slots.array[source->slot].token.value == token;
  ensures mask: \result == VIGIL_OK ==> registry->slots.array[source->slot].mask.value ==
    selector_reportable(selector_request(interest));
  ensures failed: \result != VIGIL_OK ==> slots_kept{Pre,Post}(&registry->slots) &&
    registrations_kept{Pre,Post}(&registry->slots, -1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures noent: source->registry == \null ==> \result == VIGIL_ENOENT;
  ensures foreign: source->registry != \null && source->registry != registry ==>
    \result == VIGIL_EFOREIGN;
  ensures inval: source->registry == registry && !interest_valid(interest) ==>
    \result == VIGIL_EINVAL;
  ensures ebadf: source->registry == registry && interest_valid(interest) &&
    !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures errors: source->registry == registry && interest_valid(interest) &&
    VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_OK || \result == VIGIL_ENOMEM;
*/
VIGIL_CHECKED vigil_status vigil_registry_reregister(vigil_registry *registry, vigil_source *source,
                                                     vigil_token token, vigil_interest interest);

/*
 * Ends a registration (epoll_ctl(2), EPOLL_CTL_DEL). When this returns, no
 * event of it is seen again: not by a later wait, not from the batch in hand,
 * not through a copy of the descriptor. A descriptor that was closed first is
 * deregistered all the same; but not once its number has been registered here
 * again, as the system knows it by the number alone.
 *
 * VIGIL_ENOENT    the source is not registered
 * VIGIL_EFOREIGN  it is registered with another poll
 */
/*@
  requires valid: registry_valid(registry) && source_apart(registry, source);
  requires agrees: source->registry == registry ==> source_agrees(registry, source);
  terminates \true; exits \false;
  assigns source->registry, source->slot, VIGIL_REGISTRATIONS(registry),
    VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_ENOENT || \result == VIGIL_EFOREIGN;
  ensures valid: registry_valid(registry);
  ensures kernel: VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, source->fd);
  ensures over: \old(source->registry) == registry ==> \result == VIGIL_OK;
  ensures noent: \old(source->registry) == \null ==> \result == VIGIL_ENOENT;
  ensures foreign: \old(source->registry) != \null && \old(source->registry) != registry ==>
    \result == VIGIL_EFOREIGN;
  ensures unregistered: \result == VIGIL_OK ==> source->registry == \null && source->slot == 0;
  ensures gone: \result == VIGIL_OK && VIGIL_KERNEL_OPEN(source->fd) ==>
    kernel_listed[registry->selector.epoll][source->fd] == 0;
  ensures free: \result == VIGIL_OK ==> !slot_taken(&registry->slots, \old(source->slot)) &&
    slots_taken_kept{Pre,Post}(&registry->slots, \old(source->slot)) &&
    registry->slots.free_count == \old(registry->slots.free_count) + 1;
  ensures turned: \result == VIGIL_OK ==>
    slot_generation(&registry->slots, \old(source->slot)) ==
      (\old(slot_generation(&registry->slots, source->slot)) + 1) % 4294967296 &&
    generations_kept{Pre,Post}(&registry->slots, \old(source->slot));
  ensures others: \result == VIGIL_OK ==>
    registrations_kept{Pre,Post}(&registry->slots, \old(source->slot));
  ensures wakes: wake_words_kept{Pre,Post}(&registry->slots);
  ensures failed: \result != VIGIL_OK ==> source_kept{Pre,Post}(source) &&
    slots_kept{Pre,Post}(&registry->slots) &&
    registrations_kept{Pre,Post}(&registry->slots, -1) &&
    slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
*/
VIGIL_CHECKED vigil_status vigil_registry_deregister(vigil_registry *registry,
                                                     vigil_source *source);

#endif
