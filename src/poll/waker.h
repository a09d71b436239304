/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKER_H
#define VIGIL_POLL_WAKER_H

#include "base/status.h"
#include "core/token.h"
#include "poll/registry.h"
#include "poll/wake.h"

/*
 * A waker makes a wait return, from any thread and from a signal handler. A
 * poll may have any number of them, each with its token; each takes a slot.
 *
 * A wake is never lost: one that returns before a wait begins, or while it
 * sleeps, makes that wait return with the waker's event, which is readable; one
 * that falls into the last moments of a wait that is returning anyway makes the
 * next one return. Wakes coalesce: however many come, a wait reports a waker
 * once, and only the first of them, if the thread is asleep, costs a system
 * call.
 *
 * A waker stays where it is between open and close. Close it once no thread
 * will wake it any more.
 */
typedef struct vigil_waker {
    vigil_registry *registry; /* null once closed */
    uint32_t slot;
} vigil_waker;

/*@
  predicate waker_closed{L}(vigil_waker *w) = w->registry == \null;

  predicate waker_apart{L}(vigil_waker *w, vigil_registry *r) =
    \valid(w) && \separated(w, r) &&
    (r->slots.count != 0 ==> \separated(w, r->slots.array + (0 .. r->slots.count - 1)));

  // An open waker has a slot, and its wakes are heard.
  predicate waker_valid{L}(vigil_waker *w) = !waker_closed(w) ==>
    waking_valid(w->registry) && waker_apart(w, w->registry) &&
    slot_taken(&w->registry->slots, w->slot) &&
    w->slot / 32 < w->registry->wake.words.value &&
    w->registry->slots.array[w->slot].mask.value == VIGIL_SELECTOR_WOKEN;
*/

/*
 * Opens a waker of the poll that `registry` belongs to. Safe during a wait.
 *
 * VIGIL_ENOSPC                 every slot is taken
 * VIGIL_EBADF                  the poll is closed
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOMEM, VIGIL_ENODEV, VIGIL_EPERM
 *                              the poll's first waker needs an eventfd(2), and
 *                              there is none to be had
 * On failure the waker is closed and nothing else has changed.
 */
/*@
  requires valid: waking_valid(registry) && waker_apart(waker, registry);
  terminates \true; exits \false;
  assigns waker->registry, waker->slot, registry->lock, registry->slots.free_count,
    registry->slots.array[0 .. registry->slots.count - 1].token.value,
    registry->slots.array[0 .. registry->slots.count - 1].mask.value,
    registry->slots.array[0 .. registry->slots.count - 1].occupant,
    registry->slots.array[0 .. registry->slots.count - 1].place,
    registry->wake.words.value, registry->wake.channel.eventfd,
    VIGIL_KERNEL_TABLE, VIGIL_KERNEL_COUNTERS, VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures status: status_valid(\result);
  ensures valid: waking_valid(registry) && waker_apart(waker, registry);
  ensures open: \result == VIGIL_OK ==> waker->registry == registry && waker_valid(waker);
  ensures closed: \result != VIGIL_OK ==> waker_closed(waker) && waker->slot == 0;
  ensures ebadf: \old(registry->slots.count) == 0 ==> \result == VIGIL_EBADF;
  ensures full: \old(registry->slots.count) != 0 && \old(registry->slots.free_count) == 0 ==>
    \result == VIGIL_ENOSPC;
  // Only the first waker of a poll needs anything of the system.
  ensures room: \old(registry->slots.count) != 0 && \old(registry->slots.free_count) != 0 &&
    \old(registry->wake.words.value) != 0 ==> \result == VIGIL_OK;
  ensures token: \result == VIGIL_OK ==>
    registry->slots.array[waker->slot].token.value == token;
  ensures new: \result == VIGIL_OK ==> !slot_taken{Pre}(&registry->slots, waker->slot) &&
    slots_taken_kept{Pre,Post}(&registry->slots, waker->slot) &&
    registry->slots.free_count == \old(registry->slots.free_count) - 1;
  ensures others: registrations_kept{Pre,Post}(&registry->slots, -1) &&
    generations_kept{Pre,Post}(&registry->slots, -1);
  ensures failed: \result != VIGIL_OK ==>
    slots_taken_kept{Pre,Post}(&registry->slots, -1) &&
    registry->slots.free_count == \old(registry->slots.free_count) &&
    registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.channel.eventfd == \old(registry->wake.channel.eventfd);
  ensures failed_kernel: \result != VIGIL_OK || \old(registry->wake.words.value) != 0 ==>
    VIGIL_KERNEL_SAME_TABLE(-1) && VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  // The first one opens the channel, and nothing else.
  ensures channel: \result == VIGIL_OK ==>
    VIGIL_KERNEL_SAME_TABLE(registry->wake.channel.eventfd) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, registry->wake.channel.eventfd);
*/
VIGIL_CHECKED vigil_status vigil_waker_open(vigil_waker *waker, vigil_registry *registry,
                                            vigil_token token);

