/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKE_H
#define VIGIL_POLL_WAKE_H

#include "poll/events.h"
#include "poll/registry.h"

/*
 * The wake protocol: how any number of wakers and one waiting thread agree,
 * with at most one system call for any number of wakes. Its model, checked
 * exhaustively, is spec/protocols/waker.pml.
 *
 * A waker sets its bit among the slots' wake words, and then looks at one state
 * word. RUN: the thread is awake and will look at the bits before it sleeps.
 * SLEEP: it sleeps, or is about to. NOTE: it sleeps, and somebody has taken it
 * upon himself to signal the channel; whoever turns SLEEP into NOTE does. The
 * thread says SLEEP first and looks at the bits after. So either it sees the
 * bit, or the waker sees that it sleeps.
 *
 * Where the poll's descriptor has been handed out, to be watched by another
 * loop, nobody may come to look at the bits: a wake in RUN turns it into NOTE
 * and signals too.
 */
#define VIGIL_WAKE_RUN UINT32_C(0)
#define VIGIL_WAKE_SLEEP UINT32_C(1)
#define VIGIL_WAKE_NOTE UINT32_C(2)

/* The key of the channel's own report. It names no slot, so no event is ever
 * decoded from it. */
#define VIGIL_WAKE_KEY UINT64_MAX

/*@
  predicate bit_set(integer bits, integer i) = (bits & (1 << i)) != 0;

  // A wake of slot `s` has come and has not been taken.
  predicate wake_pending{L}(vigil_slots *slots, integer s) =
    bit_set(slots->array[s / 32].wakes.value, s % 32);

  // Wakes are of slots that there are, and in words that are looked at.
  predicate wakes_valid{L}(vigil_slots *slots, integer words) =
    (\forall integer w, b; 0 <= w < words && 0 <= b < 32 &&
      bit_set(slots->array[w].wakes.value, b) ==> 32 * w + b < slots->count) &&
    (\forall integer w; words <= w < slots->count ==> slots->array[w].wakes.value == 0);

  // The channel is open once there has been a waker, and reports under its own key.
  predicate channel_valid{L}(vigil_wake *wake, integer epoll) =
    (wake->words.value == 0 <==> wake->channel.eventfd == VIGIL_FD_NONE) &&
    (wake->words.value != 0 ==> wake_channel_valid(&wake->channel, epoll) &&
      VIGIL_KERNEL_ENTRY(epoll, wake->channel.eventfd, selector_request(VIGIL_READABLE),
                         VIGIL_WAKE_KEY));

  predicate wake_valid{L}(vigil_registry *r) =
    r->wake.state.value <= VIGIL_WAKE_NOTE &&
    32 * r->wake.words.value < r->slots.count + 32 &&
    wakes_valid(&r->slots, r->wake.words.value) &&
    channel_valid(&r->wake, r->selector.epoll);

  // A registry with all that belongs to it; a closed one has no slots.
  predicate waking_valid{L}(vigil_registry *r) =
    registry_valid(r) && (r->slots.count != 0 ==> wake_valid(r));

  // No wake of any slot has come or gone, `but` aside.
  predicate wakes_kept{L1,L2}(vigil_slots *slots, integer but) =
    \forall integer s; 0 <= s < \at(slots->count, L1) && s != but ==>
      (wake_pending{L1}(slots, s) <==> wake_pending{L2}(slots, s));

  // Some wake is pending in the first `words` words.
  predicate any_wake{L}(vigil_slots *slots, integer words) =
    \exists integer w; 0 <= w < words && slots->array[w].wakes.value != 0;

  // A report of a descriptor that the epoll lists: its key, and something that
  // may come of what was asked for.
  predicate report_of_kernel{L}(integer epoll, integer flags, integer key) =
    \exists integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && kernel_listed[epoll][f] == 1 &&
      key == kernel_key[epoll][f] && flags != 0 &&
      (flags & selector_reportable(kernel_mask[epoll][f])) == flags;

  // A report of the waker in slot `s`.
  predicate report_of_waker{L}(vigil_slots *slots, integer s, integer flags, integer key) =
    flags == VIGIL_SELECTOR_WOKEN && slot_current(slots, key, s) &&
    slots->array[s].mask.value == VIGIL_SELECTOR_WOKEN;

  predicate report_known{L}(vigil_registry *r, integer flags, integer key) =
    report_of_kernel(r->selector.epoll, flags, key) ||
    \exists integer s; report_of_waker(&r->slots, s, flags, key);

  // What a wait needs of its batch.
  predicate batch_memory{L}(vigil_registry *r, vigil_events *events) =
    \valid(events) && events->capacity <= VIGIL_EVENTS_MAX &&
    \valid(events->storage + (0 .. events->capacity - 1)) &&
    \separated(r, events, events->storage + (0 .. events->capacity - 1),
               r->slots.array + (0 .. r->slots.count - 1));

  predicate batch_known{L}(vigil_registry *r, vigil_events *events) =
    events->count <= events->capacity &&
    \forall integer i; 0 <= i < events->count ==>
      report_known(r, events->storage[i].flags, events->storage[i].key);
*/

