/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKER_H
#define VIGIL_POLL_WAKER_H

#include "base/status.h"
#include "core/token.h"
#include "poll/registry.h"

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
  requires memory: \valid(waker) && \valid(registry) && \separated(waker, registry);
  assigns *waker, *registry, registry->slots.array[0 .. registry->slots.count - 1];
  ensures status: status_valid(\result);
  ensures open: \result == VIGIL_OK ==> waker->registry == registry;
  ensures closed: \result != VIGIL_OK ==> waker->registry == \null;
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
  requires memory: \valid_read(waker);
  assigns *waker->registry,
    waker->registry->slots.array[0 .. waker->registry->slots.count - 1];
  ensures status: status_valid(\result);
  ensures closed: waker->registry == \null ==> \result == VIGIL_ENOENT;
*/
VIGIL_CHECKED vigil_status vigil_waker_wake(const vigil_waker *waker);

/* Closes a waker: no event of it is seen again. Closing one that is closed
 * does nothing. */
/*@
  requires memory: \valid(waker);
  assigns *waker, *waker->registry,
    waker->registry->slots.array[0 .. waker->registry->slots.count - 1];
  ensures closed: waker->registry == \null;
*/
VIGIL_API void vigil_waker_close(vigil_waker *waker);

#endif
