/* SPDX-License-Identifier: MIT */
#include "support/tcp_rig.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * What an event says of a connection that ends, in every way that one can end.
 * The interest is both directions, so that the mask is the kernel's own. A
 * level trigger asks for the state; an edge must report it too.
 */

#define TOKEN 7
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

#define MASK_OUT ((uint32_t)EPOLLOUT)
#define MASK_CLOSED ((uint32_t)(EPOLLIN | EPOLLOUT | EPOLLRDHUP))
#define MASK_HANGUP (MASK_CLOSED | (uint32_t)EPOLLHUP)
#define MASK_BROKEN (MASK_HANGUP | (uint32_t)EPOLLERR)

struct ending {
    const char *name;
    void (*end)(tcp_rig *r);
    uint32_t mask;
    bool read_closed;
    bool write_closed;
    bool error;
    vigil_status read;
    vigil_status write;
};

static void nothing(tcp_rig *r)
{
    (void)r;
}

static void peer_closes(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_close(&r->server));
}

static void peer_closes_with_unread_data(tcp_rig *r)
{
    send_all(&r->client, "unread", 6);
    await_level(vigil_tcp_stream_fd(&r->server), POLLIN);
    peer_closes(r);
}

static void peer_resets(tcp_rig *r)
{
    reset_on_close(&r->server);
    peer_closes(r);
}

static void peer_stops_writing(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_shutdown(&r->server, VIGIL_SHUTDOWN_WRITE));
}

static void peer_stops_reading(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_shutdown(&r->server, VIGIL_SHUTDOWN_READ));
}

static void self_stops_reading(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_shutdown(&r->client, VIGIL_SHUTDOWN_READ));
}

static void self_stops_writing(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_shutdown(&r->client, VIGIL_SHUTDOWN_WRITE));
}

static void self_stops_both(tcp_rig *r)
{
    check_ok(vigil_tcp_stream_shutdown(&r->client, VIGIL_SHUTDOWN_BOTH));
}

static void each_stops_writing(tcp_rig *r)
{
    peer_stops_writing(r);
    self_stops_writing(r);
}

/* The first write after the peer has gone succeeds; its answer is a reset. */
static void write_after_the_peer_closed(tcp_rig *r)
{
    peer_closes(r);
    await_level(vigil_tcp_stream_fd(&r->client), POLLRDHUP);
    send_all(&r->client, "x", 1);
}

#define OK VIGIL_OK
#define BLOCKS VIGIL_EWOULDBLOCK
#define PIPE VIGIL_EPIPE
#define RESET VIGIL_ECONNRESET

/* An error is told once, by whichever call comes first: here by the read, unless
 * the end of the stream, which is told for ever, goes before it. */
static const struct ending ENDINGS[] = {
    {"nothing", nothing, MASK_OUT, false, false, false, BLOCKS, OK},
    {"peer closes", peer_closes, MASK_CLOSED, true, false, false, OK, OK},
    {"peer closes, unread data", peer_closes_with_unread_data, MASK_BROKEN, true, true, true, RESET,
     PIPE},
    {"peer resets", peer_resets, MASK_BROKEN, true, true, true, RESET, PIPE},
    {"peer stops writing", peer_stops_writing, MASK_CLOSED, true, false, false, OK, OK},
    {"peer stops reading", peer_stops_reading, MASK_OUT, false, false, false, BLOCKS, OK},
    {"self stops reading", self_stops_reading, MASK_CLOSED, true, false, false, OK, OK},
    {"self stops writing", self_stops_writing, MASK_OUT, false, false, false, BLOCKS, PIPE},
    {"self stops both", self_stops_both, MASK_HANGUP, true, true, false, OK, PIPE},
    {"each stops writing", each_stops_writing, MASK_HANGUP, true, true, false, OK, PIPE},
    {"write after the peer closed", write_after_the_peer_closed, MASK_BROKEN, true, true, true, OK,
     PIPE},
};

static void check_event(const struct ending *ending, vigil_event event)
{
    if (event.readiness != ending->mask) {
        check_fail(__FILE__, __LINE__, "%s: readiness %#x, not %#x", ending->name, event.readiness,
                   ending->mask);
    }
    check_equal(vigil_event_is_readable(event), (ending->mask & EPOLLIN) != 0);
    check_equal(vigil_event_is_writable(event), true);
    check_equal(vigil_event_is_read_closed(event), ending->read_closed);
    check_equal(vigil_event_is_write_closed(event), ending->write_closed);
    check_equal(vigil_event_is_error(event), ending->error);
    check_equal(vigil_event_is_priority(event), false);
}

static void check_reading_and_writing(const struct ending *ending, tcp_rig *r)
{
    char byte = 0;
    size_t count = 1;
    check_status(vigil_tcp_stream_read(&r->client, &byte, 1, &count), ending->read);
    check_equal(count, 0);
    check_status(vigil_tcp_stream_write(&r->client, "y", 1, &count), ending->write);
    check_equal(count, ending->write == VIGIL_OK ? 1 : 0);
}

