/* SPDX-License-Identifier: MIT */
#include "support/descriptors.h"
#include "support/tcp_rig.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define STREAM 7
#define LISTENER 8
#define OTHER 9
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

/* --- every call on a closed place ------------------------------------------------- */

#define check_closed(call) check_status(call, VIGIL_EBADF)

static void check_closed_transfers(vigil_tcp_stream *stream)
{
    char byte = '#';
    vigil_buffer buffer = {&byte, 1};
    size_t count = 9;
    check_closed(vigil_tcp_stream_read(stream, &byte, 1, &count));
    check_equal(count, 0);
    count = 9;
    check_closed(vigil_tcp_stream_peek(stream, &byte, 1, &count));
    check_equal(count, 0);
    count = 9;
    check_closed(vigil_tcp_stream_readv(stream, &buffer, 1, &count));
    check_equal(count, 0);
    count = 9;
    check_closed(vigil_tcp_stream_write(stream, &byte, 1, &count));
    check_equal(count, 0);
    count = 9;
    check_closed(vigil_tcp_stream_writev(stream, &buffer, 1, &count));
    check_equal(count, 0);
    check_equal(byte, '#');
}

static void check_closed_options(const vigil_tcp_stream *stream)
{
    bool flag = true;
    int number = 9;
    vigil_keepalive keepalive = {true, 9, 9, 9};
    check_closed(vigil_tcp_stream_set_nodelay(stream, true));
    check_closed(vigil_tcp_stream_nodelay(stream, &flag));
    check(!flag);
    check_closed(vigil_tcp_stream_set_ttl(stream, 64));
    check_closed(vigil_tcp_stream_set_ttl(stream, -1));
    check_closed(vigil_tcp_stream_ttl(stream, &number));
    check_equal(number, 0);
    check_closed(vigil_tcp_stream_set_keepalive(stream, keepalive));
    check_closed(vigil_tcp_stream_set_keepalive(stream, (vigil_keepalive){false, 0, 0, 0}));
    check_closed(vigil_tcp_stream_keepalive(stream, &keepalive));
    check(!keepalive.enabled && keepalive.idle_seconds == 0);
    check(keepalive.interval_seconds == 0 && keepalive.count == 0);
    flag = true;
    number = 9;
    check_closed(vigil_tcp_stream_set_linger(stream, true, 0));
    check_closed(vigil_tcp_stream_set_linger(stream, true, -1));
    check_closed(vigil_tcp_stream_linger(stream, &flag, &number));
    check(!flag && number == 0);
}

static void check_closed_stream(vigil_tcp_stream *stream)
{
    vigil_address address = vigil_address_loopback_ipv4(9);
    vigil_status error = VIGIL_EUNKNOWN;
    vigil_fd fd = 9;
    check_equal(vigil_tcp_stream_fd(stream), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&stream->source));
    check_closed_transfers(stream);
    check_closed_options(stream);
    check_closed(vigil_tcp_stream_finish_connect(stream));
    check_closed(vigil_tcp_stream_shutdown(stream, VIGIL_SHUTDOWN_BOTH));
    check_closed(vigil_tcp_stream_local_address(stream, &address));
    check(vigil_address_equal(address, vigil_address_none()));
    address = vigil_address_loopback_ipv4(9);
    check_closed(vigil_tcp_stream_peer_address(stream, &address));
    check(vigil_address_equal(address, vigil_address_none()));
    check_closed(vigil_tcp_stream_take_error(stream, &error));
    check_status(error, VIGIL_OK);
    check_closed(vigil_tcp_stream_into_fd(stream, &fd));
    check_equal(fd, VIGIL_FD_NONE);
    check_ok(vigil_tcp_stream_close(stream));
    check_ok(vigil_tcp_stream_close(stream));
}

static void check_closed_listener(vigil_tcp_listener *listener)
{
    vigil_tcp_stream stream = {.source = vigil_source_from_fd(0)};
    vigil_address address = vigil_address_loopback_ipv4(9);
    vigil_status error = VIGIL_EUNKNOWN;
    vigil_fd fd = 9;
    int number = 9;
    check_equal(vigil_tcp_listener_fd(listener), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&listener->source));
    check_closed(vigil_tcp_listener_accept(listener, &stream, &address));
    check_equal(vigil_tcp_stream_fd(&stream), VIGIL_FD_NONE);
    check(vigil_address_equal(address, vigil_address_none()));
    address = vigil_address_loopback_ipv4(9);
    check_closed(vigil_tcp_listener_local_address(listener, &address));
    check(vigil_address_equal(address, vigil_address_none()));
    check_closed(vigil_tcp_listener_set_ttl(listener, 64));
    check_closed(vigil_tcp_listener_ttl(listener, &number));
    check_equal(number, 0);
    check_closed(vigil_tcp_listener_take_error(listener, &error));
    check_status(error, VIGIL_OK);
    check_closed(vigil_tcp_listener_into_fd(listener, &fd));
    check_equal(fd, VIGIL_FD_NONE);
    check_ok(vigil_tcp_listener_close(listener));
    check_ok(vigil_tcp_listener_close(listener));
}

