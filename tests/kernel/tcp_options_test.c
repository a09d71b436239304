/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel has, asked without the library. */
static int kernel_option(const vigil_tcp_stream *stream, int level, int name)
{
    int value = INT_MIN;
    socklen_t length = sizeof value;
    check_os(getsockopt(vigil_tcp_stream_fd(stream), level, name, &value, &length));
    return value;
}

static int kernel_hops(const vigil_tcp_stream *stream, vigil_family family)
{
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    return ipv6 ? kernel_option(stream, IPPROTO_IPV6, IPV6_UNICAST_HOPS)
                : kernel_option(stream, IPPROTO_IP, IP_TTL);
}

/* --- time to live ----------------------------------------------------------------- */

static void set_get_ttl(vigil_family family)
{
    static const int hops[] = {1, 61, 255};
    tcp_rig r;
    open_linked_rig(&r, family);
    for (size_t i = 0; i < sizeof hops / sizeof hops[0]; i++) {
        int got = -1;
        check_ok(vigil_tcp_stream_set_ttl(&r.client, hops[i]));
        check_ok(vigil_tcp_stream_ttl(&r.client, &got));
        check_equal(got, hops[i]);
        check_equal(kernel_hops(&r.client, family), hops[i]);
        /* An IPv6 socket may speak to ::ffff:a.b.c.d, and then sends with IP_TTL. */
        check_equal(kernel_option(&r.client, IPPROTO_IP, IP_TTL), hops[i]);
    }
    close_rig(&r);
}

static void tcp_stream__set_get_ttl(void **state)
{
    (void)state;
    for_each_family(set_get_ttl);
}

static void get_ttl_without_set(vigil_family family)
{
    tcp_rig r;
    int hops = 0;
    open_linked_rig(&r, family);
    check_ok(vigil_tcp_stream_ttl(&r.client, &hops));
    check_within(hops, 1, 255);
    check_equal(hops, kernel_hops(&r.client, family));
    close_rig(&r);
}

static void tcp_stream__get_ttl_without_previous_set(void **state)
{
    (void)state;
    for_each_family(get_ttl_without_set);
}

/* Linux takes -1 for its default, and 0 for IPv6: neither is a number of hops. */
static void ttl_out_of_range(vigil_family family)
{
    static const int refused[] = {INT_MIN, -2, -1, 0, 256, 257, 65537, INT_MAX};
    tcp_rig r;
    open_linked_rig(&r, family);
    check_ok(vigil_tcp_stream_set_ttl(&r.client, 77));
    check_ok(vigil_tcp_listener_set_ttl(&r.listener, 77));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        int hops = 0;
        check_status(vigil_tcp_stream_set_ttl(&r.client, refused[i]), VIGIL_EINVAL);
        check_ok(vigil_tcp_stream_ttl(&r.client, &hops));
        check_equal(hops, 77);
        check_status(vigil_tcp_listener_set_ttl(&r.listener, refused[i]), VIGIL_EINVAL);
        check_ok(vigil_tcp_listener_ttl(&r.listener, &hops));
        check_equal(hops, 77);
    }
    close_rig(&r);
}

static void ttl__out_of_range(void **state)
{
    (void)state;
    for_each_family(ttl_out_of_range);
}

/* The server drops what has come through any router (ip(7) IP_MINTTL, and
 * IPV6_MINHOPCOUNT), and so shows what the client's packets carry. */
static void ttl_is_sent(vigil_family family)
{
    tcp_rig r;
    char byte = 0;
    int most = 255;
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    open_linked_rig(&r, family);
    check_ok(vigil_tcp_stream_set_ttl(&r.client, 255));
    check_os(setsockopt(vigil_tcp_stream_fd(&r.server), ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                        ipv6 ? IPV6_MINHOPCOUNT : IP_MINTTL, &most, sizeof most));
    send_all(&r.client, "a", 1);
    receive_all(&r.server, &byte, 1);
    check_equal(byte, 'a');
    check_ok(vigil_tcp_stream_set_ttl(&r.client, 254));
    send_all(&r.client, "b", 1);
    sleep_ms(QUIET_MS);
    expect_would_block(&r.server);
    check_ok(vigil_tcp_stream_set_ttl(&r.client, 255));
    receive_all(&r.server, &byte, 1);
    check_equal(byte, 'b');
    close_rig(&r);
}

static void ttl__is_what_packets_carry(void **state)
{
    (void)state;
    for_each_family(ttl_is_sent);
}

