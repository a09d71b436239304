/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_TCP_H
#define VIGIL_OS_MODEL_TCP_H

#include "os/model/state.h"

/* What the parts of TCP, tcp.c and tcp_open.c, know of each other. */
void model_tcp_wake(model_tcp *end, uint32_t key);
void model_tcp_reset(model_tcp *end);
void model_tcp_finish(model_tcp *end);
void model_tcp_abort(model_tcp *end);
void model_tcp_drop_received(model_tcp *end);
void model_tcp_free(model_tcp *end);
int model_tcp_take_error(model_tcp *end);
void model_tcp_stop_listening(vigil_model *model, model_tcp *listener);

#endif
