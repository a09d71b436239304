/* SPDX-License-Identifier: MIT */

/* Sockets that are made into listeners and streams. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

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

/* --- opening and closing ------------------------------------------------------------ */

static void tcp_socket__is_new(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    vigil_address where;
    check(is_nonblocking(fd));
    check(is_close_on_exec(fd));
    check_equal(kernel_option(fd, SOL_SOCKET, SO_DOMAIN), AF_INET);
    check_equal(kernel_option(fd, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
    check_equal(kernel_option(fd, SOL_SOCKET, SO_REUSEADDR), 0);
    check_ok(vigil_tcp_socket_local_address(&socket, &where));
    check_equal(where.port, 0);
    vigil_tcp_socket_close(&socket);
    check(!is_open(fd));
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
}

static void tcp_socket__of_no_family(void **state)
{
    (void)state;
    vigil_tcp_socket socket = {0};
    check_status(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_NONE), VIGIL_EAFNOSUPPORT);
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
    check_status(vigil_tcp_socket_open(&socket, (vigil_family)77), VIGIL_EAFNOSUPPORT);
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
}

/* The second close must not hit whoever has the number by then. */
static void tcp_socket__closing_twice_is_closing_once(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    vigil_tcp_socket_close(&socket);
    vigil_tcp_socket stranger = opened(VIGIL_FAMILY_IPV4);
    check_equal(vigil_tcp_socket_fd(&stranger), fd);
    vigil_tcp_socket_close(&socket);
    check(is_open(fd));
    vigil_tcp_socket_close(&stranger);
}

static void tcp_socket__all_is_ebadf_when_closed(void **state)
{
    (void)state;
    vigil_tcp_socket socket = VIGIL_TCP_SOCKET_CLOSED;
    vigil_address where = vigil_address_loopback_ipv4(1);
    vigil_address none = vigil_address_none();
    vigil_address got = where;
    vigil_tcp_listener listener;
    vigil_tcp_stream stream;
    check_status(vigil_tcp_socket_assign_address(&socket, &where), VIGIL_EBADF);
    check_status(vigil_tcp_socket_assign_address(&socket, &none), VIGIL_EBADF);
    check_status(vigil_tcp_socket_local_address(&socket, &got), VIGIL_EBADF);
    check_equal(got.family, VIGIL_FAMILY_NONE);
    check_status(vigil_tcp_socket_listen(&socket, 1, &listener), VIGIL_EBADF);
    check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
    check_status(vigil_tcp_socket_connect(&socket, &where, &stream), VIGIL_EBADF);
    check_status(vigil_tcp_socket_connect(&socket, &none, &stream), VIGIL_EBADF);
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
    vigil_tcp_socket_close(&socket);
}

/* --- addresses ------------------------------------------------------------------------- */

static void assign_address(vigil_family family)
{
    vigil_tcp_socket socket = opened(family);
    vigil_address where = loopback(family, 0);
    vigil_address got;
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_local_address(&socket, &got));
    check(got.port != 0);
    where.port = got.port;
    check(vigil_address_equal(got, where));
    check_status(vigil_tcp_socket_assign_address(&socket, &where), VIGIL_EINVAL);
    vigil_tcp_socket_close(&socket);
}

static void tcp_socket__assign_address(void **state)
{
    (void)state;
    for_each_family(assign_address);
}

static void tcp_socket__address_that_is_none(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_tcp_stream stream;
    vigil_address none = vigil_address_none();
    vigil_address six = vigil_address_loopback_ipv6(0);
    vigil_address elsewhere = vigil_address_ipv4(192, 0, 2, 1, 0);
    check_status(vigil_tcp_socket_assign_address(&socket, &none), VIGIL_EAFNOSUPPORT);
    check_status(vigil_tcp_socket_assign_address(&socket, &six), VIGIL_EAFNOSUPPORT);
    check_status(vigil_tcp_socket_assign_address(&socket, &elsewhere), VIGIL_EADDRNOTAVAIL);
    check_status(vigil_tcp_socket_connect(&socket, &none, &stream), VIGIL_EAFNOSUPPORT);
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    six.port = 1;
    check_status(vigil_tcp_socket_connect(&socket, &six, &stream), VIGIL_EAFNOSUPPORT);
    check(is_open(vigil_tcp_socket_fd(&socket)));
    vigil_tcp_socket_close(&socket);
}

