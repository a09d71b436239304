/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "core/timeout_rules.h"
#include "os/clock.h"
#include "poll/events_current_inline.h"
#include "poll/wake.h"
#include "poll/wake_rules.h"
#include "poll/waker_rules.h"
#include "sys/selector.h"

/* A mark such as W13 names a step of spec/protocols/waker.pml. */

/*@
  // What a turn of a wait needs, and leaves.
  predicate may_turn{L}(vigil_registry *r, vigil_events *events) =
    waking_valid(r) && r->slots.count != 0 && batch_memory(r, events) &&
    events->capacity != 0 && events->next == 0 && events->slots == r->slots.array &&
    events->slot_count == r->slots.count;

  // Slots and storage are the same ones.
  predicate lent_same{L1,L2}(vigil_registry *r, vigil_events *events) =
    \at(r->slots.array, L1) == \at(r->slots.array, L2) &&
    \at(r->slots.count, L1) == \at(r->slots.count, L2) &&
    \at(events->storage, L1) == \at(events->storage, L2) &&
    \at(events->capacity, L1) == \at(events->capacity, L2);

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
  ensures lent: lent_same{Pre,Post}(registry, events);
  ensures bound: events->count <= events->capacity;
  ensures reports: selector_reports(&registry->selector, events->storage, events->count);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures wake: registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.state.value == \old(registry->wake.state.value);
*/
/* Asks the kernel, and nobody else. */
static inline vigil_status ask_selector(vigil_registry *registry, vigil_events *events,
                                        vigil_timeout timeout)
{
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    vigil_status status = vigil_selector_wait(&registry->selector, events->storage,
                                              events->capacity, timeout, &events->count);
    /*@ assert lent: registry->slots.array == \at(registry->slots.array, Pre) &&
          registry->slots.count == \at(registry->slots.count, Pre); */
    /*@ assert batch: events->capacity == \at(events->capacity, Pre) && events->next == 0 &&
          events->storage == \at(events->storage, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert words: registry->wake.words.value == \at(registry->wake.words.value, Pre);
    //@ assert state: registry->wake.state.value == \at(registry->wake.state.value, Pre);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    /*@ assert same: \forall integer w; 0 <= w < registry->slots.count ==>
          registry->slots.array[w].wakes.value ==
            \at(registry->slots.array[w].wakes.value, Pre); */
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert slots: slots_memory(&registry->slots);
    //@ assert permutation: slots_permutation(&registry->slots);
    //@ assert registry: registry_valid(registry);
    //@ assert waking: waking_valid(registry);
    //@ assert memory: batch_memory(registry, events);
    return status;
}

/*@ ghost
  /@ requires listed: VIGIL_KERNEL_FD(fd) && kernel_listed[epoll][fd] == 1;
     requires key: key == kernel_key[epoll][fd];
     requires flags: flags != 0 &&
       (flags & selector_reportable(kernel_mask[epoll][fd])) == flags;
     terminates \true; exits \false;
     assigns \nothing;
     ensures known: report_of_kernel(epoll, flags, key); @/
  void recognize(int epoll, int fd, uint32_t flags, uint64_t key)
  {
      //@ assert descriptor: report_of_descriptor(epoll, fd, flags, key);
  } */

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns registry->selector.coarse, events->count, events->storage[0 .. events->capacity - 1],
    VIGIL_KERNEL_BATCH;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures lent: lent_same{Pre,Post}(registry, events);
  ensures known: batch_known(registry, events);
  ensures failed: \result != VIGIL_OK ==> events->count == 0;
  ensures wake: registry->wake.words.value == \old(registry->wake.words.value) &&
    registry->wake.state.value == \old(registry->wake.state.value);
*/
/* What it says is of descriptors that are registered. */
static inline vigil_status ask_kernel(vigil_registry *registry, vigil_events *events,
                                      vigil_timeout timeout)
{
    vigil_status status = ask_selector(registry, events, timeout);
    /*@ ghost
      /@ loop invariant range: 0 <= i <= events->count;
         loop invariant known: \forall integer j; 0 <= j < i ==>
           report_of_kernel(registry->selector.epoll, events->storage[j].flags,
                            events->storage[j].key);
         loop assigns i;
         loop variant events->count - i; @/
      for (uint32_t i = 0; i < events->count; i++) {
          recognize(registry->selector.epoll, kernel_reported[i], events->storage[i].flags,
                    events->storage[i].key);
      } */
    return status;
}

