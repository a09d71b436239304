/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_POLL_H
#define VIGIL_POLL_POLL_H

#include "base/status.h"
#include "core/slots.h"
#include "core/timeout.h"
#include "poll/events.h"
#include "poll/registry.h"
#include "poll/wake.h"

#include <stddef.h>

/*
 * A poll waits for many sources at once. The caller owns the struct and lends
 * the slots, one for each registration and each waker; neither moves between
 * open and close. One thread waits at a time; every other thread may register,
 * reregister, deregister and wake meanwhile.
 */
typedef struct vigil_poll {
    vigil_registry registry;
    vigil_atomic_u32 waiting; /* 1 while a thread is in vigil_poll_wait */
} vigil_poll;

/*@
  predicate poll_closed{L}(vigil_poll *p) = p->registry.slots.count == 0;

  predicate poll_valid{L}(vigil_poll *p) =
    \valid(p) && waking_valid(&p->registry) &&
    (!poll_closed(p) ==>
      \separated(p, p->registry.slots.array + (0 .. p->registry.slots.count - 1)));

  // What stands in the way of closing: a source, a waker, a thread that waits.
  predicate poll_in_use{L}(vigil_poll *p) = !poll_closed(p) &&
    (p->registry.slots.free_count < p->registry.slots.count || p->waiting.value != 0);

  // The descriptors that an open poll holds.
  predicate poll_holds{L}(vigil_poll *p, integer f) = !poll_closed(p) &&
    (f == p->registry.selector.epoll ||
     (p->registry.wake.words.value != 0 && f == p->registry.wake.channel.eventfd));

  // The wakes and the thread that waits, as they were.
  predicate poll_quiet{L1,L2}(vigil_poll *p) =
    \at(p->waiting.value, L1) == \at(p->waiting.value, L2) &&
    \at(p->registry.wake.state.value, L1) == \at(p->registry.wake.state.value, L2) &&
    \at(p->registry.wake.queued, L1) == \at(p->registry.wake.queued, L2) &&
    \at(p->registry.wake.turn, L1) == \at(p->registry.wake.turn, L2) &&
    (\forall integer w; 0 <= w < \at(p->registry.slots.count, L1) ==>
      \at(p->registry.slots.array[w].wakes.value, L1) ==
        \at(p->registry.slots.array[w].wakes.value, L2)) &&
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
      \at(kernel_counter[f], L1) == \at(kernel_counter[f], L2));
*/

/*
 * Opens a poll over `slot_count` lent slots. It holds one descriptor, and one
 * more from its first waker on; both are close-on-exec.
 *
 * Slots that were lent to an earlier poll start over: clear the batches it has
 * filled before they are read again.
 *
 * VIGIL_EINVAL  `slot_count` is 0 or beyond VIGIL_SLOTS_MAX
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOMEM
 *               no epoll instance is to be had (epoll_create(2))
 * On failure the poll is closed.
 */
/*@
  requires poll: \valid(poll);
  requires slots: 0 < slot_count <= VIGIL_SLOTS_MAX ==>
    \valid(slots + (0 .. slot_count - 1)) && \separated(poll, slots + (0 .. slot_count - 1));
  terminates \true; exits \false;
  assigns *poll, slots[0 .. slot_count - 1], VIGIL_KERNEL_TABLE, VIGIL_KERNEL_LISTS;
  ensures status: status_valid(\result);
  ensures valid: poll_valid(poll);
  ensures inval: slot_count == 0 || slot_count > VIGIL_SLOTS_MAX ==> \result == VIGIL_EINVAL;
  ensures failed: \result != VIGIL_OK ==> poll_closed(poll) && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures lent: \result == VIGIL_OK ==>
    poll->registry.slots.array == slots && poll->registry.slots.count == slot_count;
  ensures opened: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(poll->registry.selector.epoll, VIGIL_KERNEL_EPOLL) &&
    VIGIL_KERNEL_EMPTY_LIST(poll->registry.selector.epoll);
  ensures lists: \forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
    0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    (\result == VIGIL_OK ==> e != poll->registry.selector.epoll) ==>
      \old(kernel_kind[e]) == VIGIL_KERNEL_EPOLL ==>
        kernel_listed[e][f] == \old(kernel_listed[e][f]);
  ensures free: \result == VIGIL_OK ==> poll->registry.slots.free_count == slot_count &&
    poll->waiting.value == 0;
  ensures fresh: \result == VIGIL_OK ==> \forall integer s; 0 <= s < slot_count ==>
    slots[s].generation.value == 0 && slots[s].mask.value == 0 &&
    slots[s].token.value == 0 && slots[s].wakes.value == 0;
  ensures no_waker: \result == VIGIL_OK ==> poll->registry.wake.words.value == 0 &&
    poll->registry.wake.nested.value == 0 &&
    poll->registry.wake.state.value == VIGIL_WAKE_RUN;
*/
VIGIL_CHECKED vigil_status vigil_poll_open(vigil_poll *poll, vigil_slot *slots, size_t slot_count);

