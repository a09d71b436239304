/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"
#include "support/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define TOKEN 7
#define NEW_TOKEN 8

/* --- the rows -------------------------------------------------------------------- */

static void open_there(void *rig)
{
    open_rig(rig, VIGIL_FAMILY_IPV4);
}

static void accept_there(void *argument)
{
    tcp_rig *r = argument;
    connect_to(&r->client, r->where);
    accept_from(&r->listener, &r->server);
}

static void close_there(void *rig)
{
    close_rig(rig);
}

/* A listener goes from thread to thread, and each does one thing to it. */
static void tcp_listener__is_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {open_there, accept_there, close_there};
    test_thread thread;
    tcp_rig r;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        start_thread(&thread, turns[i], &r);
        join_thread(&thread);
    }
}

static void check_flags(int fd)
{
    check(is_nonblocking(fd) && is_close_on_exec(fd));
}

/* One connection through a listener, with everything that can be seen of it. */
static void take_one_connection(tcp_rig *r)
{
    vigil_address peer;
    vigil_address local;
    vigil_tcp_stream none;
    vigil_status error = VIGIL_EUNKNOWN;
    check_flags(vigil_tcp_listener_fd(&r->listener));
    watch_source(&r->f, &r->listener.source, TOKEN, VIGIL_READABLE);
    expect_no_events(&r->f);
    connect_to(&r->client, r->where);
    check(vigil_event_is_readable(wait_for(&r->f, TOKEN)));
    check_ok(vigil_tcp_listener_accept(&r->listener, &r->server, &peer));
    check_ok(vigil_tcp_stream_local_address(&r->client, &local));
    check(vigil_address_equal(peer, local));
    check_ok(vigil_tcp_stream_local_address(&r->server, &local));
    check(vigil_address_equal(local, r->where));
    check_flags(vigil_tcp_stream_fd(&r->server));
    check(!vigil_source_is_registered(&r->server.source));
    check_status(vigil_tcp_listener_accept(&r->listener, &none, &peer), VIGIL_EWOULDBLOCK);
    check(vigil_address_equal(peer, vigil_address_none()));
    check_equal(vigil_tcp_stream_fd(&none), VIGIL_FD_NONE);
    check_ok(vigil_tcp_listener_take_error(&r->listener, &error));
    check_status(error, VIGIL_OK);
}

static void tcp_listener__tcp_listener(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    take_one_connection(&r);
    close_rig(&r);
}

static void tcp_listener__tcp_listener_ipv6(void **state)
{
    (void)state;
    require_ipv6();
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV6);
    take_one_connection(&r);
    close_rig(&r);
}

/* A listener that somebody else made: blocking, and inherited by programs. */
static int plain_listener(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const void *where = &name;
    int fd = check_os(socket(AF_INET, SOCK_STREAM, 0));
    check_os(bind(fd, where, sizeof name));
    check_os(listen(fd, 8));
    check(!is_nonblocking(fd) && !is_close_on_exec(fd));
    return fd;
}

static void tcp_listener__tcp_listener_std(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_listener_close(&r.listener));
    check_ok(vigil_tcp_listener_from_fd(&r.listener, plain_listener()));
    check_ok(vigil_tcp_listener_local_address(&r.listener, &r.where));
    take_one_connection(&r);
    close_rig(&r);
}

static void set_get_ttl(vigil_family family)
{
    static const int hops[] = {1, 61, 255};
    vigil_tcp_listener listener;
    (void)open_listener(&listener, family);
    for (size_t i = 0; i < sizeof hops / sizeof hops[0]; i++) {
        int got = -1;
        check_ok(vigil_tcp_listener_set_ttl(&listener, hops[i]));
        check_ok(vigil_tcp_listener_ttl(&listener, &got));
        check_equal(got, hops[i]);
    }
    check_ok(vigil_tcp_listener_close(&listener));
}

static void tcp_listener__set_get_ttl(void **state)
{
    (void)state;
    for_each_family(set_get_ttl);
}

