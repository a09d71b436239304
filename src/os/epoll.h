/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_EPOLL_H
#define VIGIL_OS_EPOLL_H

#include "base/status.h"
#include "os_types.h"

/*
 * The seam to epoll(7) and eventfd(2). Every call makes one system call and
 * answers with a status; descriptors come back close-on-exec, and non-blocking
 * where reading or writing them could block.
 */

/* The bits of an epoll mask; the same on every Linux. */
#define VIGIL_EPOLLIN UINT32_C(0x001)
#define VIGIL_EPOLLPRI UINT32_C(0x002)
#define VIGIL_EPOLLOUT UINT32_C(0x004)
#define VIGIL_EPOLLERR UINT32_C(0x008)
#define VIGIL_EPOLLHUP UINT32_C(0x010)
#define VIGIL_EPOLLRDHUP UINT32_C(0x2000)
#define VIGIL_EPOLLONESHOT UINT32_C(0x40000000)
#define VIGIL_EPOLLET UINT32_C(0x80000000)

vigil_status vigil_os_epoll_create(vigil_fd *epoll);

vigil_status vigil_os_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);

vigil_status vigil_os_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);

vigil_status vigil_os_epoll_remove(vigil_fd epoll, vigil_fd fd);

/* Waits for at most `timeout_ms` milliseconds, -1 for ever; `count` events are
 * in `events` afterwards, none unless the status is VIGIL_OK. */
vigil_status vigil_os_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int timeout_ms, uint32_t *count);

/* The same to the nanosecond. VIGIL_ENOSYS before Linux 5.11, VIGIL_EPERM
 * where a sandbox does not know the call. */
vigil_status vigil_os_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                    int64_t seconds, int64_t nanoseconds, uint32_t *count);

vigil_status vigil_os_eventfd(vigil_fd *eventfd);

/* Adds one to the counter. VIGIL_EWOULDBLOCK when it is full. Leaves errno as
 * it was: a signal handler may call it. */
vigil_status vigil_os_eventfd_write(vigil_fd eventfd);

/* Empties the counter. VIGIL_EWOULDBLOCK when it is empty. Leaves errno as it
 * was. */
vigil_status vigil_os_eventfd_drain(vigil_fd eventfd);

#endif
