/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EPOLL_SELECTOR_STATE_H
#define VIGIL_SYS_EPOLL_SELECTOR_STATE_H

#include "os_types.h"

#include <stdbool.h>

typedef struct vigil_selector {
    vigil_fd epoll;
    bool coarse; /* the kernel has no epoll_pwait2(2): timeouts are rounded up to milliseconds */
} vigil_selector;

/* The bits of a report that means "woken": readable, nothing else (EPOLLIN). */
#define VIGIL_SELECTOR_WOKEN UINT32_C(0x001)

#endif