static void get_ttl_without_set(vigil_family family)
{
    vigil_tcp_listener listener;
    int hops = 0;
    (void)open_listener(&listener, family);
    check_ok(vigil_tcp_listener_ttl(&listener, &hops));
    check_within(hops, 1, 255);
    check_ok(vigil_tcp_listener_close(&listener));
}

static void tcp_listener__get_ttl_without_previous_set(void **state)
{
    (void)state;
    for_each_family(get_ttl_without_set);
}

static void raw_fd(vigil_family family)
{
    vigil_tcp_listener listener;
    vigil_tcp_listener again;
    vigil_address back;
    vigil_fd given;
    vigil_address where = open_listener(&listener, family);
    vigil_fd fd = vigil_tcp_listener_fd(&listener);
    check(is_open(fd));
    check_ok(vigil_tcp_listener_into_fd(&listener, &given));
    check_equal(given, fd);
    check_flags(fd);
    check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
    check_ok(vigil_tcp_listener_from_fd(&again, given));
    check_equal(vigil_tcp_listener_fd(&again), fd);
    check_ok(vigil_tcp_listener_local_address(&again, &back));
    check(vigil_address_equal(back, where));
    check_ok(vigil_tcp_listener_close(&again));
    check(!is_open(fd));
}

static void tcp_listener__raw_fd(void **state)
{
    (void)state;
    for_each_family(raw_fd);
}

static void tcp_listener__registering(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, TOKEN, VIGIL_READABLE);
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp_listener__reregister(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, TOKEN, VIGIL_READABLE);
    check_ok(
        vigil_registry_reregister(r.f.registry, &r.listener.source, NEW_TOKEN, VIGIL_READABLE));
    connect_to(&r.client, r.where);
    check(vigil_event_is_readable(wait_for(&r.f, NEW_TOKEN)));
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, NULL));
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp_listener__no_events_after_deregister(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, TOKEN, VIGIL_READABLE);
    unwatch(&r.f, &r.listener.source);
    connect_to(&r.client, r.where);
    expect_no_events(&r.f);
    accept_from(&r.listener, &r.server);
    close_rig(&r);
}

static void tcp_listener__tcp_listener_two_streams(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_stream second;
    vigil_tcp_stream none;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, TOKEN, VIGIL_READABLE);
    connect_to(&r.client, r.where);
    wait_for(&r.f, TOKEN);
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, NULL));
    check_status(vigil_tcp_listener_accept(&r.listener, &none, NULL), VIGIL_EWOULDBLOCK);
    connect_to(&second, r.where);
    wait_for(&r.f, TOKEN);
    vigil_tcp_stream accepted;
    check_ok(vigil_tcp_listener_accept(&r.listener, &accepted, NULL));
    check_status(vigil_tcp_listener_accept(&r.listener, &none, NULL), VIGIL_EWOULDBLOCK);
    expect_no_events(&r.f);
    check_ok(vigil_tcp_stream_close(&accepted));
    check_ok(vigil_tcp_stream_close(&second));
    close_rig(&r);
}

/* --- binding ---------------------------------------------------------------------- */

static void expect_no_bind(vigil_address where, vigil_status expected)
{
    vigil_tcp_listener listener;
    check_status(vigil_tcp_listener_bind(&listener, &where), expected);
    check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&listener.source));
    check_ok(vigil_tcp_listener_close(&listener));
}

static void bind__no_address(void **state)
{
    (void)state;
    vigil_address where = vigil_address_loopback_ipv4(0);
    expect_no_bind(vigil_address_none(), VIGIL_EAFNOSUPPORT);
    where.family = (vigil_family)5;
    expect_no_bind(where, VIGIL_EAFNOSUPPORT);
}

/* 192.0.2.1 and 2001:db8::1 are for documentation (RFC 5737, RFC 3849): no
 * machine has them, and binding sends nothing. */
