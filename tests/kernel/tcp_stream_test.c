/* SPDX-License-Identifier: MIT */
#include "support/descriptors.h"
#include "support/tcp_rig.h"
#include "support/thread.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define CLIENT 7
#define NEW_TOKEN 8
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

/* A linked rig whose client is registered, and has no event to come but those
 * that the test makes. */
static void open_watched_rig(tcp_rig *r, vigil_interest interest)
{
    open_linked_rig(r, VIGIL_FAMILY_IPV4);
    watch_source(&r->f, &r->client.source, CLIENT, interest);
    if (vigil_interest_is_writable(interest)) {
        vigil_event event = wait_for(&r->f, CLIENT);
        check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
        check(!vigil_event_is_read_closed(event) && !vigil_event_is_write_closed(event));
    }
}

static void expect_peek_would_block(vigil_tcp_stream *stream)
{
    char byte = 0;
    size_t count = 1;
    check_status(vigil_tcp_stream_peek(stream, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

static void expect_readable(tcp_rig *r)
{
    check(vigil_event_is_readable(wait_for(&r->f, CLIENT)));
}

static void open_there(void *rig)
{
    open_linked_rig(rig, VIGIL_FAMILY_IPV4);
}

static void write_there(void *argument)
{
    tcp_rig *r = argument;
    send_all(&r->client, "x", 1);
}

static void read_there(void *argument)
{
    tcp_rig *r = argument;
    char byte = 0;
    receive_all(&r->server, &byte, 1);
    check_equal(byte, 'x');
}

static void close_there(void *rig)
{
    close_rig(rig);
}

/* A stream goes from thread to thread, and each does one thing to it. */
static void tcp_stream__is_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {open_there, write_there, read_there, close_there};
    test_thread thread;
    tcp_rig r;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        start_thread(&thread, turns[i], &r);
        join_thread(&thread);
    }
}

/* --- a stream from its beginning to its end --------------------------------------- */

#define UNTOUCHED '#'

static void check_message(tcp_rig *r)
{
    char data[128];
    size_t count = 0;
    memset(data, UNTOUCHED, sizeof data);
    send_all(&r->client, "Hello, world", 12);
    receive_all(&r->server, data, 12);
    send_all(&r->server, data, 12);
    memset(data, UNTOUCHED, sizeof data);
    expect_readable(r);
    await_level(vigil_tcp_stream_fd(&r->client), POLLIN);
    check_ok(vigil_tcp_stream_peek(&r->client, data, sizeof data, &count));
    check_equal(count, 12);
    check_equal(data[12], UNTOUCHED);
    memset(data, UNTOUCHED, sizeof data);
    check_ok(vigil_tcp_stream_read(&r->client, data, sizeof data, &count));
    check_equal(count, 12);
    check_equal(memcmp(data, "Hello, world####", 16), 0);
    expect_would_block(&r->client);
}

static void check_vectored_message(tcp_rig *r)
{
    char one[] = "ab";
    char two[] = "cde";
    char three[8];
    vigil_buffer out[] = {{one, 2}, {NULL, 0}, {two, 3}};
    vigil_buffer in[] = {{one, 1}, {two, 3}, {three, sizeof three}};
    size_t count = 0;
    check_ok(vigil_tcp_stream_writev(&r->client, out, 3, &count));
    check_equal(count, 5);
    receive_all(&r->server, three, 5);
    check_equal(memcmp(three, "abcde", 5), 0);
    send_all(&r->server, "vwxyz", 5);
    expect_readable(r);
    memset(three, UNTOUCHED, sizeof three);
    check_ok(vigil_tcp_stream_readv(&r->client, in, 3, &count));
    check_equal(count, 5);
    check_text(one, "vb");
    check_text(two, "wxy");
    check_equal(memcmp(three, "z#######", 8), 0);
    check_status(vigil_tcp_stream_readv(&r->client, in, 3, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

static void use_stream(tcp_rig *r)
{
    vigil_status error = VIGIL_EUNKNOWN;
    check(is_nonblocking(vigil_tcp_stream_fd(&r->client)));
    check(is_close_on_exec(vigil_tcp_stream_fd(&r->client)));
    watch_source(&r->f, &r->client.source, CLIENT, BOTH);
    vigil_event event = wait_for(&r->f, CLIENT);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    expect_peek_would_block(&r->client);
    expect_would_block(&r->client);
    check_message(r);
    check_vectored_message(r);
    check_ok(vigil_tcp_stream_take_error(&r->client, &error));
    check_status(error, VIGIL_OK);
    check_ok(vigil_tcp_stream_close(&r->server));
    event = wait_for(&r->f, CLIENT);
    check(vigil_event_is_readable(event) && vigil_event_is_read_closed(event));
    receive_end(&r->client);
    receive_end(&r->client);
}

static void tcp_stream__tcp_stream_ipv4(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    use_stream(&r);
    close_rig(&r);
}

static void tcp_stream__tcp_stream_ipv6(void **state)
{
    (void)state;
    require_ipv6();
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV6);
    use_stream(&r);
    close_rig(&r);
}

/* A connection that somebody else made: blocking, and inherited by programs. */
static void tcp_stream__tcp_stream_std(void **state)
{
    (void)state;
    tcp_rig r;
    int fds[2];
    open_rig(&r, VIGIL_FAMILY_IPV4);
    open_tcp_pair(fds);
    check_os(fcntl(fds[0], F_SETFL, 0));
    check_os(fcntl(fds[0], F_SETFD, 0));
    check_ok(vigil_tcp_stream_from_fd(&r.client, fds[0]));
    check_ok(vigil_tcp_stream_from_fd(&r.server, fds[1]));
    use_stream(&r);
    close_rig(&r);
}

/* --- shutting down ---------------------------------------------------------------- */

/* Linux answers with the end of the stream at once (epoll(7) reports it too). */
static void tcp_stream__shutdown_read(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_READ));
    receive_end(&r.client);
    send_all(&r.client, "x", 1);
    receive_all(&r.server, &byte, 1);
    check_equal(byte, 'x');
    close_rig(&r);
}

static void expect_broken_pipe(vigil_tcp_stream *stream)
{
    size_t count = 1;
    char byte = 'x';
    vigil_buffer buffer = {&byte, 1};
    check_status(vigil_tcp_stream_write(stream, "x", 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_tcp_stream_writev(stream, &buffer, 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
}

static void tcp_stream__shutdown_write(void **state)
{
    (void)state;
    tcp_rig r;
    char text[5] = "";
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    send_all(&r.client, "echo", 4);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_WRITE));
    expect_broken_pipe(&r.client);
    receive_all(&r.server, text, 4);
    receive_end(&r.server);
    send_all(&r.server, text, 4);
    memset(text, 0, sizeof text);
    receive_all(&r.client, text, 4);
    check_text(text, "echo");
    close_rig(&r);
}

static void tcp_stream__shutdown_both(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_BOTH));
    expect_broken_pipe(&r.client);
    receive_end(&r.client);
    receive_end(&r.server);
    close_rig(&r);
}

