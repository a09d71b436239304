/* SPDX-License-Identifier: MIT */

/* Errors of datagrams, one by one (ip(7), IP_RECVERR; icmp(7)). */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_refuse.h"
#include "support/udp_rig.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

/* Port unreachable (RFC 792, RFC 4443). */
#define ICMP_TYPE 3
#define ICMP_CODE 3
#define ICMPV6_TYPE 1
#define ICMPV6_CODE 4

#define LARGEST_IPV4 65507
#define LARGEST_IPV6 65527
#define TOKEN 7

static char large[LARGEST_IPV6 + 1];

static int kernel_option(const vigil_udp_socket *socket, int level, int name)
{
    int value = -1;
    socklen_t length = sizeof value;
    check_os(getsockopt(vigil_udp_socket_fd(socket), level, name, &value, &length));
    return value;
}

/* An address where no socket is. */
static vigil_address closed_address(vigil_family family)
{
    vigil_udp_socket socket;
    vigil_address where = open_udp(&socket, family);
    check_ok(vigil_udp_socket_close(&socket));
    return where;
}

static void open_with_errors(vigil_udp_socket *socket, vigil_family family)
{
    (void)open_udp(socket, family);
    check_ok(vigil_udp_socket_set_error_queue(socket, true));
}

static vigil_queued_error take_queued(vigil_udp_socket *socket)
{
    vigil_queued_error queued;
    memset(&queued, 0xcc, sizeof queued);
    await_level(vigil_udp_socket_fd(socket), POLLERR);
    check_ok(vigil_udp_socket_take_queued_error(socket, &queued));
    return queued;
}

static void check_unknown(vigil_queued_error queued)
{
    check_status(queued.status, VIGIL_EUNKNOWN);
    check_equal(queued.origin, VIGIL_ERROR_ORIGIN_OTHER);
    check(queued.type == 0 && queued.code == 0 && queued.info == 0);
    check(vigil_address_equal(queued.destination, vigil_address_none()));
    check(vigil_address_equal(queued.offender, vigil_address_none()));
}

static void expect_none(vigil_udp_socket *socket, vigil_status status)
{
    vigil_queued_error queued;
    memset(&queued, 0xcc, sizeof queued);
    check_status(vigil_udp_socket_take_queued_error(socket, &queued), status);
    check_unknown(queued);
}

static void check_refused(vigil_queued_error queued, vigil_address destination)
{
    bool ipv6 = destination.family == VIGIL_FAMILY_IPV6;
    vigil_address offender = destination;
    offender.port = 0;
    check_status(queued.status, VIGIL_ECONNREFUSED);
    check_equal(queued.origin, ipv6 ? VIGIL_ERROR_ORIGIN_ICMPV6 : VIGIL_ERROR_ORIGIN_ICMP);
    check_equal(queued.type, ipv6 ? ICMPV6_TYPE : ICMP_TYPE);
    check_equal(queued.code, ipv6 ? ICMPV6_CODE : ICMP_CODE);
    check_equal(queued.info, 0);
    check(vigil_address_equal(queued.destination, destination));
    check(vigil_address_equal(queued.offender, offender));
}

/* --- on and off ------------------------------------------------------------------- */

static void switched(vigil_family family)
{
    vigil_udp_socket socket;
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    (void)open_udp(&socket, family);
    for (int i = 0; i < 5; i++) {
        bool wanted = i % 2 != 0;
        bool enabled = !wanted;
        if (i > 0) {
            check_ok(vigil_udp_socket_set_error_queue(&socket, wanted));
        }
        check_ok(vigil_udp_socket_error_queue(&socket, &enabled));
        check_equal(enabled, wanted);
        check_equal(kernel_option(&socket, IPPROTO_IP, IP_RECVERR), wanted);
        if (ipv6) {
            check_equal(kernel_option(&socket, IPPROTO_IPV6, IPV6_RECVERR), wanted);
        }
    }
    check_ok(vigil_udp_socket_close(&socket));
    bool enabled = true;
    check_status(vigil_udp_socket_set_error_queue(&socket, true), VIGIL_EBADF);
    check_status(vigil_udp_socket_error_queue(&socket, &enabled), VIGIL_EBADF);
    check(!enabled);
    expect_none(&socket, VIGIL_EBADF);
}

static void errors__are_kept_or_not(void **state)
{
    (void)state;
    for_each_family(switched);
}

static void half_refused(void *ignored)
{
    (void)ignored;
    vigil_udp_socket socket;
    (void)open_udp(&socket, VIGIL_FAMILY_IPV6);
    refuse_option(IPPROTO_IP, IP_RECVERR, ENOPROTOOPT);
    check_status(vigil_udp_socket_set_error_queue(&socket, true), VIGIL_ENOPROTOOPT);
    check_equal(kernel_option(&socket, IPPROTO_IPV6, IPV6_RECVERR), 0);
    check_equal(kernel_option(&socket, IPPROTO_IP, IP_RECVERR), 0);
    check_ok(vigil_udp_socket_close(&socket));
}

