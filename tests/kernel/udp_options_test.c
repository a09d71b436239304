/* SPDX-License-Identifier: MIT */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/udp_rig.h"

#include <ifaddrs.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define TWO 2

/* What the kernel has, asked without the library. */
static int kernel_option(const vigil_udp_socket *socket, int level, int name)
{
    int value = INT_MIN;
    socklen_t length = sizeof value;
    check_os(getsockopt(vigil_udp_socket_fd(socket), level, name, &value, &length));
    return value;
}

static vigil_udp_socket opened(vigil_family family)
{
    vigil_udp_socket socket;
    (void)open_udp(&socket, family);
    return socket;
}

/* A switch, by its setter, its getter, and what the kernel calls it. */
typedef struct option {
    vigil_status (*set)(const vigil_udp_socket *socket, bool enabled);
    vigil_status (*get)(const vigil_udp_socket *socket, bool *enabled);
    int level;
    int name;
} option;

static const option broadcast = {vigil_udp_socket_set_broadcast, vigil_udp_socket_broadcast,
                                 SOL_SOCKET, SO_BROADCAST};
static const option loop_ipv4 = {vigil_udp_socket_set_multicast_loop,
                                 vigil_udp_socket_multicast_loop, IPPROTO_IP, IP_MULTICAST_LOOP};
static const option loop_ipv6 = {vigil_udp_socket_set_multicast_loop,
                                 vigil_udp_socket_multicast_loop, IPPROTO_IPV6,
                                 IPV6_MULTICAST_LOOP};

static void set_and_get(vigil_family family, option o)
{
    vigil_udp_socket socket = opened(family);
    for (int i = 0; i < 4; i++) {
        bool enabled = i % 2 == 0;
        bool got = !enabled;
        check_ok(o.set(&socket, enabled));
        check_ok(o.get(&socket, &got));
        check_equal(got, enabled);
        check_equal(kernel_option(&socket, o.level, o.name), enabled);
    }
    check_ok(vigil_udp_socket_close(&socket));
}

static void get_at_first(vigil_family family, option o, bool expected)
{
    vigil_udp_socket socket = opened(family);
    bool got = !expected;
    check_ok(o.get(&socket, &got));
    check_equal(got, expected);
    check_equal(kernel_option(&socket, o.level, o.name), expected);
    check_ok(vigil_udp_socket_close(&socket));
}

/* --- time to live ----------------------------------------------------------------- */

static void set_get_ttl(vigil_family family)
{
    static const int taken[] = {1, 61, 255};
    static const int refused[] = {INT_MIN, -1, 0, 256, INT_MAX};
    vigil_udp_socket socket = opened(family);
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    int got = -1;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        check_ok(vigil_udp_socket_set_ttl(&socket, taken[i]));
        check_ok(vigil_udp_socket_ttl(&socket, &got));
        check_equal(got, taken[i]);
        check_equal(kernel_option(&socket, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                  ipv6 ? IPV6_UNICAST_HOPS : IP_TTL),
                    taken[i]);
        check_equal(kernel_option(&socket, IPPROTO_IP, IP_TTL), taken[i]);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check_status(vigil_udp_socket_set_ttl(&socket, refused[i]), VIGIL_EINVAL);
        check_ok(vigil_udp_socket_ttl(&socket, &got));
        check_equal(got, 255);
    }
    check_ok(vigil_udp_socket_close(&socket));
}

static void udp_socket__set_get_ttl(void **state)
{
    (void)state;
    for_each_family(set_get_ttl);
}

static void get_ttl_at_first(vigil_family family)
{
    vigil_udp_socket socket = opened(family);
    int got = 0;
    check_ok(vigil_udp_socket_ttl(&socket, &got));
    check_within(got, 1, 255);
    check_ok(vigil_udp_socket_close(&socket));
}

static void udp_socket__get_ttl_without_previous_set(void **state)
{
    (void)state;
    for_each_family(get_ttl_at_first);
}

/* --- broadcast -------------------------------------------------------------------- */

static void udp_socket__set_get_broadcast(void **state)
{
    (void)state;
    set_and_get(VIGIL_FAMILY_IPV4, broadcast);
}

static void udp_socket__get_broadcast_without_previous_set(void **state)
{
    (void)state;
    get_at_first(VIGIL_FAMILY_IPV4, broadcast, false);
}

