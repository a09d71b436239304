/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_SOURCE_INLINE_H
#define VIGIL_POLL_SOURCE_INLINE_H

#include "poll/source.h"

/* The kernel re-arms an edge by itself (epoll(7)): nothing is to be done. */
VIGIL_INLINE void vigil_source_would_block(vigil_source *source, vigil_interest interest)
{
    (void)source;
    (void)interest;
}

#endif
