/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_REGISTRY_H
#define VIGIL_POLL_REGISTRY_H

#include "base/status.h"
#include "core/interest.h"
#include "core/slots.h"
#include "core/token.h"
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
  predicate registry_memory(vigil_registry *r, vigil_source *s) =
    \valid(r) && \valid(s) && \separated(r, s) &&
    (r->slots.count != 0 ==> slots_valid(&r->slots));
*/

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
 * On every failure source, slots and kernel are as they were.
 */
/*@
  requires memory: registry_memory(registry, source);
  assigns *source, *registry, registry->slots.array[0 .. registry->slots.count - 1];
  ensures status: status_valid(\result);
  ensures here: \result == VIGIL_OK ==> source->registry == registry;
  ensures kept: \result != VIGIL_OK ==> source->registry == \old(source->registry) &&
    source->slot == \old(source->slot);
  ensures twice: \old(source->registry) == registry ==> \result == VIGIL_EEXIST;
  ensures foreign: \old(source->registry) != \null && \old(source->registry) != registry ==>
    \result == VIGIL_EFOREIGN;
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
 * VIGIL_EBADF     the descriptor was closed behind the registration
 * On every failure everything is as it was.
 */
/*@
  requires memory: registry_memory(registry, source);
  assigns registry->slots.array[0 .. registry->slots.count - 1];
  ensures status: status_valid(\result);
  ensures noent: source->registry == \null ==> \result == VIGIL_ENOENT;
  ensures foreign: source->registry != \null && source->registry != registry ==>
    \result == VIGIL_EFOREIGN;
*/
VIGIL_CHECKED vigil_status vigil_registry_reregister(vigil_registry *registry, vigil_source *source,
                                                     vigil_token token, vigil_interest interest);

/*
 * Ends a registration (epoll_ctl(2), EPOLL_CTL_DEL). When this returns, no
 * event of it is seen again: not by a later wait, not from the batch in hand,
 * not through a copy of the descriptor. A descriptor that was closed first is
 * deregistered all the same.
 *
 * VIGIL_ENOENT    the source is not registered
 * VIGIL_EFOREIGN  it is registered with another poll
 */
/*@
  requires memory: registry_memory(registry, source);
  assigns *source, *registry, registry->slots.array[0 .. registry->slots.count - 1];
  ensures status: status_valid(\result);
  ensures over: \result == VIGIL_OK ==> source->registry == \null;
  ensures noent: \old(source->registry) == \null ==> \result == VIGIL_ENOENT;
  ensures foreign: \old(source->registry) != \null && \old(source->registry) != registry ==>
    \result == VIGIL_EFOREIGN;
*/
VIGIL_CHECKED vigil_status vigil_registry_deregister(vigil_registry *registry,
                                                     vigil_source *source);

#endif
