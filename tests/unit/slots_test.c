/* SPDX-License-Identifier: MIT */

/* Slots in random sequences, against a model that is one record a slot. */
#include "support/check.h"
#include "support/child.h"
#include "support/random.h"

#include "core/slots.h"

#include <signal.h>
#include <string.h>

#define SLOTS_MAX 97
#define STEPS 30000

typedef struct model {
    uint32_t count;
    uint32_t taken_count;
    bool taken[SLOTS_MAX];
    uint64_t ended[SLOTS_MAX]; /* registrations that the slot has seen end */
} model;

typedef struct rig {
    vigil_slots slots;
    vigil_slot array[SLOTS_MAX + 1]; /* the last one must stay as it is */
    model model;
} rig;

static const vigil_slot guard = {.occupant = 0x5a5a5a5a, .place = 0xa5a5a5a5};

static void set_up(rig *r, uint32_t count)
{
    memset(r, 0x33, sizeof *r);
    memset(&r->model, 0, sizeof r->model);
    r->model.count = count;
    r->array[count] = guard;
    vigil_slots_init(&r->slots, r->array, count);
}

/* The free slots are exactly those that the model has free, each once; the two
 * orders are inverse to each other; nothing behind the array was touched. */
static void check_all(const rig *r)
{
    const model *m = &r->model;
    bool seen[SLOTS_MAX] = {false};
    check_equal(r->slots.count, m->count);
    check_equal(r->slots.free_count, m->count - m->taken_count);
    check_equal(vigil_slots_taken(&r->slots), m->taken_count);
    for (uint32_t p = 0; p < m->count; p++) {
        uint32_t s = r->array[p].occupant;
        check(s < m->count);
        check(!seen[s]);
        seen[s] = true;
        check_equal(r->array[s].place, p);
        check_equal(m->taken[s], p >= r->slots.free_count);
        check_equal(r->array[s].generation.value, m->ended[s] % UINT64_C(4294967296));
        check_equal(vigil_slots_key(&r->slots, s),
                    m->ended[s] % UINT64_C(4294967296) * UINT64_C(4294967296) + s);
        check_equal(r->array[s].wakes.value, 0);
    }
    check(memcmp(&r->array[m->count], &guard, sizeof guard) == 0);
}

static void take(rig *r)
{
    uint32_t index = UINT32_MAX;
    bool got = vigil_slots_take(&r->slots, &index);
    check_equal(got, r->model.taken_count < r->model.count);
    if (!got) {
        check_equal(index, 0);
        return;
    }
    check(index < r->model.count);
    check(!r->model.taken[index]);
    r->model.taken[index] = true;
    r->model.taken_count++;
}

static void release(rig *r, uint32_t start)
{
    for (uint32_t i = 0; i < r->model.count; i++) {
        uint32_t s = (start + i) % r->model.count;
        if (r->model.taken[s]) {
            uint64_t key = vigil_slots_key(&r->slots, s);
            vigil_slots_release(&r->slots, s);
            check(vigil_slots_key(&r->slots, s) != key);
            r->model.taken[s] = false;
            r->model.taken_count--;
            r->model.ended[s]++;
            return;
        }
    }
}

/* A slot that is returned is free again with the key it had. */
static void give_back(rig *r, uint32_t start)
{
    for (uint32_t i = 0; i < r->model.count; i++) {
        uint32_t s = (start + i) % r->model.count;
        if (r->model.taken[s]) {
            uint64_t key = vigil_slots_key(&r->slots, s);
            vigil_slots_return(&r->slots, s);
            check_equal(vigil_slots_key(&r->slots, s), key);
            r->model.taken[s] = false;
            r->model.taken_count--;
            return;
        }
    }
}

static void run_steps(uint32_t count, uint64_t seed)
{
    static rig r;
    random_source source = {seed};
    set_up(&r, count);
    check_all(&r);
    for (int step = 0; step < STEPS; step++) {
        /* Leans to one side for a while, so that both ends are reached. */
        bool filling = step / 300 % 2 == 0;
        if (random_below(&source, 8) < (filling ? 6U : 2U)) {
            take(&r);
        } else if (random_below(&source, 4) == 0) {
            give_back(&r, random_below(&source, count));
        } else {
            release(&r, random_below(&source, count));
        }
        if (count < 10 || step % 16 == 0) {
            check_all(&r);
        }
    }
    check_all(&r);
}

static void slots__random_sequences(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 7, 32, SLOTS_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        run_steps(counts[i], 100 + i);
    }
}

