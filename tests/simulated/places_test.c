/* SPDX-License-Identifier: MIT */

/* What every place has besides its data, on the simulated kernel: descriptors that change
 * hands, names, options and errors. */
#include "support/check.h"

#include "os/sim/sim.h"

#include <string.h>

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

/* Gives the descriptor of a place away, and takes it back. */
#define CHANGE_HANDS(type, place)                              \
    do {                                                       \
        vigil_fd fd = VIGIL_FD_NONE;                           \
        vigil_fd before = type##_fd(place);                    \
        check_ok(type##_into_fd(place, &fd));                  \
        check_equal(fd, before);                               \
        check_equal(type##_fd(place), VIGIL_FD_NONE);          \
        check_status(type##_into_fd(place, &fd), VIGIL_EBADF); \
        check_status(type##_from_fd(place, 63), VIGIL_EBADF);  \
        check_ok(type##_from_fd(place, before));               \
        check_equal(type##_fd(place), before);                 \
    } while (false)

/* No error waits, and a number that is not open has none. */
#define HAS_NO_ERROR(type, place)                   \
    do {                                            \
        vigil_status error = VIGIL_EIO;             \
        check_ok(type##_take_error(place, &error)); \
        check_ok(error);                            \
    } while (false)

static void simulated__pipe_ends(void **state)
{
    (void)state;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    char data[4] = "";
    size_t count = 0;
    check_ok(vigil_pipe_open(&receiver, &sender));
    CHANGE_HANDS(vigil_pipe_receiver, &receiver);
    CHANGE_HANDS(vigil_pipe_sender, &sender);
    check_ok(vigil_pipe_receiver_set_nonblocking(&receiver, true));
    check_status(vigil_pipe_receiver_set_nonblocking(&receiver, false), VIGIL_ENOSYS);
    check_ok(vigil_pipe_sender_write(&sender, "pi", 2, &count));
    check_ok(vigil_pipe_receiver_read(&receiver, data, 4, &count));
    check_text(data, "pi");
    check_ok(vigil_pipe_sender_close(&sender));
    check_ok(vigil_pipe_receiver_read(&receiver, data, 4, &count));
    check_equal(count, 0);
    check_ok(vigil_pipe_receiver_close(&receiver));
}

static void use_streams(vigil_unix_stream *client, vigil_unix_stream *server)
{
    char data[8] = "";
    char more[8] = "";
    size_t count = 0;
    const vigil_fd fd = vigil_unix_stream_fd(client);
    vigil_fd taken = VIGIL_FD_NONE;
    size_t fd_count = 1;
    vigil_buffer out[] = {{(void *)(uintptr_t) "abc", 3}, {(void *)(uintptr_t) "def", 3}};
    vigil_buffer in[] = {{data, 2}, {more, sizeof more - 1}};
    check_ok(vigil_unix_stream_writev(client, out, 2, &count));
    check_equal(count, 6);
    check_ok(vigil_unix_stream_readv(server, in, 2, &count));
    check_equal(count, 6);
    check_text(data, "ab");
    check_text(more, "cdef");
    check_status(vigil_unix_stream_send_descriptors(client, "x", 1, &fd, 1, &count), VIGIL_ENOSYS);
    check_status(
        vigil_unix_stream_receive_descriptors(server, data, 1, &taken, 1, &count, &fd_count),
        VIGIL_ENOSYS);
    check_equal(fd_count, 0);
    check_ok(vigil_unix_stream_shutdown(client, VIGIL_SHUTDOWN_WRITE));
    check_status(vigil_unix_stream_write(client, "x", 1, &count), VIGIL_EPIPE);
    check_ok(vigil_unix_stream_read(server, data, sizeof data, &count));
    check_equal(count, 0);
}

static void simulated__unix_listener(void **state)
{
    (void)state;
    vigil_unix_address where;
    vigil_unix_address name;
    vigil_unix_listener listener;
    vigil_unix_stream client;
    vigil_unix_stream server;
    check_ok(vigil_unix_address_abstract("served", 6, &where));
    check_ok(vigil_unix_listener_bind_backlog(&listener, &where, 4));
    CHANGE_HANDS(vigil_unix_listener, &listener);
    HAS_NO_ERROR(vigil_unix_listener, &listener);
    check_ok(vigil_unix_listener_local_address(&listener, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_connect(&client, &where));
    check_ok(vigil_unix_listener_accept(&listener, &server, NULL));
    CHANGE_HANDS(vigil_unix_stream, &client);
    HAS_NO_ERROR(vigil_unix_stream, &client);
    check_ok(vigil_unix_stream_local_address(&server, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_local_address(&client, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    use_streams(&client, &server);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
    check_status(vigil_unix_stream_connect(&client, &where), VIGIL_ECONNREFUSED);
}

static void simulated__unix_datagram_names(void **state)
{
    (void)state;
    vigil_unix_address at_one;
    vigil_unix_address name;
    vigil_unix_datagram one;
    vigil_unix_datagram two;
    char data[8] = "";
    size_t count = 0;
    check_ok(vigil_unix_address_path("/run/one", 8, &at_one));
    check_ok(vigil_unix_datagram_bind(&one, &at_one));
    check_ok(vigil_unix_datagram_open(&two));
    check_ok(vigil_unix_datagram_connect(&two, &at_one));
    check_ok(vigil_unix_datagram_local_address(&one, &name));
    check(vigil_unix_address_equal(name, at_one));
    check_ok(vigil_unix_datagram_peer_address(&two, &name));
    check(vigil_unix_address_equal(name, at_one));
    check_status(vigil_unix_datagram_peer_address(&one, &name), VIGIL_ENOTCONN);
    CHANGE_HANDS(vigil_unix_datagram, &two);
    HAS_NO_ERROR(vigil_unix_datagram, &two);
    check_ok(vigil_unix_datagram_send(&two, "word", 4, &count));
    check_ok(vigil_unix_datagram_peek_from(&one, data, sizeof data, &name, &count));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_datagram_peek(&one, data, sizeof data, &count));
    check_ok(vigil_unix_datagram_receive(&one, data, sizeof data, &count));
    check_equal(count, 4);
    check_text(data, "word");
    check_ok(vigil_unix_datagram_shutdown(&two, VIGIL_SHUTDOWN_WRITE));
    check_status(vigil_unix_datagram_send(&two, "word", 4, &count), VIGIL_EPIPE);
    check_ok(vigil_unix_datagram_close(&one));
    check_ok(vigil_unix_datagram_close(&two));
}

static void simulated__tcp_ends(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_address name;
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    char byte = 0;
    size_t count = 0;
    check_ok(vigil_tcp_listener_bind(&listener, &where));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    CHANGE_HANDS(vigil_tcp_listener, &listener);
    HAS_NO_ERROR(vigil_tcp_listener, &listener);
    check_ok(vigil_tcp_stream_connect(&client, &where));
    check_ok(vigil_tcp_stream_finish_connect(&client));
    check_ok(vigil_tcp_listener_accept(&listener, &server, NULL));
    CHANGE_HANDS(vigil_tcp_stream, &server);
    HAS_NO_ERROR(vigil_tcp_stream, &server);
    check_ok(vigil_tcp_stream_local_address(&server, &name));
    check(vigil_address_equal(name, where));
    check_ok(vigil_tcp_stream_peer_address(&client, &name));
    check(vigil_address_equal(name, where));
    check_ok(vigil_tcp_stream_shutdown(&client, VIGIL_SHUTDOWN_WRITE));
    check_ok(vigil_tcp_stream_read(&server, &byte, 1, &count));
    check_equal(count, 0);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_listener_close(&listener));
}

static void simulated__udp_ends(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_udp_socket one;
    vigil_udp_socket two;
    char room[2][8] = {"", ""};
    vigil_datagram datagrams[2];
    size_t count = 0;
    check_ok(vigil_udp_socket_open(&one, VIGIL_FAMILY_IPV4));
    check_ok(vigil_udp_socket_assign_address(&one, &where));
    check_ok(vigil_udp_socket_local_address(&one, &where));
    CHANGE_HANDS(vigil_udp_socket, &one);
    HAS_NO_ERROR(vigil_udp_socket, &one);
    check_ok(vigil_udp_socket_open(&two, VIGIL_FAMILY_IPV4));
    check_ok(vigil_udp_socket_connect(&two, &where));
    for (size_t i = 0; i < 2; i++) {
        datagrams[i] = (vigil_datagram){.data = room[i], .length = 1 + i};
    }
    for (size_t sent = 0; sent < 2; sent += count) { /* it need not take all at once */
        check_ok(vigil_udp_socket_send_batch(&two, &datagrams[sent], 2 - sent, &count));
        check_within(count, 1, 2);
    }
    check_ok(vigil_udp_socket_send(&two, "last", 4, &count));
    datagrams[0].length = datagrams[1].length = sizeof room[0];
    for (size_t got = 0; got < 2; got += count) {
        check_ok(vigil_udp_socket_receive_batch(&one, &datagrams[got], 2 - got, &count));
        check_within(count, 1, 2);
    }
    check_equal(datagrams[0].count, 1);
    check_equal(datagrams[1].count, 2);
    check_ok(vigil_udp_socket_peek(&one, room[0], sizeof room[0], &count));
    check_equal(count, 4);
    check_ok(vigil_udp_socket_close(&one));
    check_ok(vigil_udp_socket_close(&two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simulated__pipe_ends, begin, end),
        cmocka_unit_test_setup_teardown(simulated__unix_listener, begin, end),
        cmocka_unit_test_setup_teardown(simulated__unix_datagram_names, begin, end),
        cmocka_unit_test_setup_teardown(simulated__tcp_ends, begin, end),
        cmocka_unit_test_setup_teardown(simulated__udp_ends, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
