/* SPDX-License-Identifier: MIT */

/*
 * Greets every connection, then prints what it sends:
 *
 *     hello_server [ADDRESS:PORT]        127.0.0.1:9000 unless told otherwise
 *
 * Control-C ends it.
 */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigil.h>
#include <wchar.h>

#define CONNECTIONS_MAX 1000
#define EVENTS_MAX 64

/* The token of a connection is its index; these two are beyond. */
#define LISTENER CONNECTIONS_MAX
#define STOP (CONNECTIONS_MAX + 1)

static const char greeting[] = "Hello world!\n";

struct connection {
    vigil_tcp_stream stream;
    size_t greeted; /* bytes of the greeting that are out */
};

static struct connection connections[CONNECTIONS_MAX];
static vigil_slot slots[CONNECTIONS_MAX + 2];
static vigil_poll poll_object;
static vigil_waker stop;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    (void)!vigil_waker_wake(&stop);
}

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        fprintf(stderr, "hello_server: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static struct connection *free_connection(void)
{
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        if (vigil_tcp_stream_fd(&connections[i].stream) == VIGIL_FD_NONE) {
            return &connections[i];
        }
    }
    return NULL;
}

/* Edge-triggered: one event may stand for many connections, so accept until
 * there is none left. A status that is not would-block is of one connection. */
static void accept_all(vigil_registry *registry, vigil_tcp_listener *listener)
{
    vigil_status status = VIGIL_OK;
    while (status != VIGIL_EWOULDBLOCK && status != VIGIL_EMFILE && status != VIGIL_ENFILE) {
        vigil_tcp_stream stream;
        status = vigil_tcp_listener_accept(listener, &stream, NULL);
        struct connection *connection = free_connection();
        if (status != VIGIL_OK || connection == NULL) {
            vigil_tcp_stream_close(&stream);
            continue;
        }
        *connection = (struct connection){.stream = stream};
        require(vigil_registry_register(registry, &connection->stream.source,
                                        (vigil_token)(connection - connections), VIGIL_WRITABLE),
                "register");
    }
}

/* Answers whether the connection goes on. */
static bool greet(vigil_registry *registry, struct connection *connection, vigil_token token)
{
    vigil_status status = VIGIL_OK;
    while (connection->greeted < strlen(greeting)) {
        size_t count = 0;
        status = vigil_tcp_stream_write(&connection->stream, greeting + connection->greeted,
                                        strlen(greeting) - connection->greeted, &count);
        connection->greeted += count;
        if (status != VIGIL_OK && status != VIGIL_EINTR) {
            return status == VIGIL_EWOULDBLOCK;
        }
    }
    status = vigil_registry_reregister(registry, &connection->stream.source, token,
                                       VIGIL_READABLE);
    return status == VIGIL_OK;
}

static bool is_text(const char *data, size_t length)
{
    mbstate_t state = {0};
    for (size_t at = 0; at < length;) {
        size_t step = mbrlen(data + at, length - at, &state);
        if (step > length - at) {
            return false; /* Not UTF-8: mbrlen(3) answers (size_t)-1 or -2. */
        }
        at += step == 0 ? 1 : step;
    }
    return true;
}

static void print(const char *data, size_t length)
{
    printf("received %zu bytes: ", length);
    if (is_text(data, length)) {
        fwrite(data, 1, length, stdout);
    } else {
        for (size_t i = 0; i < length; i++) {
            printf("%02x ", (unsigned)(unsigned char)data[i]);
        }
    }
    printf("\n");
}

/* Edge-triggered: reads until would-block. Answers whether the connection goes
 * on. */
static bool drain(struct connection *connection)
{
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK || status == VIGIL_EINTR) {
        char data[4096];
        size_t count = 0;
        status = vigil_tcp_stream_read(&connection->stream, data, sizeof data, &count);
        if (status == VIGIL_OK && count == 0) {
            return false;
        }
        if (count > 0) {
            print(data, count);
        }
    }
    return status == VIGIL_EWOULDBLOCK;
}

static void serve(vigil_registry *registry, vigil_event event)
{
    struct connection *connection = &connections[event.token];
    bool goes_on = true;
    if (vigil_event_is_writable(event) && connection->greeted < strlen(greeting)) {
        goes_on = greet(registry, connection, event.token);
    } else if (vigil_event_is_readable(event) || vigil_event_is_error(event)) {
        goes_on = drain(connection);
    }
    if (!goes_on) {
        vigil_tcp_stream_close(&connection->stream);
    }
}

/* Serves until the waker says stop. */
static void run(vigil_registry *registry, vigil_tcp_listener *listener)
{
    vigil_raw_event storage[EVENTS_MAX];
    vigil_events events;
    require(vigil_events_init(&events, storage, EVENTS_MAX), "events");
    for (;;) {
        vigil_status status = vigil_poll_wait(&poll_object, &events, VIGIL_FOREVER);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        vigil_event event;
        while (vigil_events_next(&events, &event)) {
            if (event.token == STOP) {
                return;
            }
            if (event.token == LISTENER) {
                accept_all(registry, listener);
            } else {
                serve(registry, event);
            }
        }
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    vigil_address address;
    require(vigil_address_parse(argc > 1 ? argv[1] : "127.0.0.1:9000", &address), "address");
    vigil_registry *registry = vigil_poll_registry(&poll_object);
    vigil_tcp_listener listener;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        connections[i].stream.source = vigil_source_from_fd(VIGIL_FD_NONE);
    }
    require(vigil_poll_open(&poll_object, slots, CONNECTIONS_MAX + 2), "poll");
    require(vigil_waker_open(&stop, registry, STOP), "waker");
    signal(SIGINT, on_interrupt);
    require(vigil_tcp_listener_bind(&listener, &address), "bind");
    require(vigil_registry_register(registry, &listener.source, LISTENER, VIGIL_READABLE),
            "register");
    require(vigil_tcp_listener_local_address(&listener, &address), "local address");
    require(vigil_address_format(address, text, sizeof text), "format");
    printf("listening on %s\n", text);
    fflush(stdout);

    run(registry, &listener);

    for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
        vigil_tcp_stream_close(&connections[i].stream);
    }
    vigil_tcp_listener_close(&listener);
    vigil_waker_close(&stop);
    require(vigil_poll_close(&poll_object), "close");
    return EXIT_SUCCESS;
}
