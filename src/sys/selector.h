/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_SELECTOR_H
#define VIGIL_SYS_SELECTOR_H

#include "base/status.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "os_types.h"
#include "selector_state.h"

#include <stdbool.h>

/*
 * The contract that every backend meets: a selector waits for many
 * descriptors at once. It is a thin layer over one mechanism of the system;
 * what a registration means is settled above it, once, in poll/.
 *
 * A backend brings selector_state.h (the struct), selector_event.h (what its
 * event bits mean) and the functions below. Adding, modifying and removing are
 * safe from any thread during a wait; one thread waits at a time.
 */

vigil_status vigil_selector_open(vigil_selector *selector);
void vigil_selector_close(vigil_selector *selector);

/* A descriptor that is readable while a wait would not block; VIGIL_FD_NONE if
 * the mechanism has none. */
vigil_fd vigil_selector_fd(const vigil_selector *selector);

/* What the mechanism is asked for on behalf of an interest. */
uint32_t vigil_selector_request(vigil_interest interest);

/* The event bits that may come of a request. */
uint32_t vigil_selector_reportable(uint32_t request);

/* From here on the selector reports `fd` with `key`, at once if it is ready. */
vigil_status vigil_selector_add(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                uint64_t key);

/* Replaces request and key, and reports `fd` at once if it is ready. */
vigil_status vigil_selector_modify(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                   uint64_t key);

/* From here on `fd` is not reported; VIGIL_OK too if the system had forgotten
 * it already, because its descriptor was closed. */
vigil_status vigil_selector_remove(vigil_selector *selector, vigil_fd fd);

/* Waits until something is ready, for `timeout` at most; may return early with
 * nothing where the system cannot count so far. `count` is 0 unless the status
 * is VIGIL_OK. */
vigil_status vigil_selector_wait(vigil_selector *selector, vigil_raw_event *events,
                                 uint32_t capacity, vigil_timeout timeout, uint32_t *count);

#endif
