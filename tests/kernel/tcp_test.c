/* SPDX-License-Identifier: MIT */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/tcp_rig.h"
#include "support/thread.h"

#include <poll.h>
#include <unistd.h>

#define CHUNK 65536

#define LISTENER 1
#define CLIENT 2
#define SERVER 3

/* A source costs nothing beside its descriptor and its registration, and a
 * place costs nothing beside its source. */
static void tcp__assert_size(void **state)
{
    (void)state;
    check_equal(sizeof(vigil_tcp_stream), sizeof(vigil_source));
    check_equal(sizeof(vigil_tcp_listener), sizeof(vigil_source));
    check_equal(offsetof(vigil_tcp_stream, source), 0);
    check_equal(offsetof(vigil_tcp_listener, source), 0);
    check_equal(sizeof(vigil_source), sizeof(void *) + sizeof(vigil_fd) + sizeof(uint32_t));
}

static void open_there(void *rig)
{
    open_linked_rig(rig, VIGIL_FAMILY_IPV4);
}

static void exchange_there(void *argument)
{
    tcp_rig *r = argument;
    char text[6] = "";
    send_all(&r->client, "hello", 5);
    receive_all(&r->server, text, 5);
    check_text(text, "hello");
}

static void close_there(void *rig)
{
    close_rig(rig);
}

/* Places are not bound to a thread: three threads, one after the other, open,
 * use and close them. Under ThreadSanitizer this says that nothing is shared. */
static void tcp__is_send_and_sync(void **state)
{
    (void)state;
    test_thread thread;
    tcp_rig r;
    start_thread(&thread, open_there, &r);
    join_thread(&thread);
    start_thread(&thread, exchange_there, &r);
    join_thread(&thread);
    start_thread(&thread, close_there, &r);
    join_thread(&thread);
}

static void tcp__accept(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    check(vigil_event_is_readable(wait_for(&r.f, LISTENER)));
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, NULL));
    vigil_tcp_stream none;
    check_status(vigil_tcp_listener_accept(&r.listener, &none, NULL), VIGIL_EWOULDBLOCK);
    check_equal(vigil_tcp_stream_fd(&none), VIGIL_FD_NONE);
    close_rig(&r);
}

static void tcp__connect(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE | VIGIL_WRITABLE);
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    check_ok(vigil_tcp_stream_finish_connect(&r.client));
    accept_from(&r.listener, &r.server);
    expect_no_events(&r.f);
    check_ok(vigil_tcp_stream_close(&r.server));
    check(vigil_event_is_readable(wait_for(&r.f, CLIENT)));
    receive_end(&r.client);
    expect_no_events(&r.f);
    close_rig(&r);
}

/* --- much data ------------------------------------------------------------------ */

struct transfer {
    vigil_tcp_stream *stream;
    size_t length;
};

static void feed(void *argument)
{
    const struct transfer *transfer = argument;
    uint8_t data[CHUNK];
    for (size_t done = 0; done < transfer->length;) {
        size_t piece = transfer->length - done < CHUNK ? transfer->length - done : CHUNK;
        put_test_bytes(data, piece, done);
        send_all(transfer->stream, data, piece);
        done += piece;
    }
}

static void swallow(void *argument)
{
    const struct transfer *transfer = argument;
    uint8_t data[CHUNK];
    for (size_t done = 0; done < transfer->length;) {
        size_t piece = transfer->length - done < CHUNK ? transfer->length - done : CHUNK;
        receive_all(transfer->stream, data, piece);
        check_test_bytes(data, piece, done);
        done += piece;
    }
}

