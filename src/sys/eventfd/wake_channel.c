/* SPDX-License-Identifier: MIT */
#include "sys/wake_channel.h"

#include "base/limits.h"
#include "os/descriptor.h"
#include "os/epoll.h"

vigil_status vigil_wake_channel_open(vigil_wake_channel *channel, vigil_selector *selector,
                                     uint64_t key)
{
    vigil_status status = vigil_os_eventfd(&channel->eventfd);
    if (status != VIGIL_OK) {
        channel->eventfd = VIGIL_FD_NONE;
        return status;
    }
    uint32_t request = vigil_selector_request(VIGIL_READABLE);
    status = vigil_selector_add(selector, channel->eventfd, request, key);
    if (status != VIGIL_OK) {
        vigil_wake_channel_close(channel);
    }
    return status;
}

void vigil_wake_channel_close(vigil_wake_channel *channel)
{
    if (vigil_wake_channel_is_open(channel)) {
        (void)!vigil_os_close(channel->eventfd);
        channel->eventfd = VIGIL_FD_NONE;
    }
}

bool vigil_wake_channel_is_open(const vigil_wake_channel *channel)
{
    return channel->eventfd != VIGIL_FD_NONE;
}

/* A write that finds the counter full makes no edge (eventfd(2): EAGAIN), so
 * the counter is emptied and the write tried once more. */
vigil_status vigil_wake_channel_signal(vigil_wake_channel *channel)
{
    vigil_status status = VIGIL_EWOULDBLOCK;
    /*@
      loop invariant range: tries <= VIGIL_WAKE_TRIES_MAX;
      loop invariant errors: status == VIGIL_OK || status == VIGIL_EWOULDBLOCK;
      loop invariant first: tries == 0 ==> status != VIGIL_OK;
      loop invariant readable: tries > 0 ==>
        1 <= kernel_counter[channel->eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
      loop assigns tries, status, kernel_counter[channel->eventfd];
      loop variant VIGIL_WAKE_TRIES_MAX - tries;
    */
    for (uint32_t tries = 0; status != VIGIL_OK && tries < VIGIL_WAKE_TRIES_MAX; tries++) {
        if (tries > 0) {
            (void)!vigil_os_eventfd_drain(channel->eventfd);
        }
        status = vigil_os_eventfd_write(channel->eventfd);
    }
    return status;
}