static void tcp_socket__ipv4_address_of_an_ipv6_socket(void **state)
{
    (void)state;
    require_ipv6();
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV6);
    vigil_address four = vigil_address_loopback_ipv4(0);
    check_status(vigil_tcp_socket_assign_address(&socket, &four), VIGIL_EINVAL);
    vigil_tcp_socket_close(&socket);
}

/* --- listeners -------------------------------------------------------------------------- */

static void listen_and_connect(vigil_family family)
{
    vigil_tcp_socket socket = opened(family);
    vigil_tcp_socket other = opened(family);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    vigil_fd other_fd = vigil_tcp_socket_fd(&other);
    vigil_address where = loopback(family, 0);
    vigil_address from = loopback(family, 0);
    vigil_address peer;
    tcp_rig r;
    open_fixture(&r.f);
    check_ok(vigil_tcp_socket_set_reuse_address(&socket, true));
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_listen(&socket, 8, &r.listener));
    check_equal(vigil_tcp_listener_fd(&r.listener), fd);
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
    check_ok(vigil_tcp_listener_local_address(&r.listener, &r.where));
    watch_source(&r.f, &r.listener.source, 1, VIGIL_READABLE);
    check_ok(vigil_tcp_socket_assign_address(&other, &from));
    check_ok(vigil_tcp_socket_local_address(&other, &from));
    check_ok(vigil_tcp_socket_connect(&other, &r.where, &r.client));
    check_equal(vigil_tcp_stream_fd(&r.client), other_fd);
    check_equal(vigil_tcp_socket_fd(&other), VIGIL_FD_NONE);
    watch_source(&r.f, &r.client.source, 2, VIGIL_WRITABLE);
    (void)wait_until(&r.f, 2, vigil_event_is_writable);
    check_ok(vigil_tcp_stream_finish_connect(&r.client));
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, &peer));
    check(vigil_address_equal(peer, from));
    vigil_tcp_socket_close(&socket);
    vigil_tcp_socket_close(&other);
    check(is_open(fd));
    close_rig(&r);
}

static void tcp_socket__listen_and_connect(void **state)
{
    (void)state;
    for_each_family(listen_and_connect);
}

/* listen(2): a socket without an address is given a port. */
static void tcp_socket__listen_without_an_address(void **state)
{
    (void)state;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_address where;
    check_ok(vigil_tcp_socket_listen(&socket, 1, &listener));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    check(where.port != 0);
    connect_to(&client, vigil_address_loopback_ipv4(where.port));
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_listener_close(&listener));
}

/* What has failed can be mended: the socket is as it was. */
static void tcp_socket__keeps_what_it_cannot_make_a_listener_of(void **state)
{
    (void)state;
    vigil_tcp_socket sockets[2];
    vigil_tcp_listener listener;
    vigil_tcp_listener second;
    vigil_address where = vigil_address_loopback_ipv4(0);
    for (size_t i = 0; i < 2; i++) {
        sockets[i] = opened(VIGIL_FAMILY_IPV4);
        check_ok(vigil_tcp_socket_set_reuse_address(&sockets[i], true));
        check_ok(vigil_tcp_socket_assign_address(&sockets[i], &where));
        check_ok(vigil_tcp_socket_local_address(&sockets[i], &where));
    }
    vigil_fd fd = vigil_tcp_socket_fd(&sockets[1]);
    check_ok(vigil_tcp_socket_listen(&sockets[0], 1, &listener));
    check_status(vigil_tcp_socket_listen(&sockets[1], 1, &second), VIGIL_EADDRINUSE);
    check_equal(vigil_tcp_listener_fd(&second), VIGIL_FD_NONE);
    check_equal(vigil_tcp_socket_fd(&sockets[1]), fd);
    check(is_open(fd));
    check_ok(vigil_tcp_listener_close(&listener));
    check_ok(vigil_tcp_socket_listen(&sockets[1], 1, &second));
    check_equal(vigil_tcp_listener_fd(&second), fd);
    check_ok(vigil_tcp_listener_close(&second));
}