static void end_by_level(vigil_family family)
{
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        tcp_rig r;
        open_linked_rig(&r, family);
        ENDINGS[i].end(&r);
        await_level(vigil_tcp_stream_fd(&r.client), (short)ENDINGS[i].mask);
        watch_source(&r.f, &r.client.source, TOKEN, BOTH | VIGIL_LEVEL);
        check_event(&ENDINGS[i], wait_for(&r.f, TOKEN));
        check_event(&ENDINGS[i], wait_for(&r.f, TOKEN));
        check_reading_and_writing(&ENDINGS[i], &r);
        close_rig(&r);
    }
}

static void hangup__level(void **state)
{
    (void)state;
    for_each_family(end_by_level);
}

/* Registered before, an edge reports the end at the latest with its last step. */
static void end_by_edge(vigil_family family)
{
    for (size_t i = 0; i < sizeof ENDINGS / sizeof ENDINGS[0]; i++) {
        tcp_rig r;
        open_linked_rig(&r, family);
        watch_source(&r.f, &r.client.source, TOKEN, BOTH);
        vigil_event event = wait_for(&r.f, TOKEN);
        ENDINGS[i].end(&r);
        while (event.readiness != ENDINGS[i].mask) {
            event = wait_for(&r.f, TOKEN);
        }
        check_event(&ENDINGS[i], event);
        check_reading_and_writing(&ENDINGS[i], &r);
        close_rig(&r);
    }
}

static void hangup__edge(void **state)
{
    (void)state;
    for_each_family(end_by_edge);
}

/* Hang-up and error reach whoever is armed, whatever the interest (C6). */
static void hangup__whatever_the_interest(void **state)
{
    (void)state;
    static const vigil_interest interests[] = {VIGIL_READABLE, VIGIL_WRITABLE, VIGIL_PRIORITY};
    for (size_t i = 0; i < 3; i++) {
        tcp_rig r;
        open_linked_rig(&r, VIGIL_FAMILY_IPV4);
        watch_source(&r.f, &r.client.source, TOKEN, interests[i]);
        peer_resets(&r);
        vigil_event event = wait_for(&r.f, TOKEN);
        while (!vigil_event_is_error(event)) {
            event = wait_for(&r.f, TOKEN);
        }
        check(vigil_event_is_read_closed(event) && vigil_event_is_write_closed(event));
        close_rig(&r);
    }
}

/* Without an interest in reading, nothing says that the peer stops writing. */
static void hangup__half_close_needs_readable(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    peer_stops_writing(&r);
    await_level(vigil_tcp_stream_fd(&r.client), POLLRDHUP);
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE | VIGIL_LEVEL);
    vigil_event event = wait_for(&r.f, TOKEN);
    check_equal(event.readiness, MASK_OUT);
    check(!vigil_event_is_read_closed(event));
    close_rig(&r);
}

/* A socket that was never connected hangs up at once, and so tells of a connect
 * that was forgotten. */
static void unconnected(vigil_family family)
{
    fixture f;
    int holder = -1;
    vigil_tcp_stream stream;
    open_fixture(&f);
    (void)refusing_address(family, &holder);
    check_ok(vigil_tcp_stream_from_fd(&stream, holder));
    watch_source(&f, &stream.source, TOKEN, BOTH);
    vigil_event event = wait_for(&f, TOKEN);
    check_equal(event.readiness, (uint32_t)(EPOLLOUT | EPOLLHUP));
    check(vigil_event_is_read_closed(event) && vigil_event_is_write_closed(event));
    check(!vigil_event_is_readable(event) && !vigil_event_is_error(event));
    check_ok(vigil_tcp_stream_close(&stream));
    close_fixture(&f);
}

static void hangup__never_connected(void **state)
{
    (void)state;
    for_each_family(unconnected);
}

static void refused(vigil_family family)
{
    tcp_rig r;
    int holder = -1;
    open_rig(&r, family);
    vigil_address where = refusing_address(family, &holder);
    check_ok(vigil_tcp_stream_connect(&r.client, &where));
    watch_source(&r.f, &r.client.source, TOKEN, BOTH);
    vigil_event event = wait_for(&r.f, TOKEN);
    check_equal(event.readiness, MASK_BROKEN);
    check_status(vigil_tcp_stream_finish_connect(&r.client), VIGIL_ECONNREFUSED);
    close_rig(&r);
    check_os(close(holder));
}

static void hangup__refused(void **state)
{
    (void)state;
    for_each_family(refused);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(hangup__level),
        tcp_unit_test(hangup__edge),
        tcp_unit_test(hangup__whatever_the_interest),
        tcp_unit_test(hangup__half_close_needs_readable),
        tcp_unit_test(hangup__never_connected),
        tcp_unit_test(hangup__refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
