/* SPDX-License-Identifier: MIT */

/* The data of TCP connections over loopback (tcp(7)): a segment arrives the
 * moment it is sent. What tcp_open.c connects, this moves bytes through and
 * ends. */
#include "os/model/tcp.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* How many more bytes this side may send. */
static size_t room(const model_tcp *end)
{
    size_t limit = end->model->options.tcp_buffer;
    if (limit == 0 || end->peer == NULL) {
        return SIZE_MAX;
    }
    return end->peer->unread < limit ? limit - end->peer->unread : 0;
}

/* Two thirds may be on their way while the socket is writable, and the rest fits still
 * (the kernel's sk_stream_is_writeable()). */
static bool has_space(const model_tcp *end)
{
    size_t left = room(end);
    return left > 0 && (left == SIZE_MAX || left >= end->peer->unread / 2);
}

/* Who looks and finds no space is woken when there is some. */
static bool is_writable(model_tcp *end)
{
    bool writable = end->shut_write || has_space(end);
    end->wants_to_send = end->wants_to_send || !writable;
    return writable;
}

uint32_t model_tcp_level(model_file *file)
{
    model_tcp *end = file->as.tcp;
    if (end->state == MODEL_TCP_LISTENING) {
        return end->pending_count > 0 ? EPOLLIN : 0;
    }
    bool hung_up = end->state == MODEL_TCP_CLOSED || (end->shut_read && end->shut_write);
    uint32_t level = hung_up ? EPOLLHUP : 0;
    level |= end->shut_read ? EPOLLIN | EPOLLRDHUP : 0;
    level |= !model_list_is_empty(&end->received) ? EPOLLIN : 0;
    level |= end->error != 0 ? EPOLLERR : 0;
    return level | (is_writable(end) ? EPOLLOUT : 0);
}

void model_tcp_wake(model_tcp *end, uint32_t key)
{
    if (end->file != NULL) {
        model_wake(end->file, key);
    }
}

/* Whether this side has been closed and is only here for the other one. */
static bool is_orphan(const model_tcp *end)
{
    return end->file == NULL && !model_link_is_in(&end->in_pending);
}

/* What a side sees of a reset: where the other one has said before that it sends
 * no more, the error is one of writing. Nobody sees it of an orphan, which is
 * freed. */
void model_tcp_reset(model_tcp *end)
{
    if (is_orphan(end)) {
        model_tcp_finish(end);
        model_tcp_free(end);
        return;
    }
    end->error = end->fin_received ? EPIPE : ECONNRESET;
    model_tcp_finish(end);
    model_tcp_wake(end, EPOLLERR);
    model_tcp_wake(end, 0);
}

/* The connection is over for this side, and for the other one nobody is here
 * any more. */
void model_tcp_finish(model_tcp *end)
{
    if (end->peer != NULL) {
        end->peer->peer = NULL;
        end->peer = NULL;
    }
    end->state = MODEL_TCP_CLOSED;
    end->shut_read = true;
    end->shut_write = true;
}

void model_tcp_drop_received(model_tcp *end)
{
    while (!model_list_is_empty(&end->received)) {
        model_free_piece(model_first_piece(&end->received));
    }
    end->unread = 0;
}

void model_tcp_free(model_tcp *end)
{
    model_tcp_drop_received(end);
    free(end);
}

/* This side has said that it sends no more. If the other one has said so before, the
 * connection is over on both sides with the acknowledgement. */
static void close_if_both_done(model_tcp *end, model_tcp *peer)
{
    if (!peer->fin_sent) {
        return;
    }
    end->peer = NULL;
    peer->peer = NULL;
    end->state = MODEL_TCP_CLOSED;
    peer->state = MODEL_TCP_CLOSED;
    end->shut_read = end->shut_write = true;
    peer->shut_read = peer->shut_write = true;
    model_tcp_wake(peer, 0);
    model_tcp_wake(end, 0);
    if (is_orphan(peer)) {
        model_tcp_free(peer);
    }
}

static void send_fin(model_tcp *end)
{
    model_tcp *peer = end->peer;
    if (end->state != MODEL_TCP_CONNECTED || end->fin_sent) {
        return;
    }
    end->fin_sent = true;
    peer->fin_received = true;
    peer->shut_read = true;
    model_tcp_wake(peer, 0);
    model_tcp_wake(peer, EPOLLIN | EPOLLPRI);
    close_if_both_done(end, peer);
}

/* What there is to read, when there are no bytes. */
static int64_t read_nothing(model_tcp *end)
{
    if (end->fin_received) {
        return 0;
    }
    if (end->error != 0) {
        return model_tcp_take_error(end);
    }
    if (end->shut_read) {
        return 0;
    }
    return end->state == MODEL_TCP_CLOSED ? -ENOTCONN : -EAGAIN;
}

/* Nothing is read of what is there, and that is no failure. */
static bool is_asked_for_none(const model_tcp *end, size_t size)
{
    return size == 0 && !model_list_is_empty(&end->received);
}

static void consume(model_tcp *end, size_t bytes)
{
    model_tcp *peer = end->peer;
    end->unread -= bytes;
    if (peer != NULL && peer->wants_to_send && has_space(peer)) {
        peer->wants_to_send = false;
        model_tcp_wake(peer, EPOLLOUT);
    }
}