static void closed__stream(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_fd fd = VIGIL_FD_NONE;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_close(&r.client));
    check_closed_stream(&r.client);
    check_ok(vigil_tcp_stream_into_fd(&r.server, &fd));
    check_closed_stream(&r.server);
    check_os(close(fd));
    check_status(vigil_tcp_stream_from_fd(&r.server, fd), VIGIL_EBADF);
    check_closed_stream(&r.server);
    check_status(vigil_tcp_stream_from_fd(&r.server, VIGIL_FD_NONE), VIGIL_EBADF);
    check_closed_stream(&r.server);
    check_status(vigil_tcp_listener_accept(&r.listener, &r.server, NULL), VIGIL_EWOULDBLOCK);
    check_closed_stream(&r.server);
    vigil_address none = vigil_address_none();
    check_status(vigil_tcp_stream_connect(&r.client, &none), VIGIL_EAFNOSUPPORT);
    check_closed_stream(&r.client);
    close_rig(&r);
}

static void closed__listener(void **state)
{
    (void)state;
    vigil_tcp_listener listener;
    vigil_tcp_listener other;
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_address where = open_listener(&listener, VIGIL_FAMILY_IPV4);
    check_status(vigil_tcp_listener_bind(&other, &where), VIGIL_EADDRINUSE);
    check_closed_listener(&other);
    check_ok(vigil_tcp_listener_into_fd(&listener, &fd));
    check_closed_listener(&listener);
    check_ok(vigil_tcp_listener_from_fd(&listener, fd));
    check_ok(vigil_tcp_listener_close(&listener));
    check_closed_listener(&listener);
    check_status(vigil_tcp_listener_from_fd(&listener, fd), VIGIL_EBADF);
    check_closed_listener(&listener);
}

/* A closed place cannot be registered either. */
static void closed__registering(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    check_closed(vigil_registry_register(r.f.registry, &r.client.source, STREAM, BOTH));
    check(!vigil_source_is_registered(&r.client.source));
    close_rig(&r);
}

/* An address that the kernel did not write is none, whatever was where it would
 * have been: what the call before left there. */
static void closed__peer_address_after_local_address(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_address local;
    vigil_address peer;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_status first = vigil_tcp_listener_local_address(&r.listener, &local);
    vigil_status second = vigil_tcp_stream_peer_address(&r.client, &peer);
    check_ok(first);
    check_status(second, VIGIL_EBADF);
    check(vigil_address_equal(local, r.where));
    check(vigil_address_equal(peer, vigil_address_none()));
    close_rig(&r);
}

/* --- closing twice ---------------------------------------------------------------- */

/* The number of a closed descriptor is soon somebody else's: closing the place
 * again leaves that alone. */
static void close__twice(void **state)
{
    (void)state;
    tcp_rig r;
    int other = -1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_stream_fd(&r.client);
    check_ok(vigil_tcp_stream_close(&r.client));
    other = check_os(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, fd));
    check_equal(other, fd);
    check_ok(vigil_tcp_stream_close(&r.client));
    check(is_open(other));
    check_os(close(other));
    fd = vigil_tcp_listener_fd(&r.listener);
    check_ok(vigil_tcp_listener_close(&r.listener));
    other = check_os(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, fd));
    check_equal(other, fd);
    check_ok(vigil_tcp_listener_close(&r.listener));
    check(is_open(other));
    check_os(close(other));
    close_rig(&r);
}

/* Closing a listener resets what waits there (close(2)). */
static void close__resets_waiting_connections(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    check_ok(vigil_tcp_listener_close(&r.listener));
    await_level(vigil_tcp_stream_fd(&r.client), POLLHUP);
    check_status(vigil_tcp_stream_read(&r.client, &byte, 1, &count), VIGIL_ECONNRESET);
    close_rig(&r);
}

/* Unread data makes a close a reset (RFC 1122 section 4.2.2.13). */
static void close__with_unread_data(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    send_all(&r.server, "unread", 6);
    await_level(vigil_tcp_stream_fd(&r.client), POLLIN);
    check_ok(vigil_tcp_stream_close(&r.client));
    await_level(vigil_tcp_stream_fd(&r.server), POLLHUP);
    check_status(vigil_tcp_stream_read(&r.server, &byte, 1, &count), VIGIL_ECONNRESET);
    close_rig(&r);
}

