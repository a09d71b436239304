/* SPDX-License-Identifier: MIT */
#include "poll/wake_take.h"

/* A mark such as W13 names a step of spec/protocols/waker_steps.pml. */

/*@
  requires small: i < 32;
  terminates \true; exits \false;
  assigns \result \from i;
  ensures bit: \result == (1 << i);
  ensures some: 0 < \result <= 0x80000000;
*/
static uint32_t word_bit(uint32_t i)
{
    return UINT32_C(1) << i;
}

/* The bit was taken before this looks whose it is. A waker that was closed
 * meanwhile has left its slot free, to a source or to another waker: what is no
 * waker's is dropped, and of another waker this may be the wake. */
/*@
  requires taking: may_take(registry, events);
  requires slot: slot < registry->slots.count;
  requires room: events->count < events->capacity;
  terminates \true; exits \false;
  assigns events->count, events->storage[0 .. events->capacity - 1];
  ensures taking: may_take(registry, events);
  ensures one: events->count <= \old(events->count) + 1;
  ensures extended: batch_extended{Pre,Post}(events);
*/
static void append(vigil_registry *registry, vigil_events *events, uint32_t slot)
{
    uint64_t key = vigil_slots_key(&registry->slots, slot);                             /* W28 */
    if (vigil_atomic_load(&registry->slots.array[slot].mask) != VIGIL_SELECTOR_WOKEN) { /* W29 */
        return;
    }
    //@ assert waker: report_of_waker(&registry->slots, slot, VIGIL_SELECTOR_WOKEN, key);
    vigil_raw_event *report = &events->storage[events->count];
    report->flags = VIGIL_SELECTOR_WOKEN;
    //@ assert flags: slots_contents_kept{Pre,Here}(&registry->slots, -1);
    report->key = key;
    events->count++;
    //@ assert contents: slots_contents_kept{Pre,Here}(&registry->slots, -1);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert waker: report_of_waker(&registry->slots, slot, VIGIL_SELECTOR_WOKEN, key);
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert valid: waking_valid(registry);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
    //@ assert known: batch_known(registry, events);
}

/* The lowest `count` bits of those that are set. */
/*@
  terminates \true; exits \false;
  assigns \result \from bits, count;
  ensures lowest: lowest_of(\result, bits, count);
*/
static uint32_t lowest_bits(uint32_t bits, uint32_t count)
{
    /*@ ghost
      /@ loop invariant range: 0 <= n <= 32;
         loop invariant few: \forall integer j; 0 <= j <= n ==> ones_below(bits, j) <= j;
         loop invariant more: \forall integer j, k; 0 <= j <= k <= n ==>
           ones_below(bits, j) <= ones_below(bits, k);
         loop assigns n;
         loop variant 32 - n; @/
      for (uint32_t n = 0; n < 32; n++) {} */
    if (count >= VIGIL_WAKES_PER_WORD) {
        return bits;
    }
    uint32_t taken = 0;
    uint32_t room = count;
    uint32_t i = 0;
    //@ assert whole: power(8) == 256 && power(16) == 65536 && power(24) == 16777216;
    //@ assert whole_word: power(32) == 4294967296;
    /*@
      loop invariant range: 0 <= i <= 32;
      loop invariant small: left < power(32 - i);
      loop invariant left: \forall integer j; 0 <= j ==>
        (bit_set(left, j) <==> bit_set(bits, i + j));
      loop invariant room: room ==
        (ones_below(bits, i) < count ? count - ones_below(bits, i) : 0);
      loop invariant lowest: \forall integer j; 0 <= j < i ==>
        (bit_set(taken, j) <==> bit_set(bits, j) && ones_below(bits, j) < count);
      loop invariant above: \forall integer j; i <= j < 32 ==> !bit_set(taken, j);
      loop assigns i, left, room, taken;
      loop variant left;
    */
    for (uint32_t left = bits; left != 0 && room != 0; left /= 2) {
        //@ assert next: bit_set(left, 0) <==> bit_set(bits, i);
        if ((left & 1) != 0) {
            taken |= word_bit(i);
            room--;
        }
        i++;
    }
    /*@ assert rest: room != 0 ==> \forall integer j; i <= j < 32 ==>
          (bit_set(bits, j) <==> bit_set(0, j - i)); */
    return taken;
}