static void errors__are_kept_of_both_families_or_of_none(void **state)
{
    (void)state;
    require_ipv6();
    run_child(half_refused, NULL);
}

/* Whoever has not asked, and is not connected, is told of nothing. */
static void not_asked(vigil_family family)
{
    vigil_udp_socket socket;
    vigil_udp_socket other;
    (void)open_udp(&socket, family);
    vigil_address at_other = open_udp(&other, family);
    send_text_to(&socket, "anybody?", closed_address(family));
    send_text_to(&socket, "you?", at_other);
    receive_text(&other, "you?");
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    expect_no_datagram(&socket);
    check_ok(vigil_udp_socket_close(&socket));
    check_ok(vigil_udp_socket_close(&other));
}

static void errors__that_nobody_asked_for(void **state)
{
    (void)state;
    for_each_family(not_asked);
}

/* --- what is told ----------------------------------------------------------------- */

static void refused(vigil_family family)
{
    vigil_udp_socket socket;
    vigil_address closed = closed_address(family);
    open_with_errors(&socket, family);
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    send_text_to(&socket, "anybody?", closed);
    check_refused(take_queued(&socket), closed);
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    expect_no_datagram(&socket);
    check_ok(vigil_udp_socket_connect(&socket, &closed));
    send_text(&socket, "anybody?");
    check_refused(take_queued(&socket), closed);
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    expect_no_datagram(&socket);
    check_ok(vigil_udp_socket_close(&socket));
}

static void errors__of_a_closed_port(void **state)
{
    (void)state;
    for_each_family(refused);
}

static void errors__over_ipv4_of_an_ipv6_socket(void **state)
{
    (void)state;
    require_ipv6();
    static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1};
    vigil_address where = vigil_address_ipv6(mapped, closed_address(VIGIL_FAMILY_IPV4).port);
    vigil_address offender = vigil_address_ipv6(mapped, 0);
    vigil_udp_socket socket;
    check_ok(vigil_udp_socket_open(&socket, VIGIL_FAMILY_IPV6));
    check_ok(vigil_udp_socket_set_error_queue(&socket, true));
    send_text_to(&socket, "anybody?", where);
    vigil_queued_error queued = take_queued(&socket);
    check_status(queued.status, VIGIL_ECONNREFUSED);
    check_equal(queued.origin, VIGIL_ERROR_ORIGIN_ICMP);
    check(queued.type == ICMP_TYPE && queued.code == ICMP_CODE);
    check(vigil_address_equal(queued.destination, where));
    check(vigil_address_equal(queued.offender, offender));
    check_ok(vigil_udp_socket_close(&socket));
}

/* An error of this machine: the datagram is too large for any packet. */
static void too_large(vigil_family family)
{
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    size_t length = (ipv6 ? LARGEST_IPV6 : LARGEST_IPV4) + 1;
    vigil_udp_socket socket;
    vigil_udp_socket other;
    size_t count = 1;
    vigil_address where = open_udp(&other, family);
    open_with_errors(&socket, family);
    check_ok(vigil_udp_socket_connect(&socket, &where));
    check_status(vigil_udp_socket_send(&socket, large, length, &count), VIGIL_EMSGSIZE);
    check_equal(count, 0);
    vigil_queued_error queued = take_queued(&socket);
    check_status(queued.status, VIGIL_EMSGSIZE);
    check_equal(queued.origin, VIGIL_ERROR_ORIGIN_LOCAL);
    check(queued.type == 0 && queued.code == 0);
    check_within(queued.info, LARGEST_IPV4, 65536);
    check(vigil_address_equal(queued.destination, where));
    check(vigil_address_equal(queued.offender, vigil_address_none()));
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    send_text(&socket, "small");
    receive_text(&other, "small");
    check_ok(vigil_udp_socket_close(&socket));
    check_ok(vigil_udp_socket_close(&other));
}

static void errors__of_a_datagram_that_is_too_large(void **state)
{
    (void)state;
    for_each_family(too_large);
}

/* Linux takes the port of the peer, and there is none (net/ipv4/ip_output.c). */
static void errors__of_this_machine_without_a_peer(void **state)
{
    (void)state;
    vigil_udp_socket socket;
    size_t count = 1;
    vigil_address where = vigil_address_loopback_ipv4(9);
    open_with_errors(&socket, VIGIL_FAMILY_IPV4);
    check_status(vigil_udp_socket_send_to(&socket, large, LARGEST_IPV4 + 1, &where, &count),
                 VIGIL_EMSGSIZE);
    vigil_queued_error queued = take_queued(&socket);
    check_status(queued.status, VIGIL_EMSGSIZE);
    check(vigil_address_equal(queued.destination, vigil_address_loopback_ipv4(0)));
    check_ok(vigil_udp_socket_close(&socket));
}

/* --- the queue -------------------------------------------------------------------- */

