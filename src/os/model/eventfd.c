/* SPDX-License-Identifier: MIT */
#include "os/model/state.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

uint32_t model_eventfd_level(const model_file *file)
{
    uint64_t count = file->as.eventfd.count;
    uint32_t level = count > 0 ? EPOLLIN : 0;
    return level | (count < UINT64_MAX - 1 ? EPOLLOUT : 0);
}

int64_t model_eventfd_read(model_file *file, void *data, size_t size)
{
    model_eventfd *eventfd = &file->as.eventfd;
    if (size < sizeof eventfd->count) {
        return -EINVAL;
    }
    if (eventfd->count == 0) {
        return -EAGAIN;
    }
    uint64_t value = eventfd->is_semaphore ? 1 : eventfd->count;
    eventfd->count -= value;
    memcpy(data, &value, sizeof value);
    model_wake(file, EPOLLOUT);
    return (int64_t)sizeof value;
}

/* A write of 0 wakes too; one that does not fit wakes nobody. */
int64_t model_eventfd_write(model_file *file, const void *data, size_t size)
{
    model_eventfd *eventfd = &file->as.eventfd;
    uint64_t value = 0;
    if (size != sizeof value) {
        return -EINVAL;
    }
    memcpy(&value, data, sizeof value);
    if (value == UINT64_MAX) {
        return -EINVAL;
    }
    if (UINT64_MAX - eventfd->count <= value) {
        return -EAGAIN;
    }
    eventfd->count += value;
    model_wake(file, EPOLLIN);
    return (int64_t)sizeof value;
}
