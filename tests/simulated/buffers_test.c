/* SPDX-License-Identifier: MIT */

/* Buffers without room, on the simulated kernel as on Linux: among others they are
 * passed over, and alone they take nothing of what is there, which is no failure
 * (recv(2), readv(2)). */
#include "os/sim/sim.h"
#include "support/check.h"

#include <string.h>

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

static void open_tcp(vigil_tcp_stream *one, vigil_tcp_stream *other)
{
    vigil_tcp_listener listener;
    vigil_address where = vigil_address_loopback_ipv4(0);
    check_ok(vigil_tcp_listener_bind(&listener, &where));
    check_ok(vigil_tcp_listener_local_address(&listener, &where));
    check_ok(vigil_tcp_stream_connect(one, &where));
    check_ok(vigil_tcp_listener_accept(&listener, other, NULL));
    check_ok(vigil_tcp_listener_close(&listener));
}

static void empty_buffers__are_passed_over(void **state)
{
    (void)state;
    vigil_tcp_stream one;
    vigil_tcp_stream other;
    char data[8] = "";
    size_t count = 0;
    open_tcp(&one, &other);
    vigil_buffer sent[4] = {{data, 0}, {(char[]){'a', 'b'}, 2}, {data, 0}, {(char[]){'c'}, 1}};
    check_ok(vigil_tcp_stream_writev(&one, sent, 4, &count));
    check_equal(count, 3);
    vigil_buffer into[4] = {{data, 0}, {data, 2}, {data, 0}, {data + 2, 4}};
    check_ok(vigil_tcp_stream_readv(&other, into, 4, &count));
    check_equal(count, 3);
    check_text(data, "abc");
    check_status(vigil_tcp_stream_readv(&other, into, 4, &count), VIGIL_EWOULDBLOCK);
    check_ok(vigil_tcp_stream_close(&one));
    check_ok(vigil_tcp_stream_close(&other));
}

static void empty_buffers__take_nothing(void **state)
{
    (void)state;
    vigil_tcp_stream one;
    vigil_tcp_stream other;
    char data[8] = "";
    size_t count = 1;
    open_tcp(&one, &other);
    check_status(vigil_tcp_stream_read(&other, data, 0, &count), VIGIL_EWOULDBLOCK);
    check_ok(vigil_tcp_stream_write(&one, "x", 1, &count));
    check_ok(vigil_tcp_stream_read(&other, data, 0, &count));
    check_equal(count, 0);
    check_ok(vigil_tcp_stream_peek(&other, data, 0, &count));
    check_equal(count, 0);
    check_ok(vigil_tcp_stream_read(&other, data, sizeof data, &count));
    check_equal(count, 1);
    check_ok(vigil_tcp_stream_close(&one));
    check_ok(vigil_tcp_stream_close(&other));
}

static void empty_buffers__take_nothing_of_a_unix_stream(void **state)
{
    (void)state;
    vigil_unix_stream one;
    vigil_unix_stream other;
    char data[8] = "";
    size_t count = 1;
    check_ok(vigil_unix_stream_pair(&one, &other));
    check_status(vigil_unix_stream_read(&other, data, 0, &count), VIGIL_EWOULDBLOCK);
    check_ok(vigil_unix_stream_write(&one, "x", 1, &count));
    check_ok(vigil_unix_stream_read(&other, data, 0, &count));
    check_equal(count, 0);
    check_ok(vigil_unix_stream_close(&one));
    check_ok(vigil_unix_stream_close(&other));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(empty_buffers__are_passed_over, begin, end),
        cmocka_unit_test_setup_teardown(empty_buffers__take_nothing, begin, end),
        cmocka_unit_test_setup_teardown(empty_buffers__take_nothing_of_a_unix_stream, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
