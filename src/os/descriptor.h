/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_DESCRIPTOR_H
#define VIGIL_OS_DESCRIPTOR_H

#include "base/status.h"
#include "os_types.h"

/* Gives the descriptor back. It is gone whatever the status: close(2) on Linux
 * frees it first and fails afterwards, so a retry could close a stranger's. */
vigil_status vigil_os_close(vigil_fd fd);

/* Makes a descriptor that came from elsewhere non-blocking and close-on-exec. */
vigil_status vigil_os_adopt(vigil_fd fd);

#endif
