/* SPDX-License-Identifier: MIT */

/*
 * Any batch over any slots: taking events reads no byte outside of them, gives
 * exactly those whose registration is current and has something to say, in
 * their order, and the six questions answer by the bits of epoll(7).
 */
#include "core/slots.h"
#include "input.h"
#include "vigil.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define SLOTS_MAX 8
#define EVENTS_MAX 16

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static uint32_t number(fuzz_input *in)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value = value * 256 + fuzz_byte(in);
    }
    return value;
}

static void check_questions(vigil_event event)
{
    uint32_t r = event.readiness;
    bool in = (r & (EPOLLIN | EPOLLPRI)) != 0;
    bool hup = (r & EPOLLHUP) != 0;
    bool err = (r & EPOLLERR) != 0;
    fuzz_check(vigil_event_is_readable(event) == in);
    fuzz_check(vigil_event_is_writable(event) == ((r & EPOLLOUT) != 0));
    fuzz_check(vigil_event_is_priority(event) == ((r & EPOLLPRI) != 0));
    fuzz_check(vigil_event_is_error(event) == err);
    fuzz_check(vigil_event_is_read_closed(event)
               == (hup || ((r & EPOLLIN) != 0 && (r & EPOLLRDHUP) != 0)));
    fuzz_check(vigil_event_is_write_closed(event)
               == (hup || ((r & EPOLLOUT) != 0 && err) || r == EPOLLERR));
}

/* A key near the slots that there are, or any. */
static uint64_t some_key(fuzz_input *in, uint32_t slot_count)
{
    uint8_t kind = fuzz_byte(in);
    uint64_t generation = kind < 200 ? kind % 4 : number(in);
    uint64_t slot = kind % 2 == 0 ? fuzz_below(in, slot_count + 2) : number(in);
    return generation * UINT64_C(4294967296) + slot;
}

/* Exactly as large as they are said to be, so that a step beyond is seen. */
static void *exactly(size_t size)
{
    void *memory = calloc(1, size);
    fuzz_check(memory != NULL);
    return memory;
}

static void take_all(vigil_events *events, const vigil_slot *slots, uint32_t slot_count)
{
    vigil_event event;
    for (uint32_t i = 0; i < events->count; i++) {
        uint64_t key = events->storage[i].key;
        uint64_t slot = key % UINT64_C(4294967296);
        if (slot >= slot_count || slots[slot].generation.value != key / UINT64_C(4294967296)) {
            continue;
        }
        uint32_t said = events->storage[i].flags & slots[slot].mask.value;
        if (said != 0) {
            fuzz_check(vigil_events_next(events, &event));
            fuzz_check(event.token == slots[slot].token.value);
            fuzz_check(event.readiness == said);
            check_questions(event);
        }
    }
    fuzz_check(!vigil_events_next(events, &event));
    fuzz_check(event.token == 0 && event.readiness == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input in = {data, size};
    uint32_t slot_count = 1 + fuzz_below(&in, SLOTS_MAX);
    uint32_t capacity = 1 + fuzz_below(&in, EVENTS_MAX);
    vigil_slot *slots = exactly(slot_count * sizeof *slots);
    vigil_raw_event *storage = exactly(capacity * sizeof *storage);
    vigil_events events;
    for (uint32_t i = 0; i < slot_count; i++) {
        slots[i].generation.value = fuzz_below(&in, 4);
        slots[i].mask.value = number(&in);
        slots[i].token.value = fuzz_byte(&in);
    }
    fuzz_check(vigil_events_init(&events, storage, capacity) == VIGIL_OK);
    events.slots = slots;
    events.slot_count = slot_count;
    while (events.count < capacity && in.left > 0) {
        storage[events.count].key = some_key(&in, slot_count);
        storage[events.count].flags = number(&in);
        events.count++;
    }
    take_all(&events, slots, slot_count);
    vigil_events_clear(&events);
    vigil_event event;
    fuzz_check(!vigil_events_next(&events, &event));
    free(slots);
    free(storage);
    return 0;
}