/* Waits, drains to would-block, and waits again: only so is an edge ever lost. */
static void read_by_events(fixture *f, vigil_tcp_stream *stream, size_t length)
{
    uint8_t data[CHUNK];
    size_t done = 0;
    while (done < length) {
        check(vigil_event_is_readable(wait_for(f, CLIENT)));
        size_t count = 0;
        vigil_status status = VIGIL_OK;
        do {
            status = vigil_tcp_stream_read(stream, data, sizeof data, &count);
            check_test_bytes(data, count, done);
            done += count;
        } while (status == VIGIL_OK && count > 0);
        check_status(status, VIGIL_EWOULDBLOCK);
    }
    check_equal(done, length);
}

static void write_by_events(fixture *f, vigil_tcp_stream *stream, size_t length)
{
    uint8_t data[CHUNK];
    size_t done = 0;
    while (done < length) {
        check(vigil_event_is_writable(wait_for(f, CLIENT)));
        vigil_status status = VIGIL_OK;
        while (status == VIGIL_OK && done < length) {
            size_t piece = length - done < CHUNK ? length - done : CHUNK;
            size_t count = 0;
            put_test_bytes(data, piece, done);
            status = vigil_tcp_stream_write(stream, data, piece, &count);
            done += count;
        }
        check(status == VIGIL_OK || status == VIGIL_EWOULDBLOCK);
    }
}

static void tcp__read(void **state)
{
    (void)state;
    tcp_rig r;
    test_thread feeder;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    struct transfer transfer = {&r.server, test_bytes()};
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    start_thread(&feeder, feed, &transfer);
    read_by_events(&r.f, &r.client, transfer.length);
    join_thread(&feeder);
    expect_would_block(&r.client);
    close_rig(&r);
}

static void tcp__peek(void **state)
{
    (void)state;
    tcp_rig r;
    test_thread feeder;
    uint8_t data[100];
    size_t count = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    struct transfer transfer = {&r.server, test_bytes()};
    start_thread(&feeder, feed, &transfer);
    await_level(vigil_tcp_stream_fd(&r.client), POLLIN);
    for (unsigned i = 0; i < 3; i++) {
        check_ok(vigil_tcp_stream_peek(&r.client, data, sizeof data, &count));
        check_within(count, 1, sizeof data);
        check_test_bytes(data, count, 0);
    }
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    read_by_events(&r.f, &r.client, transfer.length);
    join_thread(&feeder);
    close_rig(&r);
}

static void tcp__write(void **state)
{
    (void)state;
    tcp_rig r;
    test_thread swallower;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    struct transfer transfer = {&r.server, test_bytes()};
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_WRITABLE);
    start_thread(&swallower, swallow, &transfer);
    write_by_events(&r.f, &r.client, transfer.length);
    join_thread(&swallower);
    expect_would_block(&r.server);
    close_rig(&r);
}

/* --- closing -------------------------------------------------------------------- */

static void tcp__connect_then_close(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    wait_for(&r.f, LISTENER);
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, NULL));
    watch_source(&r.f, &r.server.source, SERVER, VIGIL_READABLE | VIGIL_WRITABLE);
    check_ok(vigil_tcp_stream_close(&r.server));
    check(vigil_event_is_read_closed(wait_for(&r.f, CLIENT)));
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp__listen_then_close(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    check_ok(vigil_tcp_listener_close(&r.listener));
    expect_no_events(&r.f);
    close_rig(&r);
}

static void bind_twice(vigil_family family)
{
    vigil_tcp_listener first;
    vigil_tcp_listener second;
    vigil_address where = open_listener(&first, family);
    unsigned open_before = open_descriptors();
    check_status(vigil_tcp_listener_bind(&second, &where), VIGIL_EADDRINUSE);
    check_equal(vigil_tcp_listener_fd(&second), VIGIL_FD_NONE);
    check_equal(open_descriptors(), open_before);
    check_ok(vigil_tcp_listener_close(&first));
}

static void tcp__bind_twice_bad(void **state)
{
    (void)state;
    for_each_family(bind_twice);
}