/*
 * Wakes. What this thread wrote before is seen by the thread that takes the
 * event. Any thread; async-signal-safe (signal-safety(7)): no lock, no
 * allocation, bounded, errno as it was.
 *
 * VIGIL_ENOENT  the waker is closed
 * Any other failure means that the system refused to write an eventfd(2); the
 * wake is noted, and the next wait that begins reports it.
 */
/*@
  requires valid: \valid_read(waker) && waker_valid(waker);
  terminates \true; exits \false;
  assigns waker->registry->slots.array[waker->slot / 32].wakes.value,
    waker->registry->wake.state.value, VIGIL_KERNEL_COUNTERS;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_ENOENT || \result == VIGIL_EWOULDBLOCK;
  ensures valid: waker_valid(waker);
  ensures closed: \result == VIGIL_ENOENT <==> waker_closed(waker);
  ensures noted: !waker_closed(waker) ==> wake_pending(&waker->registry->slots, waker->slot) &&
    wakes_kept{Pre,Post}(&waker->registry->slots, waker->slot);
  // Who sleeps finds the channel readable, so the wait returns.
  ensures signalled: !waker_closed(waker) &&
    (\old(waker->registry->wake.state.value) == VIGIL_WAKE_SLEEP ||
     (\old(waker->registry->wake.state.value) == VIGIL_WAKE_RUN &&
      waker->registry->wake.nested.value != 0)) ==>
    1 <= kernel_counter[waker->registry->wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  // Who is awake, or signalled already, is left alone: wakes coalesce.
  ensures coalesced: !waker_closed(waker) &&
    (\old(waker->registry->wake.state.value) == VIGIL_WAKE_NOTE ||
     (\old(waker->registry->wake.state.value) == VIGIL_WAKE_RUN &&
      waker->registry->wake.nested.value == 0)) ==> \result == VIGIL_OK &&
    kernel_counter[waker->registry->wake.channel.eventfd] ==
      \old(kernel_counter[waker->registry->wake.channel.eventfd]);
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    (!waker_closed(waker) ==> f != waker->registry->wake.channel.eventfd) ==>
      kernel_counter[f] == \old(kernel_counter[f]);
*/
VIGIL_CHECKED vigil_status vigil_waker_wake(const vigil_waker *waker);

/* Closes a waker: no event of it is seen again. Closing one that is closed
 * does nothing. */
/*@
  requires valid: \valid(waker) && waker_valid(waker);
  terminates \true; exits \false;
  assigns waker->registry, waker->slot, waker->registry->lock,
    waker->registry->slots.free_count,
    waker->registry->slots.array[waker->slot].mask.value,
    waker->registry->slots.array[waker->slot].generation.value,
    waker->registry->slots.array[waker->slot / 32].wakes.value,
    waker->registry->slots.array[0 .. waker->registry->slots.count - 1].occupant,
    waker->registry->slots.array[0 .. waker->registry->slots.count - 1].place;
  ensures closed: waker->registry == \null;
  ensures again: \at(waker->registry, Pre) == \null ==> waker->slot == \at(waker->slot, Pre);
  ensures valid: \at(waker->registry, Pre) != \null ==>
    waking_valid(\at(waker->registry, Pre)) && waker_apart(waker, \at(waker->registry, Pre));
  ensures free: \forall vigil_registry *r; r == \at(waker->registry, Pre) && r != \null ==>
    !slot_taken(&r->slots, \at(waker->slot, Pre)) &&
    slots_taken_kept{Pre,Post}(&r->slots, \at(waker->slot, Pre)) &&
    r->slots.free_count == \at(r->slots.free_count, Pre) + 1;
  // No event of it is seen again: its key is over, its wake forgotten.
  ensures over: \forall vigil_registry *r; r == \at(waker->registry, Pre) && r != \null ==>
    (\let before = \at(slot_generation(&r->slots, waker->slot), Pre);
      slot_generation(&r->slots, \at(waker->slot, Pre)) ==
        (before < 4294967295 ? before + 1 : 0)) &&
    r->slots.array[\at(waker->slot, Pre)].mask.value == 0 &&
    !wake_pending(&r->slots, \at(waker->slot, Pre));
  ensures others: \forall vigil_registry *r; r == \at(waker->registry, Pre) && r != \null ==>
    registrations_kept{Pre,Post}(&r->slots, \at(waker->slot, Pre)) &&
    generations_kept{Pre,Post}(&r->slots, \at(waker->slot, Pre)) &&
    wakes_kept{Pre,Post}(&r->slots, \at(waker->slot, Pre));
*/
VIGIL_API void vigil_waker_close(vigil_waker *waker);

#endif
