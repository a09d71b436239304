/* SPDX-License-Identifier: MIT */
#include "os/epoll.h"

#include "os/status.h"
#include "syscall.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>

_Static_assert(sizeof(vigil_raw_event) == sizeof(struct epoll_event), "the kernel's size");
_Static_assert(offsetof(vigil_raw_event, flags) == offsetof(struct epoll_event, events),
               "the kernel's mask");
_Static_assert(offsetof(vigil_raw_event, key) == offsetof(struct epoll_event, data),
               "the kernel's data word");
_Static_assert(VIGIL_EPOLLIN == EPOLLIN && VIGIL_EPOLLPRI == EPOLLPRI && VIGIL_EPOLLOUT == EPOLLOUT
                   && VIGIL_EPOLLERR == EPOLLERR && VIGIL_EPOLLHUP == EPOLLHUP
                   && VIGIL_EPOLLRDHUP == EPOLLRDHUP && VIGIL_EPOLLONESHOT == EPOLLONESHOT
                   && VIGIL_EPOLLET == EPOLLET,
               "the kernel's bits");

/* What the system call takes, on 32-bit systems too. */
struct kernel_timespec {
    int64_t seconds;
    int64_t nanoseconds;
};

vigil_status vigil_os_epoll_create(vigil_fd *epoll)
{
    *epoll = epoll_create1(EPOLL_CLOEXEC);
    return *epoll < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

static vigil_status control(vigil_fd epoll, int operation, vigil_fd fd, uint32_t mask, uint64_t key)
{
    struct epoll_event event = {.events = mask, .data.u64 = key};
    return epoll_ctl(epoll, operation, fd, &event) < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    return control(epoll, EPOLL_CTL_ADD, fd, mask, key);
}

vigil_status vigil_os_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    return control(epoll, EPOLL_CTL_MOD, fd, mask, key);
}

vigil_status vigil_os_epoll_remove(vigil_fd epoll, vigil_fd fd)
{
    return control(epoll, EPOLL_CTL_DEL, fd, 0, 0);
}

/* The errors of a wait; errno keeps the code, as it does after any call. */
VIGIL_RARE static vigil_status failed(long result)
{
    errno = (int)-result;
    return vigil_os_status((int)-result);
}

vigil_status vigil_os_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int timeout_ms, uint32_t *count)
{
    /* A null signal mask is what the call without one means. */
    long ready = vigil_system_call(VIGIL_SYS_EPOLL_WAIT, epoll, (long)events, (long)capacity,
                                   timeout_ms, 0, 0);
    *count = ready < 0 ? 0 : (uint32_t)ready;
    return ready < 0 ? failed(ready) : VIGIL_OK;
}

/* glibc has a wrapper since 2.35 only, musl has none. */
vigil_status vigil_os_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                    int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    struct kernel_timespec timeout = {.seconds = seconds, .nanoseconds = nanoseconds};
    long ready = vigil_system_call(SYS_epoll_pwait2, epoll, (long)events, (long)capacity,
                                   (long)&timeout, 0, 0);
    *count = ready < 0 ? 0 : (uint32_t)ready;
    return ready < 0 ? failed(ready) : VIGIL_OK;
}
