/* SPDX-License-Identifier: MIT */

/* What is set of a TCP socket before it listens or connects. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static vigil_tcp_socket opened(vigil_family family)
{
    vigil_tcp_socket socket;
    check_ok(vigil_tcp_socket_open(&socket, family));
    return socket;
}

static int kernel_option(vigil_fd fd, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    check_os(getsockopt(fd, level, name, &value, &length));
    return value;
}

static void options__are_ebadf_when_closed(void **state)
{
    (void)state;
    vigil_tcp_socket socket = VIGIL_TCP_SOCKET_CLOSED;
    const vigil_tcp_socket *s = &socket;
    bool enabled = true;
    int number = 1;
    check_status(vigil_tcp_socket_set_reuse_address(s, true), VIGIL_EBADF);
    check_status(vigil_tcp_socket_reuse_address(s, &enabled), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_reuse_port(s, true), VIGIL_EBADF);
    check_status(vigil_tcp_socket_reuse_port(s, &enabled), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_only_ipv6(s, true), VIGIL_EBADF);
    check_status(vigil_tcp_socket_only_ipv6(s, &enabled), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_fast_open_connect(s, true), VIGIL_EBADF);
    check_status(vigil_tcp_socket_fast_open_connect(s, &enabled), VIGIL_EBADF);
    check(!enabled);
    check_status(vigil_tcp_socket_set_send_buffer(s, 1), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_send_buffer(s, 0), VIGIL_EBADF);
    check_status(vigil_tcp_socket_send_buffer(s, &number), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_receive_buffer(s, 1), VIGIL_EBADF);
    check_status(vigil_tcp_socket_receive_buffer(s, &number), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_fast_open(s, 1), VIGIL_EBADF);
    check_status(vigil_tcp_socket_fast_open(s, &number), VIGIL_EBADF);
    check_equal(number, 0);
}

static void device__is_ebadf_when_closed(void **state)
{
    (void)state;
    vigil_tcp_socket socket = VIGIL_TCP_SOCKET_CLOSED;
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    check_status(vigil_tcp_socket_set_device(&socket, "lo", 2), VIGIL_EBADF);
    check_status(vigil_tcp_socket_set_device(&socket, "seventeen-letters", 17), VIGIL_EBADF);
    check_status(vigil_tcp_socket_device(&socket, name, &length), VIGIL_EBADF);
    check_equal(length, 0);
    check_text(name, "");
}

/* --- switches and buffers ------------------------------------------------------------ */

typedef vigil_status set_switch(const vigil_tcp_socket *socket, bool enabled);
typedef vigil_status get_switch(const vigil_tcp_socket *socket, bool *enabled);

static void set_and_get(vigil_family family, set_switch *set, get_switch *get, int level, int name)
{
    vigil_tcp_socket socket = opened(family);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    for (int i = 0; i < 3; i++) {
        bool enabled = i % 2 != 0;
        bool got = !enabled;
        check_ok(set(&socket, enabled));
        check_equal(kernel_option(fd, level, name), enabled);
        check_ok(get(&socket, &got));
        check_equal(got, enabled);
    }
    vigil_tcp_socket_close(&socket);
}

static void switches__set_get(vigil_family family)
{
    set_and_get(family, vigil_tcp_socket_set_reuse_address, vigil_tcp_socket_reuse_address,
                SOL_SOCKET, SO_REUSEADDR);
    set_and_get(family, vigil_tcp_socket_set_reuse_port, vigil_tcp_socket_reuse_port, SOL_SOCKET,
                SO_REUSEPORT);
}

static void tcp_socket__switches_set_get(void **state)
{
    (void)state;
    for_each_family(switches__set_get);
    require_ipv6();
    set_and_get(VIGIL_FAMILY_IPV6, vigil_tcp_socket_set_only_ipv6, vigil_tcp_socket_only_ipv6,
                IPPROTO_IPV6, IPV6_V6ONLY);
}

static void tcp_socket__only_ipv6_of_an_ipv4_socket(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    bool enabled = true;
    check_status(vigil_tcp_socket_set_only_ipv6(&socket, true), VIGIL_ENOPROTOOPT);
    check_status(vigil_tcp_socket_only_ipv6(&socket, &enabled), VIGIL_EOPNOTSUPP);
    check(!enabled);
    vigil_tcp_socket_close(&socket);
}