static void tcp_socket__reuse_port_lets_several_listen(void **state)
{
    (void)state;
    vigil_tcp_socket sockets[3];
    vigil_tcp_listener listeners[2];
    vigil_address where = vigil_address_loopback_ipv4(0);
    for (size_t i = 0; i < 3; i++) {
        sockets[i] = opened(VIGIL_FAMILY_IPV4);
        check_ok(vigil_tcp_socket_set_reuse_port(&sockets[i], i < 2));
        check_status(vigil_tcp_socket_assign_address(&sockets[i], &where),
                     i < 2 ? VIGIL_OK : VIGIL_EADDRINUSE);
        check_ok(i == 0 ? vigil_tcp_socket_local_address(&sockets[0], &where) : VIGIL_OK);
    }
    for (size_t i = 0; i < 2; i++) {
        check_ok(vigil_tcp_socket_listen(&sockets[i], 1, &listeners[i]));
    }
    for (size_t i = 0; i < 2; i++) {
        check_ok(vigil_tcp_listener_close(&listeners[i]));
    }
    vigil_tcp_socket_close(&sockets[2]);
}

/* --- streams ----------------------------------------------------------------------------- */

/* connect(2) to a broadcast address, or whatever else fails at once: the socket can
 * be connected to another one. */
static void tcp_socket__keeps_what_it_cannot_connect(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    vigil_address nowhere = vigil_address_ipv4(255, 255, 255, 255, 1);
    open_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_status status = vigil_tcp_socket_connect(&socket, &nowhere, &r.client);
    check(status == VIGIL_ENETUNREACH || status == VIGIL_EACCES);
    check_equal(vigil_tcp_stream_fd(&r.client), VIGIL_FD_NONE);
    check_equal(vigil_tcp_socket_fd(&socket), fd);
    check(is_open(fd));
    check_ok(vigil_tcp_socket_connect(&socket, &r.where, &r.client));
    check_equal(vigil_tcp_stream_fd(&r.client), fd);
    accept_from(&r.listener, &r.server);
    close_rig(&r);
}

/* --- faults ------------------------------------------------------------------------------- */

static void fail_at_each_call(void *ignored)
{
    (void)ignored;
    vigil_tcp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_tcp_listener listener;
    vigil_tcp_stream stream;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_fd fd = vigil_tcp_socket_fd(&socket);
    unsigned open_before = open_descriptors();
    refuse_system_call(SYS_bind, EACCES);
    refuse_system_call(SYS_listen, EADDRINUSE);
    refuse_system_call(SYS_connect, ECONNREFUSED);
    check_status(vigil_tcp_socket_assign_address(&socket, &where), VIGIL_EACCES);
    check_status(vigil_tcp_socket_listen(&socket, 1, &listener), VIGIL_EADDRINUSE);
    check_status(vigil_tcp_socket_connect(&socket, &where, &stream), VIGIL_ECONNREFUSED);
    check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    check_equal(vigil_tcp_socket_fd(&socket), fd);
    check_equal(open_descriptors(), open_before);
    refuse_system_call(SYS_setsockopt, ENOMEM);
    check_status(vigil_tcp_socket_set_device(&socket, "lo", 2), VIGIL_ENOMEM);
    check_status(vigil_tcp_socket_set_reuse_port(&socket, true), VIGIL_ENOMEM);
    vigil_tcp_socket_close(&socket);
    refuse_system_call(SYS_socket, EMFILE);
    check_status(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4), VIGIL_EMFILE);
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
}

static void faults__tcp_socket(void **state)
{
    (void)state;
    run_child(fail_at_each_call, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(tcp_socket__is_new),
        tcp_unit_test(tcp_socket__of_no_family),
        tcp_unit_test(tcp_socket__closing_twice_is_closing_once),
        tcp_unit_test(tcp_socket__all_is_ebadf_when_closed),
        tcp_unit_test(tcp_socket__assign_address),
        tcp_unit_test(tcp_socket__address_that_is_none),
        tcp_unit_test(tcp_socket__ipv4_address_of_an_ipv6_socket),
        tcp_unit_test(tcp_socket__listen_and_connect),
        tcp_unit_test(tcp_socket__listen_without_an_address),
        tcp_unit_test(tcp_socket__keeps_what_it_cannot_make_a_listener_of),
        tcp_unit_test(tcp_socket__reuse_port_lets_several_listen),
        tcp_unit_test(tcp_socket__keeps_what_it_cannot_connect),
        tcp_unit_test(faults__tcp_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