/* The loopback network has a broadcast address too, and nothing leaves the machine. */
static void broadcast__is_sent_only_if_allowed(void **state)
{
    (void)state;
    vigil_udp_socket sender = opened(VIGIL_FAMILY_IPV4);
    vigil_udp_socket receiver;
    vigil_address everywhere = vigil_address_ipv4(127, 255, 255, 255, 0);
    size_t count = 1;
    check_ok(vigil_udp_socket_bind(&receiver, &everywhere));
    check_ok(vigil_udp_socket_local_address(&receiver, &everywhere));
    check_status(vigil_udp_socket_send_to(&sender, "x", 1, &everywhere, &count), VIGIL_EACCES);
    check_equal(count, 0);
    check_ok(vigil_udp_socket_set_broadcast(&sender, true));
    send_text_to(&sender, "to all", everywhere);
    receive_text(&receiver, "to all");
    check_ok(vigil_udp_socket_close(&sender));
    check_ok(vigil_udp_socket_close(&receiver));
}

/* --- multicast -------------------------------------------------------------------- */

static void udp_socket__set_get_multicast_loop_v4(void **state)
{
    (void)state;
    set_and_get(VIGIL_FAMILY_IPV4, loop_ipv4);
}

static void udp_socket__get_multicast_loop_v4_without_previous_set(void **state)
{
    (void)state;
    get_at_first(VIGIL_FAMILY_IPV4, loop_ipv4, true);
}

/* Of an IPv6 socket both are set: it may send over IPv4 as well. */
static void udp_socket__set_get_multicast_loop_v6(void **state)
{
    (void)state;
    require_ipv6();
    set_and_get(VIGIL_FAMILY_IPV6, loop_ipv6);
    set_and_get(VIGIL_FAMILY_IPV6, loop_ipv4);
}

static void udp_socket__get_multicast_loop_v6_without_previous_set(void **state)
{
    (void)state;
    require_ipv6();
    get_at_first(VIGIL_FAMILY_IPV6, loop_ipv6, true);
}

static void multicast_ttl(vigil_family family)
{
    static const int taken[] = {0, 1, 60, 255};
    static const int refused[] = {INT_MIN, -1, 256, 257, INT_MAX};
    vigil_udp_socket socket = opened(family);
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    int got = -1;
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        check_ok(vigil_udp_socket_set_multicast_ttl(&socket, taken[i]));
        check_ok(vigil_udp_socket_multicast_ttl(&socket, &got));
        check_equal(got, taken[i]);
        check_equal(kernel_option(&socket, ipv6 ? IPPROTO_IPV6 : IPPROTO_IP,
                                  ipv6 ? IPV6_MULTICAST_HOPS : IP_MULTICAST_TTL),
                    taken[i]);
        check_equal(kernel_option(&socket, IPPROTO_IP, IP_MULTICAST_TTL), taken[i]);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check_status(vigil_udp_socket_set_multicast_ttl(&socket, refused[i]), VIGIL_EINVAL);
        check_ok(vigil_udp_socket_multicast_ttl(&socket, &got));
        check_equal(got, 255);
    }
    check_ok(vigil_udp_socket_close(&socket));
}

static void udp_socket__set_get_multicast_ttl_v4(void **state)
{
    (void)state;
    for_each_family(multicast_ttl);
}

static void multicast_ttl_at_first(vigil_family family)
{
    vigil_udp_socket socket = opened(family);
    int got = -1;
    check_ok(vigil_udp_socket_multicast_ttl(&socket, &got));
    check_equal(got, 1);
    check_ok(vigil_udp_socket_close(&socket));
}

static void udp_socket__get_multicast_ttl_v4_without_previous_set(void **state)
{
    (void)state;
    for_each_family(multicast_ttl_at_first);
}

static vigil_address group_of(vigil_family family, uint8_t number, uint16_t port)
{
    /* ff01::, interface-local; 239.255.0.0/16 is for a site's own use (RFC 2365). */
    const uint8_t ip[16] = {0xff, 0x01, [15] = number};
    return family == VIGIL_FAMILY_IPV6 ? vigil_address_ipv6(ip, port)
                                       : vigil_address_ipv4(239, 255, 0, number, port);
}