/* Whether an IPv4 socket has the port beside it, or the IPv6 socket has it alone. */
static void share_port_with_ipv4(bool only_ipv6)
{
    vigil_tcp_socket six = opened(VIGIL_FAMILY_IPV6);
    vigil_tcp_socket four = opened(VIGIL_FAMILY_IPV4);
    const uint8_t anywhere[16] = {0};
    vigil_address where = vigil_address_ipv6(anywhere, 0);
    check_ok(vigil_tcp_socket_set_only_ipv6(&six, only_ipv6));
    check_ok(vigil_tcp_socket_assign_address(&six, &where));
    check_status(vigil_tcp_socket_set_only_ipv6(&six, !only_ipv6), VIGIL_EINVAL);
    check_ok(vigil_tcp_socket_local_address(&six, &where));
    vigil_address same = vigil_address_ipv4(0, 0, 0, 0, where.port);
    check_status(vigil_tcp_socket_assign_address(&four, &same),
                 only_ipv6 ? VIGIL_OK : VIGIL_EADDRINUSE);
    vigil_tcp_socket_close(&four);
    vigil_tcp_socket_close(&six);
}

static void tcp_socket__only_ipv6_decides_who_has_the_port(void **state)
{
    (void)state;
    require_ipv6();
    share_port_with_ipv4(false);
    share_port_with_ipv4(true);
}

#define BUFFER 65536

/* socket(7): what is set is doubled, and what is accepted has its listener's sizes. */
static void tcp_socket__buffers(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    int bytes = 0;
    check_ok(vigil_tcp_socket_set_send_buffer(&socket, BUFFER));
    check_ok(vigil_tcp_socket_send_buffer(&socket, &bytes));
    check_equal(bytes, 2 * BUFFER);
    check_equal(kernel_option(fd, SOL_SOCKET, SO_SNDBUF), bytes);
    check_ok(vigil_tcp_socket_set_receive_buffer(&socket, 2 * BUFFER));
    check_ok(vigil_tcp_socket_receive_buffer(&socket, &bytes));
    check_equal(bytes, 4 * BUFFER);
    check_equal(kernel_option(fd, SOL_SOCKET, SO_RCVBUF), bytes);
    const int wrong[] = {0, -1, INT32_MIN};
    for (size_t i = 0; i < 3; i++) {
        check_status(vigil_tcp_socket_set_send_buffer(&socket, wrong[i]), VIGIL_EINVAL);
        check_status(vigil_tcp_socket_set_receive_buffer(&socket, wrong[i]), VIGIL_EINVAL);
    }
    check_equal(kernel_option(fd, SOL_SOCKET, SO_SNDBUF), 2 * BUFFER);
    check_equal(kernel_option(fd, SOL_SOCKET, SO_RCVBUF), 4 * BUFFER);
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    vigil_address where = vigil_address_loopback_ipv4(0);
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_listen(&socket, 1, &listener));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    connect_to(&client, where);
    accept_from(&listener, &server);
    check_equal(kernel_option(vigil_tcp_stream_fd(&server), SOL_SOCKET, SO_RCVBUF), 4 * BUFFER);
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_listener_close(&listener));
}

/* --- devices ------------------------------------------------------------------------- */

/* What the kernel says, not what was set. */
static void check_device(vigil_fd fd, const char *expected)
{
    char name[IF_NAMESIZE] = "";
    socklen_t length = sizeof name;
    check_os(getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, &length));
    check_equal(length, expected[0] == '\0' ? 0 : strlen(expected) + 1);
    check_text(name, expected);
}

static void tcp_socket__device(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    check_ok(vigil_tcp_socket_device(&socket, name, &length));
    check_equal(length, 0);
    check_text(name, "");
    check_ok(vigil_tcp_socket_set_device(&socket, "lo", 2));
    check_device(vigil_tcp_socket_fd(&socket), "lo");
    check_ok(vigil_tcp_socket_device(&socket, name, &length));
    check_equal(length, 2);
    check_text(name, "lo");
    vigil_tcp_socket_close(&socket);
}

/* The kernel itself would take the beginning of a long name, and what is before a
 * zero: of both the interface that was not meant. */
