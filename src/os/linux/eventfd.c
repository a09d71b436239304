/* SPDX-License-Identifier: MIT */
#include "os/epoll.h"

#include "os/status.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

vigil_status vigil_os_eventfd(vigil_fd *fd)
{
    *fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return *fd < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_eventfd_write(vigil_fd fd)
{
    int saved = errno;
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    vigil_status status = written < 0 ? vigil_os_status(errno) : VIGIL_OK;
    errno = saved;
    return status;
}

vigil_status vigil_os_eventfd_drain(vigil_fd fd)
{
    int saved = errno;
    uint64_t counter = 0;
    ssize_t got = read(fd, &counter, sizeof counter);
    vigil_status status = got < 0 ? vigil_os_status(errno) : VIGIL_OK;
    errno = saved;
    return status;
}
