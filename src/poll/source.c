/* SPDX-License-Identifier: MIT */
#include "base/attributes.h"

/* This file holds the copies that the library exports. */
#undef VIGIL_INLINE
#define VIGIL_INLINE
#include "poll/source_inline.h"

#include <stddef.h>

vigil_source vigil_source_from_fd(vigil_fd fd)
{
    return (vigil_source){.registry = NULL, .fd = fd, .slot = 0};
}

bool vigil_source_is_registered(const vigil_source *source)
{
    return source->registry != NULL;
}
