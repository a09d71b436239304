/* SPDX-License-Identifier: MIT */
#include "os/descriptor.h"

#include "os/status.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

vigil_status vigil_os_close(vigil_fd fd)
{
    return close(fd) < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_adopt(vigil_fd fd)
{
    int file_flags = fcntl(fd, F_GETFL);
    int descriptor_flags = fcntl(fd, F_GETFD);
    bool adopted = file_flags >= 0 && descriptor_flags >= 0
        && fcntl(fd, F_SETFL, file_flags | O_NONBLOCK) >= 0
        && fcntl(fd, F_SETFD, descriptor_flags | FD_CLOEXEC) >= 0;
    return adopted ? VIGIL_OK : vigil_os_status(errno);
}
