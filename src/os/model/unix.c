/* SPDX-License-Identifier: MIT */

/* Pairs of Unix sockets, stream and datagram (unix(7)). */
#include "os/model/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SEND_BUFFER 212992
#define PIECE_MAX 36544 /* what fits beside the bookkeeping of a page, and eight pages */

static void release(model_unix *end)
{
    if (--end->references == 0) {
        free(end);
    }
}

static bool is_stream(const model_file *file)
{
    return file->kind == MODEL_UNIX_STREAM;
}

/* A quarter of the buffer may be on its way while the socket is writable. */
static bool is_writable(const model_unix *end)
{
    return end->charged * 4 <= SEND_BUFFER;
}

static int take_error(model_unix *end)
{
    int error = end->error;
    end->error = 0;
    return -error;
}

/* What a piece counts for no more is for its sender to write again. */
static void consume(model_piece *piece)
{
    model_unix *sender = piece->sender;
    sender->charged -= piece->charge;
    model_free_piece(piece);
    if (sender->file != NULL && is_writable(sender)) {
        model_wake(sender->file, EPOLLOUT);
    }
    release(sender);
}

/* Without a key: whoever watches, for whatever, is woken. */
static void wake_all(model_unix *end)
{
    if (end->file != NULL) {
        model_wake(end->file, 0);
    }
}

static model_file *new_end(model_kind kind)
{
    model_file *file = model_new_file(kind);
    model_unix *end = calloc(1, sizeof *end);
    if (file == NULL || end == NULL) {
        free(file);
        free(end);
        return NULL;
    }
    model_list_init(&end->received);
    end->references = 1;
    end->file = file;
    file->as.unix_socket = end;
    return file;
}

static void free_new_end(model_file *file)
{
    if (file != NULL) {
        free(file->as.unix_socket);
        free(file);
    }
}

int vigil_model_socketpair(vigil_model *model, int type, int fd[2])
{
    model_kind kind = type == SOCK_STREAM ? MODEL_UNIX_STREAM : MODEL_UNIX_DATAGRAM;
    if (!model_has_room(model, 2)) {
        return -EMFILE;
    }
    model_file *first = new_end(kind);
    model_file *second = new_end(kind);
    if (first == NULL || second == NULL) {
        free_new_end(first);
        free_new_end(second);
        return -ENOMEM;
    }
    first->as.unix_socket->peer = second->as.unix_socket;
    second->as.unix_socket->peer = first->as.unix_socket;
    first->as.unix_socket->references++;
    second->as.unix_socket->references++;
    fd[0] = model_install(model, first);
    fd[1] = model_install(model, second);
    return 0;
}

uint32_t model_unix_level(const model_file *file)
{
    const model_unix *end = file->as.unix_socket;
    uint32_t level = end->error != 0 ? EPOLLERR : 0;
    level |= end->shut_read && end->shut_write ? EPOLLHUP : 0;
    level |= end->shut_read ? EPOLLRDHUP | EPOLLIN : 0;
    level |= !model_list_is_empty(&end->received) ? EPOLLIN : 0;
    return level | (is_writable(end) ? EPOLLOUT : 0);
}

/* The error comes before the end of the stream, and both after the data. */
static int64_t read_stream(model_unix *end, uint8_t *out, size_t size)
{
    size_t done = 0;
    while (done < size && !model_list_is_empty(&end->received)) {
        model_piece *piece = model_first_piece(&end->received);
        done += model_take_bytes(piece, out + done, size - done);
        if (piece->start == piece->size) {
            consume(piece);
        }
    }
    if (done > 0) {
        return (int64_t)done;
    }
    if (end->error != 0) {
        return take_error(end);
    }
    return end->shut_read ? 0 : -EAGAIN;
}

/* What does not fit into `size` is lost with its datagram. */
static int64_t read_datagram(model_unix *end, uint8_t *out, size_t size)
{
    if (end->error != 0) {
        return take_error(end);
    }
    if (model_list_is_empty(&end->received)) {
        return -EAGAIN;
    }
    model_piece *piece = model_first_piece(&end->received);
    size_t taken = model_take_bytes(piece, out, size);
    consume(piece);
    return (int64_t)taken;
}

int64_t model_unix_read(model_file *file, void *data, size_t size)
{
    model_unix *end = file->as.unix_socket;
    return is_stream(file) ? read_stream(end, data, size) : read_datagram(end, data, size);
}

/* Linux 6.18 on x86-64: a head, of bytes and bookkeeping, in a block of a power
 * of two, and whole pages for what does not fit. */
