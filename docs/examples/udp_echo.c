/* SPDX-License-Identifier: MIT */

/* Sends every datagram back to where it came from, until Control-C:
 *     udp_echo [ADDRESS:PORT]            127.0.0.1:9002 unless told otherwise
 *
 * One system call receives what waits, up to 32 datagrams, and one sends it back. Memory is
 * bounded: while a batch cannot be sent, nothing is received, and the system drops what it
 * has no room for, as every network may. An echo answers whoever a datagram says that it
 * comes from, which may be another echo (RFC 862): it is nothing for the open Internet. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <vigil.h>

#define DATAGRAM_MAX 65535 /* so large is none, so that none is cut */
#define ROUNDS_MAX 16
#define ECHO 1
#define STOP 2
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

static char room[VIGIL_UDP_BATCH_MAX][DATAGRAM_MAX];
static vigil_datagram batch[VIGIL_UDP_BATCH_MAX];
static size_t first, end; /* what is still to be sent of the batch: first to end - 1 */
static unsigned long received, batches, dropped;
static vigil_slot slots[2];
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
        fprintf(stderr, "udp_echo: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* Receives what is there, as far as a batch has room; `address` is then where it came from, and
 * so where it goes. */
static vigil_status receive(vigil_udp_socket *socket)
{
    for (size_t i = 0; i < VIGIL_UDP_BATCH_MAX; i++) {
        batch[i] = (vigil_datagram){.data = room[i], .length = DATAGRAM_MAX};
    }
    first = 0;
    vigil_status status = vigil_udp_socket_receive_batch(socket, batch, VIGIL_UDP_BATCH_MAX, &end);
    for (size_t i = 0; i < end; i++) {
        batch[i].length = batch[i].count;
    }
    received += end;
    batches += end > 0;
    return status;
}

/* Sends the batch, until all of it is out or the call would block. Fewer than all is no failure:
 * sending the rest tells why. What cannot be sent, as nothing leads there, is dropped. */
static vigil_status send_back(vigil_udp_socket *socket)
{
    vigil_status status = VIGIL_OK;
    while (first < end && status != VIGIL_EWOULDBLOCK) {
        size_t sent = 0;
        status = vigil_udp_socket_send_batch(socket, batch + first, end - first, &sent);
        first += sent;
        if (status != VIGIL_OK && status != VIGIL_EWOULDBLOCK && status != VIGIL_EINTR) {
            first++;
            dropped++;
        }
    }
    return first < end ? VIGIL_EWOULDBLOCK : VIGIL_OK;
}

/* Answers VIGIL_EWOULDBLOCK if an event will tell when to go on. Any other status of receiving,
 * as an interruption, is about that moment alone, so the next round tries again. */
static vigil_status echo(vigil_udp_socket *socket)
{
    vigil_status status = send_back(socket);
    for (int rounds = 0; rounds < ROUNDS_MAX && status != VIGIL_EWOULDBLOCK; rounds++) {
        status = receive(socket);
        if (status == VIGIL_OK) {
            status = send_back(socket);
        }
    }
    return status;
}

/* After some rounds it looks whether it is to stop; reregistering reports what is left. */
static void serve(vigil_registry *registry, vigil_udp_socket *socket)
{
    vigil_raw_event storage[2];
    vigil_events events;
    vigil_event event = {.token = ECHO};
    require(vigil_events_init(&events, storage, 2), "events");
    while (event.token != STOP) {
        vigil_status status = vigil_poll_wait(&watch, &events, VIGIL_FOREVER);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (event.token != STOP && vigil_events_next(&events, &event)) {
            if (event.token == ECHO && echo(socket) != VIGIL_EWOULDBLOCK) {
                require(vigil_registry_reregister(registry, &socket->source, ECHO, BOTH), "watch");
            }
        }
    }
}

int main(int argc, char **argv)
{
    vigil_udp_socket socket;
    vigil_address address;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    vigil_registry *registry = vigil_poll_registry(&watch);
    require(vigil_address_parse(argc > 1 ? argv[1] : "127.0.0.1:9002", &address), "address");
    require(vigil_poll_open(&watch, slots, 2), "poll");
    require(vigil_waker_open(&stop, registry, STOP), "waker");
    require(vigil_udp_socket_bind(&socket, &address), "bind");
    require(vigil_registry_register(registry, &socket.source, ECHO, BOTH), "watch");
    require(vigil_udp_socket_local_address(&socket, &address), "address");
    require(vigil_address_format(address, text, sizeof text), "address");
    signal(SIGINT, on_interrupt);
    printf("listening on %s\n", text);
    fflush(stdout);
    serve(registry, &socket);
    signal(SIGINT, SIG_DFL);
    printf("received %lu datagrams in %lu batches, dropped %lu\n", received, batches, dropped);
    vigil_udp_socket_close(&socket);
    vigil_waker_close(&stop);
    require(vigil_poll_close(&watch), "close");
}
