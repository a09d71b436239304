/* SPDX-License-Identifier: MIT */

/*
 * A server, and the test of it on a simulated kernel, in one file:
 *
 *     cc greeting.c $(pkg-config --cflags --libs vigil-sim) -o greeting
 *     ./greeting 100000         so many seeds; a failing one is named
 *     ./greeting 1 4711         one seed, the same to the byte
 */
#include <sys/socket.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigil-sim.h>
#include <vigil.h>

/* --- The server: sends a greeting to each of three clients, and ends. ------ */

#define CLIENTS 3
#define LISTENER CLIENTS

static const char greeting[] = "Hello world!\n";
static uint16_t port; /* where it listens, once it does */

static void send_greeting(vigil_registry *registry, vigil_tcp_stream *stream, size_t *sent,
                          vigil_token token)
{
    vigil_status status = VIGIL_OK;
    while (*sent < sizeof greeting - 1 && status == VIGIL_OK) {
        size_t count = 0;
        status =
            vigil_tcp_stream_write(stream, greeting + *sent, sizeof greeting - 1 - *sent, &count);
        *sent += count;
    }
    if (*sent == sizeof greeting - 1) {
        vigil_tcp_stream_close(stream);
    } else if (status == VIGIL_EINTR) {
        /* An edge is reported once: whoever stops early asks to hear again. */
        status = vigil_registry_reregister(registry, &stream->source, token, VIGIL_WRITABLE);
    }
}

static vigil_poll poll;
static vigil_slot slots[CLIENTS + 1];
static vigil_tcp_listener listener;
static vigil_tcp_stream stream[CLIENTS];

static void begin(void)
{
    vigil_address address = vigil_address_ipv4(127, 0, 0, 1, 0);
    if (vigil_poll_open(&poll, slots, CLIENTS + 1) != VIGIL_OK
        || vigil_tcp_listener_bind(&listener, &address) != VIGIL_OK
        || vigil_tcp_listener_local_address(&listener, &address) != VIGIL_OK
        || vigil_registry_register(vigil_poll_registry(&poll), &listener.source, LISTENER,
                                   VIGIL_READABLE | VIGIL_LEVEL)
            != VIGIL_OK) {
        exit(EXIT_FAILURE);
    }
    port = address.port;
}

/* Whether a client was accepted, as `next`. */
static bool accept_one(size_t next)
{
    vigil_registry *registry = vigil_poll_registry(&poll);
    if (next == CLIENTS || vigil_tcp_listener_accept(&listener, &stream[next], NULL) != VIGIL_OK) {
        return false;
    }
    if (vigil_registry_register(registry, &stream[next].source, next, VIGIL_WRITABLE) != VIGIL_OK) {
        vigil_tcp_stream_close(&stream[next]);
        return false;
    }
    return true;
}

static void serve(void)
{
    vigil_raw_event storage[4];
    vigil_events events;
    vigil_event event;
    size_t sent[CLIENTS] = {0};
    size_t accepted = 0, finished = 0;
    begin();
    if (vigil_events_init(&events, storage, 4) != VIGIL_OK) {
        exit(EXIT_FAILURE);
    }
    while (finished < CLIENTS) {
        vigil_status status = vigil_poll_wait(&poll, &events, VIGIL_FOREVER);
        while (status == VIGIL_OK && vigil_events_next(&events, &event)) {
            size_t i = event.token;
            if (i == LISTENER) {
                accepted += accept_one(accepted);
            } else {
                send_greeting(vigil_poll_registry(&poll), &stream[i], &sent[i], i);
                finished += sent[i] == sizeof greeting - 1;
            }
        }
    }
    vigil_tcp_listener_close(&listener);
    if (vigil_poll_close(&poll) != VIGIL_OK) {
        exit(EXIT_FAILURE);
    }
}

/* --- The world: clients that act while the server sleeps. ------------------ */

typedef struct client {
    int fd; /* 0 before it connects, -1 once it is done */
    size_t received;
} client;

static _Noreturn void fail(const char *why)
{
    printf("seed %llu: %s\n", (unsigned long long)vigil_sim_seed(), why);
    exit(EXIT_FAILURE);
}

/* Whether the client did anything. It reads a few bytes at a time. */
static bool act(client *c, vigil_model *kernel)
{
    char data[sizeof greeting];
    if (c->fd == 0) {
        c->fd = vigil_model_socket(kernel, AF_INET);
        return vigil_model_connect(kernel, c->fd, port) == -EINPROGRESS;
    }
    int64_t count =
        c->fd < 0 ? -EAGAIN : vigil_model_read(kernel, c->fd, data, 1 + vigil_sim_random(5));
    if (count > 0) {
        if (memcmp(data, greeting + c->received, (size_t)count) != 0) {
            fail("a client received something else");
        }
        c->received += (size_t)count;
    } else if (count == 0) {
        if (c->received != sizeof greeting - 1) {
            fail("a client did not receive all");
        }
        vigil_model_close(kernel, c->fd);
        c->fd = -1;
    }
    return count >= 0;
}

/* Called whenever the server sleeps: one client acts. False means that nobody
 * will ever act again; if the server sleeps on then, it sleeps for ever. */
static bool step(void *world, vigil_model *kernel)
{
    client *clients = world;
    uint32_t first = vigil_sim_random(CLIENTS);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        if (act(&clients[(first + i) % CLIENTS], kernel)) {
            return true;
        }
    }
    return false;
}

static void play(unsigned long long seed)
{
    client clients[CLIENTS] = {0};
    const vigil_sim_options options = {
        .seed = seed,
        .short_counts = 30, /* percent */
        .interrupts = 10,
        .disorder = 20,
        .descriptors_max = 32,
        .tcp_buffer = 5, /* a slow peer stops the server in the middle */
        .step = step,
        .world = clients,
    };
    vigil_sim_begin(&options);
    serve();
    while (step(clients, vigil_sim_kernel())) {
        /* What is on its way still arrives. */
    }
    for (int i = 0; i < CLIENTS; i++) {
        if (clients[i].fd != -1) {
            fail("a client was left waiting");
        }
    }
    if (vigil_sim_end().descriptors != 0) {
        fail("a descriptor was left open");
    }
}

int main(int argc, char **argv)
{
    unsigned long long seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000;
    unsigned long long first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
    for (unsigned long long seed = first; seed < first + seeds; seed++) {
        play(seed);
    }
    printf("%llu seeds, all clients greeted\n", seeds);
    return EXIT_SUCCESS;
}