/*
 * Closes the poll. Closing one that is closed does nothing.
 *
 * VIGIL_EBUSY  a source is registered, a waker is open, or a thread waits;
 *              nothing has changed
 */
/*@
  requires valid: poll_valid(poll);
  // No other poll watches this one.
  requires deregistered: !poll_closed(poll) ==>
    VIGIL_KERNEL_UNLISTED(poll->registry.selector.epoll);
  terminates \true; exits \false;
  assigns poll->registry.selector.epoll, poll->registry.wake.channel.eventfd,
    poll->registry.lock, poll->registry.slots,
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures valid: poll_valid(poll);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBUSY;
  ensures busy: \result == VIGIL_EBUSY <==> \old(poll_in_use(poll));
  ensures closed: \result == VIGIL_OK ==> poll_closed(poll);
  ensures kept: \result == VIGIL_EBUSY ==>
    poll->registry.selector.epoll == \old(poll->registry.selector.epoll) &&
    poll->registry.wake.channel.eventfd == \old(poll->registry.wake.channel.eventfd) &&
    poll->registry.slots.array == \old(poll->registry.slots.array) &&
    poll->registry.slots.count == \old(poll->registry.slots.count) &&
    poll->registry.slots.free_count == \old(poll->registry.slots.free_count);
  ensures given_back: \result == VIGIL_OK ==> \forall integer f;
    0 <= f < VIGIL_KERNEL_DESCRIPTORS && \old(poll_holds(poll, f)) ==>
      kernel_kind[f] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    (\result == VIGIL_EBUSY || !\old(poll_holds(poll, f))) ==>
      kernel_kind[f] == \old(kernel_kind[f]);
*/
VIGIL_CHECKED vigil_status vigil_poll_close(vigil_poll *poll);

/* The registry of the poll; lives as long as the poll does. */
/*@
  requires poll: \valid(poll);
  terminates \true; exits \false;
  assigns \result \from poll;
  ensures part: \result == &poll->registry;
*/
VIGIL_API vigil_registry *vigil_poll_registry(vigil_poll *poll);

/*
 * Forgets what is left in `events`, waits until something is ready or `timeout`
 * has passed, and fills `events` with up to their capacity. VIGIL_OK without
 * an event means that the timeout has passed, or that another thread ended the
 * registration before its event was taken. A timeout never fires early, and one
 * longer than the system can count is waited out in pieces.
 *
 * A ready source is reported within ceil(ready / capacity) waits; the wakers
 * of a poll queue as one source, from the first wait on that had no room left
 * for them, and take turns among themselves.
 *
 * VIGIL_EINTR   a signal handler ran, and nothing was ready; or the system
 *               reported VIGIL_RESLEEPS_MAX times what is no event, as it does
 *               without end for a level-triggered descriptor that was closed
 *               before it was deregistered while a copy of it is open
 * VIGIL_EINVAL  `events` has no capacity
 * VIGIL_EBUSY   another thread waits here; one that begins at the very same
 *               moment may not be noticed, so this is no lock
 * VIGIL_EBADF   the poll is closed
 */
