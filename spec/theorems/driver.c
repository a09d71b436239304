/* SPDX-License-Identifier: MIT */
#include "program_steps.h"

/*
 * T2 and T3, for any program. `p` is one poll, any of those that there are, `X` all
 * sources and `W` all wakers: whatever is registered, reregistered and deregistered,
 * with whichever source, token and interest, with success or without; whatever waits
 * bring and which of their events are taken; whoever wakes; and whatever other polls
 * do with the sources meanwhile,
 *
 *   - a source that is registered with `p` lives in a taken slot, and the
 *     interest list has its descriptor with the key of that slot, asking for
 *     what was last asked for with success (agrees);
 *   - the interest list has nothing else but the channel of the wakers (list);
 *   - no slot is taken by anything else but wakers (slots), each of which is open
 *     (live), and each open waker has its slot (wakers).
 *
 * As `p` is arbitrary and its state at the beginning any that fulfils the
 * conditions, which a poll without registrations does, this holds for every
 * poll of the program at once.
 */

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns PROGRAM_CHANGES;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
*/
static void registering(PROGRAM, int i)
{
    //@ assert selector: selector_valid(&p->registry.selector);
    //@ assert epoll: VIGIL_KERNEL_FD(p->registry.selector.epoll);
    //@ assert slots: p->registry.slots.array == S && p->registry.slots.count <= N;
    int operation = any_int();
    if (operation == 0) {
        (void)program_register(THE_PROGRAM, i, any_token(), any_interest());
    } else if (operation == 1) {
        (void)program_reregister(THE_PROGRAM, i, any_token(), any_interest());
    } else if (operation == 2) {
        (void)program_deregister(THE_PROGRAM, i);
    } else {
        program_elsewhere(THE_PROGRAM, i);
    }
}

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires waker: 0 <= j < m;
    terminates \true; exits \false;
    assigns PROGRAM_CHANGES;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
*/
static void waking(PROGRAM, int j)
{
    if (W[j].registry == &p->registry) {
        //@ assert agrees: waker_agrees(&p->registry, W + j, j);
        /*@ assert slots: p->registry.slots.array == S && p->registry.slots.count <= N &&
              W[j].slot / 32 < N; */
        (void)step_wake(THE_PROGRAM, j);
    }
}

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    terminates \true; exits \false;
    assigns PROGRAM_CHANGES;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
*/
static void acting(PROGRAM)
{
    int i = any_int();
    if (any_int() != 0) {
        if (0 <= i && i < n) {
            registering(THE_PROGRAM, i);
        }
    } else if (0 <= i && i < m) {
        waking(THE_PROGRAM, i);
    }
}

/* clang-format off */
/* A cell that is none of the program's that steps change. */
#define APART(cell)                                                                    \
    \separated(cell, p) && \separated(cell, X + (0 .. n - 1)) &&                      \
    \separated(cell, W + (0 .. m - 1)) && \separated(cell, S + (0 .. N - 1))
/* clang-format on */

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \true; exits \false;
    assigns PROGRAM_CHANGES;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
    ensures storage: events->storage == \old(events->storage) &&
      events->capacity == \old(events->capacity);
*/
static void meanwhile(PROGRAM, vigil_events *events, vigil_event *event)
{
    //@ assert storage_apart: APART(&events->storage);
    //@ assert slots_apart: APART(&events->slots);
    //@ assert capacity_apart: APART(&events->capacity);
    //@ assert count_apart: APART(&events->count);
    //@ assert next_apart: APART(&events->next);
    //@ assert slot_count_apart: APART(&events->slot_count);
    acting(THE_PROGRAM);
    //@ assert storage: events->storage == \at(events->storage, Pre);
    //@ assert of: events->slots == \at(events->slots, Pre);
    //@ assert capacity: events->capacity == \at(events->capacity, Pre);
    //@ assert count: events->count == \at(events->count, Pre);
    //@ assert next: events->next == \at(events->next, Pre);
    //@ assert slot_count: events->slot_count == \at(events->slot_count, Pre);
}

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \true; exits \false;
    assigns PROGRAM_CHANGES, BATCH(events), *event;
    PROGRAM_AFTER
    ensures same_poll: poll_kept{Pre,Post}(&p->registry);
    ensures batch: program_batch(p, X, n, W, m, S, N, events, event);
    ensures storage: events->storage == \old(events->storage) &&
      events->capacity == \old(events->capacity);
*/
static void waiting(PROGRAM, vigil_events *events, vigil_event *event)
{
    if (any_int() == 0) {
        (void)step_wait(THE_PROGRAM, events, event, any_timeout());
    } else {
        (void)step_take(THE_PROGRAM, events, event);
    }
}

/*@ PROGRAM_BEFORE
    requires open: !poll_closed(p);
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \false; exits \false;
    PROGRAM_AFTER
*/
void theorem_agreement(PROGRAM, vigil_events *events, vigil_event *event)
{
    /*@
      loop invariant poll: poll_valid(p);
      loop invariant lent: poll_lent(p, S, N);
      loop invariant agrees: world_agrees(&p->registry, X, n);
      loop invariant list: program_list(p, X, n);
      loop invariant slots: world_slots(&p->registry, X, n);
      loop invariant wakers: wakers_agree(&p->registry, W, m);
      loop invariant live: wakers_live(&p->registry, W, m);
      loop invariant open: !poll_closed(p);
      loop invariant batch: program_batch(p, X, n, W, m, S, N, events, event);
      loop invariant storage: events->storage == \at(events->storage, Pre) &&
        events->capacity == \at(events->capacity, Pre);
      loop assigns PROGRAM_CHANGES, BATCH(events), *event;
    */
    while (any_int() != 0) {
        if (any_int() != 0) {
            meanwhile(THE_PROGRAM, events, event);
        } else {
            waiting(THE_PROGRAM, events, event);
        }
    }
}
