/* SPDX-License-Identifier: MIT */

/* What a UDP socket says of what goes wrong, and of datagrams that do not fit. */
#include "support/descriptors.h"
#include "support/udp_rig.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ONE 1
#define TWO 2
#define UNTOUCHED '#'
/* What a datagram holds: 65535 less the headers (RFC 768, RFC 791, RFC 8200). */
#define LARGEST_IPV4 65507
#define LARGEST_IPV6 65527

static void udp_socket__assert_size(void **state)
{
    (void)state;
    check_equal(sizeof(vigil_udp_socket), sizeof(vigil_source));
}

/* --- truncation ------------------------------------------------------------------- */

typedef vigil_status receive_call(vigil_udp_socket *socket, void *data, size_t capacity,
                                  vigil_address *from, size_t *count);

static vigil_status receive_plain(vigil_udp_socket *socket, void *data, size_t capacity,
                                  vigil_address *from, size_t *count)
{
    check_ok(vigil_udp_socket_peer_address(socket, from));
    return vigil_udp_socket_receive(socket, data, capacity, count);
}

static vigil_status peek_plain(vigil_udp_socket *socket, void *data, size_t capacity,
                               vigil_address *from, size_t *count)
{
    check_ok(vigil_udp_socket_peer_address(socket, from));
    return vigil_udp_socket_peek(socket, data, capacity, count);
}

static void check_truncation(udp_rig *r, receive_call *receive, bool peeks)
{
    static const char text[] = "ten bytes.";
    for (size_t capacity = 0; capacity < 12; capacity++) {
        char data[16];
        size_t count = 99;
        vigil_address from = vigil_address_none();
        size_t fits = capacity < 10 ? capacity : 10;
        memset(data, UNTOUCHED, sizeof data);
        send_text(&r->one, text);
        await_level(vigil_udp_socket_fd(&r->two), POLLIN);
        check_status(receive(&r->two, data, capacity, &from, &count),
                     capacity < 10 ? VIGIL_EMSGSIZE : VIGIL_OK);
        check_equal(count, fits);
        check_equal(memcmp(data, text, fits), 0);
        check_equal(data[fits], UNTOUCHED);
        check(vigil_address_equal(from, r->at_one));
        if (peeks) {
            receive_text_from(&r->two, text, r->at_one);
        }
        expect_no_datagram(&r->two);
    }
}

static void truncation(vigil_family family)
{
    udp_rig r;
    open_connected_udp_rig(&r, family);
    check_truncation(&r, vigil_udp_socket_receive_from, false);
    check_truncation(&r, vigil_udp_socket_peek_from, true);
    check_truncation(&r, receive_plain, false);
    check_truncation(&r, peek_plain, true);
    close_udp_rig(&r);
}

static void truncation__is_reported(void **state)
{
    (void)state;
    for_each_family(truncation);
}

static void null_sender(vigil_family family)
{
    udp_rig r;
    char data[4];
    size_t count = 0;
    open_udp_rig(&r, family);
    send_text_to(&r.one, "who?", r.at_two);
    await_level(vigil_udp_socket_fd(&r.two), POLLIN);
    check_ok(vigil_udp_socket_peek_from(&r.two, data, sizeof data, NULL, &count));
    check_equal(count, 4);
    check_ok(vigil_udp_socket_receive_from(&r.two, data, sizeof data, NULL, &count));
    check_equal(count, 4);
    check_equal(memcmp(data, "who?", 4), 0);
    close_udp_rig(&r);
}

static void receive_from__need_not_say_from_where(void **state)
{
    (void)state;
    for_each_family(null_sender);
}

