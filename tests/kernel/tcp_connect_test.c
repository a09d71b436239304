/* SPDX-License-Identifier: MIT */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/tcp_rig.h"

#include <poll.h>
#include <unistd.h>

#define TOKEN 7

/* --- in progress ------------------------------------------------------------------ */

/* A rig whose client is left without an answer: the backlog of 0 is full with
 * `first`, and what comes while it is full is dropped (listen(2)). */
static void open_unanswered_rig(tcp_rig *r, vigil_family family, vigil_tcp_stream *first)
{
    open_rig(r, family);
    check_ok(vigil_tcp_listener_close(&r->listener));
    r->where = loopback(family, 0);
    check_ok(vigil_tcp_listener_bind_backlog(&r->listener, &r->where, 0));
    check_ok(vigil_tcp_listener_local_address(&r->listener, &r->where));
    connect_to(first, r->where);
    await_level(vigil_tcp_listener_fd(&r->listener), POLLIN);
    check_ok(vigil_tcp_stream_connect(&r->client, &r->where));
}

static void in_progress(vigil_family family)
{
    tcp_rig r;
    vigil_tcp_stream first;
    vigil_address address = vigil_address_loopback_ipv4(1);
    vigil_status error = VIGIL_EUNKNOWN;
    char byte = 0;
    size_t count = 1;
    open_unanswered_rig(&r, family, &first);
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_READABLE | VIGIL_WRITABLE);
    expect_no_events(&r.f);
    for (unsigned i = 0; i < 3; i++) {
        check_status(vigil_tcp_stream_finish_connect(&r.client), VIGIL_EINPROGRESS);
    }
    check_status(vigil_tcp_stream_peer_address(&r.client, &address), VIGIL_ENOTCONN);
    check(vigil_address_equal(address, vigil_address_none()));
    check_ok(vigil_tcp_stream_local_address(&r.client, &address));
    check(vigil_address_equal(address, loopback(family, address.port)));
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_OK);
    expect_would_block(&r.client);
    check_status(vigil_tcp_stream_peek(&r.client, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_tcp_stream_write(&r.client, "x", 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check_ok(vigil_tcp_stream_close(&first));
    close_rig(&r);
}

static void finish_connect__still_in_progress(void **state)
{
    (void)state;
    for_each_family(in_progress);
}

/* The kernel tries again after a second (RFC 6298), and by then there is room. */
static void finish_connect__after_being_in_progress(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_stream first;
    vigil_tcp_stream accepted;
    vigil_address peer;
    open_unanswered_rig(&r, VIGIL_FAMILY_IPV4, &first);
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE);
    check_status(vigil_tcp_stream_finish_connect(&r.client), VIGIL_EINPROGRESS);
    accept_from(&r.listener, &accepted);
    check(vigil_event_is_writable(wait_for(&r.f, TOKEN)));
    check_ok(vigil_tcp_stream_finish_connect(&r.client));
    check_ok(vigil_tcp_stream_peer_address(&r.client, &peer));
    check(vigil_address_equal(peer, r.where));
    accept_from(&r.listener, &r.server);
    check_ok(vigil_tcp_stream_close(&accepted));
    check_ok(vigil_tcp_stream_close(&first));
    close_rig(&r);
}

/* Giving up is a close like any other: nothing of it is reported afterwards. */
static void connect__given_up(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_stream first;
    open_unanswered_rig(&r, VIGIL_FAMILY_IPV4, &first);
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE);
    check_ok(vigil_tcp_stream_close(&r.client));
    expect_no_events(&r.f);
    check_ok(vigil_tcp_stream_close(&first));
    close_rig(&r);
}

/* --- done, and failed ------------------------------------------------------------- */

static void connected(vigil_family family)
{
    tcp_rig r;
    open_rig(&r, family);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    check(is_nonblocking(vigil_tcp_stream_fd(&r.client)));
    check(is_close_on_exec(vigil_tcp_stream_fd(&r.client)));
    check(!vigil_source_is_registered(&r.client.source));
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE);
    check(vigil_event_is_writable(wait_for(&r.f, TOKEN)));
    for (unsigned i = 0; i < 3; i++) {
        check_ok(vigil_tcp_stream_finish_connect(&r.client));
    }
    accept_from(&r.listener, &r.server);
    check_ok(vigil_tcp_stream_close(&r.server));
    receive_end(&r.client);
    check_ok(vigil_tcp_stream_finish_connect(&r.client));
    close_rig(&r);
}

static void finish_connect__success(void **state)
{
    (void)state;
    for_each_family(connected);
}

/* The reason is told once; after that the socket is as if never connected. */
static void refused(vigil_family family)
{
    tcp_rig r;
    int holder = -1;
    vigil_status error = VIGIL_EUNKNOWN;
    vigil_address peer;
    open_rig(&r, family);
    vigil_address where = refusing_address(family, &holder);
    check_ok(vigil_tcp_stream_connect(&r.client, &where));
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE);
    check(vigil_event_is_error(wait_for(&r.f, TOKEN)));
    check_status(vigil_tcp_stream_finish_connect(&r.client), VIGIL_ECONNREFUSED);
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_OK);
    check_status(vigil_tcp_stream_peer_address(&r.client, &peer), VIGIL_ENOTCONN);
    close_rig(&r);
    check_os(close(holder));
}

static void finish_connect__refused(void **state)
{
    (void)state;
    for_each_family(refused);
}