static void tcp__multiple_writes_immediate_success(void **state)
{
    (void)state;
    enum {
        WRITES = 16,
        LENGTH = 1024
    };
    tcp_rig r;
    uint8_t data[WRITES * LENGTH];
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_WRITABLE);
    check(vigil_event_is_writable(wait_for(&r.f, CLIENT)));
    for (size_t i = 0; i < WRITES; i++) {
        size_t count = 0;
        put_test_bytes(data, LENGTH, i * LENGTH);
        check_ok(vigil_tcp_stream_write(&r.client, data, LENGTH, &count));
        check_equal(count, LENGTH);
    }
    receive_all(&r.server, data, sizeof data);
    check_test_bytes(data, sizeof data, 0);
    expect_would_block(&r.server);
    close_rig(&r);
}

static void tcp__connection_reset_by_peer(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    reset_on_close(&r.server);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(vigil_tcp_stream_fd(&r.client), POLLHUP);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_readable(event) && vigil_event_is_read_closed(event));
    check_status(vigil_tcp_stream_read(&r.client, &byte, 1, &count), VIGIL_ECONNRESET);
    check_equal(count, 0);
    close_rig(&r);
}

static void connect_refused(vigil_family family)
{
    tcp_rig r;
    int holder = -1;
    vigil_status error = VIGIL_OK;
    open_rig(&r, family);
    vigil_address where = refusing_address(family, &holder);
    check_ok(vigil_tcp_stream_connect(&r.client, &where));
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_WRITABLE);
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_writable(event) && vigil_event_is_error(event));
    check(vigil_event_is_write_closed(event));
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_ECONNREFUSED);
    check_ok(vigil_tcp_stream_take_error(&r.client, &error));
    check_status(error, VIGIL_OK);
    check_ok(vigil_tcp_stream_close(&r.client));
    check_os(close(holder));
    close_rig(&r);
}

static void tcp__connect_error(void **state)
{
    (void)state;
    for_each_family(connect_refused);
}

static void tcp__write_error(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_status status = VIGIL_OK;
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    static const uint8_t data[CHUNK];
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE | VIGIL_WRITABLE);
    check(vigil_event_is_writable(wait_for(&r.f, CLIENT)));
    check_ok(vigil_tcp_stream_close(&r.server));
    while (status == VIGIL_OK || status == VIGIL_EWOULDBLOCK) {
        size_t count = 0;
        check(now_ns() < end_ns);
        status = vigil_tcp_stream_write(&r.client, data, sizeof data, &count);
        if (status == VIGIL_EWOULDBLOCK) {
            wait_until(&r.f, CLIENT, vigil_event_is_writable);
        }
    }
    check(status == VIGIL_EPIPE || status == VIGIL_ECONNRESET);
    close_rig(&r);
}

static void tcp__write_shutdown(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE | VIGIL_WRITABLE);
    vigil_event event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_writable(event));
    check(!vigil_event_is_read_closed(event) && !vigil_event_is_write_closed(event));
    check_ok(vigil_tcp_stream_shutdown(&r.server, VIGIL_SHUTDOWN_WRITE));
    event = wait_for(&r.f, CLIENT);
    check(vigil_event_is_readable(event) && vigil_event_is_read_closed(event));
    check(!vigil_event_is_write_closed(event) && !vigil_event_is_error(event));
    receive_end(&r.client);
    close_rig(&r);
}

static void check_addresses(const vigil_tcp_stream *stream, vigil_address local, vigil_address peer)
{
    vigil_address address;
    check_ok(vigil_tcp_stream_local_address(stream, &address));
    check(vigil_address_equal(address, local));
    check_ok(vigil_tcp_stream_peer_address(stream, &address));
    check(vigil_address_equal(address, peer));
}

