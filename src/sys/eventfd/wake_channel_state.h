/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EVENTFD_WAKE_CHANNEL_STATE_H
#define VIGIL_SYS_EVENTFD_WAKE_CHANNEL_STATE_H

#include "os_types.h"

/* An eventfd(2), registered edge-triggered. It is read only when its counter
 * is full: every write is an edge of its own, so there is nothing to reset. */
typedef struct vigil_wake_channel {
    vigil_fd eventfd;
} vigil_wake_channel;

#endif
