/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_WAKE_CHANNEL_H
#define VIGIL_SYS_WAKE_CHANNEL_H

#include "base/status.h"
#include "sys/selector.h"
#include "wake_channel_state.h"

#include <stdbool.h>

/*
 * What makes a selector's wait return from another thread. A poll has one, of
 * all its wakers together; which of them woke is not its business.
 */

/* Opens a channel that `selector` reports with `key`. */
vigil_status vigil_wake_channel_open(vigil_wake_channel *channel, vigil_selector *selector,
                                     uint64_t key);

/* Closes it if it is open. The selector it reported to must be closed, or be
 * about to be. */
void vigil_wake_channel_close(vigil_wake_channel *channel);

bool vigil_wake_channel_is_open(const vigil_wake_channel *channel);

/* Makes the wait that is on, or the next one, return. Any thread, any signal
 * handler; errno stays as it was. */
vigil_status vigil_wake_channel_signal(vigil_wake_channel *channel);

#endif
