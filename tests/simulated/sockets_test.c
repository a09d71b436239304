/* SPDX-License-Identifier: MIT */

/* The places of the library on the simulated kernel: what they do there, a program
 * that is tested there relies on. */
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

/* A kernel that interrupts half of the calls, and moves less than it could. */
static int begin_unfriendly(void **state)
{
    (void)state;
    vigil_sim_begin(&(vigil_sim_options){
        .seed = SEED, .descriptors_max = 64, .interrupts = 50, .short_counts = 50});
    return 0;
}

static int end(void **state)
{
    (void)state;
    check_equal(vigil_sim_end().descriptors, 0);
    return 0;
}

static vigil_address bound(vigil_udp_socket *socket, vigil_family family)
{
    vigil_address where = family == VIGIL_FAMILY_IPV4 ? vigil_address_loopback_ipv4(0)
                                                      : vigil_address_loopback_ipv6(0);
    check_ok(vigil_udp_socket_bind(socket, &where));
    check_ok(vigil_udp_socket_local_address(socket, &where));
    return where;
}

static void udp(vigil_family family)
{
    vigil_udp_socket one;
    vigil_udp_socket two;
    vigil_address at_one = bound(&one, family);
    vigil_address at_two = bound(&two, family);
    vigil_address from;
    vigil_address none = vigil_address_none();
    char data[16] = "";
    size_t count = 0;
    check_ok(vigil_udp_socket_send_to(&one, "hello", 5, &at_two, &count));
    check_equal(count, 5);
    check_status(vigil_udp_socket_peek_from(&two, data, 3, &from, &count), VIGIL_EMSGSIZE);
    check_equal(count, 3);
    check(vigil_address_equal(from, at_one));
    check_ok(vigil_udp_socket_receive_from(&two, data, sizeof data, &from, &count));
    check_equal(count, 5);
    check_text(data, "hello");
    check(vigil_address_equal(from, at_one));
    check_status(vigil_udp_socket_receive(&two, data, sizeof data, &count), VIGIL_EWOULDBLOCK);
    check_status(vigil_udp_socket_send_to(&one, "x", 1, &none, &count), VIGIL_EAFNOSUPPORT);
    check_status(vigil_udp_socket_connect(&one, &none), VIGIL_EAFNOSUPPORT);
    check_ok(vigil_udp_socket_connect(&one, &at_two));
    check_ok(vigil_udp_socket_peer_address(&one, &from));
    check(vigil_address_equal(from, at_two));
    check_ok(vigil_udp_socket_disconnect(&one));
    check_status(vigil_udp_socket_peer_address(&one, &from), VIGIL_ENOTCONN);
    check_ok(vigil_udp_socket_close(&one));
    check_status(vigil_udp_socket_disconnect(&one), VIGIL_EBADF);
    check_ok(vigil_udp_socket_close(&two));
}

static void simulated__udp(void **state)
{
    (void)state;
    udp(VIGIL_FAMILY_IPV4);
    udp(VIGIL_FAMILY_IPV6);
}

/* No offload here: the plain calls. */
static void segments(vigil_family family)
{
    vigil_udp_socket one;
    vigil_udp_socket two;
    vigil_address at_one = bound(&one, family);
    vigil_address at_two = bound(&two, family);
    vigil_address from;
    char data[16] = "";
    size_t count = 0;
    size_t segment_bytes = 0;
    check_status(vigil_udp_socket_set_receive_offload(&two, true), VIGIL_ENOPROTOOPT);
    check_ok(vigil_udp_socket_send_segments(&one, "0123456789", 10, 4, &at_two, &count));
    check_equal(count, 10);
    for (size_t at = 0; at < 10; at += 4) {
        check_ok(vigil_udp_socket_receive_segments(&two, data, sizeof data, &from, &count,
                                                   &segment_bytes));
        check_equal(count, at + 4 < 10 ? 4 : 10 - at);
        check_equal(segment_bytes, count);
        check(memcmp(data, &"0123456789"[at], count) == 0);
        check(vigil_address_equal(from, at_one));
    }
    check_status(
        vigil_udp_socket_receive_segments(&two, data, sizeof data, &from, &count, &segment_bytes),
        VIGIL_EWOULDBLOCK);
    check_ok(vigil_udp_socket_close(&one));
    check_ok(vigil_udp_socket_close(&two));
    check_status(vigil_udp_socket_send_segments(&one, "0123456789", 10, 4, &at_two, &count),
                 VIGIL_EBADF);
}

static void simulated__segments(void **state)
{
    (void)state;
    segments(VIGIL_FAMILY_IPV4);
    segments(VIGIL_FAMILY_IPV6);
}

static const char large[65528];

