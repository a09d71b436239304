/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "core/timeout_rules.h"
#include "os/clock.h"
#include "poll/events_current_inline.h"
#include "poll/wake.h"
#include "poll/waker_rules.h"
#include "sys/selector.h"

/* A mark such as W13 names a step of spec/protocols/waker.pml. */

/*@
  // What a turn of a wait needs, and leaves.
  predicate may_turn{L}(vigil_registry *r, vigil_events *events) =
    waking_valid(r) && r->slots.count != 0 && batch_memory(r, events) &&
    events->capacity != 0 && events->next == 0 && events->slots == r->slots.array &&
    events->slot_count == r->slots.count;

  predicate any_current{L}(vigil_events *events) =
    \exists integer i; 0 <= i < events->count && report_current(events, i);
*/

/* clang-format off */
#define TURN_CHANGES(r, e) \
    (r)->selector.coarse, VIGIL_WAKES_TAKEN(r, e), VIGIL_KERNEL_BATCH
/* clang-format on */

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns registry->selector.coarse, events->count, events->storage[0 .. events->capacity - 1],
    VIGIL_KERNEL_BATCH;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures known: batch_known(registry, events);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures wake: registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.state.value == \old(registry->wake.state.value);
*/
/* Asks the kernel, and nobody else. */
static inline vigil_status ask_kernel(vigil_registry *registry, vigil_events *events,
                                      vigil_timeout timeout)
{
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    vigil_status status = vigil_selector_wait(&registry->selector, events->storage,
                                              events->capacity, timeout, &events->count);
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    //@ assert words: registry->wake.words.value == \at(registry->wake.words.value, Pre);
    //@ assert state: registry->wake.state.value == \at(registry->wake.state.value, Pre);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert waking: waking_valid(registry);
    //@ assert batch: batch_memory(registry, events);
    //@ assert reported: selector_reports(&registry->selector, events->storage, events->count);
    /*@ assert by_index: \forall integer i; 0 <= i < events->count ==>
          VIGIL_KERNEL_FD(kernel_reported[i]) &&
          kernel_listed[registry->selector.epoll][kernel_reported[i]] == 1 &&
          events->storage[i].key == kernel_key[registry->selector.epoll][kernel_reported[i]] &&
          events->storage[i].flags != 0 &&
          (events->storage[i].flags & selector_reportable(
            kernel_mask[registry->selector.epoll][kernel_reported[i]])) ==
              events->storage[i].flags; */
    /*@ assert by_descriptor: \forall integer i; 0 <= i < events->count ==>
          report_of_descriptor(registry->selector.epoll, kernel_reported[i],
                               events->storage[i].flags, events->storage[i].key); */
    /*@ assert reports: \forall integer i; 0 <= i < events->count ==>
          report_of_kernel(registry->selector.epoll, events->storage[i].flags,
                           events->storage[i].key); */
    return status;
}