static void addresses_when_events_fire(vigil_family family)
{
    tcp_rig r;
    vigil_address from;
    vigil_address peer;
    open_rig(&r, family);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    check_ok(vigil_tcp_stream_connect(&r.client, &r.where));
    wait_for(&r.f, LISTENER);
    check_ok(vigil_tcp_listener_accept(&r.listener, &r.server, &peer));
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_WRITABLE);
    wait_for(&r.f, CLIENT);
    watch_source(&r.f, &r.server.source, SERVER, VIGIL_WRITABLE);
    wait_for(&r.f, SERVER);
    check_ok(vigil_tcp_stream_local_address(&r.client, &from));
    check(vigil_address_equal(from, loopback(family, from.port)) && from.port != 0);
    check(vigil_address_equal(peer, from));
    check_addresses(&r.client, from, r.where);
    check_addresses(&r.server, r.where, from);
    close_rig(&r);
}

static void tcp__local_addr_ready(void **state)
{
    (void)state;
    for_each_family(addresses_when_events_fire);
}

static void tcp__write_then_drop(void **state)
{
    (void)state;
    tcp_rig r;
    char text[5] = "";
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.server.source, SERVER, VIGIL_WRITABLE);
    wait_for(&r.f, SERVER);
    send_all(&r.server, "last", 4);
    check_ok(vigil_tcp_stream_close(&r.server));
    await_level(vigil_tcp_stream_fd(&r.client), POLLIN | POLLRDHUP);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&r.f, CLIENT)));
    receive_all(&r.client, text, 4);
    check_text(text, "last");
    receive_end(&r.client);
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp__write_then_deregister(void **state)
{
    (void)state;
    tcp_rig r;
    char text[5] = "";
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.server.source, SERVER, VIGIL_WRITABLE);
    wait_for(&r.f, SERVER);
    send_all(&r.server, "last", 4);
    unwatch(&r.f, &r.server.source);
    await_level(vigil_tcp_stream_fd(&r.client), POLLIN);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&r.f, CLIENT)));
    receive_all(&r.client, text, 4);
    check_text(text, "last");
    expect_would_block(&r.client);
    expect_no_events(&r.f);
    close_rig(&r);
}

static void tcp__tcp_no_events_after_deregister(void **state)
{
    (void)state;
    tcp_rig r;
    char text[5] = "";
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    watch_source(&r.f, &r.listener.source, LISTENER, VIGIL_READABLE);
    watch_source(&r.f, &r.client.source, CLIENT, VIGIL_READABLE | VIGIL_WRITABLE);
    accept_from(&r.listener, &r.server);
    watch_source(&r.f, &r.server.source, SERVER, VIGIL_READABLE | VIGIL_WRITABLE);
    send_all(&r.client, "ping", 4);
    await_level(vigil_tcp_stream_fd(&r.server), POLLIN);
    unwatch(&r.f, &r.listener.source);
    unwatch(&r.f, &r.client.source);
    unwatch(&r.f, &r.server.source);
    expect_no_events(&r.f);
    receive_all(&r.server, text, 4);
    check_text(text, "ping");
    send_all(&r.server, "pong", 4);
    receive_all(&r.client, text, 4);
    check_text(text, "pong");
    expect_no_events(&r.f);
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(tcp__assert_size),
        tcp_unit_test(tcp__is_send_and_sync),
        tcp_unit_test(tcp__accept),
        tcp_unit_test(tcp__connect),
        tcp_unit_test(tcp__read),
        tcp_unit_test(tcp__peek),
        tcp_unit_test(tcp__write),
        tcp_unit_test(tcp__connect_then_close),
        tcp_unit_test(tcp__listen_then_close),
        tcp_unit_test(tcp__bind_twice_bad),
        tcp_unit_test(tcp__multiple_writes_immediate_success),
        tcp_unit_test(tcp__connection_reset_by_peer),
        tcp_unit_test(tcp__connect_error),
        tcp_unit_test(tcp__write_error),
        tcp_unit_test(tcp__write_shutdown),
        tcp_unit_test(tcp__local_addr_ready),
        tcp_unit_test(tcp__write_then_drop),
        tcp_unit_test(tcp__write_then_deregister),
        tcp_unit_test(tcp__tcp_no_events_after_deregister),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