/* Bound to no particular address; where it is on the loopback interface. */
static vigil_address open_anywhere(vigil_udp_socket *socket, vigil_family family)
{
    const uint8_t any[16] = {0};
    vigil_address where = family == VIGIL_FAMILY_IPV6 ? vigil_address_ipv6(any, 0)
                                                      : vigil_address_ipv4(0, 0, 0, 0, 0);
    check_ok(vigil_udp_socket_bind(socket, &where));
    check_ok(vigil_udp_socket_local_address(socket, &where));
    return loopback(family, where.port);
}

/* An interface that datagrams to groups go through and come back from: for IPv6 that
 * is none of the loopback's on Linux, but those of ff01:: leave no machine. */
static uint32_t interface_for(vigil_family family)
{
    uint32_t found = family == VIGIL_FAMILY_IPV4 ? if_nametoindex("lo") : 0;
    struct ifaddrs *first = NULL;
    check_os(getifaddrs(&first));
    for (struct ifaddrs *i = first; i != NULL && found == 0; i = i->ifa_next) {
        bool ipv6 = i->ifa_addr != NULL && i->ifa_addr->sa_family == AF_INET6;
        bool up = (i->ifa_flags & IFF_MULTICAST) != 0 && (i->ifa_flags & IFF_RUNNING) != 0;
        found = ipv6 && up ? if_nametoindex(i->ifa_name) : 0;
    }
    freeifaddrs(first);
    return found;
}

static void for_each_multicast(void (*body)(vigil_family family, uint32_t interface_index))
{
    body(VIGIL_FAMILY_IPV4, interface_for(VIGIL_FAMILY_IPV4));
    if (interface_for(VIGIL_FAMILY_IPV6) != 0) {
        body(VIGIL_FAMILY_IPV6, interface_for(VIGIL_FAMILY_IPV6));
    }
}

static void multicast(vigil_family family, uint32_t lo)
{
    vigil_udp_socket sender;
    vigil_udp_socket receiver;
    fixture f;
    vigil_address where = open_anywhere(&receiver, family);
    vigil_address one = group_of(family, 101, where.port);
    vigil_address two = group_of(family, 102, where.port);
    open_fixture(&f);
    check_ok(vigil_udp_socket_open(&sender, family));
    check_ok(vigil_udp_socket_join_group(&receiver, &one, lo));
    check_ok(vigil_udp_socket_join_group(&receiver, &two, lo));
    check_status(vigil_udp_socket_join_group(&receiver, &two, lo), VIGIL_EADDRINUSE);
    check_ok(vigil_udp_socket_set_multicast_interface(&sender, lo));
    watch_source(&f, &receiver.source, TWO, VIGIL_READABLE);
    send_text_to(&sender, "to me", where);
    check(vigil_event_is_readable(wait_for(&f, TWO)));
    receive_text(&receiver, "to me");
    send_text_to(&sender, "to one", one);
    receive_text(&receiver, "to one");
    send_text_to(&sender, "to two", two);
    receive_text(&receiver, "to two");
    check_ok(vigil_udp_socket_leave_group(&receiver, &one, lo));
    check_status(vigil_udp_socket_leave_group(&receiver, &one, lo), VIGIL_EADDRNOTAVAIL);
    send_text_to(&sender, "to nobody", one);
    send_text_to(&sender, "still to two", two);
    receive_text(&receiver, "still to two");
    expect_no_datagram(&receiver);
    check_ok(vigil_udp_socket_close(&sender));
    check_ok(vigil_udp_socket_close(&receiver));
    close_fixture(&f);
}

static void udp_socket__multicast(void **state)
{
    (void)state;
    for_each_multicast(multicast);
}

static void loop_off(vigil_family family, uint32_t lo)
{
    vigil_udp_socket sender;
    vigil_udp_socket receiver;
    check_ok(vigil_udp_socket_open(&sender, family));
    vigil_address group = group_of(family, 103, open_anywhere(&receiver, family).port);
    check_ok(vigil_udp_socket_join_group(&receiver, &group, lo));
    check_ok(vigil_udp_socket_set_multicast_interface(&sender, lo));
    check_ok(vigil_udp_socket_set_multicast_ttl(&sender, 0));
    check_ok(vigil_udp_socket_set_multicast_loop(&sender, true));
    send_text_to(&sender, "seen", group);
    receive_text(&receiver, "seen");
    if (family == VIGIL_FAMILY_IPV6) {
        check_ok(vigil_udp_socket_set_multicast_loop(&sender, false));
        send_text_to(&sender, "not seen", group);
        sleep_ms(QUIET_MS);
        expect_no_datagram(&receiver);
    }
    check_ok(vigil_udp_socket_close(&sender));
    check_ok(vigil_udp_socket_close(&receiver));
}