static void in_order(vigil_family family)
{
    vigil_address closed[3];
    vigil_udp_socket socket;
    open_with_errors(&socket, family);
    for (size_t i = 0; i < 3; i++) {
        closed[i] = closed_address(family);
    }
    for (size_t i = 0; i < 3; i++) {
        /* The error of the one before is told once by the next call. */
        size_t count = 1;
        if (i > 0) {
            await_level(vigil_udp_socket_fd(&socket), POLLERR);
            check_status(vigil_udp_socket_send_to(&socket, "x", 1, &closed[i], &count),
                         VIGIL_ECONNREFUSED);
            check_equal(count, 0);
        }
        send_text_to(&socket, "x", closed[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        check_refused(take_queued(&socket), closed[i]);
    }
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    expect_no_datagram(&socket);
    check_ok(vigil_udp_socket_close(&socket));
}

static void errors__come_in_order(void **state)
{
    (void)state;
    for_each_family(in_order);
}

static void errors__leave_what_was_received(void **state)
{
    (void)state;
    udp_rig r;
    vigil_address closed = closed_address(VIGIL_FAMILY_IPV4);
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_set_error_queue(&r.one, true));
    send_text_to(&r.two, "waiting", r.at_one);
    send_text_to(&r.one, "anybody?", closed);
    char byte = 'x';
    size_t count = 1;
    await_level(vigil_udp_socket_fd(&r.one), POLLERR);
    check_status(vigil_udp_socket_receive(&r.one, &byte, 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    receive_text(&r.one, "waiting");
    check_refused(take_queued(&r.one), closed);
    close_udp_rig(&r);
}

static void errors__are_dropped_when_switched_off(void **state)
{
    (void)state;
    vigil_udp_socket socket;
    open_with_errors(&socket, VIGIL_FAMILY_IPV4);
    send_text_to(&socket, "anybody?", closed_address(VIGIL_FAMILY_IPV4));
    await_level(vigil_udp_socket_fd(&socket), POLLERR);
    check_ok(vigil_udp_socket_set_error_queue(&socket, false));
    expect_none(&socket, VIGIL_EWOULDBLOCK);
    check_ok(vigil_udp_socket_close(&socket));
}

/* An edge for each error that finds the queue empty. */
static void errors__are_reported(void **state)
{
    (void)state;
    udp_rig r;
    vigil_address closed = closed_address(VIGIL_FAMILY_IPV4);
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_set_error_queue(&r.one, true));
    check_ok(vigil_registry_register(r.f.registry, &r.one.source, TOKEN, VIGIL_READABLE));
    for (int i = 0; i < 3; i++) {
        vigil_event event;
        send_text_to(&r.one, "anybody?", closed);
        await_level(vigil_udp_socket_fd(&r.one), POLLERR);
        check_ok(vigil_poll_wait(&r.f.poll, &r.f.events, VIGIL_FOREVER));
        check(vigil_events_next(&r.f.events, &event));
        check(event.token == TOKEN && vigil_event_is_error(event));
        check(!vigil_events_next(&r.f.events, &event));
        check_refused(take_queued(&r.one), closed);
        expect_none(&r.one, VIGIL_EWOULDBLOCK);
        check_ok(vigil_poll_wait(&r.f.poll, &r.f.events, vigil_ms(0)));
        check(!vigil_events_next(&r.f.events, &event));
    }
    close_udp_rig(&r);
}

/* --- what the system may answer ---------------------------------------------------- */

static void fail_to_take(void *socket)
{
    static const struct {
        int error;
        vigil_status status;
    } faults[] = {{EAGAIN, VIGIL_EWOULDBLOCK}, {ENOMEM, VIGIL_ENOMEM}, {EINTR, VIGIL_EINTR}};
    for (size_t i = 0; i < 3; i++) {
        refuse_on_descriptor(SYS_recvmsg, vigil_udp_socket_fd(socket), faults[i].error);
        expect_none(socket, faults[i].status);
    }
}

static void errors__that_cannot_be_taken_stay(void **state)
{
    (void)state;
    vigil_udp_socket socket;
    vigil_address closed = closed_address(VIGIL_FAMILY_IPV4);
    open_with_errors(&socket, VIGIL_FAMILY_IPV4);
    send_text_to(&socket, "anybody?", closed);
    await_level(vigil_udp_socket_fd(&socket), POLLERR);
    run_child(fail_to_take, &socket);
    check_refused(take_queued(&socket), closed);
    check_ok(vigil_udp_socket_close(&socket));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(errors__are_kept_or_not),
        tcp_unit_test(errors__are_kept_of_both_families_or_of_none),
        tcp_unit_test(errors__that_nobody_asked_for),
        tcp_unit_test(errors__of_a_closed_port),
        tcp_unit_test(errors__over_ipv4_of_an_ipv6_socket),
        tcp_unit_test(errors__of_a_datagram_that_is_too_large),
        tcp_unit_test(errors__of_this_machine_without_a_peer),
        tcp_unit_test(errors__come_in_order),
        tcp_unit_test(errors__leave_what_was_received),
        tcp_unit_test(errors__are_dropped_when_switched_off),
        tcp_unit_test(errors__are_reported),
        tcp_unit_test(errors__that_cannot_be_taken_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
