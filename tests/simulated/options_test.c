/* SPDX-License-Identifier: MIT */

/* Options on the simulated kernel: what is set is what is there afterwards, and a closed
 * socket has none. */
#include "support/check.h"

#include "os/sim/sim.h"

#define SEED 1

static int begin(void **state)
{
    (void)state;
    vigil_sim_begin(&(vigil_sim_options){.seed = SEED, .descriptors_max = 64});
    return 0;
}

static int end(void **state)
{
    (void)state;
    check_equal(vigil_sim_end().descriptors, 0);
    return 0;
}

#define KEEPS_SWITCH(type, option, place)              \
    for (int on = 1; on >= 0; on--) {                  \
        bool enabled = on == 0;                        \
        check_ok(type##_set_##option(place, on == 1)); \
        check_ok(type##_##option(place, &enabled));    \
        check_equal(enabled, on);                      \
    }

#define KEEPS_NUMBER(type, option, place, first, second) \
    for (int turn = 0; turn < 2; turn++) {               \
        int wanted = turn == 0 ? (first) : (second);     \
        int value = -1;                                  \
        check_ok(type##_set_##option(place, wanted));    \
        check_ok(type##_##option(place, &value));        \
        check_equal(value, wanted);                      \
    }

/* As Linux does, so that what is read is what counts. */
#define DOUBLES_NUMBER(type, option, place, first, second) \
    for (int turn = 0; turn < 2; turn++) {                 \
        int wanted = turn == 0 ? (first) : (second);       \
        int value = -1;                                    \
        check_ok(type##_set_##option(place, wanted));      \
        check_ok(type##_##option(place, &value));          \
        check_equal(value, 2 * wanted);                    \
    }

static void simulated__tcp_options(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_keepalive keepalive = {
        .enabled = true, .idle_seconds = 7, .interval_seconds = 3, .count = 2};
    vigil_keepalive found = {0};
    bool lingers = false;
    int seconds = 0;
    check_ok(vigil_tcp_listener_bind(&listener, &where));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    check_ok(vigil_tcp_stream_connect(&client, &where));
    KEEPS_NUMBER(vigil_tcp_listener, ttl, &listener, 3, 200)
    KEEPS_NUMBER(vigil_tcp_stream, ttl, &client, 3, 200)
    KEEPS_SWITCH(vigil_tcp_stream, nodelay, &client)
    check_ok(vigil_tcp_stream_set_keepalive(&client, keepalive));
    check_ok(vigil_tcp_stream_keepalive(&client, &found));
    check(found.enabled && found.idle_seconds == 7 && found.interval_seconds == 3);
    check_equal(found.count, 2);
    check_ok(vigil_tcp_stream_set_linger(&client, true, 5));
    check_ok(vigil_tcp_stream_linger(&client, &lingers, &seconds));
    check(lingers);
    check_equal(seconds, 5);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_listener_close(&listener));
    check_status(vigil_tcp_stream_set_nodelay(&client, true), VIGIL_EBADF);
    check_status(vigil_tcp_listener_set_ttl(&listener, 3), VIGIL_EBADF);
}

static void simulated__udp_options(void **state)
{
    (void)state;
    vigil_udp_socket socket;
    vigil_address group = vigil_address_ipv4(224, 0, 0, 251, 0);
    check_ok(vigil_udp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    KEEPS_SWITCH(vigil_udp_socket, broadcast, &socket)
    KEEPS_SWITCH(vigil_udp_socket, multicast_loop, &socket)
    KEEPS_NUMBER(vigil_udp_socket, ttl, &socket, 3, 200)
    KEEPS_NUMBER(vigil_udp_socket, multicast_ttl, &socket, 0, 255)
    KEEPS_NUMBER(vigil_udp_socket, send_buffer, &socket, 4096, 65536)
    DOUBLES_NUMBER(vigil_udp_socket, receive_buffer, &socket, 4096, 65536)
    check_ok(vigil_udp_socket_set_reuse_address(&socket, true));
    check_ok(vigil_udp_socket_set_reuse_port(&socket, true));
    check_status(vigil_udp_socket_join_group(&socket, &group, 0), VIGIL_ENOSYS);
    check_status(vigil_udp_socket_leave_group(&socket, &group, 0), VIGIL_ENOSYS);
    check_status(vigil_udp_socket_set_multicast_interface(&socket, 1), VIGIL_ENOSYS);
    check_ok(vigil_udp_socket_close(&socket));
    check_status(vigil_udp_socket_set_broadcast(&socket, true), VIGIL_EBADF);
    check_ok(vigil_udp_socket_open(&socket, VIGIL_FAMILY_IPV6));
    KEEPS_SWITCH(vigil_udp_socket, only_ipv6, &socket)
    check_ok(vigil_udp_socket_close(&socket));
}

/* A listener and a stream of sockets with options; what comes of them goes on with those. */
static void simulated__tcp_sockets(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_tcp_socket socket = VIGIL_TCP_SOCKET_CLOSED;
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    char name[VIGIL_DEVICE_NAME_MAX] = "";
    size_t length = 0;
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    KEEPS_SWITCH(vigil_tcp_socket, reuse_address, &socket)
    KEEPS_SWITCH(vigil_tcp_socket, reuse_port, &socket)
    KEEPS_SWITCH(vigil_tcp_socket, fast_open_connect, &socket)
    KEEPS_NUMBER(vigil_tcp_socket, fast_open, &socket, 0, 5)
    KEEPS_NUMBER(vigil_tcp_socket, send_buffer, &socket, 4096, 65536)
    DOUBLES_NUMBER(vigil_tcp_socket, receive_buffer, &socket, 4096, 65536)
    check_ok(vigil_tcp_socket_set_device(&socket, "lo", 2));
    check_ok(vigil_tcp_socket_device(&socket, name, &length));
    check_equal(length, 2);
    check_ok(vigil_tcp_socket_assign_address(&socket, &where));
    check_ok(vigil_tcp_socket_local_address(&socket, &where));
    check(where.port != 0);
    check_ok(vigil_tcp_socket_listen(&socket, 8, &listener));
    check_equal(vigil_tcp_socket_fd(&socket), VIGIL_FD_NONE);
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    check_ok(vigil_tcp_socket_connect(&socket, &where, &client));
    check_ok(vigil_tcp_listener_accept(&listener, &server, NULL));
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_listener_close(&listener));
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV6));
    KEEPS_SWITCH(vigil_tcp_socket, only_ipv6, &socket)
    vigil_tcp_socket_close(&socket);
    check_status(vigil_tcp_socket_set_reuse_port(&socket, true), VIGIL_EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simulated__tcp_options, begin, end),
        cmocka_unit_test_setup_teardown(simulated__udp_options, begin, end),
        cmocka_unit_test_setup_teardown(simulated__tcp_sockets, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