/* What the stream held before is forgotten, not closed. */
static void accept__overwrites_the_stream(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_fd held = vigil_tcp_stream_fd(&r.server);
    check_status(vigil_tcp_listener_accept(&r.listener, &r.server, NULL), VIGIL_EWOULDBLOCK);
    check_equal(vigil_tcp_stream_fd(&r.server), VIGIL_FD_NONE);
    check(is_open(held));
    check_os(close(held));
    close_rig(&r);
}

/* --- shutting down, which closes nothing ------------------------------------------ */

static void shutdown__each_way(void **state)
{
    (void)state;
    for (int how = VIGIL_SHUTDOWN_READ; how <= VIGIL_SHUTDOWN_BOTH; how++) {
        tcp_rig r;
        size_t count = 9;
        bool writes = how == VIGIL_SHUTDOWN_READ;
        open_linked_rig(&r, VIGIL_FAMILY_IPV4);
        for (unsigned i = 0; i < 2; i++) {
            check_ok(vigil_tcp_stream_shutdown(&r.client, (vigil_shutdown)how));
        }
        check(is_open(vigil_tcp_stream_fd(&r.client)));
        check_status(vigil_tcp_stream_write(&r.client, "x", 1, &count),
                     writes ? VIGIL_OK : VIGIL_EPIPE);
        check_equal(count, writes ? 1 : 0);
        if (how == VIGIL_SHUTDOWN_WRITE) {
            expect_would_block(&r.client);
        } else {
            receive_end(&r.client);
        }
        close_rig(&r);
    }
}

static void shutdown__no_such_way(void **state)
{
    (void)state;
    static const int ways[] = {-1, 3, 4, 256};
    tcp_rig r;
    char byte = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        check_status(vigil_tcp_stream_shutdown(&r.client, (vigil_shutdown)ways[i]), VIGIL_EINVAL);
    }
    send_all(&r.client, "x", 1);
    receive_all(&r.server, &byte, 1);
    expect_would_block(&r.client);
    close_rig(&r);
}

/* --- closing what is registered --------------------------------------------------- */

/* A linked rig with one slot, which the client has, and an event of it to come. */
static void open_tight_rig(tcp_rig *r)
{
    open_linked_rig(r, VIGIL_FAMILY_IPV4);
    close_fixture(&r->f);
    open_small_fixture(&r->f, 1, 8);
    watch_source(&r->f, &r->client.source, STREAM, BOTH);
    send_all(&r->server, "x", 1);
    await_level(vigil_tcp_stream_fd(&r->client), POLLIN);
}

static void expect_slot_is_free(tcp_rig *r)
{
    watch_source(&r->f, &r->listener.source, LISTENER, VIGIL_READABLE);
    expect_no_events(&r->f);
    unwatch(&r->f, &r->listener.source);
}

static void close__registered_stream(void **state)
{
    (void)state;
    tcp_rig r;
    open_tight_rig(&r);
    check_status(
        vigil_registry_register(r.f.registry, &r.listener.source, LISTENER, VIGIL_READABLE),
        VIGIL_ENOSPC);
    check_ok(vigil_tcp_stream_close(&r.client));
    check(!vigil_source_is_registered(&r.client.source));
    expect_no_events(&r.f);
    expect_slot_is_free(&r);
    close_rig(&r);
}

/* The event is in the batch already when the stream is closed. */
static void close__registered_stream_with_event_in_hand(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_event event;
    open_tight_rig(&r);
    check_ok(vigil_poll_wait(&r.f.poll, &r.f.events, VIGIL_NO_WAIT));
    check_equal(r.f.events.count, 1);
    check_ok(vigil_tcp_stream_close(&r.client));
    check(!vigil_events_next(&r.f.events, &event));
    expect_no_events(&r.f);
    expect_slot_is_free(&r);
    close_rig(&r);
}

static void close__registered_listener(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    connect_to(&r.client, r.where);
    await_level(vigil_tcp_listener_fd(&r.listener), POLLIN);
    check_ok(vigil_tcp_listener_close(&r.listener));
    check(!vigil_source_is_registered(&r.listener.source));
    expect_no_events(&r.f);
    close_rig(&r);
}

/* The kernel keeps a registration for as long as a copy of the descriptor
 * lives (epoll(7)), and would report it: closing deregisters first. */
