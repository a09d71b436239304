/* SPDX-License-Identifier: MIT */

/* The ends of what the model kernel has: of descriptors, of ports, of numbers and of names.
 * Where Linux can be brought to the same end, it is beside it. */
#include "os/model/model.h"
#include "support/check.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST 3
#define PORT 80
#define PORTS_PICKED 28232 /* 32768 to 60999 (net.ipv4.ip_local_port_range) */

static const vigil_model_options options = {.first_descriptor = FIRST, .descriptors_max = 16};

/* A kernel of which `left` descriptors are not open. */
static vigil_model *almost_full(int left)
{
    vigil_model *model = vigil_model_open(&options);
    while (vigil_model_count(model) < options.descriptors_max - FIRST - left) {
        check(vigil_model_file(model) >= 0);
    }
    return model;
}

static void limits__of_descriptors(void **state)
{
    (void)state;
    int fds[2];
    vigil_model *full = almost_full(0);
    check_equal(-vigil_model_file(full), EMFILE);
    check_equal(-vigil_model_eventfd(full, 0, 0), EMFILE);
    check_equal(-vigil_model_epoll_create(full), EMFILE);
    check_equal(-vigil_model_timerfd(full), EMFILE);
    check_equal(-vigil_model_signalfd(full, -1, 0), EMFILE);
    check_equal(-vigil_model_socket(full, AF_INET), EMFILE);
    check_equal(-vigil_model_udp(full, AF_INET), EMFILE);
    check_equal(-vigil_model_unix(full, SOCK_STREAM), EMFILE);
    check_equal(-vigil_model_dup(full, FIRST), EMFILE);
    check_equal(-vigil_model_dup(full, -1), EBADF);
    vigil_model_free(full);
    vigil_model *one_left = almost_full(1);
    check_equal(-vigil_model_pipe(one_left, fds), EMFILE);
    check_equal(-vigil_model_socketpair(one_left, SOCK_STREAM, fds), EMFILE);
    check_equal(vigil_model_count(one_left), options.descriptors_max - FIRST - 1);
    vigil_model_free(one_left);
}

/* Every picked port once, and again from the first one. */
static void limits__ports_come_round(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int first = 0;
    for (int i = 0; i <= PORTS_PICKED; i++) {
        int fd = vigil_model_udp(model, AF_INET);
        check_equal(vigil_model_bind(model, fd, 0), 0);
        first = i == 0 ? vigil_model_local_port(model, fd) : first;
        check(i == 0 || i == PORTS_PICKED || vigil_model_local_port(model, fd) != first);
        check(i != PORTS_PICKED || vigil_model_local_port(model, fd) == first);
        check_equal(vigil_model_close(model, fd), 0);
    }
    vigil_model_free(model);
}

/* All of them are taken: nobody is bound to one that the kernel picks. */
static void limits__of_ports(void **state)
{
    (void)state;
    const vigil_model_options many = {.first_descriptor = 0, .descriptors_max = PORTS_PICKED + 4};
    vigil_model *model = vigil_model_open(&many);
    int fd = 0;
    for (int i = 0; i < PORTS_PICKED; i++) {
        fd = vigil_model_socket(model, AF_INET);
        check_equal(vigil_model_bind(model, fd, 0), 0);
    }
    int last = vigil_model_socket(model, AF_INET);
    check_equal(-vigil_model_bind(model, last, 0), EADDRINUSE);
    check_equal(-vigil_model_listen(model, last, 1), EADDRINUSE);
    check_equal(vigil_model_close(model, fd), 0);
    check_equal(vigil_model_listen(model, last, 1), 0);
    vigil_model_free(model);
}

static int64_t put(int real, vigil_model *model, int fd, uint64_t value)
{
    int64_t result = write(real, &value, sizeof value);
    result = result < 0 ? -errno : result;
    check_equal(vigil_model_write(model, fd, &value, sizeof value), result);
    return result;
}

