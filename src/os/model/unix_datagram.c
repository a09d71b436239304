/* SPDX-License-Identifier: MIT */

/* Datagrams of Unix sockets. Their queues are short, except between two that
 * are connected to each other, and who finds one full can wait for it. */
#include "os/model/unix.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define BOOKKEEPING 32 /* of a datagram, which is never longer than the rest */

static bool is_full(const model_unix *end)
{
    return end->received_count > end->queue_max;
}

/* The socket waits, from now on or still, for a full queue to have room. */
static void wait_for(model_unix *end, model_unix *other)
{
    if (!model_link_is_in(&end->waiting)) {
        model_list_insert(other->waiters.next, &end->waiting);
    }
}

bool model_unix_waits(model_unix *end)
{
    model_unix *peer = end->peer;
    bool waits = peer != NULL && peer->peer != end && is_full(peer);
    if (waits) {
        wait_for(end, peer);
    }
    return waits;
}

void model_unix_stop_waiting(model_unix *end)
{
    model_list_remove(&end->waiting);
}

/* Each waits but once. */
void model_unix_wake_waiters(model_unix *end, uint32_t key)
{
    while (!model_list_is_empty(&end->waiters)) {
        model_unix *waiter = MODEL_HOLDER(end->waiters.next, model_unix, waiting);
        model_unix_stop_waiting(waiter);
        model_unix_wake(waiter, key);
    }
}

/* What does not fit into `size` is lost with its datagram. */
int64_t model_unix_receive_datagram(model_unix *end, uint8_t *out, size_t size, int flags,
                                    vigil_model_name *from)
{
    if (end->error != 0) {
        return model_unix_take(end);
    }
    if (model_list_is_empty(&end->received)) {
        return -EAGAIN;
    }
    model_piece *piece = model_first_piece(&end->received);
    size_t length = piece->size;
    size_t taken = model_take_bytes(piece, out, size);
    *from = piece->sender->name;
    piece->start = 0;
    if ((flags & MSG_PEEK) == 0) {
        end->received_count--;
        model_unix_wake_waiters(end, EPOLLOUT);
        end->received_count++;
        model_unix_consume(end, piece);
    } else {
        model_unix_wake_waiters(end, EPOLLOUT);
    }
    return (int64_t)((flags & MSG_TRUNC) != 0 ? length : taken);
}

/* Whoever sends here by being connected hears that what was sent is lost. */
static void lose_received(model_unix *end, model_unix *other)
{
    if (model_list_is_empty(&end->received)) {
        return;
    }
    model_unix_drop_received(end);
    model_unix_wake_waiters(end, 0);
    if (!other->is_dead && other->peer == end) {
        other->error = ECONNRESET;
        model_unix_wake(other, EPOLLERR);
    }
}

/* Leaves the peer for `other`, or for nobody. Whoever watches the socket is woken
 * even if `other` is the same and it did not wait. */
static void leave_peer(model_unix *end, model_unix *other)
{
    model_unix *left = end->peer;
    end->peer = other;
    if (left == NULL) {
        return;
    }
    model_unix_stop_waiting(end);
    model_unix_wake(end, EPOLLOUT);
    if (left != other) {
        lose_received(end, left);
    }
    model_unix_release(left);
}

static bool may_send(const model_unix *end, const model_unix *other)
{
    return other->peer == NULL || other->peer == end;
}

int model_unix_connect_datagram(model_unix *end, model_unix *other)
{
    if (other != NULL && !may_send(end, other)) {
        return -EPERM;
    }
    if (other != NULL) {
        other->references++;
    }
    leave_peer(end, other);
    return 0;
}

/* Sends to somebody who has been found. */
static int64_t send_to(model_unix *end, model_unix *other, const uint8_t *in, size_t size)
{
    if (!may_send(end, other)) {
        return model_unix_refuse(end, -EPERM);
    }
    if (other->is_dead) {
        leave_peer(end, NULL);
        return model_unix_refuse(end, -ECONNREFUSED);
    }
    if (other->shut_read) {
        return model_unix_refuse(end, -EPIPE);
    }
    bool is_short = other != end && other->peer != end;
    if (is_short && is_full(other)) {
        if (end->peer == other) {
            wait_for(end, other);
        }
        return model_unix_refuse(end, -EAGAIN);
    }
    int status = model_unix_send_piece(end, other, in, size);
    return status == 0 ? (int64_t)size : status;
}

int64_t model_unix_send_datagram(model_unix *end, const uint8_t *in, size_t size,
                                 const vigil_model_name *to)
{
    int error = -ENOTCONN;
    if (to != NULL && !model_unix_is_name(to)) {
        return -EINVAL;
    }
    if (size > MODEL_UNIX_SEND_BUFFER - BOOKKEEPING) {
        return -EMSGSIZE;
    }
    if (end->error != 0) {
        return model_unix_take(end);
    }
    if (end->shut_write) {
        return -EPIPE;
    }
    if (end->charged >= MODEL_UNIX_SEND_BUFFER) {
        return -EAGAIN;
    }
    model_unix *other = end->peer;
    if (to != NULL) {
        other = model_unix_find(end->model, to, false, &error);
    }
    return other == NULL ? model_unix_refuse(end, error) : send_to(end, other, in, size);
}
