/* SPDX-License-Identifier: MIT */

/* What sockets of TCP and UDP tell of themselves, and what they are told: names and
 * options. */
#include "os/model/state.h"

#include <errno.h>
#include <string.h>

/* A socket of either, or null and why. */
static model_inet *inet_of(const vigil_model *model, int fd, int *error)
{
    const model_file *file = model_file_of(model, fd);
    *error = 0;
    if (file != NULL && file->kind == MODEL_TCP) {
        return &file->as.tcp->inet;
    }
    if (file != NULL && file->kind == MODEL_UDP) {
        return &file->as.udp->inet;
    }
    *error = file == NULL ? -EBADF : -ENOTSOCK;
    return NULL;
}

static bool is_connected(const model_file *file)
{
    return file->kind == MODEL_TCP ? file->as.tcp->state == MODEL_TCP_CONNECTED
                                   : file->as.udp->inet.peer_port != 0;
}

int vigil_model_family(vigil_model *model, int fd)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    return end == NULL ? error : end->family;
}

int vigil_model_local_port(vigil_model *model, int fd)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    return end == NULL ? error : end->port;
}

int vigil_model_peer_port(vigil_model *model, int fd)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    if (end == NULL) {
        return error;
    }
    return is_connected(model_file_of(model, fd)) ? end->peer_port : -ENOTCONN;
}

int vigil_model_set_option(vigil_model *model, int fd, unsigned option, int value)
{
    int error = 0;
    model_inet *end = inet_of(model, fd, &error);
    if (end != NULL && option >= VIGIL_MODEL_OPTIONS) {
        return -ENOPROTOOPT;
    }
    if (end != NULL) {
        end->options[option] = value;
    }
    return error;
}

int vigil_model_get_option(vigil_model *model, int fd, unsigned option, int *value)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    if (end != NULL && option >= VIGIL_MODEL_OPTIONS) {
        return -ENOPROTOOPT;
    }
    *value = end == NULL ? 0 : end->options[option];
    return error;
}

int vigil_model_set_device(vigil_model *model, int fd, const char *name, size_t length)
{
    int error = 0;
    model_inet *end = inet_of(model, fd, &error);
    bool is_loopback = length == 2 && memcmp(name, "lo", 2) == 0;
    if (end == NULL) {
        return error;
    }
    if (length > 0 && !is_loopback) {
        return -ENODEV;
    }
    end->has_device = is_loopback;
    return 0;
}

int vigil_model_device(vigil_model *model, int fd)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    return end == NULL ? error : end->has_device;
}

int vigil_model_set_linger(vigil_model *model, int fd, int enabled, int seconds)
{
    int error = 0;
    model_inet *end = inet_of(model, fd, &error);
    if (end != NULL) {
        end->lingers = enabled != 0;
        end->linger_seconds = seconds;
    }
    return error;
}

int vigil_model_get_linger(vigil_model *model, int fd, int *enabled, int *seconds)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    *enabled = end != NULL && end->lingers;
    *seconds = end == NULL ? 0 : end->linger_seconds;
    return error;
}