static void tcp_stream__raw_fd(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_address before;
    vigil_address after;
    vigil_fd given = VIGIL_FD_NONE;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    vigil_fd fd = vigil_tcp_stream_fd(&r.client);
    check_ok(vigil_tcp_stream_local_address(&r.client, &before));
    check_ok(vigil_tcp_stream_into_fd(&r.client, &given));
    check_equal(given, fd);
    check_equal(vigil_tcp_stream_fd(&r.client), VIGIL_FD_NONE);
    check(is_open(fd) && is_nonblocking(fd) && is_close_on_exec(fd));
    check_ok(vigil_tcp_stream_from_fd(&r.client, given));
    check_equal(vigil_tcp_stream_fd(&r.client), fd);
    check_ok(vigil_tcp_stream_local_address(&r.client, &after));
    check(vigil_address_equal(before, after));
    close_rig(&r);
    check(!is_open(fd));
}

/* --- registering ------------------------------------------------------------------ */

static void tcp_stream__registering(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, VIGIL_READABLE);
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp_stream__reregistering(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_address peer;
    open_watched_rig(&r, VIGIL_READABLE);
    check_ok(vigil_registry_reregister(r.f.registry, &r.client.source, NEW_TOKEN, VIGIL_WRITABLE));
    vigil_event event = wait_for(&r.f, NEW_TOKEN);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    check_ok(vigil_tcp_stream_peer_address(&r.client, &peer));
    check(vigil_address_equal(peer, r.where));
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp_stream__no_events_after_deregister(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.client.source, CLIENT, BOTH);
    unwatch(&r.f, &r.client.source);
    expect_no_events(&r.f);
    expect_peek_would_block(&r.client);
    expect_would_block(&r.client);
    send_all(&r.client, "x", 1);
    expect_no_events(&r.f);
    close_rig(&r);
}

/* --- what the events of a closing stream say ------------------------------------ */

static void tcp_stream__tcp_shutdown_client_read_close_event(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, BOTH);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_READ));
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_read_closed(event) && !vigil_event_is_write_closed(event));
    close_rig(&r);
}

/* epoll(7) has no bit for it, so nothing says that the own side is closed;
 * kqueue(2) does. The shutdown itself, and its acknowledgement, do report the
 * stream again. */