/* eventfd(2): 2^64 - 2 is the most that it counts, and there is no room then. */
static void limits__of_a_counter(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int real = check_os(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    int fd = vigil_model_eventfd(model, 0, 0);
    int epoll = check_os(epoll_create1(EPOLL_CLOEXEC));
    struct epoll_event asked = {.events = EPOLLIN | EPOLLOUT};
    struct epoll_event found = {0};
    check_equal(-put(real, model, fd, UINT64_MAX), EINVAL);
    check_equal(put(real, model, fd, UINT64_MAX - 1), 8);
    check_equal(-put(real, model, fd, 1), EAGAIN);
    check_os(epoll_ctl(epoll, EPOLL_CTL_ADD, real, &asked));
    check_equal(check_os(epoll_wait(epoll, &found, 1, 0)), 1);
    check_equal(found.events, EPOLLIN);
    check_equal(vigil_model_poll(model, fd, EPOLLIN | EPOLLOUT), EPOLLIN);
    check_os(close(epoll));
    check_os(close(real));
    vigil_model_free(model);
}

/* A time that no clock reaches. */
static void limits__of_time(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int fd = vigil_model_timerfd(model);
    const vigil_model_timer never = {UINT64_MAX, 1};
    check_equal(vigil_model_timerfd_settime(model, fd, 0, &never), 0);
    check_equal(vigil_model_next_timer(model), UINT64_MAX);
    vigil_model_advance(model, UINT64_C(1) << 62);
    check_equal(vigil_model_poll(model, fd, EPOLLIN), 0);
    vigil_model_free(model);
}

/* unix(7): 108 bytes and a zero behind them; and names that are none. */
static void limits__of_names(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    vigil_model_name name = {.size = VIGIL_MODEL_NAME_MAX - 1, .bytes = "/"};
    for (size_t i = 1; i < name.size; i++) {
        name.bytes[i] = 'x';
    }
    vigil_model_name found;
    vigil_model_name longer = name;
    longer.size = VIGIL_MODEL_NAME_MAX + 1;
    vigil_model_name none = {.size = 0};
    vigil_model_name abstract = {.size = 3, .bytes = "\0a"};
    int fd = vigil_model_unix(model, SOCK_STREAM);
    check_equal(-vigil_model_bind_unix(model, fd, &longer), EINVAL);
    check_equal(vigil_model_bind_unix(model, fd, &name), 0);
    check_equal(vigil_model_unix_name(model, fd, &found), 0);
    check_equal(found.size, VIGIL_MODEL_NAME_MAX);
    check_equal(vigil_model_listen(model, fd, 1), 0);
    int client = vigil_model_unix(model, SOCK_STREAM);
    check_equal(-vigil_model_connect_unix(model, client, &longer), EINVAL);
    check_equal(-vigil_model_connect_unix(model, client, &none), EINVAL);
    check_equal(-vigil_model_unlink(model, &none), ENOENT);
    check_equal(-vigil_model_unlink(model, &longer), ENOENT);
    check_equal(-vigil_model_unlink(model, &abstract), ENOENT);
    check_equal(vigil_model_unlink(model, &name), 0);
    check_equal(-vigil_model_connect_unix(model, client, &name), ENOENT);
    vigil_model_free(model);
}

/* unix(7), Autobind feature: the first name that it would pick is taken. */
static void limits__of_a_name_that_is_picked(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    const vigil_model_name first = {.size = 6, .bytes = {0, '0', '0', '0', '0', '0'}};
    vigil_model_name found;
    const vigil_model_name none = {.size = 0};
    int taken = vigil_model_unix(model, SOCK_DGRAM);
    int picks = vigil_model_unix(model, SOCK_DGRAM);
    check_equal(vigil_model_bind_unix(model, taken, &first), 0);
    check_equal(vigil_model_bind_unix(model, picks, &none), 0);
    check_equal(vigil_model_unix_name(model, picks, &found), 0);
    check_equal(found.size, 6);
    check_equal(found.bytes[5], '1');
    vigil_model_free(model);
}

/* As long as what a socket may have under way, and longer. */
static void limits__of_a_datagram(void **state)
{
    (void)state;
    static const char data[213000];
    int fds[2];
    int real[2];
    check_os(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, real));
    check_equal(send(real[0], data, sizeof data, 0), -1);
    check_equal(errno, EMSGSIZE);
    vigil_model *model = vigil_model_open(&options);
    check_equal(vigil_model_socketpair(model, SOCK_DGRAM, fds), 0);
    check_equal(-vigil_model_write(model, fds[0], data, sizeof data), EMSGSIZE);
    vigil_model_free(model);
    check_os(close(real[0]));
    check_os(close(real[1]));
}

