/* SPDX-License-Identifier: MIT */

/* A chat: what one client says, line by line, all others are told.
 *     chat_server [ADDRESS:PORT]         127.0.0.1:9001 unless told otherwise
 *
 * Two threads, each with a poll of its own: the door accepts connections into
 * the lobby, a queue under a lock, and wakes the room, which takes them out and
 * talks to them; Control-C wakes both, to end. Memory is bounded: who does not
 * read is put out when the backlog is full, who finds the lobby full waits. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vigil.h>

#define CLIENTS_MAX 64
#define LOBBY_MAX 16
#define LINE_MAX_LENGTH 1024
#define BACKLOG_MAX 65536
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

/* The token of a client is the place in the table. */
#define LISTENER CLIENTS_MAX
#define ARRIVAL (CLIENTS_MAX + 1)
#define STOP (CLIENTS_MAX + 2)

struct client {
    vigil_tcp_stream stream; /* registered while the client is here */
    size_t line_length, backlog_length;
    char line[LINE_MAX_LENGTH]; /* what has been said of a line */
    char backlog[BACKLOG_MAX];  /* what is still to be told */
};

/* Of the room alone; of the door alone; of both, under the lock. */
static struct client clients[CLIENTS_MAX];
static vigil_slot room_slots[CLIENTS_MAX + 2], door_slots[2];
static vigil_poll room, door;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static vigil_tcp_stream lobby[LOBBY_MAX];
static size_t lobby_count;
static vigil_waker arrival, stop_room, stop_door; /* for any thread, without a lock */

/* A wake that the system refuses is noted all the same, for the next wait. */
static void on_interrupt(int number)
{
    vigil_status first = vigil_waker_wake(&stop_room), second = vigil_waker_wake(&stop_door);
    (void)number, (void)first, (void)second;
}

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        fprintf(stderr, "chat_server: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static bool is_here(const struct client *client)
{
    return vigil_source_is_registered(&client->stream.source);
}

/* Writes the backlog until it is empty or would block; whom it cannot reach is put out. */
static void flush(struct client *client)
{
    vigil_status status = VIGIL_OK;
    size_t done = 0;
    while (done < client->backlog_length && (status == VIGIL_OK || status == VIGIL_EINTR)) {
        size_t count = 0;
        status = vigil_tcp_stream_write(&client->stream, client->backlog + done,
                                        client->backlog_length - done, &count);
        done += count;
    }
    client->backlog_length -= done;
    memmove(client->backlog, client->backlog + done, client->backlog_length);
    if (status != VIGIL_OK && status != VIGIL_EWOULDBLOCK) {
        vigil_tcp_stream_close(&client->stream);
    }
}

/* The lines of a batch go out together, when it is done. Who is put out here may have events in
 * that very batch: the library drops them. */
static void tell(struct client *client, const char *text, size_t length)
{
    if (length > BACKLOG_MAX - client->backlog_length) {
        flush(client);
    }
    if (length <= BACKLOG_MAX - client->backlog_length) {
        memcpy(client->backlog + client->backlog_length, text, length);
        client->backlog_length += length;
    } else {
        vigil_tcp_stream_close(&client->stream);
    }
}

/* Passes on the lines that are whole. One that fills the buffer without an end goes in pieces. */
static void pass_on(struct client *from)
{
    size_t whole = from->line_length;
    while (whole > 0 && from->line[whole - 1] != '\n') {
        whole--;
    }
    if (from->line_length == LINE_MAX_LENGTH && whole == 0) {
        whole = LINE_MAX_LENGTH;
    }
    for (size_t i = 0; i < CLIENTS_MAX && whole > 0; i++) {
        if (&clients[i] != from && is_here(&clients[i])) {
            tell(&clients[i], from->line, whole);
        }
    }
    from->line_length -= whole;
    memmove(from->line, from->line + whole, from->line_length);
}

/* Reads until would-block, or reregisters to go on later: nobody may keep the others waiting. */
static void hear(vigil_registry *registry, size_t place)
{
    struct client *client = &clients[place];
    vigil_status status = VIGIL_OK;
    for (int reads = 0; reads < 16 && status == VIGIL_OK; reads++) {
        size_t count = 0;
        status = vigil_tcp_stream_read(&client->stream, client->line + client->line_length,
                                       LINE_MAX_LENGTH - client->line_length, &count);
        client->line_length += count;
        pass_on(client);
        if (status == VIGIL_OK && count == 0) {
            status = VIGIL_EPIPE; /* the end of the stream */
        }
    }
    if (status == VIGIL_OK || status == VIGIL_EINTR) {
        status = vigil_registry_reregister(registry, &client->stream.source, place, BOTH);
    }
    if (status != VIGIL_OK && status != VIGIL_EWOULDBLOCK) {
        vigil_tcp_stream_close(&client->stream);
    }
}

/* Seats those in the lobby, as far as there are places. */
static void welcome(vigil_registry *registry)
{
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < CLIENTS_MAX && lobby_count > 0; i++) {
        if (!is_here(&clients[i])) {
            clients[i].line_length = clients[i].backlog_length = 0;
            clients[i].stream = lobby[0]; /* free to move, as it is not registered yet */
            lobby_count--;
            memmove(lobby, lobby + 1, lobby_count * sizeof lobby[0]);
            if (vigil_registry_register(registry, &clients[i].stream.source, i, BOTH) == VIGIL_OK) {
                tell(&clients[i], "welcome\n", 8);
            } else {
                vigil_tcp_stream_close(&clients[i].stream);
            }
        }
    }
    pthread_mutex_unlock(&lock);
}

