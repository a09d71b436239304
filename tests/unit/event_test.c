/* SPDX-License-Identifier: MIT */

/* The questions of an event, for all masks of the low sixteen bits and for a
 * sample of all others, against a table of when each is answered with yes. */
#include "support/check.h"
#include "support/random.h"

#include <sys/epoll.h>

#define SAMPLES 200000
#define NEVER UINT32_MAX

typedef struct row {
    const char *question;
    bool (*ask)(vigil_event event);
    uint32_t sets[2];  /* yes if the mask has all bits of one of these sets, 0 for no set */
    uint32_t alone[2]; /* yes if the mask is one of these */
} row;

static const row rows[] = {
    {"readable", vigil_event_is_readable, {EPOLLIN, EPOLLPRI}, {NEVER, NEVER}},
    {"writable", vigil_event_is_writable, {EPOLLOUT, 0}, {NEVER, NEVER}},
    {"error", vigil_event_is_error, {EPOLLERR, 0}, {NEVER, NEVER}},
    {"read closed", vigil_event_is_read_closed, {EPOLLHUP, EPOLLIN | EPOLLRDHUP}, {NEVER, NEVER}},
    {"write closed",
     vigil_event_is_write_closed,
     {EPOLLHUP, EPOLLOUT | EPOLLERR},
     {EPOLLERR, NEVER}},
    {"priority", vigil_event_is_priority, {EPOLLPRI, 0}, {NEVER, NEVER}},
};

static bool expected(const row *r, uint32_t mask)
{
    for (int i = 0; i < 2; i++) {
        uint32_t lacking = r->sets[i] & ~mask;
        if ((r->sets[i] != 0 && lacking == 0) || (r->alone[i] != NEVER && r->alone[i] == mask)) {
            return true;
        }
    }
    return false;
}

static void check_mask(uint32_t mask)
{
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        vigil_event event = {.token = mask, .readiness = mask};
        if (rows[r].ask(event) != expected(&rows[r], mask)) {
            check_fail(__FILE__, __LINE__, "%s is wrong of mask %#x", rows[r].question, mask);
        }
    }
}

static void event__questions_of_all_low_masks(void **state)
{
    (void)state;
    for (uint32_t mask = 0; mask < UINT32_C(0x10000); mask++) {
        check_mask(mask);
    }
}

static void event__questions_of_sampled_masks(void **state)
{
    (void)state;
    random_source source = {7};
    for (int i = 0; i < SAMPLES; i++) {
        check_mask((uint32_t)random_u64(&source));
    }
    for (int bit = 0; bit < 32; bit++) {
        check_mask(UINT32_C(1) << bit);
        check_mask(~(UINT32_C(1) << bit));
        check_mask(EPOLLERR | UINT32_C(1) << bit);
    }
    check_mask(UINT32_MAX);
}

/* The exported copies answer what the inlined ones do. */
static void event__questions_through_pointers(void **state)
{
    (void)state;
    bool (*volatile readable)(vigil_event) = vigil_event_is_readable;
    bool (*volatile write_closed)(vigil_event) = vigil_event_is_write_closed;
    check(readable((vigil_event){.readiness = EPOLLPRI}));
    check(!readable((vigil_event){.readiness = EPOLLOUT}));
    check(write_closed((vigil_event){.readiness = EPOLLERR}));
    check(!write_closed((vigil_event){.readiness = EPOLLERR | EPOLLIN}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event__questions_of_all_low_masks),
        cmocka_unit_test(event__questions_of_sampled_masks),
        cmocka_unit_test(event__questions_through_pointers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