static void tcp_socket__device_of_no_name(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    check_status(vigil_tcp_socket_set_device(&socket, "vigil-none", 10), VIGIL_ENODEV);
    check_status(vigil_tcp_socket_set_device(&socket, "fifteen-letters", 15), VIGIL_ENODEV);
    check_status(vigil_tcp_socket_set_device(&socket, "sixteen--letters", 16), VIGIL_EINVAL);
    check_status(vigil_tcp_socket_set_device(&socket, "lo\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16),
                 VIGIL_EINVAL);
    check_status(vigil_tcp_socket_set_device(&socket, "lo\0", 3), VIGIL_EINVAL);
    check_status(vigil_tcp_socket_set_device(&socket, "\0", 1), VIGIL_EINVAL);
    check_device(vigil_tcp_socket_fd(&socket), "");
    vigil_tcp_socket_close(&socket);
}

/* socket(7), capabilities(7): who has no CAP_NET_RAW may choose once. */
static void choose_twice(void *ignored)
{
    (void)ignored;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    check_os(syscall(SYS_setresuid, 65534, 65534, 65534));
    check_ok(vigil_tcp_socket_set_device(&socket, "lo", 2));
    check_status(vigil_tcp_socket_set_device(&socket, "lo", 2), VIGIL_EPERM);
    check_status(vigil_tcp_socket_set_device(&socket, "", 0), VIGIL_EPERM);
    check_device(vigil_tcp_socket_fd(&socket), "lo");
    vigil_tcp_socket_close(&socket);
}

static void tcp_socket__device_without_permission(void **state)
{
    (void)state;
    if (geteuid() != 0) {
        skip();
    }
    run_child(choose_twice, NULL);
}

static void tcp_socket__device_is_left(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_socket_set_device(&socket, "lo", 2));
    vigil_status status = vigil_tcp_socket_set_device(&socket, "", 0);
    check(status == VIGIL_OK || (status == VIGIL_EPERM && geteuid() != 0));
    check_device(vigil_tcp_socket_fd(&socket), status == VIGIL_OK ? "" : "lo");
    vigil_tcp_socket_close(&socket);
}

static void udp_socket__device(void **state)
{
    (void)state;
    vigil_udp_socket socket;
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    check_ok(vigil_udp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    check_ok(vigil_udp_socket_device(&socket, name, &length));
    check_equal(length, 0);
    check_ok(vigil_udp_socket_set_device(&socket, "lo", 2));
    check_device(vigil_udp_socket_fd(&socket), "lo");
    check_ok(vigil_udp_socket_device(&socket, name, &length));
    check_equal(length, 2);
    check_text(name, "lo");
    check_status(vigil_udp_socket_set_device(&socket, "sixteen--letters", 16), VIGIL_EINVAL);
    check_ok(vigil_udp_socket_close(&socket));
    check_status(vigil_udp_socket_set_device(&socket, "lo", 2), VIGIL_EBADF);
    check_status(vigil_udp_socket_device(&socket, name, &length), VIGIL_EBADF);
    check_equal(length, 0);
    check_text(name, "");
}

/* --- fast open ------------------------------------------------------------------------ */

/* /proc/sys/net/ipv4/tcp_fastopen: 1 lets clients, 2 servers. */
static bool system_allows(int bit)
{
    int allowed = 0;
    FILE *file = fopen("/proc/sys/net/ipv4/tcp_fastopen", "r");
    bool known = file != NULL && fscanf(file, "%d", &allowed) == 1;
    if (file != NULL) {
        check_equal(fclose(file), 0);
    }
    return known && (allowed & bit) != 0;
}

static void tcp_socket__fast_open_of_a_listener(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    int queue = 1;
    char data[5];
    check_ok(vigil_tcp_socket_fast_open(&socket, &queue));
    check_equal(queue, 0);
    check_ok(vigil_tcp_socket_set_fast_open(&socket, 16));
    check_equal(kernel_option(vigil_tcp_socket_fd(&socket), IPPROTO_TCP, TCP_FASTOPEN), 16);
    check_ok(vigil_tcp_socket_fast_open(&socket, &queue));
    check_equal(queue, 16);
    check_status(vigil_tcp_socket_set_fast_open(&socket, -1), VIGIL_EINVAL);
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_listen(&socket, 16, &listener));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    connect_to(&client, where);
    accept_from(&listener, &server);
    send_all(&client, "hello", 5);
    receive_all(&server, data, 5);
    check(memcmp(data, "hello", 5) == 0);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_listener_close(&listener));
}

/* Whether the cookie is there or not: what is written arrives, and the question how
 * connecting went is answered after it. */
static void connect_fast(vigil_tcp_listener *listener, vigil_address where)
{
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    char data[5];
    bool enabled = false;
    check_ok(vigil_tcp_socket_set_fast_open_connect(&socket, true));
    check_ok(vigil_tcp_socket_fast_open_connect(&socket, &enabled));
    check(enabled);
    check_ok(vigil_tcp_socket_connect(&socket, &where, &client));
    await_level(vigil_tcp_stream_fd(&client), POLLOUT);
    send_all(&client, "hello", 5);
    accept_from(listener, &server);
    receive_all(&server, data, 5);
    check(memcmp(data, "hello", 5) == 0);
    check_ok(vigil_tcp_stream_finish_connect(&client));
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
}