static void check_queued(vigil_udp_socket *socket, vigil_status status, vigil_error_origin origin,
                         vigil_address destination)
{
    vigil_queued_error queued;
    bool is_local = origin == VIGIL_ERROR_ORIGIN_LOCAL;
    vigil_address offender = is_local ? vigil_address_none() : destination;
    offender.port = 0;
    check_ok(vigil_udp_socket_take_queued_error(socket, &queued));
    check_status(queued.status, status);
    check_equal(queued.origin, origin);
    check_equal(queued.info >= 65507, is_local);
    check(vigil_address_equal(queued.destination, destination));
    check(vigil_address_equal(queued.offender, offender));
}

/* An error of ICMP is the socket's as well, one of this machine is not. */
static void errors(vigil_family family)
{
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    vigil_udp_socket one;
    vigil_queued_error queued;
    size_t count = 0;
    vigil_address nobody = bound(&one, family);
    vigil_address host = nobody;
    host.port = 0;
    check_ok(vigil_udp_socket_close(&one));
    (void)bound(&one, family);
    check_ok(vigil_udp_socket_send_to(&one, "x", 1, &nobody, &count));
    check_status(vigil_udp_socket_take_queued_error(&one, &queued), VIGIL_EWOULDBLOCK);
    check_ok(vigil_udp_socket_set_error_queue(&one, true));
    check_ok(vigil_udp_socket_send_to(&one, "x", 1, &nobody, &count));
    check_status(vigil_udp_socket_send_to(&one, large, ipv6 ? 65528 : 65508, &nobody, &count),
                 VIGIL_EMSGSIZE);
    check_status(vigil_udp_socket_send_to(&one, "x", 1, &nobody, &count), VIGIL_ECONNREFUSED);
    check_queued(&one, VIGIL_ECONNREFUSED,
                 ipv6 ? VIGIL_ERROR_ORIGIN_ICMPV6 : VIGIL_ERROR_ORIGIN_ICMP, nobody);
    check_queued(&one, VIGIL_EMSGSIZE, VIGIL_ERROR_ORIGIN_LOCAL, ipv6 ? nobody : host);
    check_status(vigil_udp_socket_take_queued_error(&one, &queued), VIGIL_EWOULDBLOCK);
    check_ok(vigil_udp_socket_close(&one));
    check_status(vigil_udp_socket_take_queued_error(&one, &queued), VIGIL_EBADF);
}

static void switched(vigil_family family)
{
    vigil_udp_socket one;
    vigil_queued_error queued;
    size_t count = 0;
    vigil_address nobody = bound(&one, family);
    check_ok(vigil_udp_socket_close(&one));
    (void)bound(&one, family);
    for (int i = 0; i < 3; i++) {
        bool enabled = true;
        check_ok(vigil_udp_socket_error_queue(&one, &enabled));
        check(!enabled);
        check_ok(vigil_udp_socket_set_error_queue(&one, true));
        check_ok(vigil_udp_socket_error_queue(&one, &enabled));
        check(enabled);
        check_ok(vigil_udp_socket_send_to(&one, "x", 1, &nobody, &count));
        check_ok(vigil_udp_socket_set_error_queue(&one, false));
        check_status(vigil_udp_socket_take_queued_error(&one, &queued), VIGIL_EWOULDBLOCK);
        check_status(vigil_udp_socket_receive(&one, &(char){0}, 1, &count), VIGIL_ECONNREFUSED);
    }
    check_ok(vigil_udp_socket_set_error_queue(&one, true));
    check_ok(vigil_udp_socket_send_to(&one, "x", 1, &nobody, &count));
    check_ok(vigil_udp_socket_close(&one)); /* with an error that nobody takes */
}

static void simulated__errors(void **state)
{
    (void)state;
    errors(VIGIL_FAMILY_IPV4);
    errors(VIGIL_FAMILY_IPV6);
    switched(VIGIL_FAMILY_IPV4);
    switched(VIGIL_FAMILY_IPV6);
}

static void simulated__unix_streams(void **state)
{
    (void)state;
    vigil_unix_address where;
    vigil_unix_address name;
    vigil_unix_listener listener;
    vigil_unix_stream client;
    vigil_unix_stream server;
    vigil_credentials peer;
    char data[16] = "";
    size_t count = 0;
    check_ok(vigil_unix_address_path("/run/served", 11, &where));
    check_ok(vigil_unix_listener_bind(&listener, &where));
    check_ok(vigil_unix_stream_connect(&client, &where));
    check_ok(vigil_unix_listener_accept(&listener, &server, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_stream_close(&server));
    check_status(vigil_unix_listener_accept(&listener, &server, NULL), VIGIL_EWOULDBLOCK);
    check_equal(vigil_unix_stream_fd(&server), VIGIL_FD_NONE);
    check_ok(vigil_unix_stream_peer_address(&client, &name));
    check(vigil_unix_address_equal(name, where));
    check_status(vigil_unix_stream_peer_credentials(&client, &peer), VIGIL_ENOSYS);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_listener_close(&listener));
    check_ok(vigil_unix_stream_pair(&client, &server));
    check_ok(vigil_unix_stream_write(&client, "abc", 3, &count));
    check_ok(vigil_unix_stream_peek(&server, data, sizeof data, &count));
    check_equal(count, 3);
    check_ok(vigil_unix_stream_read(&server, data, sizeof data, &count));
    check_text(data, "abc");
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_read(&server, data, sizeof data, &count));
    check_equal(count, 0);
    check_ok(vigil_unix_stream_close(&server));
}

