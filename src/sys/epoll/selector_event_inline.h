/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EPOLL_SELECTOR_EVENT_INLINE_H
#define VIGIL_SYS_EPOLL_SELECTOR_EVENT_INLINE_H

#include "selector_event.h"

/* The bits are those of os/epoll.h, written as numbers because this header is
 * compiled into other people's programs. */
VIGIL_INLINE bool vigil_event_is_readable(vigil_event event)
{
    return (event.readiness & 0x001u) != 0 || (event.readiness & 0x002u) != 0;
}

VIGIL_INLINE bool vigil_event_is_writable(vigil_event event)
{
    return (event.readiness & 0x004u) != 0;
}

VIGIL_INLINE bool vigil_event_is_error(vigil_event event)
{
    return (event.readiness & 0x008u) != 0;
}

VIGIL_INLINE bool vigil_event_is_read_closed(vigil_event event)
{
    return (event.readiness & 0x010u) != 0
        || ((event.readiness & 0x001u) != 0 && (event.readiness & 0x2000u) != 0);
}

VIGIL_INLINE bool vigil_event_is_write_closed(vigil_event event)
{
    return (event.readiness & 0x010u) != 0
        || ((event.readiness & 0x004u) != 0 && (event.readiness & 0x008u) != 0)
        || event.readiness == 0x008u;
}

VIGIL_INLINE bool vigil_event_is_priority(vigil_event event)
{
    return (event.readiness & 0x002u) != 0;
}

#endif
