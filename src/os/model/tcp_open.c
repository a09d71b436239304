/* SPDX-License-Identifier: MIT */

/* How TCP connections over loopback begin (tcp(7), listen(2), connect(2)). The
 * handshake is over before connect(2) returns, though it answers -EINPROGRESS. */
#include "os/model/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define TCP_RECEIVE_BUFFER 131072 /* net.ipv4.tcp_rmem */

static model_tcp *new_end(const vigil_model *model, int family)
{
    model_tcp *end = calloc(1, sizeof *end);
    if (end != NULL) {
        model_list_init(&end->received);
        model_list_init(&end->pending);
        model_list_init(&end->in_pending);
        end->model = model;
        end->inet.family = family;
        end->inet.receive_buffer = TCP_RECEIVE_BUFFER;
    }
    return end;
}

static int install(vigil_model *model, model_tcp *end)
{
    model_file *file = model_new_file(MODEL_TCP);
    if (file == NULL) {
        return -ENOMEM;
    }
    file->as.tcp = end;
    end->file = file;
    return model_install(model, file);
}

int vigil_model_socket(vigil_model *model, int family)
{
    if (!model_has_room(model, 1)) {
        return -EMFILE;
    }
    model_tcp *end = new_end(model, family);
    if (end == NULL) {
        return -ENOMEM;
    }
    int fd = install(model, end);
    if (fd < 0) {
        model_tcp_free(end);
    }
    return fd;
}

/* The next port that nobody is bound to, or 0. */
static uint16_t free_port(vigil_model *model)
{
    for (int tries = 0; tries < MODEL_PORTS_PICKED; tries++) {
        uint16_t port = model_next_port(model);
        if (model->ports[port] == NULL) {
            return port;
        }
    }
    return 0;
}

static int bind_to(vigil_model *model, model_tcp *end, uint16_t wanted)
{
    uint16_t port = wanted == 0 ? free_port(model) : wanted;
    if (port == 0 || model->ports[port] != NULL) {
        return -EADDRINUSE;
    }
    model->ports[port] = end;
    end->inet.port = port;
    end->is_bound = true;
    return 0;
}

int model_tcp_bind(vigil_model *model, model_file *file, uint16_t port)
{
    model_tcp *end = file->as.tcp;
    if (end->state != MODEL_TCP_CLOSED || end->is_bound) {
        return -EINVAL;
    }
    return bind_to(model, end, port);
}

int model_tcp_listen(vigil_model *model, model_file *file, int backlog)
{
    int error = 0;
    model_tcp *end = file->as.tcp;
    if (end->state == MODEL_TCP_CONNECTED || end->attempt != MODEL_TCP_IDLE) {
        return -EINVAL;
    }
    if (!end->is_bound) {
        error = bind_to(model, end, 0);
    }
    if (error == 0) {
        end->state = MODEL_TCP_LISTENING;
        end->backlog = backlog;
    }
    return error;
}

/* What is accepted has the options that its listener had when it was reached, the
 * lingering among them. */
static void inherit(model_tcp *end, const model_tcp *listener)
{
    end->inet = listener->inet;
}

/* What waits in the queue of a listener is an end without a descriptor. The end
 * that connects hears first, as the listener waits for its acknowledgement. */
static int reach(model_tcp *end, model_tcp *listener)
{
    model_tcp *accepted = new_end(end->model, end->inet.family);
    if (accepted == NULL) {
        end->attempt = MODEL_TCP_IDLE;
        return -ENOMEM;
    }
    inherit(accepted, listener);
    end->state = MODEL_TCP_CONNECTED;
    end->peer = accepted;
    accepted->state = MODEL_TCP_CONNECTED;
    accepted->attempt = MODEL_TCP_TOLD;
    accepted->peer = end;
    accepted->inet.port = listener->inet.port;
    accepted->inet.peer_port = end->inet.port;
    end->inet.peer_port = listener->inet.port;
    accepted->listener = listener;
    model_list_insert(&listener->pending, &accepted->in_pending);
    listener->pending_count++;
    model_tcp_wake(end, 0);
    model_tcp_wake(listener, EPOLLIN | EPOLLPRI);
    return -EINPROGRESS;
}

/* What an attempt that is over came to; asking forgets it, and whatever had come
 * of it. */
static int tell_outcome(model_tcp *end)
{
    if (end->state == MODEL_TCP_CONNECTED) {
        end->attempt = MODEL_TCP_TOLD;
        return 0;
    }
    int error = model_tcp_take_error(end);
    end->attempt = MODEL_TCP_IDLE;
    model_tcp_drop_received(end);
    end->shut_read = false;
    end->shut_write = false;
    end->fin_received = false;
    end->fin_sent = false;
    model_tcp_wake(end, EPOLLERR);
    return error != 0 ? error : -ECONNABORTED;
}

int model_tcp_connect(vigil_model *model, model_file *file, uint16_t port)
{
    model_tcp *end = file->as.tcp;
    switch (end->attempt) {
    case MODEL_TCP_TOLD:
        return -EISCONN;
    case MODEL_TCP_GIVEN_UP:
        return -EINVAL;
    case MODEL_TCP_TRYING:
        return tell_outcome(end);
    case MODEL_TCP_IDLE:
        break;
    }
    if (end->state != MODEL_TCP_CLOSED) {
        return -EISCONN;
    }
    end->attempt = MODEL_TCP_TRYING;
    end->inet.port = end->is_bound ? end->inet.port : free_port(model);
    model_tcp *listener = model->ports[port];
    if (listener != NULL && listener->state == MODEL_TCP_LISTENING) {
        return reach(end, listener);
    }
    end->error = ECONNREFUSED;
    model_tcp_finish(end);
    model_tcp_wake(end, EPOLLERR);
    model_tcp_wake(end, 0);
    return -EINPROGRESS;
}

int model_tcp_accept(vigil_model *model, model_file *file)
{
    model_tcp *listener = file->as.tcp;
    if (listener->state != MODEL_TCP_LISTENING) {
        return -EINVAL;
    }
    if (model_list_is_empty(&listener->pending)) {
        return -EAGAIN;
    }
    model_tcp *end = MODEL_HOLDER(listener->pending.next, model_tcp, in_pending);
    int accepted = install(model, end);
    if (accepted >= 0) {
        model_list_remove(&end->in_pending);
        listener->pending_count--;
    }
    return accepted;
}

/* Who has not been accepted is reset. */
void model_tcp_stop_listening(vigil_model *model, model_tcp *listener)
{
    (void)model;
    while (!model_list_is_empty(&listener->pending)) {
        model_tcp *end = MODEL_HOLDER(listener->pending.next, model_tcp, in_pending);
        model_tcp *peer = end->peer;
        model_list_remove(&end->in_pending);
        listener->pending_count--;
        if (peer != NULL) {
            peer->peer = NULL;
            end->peer = NULL;
            model_tcp_reset(peer);
        }
        model_tcp_free(end);
    }
    listener->state = MODEL_TCP_CLOSED;
    listener->shut_read = false;
    listener->shut_write = false;
}
