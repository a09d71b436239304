/* SPDX-License-Identifier: MIT */

/* Many datagrams as one piece of memory; what is said of all of them is tested with the
 * system's offloads and without them. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_refuse.h"
#include "support/udp_rig.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>

/* Of linux/udp.h. */
#define UDP_SEGMENT_OPTION 103
#define UDP_GRO_OPTION 104

#define SEGMENTS_MAX 64 /* of one call of every Linux that has them */
#define ROOM 65536
#define BUFFER_BYTES 4000000
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char data[ROOM];
static char room[ROOM];

struct bodies {
    void (*body)(void);
};

static void run_body(void *argument)
{
    ((struct bodies *)argument)->body();
}

/* As on Linux before 4.18. */
static void run_without(void *argument)
{
    refuse_asking_option(IPPROTO_UDP, UDP_SEGMENT_OPTION, ENOPROTOOPT);
    refuse_option(IPPROTO_UDP, UDP_GRO_OPTION, ENOPROTOOPT);
    run_body(argument);
}

static void both_ways(void (*body)(void))
{
    struct bodies bodies = {body};
    run_child(run_body, &bodies);
    run_child(run_without, &bodies);
}

static void fill_data(void)
{
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = (char)(i * 31 + i / 256);
    }
}

static void send_pieces(vigil_udp_socket *socket, size_t length, size_t segment_bytes,
                        const vigil_address *to)
{
    size_t sent = length + 1;
    const void *bytes = length > 0 ? data : NULL; /* of no bytes there is nothing */
    check_ok(vigil_udp_socket_send_segments(socket, bytes, length, segment_bytes, to, &sent));
    check_equal(sent, length);
}

/* --- sending -------------------------------------------------------------------- */

static void receive_datagrams(vigil_udp_socket *socket, size_t length, size_t segment_bytes,
                              vigil_address sender)
{
    size_t at = 0;
    do {
        size_t wanted = length - at < segment_bytes ? length - at : segment_bytes;
        size_t count = ROOM;
        vigil_address from;
        await_level(vigil_udp_socket_fd(socket), POLLIN);
        check_ok(vigil_udp_socket_receive_from(socket, room, sizeof room, &from, &count));
        check_equal(count, wanted);
        check(memcmp(room, data + at, count) == 0);
        check(vigil_address_equal(from, sender));
        at += count;
    } while (at < length);
    expect_no_datagram(socket);
}

struct sizes {
    size_t length;
    size_t segment_bytes;
};

static const struct sizes SIZES[] = {
    {0, 1},         {0, 1400},      {1, 1},
    {1, 2},         {2, 1},         {10, 3},
    {9, 3},         {63, 1},        {SEGMENTS_MAX, 1},
    {65, 1},        {128, 1},       {200, 1},
    {1500, 1400},   {65408, 1022},  {65409, 1022},
    {65507, 1400},  {65507, 65507}, {65507, 65506},
    {60000, 30000}, {65536, 32768}, {100, SIZE_MAX},
};

static void every_size(vigil_family family)
{
    udp_rig r;
    open_udp_rig(&r, family);
    check_ok(vigil_udp_socket_set_receive_buffer(&r.two, BUFFER_BYTES));
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        send_pieces(&r.one, SIZES[i].length, SIZES[i].segment_bytes, &r.at_two);
        receive_datagrams(&r.two, SIZES[i].length, SIZES[i].segment_bytes, r.at_one);
    }
    check_ok(vigil_udp_socket_connect(&r.one, &r.at_two));
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        send_pieces(&r.one, SIZES[i].length, SIZES[i].segment_bytes, NULL);
        receive_datagrams(&r.two, SIZES[i].length, SIZES[i].segment_bytes, r.at_one);
    }
    close_udp_rig(&r);
}

static void of_every_size(void)
{
    fill_data();
    for_each_family(every_size);
}

static void segments__arrive_as_datagrams_of_every_size(void **state)
{
    (void)state;
    both_ways(of_every_size);
}

/* Only the plain call sends with sendto(2), only the other one with sendmsg(2). */
static void send_while_refused(void *rig)
{
    udp_rig *r = rig;
    refuse_on_descriptor(SYS_sendto, vigil_udp_socket_fd(&r->one), EPERM);
    send_pieces(&r->one, SEGMENTS_MAX, 1, NULL);
}