/* With a time to live of 0 nothing leaves the machine, and the loop delivers. (On the
 * loopback interface everything comes back, loop or not.) */
static void multicast__loops_at_a_ttl_of_zero(void **state)
{
    (void)state;
    for_each_multicast(loop_off);
}

static void multicast__refuses_what_is_no_group(void **state)
{
    (void)state;
    vigil_udp_socket socket = opened(VIGIL_FAMILY_IPV4);
    vigil_address nobody = vigil_address_none();
    vigil_address host = vigil_address_loopback_ipv4(0);
    vigil_address group = group_of(VIGIL_FAMILY_IPV4, 104, 0);
    vigil_address ipv6 = group_of(VIGIL_FAMILY_IPV6, 104, 0);
    check_status(vigil_udp_socket_join_group(&socket, &nobody, 0), VIGIL_EAFNOSUPPORT);
    check_status(vigil_udp_socket_leave_group(&socket, &nobody, 0), VIGIL_EAFNOSUPPORT);
    check_status(vigil_udp_socket_join_group(&socket, &host, 0), VIGIL_EINVAL);
    check_status(vigil_udp_socket_join_group(&socket, &group, 0x7ffffffe), VIGIL_ENODEV);
    check_status(vigil_udp_socket_join_group(&socket, &ipv6, 0), VIGIL_ENOPROTOOPT);
    check_status(vigil_udp_socket_leave_group(&socket, &group, if_nametoindex("lo")),
                 VIGIL_EADDRNOTAVAIL);
    check_status(vigil_udp_socket_set_multicast_interface(&socket, UINT32_MAX), VIGIL_ENODEV);
    check_ok(vigil_udp_socket_set_multicast_interface(&socket, 0));
    check_ok(vigil_udp_socket_close(&socket));
}

/* --- buffers ---------------------------------------------------------------------- */

static void buffers__set_get(void **state)
{
    (void)state;
    static const int refused[] = {INT_MIN, -1, 0};
    vigil_udp_socket socket = opened(VIGIL_FAMILY_IPV4);
    int got = 0;
    check_ok(vigil_udp_socket_set_send_buffer(&socket, 20000));
    check_ok(vigil_udp_socket_send_buffer(&socket, &got));
    check_equal(got, 40000);
    check_ok(vigil_udp_socket_set_receive_buffer(&socket, 30000));
    check_ok(vigil_udp_socket_receive_buffer(&socket, &got));
    check_equal(got, 60000);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        check_status(vigil_udp_socket_set_send_buffer(&socket, refused[i]), VIGIL_EINVAL);
        check_status(vigil_udp_socket_set_receive_buffer(&socket, refused[i]), VIGIL_EINVAL);
    }
    check_equal(kernel_option(&socket, SOL_SOCKET, SO_SNDBUF), 40000);
    check_equal(kernel_option(&socket, SOL_SOCKET, SO_RCVBUF), 60000);
    check_ok(vigil_udp_socket_set_send_buffer(&socket, 1));
    check_ok(vigil_udp_socket_set_receive_buffer(&socket, INT_MAX));
    check_ok(vigil_udp_socket_close(&socket));
}

/* --- before it has an address ----------------------------------------------------- */

/* With it set, the port is there for an IPv4 socket too; without, it is taken. */
static void only_v6(bool enabled)
{
    vigil_udp_socket six;
    vigil_udp_socket four;
    const uint8_t any[16] = {0};
    vigil_address where = vigil_address_ipv6(any, 0);
    bool got = !enabled;
    check_ok(vigil_udp_socket_open(&six, VIGIL_FAMILY_IPV6));
    check_ok(vigil_udp_socket_set_only_ipv6(&six, enabled));
    check_ok(vigil_udp_socket_only_ipv6(&six, &got));
    check_equal(got, enabled);
    check_equal(kernel_option(&six, IPPROTO_IPV6, IPV6_V6ONLY), enabled);
    check_ok(vigil_udp_socket_assign_address(&six, &where));
    check_ok(vigil_udp_socket_local_address(&six, &where));
    check_status(vigil_udp_socket_set_only_ipv6(&six, !enabled), VIGIL_EINVAL);
    check_status(vigil_udp_socket_assign_address(&six, &where), VIGIL_EINVAL);
    vigil_address same = vigil_address_ipv4(0, 0, 0, 0, where.port);
    vigil_status bound = vigil_udp_socket_bind(&four, &same);
    check_status(bound, enabled ? VIGIL_OK : VIGIL_EADDRINUSE);
    check_ok(vigil_udp_socket_close(&four));
    check_ok(vigil_udp_socket_close(&six));
}

