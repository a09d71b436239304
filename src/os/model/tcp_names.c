/* SPDX-License-Identifier: MIT */

/* What TCP sockets tell of themselves, and what they are told: addresses,
 * errors, options. */
#include "os/model/tcp.h"

#include <errno.h>

int vigil_model_family(vigil_model *model, int fd)
{
    int error = 0;
    const model_tcp *end = model_tcp_of(model, fd, &error);
    return end == NULL ? error : end->family;
}

int vigil_model_local_port(vigil_model *model, int fd)
{
    int error = 0;
    const model_tcp *end = model_tcp_of(model, fd, &error);
    return end == NULL ? error : end->port;
}

int vigil_model_peer_port(vigil_model *model, int fd)
{
    int error = 0;
    const model_tcp *end = model_tcp_of(model, fd, &error);
    if (end == NULL) {
        return error;
    }
    return end->state == MODEL_TCP_CONNECTED ? end->peer_port : -ENOTCONN;
}

int vigil_model_take_error(vigil_model *model, int fd)
{
    int error = 0;
    model_tcp *end = model_tcp_of(model, fd, &error);
    return end == NULL ? error : -model_tcp_take_error(end);
}

int vigil_model_set_option(vigil_model *model, int fd, unsigned option, int value)
{
    int error = 0;
    model_tcp *end = model_tcp_of(model, fd, &error);
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
    const model_tcp *end = model_tcp_of(model, fd, &error);
    if (end != NULL && option >= VIGIL_MODEL_OPTIONS) {
        return -ENOPROTOOPT;
    }
    *value = end == NULL ? 0 : end->options[option];
    return error;
}

int vigil_model_set_linger(vigil_model *model, int fd, int enabled, int seconds)
{
    int error = 0;
    model_tcp *end = model_tcp_of(model, fd, &error);
    if (end != NULL) {
        end->lingers = enabled != 0;
        end->linger_seconds = seconds;
    }
    return error;
}

int vigil_model_get_linger(vigil_model *model, int fd, int *enabled, int *seconds)
{
    int error = 0;
    const model_tcp *end = model_tcp_of(model, fd, &error);
    *enabled = end != NULL && end->lingers;
    *seconds = end == NULL ? 0 : end->linger_seconds;
    return error;
}
