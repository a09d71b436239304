/* SPDX-License-Identifier: MIT */
#include "poll/wake.h"

#include "sys/wake_channel.h"

static vigil_atomic_u32 *word_of(vigil_registry *registry, uint32_t slot)
{
    return &registry->slots.array[slot / VIGIL_WAKES_PER_WORD].wakes;
}

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

/* Opens the channel with the first waker. A thread that blocks already did not
 * announce it, as there was no waker to hear: the first signal makes it look
 * again. */
static vigil_status open_channel(vigil_registry *registry, uint32_t words)
{
    vigil_wake *wake = &registry->wake;
    vigil_status status =
        vigil_wake_channel_open(&wake->channel, &registry->selector, VIGIL_WAKE_KEY);
    if (status != VIGIL_OK) {
        return status;
    }
    (void)vigil_atomic_exchange(&wake->words, words);
    status = vigil_wake_channel_signal(&wake->channel);
    if (status != VIGIL_OK) {
        (void)vigil_atomic_exchange(&wake->words, 0);
        (void)!vigil_selector_remove(&registry->selector, wake->channel.eventfd);
        vigil_wake_channel_close(&wake->channel);
    }
    return status;
}

vigil_status vigil_wake_enrol(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    uint32_t words = slot / VIGIL_WAKES_PER_WORD + 1;
    if (!vigil_wake_channel_is_open(&wake->channel)) {
        return open_channel(registry, words);
    }
    if (words > vigil_atomic_load(&wake->words)) {
        (void)vigil_atomic_exchange(&wake->words, words);
    }
    return VIGIL_OK;
}

/* Says that there is a wake, if nobody has since the thread was last awake. If
 * the channel cannot be signalled, the next wake must try again: the state is
 * put back, unless the thread has risen meanwhile. */
static vigil_status note(vigil_wake *wake, uint32_t state)
{
    if (!vigil_atomic_replace(&wake->state, state, VIGIL_WAKE_NOTE)) {
        return VIGIL_OK;
    }
    vigil_status status = vigil_wake_channel_signal(&wake->channel);
    if (status != VIGIL_OK) {
        (void)vigil_atomic_replace(&wake->state, VIGIL_WAKE_NOTE, state);
    }
    return status;
}

vigil_status vigil_wake_raise(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    vigil_atomic_set_bits(word_of(registry, slot), bit_of(slot));
    uint32_t state = vigil_atomic_load(&wake->state);
    bool watched = state == VIGIL_WAKE_SLEEP
        || (state == VIGIL_WAKE_RUN && vigil_atomic_load(&wake->nested) != 0);
    return watched ? note(wake, state) : VIGIL_OK;
}

void vigil_wake_forget(vigil_registry *registry, uint32_t slot)
{
    vigil_atomic_keep_bits(word_of(registry, slot), ~bit_of(slot));
}

static bool any_pending(const vigil_registry *registry)
{
    uint32_t words = vigil_atomic_load(&registry->wake.words);
    bool pending = false;
    for (uint32_t word = 0; word < words && !pending; word++) {
        pending = vigil_atomic_load(&registry->slots.array[word].wakes) != 0;
    }
    return pending;
}

vigil_status vigil_wake_nest(vigil_registry *registry)
{
    (void)vigil_atomic_exchange(&registry->wake.nested, 1);
    return any_pending(registry) ? vigil_wake_channel_signal(&registry->wake.channel) : VIGIL_OK;
}

/* The first look is for nothing but speed: a wake that came while the thread
 * was busy is seen without a word to anyone. */
bool vigil_wake_prepare(vigil_registry *registry)
{
    if (any_pending(registry)) {
        return false;
    }
    (void)vigil_atomic_exchange(&registry->wake.state, VIGIL_WAKE_SLEEP);
    if (any_pending(registry)) {
        vigil_atomic_store(&registry->wake.state, VIGIL_WAKE_RUN);
        return false;
    }
    return true;
}

/* A plain store may still be on its way when the bits are looked at, and a wake
 * of that very moment is then left to the next wait. Where another loop watches
 * there may be no next wait without that wake, so there the order is exact. */
