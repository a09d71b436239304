/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_POLL_H
#define VIGIL_POLL_POLL_H

#include "base/status.h"
#include "core/slots.h"
#include "core/timeout.h"
#include "poll/events.h"
#include "poll/registry.h"

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
  requires slots: 0 < slot_count <= VIGIL_SLOTS_MAX ==> \valid(slots + (0 .. slot_count - 1));
  requires apart: \separated(poll, slots + (0 .. slot_count - 1));
  assigns *poll, slots[0 .. slot_count - 1];
  ensures status: status_valid(\result);
  ensures inval: slot_count == 0 || slot_count > VIGIL_SLOTS_MAX ==> \result == VIGIL_EINVAL;
  ensures open: \result == VIGIL_OK ==> poll->registry.slots.count == slot_count &&
    slots_valid(&poll->registry.slots);
*/
VIGIL_CHECKED vigil_status vigil_poll_open(vigil_poll *poll, vigil_slot *slots, size_t slot_count);

/*
 * Closes the poll. Closing one that is closed does nothing.
 *
 * VIGIL_EBUSY  a source is registered, a waker is open, or a thread waits;
 *              nothing has changed
 */
/*@
  requires poll: \valid(poll);
  assigns *poll;
  ensures status: \result == VIGIL_OK || \result == VIGIL_EBUSY;
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
  requires poll: \valid(poll) && \valid(events) && \separated(poll, events);
  requires storage: \valid(events->storage + (0 .. events->capacity - 1));
  assigns *poll, *events, events->storage[0 .. events->capacity - 1],
    poll->registry.slots.array[0 .. poll->registry.slots.count - 1];
  ensures status: status_valid(\result);
  ensures bound: events->count <= events->capacity;
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
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
  requires poll: \valid(poll) && \valid(fd) && \separated(poll, fd);
  assigns *poll, *fd;
  ensures status: status_valid(\result);
*/
VIGIL_CHECKED vigil_status vigil_poll_fd(vigil_poll *poll, vigil_fd *fd);

#endif