/* A read tells the reason as well, and also once (connect(2)). */
static void read__of_a_refused_connection(void **state)
{
    (void)state;
    tcp_rig r;
    int holder = -1;
    char byte = 0;
    size_t count = 1;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_address where = refusing_address(VIGIL_FAMILY_IPV4, &holder);
    check_ok(vigil_tcp_stream_connect(&r.client, &where));
    await_level(vigil_tcp_stream_fd(&r.client), POLLERR);
    check_status(vigil_tcp_stream_read(&r.client, &byte, 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    check_status(vigil_tcp_stream_write(&r.client, &byte, 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
    close_rig(&r);
    check_os(close(holder));
}

/* The connection stood, and was reset before anyone asked. */
static void finish_connect__reset_meanwhile(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    accept_from(&r.listener, &r.server);
    reset_on_close(&r.server);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(vigil_tcp_stream_fd(&r.client), POLLERR);
    check_status(vigil_tcp_stream_finish_connect(&r.client), VIGIL_ECONNRESET);
    close_rig(&r);
}

static void take_error__tells_once(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_status error = VIGIL_EUNKNOWN;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_OK);
    reset_on_close(&r.server);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(vigil_tcp_stream_fd(&r.client), POLLERR);
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_ECONNRESET);
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_OK);
    close_rig(&r);
}

/* --- refused at once -------------------------------------------------------------- */

static void expect_no_connect(vigil_address where, vigil_status expected)
{
    vigil_tcp_stream stream;
    check_status(vigil_tcp_stream_connect(&stream, &where), expected);
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&stream.source));
    check_ok(vigil_tcp_stream_close(&stream));
}

static void connect__no_address(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(9);
    expect_no_connect(vigil_address_none(), VIGIL_EAFNOSUPPORT);
    where.family = (vigil_family)5;
    expect_no_connect(where, VIGIL_EAFNOSUPPORT);
}

/* TCP has no groups: the kernel refuses before anything is sent. */
static void connect__to_a_group(void **state)
{
    (void)state;
    expect_no_connect(vigil_address_ipv4(224, 0, 0, 1, 9), VIGIL_ENETUNREACH);
    expect_no_connect(vigil_address_ipv4(255, 255, 255, 255, 9), VIGIL_ENETUNREACH);
}

/* A link-local address without its interface names nothing (ipv6(7)). */
static void connect__link_local_without_scope(void **state)
{
    (void)state;
    static const uint8_t link_local[16] = {0xfe, 0x80, [15] = 1};
    require_ipv6();
    expect_no_connect(vigil_address_ipv6(link_local, 9), VIGIL_EINVAL);
}

/* --- never connected -------------------------------------------------------------- */

/* A socket that was adopted before it was connected. */
static void unconnected(vigil_family family)
{
    int holder = -1;
    vigil_tcp_stream stream;
    vigil_address peer;
    char byte = 0;
    size_t count = 1;
    (void)refusing_address(family, &holder);
    check_ok(vigil_tcp_stream_from_fd(&stream, holder));
    check_status(vigil_tcp_stream_read(&stream, &byte, 1, &count), VIGIL_ENOTCONN);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_tcp_stream_peek(&stream, &byte, 1, &count), VIGIL_ENOTCONN);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_tcp_stream_write(&stream, &byte, 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
    check_status(vigil_tcp_stream_peer_address(&stream, &peer), VIGIL_ENOTCONN);
    for (int how = VIGIL_SHUTDOWN_READ; how <= VIGIL_SHUTDOWN_BOTH; how++) {
        check_status(vigil_tcp_stream_shutdown(&stream, (vigil_shutdown)how), VIGIL_ENOTCONN);
    }
    check_status(vigil_tcp_stream_finish_connect(&stream), VIGIL_EINPROGRESS);
    check_ok(vigil_tcp_stream_close(&stream));
}

static void stream__never_connected(void **state)
{
    (void)state;
    for_each_family(unconnected);
}

/* A descriptor that is no socket at all, and one of another kind. */
static void stream__of_another_kind(void **state)
{
    (void)state;
    vigil_tcp_stream stream;
    vigil_address address;
    int fds[2];
    int hops = 1;
    open_pipe(fds);
    check_ok(vigil_tcp_stream_from_fd(&stream, fds[0]));
    check_status(vigil_tcp_stream_local_address(&stream, &address), VIGIL_ENOTSOCK);
    check_status(vigil_tcp_stream_ttl(&stream, &hops), VIGIL_ENOTSOCK);
    check_equal(hops, 0);
    check_ok(vigil_tcp_stream_close(&stream));
    check_os(close(fds[1]));
    open_unix_pair(fds);
    check_ok(vigil_tcp_stream_from_fd(&stream, fds[0]));
    check_ok(vigil_tcp_stream_local_address(&stream, &address));
    check(vigil_address_equal(address, vigil_address_none()));
    check_ok(vigil_tcp_stream_peer_address(&stream, &address));
    check(vigil_address_equal(address, vigil_address_none()));
    check_status(vigil_tcp_stream_set_nodelay(&stream, true), VIGIL_EOPNOTSUPP);
    check_ok(vigil_tcp_stream_close(&stream));
    check_os(close(fds[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(finish_connect__still_in_progress),
        tcp_unit_test(finish_connect__after_being_in_progress),
        tcp_unit_test(connect__given_up),
        tcp_unit_test(finish_connect__success),
        tcp_unit_test(finish_connect__refused),
        tcp_unit_test(read__of_a_refused_connection),
        tcp_unit_test(finish_connect__reset_meanwhile),
        tcp_unit_test(take_error__tells_once),
        tcp_unit_test(connect__no_address),
        tcp_unit_test(connect__to_a_group),
        tcp_unit_test(connect__link_local_without_scope),
        tcp_unit_test(stream__never_connected),
        tcp_unit_test(stream__of_another_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
