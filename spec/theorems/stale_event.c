/* SPDX-License-Identifier: MIT */
#include "poll/events.h"
#include "steps.h"

/*
 * T4, for any program, with a batch in hand. A wait has filled `events`; then
 * the program registers, reregisters and deregisters, in any order and with any
 * of its sources, and takes events from the batch in between. Each event that
 * it is given is of a slot where no registration has ended since the wait
 * (nothing_ended). If a source lived there at the wait, then the same source
 * lives there now, and the event has the token that was last given for it with
 * success (same_source, token).
 *
 * `ended` counts the registrations that have ended in each slot since the wait.
 * A program that ends 2^32 registrations while it keeps a batch is outside.
 */
/*@ ghost unsigned int ended[VIGIL_SLOTS_MAX]; */

/*@
  // The batch is of `r`, and lies apart from all that the steps change.
  predicate batch_in_hand{L}(vigil_registry *r, vigil_source *X, integer n,
                             vigil_events *events, vigil_event *event) =
    \valid(events) && events_valid(events) && events->slots == r->slots.array &&
    events->slot_count == r->slots.count && \valid(event) &&
    \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
               X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1));

  predicate reports_same{L1,L2}(vigil_events *events) =
    \at(events->storage, L1) == \at(events->storage, L2) &&
    \at(events->capacity, L1) == \at(events->capacity, L2) &&
    \at(events->count, L1) == \at(events->count, L2) &&
    \forall integer j; 0 <= j < \at(events->count, L1) ==>
      \at(events->storage[j].key, L1) == \at(events->storage[j].key, L2);

  // Each report is of a registration that lives: what vigil_poll_wait promises.
  // The channel's own names no slot.
  predicate reports_alive{L}(vigil_registry *r, vigil_events *events) =
    \forall integer j; 0 <= j < events->count &&
      key_slot(events->storage[j].key) < r->slots.count ==> report_alive(events, j);

  logic integer turned(integer generation, integer turns) =
    generation + turns < 4294967296 ? generation + turns : generation + turns - 4294967296;

  // Each slot has turned as often as a registration there has ended.
  predicate turns_counted{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) ==>
      \at(slot_generation(&r->slots, s), L2) ==
        turned(\at(slot_generation(&r->slots, s), L1), \at(ended[s], L2));

  // Where none has ended, whoever lived there still does.
  predicate tenants_stay{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) && \at(ended[s], L2) == 0 &&
      slot_taken{L1}(\at(&r->slots, L1), s) ==>
        slot_taken{L2}(\at(&r->slots, L2), s) &&
        \at(ledger_tenant[s], L2) == \at(ledger_tenant[s], L1);

  // What a step does to slot `s`: nothing to who lives there, or it ends that.
  predicate slot_stays{L1,L2}(vigil_registry *r, integer s) =
    \at(ended[s], L2) == \at(ended[s], L1) &&
    \at(slot_generation(&r->slots, s), L2) == \at(slot_generation(&r->slots, s), L1) &&
    (slot_taken{L1}(\at(&r->slots, L1), s) ==> slot_taken{L2}(\at(&r->slots, L2), s) &&
      \at(ledger_tenant[s], L2) == \at(ledger_tenant[s], L1));
  predicate slot_turns{L1,L2}(vigil_registry *r, integer s) =
    \at(ended[s], L2) == \at(ended[s], L1) + 1 &&
    \at(slot_generation(&r->slots, s), L2) ==
      turned(\at(slot_generation(&r->slots, s), L1), 1);
  predicate slots_move{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) ==>
      slot_stays{L1,L2}(r, s) || slot_turns{L1,L2}(r, s);
  predicate slots_stay{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) ==> slot_stays{L1,L2}(r, s);

  predicate turns_range{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) ==>
      0 <= \at(slot_generation(&r->slots, s), L1) <= 4294967295 &&
      0 <= \at(ended[s], L2) <= 4294967295;
  lemma counted_on{L1,L2,L3}: \forall vigil_registry *r; turns_counted{L1,L2}(r) &&
    slots_move{L2,L3}(r) && \at(r->slots.count, L2) == \at(r->slots.count, L3) &&
    turns_range{L1,L2}(r) && turns_range{L1,L3}(r) ==> turns_counted{L1,L3}(r);
  lemma tenants_on{L1,L2,L3}: \forall vigil_registry *r; tenants_stay{L1,L2}(r) &&
    slots_move{L2,L3}(r) && \at(r->slots.count, L2) == \at(r->slots.count, L3) ==>
    tenants_stay{L1,L3}(r);
  lemma stay_is_move{L1,L2}: \forall vigil_registry *r;
    slots_stay{L1,L2}(r) ==> slots_move{L1,L2}(r);
*/

