/* SPDX-License-Identifier: MIT */

/* Unix sockets (unix(7)): what stream and datagram sockets have in common. */
#include "os/model/unix.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define DATAGRAMS_MAX 10

void model_unix_release(model_unix *end)
{
    if (--end->references == 0) {
        free(end);
    }
}

/* The Unix socket of a descriptor, or null and why. */
model_unix *model_unix_of(const vigil_model *model, int fd, int *error)
{
    const model_file *file = model_file_of(model, fd);
    bool is_unix =
        file != NULL && (file->kind == MODEL_UNIX_STREAM || file->kind == MODEL_UNIX_DATAGRAM);
    *error = file == NULL ? -EBADF : is_unix ? 0 : -ENOTSOCK;
    return is_unix ? file->as.unix_socket : NULL;
}

/* A quarter of the buffer may be on its way while the socket is writable. */
bool model_unix_is_writable(const model_unix *end)
{
    return end->state != MODEL_UNIX_LISTENING && end->charged * 4 < MODEL_UNIX_SEND_BUFFER;
}

int model_unix_take(model_unix *end)
{
    int error = end->error;
    end->error = 0;
    return -error;
}

int model_unix_take_error(model_file *file)
{
    return -model_unix_take(file->as.unix_socket);
}

/* A key of 0: whoever watches, for whatever, is woken. */
void model_unix_wake(model_unix *end, uint32_t key)
{
    if (end->file != NULL) {
        model_wake(end->file, key);
    }
}

/* What a piece counts for no more is for its sender to write again. */
void model_unix_consume(model_unix *end, model_piece *piece)
{
    model_unix *sender = piece->sender;
    end->received_count--;
    sender->charged -= piece->charge;
    model_free_piece(piece);
    if (model_unix_is_writable(sender)) {
        model_unix_wake(sender, EPOLLOUT);
    }
    model_unix_release(sender);
}

void model_unix_drop_received(model_unix *end)
{
    while (!model_list_is_empty(&end->received)) {
        model_unix_consume(end, model_first_piece(&end->received));
    }
}

model_unix *model_unix_new_end(const vigil_model *model, bool is_stream)
{
    model_unix *end = calloc(1, sizeof *end);
    if (end == NULL) {
        return NULL;
    }
    model_list_init(&end->received);
    model_list_init(&end->pending);
    model_list_init(&end->in_pending);
    model_list_init(&end->waiting);
    model_list_init(&end->waiters);
    int datagrams_max = model->options.datagrams_max;
    end->queue_max = datagrams_max == 0 ? DATAGRAMS_MAX : datagrams_max;
    end->model = model;
    end->is_stream = is_stream;
    end->references = 1;
    return end;
}

model_file *model_unix_new(const vigil_model *model, bool is_stream)
{
    model_file *file = model_new_file(is_stream ? MODEL_UNIX_STREAM : MODEL_UNIX_DATAGRAM);
    model_unix *end = model_unix_new_end(model, is_stream);
    if (file == NULL || end == NULL) {
        free(file);
        free(end);
        return NULL;
    }
    end->file = file;
    file->as.unix_socket = end;
    return file;
}

static void free_new(model_file *file)
{
    if (file != NULL) {
        free(file->as.unix_socket);
        free(file);
    }
}

int vigil_model_unix(vigil_model *model, int type)
{
    if (!model_has_room(model, 1)) {
        return -EMFILE;
    }
    model_file *file = model_unix_new(model, type == SOCK_STREAM);
    return file == NULL ? -ENOMEM : model_install(model, file);
}

int vigil_model_socketpair(vigil_model *model, int type, int fd[2])
{
    if (!model_has_room(model, 2)) {
        return -EMFILE;
    }
    model_file *files[2] = {model_unix_new(model, type == SOCK_STREAM),
                            model_unix_new(model, type == SOCK_STREAM)};
    if (files[0] == NULL || files[1] == NULL) {
        free_new(files[0]);
        free_new(files[1]);
        return -ENOMEM;
    }
    for (int i = 0; i < 2; i++) {
        model_unix *end = files[i]->as.unix_socket;
        end->state = MODEL_UNIX_CONNECTED;
        end->peer = files[1 - i]->as.unix_socket;
        end->peer->references++;
        fd[i] = model_install(model, files[i]);
    }
    return 0;
}

