/* SPDX-License-Identifier: MIT */
#include "poll/wake.h"

#include "poll/wake_take.h"
#include "sys/wake_channel.h"

/* A mark such as W13 names a step of spec/protocols/waker_steps.pml. */

/*@
  requires slot: \valid_read(registry) && slot < registry->slots.count;
  terminates \true; exits \false;
  assigns \result \from registry->slots.array, slot;
  ensures word: \result == &registry->slots.array[slot / 32].wakes;
*/
static vigil_atomic_u32 *word_of(vigil_registry *registry, uint32_t slot)
{
    return &registry->slots.array[slot / VIGIL_WAKES_PER_WORD].wakes;
}

/*@
  terminates \true; exits \false;
  assigns \result \from slot;
  ensures bit: \result == (1 << (slot % 32));
  ensures some: 0 < \result <= 0x80000000;
*/
static uint32_t bit_of(uint32_t slot)
{
    return UINT32_C(1) << slot % VIGIL_WAKES_PER_WORD;
}

void vigil_wake_init(vigil_wake *wake)
{
    wake->state.value = VIGIL_WAKE_RUN;
    wake->nested.value = 0;
    wake->words.value = 0;
    wake->channel.eventfd = VIGIL_FD_NONE;
    wake->queued = false;
    wake->turn = 0;
}

/*@
  requires valid: waking_valid(registry) && registry->slots.count != 0;
  requires closed: registry->wake.words.value == 0;
  requires words: 0 < words && 32 * words < registry->slots.count + 32;
  terminates \true; exits \false;
  assigns registry->wake.words.value, registry->wake.channel.eventfd, VIGIL_KERNEL_TABLE,
    VIGIL_KERNEL_COUNTERS, VIGIL_KERNEL_LIST(registry->selector.epoll);
  ensures status: status_valid(\result);
  ensures valid: waking_valid(registry);
  ensures heard: \result == VIGIL_OK ==> registry->wake.words.value == words;
  ensures kept: \result != VIGIL_OK ==> registry->wake.words.value == 0;
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_TABLE(-1) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, -1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_SAME_TABLE(registry->wake.channel.eventfd) &&
    VIGIL_KERNEL_SAME_LIST(registry->selector.epoll, registry->wake.channel.eventfd);
  ensures new: \forall integer f; \result == VIGIL_OK && f == registry->wake.channel.eventfd ==>
    \old(kernel_kind[f]) == VIGIL_KERNEL_CLOSED;
*/
/* Opens the channel with the first waker. A thread that blocks already did not
 * announce it, as there was no waker to hear: the first signal makes it look
 * again. */
static vigil_status open_channel(vigil_registry *registry, uint32_t words)
{
    vigil_wake *wake = &registry->wake;
    vigil_status status =
        vigil_wake_channel_open(&wake->channel, &registry->selector, VIGIL_WAKE_KEY); /* W1 */
    if (status != VIGIL_OK) {
        return status;
    }
    (void)vigil_atomic_exchange(&wake->words, words); /* W2 */
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert no_wakes: wakes_valid(&registry->slots, 0);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    status = vigil_wake_channel_signal(&wake->channel); /* W3 */
    if (status != VIGIL_OK) {
        (void)vigil_atomic_exchange(&wake->words, 0);                             /* W4 */
        (void)!vigil_selector_remove(&registry->selector, wake->channel.eventfd); /* W5 */
        vigil_wake_channel_close(&wake->channel);                                 /* W6 */
    }
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert still_same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert still_no_wakes: wakes_valid(&registry->slots, 0);
    //@ assert still_wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(wake, registry->selector.epoll);
    return status;
}

vigil_status vigil_wake_enrol(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    uint32_t words = slot / VIGIL_WAKES_PER_WORD + 1;
    if (!vigil_wake_channel_is_open(&wake->channel)) { /* W7 */
        return open_channel(registry, words);
    }
    if (words > vigil_atomic_load(&wake->words)) {        /* W8 */
        (void)vigil_atomic_exchange(&wake->words, words); /* W9 */
    }
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(wake, registry->selector.epoll);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    return VIGIL_OK;
}