static void send_plainly_while_refused(void *rig)
{
    udp_rig *r = rig;
    refuse_asking_option(IPPROTO_UDP, UDP_SEGMENT_OPTION, ENOPROTOOPT);
    refuse_on_descriptor(SYS_sendmsg, vigil_udp_socket_fd(&r->one), EPERM);
    send_pieces(&r->one, SEGMENTS_MAX, 1, NULL);
}

static void segments__are_one_call(void **state)
{
    (void)state;
    udp_rig r;
    fill_data();
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(send_while_refused, &r);
    receive_datagrams(&r.two, SEGMENTS_MAX, 1, r.at_one);
    run_child(send_plainly_while_refused, &r);
    receive_datagrams(&r.two, SEGMENTS_MAX, 1, r.at_one);
    close_udp_rig(&r);
}

struct fault {
    int error;
    vigil_status status;
};

/* What may be true of several together and not of one alone. */
static const int OF_SEVERAL[] = {EINVAL, EMSGSIZE, EIO, ENOPROTOOPT, EOPNOTSUPP};

static void refuse_several(void *rig)
{
    udp_rig *r = rig;
    for (size_t i = 0; i < COUNT(OF_SEVERAL); i++) {
        refuse_on_descriptor(SYS_sendmsg, vigil_udp_socket_fd(&r->one), OF_SEVERAL[i]);
        send_pieces(&r->one, 10, 3, NULL);
        receive_datagrams(&r->two, 10, 3, r->at_one);
    }
}

static void segments__go_alone_where_they_cannot_go_together(void **state)
{
    (void)state;
    udp_rig r;
    fill_data();
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(refuse_several, &r);
    close_udp_rig(&r);
}

static const struct fault SENDING[] = {
    {EAGAIN, VIGIL_EWOULDBLOCK},
    {EINTR, VIGIL_EINTR},
    {ECONNREFUSED, VIGIL_ECONNREFUSED},
    {ENOBUFS, VIGIL_ENOBUFS},
    {ENOMEM, VIGIL_ENOMEM},
    {ENETUNREACH, VIGIL_ENETUNREACH},
    {EPERM, VIGIL_EPERM},
    {EACCES, VIGIL_EACCES},
    {EHOSTUNREACH, VIGIL_EHOSTUNREACH},
    {EDESTADDRREQ, VIGIL_EDESTADDRREQ},
};

static void fail_to_send(void *rig)
{
    udp_rig *r = rig;
    for (size_t i = 0; i < COUNT(SENDING); i++) {
        size_t sent = 1;
        refuse_on_descriptor(SYS_sendmsg, vigil_udp_socket_fd(&r->one), SENDING[i].error);
        check_status(vigil_udp_socket_send_segments(&r->one, data, 10, 3, NULL, &sent),
                     SENDING[i].status);
        check_equal(sent, 0);
    }
}

static void segments__tell_what_the_system_answers(void **state)
{
    (void)state;
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_send, &r);
    expect_no_datagram(&r.two);
    close_udp_rig(&r);
}

static void send_badly(vigil_udp_socket *socket, struct sizes sizes, const vigil_address *to,
                       vigil_status status)
{
    size_t sent = 1;
    check_status(
        vigil_udp_socket_send_segments(socket, data, sizes.length, sizes.segment_bytes, to, &sent),
        status);
    check_equal(sent, 0);
}

static void refusals(void)
{
    udp_rig r;
    vigil_address nobody = vigil_address_none();
    vigil_address ipv6 = vigil_address_loopback_ipv6(9);
    vigil_address no_port = vigil_address_loopback_ipv4(0);
    static const struct sizes several = {10, 3};
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    send_badly(&r.one, several, NULL, VIGIL_EDESTADDRREQ);
    send_badly(&r.one, several, &nobody, VIGIL_EAFNOSUPPORT);
    send_badly(&r.one, several, &ipv6, VIGIL_EAFNOSUPPORT);
    send_badly(&r.one, several, &no_port, VIGIL_EINVAL);
    send_badly(&r.one, (struct sizes){10, 0}, &r.at_two, VIGIL_EINVAL);
    send_badly(&r.one, (struct sizes){0, 0}, &r.at_two, VIGIL_EINVAL);
    send_badly(&r.one, (struct sizes){65536, 65508}, &r.at_two, VIGIL_EMSGSIZE);
    expect_no_datagram(&r.two);
    check_ok(vigil_udp_socket_close(&r.one));
    send_badly(&r.one, several, &r.at_two, VIGIL_EBADF);
    send_badly(&r.one, several, &nobody, VIGIL_EBADF);
    send_badly(&r.one, (struct sizes){10, 0}, NULL, VIGIL_EBADF);
    send_badly(&r.one, (struct sizes){0, 1}, NULL, VIGIL_EBADF);
    close_udp_rig(&r);
}

