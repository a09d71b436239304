/* SPDX-License-Identifier: MIT */

/* UDP over loopback (udp(7)): a datagram arrives the moment it is sent, if it fits into
 * the buffer of its receiver. */
#include "os/model/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SIZE_MAX_OF_IPV4 65507
#define SIZE_MAX_OF_IPV6 65527
/* More than that is refused before anything is looked at. */
#define SIZE_MAX_OF_ALL 65535
/* What Linux says that a packet may have on the loopback interface. */
#define MTU_OF_IPV4 65535
#define MTU_OF_IPV6 65536
#define ORIGIN_LOCAL 1
#define ORIGIN_ICMP 2

int vigil_model_udp(vigil_model *model, int family)
{
    if (!model_has_room(model, 1)) {
        return -EMFILE;
    }
    model_file *file = model_new_file(MODEL_UDP);
    model_udp *end = calloc(1, sizeof *end);
    if (file == NULL || end == NULL) {
        free(file);
        free(end);
        return -ENOMEM;
    }
    *end = (model_udp){.model = model, .file = file, .inet.family = family};
    end->inet.receive_buffer = model_default_receive_buffer(model);
    model_list_init(&end->received);
    model_list_init(&end->errors);
    model_list_init(&end->link);
    file->as.udp = end;
    return model_install(model, file);
}

static model_udp *bound_to(const vigil_model *model, uint16_t port)
{
    const model_link *ends = &model->udp;
    for (model_link *at = ends->next; at != ends; at = at->next) {
        model_udp *end = MODEL_HOLDER(at, model_udp, link);
        if (end->inet.port == port) {
            return end;
        }
    }
    return NULL;
}

/* A port of 0 is any that is free. */
static int bind_to(vigil_model *model, model_udp *end, uint16_t port)
{
    uint16_t wanted = port;
    for (int tries = 0; port == 0 && tries < MODEL_PORTS_PICKED; tries++) {
        wanted = model_next_port(model);
        if (bound_to(model, wanted) == NULL) {
            break;
        }
    }
    if (bound_to(model, wanted) != NULL) {
        return -EADDRINUSE;
    }
    end->inet.port = wanted;
    model_list_insert(&model->udp, &end->link);
    return 0;
}

/* Whoever sends or connects is bound. */
static int bind_if_unbound(vigil_model *model, model_udp *end)
{
    if (end->inet.port == 0) {
        end->is_picked = true;
        return bind_to(model, end, 0) == 0 ? 0 : -EAGAIN;
    }
    return 0;
}

int model_udp_bind(vigil_model *model, model_file *file, uint16_t port)
{
    model_udp *end = file->as.udp;
    if (end->inet.port != 0) {
        return -EINVAL;
    }
    end->is_picked = port == 0;
    return bind_to(model, end, port);
}

/* A port that the kernel has picked goes with the peer, even one of bind(2). */
static void leave_peer(model_udp *end)
{
    end->inet.peer_port = 0;
    if (end->is_picked) {
        end->is_picked = false;
        end->inet.port = 0;
        model_list_remove(&end->link);
    }
}

int model_udp_connect(vigil_model *model, model_file *file, uint16_t port)
{
    model_udp *end = file->as.udp;
    if (port == 0) {
        leave_peer(end);
        return 0;
    }
    int error = bind_if_unbound(model, end);
    if (error == 0) {
        end->inet.peer_port = port;
    }
    return error;
}

uint32_t model_udp_level(const model_file *file)
{
    const model_udp *end = file->as.udp;
    uint32_t level = end->error != 0 || !model_list_is_empty(&end->errors) ? EPOLLERR : 0;
    level |= end->shut_read && end->shut_write ? EPOLLHUP : 0;
    level |= end->shut_read ? EPOLLRDHUP | EPOLLIN : 0;
    level |= !model_list_is_empty(&end->received) ? EPOLLIN : 0;
    return level | EPOLLOUT;
}

static int take_error(model_udp *end)
{
    int error = end->error;
    end->error = 0;
    return -error;
}

int model_udp_error(model_file *file)
{
    return -take_error(file->as.udp);
}

/* Room comes back late: what is read goes on counting until it is a quarter of the
 * buffer, or the last of those that the reader took over at once. Then the reader takes
 * over what has come since (the kernel's udp_rmem_release()). */
static void consume(model_udp *end, model_piece *piece)
{
    end->owed += piece->charge;
    end->received_count--;
    end->taken_count--;
    if (end->owed >= end->inet.receive_buffer / 4 || end->taken_count == 0) {
        end->charged -= end->owed;
        end->owed = 0;
        end->taken_count = end->received_count;
    }
    model_free_piece(piece);
}

/* An error comes before what is received. What does not fit into `size` is lost
 * with its datagram. */
