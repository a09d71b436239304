/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_FIXTURE_H
#define VIGIL_TESTS_SUPPORT_FIXTURE_H

#include "support/check.h"

#define FIXTURE_SLOTS 64
#define FIXTURE_EVENTS 64

/* An open poll with room for what a test registers, and a batch. */
typedef struct fixture {
    vigil_poll poll;
    vigil_registry *registry;
    vigil_slot slots[FIXTURE_SLOTS];
    vigil_raw_event storage[FIXTURE_EVENTS];
    vigil_events events;
} fixture;

void open_fixture(fixture *f);

/* The same with fewer slots or events; at most as many as there are. */
void open_small_fixture(fixture *f, size_t slot_count, size_t capacity);

/* Closes the poll, in which nothing may be registered any more. */
void close_fixture(fixture *f);

/* Registers a descriptor as `source`. */
void watch(fixture *f, vigil_source *source, int fd, vigil_token token, vigil_interest interest);

/* Deregisters. */
void unwatch(fixture *f, vigil_source *source);

/* Waits, as a program that survives signals does; how many events it takes is
 * up to the caller. Never longer than PATIENCE_NS. */
void wait_once(fixture *f, vigil_timeout timeout);

/* The next event: from the batch in hand, or of waits that last up to
 * PATIENCE_NS, after which the test fails. */
vigil_event next_event(fixture *f);

/* The next event, which must be of `token`. */
vigil_event wait_for(fixture *f, vigil_token token);

/* Takes events until one is of `token` and `said` is true of it; drops the
 * others. For what may be reported along with others, or early. */
vigil_event wait_until(fixture *f, vigil_token token, bool (*said)(vigil_event event));

/* That nothing is in hand, and nothing comes for QUIET_MS. */
void expect_no_events(fixture *f);

/* The events of one wait that does not block: how many, the first of them in
 * `first`, which may be null. */
uint32_t take_ready(fixture *f, vigil_event *first);

#endif