static void segments__refused(void **state)
{
    (void)state;
    both_ways(refusals);
}

/* One after the other: the first brings about what the second one meets. */
static void send_partly(void *ignored)
{
    (void)ignored;
    udp_rig r;
    size_t sent = 0;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_close(&r.two));
    refuse_asking_option(IPPROTO_UDP, UDP_SEGMENT_OPTION, ENOPROTOOPT);
    check_ok(vigil_udp_socket_send_segments(&r.one, data, 10, 3, NULL, &sent));
    check_equal(sent, 3);
    close_udp_rig(&r);
}

static void segments__partly_sent_end_with_a_datagram(void **state)
{
    (void)state;
    run_child(send_partly, NULL);
}

/* --- receiving ------------------------------------------------------------------ */

static void offload(vigil_udp_socket *socket, bool expected)
{
    bool enabled = true;
    check_ok(vigil_udp_socket_receive_offload(socket, &enabled));
    check(!enabled);
    check_status(vigil_udp_socket_set_receive_offload(socket, true),
                 expected ? VIGIL_OK : VIGIL_ENOPROTOOPT);
    check_ok(vigil_udp_socket_receive_offload(socket, &enabled));
    check_equal(enabled, expected);
}

/* What comes, in pieces of any number of datagrams; how many pieces. */
static size_t receive_pieces(vigil_udp_socket *socket, struct sizes sizes, vigil_address sender)
{
    size_t at = 0;
    size_t pieces = 0;
    while (at < sizes.length) {
        size_t count = 0;
        size_t segment_bytes = 0;
        vigil_address from;
        await_level(vigil_udp_socket_fd(socket), POLLIN);
        check_ok(vigil_udp_socket_receive_segments(socket, room, sizeof room, &from, &count,
                                                   &segment_bytes));
        check_within(count, 1, sizes.length - at);
        check(segment_bytes == sizes.segment_bytes
              || (segment_bytes == count && count < sizes.segment_bytes));
        check(count % sizes.segment_bytes == 0 || at + count == sizes.length);
        check(memcmp(room, data + at, count) == 0);
        check(vigil_address_equal(from, sender));
        at += count;
        pieces++;
    }
    expect_no_datagram(socket);
    return pieces;
}

static const struct sizes TOGETHER[] = {
    {1, 1},  {2, 1},       {64, 1},       {10, 3},       {9, 3},
    {65, 1}, {1500, 1400}, {64400, 1400}, {65408, 1022}, {60000, 30000},
};

static void pieces_of(vigil_family family)
{
    udp_rig r;
    open_udp_rig(&r, family);
    check_ok(vigil_udp_socket_set_receive_buffer(&r.two, BUFFER_BYTES));
    for (size_t i = 0; i < COUNT(TOGETHER); i++) {
        send_pieces(&r.one, TOGETHER[i].length, TOGETHER[i].segment_bytes, &r.at_two);
        (void)receive_pieces(&r.two, TOGETHER[i], r.at_one);
    }
    close_udp_rig(&r);
}

static void not_together(void)
{
    fill_data();
    for_each_family(pieces_of);
}

/* Who does not ask for it has one datagram at a time. */
static void pieces__of_one_datagram(void **state)
{
    (void)state;
    both_ways(not_together);
}

static void together(vigil_family family)
{
    udp_rig r;
    open_udp_rig(&r, family);
    offload(&r.two, true);
    for (size_t i = 0; i < COUNT(TOGETHER); i++) {
        size_t calls = (TOGETHER[i].length / TOGETHER[i].segment_bytes) / SEGMENTS_MAX + 1;
        send_pieces(&r.one, TOGETHER[i].length, TOGETHER[i].segment_bytes, &r.at_two);
        check_within(receive_pieces(&r.two, TOGETHER[i], r.at_one), 1, calls);
    }
    close_udp_rig(&r);
}

static void pieces__of_many_datagrams(void **state)
{
    (void)state;
    fill_data();
    for_each_family(together);
}

static void offload_refused(void *ignored)
{
    (void)ignored;
    vigil_udp_socket socket;
    (void)open_udp(&socket, VIGIL_FAMILY_IPV4);
    refuse_option(IPPROTO_UDP, UDP_GRO_OPTION, ENOPROTOOPT);
    offload(&socket, false);
    refuse_asking_option(IPPROTO_UDP, UDP_GRO_OPTION, ENOPROTOOPT);
    bool enabled = true;
    check_status(vigil_udp_socket_receive_offload(&socket, &enabled), VIGIL_ENOPROTOOPT);
    check(!enabled);
    check_ok(vigil_udp_socket_close(&socket));
}

