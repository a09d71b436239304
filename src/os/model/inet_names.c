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

/* --- what a receiver may keep waiting (socket(7), SO_RCVBUF) ----------------------- */

#define RECEIVE_BUFFER 212992
#define RECEIVE_BUFFER_MIN 2304
#define RECEIVE_BUFFER_MAX 4194304

size_t model_default_receive_buffer(const vigil_model *model)
{
    int bytes = model->options.receive_buffer;
    return bytes == 0 ? RECEIVE_BUFFER : (size_t)bytes;
}

/* A negative number is a large one. */
int vigil_model_set_receive_buffer(vigil_model *model, int fd, int bytes)
{
    int error = 0;
    model_inet *end = inet_of(model, fd, &error);
    int max = model->options.receive_buffer_max;
    size_t limit = max == 0 ? RECEIVE_BUFFER_MAX : (size_t)max;
    size_t wanted = bytes < 0 || (size_t)bytes > limit ? limit : (size_t)bytes;
    if (end != NULL) {
        end->receive_buffer = 2 * wanted > RECEIVE_BUFFER_MIN ? 2 * wanted : RECEIVE_BUFFER_MIN;
    }
    return error;
}

int vigil_model_receive_buffer(vigil_model *model, int fd)
{
    int error = 0;
    const model_inet *end = inet_of(model, fd, &error);
    return end == NULL ? error : (int)end->receive_buffer;
}

int vigil_model_receive_charged(vigil_model *model, int fd)
{
    int error = 0;
    const model_file *file = model_file_of(model, fd);
    if (inet_of(model, fd, &error) == NULL) {
        return error;
    }
    return file->kind == MODEL_UDP ? (int)file->as.udp->charged : 0;
}

/* --- the device -------------------------------------------------------------------- */

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
