/* SPDX-License-Identifier: MIT */
#include "os/status.h"

#include <errno.h>

#define ERRNO_ROW(name, value, errno_code, windows_code, text) \
    case errno_code:                                           \
        return VIGIL_##name;
#define ERRNO_OWN(name, value, text)

vigil_status vigil_os_status(int code)
{
    switch (code) {
    case 0:
        return VIGIL_OK;
        VIGIL_STATUS_TABLE(ERRNO_ROW, ERRNO_OWN)
    default:
        return VIGIL_EUNKNOWN;
    }
}
