/* SPDX-License-Identifier: MIT */
#include "support/descriptors.h"
#include "support/thread.h"
#include "support/udp_rig.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define ONE 1
#define TWO 2
#define NEW_TOKEN 9
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

/* --- a socket and the system ------------------------------------------------------ */

static void empty_datagram(vigil_family family)
{
    udp_rig r;
    char byte = 'x';
    size_t count = 1;
    vigil_address from;
    open_udp_rig(&r, family);
    watch_source(&r.f, &r.two.source, TWO, VIGIL_READABLE);
    check_ok(vigil_udp_socket_send_to(&r.one, "", 0, &r.at_two, &count));
    check_equal(count, 0);
    check(vigil_event_is_readable(wait_for(&r.f, TWO)));
    count = 1;
    check_ok(vigil_udp_socket_receive_from(&r.two, &byte, 1, &from, &count));
    check_equal(count, 0);
    check_equal(byte, 'x');
    check(vigil_address_equal(from, r.at_one));
    expect_no_datagram(&r.two);
    close_udp_rig(&r);
}

static void udp_socket__empty_datagram(void **state)
{
    (void)state;
    for_each_family(empty_datagram);
}

static void open_there(void *rig)
{
    open_connected_udp_rig(rig, VIGIL_FAMILY_IPV4);
}

static void send_there(void *argument)
{
    udp_rig *r = argument;
    send_text(&r->one, "across");
}

static void receive_there(void *argument)
{
    udp_rig *r = argument;
    receive_text(&r->two, "across");
}

static void close_there(void *rig)
{
    close_udp_rig(rig);
}

/* A socket goes from thread to thread, and each does one thing to it. */
static void udp_socket__is_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {open_there, send_there, receive_there, close_there};
    test_thread thread;
    udp_rig r;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        start_thread(&thread, turns[i], &r);
        join_thread(&thread);
    }
}

static void expect_no_error(const vigil_udp_socket *socket)
{
    vigil_status error = VIGIL_EUNKNOWN;
    check_ok(vigil_udp_socket_take_error(socket, &error));
    check_status(error, VIGIL_OK);
}