/*@
  requires wake: \valid(wake);
  requires open: VIGIL_KERNEL_IS(wake->channel.eventfd, VIGIL_KERNEL_EVENTFD) &&
    kernel_nonblocking[wake->channel.eventfd] == 1;
  terminates \true; exits \false;
  assigns wake->state.value, kernel_counter[wake->channel.eventfd];
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  ensures state: wake->state.value == VIGIL_WAKE_NOTE || wake->state.value == state ||
    wake->state.value == \old(wake->state.value);
  ensures missed: \old(wake->state.value) != state ==> \result == VIGIL_OK &&
    wake->state.value == \old(wake->state.value) &&
    kernel_counter[wake->channel.eventfd] == \old(kernel_counter[wake->channel.eventfd]);
  ensures noted: \old(wake->state.value) == state && \result == VIGIL_OK ==>
    wake->state.value == VIGIL_WAKE_NOTE;
  ensures readable: \old(wake->state.value) == state ==>
    1 <= kernel_counter[wake->channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
*/
/* Says that there is a wake, if nobody has since the thread was last awake. If
 * the channel cannot be signalled, the next wake must try again: the state is
 * put back, unless the thread has risen meanwhile. */
static vigil_status note(vigil_wake *wake, uint32_t state)
{
    if (!vigil_atomic_replace(&wake->state, state, VIGIL_WAKE_NOTE)) { /* W10 */
        return VIGIL_OK;
    }
    vigil_status status = vigil_wake_channel_signal(&wake->channel); /* W11 */
    if (status != VIGIL_OK) {
        (void)vigil_atomic_replace(&wake->state, VIGIL_WAKE_NOTE, state); /* W12 */
    }
    return status;
}

vigil_status vigil_wake_raise(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    vigil_atomic_set_bits(word_of(registry, slot), bit_of(slot)); /* W13 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    /*@ assert bits: \forall integer b; 0 <= b < 32 ==>
          (bit_set(registry->slots.array[slot / 32].wakes.value, b) <==> b == slot % 32 ||
           bit_set(\at(registry->slots.array[slot / 32].wakes.value, Pre), b)); */
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert valid: waking_valid(registry);
    //@ assert noted: wake_pending(&registry->slots, slot);
    //@ assert others: wakes_kept{Pre,Here}(&registry->slots, slot);
    uint32_t state = vigil_atomic_load(&wake->state); /* W14 */
    bool watched = state == VIGIL_WAKE_SLEEP
        || (state == VIGIL_WAKE_RUN && vigil_atomic_load(&wake->nested) != 0); /* W15 */
    //@ ghost Noted: ;
    vigil_status status = watched ? note(wake, state) : VIGIL_OK;
    //@ assert kept_order: slots_order_kept{Noted,Here}(&registry->slots);
    //@ assert kept: wakes_same{Noted,Here}(&registry->slots);
    //@ assert kept_wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    return status;
}

void vigil_wake_forget(vigil_registry *registry, uint32_t slot)
{
    vigil_atomic_keep_bits(word_of(registry, slot), ~bit_of(slot)); /* W16 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    /*@ assert bits: \forall integer b; 0 <= b < 32 ==>
          (bit_set(registry->slots.array[slot / 32].wakes.value, b) <==> b != slot % 32 &&
           bit_set(\at(registry->slots.array[slot / 32].wakes.value, Pre), b)); */
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
}

/*@
  requires valid: waking_valid((vigil_registry *)registry) && registry->slots.count != 0;
  terminates \true; exits \false;
  assigns \result \from registry->wake.words, registry->slots.array[0 .. registry->slots.count - 1];
  ensures pending: \result <==>
    any_wake((vigil_slots *)&registry->slots, registry->wake.words.value);
*/
static bool any_pending(const vigil_registry *registry)
{
    uint32_t words = vigil_atomic_load(&registry->wake.words); /* W17 */
    bool pending = false;
    /*@
      loop invariant range: 0 <= word <= words;
      loop invariant pending: pending <==> \exists integer w; 0 <= w < word &&
        registry->slots.array[w].wakes.value != 0;
      loop assigns word, pending;
      loop variant words - word;
    */
    for (uint32_t word = 0; word < words && !pending; word++) {
        pending = vigil_atomic_load(&registry->slots.array[word].wakes) != 0; /* W18 */
    }
    return pending;
}

/* The thread is awake, whatever the state says: the store of RUN that ended its
 * last wait may be on its way, and SLEEP stays behind where a first waker could
 * not be opened. A wake that finds NOTE would signal nobody. */
