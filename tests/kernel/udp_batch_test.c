/* SPDX-License-Identifier: MIT */

/* Several datagrams at once; each test runs with the calls that take several, and
 * without them, where a call moves one. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/udp_rig.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define MOST VIGIL_UDP_BATCH_MAX
#define BYTES 16
#define UNTOUCHED '#'

struct bodies {
    void (*body)(void);
};

static void run_body(void *argument)
{
    ((struct bodies *)argument)->body();
}

static void run_without(void *argument)
{
    refuse_system_call(SYS_recvmmsg, ENOSYS);
    refuse_system_call(SYS_sendmmsg, ENOSYS);
    run_body(argument);
}

static void both_ways(void (*body)(void))
{
    struct bodies bodies = {body};
    run_child(run_body, &bodies);
    run_child(run_without, &bodies);
}

/* --- sending and receiving -------------------------------------------------------- */

/* Number `i` has i % BYTES bytes, each of them `i`. */
static void prepare(vigil_datagram *datagrams, char (*data)[BYTES], size_t number, vigil_address to)
{
    for (size_t i = 0; i < number; i++) {
        memset(data[i], (int)i, BYTES);
        datagrams[i] =
            (vigil_datagram){.data = data[i], .length = i % BYTES, .count = 99, .address = to};
    }
}

static void send_all_of(vigil_udp_socket *socket, vigil_datagram *datagrams, size_t number)
{
    size_t total = 0;
    while (total < number) {
        size_t sent = 0;
        check_ok(vigil_udp_socket_send_batch(socket, &datagrams[total], number - total, &sent));
        check_within(sent, 1, number - total);
        total += sent;
    }
    for (size_t i = 0; i < number; i++) {
        check_equal(datagrams[i].count, datagrams[i].length);
    }
}

static void receive_all_of(vigil_udp_socket *socket, size_t number, vigil_address from)
{
    char data[MOST][BYTES];
    vigil_datagram datagrams[MOST];
    size_t total = 0;
    while (total < number) {
        size_t received = 0;
        for (size_t i = 0; i < MOST; i++) {
            memset(data[i], UNTOUCHED, BYTES);
            datagrams[i] = (vigil_datagram){.data = data[i], .length = BYTES, .truncated = true};
        }
        await_level(vigil_udp_socket_fd(socket), POLLIN);
        check_ok(vigil_udp_socket_receive_batch(socket, datagrams, MOST, &received));
        check_within(received, 1, number - total);
        for (size_t i = 0; i < received; i++) {
            size_t length = (total + i) % BYTES;
            check_equal(datagrams[i].count, length);
            check(!datagrams[i].truncated);
            check(vigil_address_equal(datagrams[i].address, from));
            check(length == 0 || data[i][length - 1] == (char)(total + i));
            check_equal(data[i][length], UNTOUCHED);
        }
        total += received;
    }
    expect_no_datagram(socket);
}

static void some(vigil_family family, size_t number)
{
    udp_rig r;
    char data[2 * MOST][BYTES];
    vigil_datagram datagrams[2 * MOST];
    open_udp_rig(&r, family);
    prepare(datagrams, data, number, r.at_two);
    send_all_of(&r.one, datagrams, number);
    receive_all_of(&r.two, number, r.at_one);
    close_udp_rig(&r);
}

static void every_number(vigil_family family)
{
    static const size_t numbers[] = {1, 2, 3, MOST - 1, MOST, MOST + 1, 2 * MOST};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        some(family, numbers[i]);
    }
}

static void of_every_number(void)
{
    for_each_family(every_number);
}

static void batch__of_every_number(void **state)
{
    (void)state;
    both_ways(of_every_number);
}

/* With the calls for it, one of them moves as many as it may. */
static void batch__is_one_call(void **state)
{
    (void)state;
    udp_rig r;
    char data[MOST + 1][BYTES];
    vigil_datagram datagrams[MOST + 1];
    size_t count = 0;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    prepare(datagrams, data, MOST + 1, r.at_two);
    check_ok(vigil_udp_socket_send_batch(&r.one, datagrams, MOST + 1, &count));
    check_equal(count, MOST);
    check_ok(vigil_udp_socket_send_batch(&r.one, &datagrams[MOST], 1, &count));
    check_equal(count, 1);
    prepare(datagrams, data, MOST + 1, vigil_address_none());
    check_ok(vigil_udp_socket_receive_batch(&r.two, datagrams, MOST + 1, &count));
    check_equal(count, MOST);
    check_ok(vigil_udp_socket_receive_batch(&r.two, datagrams, MOST + 1, &count));
    check_equal(count, 1);
    close_udp_rig(&r);
}