/* clang-format off */
/* What taking wakes may change. */
#define VIGIL_WAKES_TAKEN(r, e)                                           \
    (r)->slots.array[0 .. (r)->slots.count - 1].wakes.value,              \
    (r)->wake.state.value, (r)->wake.queued, (r)->wake.turn,              \
    (e)->count, (e)->storage[0 .. (e)->capacity - 1], VIGIL_KERNEL_COUNTERS
/* clang-format on */

/* No waker yet, and the thread is awake. */
/*@
  requires wake: \valid(wake);
  terminates \true; exits \false;
  assigns *wake;
  ensures awake: wake->state.value == VIGIL_WAKE_RUN && wake->nested.value == 0;
  ensures none: wake->words.value == 0 && wake->channel.eventfd == VIGIL_FD_NONE;
  ensures first: wake->queued == 0 && wake->turn == 0;
*/
void vigil_wake_init(vigil_wake *wake);

/* Makes sure that a waker in `slot` will be heard: opens the channel with the
 * first one. Under the registry's lock. */
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires slot: slot < registry->slots.count;
  terminates \true; exits \false;
  assigns registry->wake.words.value, registry->wake.channel.eventfd, VIGIL_KERNEL_TABLE,
    VIGIL_KERNEL_COUNTERS, VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures status: status_valid(\result);
  ensures valid: waking_valid(registry);
  ensures heard: \result == VIGIL_OK ==> slot / 32 < registry->wake.words.value;
  ensures kept: \result != VIGIL_OK ==>
    registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.channel.eventfd == \old(registry->wake.channel.eventfd);
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_TABLE(-1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures open: \old(registry->wake.words.value) != 0 ==> \result == VIGIL_OK &&
    registry->wake.channel.eventfd == \old(registry->wake.channel.eventfd) &&
    VIGIL_KERNEL_SAME_TABLE(-1) && VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_SAME_TABLE(registry->wake.channel.eventfd) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, registry->wake.channel.eventfd);
  ensures new: \forall integer f; \result == VIGIL_OK && \old(registry->wake.words.value) == 0 &&
    f == registry->wake.channel.eventfd ==> \old(kernel_kind[f]) == VIGIL_KERNEL_CLOSED;
*/
vigil_status vigil_wake_enrol(vigil_registry *registry, uint32_t slot);

