/* SPDX-License-Identifier: MIT */

/* The errors that a UDP socket keeps (ip(7), IP_RECVERR), in its receive buffer. */
#include "os/model/state.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#define ORIGIN_ICMP 2

/* A UDP socket, or null and why. */
static model_udp *udp_of(vigil_model *model, int fd, int *error)
{
    model_file *file = model_file_of(model, fd);
    bool is_socket = file != NULL && vigil_model_family(model, fd) >= 0;
    *error = file == NULL ? -EBADF : is_socket ? -ENOPROTOOPT : -ENOTSOCK;
    return file != NULL && file->kind == MODEL_UDP ? file->as.udp : NULL;
}

/* The oldest error, which stays where it is; false if there is none. */
static bool look_at_oldest(const model_udp *end, vigil_model_error *error)
{
    *error = (vigil_model_error){0};
    if (model_list_is_empty(&end->errors)) {
        return false;
    }
    const model_piece *piece = model_first_piece(&end->errors);
    memcpy(error, piece->bytes, sizeof *error);
    return true;
}

/* One for which there is no memory or no room is lost, as in Linux. */
void model_udp_keep_error(model_udp *end, vigil_model_error error, size_t charge)
{
    bool fits = end->charged + charge < end->inet.receive_buffer;
    model_piece *piece =
        end->keeps_errors && fits ? model_new_piece(&error, sizeof error, sizeof error) : NULL;
    if (piece != NULL) {
        piece->charge = charge;
        end->charged += charge;
        model_list_insert(&end->errors, &piece->link);
        model_wake(end->file, EPOLLERR);
    }
}

static void drop_oldest(model_udp *end)
{
    model_piece *piece = model_first_piece(&end->errors);
    end->charged -= piece->charge;
    model_free_piece(piece);
}

void model_udp_drop_errors(model_udp *end)
{
    while (!model_list_is_empty(&end->errors)) {
        drop_oldest(end);
    }
}

int vigil_model_keep_errors(vigil_model *model, int fd, int enabled)
{
    int error = 0;
    model_udp *end = udp_of(model, fd, &error);
    if (end == NULL) {
        return error;
    }
    end->keeps_errors = enabled != 0;
    if (!end->keeps_errors) {
        model_udp_drop_errors(end);
    }
    return 0;
}

int vigil_model_keeps_errors(vigil_model *model, int fd)
{
    int error = 0;
    const model_udp *end = udp_of(model, fd, &error);
    return end == NULL ? error : end->keeps_errors;
}

/* What ICMP has said is the socket's error as well, until it is taken from here: then the
 * next one is, or none (net/core/skbuff.c, sock_dequeue_err_skb). */
int vigil_model_receive_error(vigil_model *model, int fd, vigil_model_error *error)
{
    int why = 0;
    model_udp *end = udp_of(model, fd, &why);
    *error = (vigil_model_error){0};
    if (end == NULL) {
        return why;
    }
    if (!look_at_oldest(end, error)) {
        return -EAGAIN;
    }
    drop_oldest(end);
    vigil_model_error next;
    bool is_more = look_at_oldest(end, &next);
    if (is_more && next.origin == ORIGIN_ICMP) {
        end->error = next.error;
    } else if (error->origin == ORIGIN_ICMP) {
        end->error = 0;
    }
    if (is_more) {
        model_wake(end->file, EPOLLERR);
    }
    return 0;
}