static void *run_room(void *unused)
{
    vigil_registry *registry = vigil_poll_registry(&room);
    vigil_raw_event storage[CLIENTS_MAX];
    vigil_events events;
    vigil_event event = {.token = ARRIVAL};
    require(vigil_events_init(&events, storage, CLIENTS_MAX), "events");
    while (event.token != STOP) {
        welcome(registry);
        vigil_status status = vigil_poll_wait(&room, &events, VIGIL_FOREVER);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (event.token != STOP && vigil_events_next(&events, &event)) {
            if (event.token < CLIENTS_MAX) {
                hear(registry, event.token);
            }
        }
        for (size_t i = 0; i < CLIENTS_MAX; i++) {
            if (is_here(&clients[i])) {
                flush(&clients[i]);
            }
        }
    }
    return unused;
}

/* Whom it cannot take, as the lobby is full or there is no descriptor, it asks in again soon. */
static void run_door(vigil_tcp_listener *listener)
{
    vigil_raw_event storage[2];
    vigil_events events;
    vigil_event event;
    bool open = true;
    vigil_status status = VIGIL_EWOULDBLOCK;
    require(vigil_events_init(&events, storage, 2), "events");
    while (open) {
        vigil_timeout timeout = status == VIGIL_EWOULDBLOCK ? VIGIL_FOREVER : vigil_ms(20);
        status = vigil_poll_wait(&door, &events, timeout);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (vigil_events_next(&events, &event)) {
            open = open && event.token != STOP;
        }
        pthread_mutex_lock(&lock);
        status = VIGIL_OK;
        while (status == VIGIL_OK && lobby_count < LOBBY_MAX) {
            status = vigil_tcp_listener_accept(listener, &lobby[lobby_count], NULL);
            lobby_count += status == VIGIL_OK;
        }
        pthread_mutex_unlock(&lock);
        require(vigil_waker_wake(&arrival), "wake");
    }
}

int main(int argc, char **argv)
{
    vigil_tcp_listener listener;
    vigil_address address;
    pthread_t thread;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    vigil_registry *at_door = vigil_poll_registry(&door), *in_room = vigil_poll_registry(&room);
    require(vigil_address_parse(argc > 1 ? argv[1] : "127.0.0.1:9001", &address), "address");
    require(vigil_poll_open(&door, door_slots, 2), "poll");
    require(vigil_poll_open(&room, room_slots, CLIENTS_MAX + 2), "poll");
    require(vigil_waker_open(&stop_door, at_door, STOP), "waker");
    require(vigil_waker_open(&stop_room, in_room, STOP), "waker");
    require(vigil_waker_open(&arrival, in_room, ARRIVAL), "waker");
    require(vigil_tcp_listener_bind(&listener, &address), "bind");
    require(vigil_registry_register(at_door, &listener.source, LISTENER, VIGIL_READABLE), "watch");
    require(vigil_tcp_listener_local_address(&listener, &address), "address");
    require(vigil_address_format(address, text, sizeof text), "address");
    require(pthread_create(&thread, NULL, run_room, NULL) == 0 ? VIGIL_OK : VIGIL_ENOMEM, "thread");
    signal(SIGINT, on_interrupt);
    printf("listening on %s\n", text);
    fflush(stdout);
    run_door(&listener);
    pthread_join(thread, NULL);
    signal(SIGINT, SIG_DFL);
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        if (is_here(&clients[i])) {
            vigil_tcp_stream_close(&clients[i].stream);
        }
    }
    for (size_t i = 0; i < lobby_count; i++) {
        vigil_tcp_stream_close(&lobby[i]);
    }
    vigil_tcp_listener_close(&listener);
    vigil_waker_close(&stop_door);
    vigil_waker_close(&stop_room);
    vigil_waker_close(&arrival);
    require(vigil_poll_close(&door), "close");
    require(vigil_poll_close(&room), "close");
}
