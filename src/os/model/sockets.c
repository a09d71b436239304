/* SPDX-License-Identifier: MIT */

/* What every kind of socket does, by kind. */
#include "os/model/state.h"

#include <errno.h>
#include <sys/socket.h>

bool model_is_socket(const model_file *file)
{
    switch (file->kind) {
    case MODEL_TCP:
    case MODEL_UDP:
    case MODEL_UNIX_STREAM:
    case MODEL_UNIX_DATAGRAM:
        return true;
    case MODEL_REGULAR:
    case MODEL_PIPE_READER:
    case MODEL_PIPE_WRITER:
    case MODEL_EVENTFD:
    case MODEL_TIMER:
    case MODEL_SIGNALFD:
    case MODEL_EPOLL:
        break;
    }
    return false;
}

/* The file of a descriptor, if it is a socket, or null and why. */
static model_file *socket_of(const vigil_model *model, int fd, int *error)
{
    model_file *file = model_file_of(model, fd);
    *error = file == NULL ? -EBADF : model_is_socket(file) ? 0 : -ENOTSOCK;
    return *error == 0 ? file : NULL;
}

int vigil_model_bind(vigil_model *model, int fd, uint16_t port)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_bind(model, file, port);
    }
    return file->kind == MODEL_UDP ? model_udp_bind(model, file, port) : -EINVAL;
}

int vigil_model_connect(vigil_model *model, int fd, uint16_t port)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_connect(model, file, port);
    }
    return file->kind == MODEL_UDP ? model_udp_connect(model, file, port) : -EINVAL;
}

int vigil_model_listen(vigil_model *model, int fd, int backlog)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_listen(model, file, backlog);
    }
    return file->kind == MODEL_UDP ? -EOPNOTSUPP : model_unix_listen(file, backlog);
}

int vigil_model_accept(vigil_model *model, int fd)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (!model_has_room(model, 1)) {
        return -EMFILE;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_accept(model, file);
    }
    return file->kind == MODEL_UDP ? -EOPNOTSUPP : model_unix_accept(model, file);
}

int vigil_model_shutdown(vigil_model *model, int fd, int how)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_shutdown(model, file, how);
    }
    return file->kind == MODEL_UDP ? model_udp_shutdown(file, how) : model_unix_shutdown(file, how);
}

int vigil_model_take_error(vigil_model *model, int fd)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_error(file);
    }
    return file->kind == MODEL_UDP ? model_udp_error(file) : model_unix_take_error(file);
}

/* TCP knows its peer already. */
int64_t vigil_model_send(vigil_model *model, int fd, const void *data, size_t size,
                         const vigil_model_name *to)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return model_tcp_write(file, data, size);
    }
    return file->kind == MODEL_UDP ? model_udp_send(model, file, data, size, to)
                                   : model_unix_send(file, data, size, to);
}

int64_t vigil_model_receive(vigil_model *model, int fd, void *data, size_t size, int flags,
                            vigil_model_name *from)
{
    int error = 0;
    model_file *file = socket_of(model, fd, &error);
    *from = (vigil_model_name){0};
    if (file == NULL) {
        return error;
    }
    if (file->kind == MODEL_TCP) {
        return (flags & MSG_PEEK) != 0 ? model_tcp_peek(file, data, size)
                                       : model_tcp_read(file, data, size);
    }
    return file->kind == MODEL_UDP ? model_udp_receive(file, data, size, flags, from)
                                   : model_unix_receive(file, data, size, flags, from);
}
