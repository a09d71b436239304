/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"

/* This file holds the copies that the library exports. */
#undef VIGIL_INLINE
#define VIGIL_INLINE
#include "selector_event_inline.h"

#include "os/epoll.h"

_Static_assert(VIGIL_EPOLLIN == 0x001 && VIGIL_EPOLLPRI == 0x002 && VIGIL_EPOLLOUT == 0x004
                   && VIGIL_EPOLLERR == 0x008 && VIGIL_EPOLLHUP == 0x010
                   && VIGIL_EPOLLRDHUP == 0x2000,
               "the numbers in selector_event_inline.h");
