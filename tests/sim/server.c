/* SPDX-License-Identifier: MIT */

/*
 * A server that sends back what it gets, as a program on Vigil is written: it
 * knows nothing of the simulation but the headers of the library. Every call
 * that can fail is tried again, as the kernel here fails now and then.
 */
#include "fairness.h"
#include "plan.h"
#include "vigil.h"

#include <string.h>

#define PLACES FAIRNESS_PLACES
#define LISTENER PLACES
#define STOP (PLACES + 1)
#define EVENTS_MAX 64
#define BUFFER 64

typedef struct connection {
    vigil_tcp_stream stream;
    uint8_t data[BUFFER];
    size_t start; /* of what is to be sent */
    size_t end;
    vigil_interest asked;
    bool open;
    bool ended; /* the client sends no more */
} connection;

static struct {
    vigil_poll poll;
    vigil_registry *registry;
    vigil_slot slots[PLACES + 2];
    vigil_tcp_listener listener;
    vigil_waker stop;
    bool listens;
    uint16_t port;
    vigil_interest mode;
    connection connections[PLACES];
    unsigned served;
    unsigned planted;
} server;

uint16_t server_port(void)
{
    return server.listens ? server.port : 0;
}

void stop_server(void)
{
    while (vigil_waker_wake(&server.stop) != VIGIL_OK) {
    }
}

static bool worked(vigil_status status)
{
    return status == VIGIL_OK;
}

static void start(const plan *p)
{
    static const vigil_interest modes[] = {
        [PLAN_EDGE] = 0, [PLAN_LEVEL] = VIGIL_LEVEL, [PLAN_ONESHOT] = VIGIL_ONESHOT};
    const vigil_address any = vigil_address_ipv4(127, 0, 0, 1, 0);
    vigil_address bound;
    memset(&server, 0, sizeof server);
    server.mode = modes[p->mode];
    server.planted = p->planted;
    while (!worked(vigil_poll_open(&server.poll, server.slots, PLACES + 2))) {
    }
    server.registry = vigil_poll_registry(&server.poll);
    while (!worked(vigil_waker_open(&server.stop, server.registry, STOP))) {
    }
    while (!worked(vigil_tcp_listener_bind(&server.listener, &any))) {
    }
    while (!worked(vigil_registry_register(server.registry, &server.listener.source, LISTENER,
                                           VIGIL_READABLE | server.mode))) {
    }
    while (!worked(vigil_tcp_listener_local_address(&server.listener, &bound))) {
    }
    server.port = bound.port;
    server.listens = true;
}

static void finish(connection *c)
{
    (void)!vigil_tcp_stream_close(&c->stream);
    c->open = false;
}

/* What the connection waits for next, asked for anew if it is something else, or if it
 * is asked for once each time. */
static void rearm(connection *c, vigil_token token)
{
    vigil_interest next = (c->start < c->end ? VIGIL_WRITABLE : VIGIL_READABLE) | server.mode;
    bool is_new = next != c->asked || server.mode == VIGIL_ONESHOT;
    while (c->open && is_new
           && !worked(vigil_registry_reregister(server.registry, &c->stream.source, token, next))) {
    }
    c->asked = next;
}

static vigil_status send_back(connection *c)
{
    vigil_status status = VIGIL_OK;
    while (c->start < c->end && (status == VIGIL_OK || status == VIGIL_EINTR)) {
        size_t count = 0;
        status = vigil_tcp_stream_write(&c->stream, c->data + c->start, c->end - c->start, &count);
        c->start = server.planted == PLANTED_LOSES_SHORT && count > 0 ? c->end : c->start + count;
    }
    return status == VIGIL_EINTR ? VIGIL_OK : status;
}

static vigil_status take_more(connection *c)
{
    size_t count = 0;
    vigil_status status = VIGIL_EINTR;
    while (status == VIGIL_EINTR) {
        status = vigil_tcp_stream_read(&c->stream, c->data, sizeof c->data, &count);
    }
    c->start = 0;
    c->end = count;
    c->ended = status == VIGIL_OK && count == 0;
    return status;
}

/* Whether the mistake that is planted ends the round here. */
static bool gives_up(const connection *c, vigil_event event)
{
    bool is_short = c->start == c->end && c->end > 0 && c->end < sizeof c->data;
    return server.planted == PLANTED_NO_BLOCK && is_short && !vigil_event_is_read_closed(event);
}

