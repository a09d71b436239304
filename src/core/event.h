/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_EVENT_H
#define VIGIL_CORE_EVENT_H

#include "core/token.h"

#include <stdint.h>

/*
 * What became ready. `token` is the one given to the registration; `readiness`
 * is what the system reported of it, in the system's own bits: ask the
 * vigil_event_is_* questions, whose meaning is the same everywhere.
 */
typedef struct vigil_event {
    vigil_token token;
    uint32_t readiness;
} vigil_event;

#endif
