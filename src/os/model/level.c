/* SPDX-License-Identifier: MIT */

/* What every kind of file does, by kind: level, read and write. */
#include "os/model/state.h"

#include <errno.h>
#include <sys/epoll.h>

uint32_t model_level(model_file *file, uint32_t asked)
{
    switch (file->kind) {
    case MODEL_PIPE_READER:
    case MODEL_PIPE_WRITER:
        return model_pipe_level(file);
    case MODEL_EVENTFD:
        return model_eventfd_level(file);
    case MODEL_TIMER:
        return model_timer_level(file);
    case MODEL_SIGNALFD:
        return model_signalfd_level(file);
    case MODEL_EPOLL:
        return model_epoll_level(file);
    case MODEL_UNIX_STREAM:
    case MODEL_UNIX_DATAGRAM:
        return model_unix_level(file, asked);
    case MODEL_TCP:
        return model_tcp_level(file);
    case MODEL_UDP:
        return model_udp_level(file);
    case MODEL_REGULAR:
        break;
    }
    return EPOLLIN | EPOLLOUT;
}

/* poll(2): POLLERR and POLLHUP are always among what is asked for. */
int vigil_model_poll(vigil_model *model, int fd, uint32_t events)
{
    const uint32_t invalid = 0x020; /* POLLNVAL */
    model_file *file = model_file_of(model, fd);
    uint32_t asked = events | EPOLLERR | EPOLLHUP;
    return (int)(file == NULL ? invalid : model_level(file, asked) & asked);
}

/* read(2) of no bytes is nothing to a socket, whatever recv(2) would say. */
int64_t vigil_model_read(vigil_model *model, int fd, void *data, size_t size)
{
    model_file *file = model_file_of(model, fd);
    if (file == NULL) {
        return -EBADF;
    }
    if (size == 0 && model_is_socket(file)) {
        return 0;
    }
    switch (file->kind) {
    case MODEL_PIPE_READER:
        return model_pipe_read(file, data, size);
    case MODEL_EVENTFD:
        return model_eventfd_read(file, data, size);
    case MODEL_TIMER:
        return model_timer_read(model, file, data, size);
    case MODEL_SIGNALFD:
        return model_signalfd_read(file, data, size);
    case MODEL_UNIX_STREAM:
    case MODEL_UNIX_DATAGRAM:
        return model_unix_receive(file, data, size, 0, &(vigil_model_name){0});
    case MODEL_TCP:
        return model_tcp_read(file, data, size);
    case MODEL_UDP:
        return model_udp_receive(file, data, size, 0, &(vigil_model_name){0});
    case MODEL_PIPE_WRITER:
        return -EBADF;
    case MODEL_EPOLL:
        return -EINVAL;
    case MODEL_REGULAR:
        break;
    }
    return 0;
}

int64_t vigil_model_write(vigil_model *model, int fd, const void *data, size_t size)
{
    model_file *file = model_file_of(model, fd);
    if (file == NULL) {
        return -EBADF;
    }
    switch (file->kind) {
    case MODEL_PIPE_WRITER:
        return model_pipe_write(file, data, size);
    case MODEL_EVENTFD:
        return model_eventfd_write(file, data, size);
    case MODEL_UNIX_STREAM:
    case MODEL_UNIX_DATAGRAM:
        return model_unix_send(file, data, size, NULL);
    case MODEL_TCP:
        return model_tcp_write(file, data, size);
    case MODEL_UDP:
        return model_udp_send(model, file, data, size, NULL);
    case MODEL_PIPE_READER:
        return -EBADF;
    case MODEL_EPOLL:
    case MODEL_TIMER:
    case MODEL_SIGNALFD:
        return -EINVAL;
    case MODEL_REGULAR:
        break;
    }
    return (int64_t)size;
}