/* For the wakers. */
/*@
  requires valid: waking_valid(registry) && slot < registry->slots.count;
  requires heard: slot / 32 < registry->wake.words.value;
  terminates \true; exits \false;
  assigns registry->slots.array[slot / 32].wakes.value, registry->wake.state.value,
    kernel_counter[registry->wake.channel.eventfd];
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  ensures valid: waking_valid(registry);
  ensures noted: wake_pending(&registry->slots, slot);
  ensures others: wakes_kept{Pre,Post}(&registry->slots, slot);
  // Who sleeps, or is watched by another loop, is signalled; who runs is not.
  ensures sleeping: \old(registry->wake.state.value) == VIGIL_WAKE_SLEEP ==>
    1 <= kernel_counter[registry->wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  ensures nested: \old(registry->wake.state.value) == VIGIL_WAKE_RUN &&
    registry->wake.nested.value != 0 ==>
    1 <= kernel_counter[registry->wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  ensures claimed: kernel_counter[registry->wake.channel.eventfd] !=
    \old(kernel_counter[registry->wake.channel.eventfd]) && \result == VIGIL_OK ==>
      \old(registry->wake.state.value) != VIGIL_WAKE_NOTE &&
      registry->wake.state.value == VIGIL_WAKE_NOTE;
  ensures quiet: \old(registry->wake.state.value) == VIGIL_WAKE_NOTE ||
    (\old(registry->wake.state.value) == VIGIL_WAKE_RUN && registry->wake.nested.value == 0) ==>
      \result == VIGIL_OK &&
      registry->wake.state.value == \old(registry->wake.state.value) &&
      kernel_counter[registry->wake.channel.eventfd] ==
        \old(kernel_counter[registry->wake.channel.eventfd]);
*/
vigil_status vigil_wake_raise(vigil_registry *registry, uint32_t slot);
/*@
  requires valid: waking_valid(registry) && slot < registry->slots.count;
  terminates \true; exits \false;
  assigns registry->slots.array[slot / 32].wakes.value;
  ensures valid: waking_valid(registry);
  ensures forgotten: !wake_pending(&registry->slots, slot);
  ensures others: wakes_kept{Pre,Post}(&registry->slots, slot);
*/
void vigil_wake_forget(vigil_registry *registry, uint32_t slot);

/* From here on a wake makes the poll's descriptor readable. */
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  terminates \true; exits \false;
  assigns registry->wake.state.value, registry->wake.nested.value, VIGIL_KERNEL_COUNTERS;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  ensures valid: waking_valid(registry);
  ensures nested: registry->wake.nested.value == 1;
  ensures readable: any_wake(&registry->slots, registry->wake.words.value) ==>
    1 <= kernel_counter[registry->wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  ensures quiet: !any_wake(&registry->slots, registry->wake.words.value) ==> \result == VIGIL_OK;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != registry->wake.channel.eventfd ==> kernel_counter[f] == \old(kernel_counter[f]);
*/
vigil_status vigil_wake_nest(vigil_registry *registry);

/* For the waiting thread, once there are wakers: `words` is not 0. `prepare` is
 * called before a wait that would block, and answers whether it may; `finish`
 * after any wait, to take the wakes that came: it puts an event for each behind
 * those in `events`. */
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires wakers: registry->wake.words.value != 0;
  terminates \true; exits \false;
  assigns registry->wake.state.value;
  ensures valid: waking_valid(registry);
  ensures pending: \result <==> !any_wake(&registry->slots, registry->wake.words.value);
  ensures sleeps: \result ==> registry->wake.state.value == VIGIL_WAKE_SLEEP;
  ensures awake: !\result ==> registry->wake.state.value == VIGIL_WAKE_RUN ||
    registry->wake.state.value == \old(registry->wake.state.value);
*/
bool vigil_wake_prepare(vigil_registry *registry);
/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires wakers: registry->wake.words.value != 0;
  requires batch: batch_memory(registry, events) && batch_known(registry, events);
  terminates \true; exits \false;
  assigns VIGIL_WAKES_TAKEN(registry, events);
  ensures valid: waking_valid(registry);
  ensures batch: batch_known(registry, events);
  ensures awake: prepared || registry->wake.nested.value != 0 ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
  ensures as_it_was: !prepared && registry->wake.nested.value == 0 ==>
    registry->wake.state.value == \old(registry->wake.state.value);
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != registry->wake.channel.eventfd ==> kernel_counter[f] == \old(kernel_counter[f]);
*/
void vigil_wake_finish(vigil_registry *registry, vigil_events *events, bool prepared);

#endif