static void expect_peek_from(vigil_udp_socket *socket, const char *text, vigil_address from)
{
    char data[32] = "";
    size_t count = 0;
    vigil_address sender = vigil_address_none();
    await_level(vigil_udp_socket_fd(socket), POLLIN);
    check_ok(vigil_udp_socket_peek_from(socket, data, sizeof data - 1, &sender, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
    check(vigil_address_equal(sender, from));
}

static void use_unconnected(udp_rig *r)
{
    vigil_address peer = r->at_one;
    check(is_nonblocking(vigil_udp_socket_fd(&r->one)));
    check(is_close_on_exec(vigil_udp_socket_fd(&r->one)));
    expect_no_datagram(&r->one);
    expect_no_datagram(&r->two);
    check_status(vigil_udp_socket_peer_address(&r->one, &peer), VIGIL_ENOTCONN);
    check(vigil_address_equal(peer, vigil_address_none()));
    send_text_to(&r->one, "there", r->at_two);
    send_text_to(&r->two, "and back", r->at_one);
    expect_peek_from(&r->two, "there", r->at_one);
    expect_peek_from(&r->two, "there", r->at_one);
    receive_text_from(&r->two, "there", r->at_one);
    expect_peek_from(&r->one, "and back", r->at_two);
    receive_text_from(&r->one, "and back", r->at_two);
    expect_no_datagram(&r->one);
    expect_no_datagram(&r->two);
    expect_no_error(&r->one);
    expect_no_error(&r->two);
}

static void unconnected(vigil_family family)
{
    udp_rig r;
    open_udp_rig(&r, family);
    use_unconnected(&r);
    close_udp_rig(&r);
}

static void udp_socket__unconnected_udp_socket_ipv4(void **state)
{
    (void)state;
    unconnected(VIGIL_FAMILY_IPV4);
}

static void udp_socket__unconnected_udp_socket_ipv6(void **state)
{
    (void)state;
    require_ipv6();
    unconnected(VIGIL_FAMILY_IPV6);
}

/* A socket that somebody else made: blocking, and inherited by programs. */
static void adopt_anew(vigil_udp_socket *socket)
{
    vigil_fd fd = VIGIL_FD_NONE;
    check_ok(vigil_udp_socket_into_fd(socket, &fd));
    check_os(fcntl(fd, F_SETFL, 0));
    check_os(fcntl(fd, F_SETFD, 0));
    check_ok(vigil_udp_socket_from_fd(socket, fd));
}

static void udp_socket__unconnected_udp_socket_std(void **state)
{
    (void)state;
    udp_rig r;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    adopt_anew(&r.one);
    adopt_anew(&r.two);
    use_unconnected(&r);
    close_udp_rig(&r);
}

static void expect_peek(vigil_udp_socket *socket, const char *text)
{
    char data[32] = "";
    size_t count = 0;
    await_level(vigil_udp_socket_fd(socket), POLLIN);
    check_ok(vigil_udp_socket_peek(socket, data, sizeof data - 1, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
}

static void use_connected(udp_rig *r)
{
    vigil_address peer;
    check_ok(vigil_udp_socket_peer_address(&r->one, &peer));
    check(vigil_address_equal(peer, r->at_two));
    expect_no_datagram(&r->one);
    expect_no_datagram(&r->two);
    send_text(&r->one, "there");
    send_text(&r->two, "and back");
    expect_peek(&r->two, "there");
    receive_text(&r->two, "there");
    expect_peek(&r->one, "and back");
    receive_text(&r->one, "and back");
    expect_no_datagram(&r->one);
    expect_no_datagram(&r->two);
    expect_no_error(&r->one);
}

static void connected(vigil_family family)
{
    udp_rig r;
    open_connected_udp_rig(&r, family);
    use_connected(&r);
    close_udp_rig(&r);
}

static void udp_socket__connected_udp_socket_ipv4(void **state)
{
    (void)state;
    connected(VIGIL_FAMILY_IPV4);
}

static void udp_socket__connected_udp_socket_ipv6(void **state)
{
    (void)state;
    require_ipv6();
    connected(VIGIL_FAMILY_IPV6);
}

static void udp_socket__connected_udp_socket_std(void **state)
{
    (void)state;
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    adopt_anew(&r.one);
    adopt_anew(&r.two);
    use_connected(&r);
    close_udp_rig(&r);
}

/* --- connecting again ------------------------------------------------------------- */

static void reconnect_sending(vigil_family family)
{
    udp_rig r;
    vigil_udp_socket three;
    open_connected_udp_rig(&r, family);
    vigil_address at_three = open_udp(&three, family);
    send_text(&r.one, "to two");
    receive_text_from(&r.two, "to two", r.at_one);
    check_ok(vigil_udp_socket_connect(&r.one, &at_three));
    send_text(&r.one, "to three");
    receive_text_from(&three, "to three", r.at_one);
    expect_no_datagram(&r.two);
    check_ok(vigil_udp_socket_close(&three));
    close_udp_rig(&r);
}

static void udp_socket__reconnect_udp_socket_sending(void **state)
{
    (void)state;
    for_each_family(reconnect_sending);
}

static void reconnect_receiving(vigil_family family)
{
    udp_rig r;
    vigil_udp_socket three;
    open_connected_udp_rig(&r, family);
    vigil_address at_three = open_udp(&three, family);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    send_text(&r.two, "first");
    check(vigil_event_is_readable(wait_for(&r.f, ONE)));
    receive_text_from(&r.one, "first", r.at_two);
    expect_no_datagram(&r.one);
    check_ok(vigil_udp_socket_connect(&r.one, &at_three));
    send_text_to(&three, "second", r.at_one);
    check(vigil_event_is_readable(wait_for(&r.f, ONE)));
    receive_text_from(&r.one, "second", at_three);
    send_text(&r.two, "of yesterday");
    expect_no_datagram(&r.one);
    check_ok(vigil_udp_socket_close(&three));
    close_udp_rig(&r);
}

static void udp_socket__reconnect_udp_socket_receiving(void **state)
{
    (void)state;
    for_each_family(reconnect_receiving);
}

static void udp_socket__unconnected_udp_socket_connected_methods(void **state)
{
    (void)state;
    udp_rig r;
    size_t count = 1;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_status(vigil_udp_socket_send(&r.one, "x", 1, &count), VIGIL_EDESTADDRREQ);
    check_equal(count, 0);
    send_text_to(&r.one, "unconnected", r.at_two);
    expect_peek(&r.two, "unconnected");
    receive_text(&r.two, "unconnected");
    expect_no_datagram(&r.two);
    close_udp_rig(&r);
}

/* Linux lets a connected socket send to others too; elsewhere it is VIGIL_EISCONN. */
static void udp_socket__connected_udp_socket_unconnected_methods(void **state)
{
    (void)state;
    udp_rig r;
    vigil_udp_socket three;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_address at_three = open_udp(&three, VIGIL_FAMILY_IPV4);
    send_text_to(&r.one, "elsewhere", at_three);
    receive_text_from(&three, "elsewhere", r.at_one);
    send_text(&r.two, "home");
    receive_text_from(&r.one, "home", r.at_two);
    check_ok(vigil_udp_socket_close(&three));
    close_udp_rig(&r);
}

static void udp_socket__udp_socket_raw_fd(void **state)
{
    (void)state;
    udp_rig r;
    vigil_fd given = VIGIL_FD_NONE;
    vigil_address where;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_udp_socket_fd(&r.one);
    watch_source(&r.f, &r.one.source, ONE, BOTH);
    check_ok(vigil_udp_socket_into_fd(&r.one, &given));
    check_equal(given, fd);
    check_equal(vigil_udp_socket_fd(&r.one), VIGIL_FD_NONE);
    check(is_open(fd) && is_nonblocking(fd) && is_close_on_exec(fd));
    expect_no_events(&r.f);
    check_status(vigil_udp_socket_into_fd(&r.one, &given), VIGIL_EBADF);
    check_equal(given, VIGIL_FD_NONE);
    check_ok(vigil_udp_socket_from_fd(&r.one, fd));
    check_ok(vigil_udp_socket_local_address(&r.one, &where));
    check(vigil_address_equal(where, r.at_one));
    close_udp_rig(&r);
    check(!is_open(fd));
}

/* --- registering ------------------------------------------------------------------ */

static void udp_socket__udp_socket_register(void **state)
{
    (void)state;
    udp_rig r;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    expect_no_events(&r.f);
    close_udp_rig(&r);
}

static void udp_socket__udp_socket_reregister(void **state)
{
    (void)state;
    udp_rig r;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    send_text_to(&r.two, "early", r.at_one);
    await_level(vigil_udp_socket_fd(&r.one), POLLIN);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_WRITABLE);
    vigil_event event = wait_for(&r.f, ONE);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    check_ok(vigil_registry_reregister(r.f.registry, &r.one.source, NEW_TOKEN, VIGIL_READABLE));
    event = wait_for(&r.f, NEW_TOKEN);
    check(vigil_event_is_readable(event) && !vigil_event_is_writable(event));
    receive_text(&r.one, "early");
    close_udp_rig(&r);
}

static void udp_socket__udp_socket_no_events_after_deregister(void **state)
{
    (void)state;
    udp_rig r;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    send_text_to(&r.two, "quiet", r.at_one);
    await_level(vigil_udp_socket_fd(&r.one), POLLIN);
    unwatch(&r.f, &r.one.source);
    expect_no_events(&r.f);
    receive_text_from(&r.one, "quiet", r.at_two);
    close_udp_rig(&r);
}

static void watch_both(udp_rig *r)
{
    watch_source(&r->f, &r->one.source, ONE, VIGIL_WRITABLE);
    watch_source(&r->f, &r->two.source, TWO, VIGIL_READABLE);
    check(vigil_event_is_writable(wait_for(&r->f, ONE)));
}

static void event_driven(vigil_family family)
{
    udp_rig r;
    open_udp_rig(&r, family);
    watch_both(&r);
    send_text_to(&r.one, "hello world", r.at_two);
    check(vigil_event_is_readable(wait_until(&r.f, TWO, vigil_event_is_readable)));
    receive_text_from(&r.two, "hello world", r.at_one);
    close_udp_rig(&r);
}

static void udp_socket__udp_socket(void **state)
{
    (void)state;
    for_each_family(event_driven);
}

static void event_driven_connected(vigil_family family)
{
    udp_rig r;
    open_connected_udp_rig(&r, family);
    watch_both(&r);
    send_text(&r.one, "hello world");
    check(vigil_event_is_readable(wait_until(&r.f, TWO, vigil_event_is_readable)));
    receive_text(&r.two, "hello world");
    close_udp_rig(&r);
}

static void udp_socket__udp_socket_send_recv(void **state)
{
    (void)state;
    for_each_family(event_driven_connected);
}

static void udp_socket__udp_socket_discard(void **state)
{
    (void)state;
    udp_rig r;
    vigil_udp_socket outsider;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    (void)open_udp(&outsider, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.two.source, TWO, VIGIL_READABLE);
    send_text_to(&outsider, "not for you", r.at_two);
    expect_no_events(&r.f);
    expect_no_datagram(&r.two);
    send_text(&r.one, "for you");
    check(vigil_event_is_readable(wait_for(&r.f, TWO)));
    receive_text(&r.two, "for you");
    check_ok(vigil_udp_socket_close(&outsider));
    close_udp_rig(&r);
}

static void et_behavior(bool with_address)
{
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.two.source, TWO, VIGIL_READABLE);
    for (unsigned i = 0; i < 3; i++) {
        send_text(&r.one, "again");
        check(vigil_event_is_readable(wait_for(&r.f, TWO)));
        if (with_address) {
            receive_text_from(&r.two, "again", r.at_one);
        } else {
            receive_text(&r.two, "again");
        }
        expect_no_datagram(&r.two);
        expect_no_events(&r.f);
    }
    close_udp_rig(&r);
}

static void udp_socket__et_behavior_recv(void **state)
{
    (void)state;
    et_behavior(false);
}

static void udp_socket__et_behavior_recv_from(void **state)
{
    (void)state;
    et_behavior(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(udp_socket__empty_datagram),
        tcp_unit_test(udp_socket__is_send_and_sync),
        tcp_unit_test(udp_socket__unconnected_udp_socket_ipv4),
        tcp_unit_test(udp_socket__unconnected_udp_socket_ipv6),
        tcp_unit_test(udp_socket__unconnected_udp_socket_std),
        tcp_unit_test(udp_socket__connected_udp_socket_ipv4),
        tcp_unit_test(udp_socket__connected_udp_socket_ipv6),
        tcp_unit_test(udp_socket__connected_udp_socket_std),
        tcp_unit_test(udp_socket__reconnect_udp_socket_sending),
        tcp_unit_test(udp_socket__reconnect_udp_socket_receiving),
        tcp_unit_test(udp_socket__unconnected_udp_socket_connected_methods),
        tcp_unit_test(udp_socket__connected_udp_socket_unconnected_methods),
        tcp_unit_test(udp_socket__udp_socket_raw_fd),
        tcp_unit_test(udp_socket__udp_socket_register),
        tcp_unit_test(udp_socket__udp_socket_reregister),
        tcp_unit_test(udp_socket__udp_socket_no_events_after_deregister),
        tcp_unit_test(udp_socket__udp_socket),
        tcp_unit_test(udp_socket__udp_socket_send_recv),
        tcp_unit_test(udp_socket__udp_socket_discard),
        tcp_unit_test(udp_socket__et_behavior_recv),
        tcp_unit_test(udp_socket__et_behavior_recv_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
