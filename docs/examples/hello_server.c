/* SPDX-License-Identifier: MIT */

/* Greets every connection and prints what it sends, until Control-C:
 *     hello_server [ADDRESS:PORT]        127.0.0.1:9000 unless told otherwise */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <vigil.h>

/* The token of a connection is its place in the tables; two more tokens come after. */
#define PLACES 256
#define LISTENER PLACES
#define STOP (PLACES + 1)
#define GREETING (sizeof greeting - 1)

static const char greeting[] = "Hello world!\n";
static vigil_tcp_stream stream[PLACES]; /* registered, or closed while the place is free */
static size_t sent[PLACES];             /* bytes of the greeting that are out */
static char input[16384];
static vigil_slot slots[PLACES + 2];
static vigil_tcp_listener listener;
static vigil_poll watch;
static vigil_waker stop;

static void on_interrupt(int number)
{
    vigil_status status = vigil_waker_wake(&stop);
    (void)number, (void)status;
}

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        fprintf(stderr, "hello_server: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* As text if it is UTF-8 and whole (RFC 3629, section 4), or else as bytes. */
static void print(const char *data, size_t length)
{
    int text = 1, due = 0, low = 0, high = 0; /* bytes due of a character, range of the next */
    for (size_t i = 0; i < length; i++) {
        int byte = data[i] & 0xff;
        bool first = byte < 0x80 || (0xc2 <= byte && byte <= 0xf4);
        text = text && (due > 0 ? low <= byte && byte <= high : first);
        due = due > 0 ? due - 1 : (byte >= 0xc0) + (byte >= 0xe0) + (byte >= 0xf0);
        low = byte == 0xe0 ? 0xa0 : byte == 0xf0 ? 0x90 : 0x80;
        high = byte == 0xed ? 0x9f : byte == 0xf4 ? 0x8f : 0xbf;
    }
    printf("received %zu bytes: ", length);
    for (size_t i = 0; i < length; i++) {
        printf(text && due == 0 ? "%c" : "%02x ", data[i] & 0xff);
    }
    printf("\n");
}

/* Answers whether some may be left: there is no place for them now, or no descriptor. */
static bool accept_all(vigil_registry *registry)
{
    vigil_status status = VIGIL_OK;
    for (size_t i = 0; i < PLACES && status == VIGIL_OK; i++) {
        if (!vigil_source_is_registered(&stream[i].source)) {
            sent[i] = 0;
            status = vigil_tcp_listener_accept(&listener, &stream[i], NULL);
            if (status == VIGIL_OK) {
                status = vigil_registry_register(registry, &stream[i].source, i, VIGIL_WRITABLE);
            }
            if (status != VIGIL_OK) {
                vigil_tcp_stream_close(&stream[i]);
            }
        }
    }
    return status != VIGIL_EWOULDBLOCK;
}

/* Edge-triggered: whoever stops before would-block reregisters, or would not hear of the rest. */
static void serve(vigil_registry *registry, size_t i)
{
    vigil_status status = VIGIL_OK;
    size_t count = 0;
    if (sent[i] < GREETING) {
        status = vigil_tcp_stream_write(&stream[i], &greeting[sent[i]], GREETING - sent[i], &count);
        sent[i] += count;
    } else {
        for (int reads = 0; reads < 4 && status == VIGIL_OK; reads++) {
            status = vigil_tcp_stream_read(&stream[i], input, sizeof input, &count);
            if (count > 0) {
                print(input, count);
            } else if (status == VIGIL_OK) {
                status = VIGIL_EPIPE; /* the end of the stream */
            }
        }
    }
    if (status == VIGIL_OK || status == VIGIL_EINTR) {
        vigil_interest next = sent[i] < GREETING ? VIGIL_WRITABLE : VIGIL_READABLE;
        status = vigil_registry_reregister(registry, &stream[i].source, i, next);
    }
    if (status != VIGIL_OK && status != VIGIL_EWOULDBLOCK) {
        vigil_tcp_stream_close(&stream[i]);
    }
}

static void run(vigil_registry *registry)
{
    vigil_raw_event storage[64];
    vigil_events events;
    vigil_event event = {.token = LISTENER};
    bool left = false;
    require(vigil_events_init(&events, storage, 64), "events");
    while (event.token != STOP) {
        vigil_status status = vigil_poll_wait(&watch, &events, left ? vigil_ms(20) : VIGIL_FOREVER);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (event.token != STOP && vigil_events_next(&events, &event)) {
            left = left || event.token == LISTENER;
            if (event.token < PLACES) {
                serve(registry, event.token);
            }
        }
        left = left && accept_all(registry);
    }
}

int main(int argc, char **argv)
{
    vigil_address address;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    for (size_t i = 0; i < PLACES; i++) {
        stream[i] = (vigil_tcp_stream)VIGIL_TCP_STREAM_CLOSED;
    }
    vigil_registry *registry = vigil_poll_registry(&watch);
    require(vigil_address_parse(argc > 1 ? argv[1] : "127.0.0.1:9000", &address), "address");
    require(vigil_poll_open(&watch, slots, PLACES + 2), "poll");
    require(vigil_waker_open(&stop, registry, STOP), "waker");
    require(vigil_tcp_listener_bind(&listener, &address), "bind");
    require(vigil_registry_register(registry, &listener.source, LISTENER, VIGIL_READABLE), "watch");
    require(vigil_tcp_listener_local_address(&listener, &address), "address");
    require(vigil_address_format(address, text, sizeof text), "address");
    signal(SIGINT, on_interrupt);
    printf("listening on %s\n", text);
    run(registry);
    signal(SIGINT, SIG_DFL);
    for (size_t i = 0; i < PLACES; i++) {
        vigil_tcp_stream_close(&stream[i]);
    }
    vigil_tcp_listener_close(&listener);
    vigil_waker_close(&stop);
    require(vigil_poll_close(&watch), "close");
}