vigil_status vigil_wake_nest(vigil_registry *registry)
{
    (void)vigil_atomic_exchange(&registry->wake.state, VIGIL_WAKE_RUN); /* W19 */
    (void)vigil_atomic_exchange(&registry->wake.nested, 1);             /* W20 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    /* W21 */
    return any_pending(registry) ? vigil_wake_channel_signal(&registry->wake.channel) : VIGIL_OK;
}

/* The first look is for nothing but speed: a wake that came while the thread
 * was busy is seen without a word to anyone. */
bool vigil_wake_prepare(vigil_registry *registry)
{
    if (any_pending(registry)) {
        return false;
    }
    (void)vigil_atomic_exchange(&registry->wake.state, VIGIL_WAKE_SLEEP); /* W22 */
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    if (any_pending(registry)) {
        vigil_atomic_store(&registry->wake.state, VIGIL_WAKE_RUN); /* W23 */
        return false;
    }
    return true;
}

/*@
  requires taking: may_take(registry, events);
  terminates \true; exits \false;
  assigns registry->wake.state.value;
  ensures taking: may_take(registry, events);
  ensures same: wakes_same{Pre,Post}(&registry->slots);
  ensures nested: registry->wake.nested.value == \old(registry->wake.nested.value) &&
    registry->wake.words.value == \old(registry->wake.words.value);
  ensures awake: prepared || registry->wake.nested.value != 0 ==>
    registry->wake.state.value == VIGIL_WAKE_RUN;
  ensures as_it_was: !prepared && registry->wake.nested.value == 0 ==>
    registry->wake.state.value == \old(registry->wake.state.value);
*/
/* A plain store may still be on its way when the bits are looked at, and a wake
 * of that very moment is then left to the next wait. Where another loop watches
 * there may be no next wait without that wake, so there the order is exact. */
static void rise(vigil_registry *registry, bool prepared) /*@ ghost (vigil_events *events) */
{
    vigil_wake *wake = &registry->wake;
    if (vigil_atomic_load(&wake->nested) != 0) {                   /* W24 */
        (void)vigil_atomic_exchange(&wake->state, VIGIL_WAKE_RUN); /* W25 */
    } else if (prepared) {
        vigil_atomic_store(&wake->state, VIGIL_WAKE_RUN); /* W26 */
    }
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    /*@ assert untouched: \forall integer i; 0 <= i < events->count ==>
          events->storage[i].flags == \at(events->storage[i].flags, Pre) &&
          events->storage[i].key == \at(events->storage[i].key, Pre); */
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert memory: batch_memory(registry, events);
    //@ assert known: batch_known(registry, events);
}

/* Nobody counts on the channel's signal any more. */
/*@
  requires taking: may_take(registry, events);
  terminates \true; exits \false;
  assigns registry->wake.queued;
  ensures taking: may_take(registry, events);
  ensures same: wakes_same{Pre,Post}(&registry->slots);
  ensures state: state_kept{Pre,Post}(&registry->wake);
  ensures done: registry->wake.queued == 0;
*/
static void leave_queue(vigil_registry *registry) /*@ ghost (vigil_events *events) */
{
    registry->wake.queued = false;
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert memory: batch_memory(registry, events);
    //@ assert known: batch_known(registry, events);
}

