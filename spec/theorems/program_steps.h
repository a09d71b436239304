/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_THEOREMS_PROGRAM_STEPS_H
#define VIGIL_SPEC_THEOREMS_PROGRAM_STEPS_H

#include "program.h"
#include "steps.h"

/*@
  // A batch that may be waited with, and lies apart from all else.
  predicate program_batch{L}(vigil_poll *p, vigil_source *X, integer n, vigil_waker *W,
                             integer m, vigil_slot *S, integer N, vigil_events *events,
                             vigil_event *event) =
    \valid(events) && \valid(event) && events_valid(events) &&
    \separated(p, X + (0 .. n - 1), W + (0 .. m - 1), S + (0 .. N - 1), events, event,
               events->storage + (0 .. events->capacity - 1)) &&
    \separated(event, events, events->storage + (0 .. events->capacity - 1),
               events->slots + (0 .. events->slot_count - 1));
*/

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
vigil_timeout any_timeout(void);

/* clang-format off */
#define BATCH(e) *(e), (e)->storage[0 .. (e)->capacity - 1]
/* clang-format on */

/* Waits. Whatever a wait answers, it has changed no registration and no waker. */
/*@ PROGRAM_BEFORE
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \true; exits \false;
    assigns *p, S[0 .. N - 1], BATCH(events), VIGIL_KERNEL_BATCH, VIGIL_KERNEL_COUNTERS,
      kernel_time;
    PROGRAM_AFTER
    ensures kept: program_kept{Pre,Post}(p, X, n, W, m);
    ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
    ensures storage: events->storage == \old(events->storage) &&
      events->capacity == \old(events->capacity);
*/
vigil_status step_wait(PROGRAM, vigil_events *events, vigil_event *event, vigil_timeout timeout);

/* Takes the next event. */
/*@ PROGRAM_BEFORE
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \true; exits \false;
    assigns *event, events->next;
    PROGRAM_AFTER
    ensures kept: program_kept{Pre,Post}(p, X, n, W, m);
    ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
    ensures storage: events->storage == \old(events->storage) &&
      events->capacity == \old(events->capacity);
*/
bool step_take(PROGRAM, vigil_events *events, vigil_event *event);

/* Wakes with one of the poll's wakers. Whatever that answers, no registration and no
 * waker has changed. */
/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires waker: 0 <= j < m && W[j].registry == &p->registry;
    terminates \true; exits \false;
    assigns p->registry.slots.array[W[j].slot / 32].wakes.value, p->registry.wake.state.value,
      VIGIL_KERNEL_COUNTERS;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures kept: program_kept{Pre,Post}(p, X, n, W, m);
*/
vigil_status step_wake(PROGRAM, int j);

/* Those of steps.h. */
/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(&p->registry),
      VIGIL_KERNEL_LIST(p->registry.selector.epoll), LEDGER;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures failed: \result != VIGIL_OK ==> program_kept{Pre,Post}(p, X, n, W, m);
*/
vigil_status program_register(PROGRAM, int i, vigil_token token, vigil_interest interest);

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns VIGIL_REGISTRATIONS(&p->registry), VIGIL_KERNEL_LIST(p->registry.selector.epoll),
      LEDGER;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures failed: \result != VIGIL_OK ==> program_kept{Pre,Post}(p, X, n, W, m);
*/
vigil_status program_reregister(PROGRAM, int i, vigil_token token, vigil_interest interest);

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(&p->registry),
      VIGIL_KERNEL_LIST(p->registry.selector.epoll), LEDGER;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures failed: \result != VIGIL_OK ==> program_kept{Pre,Post}(p, X, n, W, m);
*/
vigil_status program_deregister(PROGRAM, int i);

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
*/
void program_elsewhere(PROGRAM, int i);

#endif