static void bind__foreign_address(void **state)
{
    (void)state;
    static const uint8_t foreign[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    expect_no_bind(vigil_address_ipv4(192, 0, 2, 1, 0), VIGIL_EADDRNOTAVAIL);
    require_ipv6();
    expect_no_bind(vigil_address_ipv6(foreign, 0), VIGIL_EADDRNOTAVAIL);
}

static int first_free_port(void)
{
    int port = 1024;
    FILE *setting = fopen("/proc/sys/net/ipv4/ip_unprivileged_port_start", "re");
    if (setting != NULL) {
        check_equal(fscanf(setting, "%d", &port), 1);
        check_os(fclose(setting));
    }
    return port;
}

static void bind_unprivileged(void *ignored)
{
    (void)ignored;
    if (geteuid() == 0) {
        check_os(setresuid(65534, 65534, 65534));
    }
    expect_no_bind(vigil_address_loopback_ipv4(1), VIGIL_EACCES);
}

static void bind__reserved_port(void **state)
{
    (void)state;
    if (first_free_port() <= 1) {
        skip();
    }
    run_child(bind_unprivileged, NULL);
}

/* The end that closes first is left in TIME_WAIT, here the server's: without
 * SO_REUSEADDR its port would be in use for a minute (tcp(7)). */
static void bind_again(vigil_family family)
{
    tcp_rig r;
    open_linked_rig(&r, family);
    check_ok(vigil_tcp_listener_close(&r.listener));
    check_ok(vigil_tcp_stream_close(&r.server));
    receive_end(&r.client);
    check_ok(vigil_tcp_stream_close(&r.client));
    check_ok(vigil_tcp_listener_bind(&r.listener, &r.where));
    close_rig(&r);
}

static void bind__again_at_once(void **state)
{
    (void)state;
    for_each_family(bind_again);
}

/* With a backlog of 0 one connection waits, and the next one is not answered
 * (listen(2)): its first packet is dropped. With 1 there is room for two. */
static void bind_backlog__is_passed_on(void **state)
{
    (void)state;
    for (int backlog = 0; backlog < 2; backlog++) {
        tcp_rig r;
        vigil_tcp_stream next;
        open_rig(&r, VIGIL_FAMILY_IPV4);
        check_ok(vigil_tcp_listener_close(&r.listener));
        vigil_address where = vigil_address_loopback_ipv4(0);
        check_ok(vigil_tcp_listener_bind_backlog(&r.listener, &where, backlog));
        check_ok(vigil_tcp_listener_local_address(&r.listener, &where));
        connect_to(&r.client, where);
        await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
        check_ok(vigil_tcp_stream_connect(&next, &where));
        if (backlog == 0) {
            struct pollfd silent = {.fd = vigil_tcp_stream_fd(&next), .events = POLLOUT};
            check_equal(poll(&silent, 1, 100), 0);
            check_status(vigil_tcp_stream_finish_connect(&next), VIGIL_EINPROGRESS);
        } else {
            await_level(vigil_tcp_stream_fd(&next), POLLOUT);
            check_ok(vigil_tcp_stream_finish_connect(&next));
        }
        check_ok(vigil_tcp_stream_close(&next));
        close_rig(&r);
    }
}

/* --- accepting -------------------------------------------------------------------- */

/* One call after the other, so that the second has what the first one left on
 * the stack: an address that was not written is none. */
static void accept__no_connection_no_peer(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_stream none;
    vigil_address peer;
    vigil_address nobody;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    vigil_status first = vigil_tcp_listener_accept(&r.listener, &r.server, &peer);
    vigil_status second = vigil_tcp_listener_accept(&r.listener, &none, &nobody);
    check_ok(first);
    check_status(second, VIGIL_EWOULDBLOCK);
    check_equal(peer.family, VIGIL_FAMILY_IPV4);
    check(vigil_address_equal(nobody, vigil_address_none()));
    close_rig(&r);
}

static void accept__null_peer(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    check_status(vigil_tcp_listener_accept(&r.listener, &r.server, NULL), VIGIL_EWOULDBLOCK);
    connect_to(&r.client, r.where);
    accept_from(&r.listener, &r.server);
    close_rig(&r);
}

static void accept_without_descriptors(void *argument)
{
    tcp_rig *r = argument;
    vigil_address peer = r->where;
    char text[5] = "";
    unsigned limit = (unsigned)lowest_free_descriptor();
    limit_descriptors(limit);
    for (unsigned i = 0; i < 3; i++) {
        check_status(vigil_tcp_listener_accept(&r->listener, &r->server, &peer), VIGIL_EMFILE);
        check_equal(vigil_tcp_stream_fd(&r->server), VIGIL_FD_NONE);
        check(vigil_address_equal(peer, vigil_address_none()));
    }
    limit_descriptors(limit + 1);
    check_ok(vigil_tcp_listener_accept(&r->listener, &r->server, &peer));
    check_equal(vigil_tcp_stream_fd(&r->server), limit);
    receive_all(&r->server, text, 4);
    check_text(text, "here");
    check_ok(vigil_tcp_stream_close(&r->server));
}

/* The connection outlives the shortage, and so does what it has sent. */
static void accept__emfile_keeps_the_connection(void **state)
{
    (void)state;
    tcp_rig r;
    require_kernel_limits();
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    send_all(&r.client, "here", 4);
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    run_child(accept_without_descriptors, &r);
    close_rig(&r);
}

/* Linux hands out a connection that its peer has reset meanwhile, and lets the
 * first read tell. */
static void accept__connection_reset_before(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    reset_on_close(&r.client);
    check_ok(vigil_tcp_stream_close(&r.client));
    accept_from(&r.listener, &r.server);
    await_level(vigil_tcp_stream_fd(&r.server), POLLHUP);
    check_status(vigil_tcp_stream_read(&r.server, &byte, 1, &count), VIGIL_ECONNRESET);
    check_equal(count, 0);
    close_rig(&r);
}

static void accept__not_a_listener(void **state)
{
    (void)state;
    int fds[2];
    vigil_tcp_listener listener;
    vigil_tcp_stream stream;
    open_tcp_pair(fds);
    check_ok(vigil_tcp_listener_from_fd(&listener, fds[0]));
    check_status(vigil_tcp_listener_accept(&listener, &stream, NULL), VIGIL_EINVAL);
    check_ok(vigil_tcp_listener_close(&listener));
    check_os(close(fds[1]));
    open_pipe(fds);
    check_ok(vigil_tcp_listener_from_fd(&listener, fds[0]));
    check_status(vigil_tcp_listener_accept(&listener, &stream, NULL), VIGIL_ENOTSOCK);
    check_ok(vigil_tcp_listener_close(&listener));
    check_os(close(fds[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(tcp_listener__is_send_and_sync),
        tcp_unit_test(tcp_listener__tcp_listener),
        tcp_unit_test(tcp_listener__tcp_listener_ipv6),
        tcp_unit_test(tcp_listener__tcp_listener_std),
        tcp_unit_test(tcp_listener__set_get_ttl),
        tcp_unit_test(tcp_listener__get_ttl_without_previous_set),
        tcp_unit_test(tcp_listener__raw_fd),
        tcp_unit_test(tcp_listener__registering),
        tcp_unit_test(tcp_listener__reregister),
        tcp_unit_test(tcp_listener__no_events_after_deregister),
        tcp_unit_test(tcp_listener__tcp_listener_two_streams),
        tcp_unit_test(bind__no_address),
        tcp_unit_test(bind__foreign_address),
        tcp_unit_test(bind__reserved_port),
        tcp_unit_test(bind__again_at_once),
        tcp_unit_test(bind_backlog__is_passed_on),
        tcp_unit_test(accept__no_connection_no_peer),
        tcp_unit_test(accept__null_peer),
        tcp_unit_test(accept__emfile_keeps_the_connection),
        tcp_unit_test(accept__connection_reset_before),
        tcp_unit_test(accept__not_a_listener),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