/*@
  requires valid: poll_valid(poll);
  requires batch: batch_memory(&poll->registry, events);
  requires apart: \separated(poll, events, events->storage + (0 .. events->capacity - 1));
  terminates \true; exits \false;
  assigns poll->waiting.value, poll->registry.selector.coarse, events->next, events->slots,
    events->slot_count, VIGIL_WAKES_TAKEN(&poll->registry, events), VIGIL_KERNEL_BATCH,
    kernel_time;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR || \result == VIGIL_EINVAL ||
    \result == VIGIL_EBADF || \result == VIGIL_EBUSY;
  ensures inval: \result == VIGIL_EINVAL <==> events->capacity == 0;
  ensures ebadf: \result == VIGIL_EBADF <==> events->capacity != 0 && poll_closed(poll);
  ensures ebusy: \result == VIGIL_EBUSY <==> events->capacity != 0 && !poll_closed(poll) &&
    \old(poll->waiting.value) != 0;
  ensures valid: poll_valid(poll);
  ensures bound: events->count <= events->capacity && events->next == 0;
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures refused: \result != VIGIL_OK && \result != VIGIL_EINTR ==> poll_quiet{Pre,Post}(poll) &&
    events->slots == \old(events->slots) && events->slot_count == \old(events->slot_count);
  ensures batch: \result == VIGIL_OK || \result == VIGIL_EINTR ==> events_valid(events) &&
    events->slots == poll->registry.slots.array &&
    events->slot_count == poll->registry.slots.count;
  // Each event is what the kernel says of a descriptor that is registered, or of a waker.
  ensures known: batch_known(&poll->registry, events);
  // Without an event that is current the time has passed, by the clock.
  ensures never_early: \result == VIGIL_OK && timeout.ns != 0 &&
    (\forall integer i; 0 <= i < events->count ==> !report_current(events, i)) ==>
      timeout.ns != VIGIL_FOREVER_NS &&
      finite_ns(\old(kernel_time) + timeout.ns) <= kernel_time;
  ensures awake: \old(poll->registry.wake.state.value) == VIGIL_WAKE_RUN ==>
    poll->registry.wake.state.value == VIGIL_WAKE_RUN;
  ensures ended: poll->waiting.value == \old(poll->waiting.value);
*/
VIGIL_CHECKED vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events,
                                           vigil_timeout timeout);

/*
 * The poll's own descriptor, for another loop to watch: it is readable while
 * an event is to be had from a wait that does not block. From the first call
 * on, every wake makes it readable too; make that call while no thread waits.
 * It stays the poll's; do not close it, and do not wait on it by other means.
 * VIGIL_FD_NONE while the poll is closed.
 *
 * VIGIL_EBADF  the poll is closed
 */
/*@
  requires valid: poll_valid(poll);
  requires fd: \valid(fd) && \separated(fd, poll) &&
    (!poll_closed(poll) ==>
      \separated(fd, poll->registry.slots.array + (0 .. poll->registry.slots.count - 1)));
  terminates \true; exits \false;
  assigns *fd, poll->registry.wake.state.value, poll->registry.wake.nested.value,
    VIGIL_KERNEL_COUNTERS;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF || \result == VIGIL_EWOULDBLOCK;
  ensures ebadf: \result == VIGIL_EBADF <==> poll_closed(poll);
  ensures valid: poll_valid(poll);
  ensures own: \result == VIGIL_OK ==> *fd == poll->registry.selector.epoll;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures quiet: !poll_closed(poll) &&
    !any_wake(&poll->registry.slots, poll->registry.wake.words.value) ==> \result == VIGIL_OK;
  ensures nested: \result == VIGIL_OK ==> poll->registry.wake.nested.value == 1;
  ensures closed: \result == VIGIL_EBADF ==>
    poll->registry.wake.nested.value == \old(poll->registry.wake.nested.value);
  // What is pending already makes the descriptor readable.
  ensures readable: \result == VIGIL_OK &&
    any_wake(&poll->registry.slots, poll->registry.wake.words.value) ==>
      1 <= kernel_counter[poll->registry.wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    (\result == VIGIL_EBADF || f != poll->registry.wake.channel.eventfd) ==>
      kernel_counter[f] == \old(kernel_counter[f]);
*/
VIGIL_CHECKED vigil_status vigil_poll_fd(vigil_poll *poll, vigil_fd *fd);

#endif