static void pieces__where_the_system_lacks_them(void **state)
{
    (void)state;
    run_child(offload_refused, NULL);
}

static void pieces__can_be_switched_off_again(void **state)
{
    (void)state;
    udp_rig r;
    fill_data();
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    offload(&r.two, true);
    check_ok(vigil_udp_socket_set_receive_offload(&r.two, false));
    send_pieces(&r.one, 10, 3, &r.at_two);
    receive_datagrams(&r.two, 10, 3, r.at_one);
    check_ok(vigil_udp_socket_close(&r.two));
    check_status(vigil_udp_socket_set_receive_offload(&r.two, true), VIGIL_EBADF);
    close_udp_rig(&r);
}

static void receive_at(vigil_udp_socket *socket, size_t capacity, vigil_status status,
                       struct sizes expected)
{
    size_t count = 1;
    size_t segment_bytes = 1;
    check_status(
        vigil_udp_socket_receive_segments(socket, room, capacity, NULL, &count, &segment_bytes),
        status);
    check_equal(count, expected.length);
    check_equal(segment_bytes, expected.segment_bytes);
}

/* The datagram in the middle is cut, and those behind it are gone. */
static void pieces__say_that_they_were_cut(void **state)
{
    (void)state;
    udp_rig r;
    fill_data();
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    offload(&r.two, true);
    send_pieces(&r.one, 1000, 100, &r.at_two);
    memset(room, '#', sizeof room);
    receive_at(&r.two, 250, VIGIL_EMSGSIZE, (struct sizes){250, 100});
    check(memcmp(room, data, 250) == 0);
    check_equal(room[250], '#');
    expect_no_datagram(&r.two);
    send_pieces(&r.one, 1000, 100, &r.at_two);
    receive_at(&r.two, 50, VIGIL_EMSGSIZE, (struct sizes){50, 50});
    send_pieces(&r.one, 1000, 100, &r.at_two);
    receive_at(&r.two, 0, VIGIL_EMSGSIZE, (struct sizes){0, 0});
    send_pieces(&r.one, 10, 10, &r.at_two);
    receive_at(&r.two, 9, VIGIL_EMSGSIZE, (struct sizes){9, 9});
    expect_no_datagram(&r.two);
    close_udp_rig(&r);
}

static void nothing_to_receive(void)
{
    udp_rig r;
    vigil_address from = vigil_address_loopback_ipv4(1);
    size_t count = 1;
    size_t segment_bytes = 1;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_status(
        vigil_udp_socket_receive_segments(&r.one, room, sizeof room, &from, &count, &segment_bytes),
        VIGIL_EWOULDBLOCK);
    check(count == 0 && segment_bytes == 0);
    check(vigil_address_equal(from, vigil_address_none()));
    send_text(&r.two, "");
    receive_at(&r.one, sizeof room, VIGIL_OK, (struct sizes){0, 0});
    check_ok(vigil_udp_socket_close(&r.two));
    send_text(&r.one, "anybody?");
    await_level(vigil_udp_socket_fd(&r.one), POLLERR);
    receive_at(&r.one, sizeof room, VIGIL_ECONNREFUSED, (struct sizes){0, 0});
    receive_at(&r.one, sizeof room, VIGIL_EWOULDBLOCK, (struct sizes){0, 0});
    check_ok(vigil_udp_socket_close(&r.one));
    receive_at(&r.one, sizeof room, VIGIL_EBADF, (struct sizes){0, 0});
    close_udp_rig(&r);
}

static void pieces__of_nothing(void **state)
{
    (void)state;
    both_ways(nothing_to_receive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(segments__arrive_as_datagrams_of_every_size),
        tcp_unit_test(segments__are_one_call),
        tcp_unit_test(segments__go_alone_where_they_cannot_go_together),
        tcp_unit_test(segments__tell_what_the_system_answers),
        tcp_unit_test(segments__refused),
        tcp_unit_test(segments__partly_sent_end_with_a_datagram),
        tcp_unit_test(pieces__of_one_datagram),
        tcp_unit_test(pieces__of_many_datagrams),
        tcp_unit_test(pieces__where_the_system_lacks_them),
        tcp_unit_test(pieces__can_be_switched_off_again),
        tcp_unit_test(pieces__say_that_they_were_cut),
        tcp_unit_test(pieces__of_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