/*@
  requires turning: may_turn(registry, events) && registry->wake.words.value != 0;
  requires known: batch_known(registry, events);
  terminates \true; exits \false;
  assigns VIGIL_WAKES_TAKEN(registry, events);
  ensures turning: may_turn(registry, events);
  ensures lent: lent_same{Pre,Post}(registry, events);
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
    //@ assert capacity: events->capacity == \at(events->capacity, Pre);
    //@ assert storage: events->storage == \at(events->storage, Pre);
    //@ assert next: events->next == 0;
    //@ assert slots: events->slot_count == \at(events->slot_count, Pre);
    //@ assert memory: batch_memory(registry, events);
}

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns TURN_CHANGES(registry, events);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures lent: lent_same{Pre,Post}(registry, events);
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
  ensures lent: lent_same{Pre,Post}(registry, events);
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
  assigns events->count, events->next;
  ensures turning: may_turn(registry, events);
  ensures lent: lent_same{Pre,Post}(registry, events);
  ensures empty: events->count == 0;
  ensures state: registry->wake.state.value == \old(registry->wake.state.value);
*/
/* What a turn reported was no event. */
static inline void drop_reports(vigil_events *events) /*@ ghost (vigil_registry *registry) */
{
    vigil_events_clear(events);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert notes: notes_kept{Pre,Here}(&registry->slots);
    //@ assert permutation: slots_permutation(&registry->slots);
    //@ assert registry: registry_valid(registry);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert waking: waking_valid(registry);
}

