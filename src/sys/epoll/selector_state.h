/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EPOLL_SELECTOR_STATE_H
#define VIGIL_SYS_EPOLL_SELECTOR_STATE_H

#include "core/interest.h"
#include "os/kernel.h"
#include "os_types.h"

#include <stdbool.h>

typedef struct vigil_selector {
    vigil_fd epoll;
    bool coarse; /* the kernel has no epoll_pwait2(2): timeouts are rounded up to milliseconds */
} vigil_selector;

/*@
  predicate selector_valid(vigil_selector *s) =
    VIGIL_KERNEL_IS(s->epoll, VIGIL_KERNEL_EPOLL);

  // As it is opened: the kernel is taken to have everything.
  predicate selector_fresh{L}(vigil_selector *s) = s->coarse == \false;

  // EPOLLIN and EPOLLRDHUP, EPOLLOUT, EPOLLPRI, EPOLLET, EPOLLONESHOT.
  logic integer selector_request(integer interest) =
    ((interest & VIGIL_READABLE) != 0 ? 0x2001 : 0) +
    ((interest & VIGIL_WRITABLE) != 0 ? 0x004 : 0) +
    ((interest & VIGIL_PRIORITY) != 0 ? 0x002 : 0) +
    ((interest & VIGIL_LEVEL) != 0 ? 0 : 0x80000000) +
    ((interest & VIGIL_ONESHOT) != 0 ? 0x40000000 : 0);

  // EPOLLERR and EPOLLHUP come unasked.
  logic integer selector_reportable(integer request) = request | 0x018;

  // Each report is of a descriptor that is listed, each of another one: it has
  // the key given with it, and something that may come of what was asked for.
  predicate selector_reports(vigil_selector *s, vigil_raw_event *events, integer count) =
    (\forall integer i; 0 <= i < count ==> VIGIL_KERNEL_FD(kernel_reported[i]) &&
      kernel_listed[s->epoll][kernel_reported[i]] == 1 &&
      events[i].key == kernel_key[s->epoll][kernel_reported[i]] &&
      events[i].flags != 0 &&
      (events[i].flags & selector_reportable(kernel_mask[s->epoll][kernel_reported[i]])) ==
        events[i].flags) &&
    (\forall integer i, j; 0 <= i < j < count ==> kernel_reported[i] != kernel_reported[j]);
*/

/* The bits of a report that means "woken": readable, nothing else (EPOLLIN). */
#define VIGIL_SELECTOR_WOKEN UINT32_C(0x001)

#endif