/* Reads and sends back until one of the two would block. */
static void serve(vigil_event event)
{
    connection *c = &server.connections[event.token];
    if (!c->open) {
        fail_plan("an event of connection %u, which is closed", (unsigned)event.token);
    }
    vigil_status status = VIGIL_OK;
    size_t moved = 0;
    while (status == VIGIL_OK && !c->ended) {
        size_t before = c->start;
        status = send_back(c);
        moved += c->start - before;
        if (moved > 0 && gives_up(c, event)) {
            break;
        }
        if (status == VIGIL_OK) {
            status = take_more(c);
            moved += c->end;
        }
        if (server.planted == PLANTED_ONE_READ && status == VIGIL_OK && !c->ended) {
            (void)!send_back(c);
            return;
        }
    }
    if (server.planted == PLANTED_KEEPS_RESET && status == VIGIL_ECONNRESET) {
        return;
    }
    bool trusts = server.planted == PLANTED_TRUSTS && moved == 0;
    if (c->ended || (trusts && status == VIGIL_EWOULDBLOCK)
        || (status != VIGIL_EWOULDBLOCK && status != VIGIL_OK)) {
        finish(c);
    } else {
        rearm(c, event.token);
    }
}

static connection *free_place(void)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (!server.connections[i].open) {
            return &server.connections[i];
        }
    }
    return NULL;
}

/* Whether all that waited has been accepted. */
static bool accept_all(void)
{
    vigil_status status = VIGIL_OK;
    connection *c = free_place();
    while (c != NULL && (status == VIGIL_OK || status == VIGIL_EINTR)) {
        *c = (connection){0};
        status = vigil_tcp_listener_accept(&server.listener, &c->stream, NULL);
        if (status != VIGIL_OK) {
            continue;
        }
        c->open = true;
        c->asked = VIGIL_READABLE | server.mode;
        server.served++;
        vigil_token token = (vigil_token)(c - server.connections);
        while (
            !worked(vigil_registry_register(server.registry, &c->stream.source, token, c->asked))) {
        }
        c = free_place();
    }
    return status == VIGIL_EWOULDBLOCK;
}

static void close_all(void)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (server.connections[i].open && server.planted != PLANTED_KEEPS_RESET) {
            finish(&server.connections[i]);
        }
    }
    (void)!vigil_tcp_listener_close(&server.listener);
    vigil_waker_close(&server.stop);
    server.listens = false;
    if (vigil_poll_close(&server.poll) != VIGIL_OK) {
        fail_plan("the poll is still in use");
    }
}

static void look_at_all(void)
{
    for (unsigned i = 0; i < PLACES; i++) {
        const connection *c = &server.connections[i];
        fairness_look(i, c->stream.source.fd, c->open ? c->asked : VIGIL_INTEREST_NONE);
    }
}

/* What is taken here is taken from a copy. */
static void note_all(vigil_events events)
{
    vigil_event event;
    while (vigil_events_next(&events, &event)) {
        if (event.token < PLACES) {
            fairness_report((unsigned)event.token);
        }
    }
    fairness_settle();
}

/* Who could not accept looks again after a while. */
unsigned run_server(const plan *p)
{
    static vigil_raw_event storage[EVENTS_MAX];
    vigil_events events;
    vigil_event event;
    bool runs = true;
    bool waiting = false;
    start(p);
    fairness_begin(p);
    if (vigil_events_init(&events, storage, p->capacity) != VIGIL_OK) {
        fail_plan("no room for %u events", p->capacity);
    }
    while (runs) {
        vigil_timeout timeout = waiting ? vigil_ms(5) : VIGIL_FOREVER;
        look_at_all();
        vigil_status status = vigil_poll_wait(&server.poll, &events, timeout);
        if (status == VIGIL_OK) {
            note_all(events);
        }
        if (status != VIGIL_OK && status != VIGIL_EINTR) {
            fail_plan("a wait: %s", vigil_status_text(status));
        }
        while (vigil_events_next(&events, &event)) {
            if (event.token < PLACES) {
                serve(event);
            }
            waiting = waiting || event.token == LISTENER;
            runs = runs && event.token != STOP;
        }
        bool all = waiting && accept_all();
        waiting = waiting && !all && p->planted != PLANTED_NO_SECOND;
        if (all) {
            while (!worked(vigil_registry_reregister(server.registry, &server.listener.source,
                                                     LISTENER, VIGIL_READABLE | server.mode))) {
            }
        }
    }
    close_all();
    return server.served;
}