/*@
  requires turning: may_turn(registry, events);
  terminates \true; exits \false;
  assigns TURN_CHANGES(registry, events), events->next, kernel_time;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures turning: may_turn(registry, events);
  ensures lent: lent_same{Pre,Post}(registry, events);
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
      loop invariant lent: lent_same{Pre,Here}(registry, events);
      loop invariant awake: \at(registry->wake.state.value, Pre) == VIGIL_WAKE_RUN ==>
        registry->wake.state.value == VIGIL_WAKE_RUN;
      loop invariant endless: endless ==> left.ns == VIGIL_FOREVER_NS;
      loop invariant time: \at(kernel_time, Pre) <= kernel_time;
      loop invariant over: turns > 0 && left.ns == 0 ==> deadline_ns <= kernel_time;
      loop assigns turns, left, registry->selector.coarse, VIGIL_KERNEL_BATCH,
        registry->slots.array[0 .. \at(registry->slots.count, Pre) - 1].wakes.value,
        registry->wake.state.value, registry->wake.queued, registry->wake.turn,
        events->count, events->storage[0 .. \at(events->capacity, Pre) - 1],
        VIGIL_KERNEL_COUNTERS, events->next, kernel_time;
      loop variant VIGIL_RESLEEPS_MAX - turns;
    */
    for (uint32_t turns = 0; turns < VIGIL_RESLEEPS_MAX; turns++) {
        vigil_status status = turn(registry, events, left);
        if (status != VIGIL_OK || vigil_events_any_current(events)) {
            return status;
        }
        bool silent = events->count == 0;
        drop_reports(events) /*@ ghost (registry) */;
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

/*@
  // The poll and its batch, each where the other is not.
  predicate wait_memory{L}(vigil_poll *p, vigil_events *events) =
    poll_valid(p) && batch_memory(&p->registry, events) &&
    \separated(p, events, events->storage + (0 .. events->capacity - 1));
*/

/*@
  requires memory: wait_memory(poll, events);
  terminates \true; exits \false;
  assigns events->count, events->next;
  ensures memory: wait_memory(poll, events);
  ensures empty: events->count == 0 && events->next == 0;
  ensures quiet: poll_quiet{Pre,Post}(poll);
  ensures lent: lent_same{Pre,Post}(&poll->registry, events);
*/
/* What an earlier wait left in the batch is forgotten. */
static inline void forget(vigil_events *events) /*@ ghost (vigil_poll *poll) */
{
    events->count = 0;
    events->next = 0;
    //@ assert order: slots_order_kept{Pre,Here}(&poll->registry.slots);
    //@ assert notes: notes_kept{Pre,Here}(&poll->registry.slots);
    //@ assert permutation: !poll_closed(poll) ==> slots_permutation(&poll->registry.slots);
    //@ assert registry: registry_valid(&poll->registry);
    /*@ assert wakes: !poll_closed(poll) ==>
          wakes_valid(&poll->registry.slots, poll->registry.wake.words.value); */
    /*@ assert channel: !poll_closed(poll) ==>
          channel_valid(&poll->registry.wake, poll->registry.selector.epoll); */
}

/*@
  requires memory: wait_memory(poll, events) && !poll_closed(poll) && events->capacity != 0;
  requires empty: events->count == 0 && events->next == 0;
  terminates \true; exits \false;
  assigns poll->waiting.value, events->slots, events->slot_count;
  ensures memory: wait_memory(poll, events);
  ensures turning: may_turn(&poll->registry, events);
  ensures lent: lent_same{Pre,Post}(&poll->registry, events);
  ensures state: poll->registry.wake.state.value == \old(poll->registry.wake.state.value);
*/
/* The poll has its thread, and the batch its slots. */
static inline void begin_wait(vigil_poll *poll, vigil_events *events)
{
    vigil_atomic_store(&poll->waiting, 1);
    events->slots = poll->registry.slots.array;
    events->slot_count = poll->registry.slots.count;
    //@ assert order: slots_order_kept{Pre,Here}(&poll->registry.slots);
    //@ assert notes: notes_kept{Pre,Here}(&poll->registry.slots);
    //@ assert permutation: slots_permutation(&poll->registry.slots);
    //@ assert registry: registry_valid(&poll->registry);
    //@ assert wakes: wakes_valid(&poll->registry.slots, poll->registry.wake.words.value);
    //@ assert channel: channel_valid(&poll->registry.wake, poll->registry.selector.epoll);
    //@ assert waking: waking_valid(&poll->registry);
}

/*@
  requires turning: may_turn(&poll->registry, events);
  requires known: batch_known(&poll->registry, events);
  requires memory: wait_memory(poll, events);
  terminates \true; exits \false;
  assigns poll->waiting.value;
  ensures turning: may_turn(&poll->registry, events);
  ensures lent: lent_same{Pre,Post}(&poll->registry, events);
  ensures known: batch_known(&poll->registry, events);
  ensures memory: wait_memory(poll, events);
  ensures valid: events_valid(events);
  ensures free: poll->waiting.value == 0;
  ensures current: any_current(events) <==> \old(any_current(events));
  ensures state: poll->registry.wake.state.value == \old(poll->registry.wake.state.value);
*/
/* The next wait may begin. */
static inline void end_wait(vigil_poll *poll) /*@ ghost (vigil_events *events) */
{
    vigil_atomic_store(&poll->waiting, 0);
    //@ assert order: slots_order_kept{Pre,Here}(&poll->registry.slots);
    //@ assert notes: notes_kept{Pre,Here}(&poll->registry.slots);
    //@ assert permutation: slots_permutation(&poll->registry.slots);
    //@ assert registry: registry_valid(&poll->registry);
    //@ assert wakes: wakes_valid(&poll->registry.slots, poll->registry.wake.words.value);
    //@ assert channel: channel_valid(&poll->registry.wake, poll->registry.selector.epoll);
    //@ assert waking: waking_valid(&poll->registry);
    //@ assert slots: slots_memory(&poll->registry.slots);
    //@ assert valid: events_valid(events);
    //@ assert records: slots_records_kept{Pre,Here}(&poll->registry.slots);
    /*@ assert untouched: \forall integer i; 0 <= i < events->count ==>
          events->storage[i].flags == \at(events->storage[i].flags, Pre) &&
          events->storage[i].key == \at(events->storage[i].key, Pre); */
    //@ assert still_known: known_kept{Pre,Here}(&poll->registry, events);
    /*@ assert current: \forall integer i; 0 <= i < events->count ==>
          (report_current(events, i) <==> report_current{Pre}(events, i)); */
}

vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events, vigil_timeout timeout)
{
    vigil_registry *registry = &poll->registry;
    forget(events) /*@ ghost (poll) */;
    if (events->capacity == 0) {
        return VIGIL_EINVAL;
    }
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    if (vigil_atomic_load(&poll->waiting) != 0) {
        return VIGIL_EBUSY;
    }
    begin_wait(poll, events);
    //@ assert lent: lent_same{Pre,Here}(registry, events);
    //@ ghost Begun: ;
    vigil_status status = first_turn(registry, events, timeout);
    //@ assert turning: may_turn(registry, events);
    //@ assert lent: lent_same{Pre,Here}(registry, events);
    if (!is_settled(events, status, timeout)) {
        status = sleep_on(registry, events, timeout);
    }
    //@ assert lent: lent_same{Begun,Here}(registry, events);
    //@ assert still_turning: may_turn(registry, events);
    //@ assert memory: wait_memory(poll, events);
    end_wait(poll) /*@ ghost (events) */;
    return status;
}