/* The next round of wakes begins behind `slot`. */
/*@
  requires taking: may_take(registry, events);
  requires slot: slot < registry->slots.count;
  terminates \true; exits \false;
  assigns registry->wake.turn;
  ensures taking: may_take(registry, events);
  ensures extended: batch_extended{Pre,Post}(events);
  ensures state: state_kept{Pre,Post}(&registry->wake);
*/
static inline void begin_behind(vigil_registry *registry, uint32_t slot)
/*@ ghost (vigil_events *events) */
{
    registry->wake.turn = slot + 1; /* W30 */
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert contents: slots_contents_kept{Pre,Here}(&registry->slots, -1);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert same: wakes_same{Pre,Here}(&registry->slots);
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
}

/* Reports the wakes of one word that have been taken. */
/*@
  requires taking: may_take(registry, events);
  requires word: word < registry->wake.words.value;
  requires slots: \forall integer b; 0 <= b < 32 && bit_set(taken, b) ==>
    32 * word + b < registry->slots.count;
  requires room: lowest_of(taken, pending, events->capacity - events->count);
  terminates \true; exits \false;
  assigns events->count, events->storage[0 .. events->capacity - 1], registry->wake.turn;
  ensures taking: may_take(registry, events);
  ensures extended: batch_extended{Pre,Post}(events);
  ensures state: state_kept{Pre,Post}(&registry->wake);
*/
static void report_word(vigil_registry *registry, vigil_events *events, uint32_t word,
                        uint32_t taken) /*@ ghost (uint32_t pending) */
{
    uint32_t slot = word * VIGIL_WAKES_PER_WORD;
    //@ ghost uint32_t bit = 0;
    //@ assert whole: power(8) == 256 && power(16) == 65536 && power(24) == 16777216;
    //@ assert whole_word: power(32) == 4294967296;
    /*@
      loop invariant range: 0 <= bit <= 32 && slot == 32 * word + bit;
      loop invariant small: left < power(32 - bit);
      loop invariant left: \forall integer j; 0 <= j ==>
        (bit_set(left, j) <==> bit_set(taken, bit + j));
      loop invariant place: events->storage == \at(events->storage, Pre) &&
        events->capacity == \at(events->capacity, Pre);
      loop invariant state: state_kept{Pre,Here}(&registry->wake);
      loop invariant taking: may_take(registry, events);
      loop invariant room: events->count <= \at(events->count, Pre) + ones_below(pending, bit);
      loop invariant extended: batch_extended{Pre,Here}(events);
      loop assigns left, slot, bit, events->count,
        events->storage[0 .. \at(events->capacity, Pre) - 1], registry->wake.turn;
      loop variant left;
    */
    for (uint32_t left = taken; left != 0; left /= 2) {
        //@ assert next: bit_set(left, 0) <==> bit_set(taken, bit);
        if ((left & 1) != 0) {
            //@ assert fits: slot < registry->slots.count && events->count < events->capacity;
            /*@ assert place: events->storage == \at(events->storage, Pre) &&
                  events->capacity == \at(events->capacity, Pre); */
            append(registry, events, slot);
            begin_behind(registry, slot) /*@ ghost (events) */;
        }
        slot++;
        //@ ghost bit++;
    }
    /*@ assert rest: \forall integer j; bit <= j < 32 ==>
          (bit_set(taken, j) <==> bit_set(0, j - bit)); */
}

/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value;
  ensures bits: \forall integer b; 0 <= b < 32 ==> (bit_set(cell->value, b) <==>
    bit_set(\old(cell->value), b) && !bit_set(taken, b));
*/
static void clear_bits(vigil_atomic_u32 *cell, uint32_t taken)
{
    if (taken != 0) {
        vigil_atomic_keep_bits(cell, ~taken);
    }
}

