/* SPDX-License-Identifier: MIT */
#include "os/descriptor.h"

#include "os/status.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

vigil_status vigil_os_close(vigil_fd fd)
{
    return close(fd) < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

/* Both flags are set, or neither. */
vigil_status vigil_os_adopt(vigil_fd fd)
{
    int file_flags = fcntl(fd, F_GETFL);
    int descriptor_flags = fcntl(fd, F_GETFD);
    if (file_flags < 0 || descriptor_flags < 0 || fcntl(fd, F_SETFL, file_flags | O_NONBLOCK) < 0) {
        return vigil_os_status(errno);
    }
    if (fcntl(fd, F_SETFD, descriptor_flags | FD_CLOEXEC) < 0) {
        vigil_status status = vigil_os_status(errno);
        (void)fcntl(fd, F_SETFL, file_flags);
        return status;
    }
    return VIGIL_OK;
}