/* --- nodelay ---------------------------------------------------------------------- */

static void tcp_stream__set_get_nodelay(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    for (int i = 0; i < 4; i++) {
        bool got = i % 2 != 0;
        check_ok(vigil_tcp_stream_set_nodelay(&r.client, i % 2 == 0));
        check_ok(vigil_tcp_stream_nodelay(&r.client, &got));
        check_equal(got, i % 2 == 0);
        check_equal(kernel_option(&r.client, IPPROTO_TCP, TCP_NODELAY), i % 2 == 0);
    }
    close_rig(&r);
}

static void tcp_stream__get_nodelay_without_previous_set(void **state)
{
    (void)state;
    tcp_rig r;
    bool nodelay = true;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    check_ok(vigil_tcp_stream_nodelay(&r.client, &nodelay));
    check(!nodelay);
    close_rig(&r);
}

static void accepted_nodelay(vigil_family family)
{
    tcp_rig r;
    bool nodelay = true;
    open_rig(&r, family);
    connect_to(&r.client, r.where);
    accept_from(&r.listener, &r.server);
    check_ok(vigil_tcp_stream_nodelay(&r.server, &nodelay));
    check(!nodelay);
    check_ok(vigil_tcp_stream_set_nodelay(&r.server, true));
    check_ok(vigil_tcp_stream_nodelay(&r.client, &nodelay));
    check(!nodelay);
    close_rig(&r);
}

/* Of an accepted stream too, and of one end only. */
static void nodelay__of_one_end(void **state)
{
    (void)state;
    for_each_family(accepted_nodelay);
}

/* --- keepalive -------------------------------------------------------------------- */

static void check_keepalive(const vigil_tcp_stream *stream, vigil_keepalive expected)
{
    vigil_keepalive got = {!expected.enabled, -1, -1, -1};
    check_ok(vigil_tcp_stream_keepalive(stream, &got));
    check_equal(got.enabled, expected.enabled);
    check_equal(got.idle_seconds, expected.idle_seconds);
    check_equal(got.interval_seconds, expected.interval_seconds);
    check_equal(got.count, expected.count);
    check_equal(kernel_option(stream, SOL_SOCKET, SO_KEEPALIVE), expected.enabled);
    check_equal(kernel_option(stream, IPPROTO_TCP, TCP_KEEPIDLE), expected.idle_seconds);
    check_equal(kernel_option(stream, IPPROTO_TCP, TCP_KEEPINTVL), expected.interval_seconds);
    check_equal(kernel_option(stream, IPPROTO_TCP, TCP_KEEPCNT), expected.count);
}

static void keepalive_values(vigil_family family)
{
    static const vigil_keepalive taken[] = {
        {true, 60, 10, 5}, {true, 1, 1, 1}, {true, 32767, 32767, 127}, {true, 7200, 75, 9}};
    tcp_rig r;
    open_linked_rig(&r, family);
    check_equal(kernel_option(&r.client, SOL_SOCKET, SO_KEEPALIVE), 0);
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        check_ok(vigil_tcp_stream_set_keepalive(&r.client, taken[i]));
        check_keepalive(&r.client, taken[i]);
    }
    close_rig(&r);
}

static void keepalive__set_get(void **state)
{
    (void)state;
    for_each_family(keepalive_values);
}

static void keepalive__get_without_set(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_keepalive got = {true, 0, 0, 0};
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_keepalive(&r.client, &got));
    check(!got.enabled && got.idle_seconds > 0 && got.interval_seconds > 0 && got.count > 0);
    check_keepalive(&r.client, got);
    close_rig(&r);
}

/* The numbers of a call that switches off are not looked at. */
static void keepalive__switching_off_keeps_the_numbers(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_set_keepalive(&r.client, (vigil_keepalive){true, 61, 11, 6}));
    check_ok(vigil_tcp_stream_set_keepalive(&r.client, (vigil_keepalive){false, 0, -5, 9999}));
    check_keepalive(&r.client, (vigil_keepalive){false, 61, 11, 6});
    close_rig(&r);
}