static void largest(vigil_family family)
{
    udp_rig r;
    size_t count = 1;
    size_t most = family == VIGIL_FAMILY_IPV6 ? LARGEST_IPV6 : LARGEST_IPV4;
    uint8_t *data = malloc(most + 1);
    uint8_t *got = malloc(most + 1);
    check(data != NULL && got != NULL);
    put_test_bytes(data, most + 1, 0);
    open_connected_udp_rig(&r, family);
    check_status(vigil_udp_socket_send(&r.one, data, most + 1, &count), VIGIL_EMSGSIZE);
    check_equal(count, 0);
    check_ok(vigil_udp_socket_send(&r.one, data, most, &count));
    check_equal(count, most);
    await_level(vigil_udp_socket_fd(&r.two), POLLIN);
    check_ok(vigil_udp_socket_receive(&r.two, got, most + 1, &count));
    check_equal(count, most);
    check_test_bytes(got, most, 0);
    close_udp_rig(&r);
    free(data);
    free(got);
}

static void send__the_largest_datagram(void **state)
{
    (void)state;
    for_each_family(largest);
}

/* Linux gives a port back that it has picked itself, so this one is asked for by its
 * number. */
static void disconnected(vigil_family family)
{
    udp_rig r;
    vigil_udp_socket three;
    vigil_address now;
    size_t count = 1;
    open_udp_rig(&r, family);
    check_ok(vigil_udp_socket_close(&r.one));
    check_ok(vigil_udp_socket_bind(&r.one, &r.at_one));
    check_ok(vigil_udp_socket_connect(&r.one, &r.at_two));
    vigil_address at_three = open_udp(&three, family);
    check_ok(vigil_udp_socket_disconnect(&r.one));
    check_status(vigil_udp_socket_peer_address(&r.one, &now), VIGIL_ENOTCONN);
    check_status(vigil_udp_socket_send(&r.one, "x", 1, &count), VIGIL_EDESTADDRREQ);
    check_equal(count, 0);
    check_ok(vigil_udp_socket_local_address(&r.one, &now));
    check(vigil_address_equal(now, r.at_one));
    send_text_to(&three, "a stranger", r.at_one);
    receive_text_from(&r.one, "a stranger", at_three);
    check_ok(vigil_udp_socket_close(&three));
    close_udp_rig(&r);
}

static void connect__can_be_undone(void **state)
{
    (void)state;
    for_each_family(disconnected);
}

/* Level-triggered, a datagram that is left there is reported by each wait. */
static void level__is_reported_until_received(void **state)
{
    (void)state;
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.two.source, TWO, VIGIL_READABLE | VIGIL_LEVEL);
    send_text(&r.one, "left");
    for (unsigned i = 0; i < 3; i++) {
        check(vigil_event_is_readable(wait_for(&r.f, TWO)));
    }
    receive_text(&r.two, "left");
    expect_no_events(&r.f);
    close_udp_rig(&r);
}

/* --- errors ----------------------------------------------------------------------- */

/* What was sent to a port without a socket comes back as an error of this one: once,
 * from whatever call is made next, and reported as an event. */