static void close__with_a_copy_alive(void **state)
{
    (void)state;
    tcp_rig r;
    open_tight_rig(&r);
    vigil_fd fd = vigil_tcp_stream_fd(&r.client);
    int copy = check_os(fcntl(fd, F_DUPFD_CLOEXEC, 100));
    check_ok(vigil_tcp_stream_close(&r.client));
    expect_no_events(&r.f);
    send_all(&r.server, "more", 4);
    await_level(copy, POLLIN);
    expect_no_events(&r.f);
    read_bytes(copy, 5);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(copy, POLLIN | POLLRDHUP);
    expect_no_events(&r.f);
    expect_slot_is_free(&r);
    check_os(close(copy));
    close_rig(&r);
}

/* With the copy alive, the number and the slot go to another connection: all
 * that is reported there is its own. */
static void close__with_a_copy_alive_and_all_reused(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_tcp_stream next;
    open_tight_rig(&r);
    vigil_fd fd = vigil_tcp_stream_fd(&r.client);
    int copy = check_os(fcntl(fd, F_DUPFD_CLOEXEC, 100));
    check_ok(vigil_tcp_stream_close(&r.client));
    connect_to(&next, r.where);
    check_equal(vigil_tcp_stream_fd(&next), fd);
    watch_source(&r.f, &next.source, OTHER, VIGIL_READABLE);
    send_all(&r.server, "more", 4);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(copy, POLLIN | POLLRDHUP);
    expect_no_events(&r.f);
    accept_from(&r.listener, &r.server);
    send_all(&r.server, "x", 1);
    check(vigil_event_is_readable(wait_for(&r.f, OTHER)));
    check_ok(vigil_tcp_stream_close(&next));
    check_os(close(copy));
    close_rig(&r);
}

/* --- giving the descriptor away --------------------------------------------------- */

static void into_fd__registered_stream(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_fd fd = VIGIL_FD_NONE;
    open_tight_rig(&r);
    check_ok(vigil_tcp_stream_into_fd(&r.client, &fd));
    check(is_open(fd) && !vigil_source_is_registered(&r.client.source));
    send_all(&r.server, "more", 4);
    await_level(fd, POLLIN);
    expect_no_events(&r.f);
    expect_slot_is_free(&r);
    check_ok(vigil_tcp_stream_from_fd(&r.client, fd));
    watch_source(&r.f, &r.client.source, OTHER, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&r.f, OTHER)));
    close_rig(&r);
}

static void into_fd__registered_listener(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_fd fd = VIGIL_FD_NONE;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    check_ok(vigil_tcp_listener_into_fd(&r.listener, &fd));
    check(is_open(fd) && !vigil_source_is_registered(&r.listener.source));
    connect_to(&r.client, r.where);
    expect_no_events(&r.f);
    check_ok(vigil_tcp_listener_from_fd(&r.listener, fd));
    accept_from(&r.listener, &r.server);
    close_rig(&r);
}

/* What was set before stays: only two flags are added. */
static void from_fd__adds_two_flags(void **state)
{
    (void)state;
    tcp_rig r;
    int fds[2];
    open_rig(&r, VIGIL_FAMILY_IPV4);
    open_tcp_pair(fds);
    check_os(fcntl(fds[0], F_SETFL, O_ASYNC));
    check_os(fcntl(fds[0], F_SETFD, 0));
    check_ok(vigil_tcp_stream_from_fd(&r.client, fds[0]));
    int flags = check_os(fcntl(fds[0], F_GETFL));
    check((flags & O_NONBLOCK) != 0 && (flags & O_ASYNC) != 0);
    check(is_close_on_exec(fds[0]));
    check_ok(vigil_tcp_stream_from_fd(&r.server, fds[1]));
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(closed__stream),
        tcp_unit_test(closed__listener),
        tcp_unit_test(closed__registering),
        tcp_unit_test(closed__peer_address_after_local_address),
        tcp_unit_test(close__twice),
        tcp_unit_test(close__resets_waiting_connections),
        tcp_unit_test(close__with_unread_data),
        tcp_unit_test(accept__overwrites_the_stream),
        tcp_unit_test(shutdown__each_way),
        tcp_unit_test(shutdown__no_such_way),
        tcp_unit_test(close__registered_stream),
        tcp_unit_test(close__registered_stream_with_event_in_hand),
        tcp_unit_test(close__registered_listener),
        tcp_unit_test(close__with_a_copy_alive),
        tcp_unit_test(close__with_a_copy_alive_and_all_reused),
        tcp_unit_test(into_fd__registered_stream),
        tcp_unit_test(into_fd__registered_listener),
        tcp_unit_test(from_fd__adds_two_flags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
