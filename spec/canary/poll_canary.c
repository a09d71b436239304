/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include <stddef.h>

/* A false law: a poll can always be closed. */
/*@ requires valid: poll_valid(poll);
    requires deregistered: !poll_closed(poll) ==>
      VIGIL_KERNEL_UNLISTED(poll->registry.selector.epoll);
    terminates \true; exits \false; */
void close_always_succeeds(vigil_poll *poll)
{
    vigil_status status = vigil_poll_close(poll);
    //@ check canary: status == VIGIL_OK;
}

/* A false law: opening a poll leaves the table of descriptors as it was. */
/*@ requires poll: \valid(poll);
    requires slots: \valid(slots + (0 .. 0)) && \separated(poll, slots + (0 .. 0));
    terminates \true; exits \false; */
void open_opens_nothing(vigil_poll *poll, vigil_slot *slots)
{
    (void)vigil_poll_open(poll, slots, 1);
    //@ check canary: kernel_same_table{Pre,Here}(-1);
}

/* A broken variant: it asks nobody, and forgets both descriptors. */
vigil_status vigil_poll_close(vigil_poll *poll)
{
    poll->registry.slots.array = NULL;
    poll->registry.slots.count = 0;
    return VIGIL_OK;
}

/* A broken variant: it hands the descriptor out and makes no wake heard there. */
vigil_status vigil_poll_fd(vigil_poll *poll, vigil_fd *fd)
{
    *fd = poll->registry.selector.epoll;
    return VIGIL_OK;
}
