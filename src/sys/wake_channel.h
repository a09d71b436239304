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
/*@
  requires memory: \valid(channel) && \valid(selector) && \separated(channel, selector);
  requires valid: selector_valid(selector);
  terminates \true; exits \false;
  assigns *channel, VIGIL_KERNEL_TABLE, VIGIL_KERNEL_COUNTERS,
    VIGIL_KERNEL_LIST(selector->epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(selector->epoll, channel->eventfd);
  ensures failed: \result != VIGIL_OK ==> channel->eventfd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==>
    wake_channel_valid(channel, selector->epoll) &&
    VIGIL_KERNEL_ENTRY(selector->epoll, channel->eventfd,
                       selector_request(VIGIL_READABLE), key);
  ensures new: \forall integer f; \result == VIGIL_OK && f == channel->eventfd ==>
    \old(kernel_kind[f]) == VIGIL_KERNEL_CLOSED &&
    \old(kernel_listed[selector->epoll][f]) == 0;
  ensures table: \result == VIGIL_OK ==> VIGIL_KERNEL_SAME_TABLE(channel->eventfd);
*/
vigil_status vigil_wake_channel_open(vigil_wake_channel *channel, vigil_selector *selector,
                                     uint64_t key);

/* Closes it if it is open. The selector it reported to must be closed, or be
 * about to be. */
/*@
  requires channel: \valid(channel);
  requires open: channel->eventfd != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_OPEN(channel->eventfd) && VIGIL_KERNEL_UNLISTED(channel->eventfd);
  terminates \true; exits \false;
  assigns channel->eventfd, kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures none: channel->eventfd == VIGIL_FD_NONE;
  ensures closed: \old(channel->eventfd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(channel->eventfd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(channel->eventfd) ==> kernel_kind[f] == \old(kernel_kind[f]);
*/
void vigil_wake_channel_close(vigil_wake_channel *channel);

/*@
  requires channel: \valid_read(channel);
  terminates \true; exits \false;
  assigns \result \from channel->eventfd;
  ensures open: \result <==> channel->eventfd != VIGIL_FD_NONE;
*/
bool vigil_wake_channel_is_open(const vigil_wake_channel *channel);

/* Makes the wait that is on, or the next one, return. Any thread, any signal
 * handler; errno stays as it was. */
/*@
  requires channel: \valid_read(channel);
  requires open: VIGIL_KERNEL_IS(channel->eventfd, VIGIL_KERNEL_EVENTFD) &&
    kernel_nonblocking[channel->eventfd] == 1;
  terminates \true; exits \false;
  assigns kernel_counter[channel->eventfd];
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  // Whatever the status, the channel is readable: a wait returns.
  ensures readable: 1 <= kernel_counter[channel->eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
*/
vigil_status vigil_wake_channel_signal(vigil_wake_channel *channel);

#endif