static void refused(vigil_family family)
{
    udp_rig r;
    size_t count = 1;
    char byte = 0;
    vigil_status error = VIGIL_OK;
    open_connected_udp_rig(&r, family);
    check_ok(vigil_udp_socket_close(&r.two));
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    send_text(&r.one, "anybody?");
    check(vigil_event_is_error(wait_for(&r.f, ONE)));
    check_status(vigil_udp_socket_receive(&r.one, &byte, 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    expect_no_datagram(&r.one);
    send_text(&r.one, "nobody?");
    check(vigil_event_is_error(wait_for(&r.f, ONE)));
    check_ok(vigil_udp_socket_take_error(&r.one, &error));
    check_status(error, VIGIL_ECONNREFUSED);
    expect_no_datagram(&r.one);
    send_text(&r.one, "really?");
    check(vigil_event_is_error(wait_for(&r.f, ONE)));
    count = 1;
    check_status(vigil_udp_socket_send(&r.one, "x", 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    close_udp_rig(&r);
}

/* And it goes on being watched: a socket that opens there is heard. */
static void refused__is_told_once(void **state)
{
    (void)state;
    for_each_family(refused);
}

static void heard_after(vigil_family family)
{
    udp_rig r;
    open_connected_udp_rig(&r, family);
    check_ok(vigil_udp_socket_close(&r.two));
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    send_text(&r.one, "anybody?");
    check(vigil_event_is_error(wait_for(&r.f, ONE)));
    char byte = 0;
    size_t count = 1;
    check_status(vigil_udp_socket_receive(&r.one, &byte, 1, &count), VIGIL_ECONNREFUSED);
    expect_no_datagram(&r.one);
    check_ok(vigil_udp_socket_bind(&r.two, &r.at_two));
    send_text_to(&r.two, "here", r.at_one);
    check(vigil_event_is_readable(wait_until(&r.f, ONE, vigil_event_is_readable)));
    receive_text_from(&r.one, "here", r.at_two);
    close_udp_rig(&r);
}

static void refused__is_not_the_end(void **state)
{
    (void)state;
    for_each_family(heard_after);
}

static void refused_binds(vigil_family family)
{
    udp_rig r;
    vigil_udp_socket other = VIGIL_UDP_SOCKET_CLOSED;
    vigil_address nobody = vigil_address_none();
    open_udp_rig(&r, family);
    unsigned before = open_descriptors();
    check_status(vigil_udp_socket_bind(&other, &r.at_one), VIGIL_EADDRINUSE);
    check_equal(vigil_udp_socket_fd(&other), VIGIL_FD_NONE);
    check_status(vigil_udp_socket_bind(&other, &nobody), VIGIL_EAFNOSUPPORT);
    check_equal(vigil_udp_socket_fd(&other), VIGIL_FD_NONE);
    check_status(vigil_udp_socket_open(&other, VIGIL_FAMILY_NONE), VIGIL_EAFNOSUPPORT);
    check_equal(vigil_udp_socket_fd(&other), VIGIL_FD_NONE);
    vigil_address far = vigil_address_ipv4(192, 0, 2, 254, 0); /* RFC 5737: nobody's */
    check_status(vigil_udp_socket_bind(&other, &far), VIGIL_EADDRNOTAVAIL);
    check_equal(open_descriptors(), before);
    close_udp_rig(&r);
}

static void bind__that_fails_leaves_nothing(void **state)
{
    (void)state;
    for_each_family(refused_binds);
}

static void no_address(vigil_family family)
{
    udp_rig r;
    size_t count = 1;
    vigil_address nobody = vigil_address_none();
    open_udp_rig(&r, family);
    check_status(vigil_udp_socket_send_to(&r.one, "x", 1, &nobody, &count), VIGIL_EAFNOSUPPORT);
    check_equal(count, 0);
    check_status(vigil_udp_socket_connect(&r.one, &nobody), VIGIL_EAFNOSUPPORT);
    check_status(vigil_udp_socket_assign_address(&r.one, &nobody), VIGIL_EAFNOSUPPORT);
    check_ok(vigil_udp_socket_connect(&r.one, &r.at_two));
    check_status(vigil_udp_socket_send_to(&r.one, "x", 1, &nobody, &count), VIGIL_EAFNOSUPPORT);
    expect_no_datagram(&r.two);
    close_udp_rig(&r);
}

static void no_address__is_refused(void **state)
{
    (void)state;
    for_each_family(no_address);
}

/* --- closed ----------------------------------------------------------------------- */

static void ask_names(vigil_udp_socket *s)
{
    vigil_address address = vigil_address_loopback_ipv4(1);
    vigil_status error = VIGIL_OK;
    check_status(vigil_udp_socket_assign_address(s, &address), VIGIL_EBADF);
    check_status(vigil_udp_socket_connect(s, &address), VIGIL_EBADF);
    check_status(vigil_udp_socket_disconnect(s), VIGIL_EBADF);
    check_status(vigil_udp_socket_local_address(s, &address), VIGIL_EBADF);
    check(vigil_address_equal(address, vigil_address_none()));
    address = vigil_address_loopback_ipv4(1);
    check_status(vigil_udp_socket_peer_address(s, &address), VIGIL_EBADF);
    check(vigil_address_equal(address, vigil_address_none()));
    check_status(vigil_udp_socket_take_error(s, &error), VIGIL_EBADF);
    check_status(vigil_udp_socket_assign_address(s, &address), VIGIL_EBADF);
    check_status(vigil_udp_socket_connect(s, &address), VIGIL_EBADF);
}

static void ask_options(vigil_udp_socket *s)
{
    bool yes = true;
    int number = 7;
    vigil_address group = vigil_address_ipv4(239, 255, 0, 1, 0);
    check_status(vigil_udp_socket_set_broadcast(s, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_broadcast(s, &yes), VIGIL_EBADF);
    check(!yes);
    yes = true;
    check_status(vigil_udp_socket_set_ttl(s, 0), VIGIL_EBADF);
    check_status(vigil_udp_socket_ttl(s, &number), VIGIL_EBADF);
    check_equal(number, 0);
    check_status(vigil_udp_socket_set_only_ipv6(s, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_only_ipv6(s, &yes), VIGIL_EBADF);
    check(!yes);
    yes = true;
    check_status(vigil_udp_socket_set_reuse_address(s, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_set_reuse_port(s, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_set_multicast_loop(s, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_multicast_loop(s, &yes), VIGIL_EBADF);
    check(!yes);
    check_status(vigil_udp_socket_join_group(s, &group, 0), VIGIL_EBADF);
    check_status(vigil_udp_socket_leave_group(s, &group, 0), VIGIL_EBADF);
    group = vigil_address_none();
    check_status(vigil_udp_socket_join_group(s, &group, 0), VIGIL_EBADF);
    check_status(vigil_udp_socket_set_multicast_interface(s, UINT32_MAX), VIGIL_EBADF);
}

static void ask_numbers(vigil_udp_socket *s)
{
    int number = 7;
    check_status(vigil_udp_socket_set_send_buffer(s, -1), VIGIL_EBADF);
    check_status(vigil_udp_socket_send_buffer(s, &number), VIGIL_EBADF);
    check_equal(number, 0);
    number = 7;
    check_status(vigil_udp_socket_set_receive_buffer(s, 1), VIGIL_EBADF);
    check_status(vigil_udp_socket_receive_buffer(s, &number), VIGIL_EBADF);
    check_equal(number, 0);
    number = 7;
    check_status(vigil_udp_socket_set_multicast_ttl(s, -1), VIGIL_EBADF);
    check_status(vigil_udp_socket_multicast_ttl(s, &number), VIGIL_EBADF);
    check_equal(number, 0);
}

static void ask_data(vigil_udp_socket *s)
{
    char byte = 'x';
    size_t count = 1;
    vigil_address address = vigil_address_loopback_ipv4(1);
    vigil_fd fd = 0;
    check_status(vigil_udp_socket_send(s, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_send_to(s, &byte, 1, &address, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_receive(s, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_receive_from(s, &byte, 1, &address, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check(vigil_address_equal(address, vigil_address_none()));
    count = 1;
    check_status(vigil_udp_socket_peek(s, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_peek_from(s, &byte, 1, NULL, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check_status(vigil_udp_socket_into_fd(s, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
}

static void closed__every_call_says_so(void **state)
{
    (void)state;
    vigil_udp_socket socket = VIGIL_UDP_SOCKET_CLOSED;
    ask_names(&socket);
    ask_options(&socket);
    ask_numbers(&socket);
    ask_data(&socket);
    check_ok(vigil_udp_socket_close(&socket));
    check_ok(vigil_udp_socket_close(&socket));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(udp_socket__assert_size),
        tcp_unit_test(truncation__is_reported),
        tcp_unit_test(receive_from__need_not_say_from_where),
        tcp_unit_test(send__the_largest_datagram),
        tcp_unit_test(connect__can_be_undone),
        tcp_unit_test(level__is_reported_until_received),
        tcp_unit_test(refused__is_told_once),
        tcp_unit_test(refused__is_not_the_end),
        tcp_unit_test(bind__that_fails_leaves_nothing),
        tcp_unit_test(no_address__is_refused),
        tcp_unit_test(closed__every_call_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