static void tcp_stream__tcp_shutdown_client_write_close_event(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_event event;
    open_watched_rig(&r, BOTH);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_WRITE));
    receive_end(&r.server);
    for (unsigned i = 0; i < 5; i++) {
        wait_once(&r.f, vigil_ms(10));
        while (vigil_events_next(&r.f.events, &event)) {
            check(vigil_event_is_writable(event) && !vigil_event_is_write_closed(event));
            check(!vigil_event_is_read_closed(event));
        }
    }
    expect_broken_pipe(&r.client);
    close_rig(&r);
}

static void tcp_stream__tcp_shutdown_server_write_close_event(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, BOTH);
    check_ok(vigil_tcp_stream_shutdown(&r.server, VIGIL_SHUTDOWN_WRITE));
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_read_closed(event) && !vigil_event_is_write_closed(event));
    close_rig(&r);
}

static void tcp_stream__tcp_reset_close_event(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_watched_rig(&r, BOTH);
    send_all(&r.client, "unread", 6);
    await_level(vigil_tcp_stream_fd(&r.server), POLLIN);
    check_ok(vigil_tcp_stream_close(&r.server));
    check(vigil_event_is_read_closed(wait_for(&r.f, CLIENT)));
    check_status(vigil_tcp_stream_read(&r.client, &byte, 1, &count), VIGIL_ECONNRESET);
    check_equal(count, 0);
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp_stream__tcp_shutdown_client_both_close_event(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, BOTH);
    check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_BOTH));
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_write_closed(event) && vigil_event_is_read_closed(event));
    close_rig(&r);
}

static void tcp_stream__hup_event_on_disconnect(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, VIGIL_READABLE);
    reset_on_close(&r.server);
    check_ok(vigil_tcp_stream_close(&r.server));
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_readable(event) && vigil_event_is_read_closed(event));
    check(vigil_event_is_error(event));
    close_rig(&r);
}

static void tcp_stream__priority_event_on_oob_data(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, VIGIL_READABLE | VIGIL_PRIORITY);
    check_equal(send(vigil_tcp_stream_fd(&r.server), "!", 1, MSG_OOB), 1);
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_readable(event) && vigil_event_is_priority(event));
    close_rig(&r);
}

/* --- peeking ---------------------------------------------------------------------- */

static void tcp_stream__peek_ok(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 0;
    open_watched_rig(&r, VIGIL_READABLE);
    send_all(&r.server, "x", 1);
    await_level(vigil_tcp_stream_fd(&r.client), POLLIN);
    check_ok(vigil_tcp_stream_peek(&r.client, &byte, 1, &count));
    check(count == 1 && byte == 'x');
    expect_readable(&r);
    receive_all(&r.client, &byte, 1);
    expect_would_block(&r.client);
    close_rig(&r);
}

static void tcp_stream__peek_would_block(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, VIGIL_READABLE);
    for (unsigned i = 0; i < 3; i++) {
        char byte = 0;
        expect_peek_would_block(&r.client);
        send_all(&r.server, "x", 1);
        expect_readable(&r);
        receive_all(&r.client, &byte, 1);
    }
    close_rig(&r);
}

static void tcp_stream__read_peek_would_block(void **state)
{
    (void)state;
    tcp_rig r;
    open_watched_rig(&r, VIGIL_READABLE);
    for (unsigned i = 0; i < 3; i++) {
        char byte = 0;
        send_all(&r.server, "x", 1);
        expect_readable(&r);
        receive_all(&r.client, &byte, 1);
        expect_peek_would_block(&r.client);
        expect_no_events(&r.f);
    }
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(tcp_stream__is_send_and_sync),
        tcp_unit_test(tcp_stream__tcp_stream_ipv4),
        tcp_unit_test(tcp_stream__tcp_stream_ipv6),
        tcp_unit_test(tcp_stream__tcp_stream_std),
        tcp_unit_test(tcp_stream__shutdown_read),
        tcp_unit_test(tcp_stream__shutdown_write),
        tcp_unit_test(tcp_stream__shutdown_both),
        tcp_unit_test(tcp_stream__raw_fd),
        tcp_unit_test(tcp_stream__registering),
        tcp_unit_test(tcp_stream__reregistering),
        tcp_unit_test(tcp_stream__no_events_after_deregister),
        tcp_unit_test(tcp_stream__tcp_shutdown_client_read_close_event),
        tcp_unit_test(tcp_stream__tcp_shutdown_client_write_close_event),
        tcp_unit_test(tcp_stream__tcp_shutdown_server_write_close_event),
        tcp_unit_test(tcp_stream__tcp_reset_close_event),
        tcp_unit_test(tcp_stream__tcp_shutdown_client_both_close_event),
        tcp_unit_test(tcp_stream__hup_event_on_disconnect),
        tcp_unit_test(tcp_stream__priority_event_on_oob_data),
        tcp_unit_test(tcp_stream__peek_ok),
        tcp_unit_test(tcp_stream__peek_would_block),
        tcp_unit_test(tcp_stream__read_peek_would_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