static void keepalive__refused_numbers_leave_the_switch(void **state)
{
    (void)state;
    static const vigil_keepalive refused[] = {
        {true, 0, 10, 5},     {true, -1, 10, 5}, {true, 32768, 10, 5}, {true, 60, 0, 5},
        {true, 60, 32768, 5}, {true, 60, 10, 0}, {true, 60, 10, 128},  {true, 60, 10, -1}};
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    for (int on = 0; on < 2; on++) {
        vigil_keepalive before = {true, 60, 10, 5};
        check_ok(vigil_tcp_stream_set_keepalive(&r.client, before));
        before.enabled = on != 0;
        check_ok(vigil_tcp_stream_set_keepalive(&r.client, before));
        for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
            check_status(vigil_tcp_stream_set_keepalive(&r.client, refused[i]), VIGIL_EINVAL);
            check_keepalive(&r.client, before);
        }
    }
    close_rig(&r);
}

/* --- linger ----------------------------------------------------------------------- */

static void linger__set_get(void **state)
{
    (void)state;
    tcp_rig r;
    bool enabled = true;
    int seconds = -1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_linger(&r.client, &enabled, &seconds));
    check(!enabled);
    static const int values[] = {0, 1, 7, 32767, 65536};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        check_ok(vigil_tcp_stream_set_linger(&r.client, true, values[i]));
        check_ok(vigil_tcp_stream_linger(&r.client, &enabled, &seconds));
        check(enabled);
        check_equal(seconds, values[i]);
    }
    check_ok(vigil_tcp_stream_set_linger(&r.client, false, 0));
    check_ok(vigil_tcp_stream_linger(&r.client, &enabled, &seconds));
    check(!enabled);
    close_rig(&r);
}

/* Linux would take a negative number, and block for ever. */
static void linger__negative_seconds(void **state)
{
    (void)state;
    tcp_rig r;
    bool enabled = true;
    int seconds = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_status(vigil_tcp_stream_set_linger(&r.client, true, -1), VIGIL_EINVAL);
    check_status(vigil_tcp_stream_set_linger(&r.client, true, INT_MIN), VIGIL_EINVAL);
    check_ok(vigil_tcp_stream_linger(&r.client, &enabled, &seconds));
    check(!enabled);
    close_rig(&r);
}

static void linger_zero(vigil_family family)
{
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_linked_rig(&r, family);
    check_ok(vigil_tcp_stream_set_linger(&r.client, true, 0));
    check_ok(vigil_tcp_stream_close(&r.client));
    await_level(vigil_tcp_stream_fd(&r.server), POLLHUP);
    check_status(vigil_tcp_stream_read(&r.server, &byte, 1, &count), VIGIL_ECONNRESET);
    check_equal(count, 0);
    close_rig(&r);
}

static void linger__zero_resets(void **state)
{
    (void)state;
    for_each_family(linger_zero);
}

/* Without it, what was written is still sent after the close. */
static void linger__disabled_delivers(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_set_linger(&r.client, true, 0));
    check_ok(vigil_tcp_stream_set_linger(&r.client, false, 0));
    size_t sent = fill(vigil_tcp_stream_fd(&r.client));
    check_ok(vigil_tcp_stream_close(&r.client));
    uint8_t *data = malloc(sent);
    check(data != NULL);
    receive_all(&r.server, data, sent);
    free(data);
    receive_end(&r.server);
    close_rig(&r);
}

/* With unsent data and a peer that does not read, close blocks so long. */
static void linger__seconds_block_the_close(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check(fill(vigil_tcp_stream_fd(&r.client)) > 0);
    check_ok(vigil_tcp_stream_set_linger(&r.client, true, 1));
    uint64_t begin_ns = now_ns();
    check_ok(vigil_tcp_stream_close(&r.client));
    check(now_ns() - begin_ns >= SECOND_IN_NS / 2);
    close_rig(&r);
}

/* --- a place that was never open -------------------------------------------------- */

static void closed__from_the_start(void **state)
{
    (void)state;
    vigil_tcp_stream stream = VIGIL_TCP_STREAM_CLOSED;
    vigil_tcp_listener listener = VIGIL_TCP_LISTENER_CLOSED;
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
    check_ok(vigil_tcp_stream_close(&stream));
    check_ok(vigil_tcp_listener_close(&listener));
}

/* --- keepalive: all or nothing ---------------------------------------------------- */

static void keepalive__refused_sets_nothing(void **state)
{
    static const vigil_keepalive refused[] = {
        {true, 0, 5, 3},     {true, 11, 0, 3},     {true, 11, 5, 0},
        {true, 32768, 5, 3}, {true, 11, 32768, 3}, {true, 11, 5, 128},
    };
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    int idle = kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPIDLE);
    int interval = kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPINTVL);
    int count = kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPCNT);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check_status(vigil_tcp_stream_set_keepalive(&r.client, refused[i]), VIGIL_EINVAL);
        check_equal(kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPIDLE), idle);
        check_equal(kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPINTVL), interval);
        check_equal(kernel_option(&r.client, IPPROTO_TCP, TCP_KEEPCNT), count);
        check_equal(kernel_option(&r.client, SOL_SOCKET, SO_KEEPALIVE), 0);
    }
    close_rig(&r);
}

