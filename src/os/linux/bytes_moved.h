/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_LINUX_BYTES_MOVED_H
#define VIGIL_OS_LINUX_BYTES_MOVED_H

#include "os/status.h"

#include <errno.h>
#include <stddef.h>
#include <sys/types.h>

/* What a system call answers that moves bytes: how many, or -1 and errno. */
static inline vigil_status bytes_moved(ssize_t result, size_t *count)
{
    *count = result < 0 ? 0 : (size_t)result;
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

#endif
