/* SPDX-License-Identifier: MIT */

/*
 * Any sequence of taking slots and giving them back, against a plain list of
 * who has what. A generation is set close to its end now and then, so that it
 * comes round within a run.
 */
#include "core/slots.h"
#include "input.h"

#include <string.h>

#define SLOTS_MAX 40
#define KEYS_MAX 64

typedef struct stage {
    vigil_slots slots;
    vigil_slot array[SLOTS_MAX];
    bool taken[SLOTS_MAX];
    uint64_t key[SLOTS_MAX];
    uint64_t ended[KEYS_MAX]; /* keys of registrations that are over */
    unsigned ended_count;
    unsigned taken_count;
} stage;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void take(stage *s)
{
    uint32_t slot = UINT32_MAX;
    bool took = vigil_slots_take(&s->slots, &slot);
    fuzz_check(took == (s->taken_count < s->slots.count));
    if (!took) {
        fuzz_check(slot == 0);
        return;
    }
    fuzz_check(slot < s->slots.count);
    fuzz_check(!s->taken[slot]);
    s->taken[slot] = true;
    s->taken_count++;
    s->key[slot] = vigil_slots_key(&s->slots, slot);
}

static void release(stage *s, unsigned which)
{
    uint32_t slot = which % s->slots.count;
    if (!s->taken[slot]) {
        return;
    }
    vigil_slots_release(&s->slots, slot);
    s->taken[slot] = false;
    s->taken_count--;
    s->ended[s->ended_count++ % KEYS_MAX] = s->key[slot];
}

/* A key that has ended is the key of no slot, and nobody's key has moved. */
static void look(const stage *s)
{
    unsigned ended = s->ended_count < KEYS_MAX ? s->ended_count : KEYS_MAX;
    fuzz_check(vigil_slots_taken(&s->slots) == s->taken_count);
    for (uint32_t slot = 0; slot < s->slots.count; slot++) {
        uint64_t key = vigil_slots_key(&s->slots, slot);
        fuzz_check(key % UINT64_C(4294967296) == slot);
        fuzz_check(!s->taken[slot] || key == s->key[slot]);
        for (unsigned i = 0; i < ended; i++) {
            fuzz_check(key != s->ended[i]);
        }
    }
}

/* As if a free slot had served long: what ended before is forgotten here, as
 * its keys may come again. */
static void age(stage *s, unsigned which)
{
    uint32_t slot = which % s->slots.count;
    if (!s->taken[slot]) {
        s->array[slot].generation.value = UINT32_MAX - which % 3;
        s->ended_count = 0;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static stage s;
    fuzz_input in = {data, size};
    memset(&s, 0, sizeof s);
    vigil_slots_init(&s.slots, s.array, 1 + fuzz_below(&in, SLOTS_MAX));
    while (in.left > 0) {
        uint8_t what = fuzz_byte(&in);
        switch (what % 8) {
        case 0:
        case 1:
        case 2:
        case 3:
            take(&s);
            break;
        case 4:
            age(&s, what / 8);
            break;
        default:
            release(&s, fuzz_byte(&in));
            break;
        }
        look(&s);
    }
    return 0;
}