static void simulated__unix_datagrams(void **state)
{
    (void)state;
    vigil_unix_address where;
    vigil_unix_address from;
    vigil_unix_datagram one;
    vigil_unix_datagram two;
    char byte = 0;
    size_t count = 0;
    check_ok(vigil_unix_address_abstract("\0zero", 5, &where));
    check_ok(vigil_unix_datagram_bind(&one, &where));
    check_ok(vigil_unix_datagram_open(&two));
    check_ok(vigil_unix_datagram_send_to(&two, "zz", 2, &where, &count));
    check_status(vigil_unix_datagram_receive_from(&one, &byte, 1, &from, &count), VIGIL_EMSGSIZE);
    check_equal(count, 1);
    check_equal(from.kind, VIGIL_UNIX_UNNAMED);
    check_status(vigil_unix_datagram_receive(&one, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_ok(vigil_unix_datagram_close(&one));
    check_ok(vigil_unix_datagram_close(&two));
}

/* unix(7), Autobind feature. */
static void simulated__unix_names_are_picked(void **state)
{
    (void)state;
    const vigil_unix_address none = vigil_unix_address_unnamed();
    vigil_unix_address names[2];
    vigil_unix_datagram one;
    vigil_unix_datagram two;
    size_t count = 0;
    check_ok(vigil_unix_datagram_bind(&one, &none));
    check_ok(vigil_unix_datagram_bind(&two, &none));
    check_ok(vigil_unix_datagram_local_address(&one, &names[0]));
    check_ok(vigil_unix_datagram_local_address(&two, &names[1]));
    for (int i = 0; i < 2; i++) {
        check_equal(names[i].kind, VIGIL_UNIX_ABSTRACT);
        check_equal(names[i].length, 5);
        check_equal(strspn((const char *)names[i].name, "0123456789abcdef"), 5);
    }
    check(!vigil_unix_address_equal(names[0], names[1]));
    check_ok(vigil_unix_datagram_send_to(&one, "x", 1, &names[1], &count));
    check_ok(vigil_unix_datagram_close(&one));
    check_ok(vigil_unix_datagram_close(&two));
}

static void simulated__pipes(void **state)
{
    (void)state;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    char data[4] = "";
    size_t count = 0;
    check_ok(vigil_pipe_open(&receiver, &sender));
    check_status(vigil_pipe_receiver_read(&receiver, data, 4, &count), VIGIL_EWOULDBLOCK);
    check_ok(vigil_pipe_sender_write(&sender, "pi", 2, &count));
    check_ok(vigil_pipe_receiver_read(&receiver, data, 4, &count));
    check_text(data, "pi");
    check_status(vigil_pipe_sender_set_nonblocking(&sender, false), VIGIL_ENOSYS);
    check_ok(vigil_pipe_sender_set_nonblocking(&sender, true));
    check_ok(vigil_pipe_receiver_close(&receiver));
    check_status(vigil_pipe_sender_write(&sender, "x", 1, &count), VIGIL_EPIPE);
    check_ok(vigil_pipe_sender_close(&sender));
}

/* However unfriendly the kernel is, a datagram comes whole or not at all. */
static void simulated__datagrams_are_not_cut(void **state)
{
    (void)state;
    vigil_unix_datagram one;
    vigil_unix_datagram two;
    unsigned received = 0;
    check_ok(vigil_unix_datagram_pair(&one, &two));
    for (unsigned i = 0; i < 200; i++) {
        char data[64] = "";
        size_t count = 0;
        vigil_status status = vigil_unix_datagram_send(&one, data, sizeof data, &count);
        check_equal(count, status == VIGIL_OK ? sizeof data : 0);
        status = vigil_unix_datagram_receive(&two, data, sizeof data, &count);
        check_equal(count, status == VIGIL_OK ? sizeof data : 0);
        received += status == VIGIL_OK;
    }
    check_within(received, 20, 180);
    check_ok(vigil_unix_datagram_close(&one));
    check_ok(vigil_unix_datagram_close(&two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(simulated__udp, begin, end),
        cmocka_unit_test_setup_teardown(simulated__segments, begin, end),
        cmocka_unit_test_setup_teardown(simulated__errors, begin, end),
        cmocka_unit_test_setup_teardown(simulated__unix_streams, begin, end),
        cmocka_unit_test_setup_teardown(simulated__unix_datagrams, begin, end),
        cmocka_unit_test_setup_teardown(simulated__unix_names_are_picked, begin, end),
        cmocka_unit_test_setup_teardown(simulated__pipes, begin, end),
        cmocka_unit_test_setup_teardown(simulated__datagrams_are_not_cut, begin_unfriendly, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