/* Takes report `i` out of the batch; the last one takes its place. */
/*@
  requires taking: may_take(registry, events);
  requires report: i < events->count;
  terminates \true; exits \false;
  assigns events->count, events->storage[i];
  ensures taking: may_take(registry, events);
  ensures same: wakes_same{Pre,Post}(&registry->slots);
  ensures state: state_kept{Pre,Post}(&registry->wake);
  ensures one_less: events->count == \old(events->count) - 1;
*/
static void drop_report(vigil_events *events, uint32_t i)
/*@ ghost (vigil_registry *registry) */
{
    events->count--;
    //@ assert known: batch_known(registry, events);
    //@ assert one_less: events->count == \at(events->count, Pre) - 1;
    //@ assert apart: batch_memory(registry, events) && i <= events->count;
    /*@ assert untouched: \forall integer j; 0 <= j <= events->count ==>
          events->storage[j].flags == \at(events->storage[j].flags, Pre) &&
          events->storage[j].key == \at(events->storage[j].key, Pre); */
    //@ ghost Fewer: ;
    events->storage[i] = events->storage[events->count];
    /*@ assert place: events->storage == \at(events->storage, Fewer) &&
          events->count == \at(events->count, Fewer) &&
          events->capacity == \at(events->capacity, Fewer); */
    /*@ assert copied:
          events->storage[i].flags == \at(events->storage[events->count].flags, Fewer) &&
          events->storage[i].key == \at(events->storage[events->count].key, Fewer); */
    /*@ assert others: \forall integer j; 0 <= j < events->count && j != i ==>
          events->storage[j].flags == \at(events->storage[j].flags, Fewer) &&
          events->storage[j].key == \at(events->storage[j].key, Fewer); */
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    /*@ assert moved: report_known{Pre}(registry, events->storage[i].flags,
                                       events->storage[i].key); */
    /*@ assert others_known: \forall integer j; 0 <= j < events->count && j != i ==>
          report_known{Pre}(registry, events->storage[j].flags, events->storage[j].key); */
    /*@ assert still_known: \forall integer f, k; report_known{Pre}(registry, f, k) ==>
          report_known{Here}(registry, f, k); */
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert memory: batch_memory(registry, events);
    //@ assert known: batch_known(registry, events);
}

/*@
  requires taking: may_take(registry, events);
  terminates \true; exits \false;
  assigns events->count, events->storage[0 .. events->capacity - 1], registry->wake.queued;
  ensures taking: may_take(registry, events);
  ensures same: wakes_same{Pre,Post}(&registry->slots);
  ensures state: state_kept{Pre,Post}(&registry->wake);
  ensures bound: events->count <= \old(events->count);
*/
/* The channel's own report has done its work; its place is worth an event. */
static void remove_channel_report(vigil_registry *registry, vigil_events *events)
{
    /*@
      loop invariant range: 0 <= i <= events->count;
      loop assigns i;
      loop variant events->count - i;
    */
    for (uint32_t i = 0; i < events->count; i++) {
        if (events->storage[i].key == VIGIL_WAKE_KEY) {
            drop_report(events, i) /*@ ghost (registry) */;
            leave_queue(registry) /*@ ghost (events) */; /* W27 */
            return;
        }
    }
}

/*@
  requires taking: may_take(registry, events);
  terminates \true; exits \false;
  assigns registry->wake.queued, kernel_counter[registry->wake.channel.eventfd];
  ensures taking: may_take(registry, events);
  ensures same: wakes_same{Pre,Post}(&registry->slots);
  ensures state: state_kept{Pre,Post}(&registry->wake);
  ensures queued: registry->wake.queued != 0 ||
    1 <= kernel_counter[registry->wake.channel.eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
*/
/* The kernel filled the batch: the wakers queue with everybody else. Their bits
 * keep the next wait from sleeping, and the signal gives them their turn there
 * behind the sources that are ready now. */
static void queue_rest(vigil_registry *registry) /*@ ghost (vigil_events *events) */
{
    vigil_wake *wake = &registry->wake;
    if (!wake->queued) {
        wake->queued = vigil_wake_channel_signal(&wake->channel) == VIGIL_OK; /* W33 */
    }
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert memory: batch_memory(registry, events);
    //@ assert known: batch_known(registry, events);
}

void vigil_wake_finish(vigil_registry *registry, vigil_events *events, bool prepared)
{
    rise(registry, prepared) /*@ ghost (events) */;
    //@ ghost Risen: ;
    if (!any_pending(registry)) {
        /* A signal may still be on its way; nobody counts on it. */
        leave_queue(registry) /*@ ghost (events) */; /* W34 */
        return;
    }
    remove_channel_report(registry, events);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert state: state_kept{Risen,Here}(&registry->wake);
    uint32_t words = vigil_atomic_load(&registry->wake.words); /* W35 */
    bool all = vigil_wake_take_round(registry, events, words);
    //@ assert taken: state_kept{Risen,Here}(&registry->wake);
    if (all) {
        leave_queue(registry) /*@ ghost (events) */; /* W36 */
    } else {
        queue_rest(registry) /*@ ghost (events) */;
    }
    //@ assert kept: state_kept{Risen,Here}(&registry->wake);
}