static void only_v6__decides_who_has_the_port(void **state)
{
    (void)state;
    require_ipv6();
    only_v6(false);
    only_v6(true);
}

static void only_v6__of_an_ipv4_socket(void **state)
{
    (void)state;
    vigil_udp_socket socket = opened(VIGIL_FAMILY_IPV4);
    bool got = true;
    check_status(vigil_udp_socket_only_ipv6(&socket, &got), VIGIL_EOPNOTSUPP);
    check(!got);
    check_status(vigil_udp_socket_set_only_ipv6(&socket, true), VIGIL_ENOPROTOOPT);
    check_ok(vigil_udp_socket_close(&socket));
}

/* An IPv6 socket that is for both speaks to IPv4, whose addresses look so. */
static void only_v6__off_speaks_to_ipv4(void **state)
{
    (void)state;
    require_ipv6();
    const uint8_t mapped[16] = {[10] = 0xff, 0xff, 127, 0, 0, 1};
    vigil_udp_socket four;
    vigil_udp_socket six;
    vigil_address at_four = open_udp(&four, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_open(&six, VIGIL_FAMILY_IPV6));
    check_ok(vigil_udp_socket_set_only_ipv6(&six, false));
    send_text_to(&six, "hello", vigil_address_ipv6(mapped, at_four.port));
    receive_text(&four, "hello");
    check_ok(vigil_udp_socket_close(&four));
    check_ok(vigil_udp_socket_close(&six));
}

static void shared_port(vigil_status (*share)(const vigil_udp_socket *, bool), int name)
{
    vigil_udp_socket sockets[3];
    vigil_address where = vigil_address_loopback_ipv4(0);
    for (size_t i = 0; i < 3; i++) {
        check_ok(vigil_udp_socket_open(&sockets[i], VIGIL_FAMILY_IPV4));
        check_ok(share(&sockets[i], i < 2));
        check_equal(kernel_option(&sockets[i], SOL_SOCKET, name), i < 2);
        check_status(vigil_udp_socket_assign_address(&sockets[i], &where),
                     i < 2 ? VIGIL_OK : VIGIL_EADDRINUSE);
        check_ok(i == 0 ? vigil_udp_socket_local_address(&sockets[i], &where) : VIGIL_OK);
    }
    for (size_t i = 0; i < 3; i++) {
        check_ok(vigil_udp_socket_close(&sockets[i]));
    }
}

static void reuse__lets_several_have_one_port(void **state)
{
    (void)state;
    shared_port(vigil_udp_socket_set_reuse_address, SO_REUSEADDR);
    shared_port(vigil_udp_socket_set_reuse_port, SO_REUSEPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(udp_socket__set_get_ttl),
        tcp_unit_test(udp_socket__get_ttl_without_previous_set),
        tcp_unit_test(udp_socket__set_get_broadcast),
        tcp_unit_test(udp_socket__get_broadcast_without_previous_set),
        tcp_unit_test(broadcast__is_sent_only_if_allowed),
        tcp_unit_test(udp_socket__set_get_multicast_loop_v4),
        tcp_unit_test(udp_socket__get_multicast_loop_v4_without_previous_set),
        tcp_unit_test(udp_socket__set_get_multicast_loop_v6),
        tcp_unit_test(udp_socket__get_multicast_loop_v6_without_previous_set),
        tcp_unit_test(udp_socket__set_get_multicast_ttl_v4),
        tcp_unit_test(udp_socket__get_multicast_ttl_v4_without_previous_set),
        tcp_unit_test(udp_socket__multicast),
        tcp_unit_test(multicast__loops_at_a_ttl_of_zero),
        tcp_unit_test(multicast__refuses_what_is_no_group),
        tcp_unit_test(buffers__set_get),
        tcp_unit_test(only_v6__decides_who_has_the_port),
        tcp_unit_test(only_v6__of_an_ipv4_socket),
        tcp_unit_test(only_v6__off_speaks_to_ipv4),
        tcp_unit_test(reuse__lets_several_have_one_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