int64_t model_tcp_read(model_file *file, void *data, size_t size)
{
    model_tcp *end = file->as.tcp;
    uint8_t *out = data;
    size_t done = 0;
    if (end->state == MODEL_TCP_LISTENING) {
        return -ENOTCONN;
    }
    while (done < size && !model_list_is_empty(&end->received)) {
        model_piece *piece = model_first_piece(&end->received);
        done += model_take_bytes(piece, out + done, size - done);
        if (piece->start == piece->size) {
            model_free_piece(piece);
        }
    }
    if (done == 0 && !is_asked_for_none(end, size)) {
        return read_nothing(end);
    }
    consume(end, done);
    return (int64_t)done;
}

int64_t model_tcp_peek(const model_file *file, void *data, size_t size)
{
    model_tcp *end = file->as.tcp;
    uint8_t *out = data;
    size_t done = 0;
    if (end->state == MODEL_TCP_LISTENING) {
        return -ENOTCONN;
    }
    for (model_link *at = end->received.next; done < size && at != &end->received; at = at->next) {
        model_piece *piece = MODEL_HOLDER(at, model_piece, link);
        size_t start = piece->start;
        done += model_take_bytes(piece, out + done, size - done);
        piece->start = start;
    }
    return done > 0 || is_asked_for_none(end, size) ? (int64_t)done : read_nothing(end);
}

int model_tcp_take_error(model_tcp *end)
{
    int error = end->error;
    end->error = 0;
    return -error;
}

int model_tcp_error(model_file *file)
{
    return -model_tcp_take_error(file->as.tcp);
}

/* Data that nobody will read, as the one side of the peer is closed and the
 * other one shut, is answered by a reset. */
static void deliver(model_tcp *end, model_piece *piece)
{
    model_tcp *peer = end->peer;
    if (is_orphan(peer) || (peer->fin_sent && peer->shut_read)) {
        model_free_piece(piece);
        model_tcp_abort(peer);
        return;
    }
    peer->unread += piece->size;
    model_list_insert(&peer->received, &piece->link);
    model_tcp_wake(peer, EPOLLIN | EPOLLPRI);
}

int64_t model_tcp_write(model_file *file, const void *data, size_t size)
{
    model_tcp *end = file->as.tcp;
    if (end->error != 0) {
        return model_tcp_take_error(end);
    }
    if (end->state != MODEL_TCP_CONNECTED || end->shut_write) {
        return -EPIPE;
    }
    if (size == 0) {
        return 0;
    }
    size_t fitting = size < room(end) ? size : room(end);
    if (fitting < size) {
        end->wants_to_send = true;
    }
    if (fitting == 0) {
        return -EAGAIN;
    }
    model_piece *piece = model_new_piece(data, fitting, fitting);
    if (piece == NULL) {
        return -ENOBUFS;
    }
    deliver(end, piece);
    return (int64_t)fitting;
}

/* Ends the connection as data arrives that cannot be taken: this side is reset
 * as well as the other one. */
void model_tcp_abort(model_tcp *end)
{
    model_tcp *peer = end->peer;
    model_tcp_reset(end);
    model_tcp_reset(peer);
}

int model_tcp_shutdown(vigil_model *model, model_file *file, int how)
{
    model_tcp *end = file->as.tcp;
    int status = 0;
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
        return -EINVAL;
    }
    if (end->attempt == MODEL_TCP_TRYING) {
        bool is_over = end->state == MODEL_TCP_CLOSED;
        end->attempt = is_over ? MODEL_TCP_GIVEN_UP : MODEL_TCP_TOLD;
    }
    if (end->state == MODEL_TCP_LISTENING) {
        if (how != SHUT_WR) {
            model_tcp_stop_listening(model, end);
            model_tcp_wake(end, EPOLLERR);
        }
        model_tcp_wake(end, 0);
        return 0;
    }
    if (end->state == MODEL_TCP_CLOSED) {
        status = -ENOTCONN;
    }
    end->shut_read = end->shut_read || how != SHUT_WR;
    end->shut_write = end->shut_write || how != SHUT_RD;
    if (how != SHUT_RD) {
        send_fin(end);
    }
    model_tcp_wake(end, 0);
    return status;
}

/* With data unread, or told to, it resets; otherwise it says that it sends no
 * more, and stays behind until the other side has said so too. */
void model_tcp_end(vigil_model *model, model_file *file)
{
    model_tcp *end = file->as.tcp;
    end->file = NULL;
    if (end->is_bound) {
        model->ports[end->inet.port] = NULL;
    }
    if (end->state == MODEL_TCP_LISTENING) {
        model_tcp_stop_listening(model, end);
    }
    bool resets = (end->inet.lingers && end->inet.linger_seconds == 0)
        || !model_list_is_empty(&end->received);
    model_tcp *peer = end->peer;
    if (peer != NULL && !resets) {
        end->shut_read = true;
        end->shut_write = true;
        if (!end->fin_sent) {
            send_fin(end);
        }
        if (end->peer != NULL) {
            return;
        }
    } else if (peer != NULL) {
        end->peer = NULL;
        peer->peer = NULL;
        model_tcp_reset(peer);
    }
    model_tcp_free(end);
}