/* clang-format off */
#define BATCH_BEFORE                                            \
    requires batch: batch_in_hand(r, X, n, events, event);
#define BATCH_AFTER                                             \
    ensures same_poll: poll_kept{Pre,Post}(r);                  \
    ensures batch: batch_in_hand(r, X, n, events, event);       \
    ensures reports: reports_same{Pre,Post}(events);
/* clang-format on */

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(r),
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    BATCH_AFTER
    ensures stays: slots_stay{Pre,Post}(r);
*/
static void begin_one(vigil_registry *r, vigil_source *X, int n, int i, vigil_events *events,
                      vigil_event *event)
{
    (void)step_register(r, X, n, i, any_token(), any_interest());
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->count == \at(events->count, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert reports: reports_same{Pre,Here}(events);
    /*@ assert apart: \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
                                 X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert events: events_valid(events);
    //@ assert batch: batch_in_hand(r, X, n, events, event);
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns r->slots.array[0 .. r->slots.count - 1].mask.value,
      r->slots.array[0 .. r->slots.count - 1].token.value,
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    BATCH_AFTER
    ensures stays: slots_stay{Pre,Post}(r);
*/
static void change_one(vigil_registry *r, vigil_source *X, int n, int i, vigil_events *events,
                       vigil_event *event)
{
    (void)step_reregister(r, X, n, i, any_token(), any_interest());
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->count == \at(events->count, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert reports: reports_same{Pre,Here}(events);
    /*@ assert apart: \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
                                 X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert events: events_valid(events);
    //@ assert batch: batch_in_hand(r, X, n, events, event);
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires source: 0 <= i < n;
    requires room: \forall integer s; 0 <= s < r->slots.count ==> ended[s] < 4294967295;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(r),
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER,
      ended[0 .. VIGIL_SLOTS_MAX - 1];
    WORLD_AFTER
    BATCH_AFTER
    ensures moves: slots_move{Pre,Post}(r);
*/
static void end_one(vigil_registry *r, vigil_source *X, int n, int i, vigil_events *events,
                    vigil_event *event)
{
    //@ ghost uint32_t slot = X[i].slot;
    vigil_status status = step_deregister(r, X, n, i);
    /*@ assert others: \forall integer s; 0 <= s < r->slots.count &&
          (status != VIGIL_OK || s != \at(X[i].slot, Pre)) ==>
            slot_generation(&r->slots, s) == \at(slot_generation(&r->slots, s), Pre); */
    /*@ assert own: status == VIGIL_OK ==> slot_generation(&r->slots, \at(X[i].slot, Pre)) ==
          turned(\at(slot_generation(&r->slots, X[i].slot), Pre), 1); */
    /*@ ghost
      if (status == VIGIL_OK) {
        ended[slot]++;
      }
    */
    /*@ assert counted: \forall integer s; 0 <= s < r->slots.count ==>
          ended[s] == \at(ended[s], Pre) +
            (status == VIGIL_OK && s == \at(X[i].slot, Pre) ? 1 : 0); */
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->count == \at(events->count, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert reports: reports_same{Pre,Here}(events);
    /*@ assert apart: \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
                                 X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1)); */
    /*@ assert same_next: events->next == \at(events->next, Pre) &&
          events->next <= events->count <= events->capacity <= VIGIL_EVENTS_MAX; */
    //@ assert memory: \valid(events->storage + (0 .. events->capacity - 1));
    //@ assert read: \valid_read(events->slots + (0 .. events->slot_count - 1));
    //@ assert events: events_valid(events);
    //@ assert batch: batch_in_hand(r, X, n, events, event);
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot;
    WORLD_AFTER
    BATCH_AFTER
    ensures stays: slots_stay{Pre,Post}(r);
*/
static void turn_elsewhere(vigil_registry *r, vigil_source *X, int n, int i, vigil_events *events,
                           vigil_event *event)
{
    step_elsewhere(r, X, n, i);
    //@ assert slots: slots_kept{Pre,Here}(&r->slots);
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->count == \at(events->count, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert reports: reports_same{Pre,Here}(events);
    /*@ assert apart: \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
                                 X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert events: events_valid(events);
    //@ assert batch: batch_in_hand(r, X, n, events, event);
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    terminates \true; exits \false;
    assigns *event, events->next;
    WORLD_AFTER
    BATCH_AFTER
    ensures stays: slots_stay{Pre,Post}(r);
    ensures current: \result ==> 0 < events->next <= events->count &&
      report_current(events, events->next - 1) && event->token ==
        events->slots[key_slot(events->storage[events->next - 1].key)].token.value;
*/
static bool take_one(vigil_registry *r, vigil_source *X, int n, vigil_events *events,
                     vigil_event *event)
{
    /*@ assert xs: \forall integer s; 0 <= s < r->slots.count ==>
          \separated(event, r->slots.array + s) && \separated(events, r->slots.array + s); */
    /*@ assert xk: \forall integer k; 0 <= k < n ==>
          \separated(event, X + k) && \separated(events, X + k); */
    bool taken = vigil_events_next(events, event);
    /*@ assert same_batch: events->storage == \at(events->storage, Pre) &&
          events->capacity == \at(events->capacity, Pre) &&
          events->count == \at(events->count, Pre) &&
          events->slots == \at(events->slots, Pre) &&
          events->slot_count == \at(events->slot_count, Pre); */
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert same_free: r->slots.free_count == \at(r->slots.free_count, Pre);
    //@ assert same_array: r->slots.array == \at(r->slots.array, Pre);
    //@ assert same_count: r->slots.count == \at(r->slots.count, Pre);
    /*@ assert same_generations: \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].generation.value == \at(r->slots.array[s].generation.value, Pre); */
    /*@ assert same_masks: \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].mask.value == \at(r->slots.array[s].mask.value, Pre); */
    /*@ assert same_tokens: \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].token.value == \at(r->slots.array[s].token.value, Pre); */
    /*@ assert same_occupants: \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].occupant == \at(r->slots.array[s].occupant, Pre); */
    /*@ assert same_places: \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].place == \at(r->slots.array[s].place, Pre); */
    //@ assert same_slots: slots_kept{Pre,Here}(&r->slots);
    //@ assert same_order: slots_order_kept{Pre,Here}(&r->slots);
    //@ assert same_sources: sources_kept{Pre,Here}(X, n, -1);
    //@ assert permutation: slots_permutation(&r->slots);
    /*@ assert same_entries: \forall integer k; 0 <= k < n && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    //@ assert memory: world_memory(r, X, n);
    //@ assert reports: reports_same{Pre,Here}(events);
    /*@ assert apart: \separated(r, events, event, events->storage + (0 .. events->capacity - 1),
                                 X + (0 .. n - 1), r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert events: events_valid(events);
    //@ assert batch: batch_in_hand(r, X, n, events, event);
    return taken;
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(r),
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    BATCH_AFTER
    ensures stays: slots_stay{Pre,Post}(r);
*/
static void go_on(vigil_registry *r, vigil_source *X, int n, int i, vigil_events *events,
                  vigil_event *event)
{
    int operation = any_int();
    if (operation == 0) {
        begin_one(r, X, n, i, events, event);
    } else if (operation == 1) {
        change_one(r, X, n, i, events, event);
    } else {
        turn_elsewhere(r, X, n, i, events, event);
    }
}

/*@ WORLD_BEFORE
    BATCH_BEFORE
    requires sources: 0 < n;
    requires alive: reports_alive(r, events);
    requires none_ended: \forall integer s; 0 <= s < r->slots.count ==> ended[s] == 0;
    terminates \false; exits \false;
    WORLD_AFTER
*/
void theorem_no_stale_event(vigil_registry *r, vigil_source *X, int n, vigil_events *events,
                            vigil_event *event)
{
    uint32_t left = UINT32_MAX;
    /*@
      loop invariant room: \forall integer s; 0 <= s < r->slots.count ==>
        ended[s] + left <= 4294967295;
      loop invariant memory: world_memory(r, X, n);
      loop invariant agrees: world_agrees(r, X, n);
      loop invariant list: world_list(r, X, n);
      loop invariant slots: world_slots(r, X, n);
      loop invariant same_poll: poll_kept{Pre,Here}(r);
      loop invariant batch: batch_in_hand(r, X, n, events, event);
      loop invariant reports: reports_same{Pre,Here}(events);
      loop invariant range: turns_range{Pre,Here}(r);
      loop invariant counted: turns_counted{Pre,Here}(r);
      loop invariant tenants: tenants_stay{Pre,Here}(r);
      loop assigns left, X[0 .. n - 1].registry, X[0 .. n - 1].slot, VIGIL_REGISTRATIONS(r),
        VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER, ended[0 .. VIGIL_SLOTS_MAX - 1],
        events->next, *event;
    */
    while (any_int() != 0) {
        int i = any_int();
        int operation = any_int();
        if (i < 0 || i >= n) {
            continue;
        }
        if (operation == 0) {
            go_on(r, X, n, i, events, event);
        } else if (operation == 1 && left > 0) {
            left--;
            end_one(r, X, n, i, events, event);
            /*@ assert one: \forall integer s; 0 <= s < r->slots.count ==>
                  ended[s] <= \at(ended[s], LoopCurrent) + 1; */
            //@ assert spent: left == \at(left, LoopCurrent) - 1;
        } else if (take_one(r, X, n, events, event)) {
            //@ assert stays: slots_stay{LoopCurrent,Here}(r);
            //@ assert moves: slots_move{LoopCurrent,Here}(r);
            //@ assert range: turns_range{Pre,Here}(r);
            //@ assert counted: turns_counted{Pre,Here}(r);
            //@ assert tenants: tenants_stay{Pre,Here}(r);
            //@ ghost uint64_t key = events->storage[events->next - 1].key;
            //@ ghost uint32_t slot = (uint32_t)(key % 4294967296);
            /*@ assert alive_then: \at(slot_generation(&r->slots, \at(slot, Here)), Pre) ==
                  key_generation(events->storage[events->next - 1].key); */
            //@ assert nothing_ended: ended[slot] == 0;
            //@ ghost int tenant = ledger_tenant[slot];
            /*@ assert same_source: \at(slot_taken(&r->slots, \at(slot, Here)), Pre) ==>
                  tenant == \at(ledger_tenant[\at(slot, Here)], Pre) &&
                  (tenant != LEDGER_WAKER ==> tenant_of(r, X, n, slot, tenant)); */
            /*@ assert slot: event->token == r->slots.array[slot].token.value; */
            /*@ assert lives: \at(slot_taken(&r->slots, \at(slot, Here)), Pre) &&
                  tenant != LEDGER_WAKER ==>
                    0 <= tenant < n && X[tenant].registry == r && X[tenant].slot == slot; */
            /*@ assert agrees: \at(slot_taken(&r->slots, \at(slot, Here)), Pre) &&
                  tenant != LEDGER_WAKER ==> entry_agrees(r, X + tenant, tenant); */
            /*@ assert token: \at(slot_taken(&r->slots, \at(slot, Here)), Pre) &&
                  tenant != LEDGER_WAKER ==> event->token == ledger_token[X[tenant].fd]; */
        }
        //@ assert poll: poll_kept{LoopCurrent,Here}(r);
        //@ assert moves: slots_move{LoopCurrent,Here}(r);
        //@ assert range: turns_range{Pre,Here}(r);
        //@ assert counted: turns_counted{Pre,Here}(r);
        //@ assert tenants: tenants_stay{Pre,Here}(r);
    }
}