/* Takes those wakes of one word that `eligible` has, as far as there is room;
 * answers whether that was all of them. The rest stay pending. */
/*@
  requires taking: may_take(registry, events);
  requires word: word < registry->wake.words.value;
  terminates \true; exits \false;
  assigns registry->slots.array[word].wakes.value, events->count,
    events->storage[0 .. events->capacity - 1], registry->wake.turn;
  ensures taking: may_take(registry, events);
  ensures came: word_came{Pre,Post}(registry, word);
  ensures state: state_kept{Pre,Post}(&registry->wake);
  ensures place: events->storage == \old(events->storage) &&
    events->capacity == \old(events->capacity) &&
    registry->slots.array == \old(registry->slots.array) &&
    registry->slots.count == \old(registry->slots.count);
*/
static bool take_word(vigil_registry *registry, vigil_events *events, uint32_t word,
                      uint32_t eligible)
{
    vigil_atomic_u32 *cell = &registry->slots.array[word].wakes;
    uint32_t pending = vigil_atomic_load(cell) & eligible; /* W31 */
    uint32_t taken = lowest_bits(pending, events->capacity - events->count);
    /*@ assert eligible: \forall integer b; 0 <= b < 32 && bit_set(pending, b) ==>
          bit_set(registry->slots.array[word].wakes.value, b); */
    /*@ assert slots: \forall integer b; 0 <= b < 32 && bit_set(taken, b) ==>
          32 * word + b < registry->slots.count; */
    clear_bits(cell, taken); /* W32 */
    //@ assert state: state_kept{Pre,Here}(&registry->wake);
    //@ assert order: slots_order_kept{Pre,Here}(&registry->slots);
    //@ assert records: slots_records_kept{Pre,Here}(&registry->slots);
    //@ assert extended: batch_extended{Pre,Here}(events);
    //@ assert still_known: known_kept{Pre,Here}(registry, events);
    /*@ assert bits: \forall integer b; 0 <= b < 32 ==>
          (bit_set(registry->slots.array[word].wakes.value, b) <==>
           bit_set(\at(registry->slots.array[word].wakes.value, Pre), b) && !bit_set(taken, b)); */
    //@ assert wakes: wakes_valid(&registry->slots, registry->wake.words.value);
    //@ assert registry: registry_valid(registry);
    //@ assert channel: channel_valid(&registry->wake, registry->selector.epoll);
    //@ assert memory: batch_memory(registry, events);
    //@ assert known: batch_known(registry, events);
    report_word(registry, events, word, taken) /*@ ghost (pending) */;
    return taken == pending;
}

bool vigil_wake_take_round(vigil_registry *registry, vigil_events *events, uint32_t words)
{
    uint32_t start = registry->wake.turn / VIGIL_WAKES_PER_WORD % words;
    uint32_t before = word_bit(registry->wake.turn % VIGIL_WAKES_PER_WORD) - 1;
    //@ assert start: start < registry->slots.count;
    bool all = take_word(registry, events, start, ~before);
    /*@
      loop invariant range: 1 <= i && (i <= words || words == 1);
      loop invariant place: events->storage == \at(events->storage, Pre) &&
        events->capacity == \at(events->capacity, Pre) &&
        registry->slots.array == \at(registry->slots.array, Pre) &&
        registry->slots.count == \at(registry->slots.count, Pre);
      loop invariant state: state_kept{Pre,Here}(&registry->wake);
      loop invariant taking: may_take(registry, events);
      loop assigns i, all, events->count, registry->wake.turn,
        registry->slots.array[0 .. \at(registry->slots.count, Pre) - 1].wakes.value,
        events->storage[0 .. \at(events->capacity, Pre) - 1];
      loop variant words - i;
    */
    for (uint32_t i = 1; i < words; i++) {
        uint32_t word = start + i < words ? start + i : start + i - words;
        //@ assert word: word < registry->slots.count;
        all = take_word(registry, events, word, UINT32_MAX) && all;
    }
    return take_word(registry, events, start, before) && all;
}