static void rise(vigil_wake *wake, bool prepared)
{
    if (vigil_atomic_load(&wake->nested) != 0) {
        (void)vigil_atomic_exchange(&wake->state, VIGIL_WAKE_RUN);
    } else if (prepared) {
        vigil_atomic_store(&wake->state, VIGIL_WAKE_RUN);
    }
}

/* The channel's own report has done its work; its place is worth an event. */
static void remove_channel_report(vigil_wake *wake, vigil_events *events)
{
    for (uint32_t i = 0; i < events->count; i++) {
        if (events->storage[i].key == VIGIL_WAKE_KEY) {
            events->count--;
            events->storage[i] = events->storage[events->count];
            wake->queued = false;
            return;
        }
    }
}

/* The bit was taken before this looks whose it is. A waker that was closed
 * meanwhile has left its slot free, to a source or to another waker: what is no
 * waker's is dropped, and of another waker this may be the wake. */
static void append(vigil_registry *registry, vigil_events *events, uint32_t slot)
{
    uint64_t key = vigil_slots_key(&registry->slots, slot);
    if (vigil_atomic_load(&registry->slots.array[slot].mask) != VIGIL_SELECTOR_WOKEN) {
        return;
    }
    vigil_raw_event *report = &events->storage[events->count];
    report->flags = VIGIL_SELECTOR_WOKEN;
    report->key = key;
    events->count++;
}

/* The lowest `count` bits of those that are set. */
static uint32_t lowest_bits(uint32_t bits, uint32_t count)
{
    uint32_t rest = bits;
    for (uint32_t i = 0; i < count && rest != 0; i++) {
        rest &= rest - 1;
    }
    return bits & ~rest;
}

/* Takes those wakes of one word that `eligible` has, as far as there is room;
 * answers whether that was all of them. The rest stay pending. */
static bool take_word(vigil_registry *registry, vigil_events *events, uint32_t word,
                      uint32_t eligible)
{
    vigil_atomic_u32 *cell = &registry->slots.array[word].wakes;
    uint32_t pending = vigil_atomic_load(cell) & eligible;
    uint32_t taken = lowest_bits(pending, events->capacity - events->count);
    if (taken != 0) {
        vigil_atomic_keep_bits(cell, ~taken);
    }
    uint32_t slot = word * VIGIL_WAKES_PER_WORD;
    for (uint32_t left = taken; left != 0; left /= 2) {
        if (left % 2 != 0) {
            append(registry, events, slot);
            registry->wake.turn = slot + 1;
        }
        slot++;
    }
    return taken == pending;
}

/* Goes once round all slots and begins behind the waker that was reported
 * last, so that where there is not room for all, each has its turn. The word
 * in which it begins is visited twice: its lower slots come last. */
static bool take_round(vigil_registry *registry, vigil_events *events, uint32_t words)
{
    uint32_t start = registry->wake.turn / VIGIL_WAKES_PER_WORD % words;
    uint32_t before = bit_of(registry->wake.turn) - 1;
    bool all = take_word(registry, events, start, ~before);
    for (uint32_t i = 1; i < words; i++) {
        all = take_word(registry, events, (start + i) % words, UINT32_MAX) && all;
    }
    return take_word(registry, events, start, before) && all;
}

/* The kernel filled the batch: the wakers queue with everybody else. Their bits
 * keep the next wait from sleeping, and the signal gives them their turn there
 * behind the sources that are ready now. */
static void queue_rest(vigil_wake *wake)
{
    if (!wake->queued) {
        wake->queued = vigil_wake_channel_signal(&wake->channel) == VIGIL_OK;
    }
}

void vigil_wake_finish(vigil_registry *registry, vigil_events *events, bool prepared)
{
    vigil_wake *wake = &registry->wake;
    rise(wake, prepared);
    bool pending = any_pending(registry);
    if (!pending && !wake->queued) {
        return;
    }
    remove_channel_report(wake, events);
    uint32_t words = vigil_atomic_load(&wake->words);
    if (pending && !take_round(registry, events, words)) {
        queue_rest(wake);
    } else {
        wake->queued = false; /* A signal may still be on its way; nobody counts on it. */
    }
}