int64_t model_udp_receive(model_file *file, void *data, size_t size, int flags,
                          vigil_model_name *from)
{
    model_udp *end = file->as.udp;
    if (end->error != 0) {
        return take_error(end);
    }
    if (model_list_is_empty(&end->received)) {
        return -EAGAIN;
    }
    model_piece *piece = model_first_piece(&end->received);
    size_t length = piece->size;
    size_t taken = model_take_bytes(piece, data, size);
    from->port = piece->port;
    piece->start = 0;
    end->taken_count = end->taken_count == 0 ? end->received_count : end->taken_count;
    if ((flags & MSG_PEEK) == 0) {
        consume(end, piece);
    }
    return (int64_t)((flags & MSG_TRUNC) != 0 ? length : taken);
}

/* ICMP says that nobody listens there. Who is connected hears of its peer alone, and
 * who is not, if it has asked to. */
static void refuse_datagram(model_udp *end, uint16_t port, size_t size)
{
    bool is_connected = end->inet.peer_port != 0;
    if (is_connected ? end->inet.peer_port == port : end->keeps_errors) {
        model_udp_keep_error(end, (vigil_model_error){ECONNREFUSED, ORIGIN_ICMP, 0, port},
                             model_charge(end->model, size, VIGIL_MODEL_UDP_REFUSED));
        end->error = ECONNREFUSED;
        model_wake(end->file, EPOLLERR);
    }
}

/* Of a datagram that is too large for the buffer one is taken, if nothing else counts. */
static bool fits(const model_udp *to, size_t charge)
{
    return to->charged == 0 || to->charged + charge <= to->inet.receive_buffer;
}

static int queue(model_udp *to, uint16_t port, const void *data, size_t size)
{
    size_t charge = model_charge(to->model, size, VIGIL_MODEL_UDP);
    if (!fits(to, charge)) {
        return 0;
    }
    model_piece *piece = model_new_piece(data, size, size);
    if (piece == NULL) {
        return -ENOBUFS;
    }
    piece->port = port;
    piece->charge = charge;
    to->charged += charge;
    to->received_count++;
    model_list_insert(&to->received, &piece->link);
    model_wake(to->file, EPOLLIN | EPOLLPRI);
    return 0;
}

/* The loopback device takes the datagram from its sender, who may send again,
 * and hands it over. A connected socket hears its peer alone. */
static int deliver(model_udp *end, uint16_t port, const void *data, size_t size)
{
    model_udp *to = bound_to(end->model, port);
    bool is_heard = to != NULL && (to->inet.peer_port == 0 || to->inet.peer_port == end->inet.port);
    model_wake(end->file, EPOLLOUT);
    if (is_heard) {
        return queue(to, end->inet.port, data, size);
    }
    refuse_datagram(end, port, size);
    return 0;
}

/* Linux looks up the port of the peer for IPv4, and has none for who is not connected. */
static int refuse_size(model_udp *end, uint16_t port)
{
    bool ipv4 = end->inet.family == AF_INET;
    vigil_model_error error = {EMSGSIZE, ORIGIN_LOCAL, ipv4 ? MTU_OF_IPV4 : MTU_OF_IPV6,
                               ipv4 ? end->inet.peer_port : port};
    model_udp_keep_error(end, error, model_charge(end->model, 0, VIGIL_MODEL_UDP_TOO_LARGE));
    return -EMSGSIZE;
}

int64_t model_udp_send(vigil_model *model, model_file *file, const void *data, size_t size,
                       const vigil_model_name *to)
{
    model_udp *end = file->as.udp;
    size_t size_max = end->inet.family == AF_INET ? SIZE_MAX_OF_IPV4 : SIZE_MAX_OF_IPV6;
    uint16_t port = to == NULL ? end->inet.peer_port : to->port;
    int error = bind_if_unbound(model, end);
    if (error != 0) {
        return error;
    }
    if (size > SIZE_MAX_OF_ALL) {
        return -EMSGSIZE;
    }
    if (port == 0) {
        return to == NULL ? -EDESTADDRREQ : -EINVAL;
    }
    if (size > size_max) {
        return refuse_size(end, port);
    }
    if (end->error != 0) {
        return take_error(end);
    }
    if (end->shut_write) {
        return -EPIPE;
    }
    error = deliver(end, port, data, size);
    return error == 0 ? (int64_t)size : error;
}

/* What is not connected is shut down all the same. */
int model_udp_shutdown(model_file *file, int how)
{
    model_udp *end = file->as.udp;
    if (how != SHUT_RD && how != SHUT_WR && how != SHUT_RDWR) {
        return -EINVAL;
    }
    end->shut_read = end->shut_read || how != SHUT_WR;
    end->shut_write = end->shut_write || how != SHUT_RD;
    model_wake(file, 0);
    return end->inet.peer_port != 0 ? 0 : -ENOTCONN;
}

void model_udp_end(model_file *file)
{
    model_udp *end = file->as.udp;
    while (!model_list_is_empty(&end->received)) {
        model_free_piece(model_first_piece(&end->received));
    }
    model_udp_drop_errors(end);
    model_list_remove(&end->link);
    free(end);
}
