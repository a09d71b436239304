/* SPDX-License-Identifier: MIT */

/*
 * A small program for the canaries of ci/eva, which plants a defect in the library
 * and wants Eva to see it: it waits once, and takes what there is.
 */
#include "core/timeout_rules.h"
#include "poll/events.h"
#include "poll/poll.h"

#include <__fc_builtin.h>

#define SLOTS 4
#define BATCH 4

static vigil_poll poll;
static vigil_slot slots[SLOTS];
static vigil_events events;
static vigil_raw_event storage[BATCH];

int main(void)
{
    vigil_event event;
    vigil_timeout timeout = {Frama_C_unsigned_long_interval(0, UINT64_MAX)};
    if (vigil_poll_open(&poll, slots, SLOTS) == VIGIL_OK
        && vigil_events_init(&events, storage, BATCH) == VIGIL_OK) {
        (void)vigil_poll_wait(&poll, &events, timeout);
        (void)vigil_events_next(&events, &event);
        (void)vigil_timeout_to_ms(timeout);
    }
    return 0;
}
