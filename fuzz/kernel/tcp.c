/* SPDX-License-Identifier: MIT */

/* Operations of TCP over loopback. */
#include "kernel/operations.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define REFUSING_PORT 1 /* tcpmux (RFC 1078), which nobody serves any more */

static bool is_tcp(both *b, int fd)
{
    return both_known(b, fd)->open && both_known(b, fd)->kind == BOTH_TCP;
}

void tcp_send_at_once(int fd)
{
    const int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static int new_socket(both *b)
{
    int64_t fd = both_result(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    both_same(b, "result", fd, vigil_model_socket(b->model, AF_INET));
    both_note(b, fd, BOTH_TCP);
    tcp_send_at_once((int)fd);
    return (int)fd;
}

void operate_tcp(both *b, const int64_t *unused)
{
    (void)unused;
    if (both_has_room(b)) {
        (void)new_socket(b);
    }
}

uint16_t inet_port_of(int fd)
{
    struct sockaddr_in address = {0};
    socklen_t size = sizeof address;
    return getsockname(fd, (struct sockaddr *)&address, &size) == 0 ? ntohs(address.sin_port) : 0;
}

struct sockaddr_in inet_loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

void operate_tcp_listener(both *b, const int64_t *unused)
{
    (void)unused;
    if (!both_has_room(b)) {
        return;
    }
    int fd = new_socket(b);
    struct sockaddr_in any = inet_loopback(0);
    both_same(b, "bind", both_result(bind(fd, (struct sockaddr *)&any, sizeof any)),
              vigil_model_bind(b->model, fd, 0));
    both_same(b, "listen", both_result(listen(fd, 100)), vigil_model_listen(b->model, fd, 100));
    both_known(b, fd)->port = inet_port_of(fd);
    both_known(b, fd)->model_port = (uint16_t)vigil_model_local_port(b->model, fd);
}

/* Who connects to a port of the range that the kernel picks from may be given
 * that very port, and be connected to himself. So what does not listen any more
 * is stood in for by a port outside of it. */
static bool listens(int fd)
{
    int listening = 0;
    socklen_t size = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

void operate_tcp_connect(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int listener = (int)argument[1];
    const both_descriptor *to = both_known(b, listener);
    if (!is_tcp(b, fd) || to->kind != BOTH_TCP || to->port == 0) {
        return;
    }
    bool reachable = to->open && listens(listener);
    uint16_t port = reachable ? to->port : REFUSING_PORT;
    uint16_t model_port = reachable ? to->model_port : REFUSING_PORT;
    struct sockaddr_in where = inet_loopback(port);
    both_same(b, "result", both_result(connect(fd, (struct sockaddr *)&where, sizeof where)),
              vigil_model_connect(b->model, fd, model_port));
}

void operate_linger(both *b, const int64_t *argument)
{
    const struct linger none = {1, 0};
    int fd = (int)argument[0];
    if (is_tcp(b, fd)) {
        both_same(b, "result",
                  both_result(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none)),
                  vigil_model_set_linger(b->model, fd, 1, 0));
    }
}