/* socket(7): SO_RCVBUF is cut and doubled. What ICMP brings of a refused datagram counts. */
static void limits__of_a_receive_buffer(void **state)
{
    (void)state;
    static const char data[1000];
    const vigil_model_name nobody = {.port = PORT};
    vigil_model *model = vigil_model_open(&options);
    int udp = vigil_model_udp(model, AF_INET);
    int tcp = vigil_model_socket(model, AF_INET);
    check_equal(-vigil_model_set_receive_buffer(model, 15, 1), EBADF);
    check_equal(-vigil_model_receive_charged(model, 15), EBADF);
    check_equal(vigil_model_receive_charged(model, tcp), 0);
    check_equal(vigil_model_set_receive_buffer(model, udp, -1), 0);
    check_equal(vigil_model_receive_buffer(model, udp), 2 * 4194304);
    check_equal(vigil_model_set_receive_buffer(model, udp, 5000000), 0);
    check_equal(vigil_model_receive_buffer(model, udp), 2 * 4194304);
    check_equal(vigil_model_keep_errors(model, udp, 1), 0);
    check_equal(vigil_model_send(model, udp, data, 1, &nobody), 1);
    int of_one = vigil_model_receive_charged(model, udp);
    check_equal(vigil_model_take_error(model, udp), ECONNREFUSED);
    check_equal(vigil_model_send(model, udp, data, sizeof data, &nobody), sizeof data);
    check(vigil_model_receive_charged(model, udp) > 2 * of_one);
    vigil_model_free(model);
}

/* One that is connected does not listen, and one that does not listen is not reached. */
static void limits__of_a_listener(void **state)
{
    (void)state;
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof where;
    int listener = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int client = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int other = check_os(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check_os(bind(listener, (struct sockaddr *)&where, size));
    check_os(getsockname(listener, (struct sockaddr *)&where, &size));
    check_equal(connect(other, (struct sockaddr *)&where, size), -1);
    check_equal(errno, ECONNREFUSED);
    int real_tries = check_os(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    check_equal(connect(real_tries, (struct sockaddr *)&where, size), -1);
    check_equal(errno, EINPROGRESS);
    check_equal(listen(real_tries, 1), -1);
    check_equal(errno, EINVAL);
    check_os(listen(listener, 1));
    check_os(connect(client, (struct sockaddr *)&where, size));
    check_equal(listen(client, 1), -1);
    check_equal(errno, EINVAL);
    vigil_model *model = vigil_model_open(&options);
    int fd = vigil_model_socket(model, AF_INET);
    int fds[2] = {vigil_model_socket(model, AF_INET), vigil_model_socket(model, AF_INET)};
    int tries = vigil_model_socket(model, AF_INET);
    check_equal(-vigil_model_connect(model, tries, PORT), EINPROGRESS);
    check_equal(vigil_model_bind(model, fd, PORT), 0);
    check_equal(-vigil_model_bind(model, fds[0], PORT), EADDRINUSE);
    check_equal(-vigil_model_connect(model, fds[0], PORT), EINPROGRESS);
    check_equal(vigil_model_take_error(model, fds[0]), ECONNREFUSED);
    check_equal(vigil_model_listen(model, fd, 1), 0);
    check_equal(-vigil_model_connect(model, fds[1], PORT), EINPROGRESS);
    check_equal(-vigil_model_listen(model, fds[1], 1), EINVAL);
    check_equal(-vigil_model_listen(model, tries, 1), EINVAL);
    vigil_model_free(model);
    check_os(close(real_tries));
    check_os(close(listener));
    check_os(close(client));
    check_os(close(other));
}

/* A UDP port is one socket's. */
static void limits__of_one_port(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    int one = vigil_model_udp(model, AF_INET);
    int two = vigil_model_udp(model, AF_INET);
    check_equal(vigil_model_bind(model, one, PORT), 0);
    check_equal(-vigil_model_bind(model, two, PORT), EADDRINUSE);
    check_equal(vigil_model_close(model, one), 0);
    check_equal(vigil_model_bind(model, two, PORT), 0);
    vigil_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits__of_descriptors),
        cmocka_unit_test(limits__ports_come_round),
        cmocka_unit_test(limits__of_ports),
        cmocka_unit_test(limits__of_a_counter),
        cmocka_unit_test(limits__of_time),
        cmocka_unit_test(limits__of_names),
        cmocka_unit_test(limits__of_a_listener),
        cmocka_unit_test(limits__of_one_port),
        cmocka_unit_test(limits__of_a_datagram),
        cmocka_unit_test(limits__of_a_receive_buffer),
        cmocka_unit_test(limits__of_a_name_that_is_picked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
