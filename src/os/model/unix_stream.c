/* SPDX-License-Identifier: MIT */

/* Streams of Unix sockets: how they begin, and their bytes. */
#include "os/model/unix.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define PIECE_MAX 36544 /* what fits beside the bookkeeping of a page, and eight pages */

/* Copies what there is, and consumes it unless it is only looked at. */
static size_t copy_received(model_unix *end, uint8_t *out, size_t size, bool peeks,
                            vigil_model_name *from)
{
    size_t done = 0;
    model_link *at = end->received.next;
    while (done < size && at != &end->received) {
        model_piece *piece = MODEL_HOLDER(at, model_piece, link);
        size_t start = piece->start;
        *from = piece->sender->name;
        done += model_take_bytes(piece, out + done, size - done);
        at = at->next;
        if (peeks) {
            piece->start = start;
        } else if (piece->start == piece->size) {
            model_unix_consume(end, piece);
        }
    }
    return done;
}

/* The error comes before the end of the stream, and both after the data. */
int64_t model_unix_read_stream(model_unix *end, uint8_t *out, size_t size, int flags,
                               vigil_model_name *from)
{
    if (end->state != MODEL_UNIX_CONNECTED) {
        return -EINVAL;
    }
    size_t done = copy_received(end, out, size, (flags & MSG_PEEK) != 0, from);
    bool asked_for_none = size == 0 && !model_list_is_empty(&end->received);
    if (done > 0 || asked_for_none) {
        return (int64_t)done;
    }
    if (end->error != 0) {
        return model_unix_take(end);
    }
    return end->shut_read ? 0 : -EAGAIN;
}

int64_t model_unix_write_stream(model_unix *end, const uint8_t *in, size_t size)
{
    if (end->peer == NULL) {
        return -ENOTCONN;
    }
    if (end->shut_write) {
        return -EPIPE;
    }
    size_t done = 0;
    while (done < size) {
        bool full = end->charged >= MODEL_UNIX_SEND_BUFFER;
        if (!full && end->peer->shut_read) {
            return model_unix_refuse(end, -EPIPE);
        }
        size_t left = size - done;
        size_t length = left < PIECE_MAX ? left : PIECE_MAX;
        int status = model_unix_send_piece(end, end->peer, in + done, length);
        if (status != 0) {
            return done > 0 ? (int64_t)done : status;
        }
        done += length;
    }
    return (int64_t)done;
}

int model_unix_listen(model_file *file, int backlog)
{
    model_unix *end = file->as.unix_socket;
    if (!end->is_stream) {
        return -EOPNOTSUPP;
    }
    if (end->name.size == 0 || end->state == MODEL_UNIX_CONNECTED) {
        return -EINVAL;
    }
    end->queue_max = backlog;
    end->state = MODEL_UNIX_LISTENING;
    return 0;
}

/* What waits in the queue of a listener is an end without a descriptor. Only the
 * listener hears of it. */
static int reach(model_unix *end, model_unix *listener)
{
    model_unix *accepted = model_unix_new_end(end->model, true);
    if (accepted == NULL) {
        return -ENOMEM;
    }
    accepted->state = MODEL_UNIX_CONNECTED;
    accepted->name = listener->name;
    accepted->peer = end;
    end->references++;
    end->state = MODEL_UNIX_CONNECTED;
    end->peer = accepted;
    accepted->references++;
    model_list_insert(&listener->pending, &accepted->in_pending);
    listener->pending_count++;
    model_unix_wake(listener, EPOLLIN | EPOLLPRI);
    return 0;
}

static int connect_stream(model_unix *end, model_unix *listener)
{
    if (listener->state != MODEL_UNIX_LISTENING || listener->shut_read) {
        return -ECONNREFUSED;
    }
    if (listener->pending_count > listener->queue_max) {
        return -EAGAIN;
    }
    if (end->state != MODEL_UNIX_CLOSED) {
        return end->state == MODEL_UNIX_CONNECTED ? -EISCONN : -EINVAL;
    }
    return reach(end, listener);
}

int vigil_model_connect_unix(vigil_model *model, int fd, const vigil_model_name *name)
{
    int error = 0;
    model_unix *end = model_unix_of(model, fd, &error);
    if (end == NULL) {
        return error;
    }
    if (name == NULL) {
        return end->is_stream ? -EINVAL : model_unix_connect_datagram(end, NULL);
    }
    model_unix *other = model_unix_find(model, name, end->is_stream, &error);
    if (other == NULL) {
        return error;
    }
    return end->is_stream ? connect_stream(end, other) : model_unix_connect_datagram(end, other);
}

int model_unix_accept(vigil_model *model, model_file *file)
{
    model_unix *listener = file->as.unix_socket;
    if (!listener->is_stream) {
        return -EOPNOTSUPP;
    }
    if (listener->state != MODEL_UNIX_LISTENING) {
        return -EINVAL;
    }
    if (model_list_is_empty(&listener->pending)) {
        return -EAGAIN;
    }
    model_file *accepted = model_new_file(MODEL_UNIX_STREAM);
    if (accepted == NULL) {
        return -ENOMEM;
    }
    model_unix *end = MODEL_HOLDER(listener->pending.next, model_unix, in_pending);
    model_list_remove(&end->in_pending);
    listener->pending_count--;
    accepted->as.unix_socket = end;
    end->file = accepted;
    return model_install(model, accepted);
}
