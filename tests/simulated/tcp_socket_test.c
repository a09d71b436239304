/* SPDX-License-Identifier: MIT */

/* Sockets that become listeners and streams, on the simulated kernel. */
#include "support/check.h"

#include "os/sim/sim.h"

static int begin(void **state)
{
    (void)state;
    vigil_sim_begin(&(vigil_sim_options){.seed = 1, .descriptors_max = 64});
    return 0;
}

static int end(void **state)
{
    (void)state;
    check_equal(vigil_sim_end().descriptors, 0);
    return 0;
}

static void check_device(const vigil_tcp_socket *socket, const char *expected)
{
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    check_ok(vigil_tcp_socket_device(socket, name, &length));
    check_text(name, expected);
}

static void simulated__device(void **state)
{
    (void)state;
    vigil_tcp_socket socket;
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    check_device(&socket, "");
    check_status(vigil_tcp_socket_set_device(&socket, "xx", 2), VIGIL_ENODEV);
    check_status(vigil_tcp_socket_set_device(&socket, "lox", 3), VIGIL_ENODEV);
    check_device(&socket, "");
    check_ok(vigil_tcp_socket_set_device(&socket, "lo", 2));
    check_device(&socket, "lo");
    check_ok(vigil_tcp_socket_set_device(&socket, "", 0));
    check_device(&socket, "");
    vigil_tcp_socket_close(&socket);
    check_status(vigil_tcp_socket_set_device(&socket, "lo", 2), VIGIL_EBADF);
    check_status(vigil_tcp_socket_device(&socket, name, &length), VIGIL_EBADF);
    check_text(name, "");
}

static void simulated__tcp_socket(void **state)
{
    (void)state;
    vigil_tcp_socket socket;
    vigil_tcp_socket other;
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_address none = vigil_address_none();
    int queue = 0;
    bool enabled = false;
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    check_ok(vigil_tcp_socket_open(&other, VIGIL_FAMILY_IPV4));
    check_ok(vigil_tcp_socket_set_fast_open(&socket, 5));
    check_ok(vigil_tcp_socket_fast_open(&socket, &queue));
    check_equal(queue, 5);
    check_ok(vigil_tcp_socket_set_fast_open_connect(&other, true));
    check_ok(vigil_tcp_socket_fast_open_connect(&other, &enabled));
    check(enabled);
    check_status(vigil_tcp_socket_assign_address(&socket, &none), VIGIL_EAFNOSUPPORT);
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_local_address(&socket, &where));
    check(where.port != 0);
    check_status(vigil_tcp_socket_assign_address(&other, &where), VIGIL_EADDRINUSE);
    check_ok(vigil_tcp_socket_listen(&socket, 1, &listener));
    check_status(vigil_tcp_socket_connect(&other, &none, &client), VIGIL_EAFNOSUPPORT);
    check_ok(vigil_tcp_socket_connect(&other, &where, &client));
    check_ok(vigil_tcp_listener_accept(&listener, &server, NULL));
    check_ok(vigil_tcp_stream_finish_connect(&client));
    check_status(vigil_tcp_socket_assign_address(&socket, &none), VIGIL_EBADF);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_listener_close(&listener));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simulated__device, begin, end),
        cmocka_unit_test_setup_teardown(simulated__tcp_socket, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
