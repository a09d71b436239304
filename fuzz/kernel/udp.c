/* SPDX-License-Identifier: MIT */

/* Operations of UDP over loopback. Each kernel picks ports of its own, so what is
 * the same is which socket had one. */
#include "kernel/operations.h"

#include <linux/errqueue.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_udp(both *b, int fd)
{
    return both_known(b, fd)->open && both_known(b, fd)->kind == BOTH_UDP;
}

void operate_udp(both *b, const int64_t *unused)
{
    (void)unused;
    if (both_has_room(b)) {
        int64_t fd = both_result(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        both_same(b, "result", fd, vigil_model_udp(b->model, AF_INET));
        both_note(b, fd, BOTH_UDP);
    }
}

/* Remembers the ports that a socket has from now on. A port that Linux gives out
 * again, which the model does not, would lead datagrams elsewhere, so that such
 * a run ends. */
static void note_ports(both *b, int fd)
{
    uint16_t real = inet_port_of(fd);
    uint16_t model = (uint16_t)vigil_model_local_port(b->model, fd);
    bool is_new = true;
    both_same(b, "has a port", real != 0, model != 0);
    both_known(b, fd)->port = real;
    both_known(b, fd)->model_port = model;
    for (int i = 0; i < b->port_count; i++) {
        is_new = is_new && b->ports[i].real != real;
        b->is_over = b->is_over || (b->ports[i].real == real && b->ports[i].model != model);
    }
    if (real != 0 && is_new) {
        b->ports[b->port_count++] = (both_port){real, model};
    }
}

void operate_udp_bind(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    struct sockaddr_in any = inet_loopback(0);
    if (is_udp(b, fd)) {
        both_same(b, "result", both_result(bind(fd, (struct sockaddr *)&any, sizeof any)),
                  vigil_model_bind(b->model, fd, 0));
        note_ports(b, fd);
    }
}

/* The second argument is what has, or had, the port: that may be gone. */
void operate_udp_connect(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const both_descriptor *to = both_known(b, (int)argument[1]);
    if (is_udp(b, fd) && to->kind == BOTH_UDP && to->port != 0) {
        struct sockaddr_in where = inet_loopback(to->port);
        both_same(b, "result", both_result(connect(fd, (struct sockaddr *)&where, sizeof where)),
                  vigil_model_connect(b->model, fd, to->model_port));
        note_ports(b, fd);
    }
}

void operate_udp_disconnect(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (is_udp(b, fd)) {
        both_same(b, "result", both_result(connect(fd, &nobody, sizeof nobody)),
                  vigil_model_connect(b->model, fd, 0));
        note_ports(b, fd);
    }
}

void operate_udp_send(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const both_descriptor *to = both_known(b, (int)argument[1]);
    size_t size = (size_t)argument[2];
    if (is_udp(b, fd) && to->kind == BOTH_UDP && to->port != 0) {
        struct sockaddr_in where = inet_loopback(to->port);
        vigil_model_name name = {.port = to->model_port};
        const uint8_t *bytes = operation_bytes(b, size);
        int64_t count =
            both_result(sendto(fd, bytes, size, 0, (struct sockaddr *)&where, sizeof where));
        both_same(b, "result", count, vigil_model_send(b->model, fd, bytes, size, &name));
        note_ports(b, fd);
    }
}

/* To whom it is connected, if to anybody. */
void operate_udp_write(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    size_t size = (size_t)argument[1];
    if (is_udp(b, fd)) {
        const uint8_t *bytes = operation_bytes(b, size);
        both_same(b, "result", both_result(write(fd, bytes, size)),
                  vigil_model_write(b->model, fd, bytes, size));
        note_ports(b, fd);
    }
}

/* A port of Linux, and that of the model for the same socket. */
void udp_same_port(both *b, uint16_t real, uint16_t model)
{
    uint16_t expected = 0;
    for (int i = 0; i < b->port_count; i++) {
        expected = b->ports[i].real == real ? b->ports[i].model : expected;
    }
    both_same(b, "port", expected, model);
}

void operate_udp_peer(both *b, const int64_t *argument)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    int fd = (int)argument[0];
    if (is_udp(b, fd)) {
        int64_t real = both_result(getpeername(fd, (struct sockaddr *)&address, &size));
        int64_t model = vigil_model_peer_port(b->model, fd);
        both_same(b, "result", real, model < 0 ? model : 0);
        if (real == 0) {
            udp_same_port(b, ntohs(address.sin_port), (uint16_t)model);
        }
    }
}