static void nothing(void)
{
    udp_rig r;
    vigil_datagram datagram = {0};
    size_t count = 1;
    open_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_receive_batch(&r.one, &datagram, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_udp_socket_send_batch(&r.one, &datagram, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_receive_batch(&r.one, &datagram, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    close_udp_rig(&r);
}

static void batch__of_nothing(void **state)
{
    (void)state;
    both_ways(nothing);
}

/* --- to whom ---------------------------------------------------------------------- */

/* No address is the peer's; one that is none at all is refused, and goes to nobody. */
static void addresses(void)
{
    udp_rig r;
    char byte = 'x';
    size_t count = 0;
    vigil_datagram datagrams[3];
    vigil_udp_socket three;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_address at_three = open_udp(&three, VIGIL_FAMILY_IPV4);
    datagrams[0] = (vigil_datagram){.data = &byte, .length = 1};
    datagrams[1] = (vigil_datagram){.data = &byte, .length = 1, .address = at_three};
    datagrams[2] = (vigil_datagram){.data = &byte, .length = 1, .address = r.at_two};
    datagrams[2].address.family = (vigil_family)5;
    send_all_of(&r.one, datagrams, 2);
    receive_text_from(&r.two, "x", r.at_one);
    receive_text_from(&three, "x", r.at_one);
    check_status(vigil_udp_socket_send_batch(&r.one, &datagrams[2], 1, &count), VIGIL_EINVAL);
    check_equal(count, 0);
    expect_no_datagram(&r.two);
    check_ok(vigil_udp_socket_disconnect(&r.one));
    check_status(vigil_udp_socket_send_batch(&r.one, datagrams, 1, &count), VIGIL_EDESTADDRREQ);
    check_equal(count, 0);
    check_ok(vigil_udp_socket_close(&three));
    close_udp_rig(&r);
}

static void batch__to_the_peer_and_to_others(void **state)
{
    (void)state;
    both_ways(addresses);
}

/* --- what does not go as it should ------------------------------------------------ */

static void cut(void)
{
    udp_rig r;
    char data[3][8];
    vigil_datagram datagrams[3];
    size_t total = 0;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    send_text(&r.one, "12345678");
    send_text(&r.one, "123456789");
    send_text(&r.one, "");
    for (size_t i = 0; i < 3; i++) {
        datagrams[i] = (vigil_datagram){.data = data[i], .length = sizeof data[i]};
    }
    while (total < 3) {
        size_t received = 0;
        await_level(vigil_udp_socket_fd(&r.two), POLLIN);
        check_ok(vigil_udp_socket_receive_batch(&r.two, &datagrams[total], 3 - total, &received));
        total += received;
    }
    check(datagrams[0].count == 8 && !datagrams[0].truncated);
    check(datagrams[1].count == 8 && datagrams[1].truncated);
    check(datagrams[2].count == 0 && !datagrams[2].truncated);
    close_udp_rig(&r);
}

static void batch__says_which_was_cut(void **state)
{
    (void)state;
    both_ways(cut);
}

/* The second one is too large: the first is sent, and the next call says why. */
static void too_large(void)
{
    static char large[70000];
    udp_rig r;
    size_t sent = 0;
    vigil_datagram datagrams[2];
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    datagrams[0] = (vigil_datagram){.data = large, .length = 1};
    datagrams[1] = (vigil_datagram){.data = large, .length = sizeof large};
    check_ok(vigil_udp_socket_send_batch(&r.one, datagrams, 2, &sent));
    check_equal(sent, 1);
    check_status(vigil_udp_socket_send_batch(&r.one, &datagrams[1], 1, &sent), VIGIL_EMSGSIZE);
    check_equal(sent, 0);
    close_udp_rig(&r);
}

static void batch__stops_at_a_failure(void **state)
{
    (void)state;
    both_ways(too_large);
}

/* An error between two datagrams is told, and neither is lost. */
static void refused(void)
{
    udp_rig r;
    char byte = 'x';
    size_t count = 1;
    vigil_datagram datagram = {.data = &byte, .length = 1};
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_close(&r.two));
    send_text(&r.one, "anybody?");
    await_level(vigil_udp_socket_fd(&r.one), POLLERR);
    check_status(vigil_udp_socket_receive_batch(&r.one, &datagram, 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    send_text(&r.one, "anybody?");
    await_level(vigil_udp_socket_fd(&r.one), POLLERR);
    count = 1;
    check_status(vigil_udp_socket_send_batch(&r.one, &datagram, 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    check_ok(vigil_udp_socket_close(&r.one));
    count = 1;
    check_status(vigil_udp_socket_send_batch(&r.one, &datagram, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_receive_batch(&r.one, &datagram, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    close_udp_rig(&r);
}

static void batch__tells_errors(void **state)
{
    (void)state;
    both_ways(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(batch__of_every_number),    tcp_unit_test(batch__is_one_call),
        tcp_unit_test(batch__of_nothing),         tcp_unit_test(batch__to_the_peer_and_to_others),
        tcp_unit_test(batch__says_which_was_cut), tcp_unit_test(batch__stops_at_a_failure),
        tcp_unit_test(batch__tells_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
