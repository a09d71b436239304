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
    wake->announced = false;
    wake->queued = false;
}

/* A thread that blocks already did not announce it, as there was no waker to
 * hear: the first signal makes it look again. */
vigil_status vigil_wake_enrol(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    if (!vigil_wake_channel_is_open(&wake->channel)) {
        vigil_status status =
            vigil_wake_channel_open(&wake->channel, &registry->selector, VIGIL_WAKE_KEY);
        if (status != VIGIL_OK) {
            return status;
        }
    }
    uint32_t words = slot / VIGIL_WAKES_PER_WORD + 1;
    if (words > vigil_atomic_load(&wake->words)) {
        (void)vigil_atomic_exchange(&wake->words, words);
    }
    if (wake->announced) {
        return VIGIL_OK;
    }
    vigil_status status = vigil_wake_channel_signal(&wake->channel);
    wake->announced = status == VIGIL_OK;
    return status;
}

/* If the channel cannot be signalled, the next wake must try again: SLEEP is
 * put back, unless the thread has risen and taken the note meanwhile. */
static vigil_status signal_sleeper(vigil_wake *wake, uint32_t before)
{
    vigil_status status = vigil_wake_channel_signal(&wake->channel);
    if (status != VIGIL_OK && before == VIGIL_WAKE_SLEEP) {
        (void)vigil_atomic_replace(&wake->state, VIGIL_WAKE_NOTE, VIGIL_WAKE_SLEEP);
    }
    return status;
}

vigil_status vigil_wake_raise(vigil_registry *registry, uint32_t slot)
{
    vigil_wake *wake = &registry->wake;
    vigil_atomic_set_bits(word_of(registry, slot), bit_of(slot));
    if (vigil_atomic_load(&wake->state) == VIGIL_WAKE_NOTE) {
        return VIGIL_OK; /* Whoever noted has signalled; the bit will be seen with theirs. */
    }
    uint32_t before = vigil_atomic_exchange(&wake->state, VIGIL_WAKE_NOTE);
    bool unwatched = before == VIGIL_WAKE_RUN && vigil_atomic_load(&wake->nested) == 0;
    if (before == VIGIL_WAKE_NOTE || unwatched) {
        return VIGIL_OK;
    }
    return signal_sleeper(wake, before);
}

void vigil_wake_forget(vigil_registry *registry, uint32_t slot)
{
    vigil_atomic_keep_bits(word_of(registry, slot), ~bit_of(slot));
}

vigil_status vigil_wake_nest(vigil_wake *wake)
{
    (void)vigil_atomic_exchange(&wake->nested, 1);
    bool noted = vigil_atomic_load(&wake->state) == VIGIL_WAKE_NOTE;
    return noted ? vigil_wake_channel_signal(&wake->channel) : VIGIL_OK;
}

bool vigil_wake_prepare(vigil_wake *wake)
{
    return vigil_atomic_replace(&wake->state, VIGIL_WAKE_RUN, VIGIL_WAKE_SLEEP) != 0;
}

/* Whether there may be wakes to take. A thread that slept looks in any case: a
 * wake whose signal failed has left its bit, and no note. */
static bool take_note(vigil_wake *wake, bool prepared)
{
    if (prepared) {
        (void)vigil_atomic_exchange(&wake->state, VIGIL_WAKE_RUN);
        return true;
    }
    return vigil_atomic_replace(&wake->state, VIGIL_WAKE_NOTE, VIGIL_WAKE_RUN) != 0;
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

static void append(vigil_registry *registry, vigil_events *events, uint32_t slot)
{
    vigil_raw_event *report = &events->storage[events->count];
    report->flags = VIGIL_SELECTOR_WOKEN;
    report->key = vigil_slots_key(&registry->slots, slot);
    events->count++;
}

/* Takes the wakes of one word as far as there is room; the rest stay pending. */
static bool take_word(vigil_registry *registry, vigil_events *events, uint32_t word)
{
    vigil_atomic_u32 *cell = &registry->slots.array[word].wakes;
    uint32_t left = vigil_atomic_exchange(cell, 0);
    uint32_t slot = word * VIGIL_WAKES_PER_WORD;
    for (; left != 0 && events->count < events->capacity; left /= 2) {
        if (left % 2 != 0) {
            append(registry, events, slot);
        }
        slot++;
    }
    if (left == 0) {
        return true;
    }
    vigil_atomic_set_bits(cell, left << slot % VIGIL_WAKES_PER_WORD);
    return false;
}

/* The kernel filled the batch: the wakers queue with everybody else. Noted
 * again, they are in the next wait, and the signal gives them their turn there
 * behind the sources that are ready now. */
static void queue_rest(vigil_wake *wake)
{
    (void)vigil_atomic_exchange(&wake->state, VIGIL_WAKE_NOTE);
    if (!wake->queued) {
        wake->queued = vigil_wake_channel_signal(&wake->channel) == VIGIL_OK;
    }
}

static bool any_pending(const vigil_registry *registry, uint32_t words)
{
    bool pending = false;
    for (uint32_t word = 0; word < words && !pending; word++) {
        pending = vigil_atomic_load(&registry->slots.array[word].wakes) != 0;
    }
    return pending;
}

void vigil_wake_finish(vigil_registry *registry, vigil_events *events, bool prepared)
{
    vigil_wake *wake = &registry->wake;
    uint32_t words = vigil_atomic_load(&wake->words);
    if (!take_note(wake, prepared) || !any_pending(registry, words)) {
        return;
    }
    remove_channel_report(wake, events);
    bool all = true;
    for (uint32_t word = 0; word < words; word++) {
        all = take_word(registry, events, word) && all;
    }
    if (!all) {
        queue_rest(wake);
    }
}