static size_t default_charge(size_t size, int stream)
{
    const size_t head_max = 3776;
    const size_t bookkeeping = 320;
    size_t paged = stream != 0 && size > head_max ? (size - head_max + 4095) / 4096 * 4096 : 0;
    paged = paged > size ? size : paged;
    size_t head = (size - paged + 63) / 64 * 64 + bookkeeping;
    size_t block = 512;
    while (block < head) {
        block *= 2;
    }
    return block + 256 + (paged + 4095) / 4096 * 4096;
}

static size_t charge(const vigil_model *model, size_t size, bool stream)
{
    return model->options.charge != NULL ? model->options.charge(size, stream)
                                         : default_charge(size, stream);
}

/* Queues a piece at the peer; -EAGAIN if too much is on its way. */
static int send_piece(const vigil_model *model, model_unix *end, const uint8_t *data, size_t size,
                      bool stream)
{
    if (end->charged >= SEND_BUFFER) {
        return -EAGAIN;
    }
    model_piece *piece = model_new_piece(data, size, size);
    if (piece == NULL) {
        return -ENOBUFS;
    }
    piece->sender = end;
    piece->charge = charge(model, size, stream);
    end->charged += piece->charge;
    end->references++;
    model_list_insert(&end->peer->received, &piece->link);
    model_wake(end->peer->file, EPOLLIN | EPOLLPRI);
    return 0;
}

/* The kernel has made the message already when it finds that nobody takes it,
 * and freeing it wakes the writer like any other that is consumed. */
static int64_t refuse(model_unix *end, int status)
{
    if (is_writable(end)) {
        model_wake(end->file, EPOLLOUT);
    }
    return status;
}

static int64_t write_stream(const vigil_model *model, model_unix *end, const uint8_t *in,
                            size_t size)
{
    if (end->shut_write) {
        return -EPIPE;
    }
    size_t done = 0;
    while (done < size) {
        if (end->error != 0) {
            return done > 0 ? (int64_t)done : take_error(end);
        }
        bool full = end->charged >= SEND_BUFFER;
        if (!full && (end->peer->file == NULL || end->peer->shut_read)) {
            return refuse(end, done > 0 ? (int)done : -EPIPE);
        }
        size_t left = size - done;
        size_t length = left < PIECE_MAX ? left : PIECE_MAX;
        int status = send_piece(model, end, in + done, length, true);
        if (status != 0) {
            return done > 0 ? (int64_t)done : status;
        }
        done += length;
    }
    return (int64_t)done;
}

/* The peer of a datagram socket is gone: what it had sent is gone with it. */
static int disconnect(model_unix *end)
{
    release(end->peer);
    end->peer = NULL;
    while (!model_list_is_empty(&end->received)) {
        consume(model_first_piece(&end->received));
    }
    return -ECONNREFUSED;
}

static int64_t write_datagram(const vigil_model *model, model_unix *end, const uint8_t *in,
                              size_t size)
{
    if (size > SEND_BUFFER - 32) {
        return -EMSGSIZE;
    }
    if (end->error != 0) {
        return take_error(end);
    }
    if (end->shut_write) {
        return -EPIPE;
    }
    if (end->charged >= SEND_BUFFER) {
        return -EAGAIN;
    }
    if (end->peer == NULL) {
        return refuse(end, -ENOTCONN);
    }
    if (end->peer->file == NULL) {
        return refuse(end, disconnect(end));
    }
    if (end->peer->shut_read) {
        return refuse(end, -EPIPE);
    }
    int status = send_piece(model, end, in, size, false);
    return status == 0 ? (int64_t)size : status;
}

int64_t model_unix_write(const vigil_model *model, model_file *file, const void *data, size_t size)
{
    model_unix *end = file->as.unix_socket;
    return is_stream(file) ? write_stream(model, end, data, size)
                           : write_datagram(model, end, data, size);
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
    wake_all(end);
    model_unix *peer = end->peer;
    if (is_stream(file) && peer != NULL && peer->file != NULL) {
        peer->shut_write = peer->shut_write || how != SHUT_WR;
        peer->shut_read = peer->shut_read || how != SHUT_RD;
        wake_all(peer);
    }
    return 0;
}

/* A stream tells its peer, and that something was left unread. */
void model_unix_end(model_file *file)
{
    model_unix *end = file->as.unix_socket;
    model_unix *peer = end->peer;
    end->file = NULL;
    end->shut_read = true;
    end->shut_write = true;
    end->peer = NULL;
    if (is_stream(file) && peer != NULL) {
        peer->shut_read = true;
        peer->shut_write = true;
        if (!model_list_is_empty(&end->received)) {
            peer->error = ECONNRESET;
        }
        wake_all(peer);
    }
    while (!model_list_is_empty(&end->received)) {
        consume(model_first_piece(&end->received));
    }
    if (peer != NULL) {
        release(peer);
    }
    release(end);
}
