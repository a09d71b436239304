/* SPDX-License-Identifier: MIT */

/* Operations on any kind of socket, and on what is none. */
#include "kernel/operations.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

void operate_shutdown(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int how = (int)argument[1];
    both_same(b, "result", both_result(shutdown(fd, how)), vigil_model_shutdown(b->model, fd, how));
}

/* A TCP socket listens from its beginning, if at all. */
void operate_listen(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int backlog = (int)argument[1];
    if (both_known(b, fd)->kind != BOTH_TCP) {
        both_same(b, "result", both_result(listen(fd, backlog)),
                  vigil_model_listen(b->model, fd, backlog));
    }
}

void operate_accept(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    if (both_has_room(b)) {
        int64_t accepted = both_result(accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC));
        both_same(b, "result", accepted, vigil_model_accept(b->model, fd));
        both_note(b, accepted, both_known(b, fd)->kind);
        if (accepted >= 0 && both_known(b, fd)->kind == BOTH_TCP) {
            tcp_send_at_once((int)accepted);
        }
    }
}

void operate_take_error(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int error = 0;
    socklen_t size = sizeof error;
    int64_t status = both_result(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
    both_same(b, "error", status < 0 ? status : error, vigil_model_take_error(b->model, fd));
}

/* Of TCP, what is only to be counted is thrown away, and nothing is compared. */
void operate_receive(both *b, const int64_t *argument)
{
    static uint8_t real[BOTH_SIZE_MAX];
    static uint8_t model[BOTH_SIZE_MAX];
    union {
        struct sockaddr any;
        struct sockaddr_in inet;
        struct sockaddr_un local;
    } address = {0};
    socklen_t length = sizeof address;
    vigil_model_name name;
    int fd = (int)argument[0];
    size_t size = (size_t)argument[1];
    both_kind kind = both_known(b, fd)->kind;
    int flags = (argument[2] & 1) != 0 ? MSG_PEEK : 0;
    flags |= (argument[2] & 2) != 0 && kind != BOTH_TCP ? MSG_TRUNC : 0;
    int64_t count = both_result(recvfrom(fd, real, size, flags, &address.any, &length));
    both_same(b, "result", count, vigil_model_receive(b->model, fd, model, size, flags, &name));
    udp_same_memory(b, fd);
    if (count > 0) {
        size_t copied = (size_t)count < size ? (size_t)count : size;
        both_same(b, "bytes differ", memcmp(real, model, copied) != 0, 0);
        if (kind == BOTH_UNIX) {
            unix_same_name(b, &address.local, length, &name);
        } else if (kind == BOTH_UDP) {
            udp_same_port(b, ntohs(address.inet.sin_port), name.port);
        }
    }
}