static void tcp_socket__fast_open_of_a_stream(void **state)
{
    (void)state;
    if (!system_allows(1)) {
        skip();
    }
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_tcp_listener listener;
    check_ok(vigil_tcp_socket_set_fast_open(&socket, 16));
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_listen(&socket, 16, &listener));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    connect_fast(&listener, where);
    connect_fast(&listener, where);
    check_ok(vigil_tcp_listener_close(&listener));
}

/* A network of its own, where the system lets servers open fast too: whether this
 * process may make one. */
static bool enter_own_network(void)
{
    struct ifreq loopback_up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    bool entered = unshare(CLONE_NEWNET) == 0;
    int fd = entered ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    entered = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &loopback_up) == 0 && close(fd) == 0;
    FILE *file = entered ? fopen("/proc/sys/net/ipv4/tcp_fastopen", "we") : NULL;
    bool written = file != NULL && fputs("3", file) >= 0;
    return file != NULL && fclose(file) == 0 && written;
}

static bool may_enter_own_network(void)
{
    pid_t child = check_os(fork());
    if (child == 0) {
        _exit(enter_own_network() ? 0 : 1);
    }
    int status = 1;
    check_os(waitpid(child, &status, 0));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Once the system knows the server, connecting sends nothing, and the first write is
 * there as soon as the connection is. */
static void bring_bytes_along(void *ignored)
{
    (void)ignored;
    check(enter_own_network());
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    size_t count = 0;
    char data[5];
    check_ok(vigil_tcp_socket_set_fast_open(&socket, 16));
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_listen(&socket, 16, &listener));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    connect_fast(&listener, where);
    socket = opened(VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_socket_set_fast_open_connect(&socket, true));
    check_ok(vigil_tcp_socket_connect(&socket, &where, &client));
    await_level(vigil_tcp_stream_fd(&client), POLLOUT);
    check_status(vigil_tcp_stream_finish_connect(&client), VIGIL_EINPROGRESS);
    check_status(vigil_tcp_listener_accept(&listener, &server, NULL), VIGIL_EWOULDBLOCK);
    check_ok(vigil_tcp_stream_write(&client, "hello", 5, &count));
    check_equal(count, 5);
    accept_from(&listener, &server);
    check_ok(vigil_tcp_stream_read(&server, data, 5, &count));
    check(count == 5 && memcmp(data, "hello", 5) == 0);
    check_ok(vigil_tcp_stream_finish_connect(&client));
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_listener_close(&listener));
}

static void fast_open__brings_bytes_along(void **state)
{
    (void)state;
    if (!may_enter_own_network()) {
        skip();
    }
    run_child(bring_bytes_along, NULL);
}

static void refuse_fast_open(void *ignored)
{
    (void)ignored;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    bool enabled = true;
    refuse_option(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, EOPNOTSUPP);
    check_status(vigil_tcp_socket_set_fast_open_connect(&socket, true), VIGIL_EOPNOTSUPP);
    check_ok(vigil_tcp_socket_fast_open_connect(&socket, &enabled));
    check(!enabled);
    vigil_tcp_socket_close(&socket);
}

static void tcp_socket__fast_open_that_the_system_refuses(void **state)
{
    (void)state;
    run_child(refuse_fast_open, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(options__are_ebadf_when_closed),
        tcp_unit_test(device__is_ebadf_when_closed),
        tcp_unit_test(tcp_socket__switches_set_get),
        tcp_unit_test(tcp_socket__only_ipv6_of_an_ipv4_socket),
        tcp_unit_test(tcp_socket__only_ipv6_decides_who_has_the_port),
        tcp_unit_test(tcp_socket__buffers),
        tcp_unit_test(tcp_socket__device),
        tcp_unit_test(tcp_socket__device_of_no_name),
        tcp_unit_test(tcp_socket__device_without_permission),
        tcp_unit_test(tcp_socket__device_is_left),
        tcp_unit_test(udp_socket__device),
        tcp_unit_test(tcp_socket__fast_open_of_a_listener),
        tcp_unit_test(tcp_socket__fast_open_of_a_stream),
        tcp_unit_test(tcp_socket__fast_open_that_the_system_refuses),
        tcp_unit_test(fast_open__brings_bytes_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