uint32_t model_unix_level(model_file *file, uint32_t asked)
{
    model_unix *end = file->as.unix_socket;
    bool is_alone = end->is_stream && end->state == MODEL_UNIX_CLOSED;
    bool has_some = !model_list_is_empty(&end->received) || !model_list_is_empty(&end->pending);
    uint32_t level = end->error != 0 ? EPOLLERR : 0;
    level |= (end->shut_read && end->shut_write) || is_alone ? EPOLLHUP : 0;
    level |= end->shut_read ? EPOLLRDHUP | EPOLLIN : 0;
    level |= has_some ? EPOLLIN : 0;
    if ((asked & EPOLLOUT) == 0 || !model_unix_is_writable(end)) {
        return level;
    }
    return level | (end->is_stream || !model_unix_waits(end) ? EPOLLOUT : 0);
}

/* Queues a piece; -EAGAIN if too much is on its way. */
int model_unix_send_piece(model_unix *end, model_unix *to, const uint8_t *data, size_t size)
{
    if (end->charged >= MODEL_UNIX_SEND_BUFFER) {
        return -EAGAIN;
    }
    model_piece *piece = model_new_piece(data, size, size);
    if (piece == NULL) {
        return -ENOBUFS;
    }
    piece->sender = end;
    piece->charge =
        model_charge(end->model, size, end->is_stream ? VIGIL_MODEL_STREAM : VIGIL_MODEL_DATAGRAM);
    end->charged += piece->charge;
    end->references++;
    model_list_insert(&to->received, &piece->link);
    to->received_count++;
    model_unix_wake(to, EPOLLIN | EPOLLPRI);
    return 0;
}

/* The kernel has made the message already when it finds that nobody takes it,
 * and freeing it wakes the writer like any other that is consumed. */
int64_t model_unix_refuse(model_unix *end, int64_t status)
{
    if (model_unix_is_writable(end)) {
        model_unix_wake(end, EPOLLOUT);
    }
    return status;
}

int64_t model_unix_receive(model_file *file, void *data, size_t size, int flags,
                           vigil_model_name *from)
{
    model_unix *end = file->as.unix_socket;
    return end->is_stream ? model_unix_read_stream(end, data, size, flags, from)
                          : model_unix_receive_datagram(end, data, size, flags, from);
}

int64_t model_unix_send(model_file *file, const void *data, size_t size, const vigil_model_name *to)
{
    model_unix *end = file->as.unix_socket;
    if (!end->is_stream) {
        return model_unix_send_datagram(end, data, size, to);
    }
    if (to != NULL) {
        return end->state == MODEL_UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP;
    }
    return model_unix_write_stream(end, data, size);
}

/* The peer of a stream hears of it; of a datagram socket, nobody else. */
int model_unix_shutdown(model_file *file, int how)
{
    model_unix *end = file->as.unix_socket;
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
        return -EINVAL;
    }
    end->shut_read = end->shut_read || how != SHUT_WR;
    end->shut_write = end->shut_write || how != SHUT_RD;
    model_unix_wake(end, 0);
    model_unix *peer = end->peer;
    if (end->is_stream && peer != NULL) {
        peer->shut_write = peer->shut_write || how != SHUT_WR;
        peer->shut_read = peer->shut_read || how != SHUT_RD;
        model_unix_wake(peer, 0);
    }
    return 0;
}

/* Ends a socket that nobody can use any more. A stream tells its peer, and that
 * something was left unread or that it has never been accepted. */
static void end_socket(model_unix *end, bool was_accepted)
{
    model_unix *peer = end->peer;
    bool was_listening = end->state == MODEL_UNIX_LISTENING;
    end->file = NULL;
    end->is_dead = true;
    end->state = MODEL_UNIX_CLOSED;
    end->shut_read = true;
    end->shut_write = true;
    end->peer = NULL;
    model_unix_unname(end);
    model_unix_wake_waiters(end, 0);
    model_unix_stop_waiting(end);
    if (end->is_stream && peer != NULL) {
        peer->shut_read = true;
        peer->shut_write = true;
        if (!model_list_is_empty(&end->received) || !was_accepted) {
            peer->error = ECONNRESET;
        }
        model_unix_wake(peer, 0);
    }
    model_unix_drop_received(end);
    while (was_listening && !model_list_is_empty(&end->pending)) {
        model_unix *waiting = MODEL_HOLDER(end->pending.next, model_unix, in_pending);
        model_list_remove(&waiting->in_pending);
        end_socket(waiting, false);
    }
    if (peer != NULL) {
        model_unix_release(peer);
    }
    model_unix_release(end);
}

void model_unix_end(model_file *file)
{
    end_socket(file->as.unix_socket, true);
}