static void slots__fill_and_empty(void **state)
{
    (void)state;
    static rig r;
    set_up(&r, SLOTS_MAX);
    for (uint32_t i = 0; i < SLOTS_MAX + 2; i++) {
        take(&r);
        check_all(&r);
    }
    for (uint32_t i = 0; i < SLOTS_MAX; i++) {
        release(&r, i * 31);
        check_all(&r);
    }
    check_equal(vigil_slots_taken(&r.slots), 0);
}

/* Short sequences exhaustively: every sequence of 9 steps on three slots,
 * where a step takes, or releases the first taken slot from one of three on. */
static void slots__every_short_sequence(void **state)
{
    (void)state;
    static rig r;
    for (uint32_t sequence = 0; sequence < UINT32_C(1) << 18; sequence++) {
        set_up(&r, 3);
        for (uint32_t steps = sequence, i = 0; i < 9; i++, steps /= 4) {
            if (steps % 4 == 3) {
                take(&r);
            } else {
                release(&r, steps % 4);
            }
        }
        check_all(&r);
    }
}

static void slots__generation_wraps(void **state)
{
    (void)state;
    static rig r;
    set_up(&r, 2);
    take(&r);
    take(&r);
    r.array[1].generation.value = UINT32_MAX;
    check_equal(vigil_slots_key(&r.slots, 1), UINT64_MAX - UINT32_MAX + 1);
    vigil_slots_release(&r.slots, 1);
    check_equal(r.array[1].generation.value, 0);
    check_equal(r.array[0].generation.value, 0);
    check_equal(vigil_slots_key(&r.slots, 1), 1);
    check_equal(vigil_slots_taken(&r.slots), 1);
}

/* Two equal keys of one slot are 2^32 registrations apart, not fewer: here the
 * last 300 of them, the wrap included. */
static void slots__keys_do_not_repeat(void **state)
{
    (void)state;
    static rig r;
    set_up(&r, 1);
    r.array[0].generation.value = UINT32_MAX - 200;
    uint64_t keys[300];
    for (int i = 0; i < 300; i++) {
        uint32_t index = 0;
        check(vigil_slots_take(&r.slots, &index));
        keys[i] = vigil_slots_key(&r.slots, index);
        for (int earlier = 0; earlier < i; earlier++) {
            check(keys[earlier] != keys[i]);
        }
        vigil_slots_release(&r.slots, index);
    }
}

static void slots__returned_slot_keeps_its_key(void **state)
{
    (void)state;
    static rig r;
    set_up(&r, 2);
    take(&r);
    take(&r);
    r.array[1].generation.value = UINT32_MAX;
    vigil_slots_return(&r.slots, 1);
    check_equal(r.array[1].generation.value, UINT32_MAX);
    check_equal(vigil_slots_taken(&r.slots), 1);
    uint32_t index = 0;
    check(vigil_slots_take(&r.slots, &index));
    check_equal(index, 1);
}

static void release_slot_of_none(void *argument)
{
    (void)argument;
    static rig r;
    set_up(&r, 2);
    vigil_slots_release(&r.slots, 2);
}

static void release_free_slot(void *argument)
{
    (void)argument;
    static rig r;
    set_up(&r, 2);
    vigil_slots_release(&r.slots, 1);
}

static void return_free_slot(void *argument)
{
    (void)argument;
    static rig r;
    set_up(&r, 2);
    vigil_slots_return(&r.slots, 1);
}

static void return_slot_of_none(void *argument)
{
    (void)argument;
    static rig r;
    set_up(&r, 2);
    vigil_slots_return(&r.slots, 2);
}

static void ask_key_of_none(void *argument)
{
    (void)argument;
    static rig r;
    set_up(&r, 2);
    (void)vigil_slots_key(&r.slots, 2);
}

static void slots__a_bug_stops_the_process(void **state)
{
    (void)state;
    run_child_to_signal(release_slot_of_none, NULL, SIGABRT);
    run_child_to_signal(release_free_slot, NULL, SIGABRT);
    run_child_to_signal(return_slot_of_none, NULL, SIGABRT);
    run_child_to_signal(return_free_slot, NULL, SIGABRT);
    run_child_to_signal(ask_key_of_none, NULL, SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots__random_sequences),
        cmocka_unit_test(slots__fill_and_empty),
        cmocka_unit_test(slots__every_short_sequence),
        cmocka_unit_test(slots__generation_wraps),
        cmocka_unit_test(slots__keys_do_not_repeat),
        cmocka_unit_test(slots__returned_slot_keeps_its_key),
        cmocka_unit_test(slots__a_bug_stops_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
