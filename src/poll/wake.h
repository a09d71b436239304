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

void vigil_wake_init(vigil_wake *wake);

/* Makes sure that a waker in `slot` will be heard: opens the channel with the
 * first one. Under the registry's lock. */
vigil_status vigil_wake_enrol(vigil_registry *registry, uint32_t slot);

/* For the wakers. */
vigil_status vigil_wake_raise(vigil_registry *registry, uint32_t slot);
void vigil_wake_forget(vigil_registry *registry, uint32_t slot);

/* From here on a wake makes the poll's descriptor readable. */
vigil_status vigil_wake_nest(vigil_registry *registry);

/* For the waiting thread, once there are wakers: `words` is not 0. `prepare` is
 * called before a wait that would block, and answers whether it may; `finish`
 * after any wait, to take the wakes that came: it puts an event for each behind
 * those in `events`. */
bool vigil_wake_prepare(vigil_registry *registry);
void vigil_wake_finish(vigil_registry *registry, vigil_events *events, bool prepared);

#endif
