/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EVENTFD_WAKE_CHANNEL_STATE_H
#define VIGIL_SYS_EVENTFD_WAKE_CHANNEL_STATE_H

#include "os/kernel.h"
#include "os_types.h"

/* An eventfd(2), registered edge-triggered. It is read only when its counter
 * is full: every write is an edge of its own, so there is nothing to reset. */
typedef struct vigil_wake_channel {
    vigil_fd eventfd;
} vigil_wake_channel;

/*@
  // Only the epoll `e` lists it.
  predicate wake_channel_valid(vigil_wake_channel *c, integer e) =
    VIGIL_KERNEL_IS(c->eventfd, VIGIL_KERNEL_EVENTFD) &&
    kernel_nonblocking[c->eventfd] == 1 && kernel_cloexec[c->eventfd] == 1 &&
    \forall integer i; 0 <= i < VIGIL_KERNEL_DESCRIPTORS && i != e &&
      kernel_kind[i] == VIGIL_KERNEL_EPOLL ==> kernel_listed[i][c->eventfd] == 0;
*/

#endif