/*@
  requires turning: may_turn(registry, events) && registry->wake.words.value != 0;
  requires known: batch_known(registry, events);
  terminates \true; exits \false;
  assigns VIGIL_WAKES_TAKEN(registry, events);
  ensures turning: may_turn(registry, events);
  ensures known: batch_known(registry, events);
  ensures awake: prepared ==> registry->wake.state.value == VIGIL_WAKE_RUN;
  ensures still_awake: \old(registry->wake.state.value) == VIGIL_WAKE_RUN ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
*/
/* Takes the wakes that came, and rises. */
static inline void ask_wakers(vigil_registry *registry, vigil_events *events, bool prepared)
{
    /*@ assert apart: \forall integer i; 0 <= i < registry->slots.count ==>
          &registry->slots.count != &registry->slots.array[i].wakes.value &&
          &events->capacity != &registry->slots.array[i].wakes.value &&
          &events->next != &registry->slots.array[i].wakes.value &&
          &events->slot_count != &registry->slots.array[i].wakes.value; */
    vigil_wake_finish(registry, events, prepared);
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    /*@ assert batch: events->capacity == \at(events->capacity, Pre) && events->next == 0 &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert memory: batch_memory(registry, events);
}

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns TURN_CHANGES(registry, events);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures known: batch_known(registry, events);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures awake: \old(registry->wake.state.value) == VIGIL_WAKE_RUN ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
*/
/* Asks the kernel once, and then the wakers, if there are any. An interrupted
 * wait that brings a wake is a wait that brings a wake: the handler may have
 * been the waker. */
static inline vigil_status turn(vigil_registry *registry, vigil_events *events,
                                vigil_timeout timeout)
{
    bool prepared = timeout.ns != 0;
    if (prepared && vigil_atomic_load(&registry->wake.words) != 0) { /* W37 */
        prepared = vigil_wake_prepare(registry);
        timeout.ns = prepared ? timeout.ns : 0;
    }
    vigil_status status = ask_kernel(registry, events, timeout); /* W38 */
    if (vigil_atomic_load(&registry->wake.words) == 0) {         /* W39 */
        return status;
    }
    ask_wakers(registry, events, prepared);
    return events->count > 0 ? VIGIL_OK : status;
}

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns TURN_CHANGES(registry, events);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures known: batch_known(registry, events);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures awake: \old(registry->wake.state.value) == VIGIL_WAKE_RUN ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
*/
/* The first turn of a wait. One that has an end begins by looking, as a finite
 * timeout costs the kernel a timer even if something is ready, more than it
 * costs to look. */
static inline vigil_status first_turn(vigil_registry *registry, vigil_events *events,
                                      vigil_timeout timeout)
{
    bool endless = timeout.ns == VIGIL_FOREVER_NS;
    return turn(registry, events, (vigil_timeout){endless ? VIGIL_FOREVER_NS : 0});
}

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns TURN_CHANGES(registry, events), events->next, kernel_time;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures known: batch_known(registry, events);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures awake: \old(registry->wake.state.value) == VIGIL_WAKE_RUN ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
  ensures never_early: \result == VIGIL_OK && !any_current(events) ==>
    timeout.ns != VIGIL_FOREVER_NS &&
    finite_ns(\old(kernel_time) + timeout.ns) <= kernel_time;
*/
/* Sleeps until there is an event, or the deadline has passed. A turn may end
 * with neither: the kernel cannot count so far, or reported what is dead. Dead
 * reports may have taken the room of live ones, so after those even a wait
 * whose time is over looks once more. */
VIGIL_RARE static vigil_status sleep_on(vigil_registry *registry, vigil_events *events,
                                        vigil_timeout timeout)
{
    bool endless = timeout.ns == VIGIL_FOREVER_NS;
    uint64_t deadline_ns = endless ? 0 : vigil_timeout_deadline(timeout, vigil_os_now_ns());
    vigil_timeout left = timeout;
    /*@
      loop invariant range: 0 <= turns <= VIGIL_RESLEEPS_MAX;
      loop invariant first: turns == 0 ==> left == timeout;
      loop invariant empty: turns > 0 ==> events->count == 0;
      loop invariant turning: may_turn(registry, events);
      loop invariant awake: \at(registry->wake.state.value, Pre) == VIGIL_WAKE_RUN ==>
        registry->wake.state.value == VIGIL_WAKE_RUN;
      loop invariant endless: endless ==> left.ns == VIGIL_FOREVER_NS;
      loop invariant time: \at(kernel_time, Pre) <= kernel_time;
      loop invariant over: turns > 0 && left.ns == 0 ==> deadline_ns <= kernel_time;
      loop assigns turns, left, TURN_CHANGES(registry, events), events->next, kernel_time;
      loop variant VIGIL_RESLEEPS_MAX - turns;
    */
    for (uint32_t turns = 0; turns < VIGIL_RESLEEPS_MAX; turns++) {
        vigil_status status = turn(registry, events, left);
        if (status != VIGIL_OK || vigil_events_any_current(events)) {
            return status;
        }
        bool silent = events->count == 0;
        vigil_events_clear(events);
        if (!endless) {
            left = vigil_timeout_until(deadline_ns, vigil_os_now_ns());
        }
        if (silent && left.ns == 0) {
            return VIGIL_OK;
        }
    }
    return left.ns == 0 ? VIGIL_OK : VIGIL_EINTR;
}

/*@
  requires valid: \valid_read(events) && events_valid((vigil_events *)events) && events->next == 0;
  terminates \true; exits \false;
  assigns \result \from status, timeout, *events, events->storage[0 .. events->capacity - 1],
    events->slots[0 .. events->slot_count - 1];
  ensures settled: \result <==> status != VIGIL_OK ||
    (timeout.ns == 0 && events->count == 0) || any_current((vigil_events *)events);
*/
/* Whether the first turn settled the wait. The first report is nearly always an
 * event; where it is not, the others are looked at. */
static inline bool is_settled(const vigil_events *events, vigil_status status,
                              vigil_timeout timeout)
{
    if (events->count > 0 && vigil_events_is_current(events, 0)) {
        return true;
    }
    bool in_vain = timeout.ns == 0 && events->count == 0;
    return status != VIGIL_OK || in_vain || vigil_events_any_current(events);
}

vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events, vigil_timeout timeout)
{
    vigil_registry *registry = &poll->registry;
    events->count = 0;
    events->next = 0;
    if (events->capacity == 0) {
        return VIGIL_EINVAL;
    }
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    if (vigil_atomic_load(&poll->waiting) != 0) {
        return VIGIL_EBUSY;
    }
    vigil_atomic_store(&poll->waiting, 1);
    events->slots = registry->slots.array;
    events->slot_count = registry->slots.count;
    vigil_status status = first_turn(registry, events, timeout);
    //@ assert turning: may_turn(registry, events);
    if (!is_settled(events, status, timeout)) {
        status = sleep_on(registry, events, timeout);
    }
    vigil_atomic_store(&poll->waiting, 0);
    return status;
}