/* --- what waits (socket(7), SO_RCVBUF) --------------------------------------------- */

/* Until nothing fits any more, if the buffer is small. */
void operate_udp_fill(both *b, const int64_t *argument)
{
    for (int i = 0; i < FILLING; i++) {
        operate_udp_send(b, argument);
    }
}

void udp_same_memory(both *b, int fd)
{
    uint32_t memory[SK_MEMINFO_VARS] = {0};
    socklen_t size = sizeof memory;
    if (is_udp(b, fd)) {
        both_same(b, "result", both_result(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, memory, &size)),
                  0);
        both_same(b, "buffer", memory[SK_MEMINFO_RCVBUF], vigil_model_receive_buffer(b->model, fd));
        both_same(b, "charged", memory[SK_MEMINFO_RMEM_ALLOC],
                  vigil_model_receive_charged(b->model, fd));
    }
}

void operate_udp_receive_buffer(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int bytes = (int)argument[1];
    if (is_udp(b, fd)) {
        both_same(b, "result",
                  both_result(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes)),
                  vigil_model_set_receive_buffer(b->model, fd, bytes));
        udp_same_memory(b, fd);
    }
}

/* --- errors that are kept (ip(7), IP_RECVERR) -------------------------------------- */

void operate_udp_keep_errors(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int enabled = argument[1] != 0;
    int kept = 0;
    socklen_t size = sizeof kept;
    if (is_udp(b, fd)) {
        both_same(b, "result",
                  both_result(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &enabled, sizeof enabled)),
                  vigil_model_keep_errors(b->model, fd, enabled));
        both_same(b, "result", both_result(getsockopt(fd, IPPROTO_IP, IP_RECVERR, &kept, &size)),
                  0);
        both_same(b, "kept", kept, vigil_model_keeps_errors(b->model, fd));
    }
}

/* What both say of an error: the one of Linux stands in a control message. */
static void same_error(both *b, const struct msghdr *header, const struct sockaddr_in *to,
                       const vigil_model_error *model)
{
    struct sock_extended_err error = {0};
    const struct cmsghdr *message = CMSG_FIRSTHDR(header);
    if (message == NULL) {
        both_differ(b, "has an error", false, true);
    }
    both_same(b, "level", message->cmsg_level, IPPROTO_IP);
    both_same(b, "type", message->cmsg_type, IP_RECVERR);
    memcpy(&error, CMSG_DATA(message), sizeof error);
    both_same(b, "error", error.ee_errno, model->error);
    both_same(b, "origin", error.ee_origin, model->origin);
    both_same(b, "info", error.ee_info, model->info);
    udp_same_port(b, ntohs(to->sin_port), model->port);
}

void operate_udp_take_queued(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    struct sockaddr_in to = {0};
    union {
        struct cmsghdr header;
        unsigned char bytes[512];
    } room = {.bytes = {0}};
    struct msghdr header = {.msg_name = &to,
                            .msg_namelen = sizeof to,
                            .msg_control = room.bytes,
                            .msg_controllen = sizeof room.bytes};
    if (is_udp(b, fd)) {
        vigil_model_error error;
        int64_t real = both_result(recvmsg(fd, &header, MSG_ERRQUEUE));
        both_same(b, "result", real, vigil_model_receive_error(b->model, fd, &error));
        if (real == 0) {
            same_error(b, &header, &to, &error);
        }
    }
}

/* One byte more than a packet holds: this machine finds it too large. */
void operate_udp_send_large(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const both_descriptor *to = both_known(b, (int)argument[1]);
    size_t size = 65508;
    if (is_udp(b, fd) && to->kind == BOTH_UDP && to->port != 0) {
        struct sockaddr_in real = inet_loopback(to->port);
        vigil_model_name name = {.port = to->model_port};
        const uint8_t *data = operation_bytes(b, size);
        both_same(b, "result",
                  both_result(sendto(fd, data, size, 0, (struct sockaddr *)&real, sizeof real)),
                  vigil_model_send(b->model, fd, data, size, &name));
        note_ports(b, fd);
    }
}