/* A Unix socket has SO_KEEPALIVE and none of TCP's numbers: the first question is
 * answered, the second is not, and the failure leaves nothing of the first. */
static void keepalive__failed_get_is_all_zero(void **state)
{
    (void)state;
    int pair[2];
    int on = 1;
    check_os(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    check_os(setsockopt(pair[0], SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    vigil_tcp_stream stream = VIGIL_TCP_STREAM_CLOSED;
    check_ok(vigil_tcp_stream_from_fd(&stream, pair[0]));
    check_equal(kernel_option(&stream, SOL_SOCKET, SO_KEEPALIVE), 1);
    vigil_keepalive got = {true, 1, 2, 3};
    check(vigil_tcp_stream_keepalive(&stream, &got) != VIGIL_OK);
    check(!got.enabled);
    check_equal(got.idle_seconds, 0);
    check_equal(got.interval_seconds, 0);
    check_equal(got.count, 0);
    check_status(vigil_tcp_stream_close(&stream), VIGIL_OK);
    check_os(close(pair[1]));
}

/* --- rule C11: an option made of several is set, or none of it is ------------------- */

static void half_a_ttl(void *argument)
{
    (void)argument;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV6);
    check_ok(vigil_tcp_stream_set_ttl(&r.client, 33));
    refuse_option(IPPROTO_IP, IP_TTL, ENOMEM);
    check_status(vigil_tcp_stream_set_ttl(&r.client, 44), VIGIL_ENOMEM);
    check_equal(kernel_hops(&r.client, VIGIL_FAMILY_IPV6), 33);
    check_equal(kernel_hops(&r.client, VIGIL_FAMILY_IPV4), 33);
}

static void c11_ttl_of_both_or_neither(void **state)
{
    (void)state;
    require_ipv6();
    run_child(half_a_ttl, NULL);
}

static void half_a_keepalive(void *argument)
{
    const int *refused = argument;
    const vigil_keepalive before = {false, 7000, 70, 7};
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_set_keepalive(&r.client, (vigil_keepalive){true, 7000, 70, 7}));
    check_ok(vigil_tcp_stream_set_keepalive(&r.client, before));
    refuse_option(refused[0], refused[1], ENOMEM);
    check_status(vigil_tcp_stream_set_keepalive(&r.client, (vigil_keepalive){true, 60, 6, 5}),
                 VIGIL_ENOMEM);
    check_keepalive(&r.client, before);
}

static void c11_keepalive_whole_or_not_at_all(void **state)
{
    (void)state;
    int parts[][2] = {{IPPROTO_TCP, TCP_KEEPIDLE},
                      {IPPROTO_TCP, TCP_KEEPINTVL},
                      {IPPROTO_TCP, TCP_KEEPCNT},
                      {SOL_SOCKET, SO_KEEPALIVE}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        run_child(half_a_keepalive, parts[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(closed__from_the_start),
        tcp_unit_test(c11_ttl_of_both_or_neither),
        tcp_unit_test(c11_keepalive_whole_or_not_at_all),
        tcp_unit_test(keepalive__refused_sets_nothing),
        tcp_unit_test(tcp_stream__set_get_ttl),
        tcp_unit_test(tcp_stream__get_ttl_without_previous_set),
        tcp_unit_test(ttl__out_of_range),
        tcp_unit_test(ttl__is_what_packets_carry),
        tcp_unit_test(tcp_stream__set_get_nodelay),
        tcp_unit_test(tcp_stream__get_nodelay_without_previous_set),
        tcp_unit_test(nodelay__of_one_end),
        tcp_unit_test(keepalive__set_get),
        tcp_unit_test(keepalive__get_without_set),
        tcp_unit_test(keepalive__switching_off_keeps_the_numbers),
        tcp_unit_test(keepalive__refused_numbers_leave_the_switch),
        tcp_unit_test(keepalive__failed_get_is_all_zero),
        tcp_unit_test(linger__set_get),
        tcp_unit_test(linger__negative_seconds),
        tcp_unit_test(linger__zero_resets),
        tcp_unit_test(linger__disabled_delivers),
        tcp_unit_test(linger__seconds_block_the_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
