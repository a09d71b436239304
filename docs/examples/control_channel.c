/* SPDX-License-Identifier: MIT */

/* Says back what it is told, and can be replaced while it serves:
 *     control_channel PATH [ADDRESS:PORT]        127.0.0.1:9002 unless told otherwise
 *
 * Started once more with the same PATH, as a new version would be, it takes the place
 * of the one that runs: that one listens at PATH too, for its successor, and hands out
 * its listeners and connections in one message, and ends as soon as it is told that
 * they are in good hands. No client is hung up on or turned away, and whatever goes
 * wrong, one of the two serves on. Control-C ends it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vigil.h>

/* The token of a connection is its place in the table; three more tokens come after. */
#define PLACES 200
#define CLIENTS PLACES
#define SUCCESSORS (PLACES + 1)
#define STOP (PLACES + 2)
#define HANDED_MAX (PLACES + 2) /* descriptors: two listeners, and the connections */
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

_Static_assert(HANDED_MAX <= VIGIL_UNIX_DESCRIPTORS_MAX, "one message carries all of them");

static vigil_tcp_stream stream[PLACES]; /* registered while the place is taken */
static vigil_tcp_listener clients;
static vigil_unix_listener successors;
static vigil_slot slots[PLACES + 3], apart_slots[1];
static vigil_poll watch, apart; /* the second one waits for the other program alone */
static vigil_waker stop;
static bool replaced;

static void on_interrupt(int number)
{
    vigil_status status = vigil_waker_wake(&stop);
    (void)number, (void)status;
}

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        fprintf(stderr, "control_channel: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

/* Takes `length` bytes, which are there, as they have been seen, out of the connection. */
static vigil_status drop(vigil_tcp_stream *from, char *data, size_t length)
{
    vigil_status status = VIGIL_OK;
    while (length > 0 && (status == VIGIL_OK || status == VIGIL_EINTR)) {
        size_t count = 0;
        status = vigil_tcp_stream_read(from, data, length, &count);
        length -= count;
    }
    return status;
}

/* What has come is looked at, said back as far as there is room, and only then taken. So all that
 * this program knows of a connection is in its socket, and goes with the socket to a successor. */
static void echo(vigil_registry *registry, size_t i)
{
    static char data[16384];
    vigil_status status = VIGIL_OK;
    for (int rounds = 0; rounds < 4 && status == VIGIL_OK; rounds++) {
        size_t there = 0, said = 0;
        status = vigil_tcp_stream_peek(&stream[i], data, sizeof data, &there);
        if (status == VIGIL_OK) {
            status = there == 0 ? VIGIL_EPIPE /* the end of the stream */
                                : vigil_tcp_stream_write(&stream[i], data, there, &said);
        }
        if (status == VIGIL_OK) {
            status = drop(&stream[i], data, said);
        }
    }
    if (status == VIGIL_OK || status == VIGIL_EINTR) {
        status = vigil_registry_reregister(registry, &stream[i].source, i, BOTH);
    }
    if (status != VIGIL_OK && status != VIGIL_EWOULDBLOCK) {
        vigil_tcp_stream_close(&stream[i]);
    }
}

/* Answers whether some may be left: there is no place for them now, or no descriptor. */
static bool accept_clients(vigil_registry *registry)
{
    vigil_status status = VIGIL_OK;
    for (size_t i = 0; i < PLACES && status == VIGIL_OK; i++) {
        if (!vigil_source_is_registered(&stream[i].source)) {
            status = vigil_tcp_listener_accept(&clients, &stream[i], NULL);
            if (status == VIGIL_OK) {
                status = vigil_registry_register(registry, &stream[i].source, i, BOTH);
            }
            if (status != VIGIL_OK) {
                vigil_tcp_stream_close(&stream[i]);
            }
        }
    }
    return status != VIGIL_EWOULDBLOCK;
}

/* Waits until the other program says something or hangs up, five seconds at most. Nobody is
 * served meanwhile: what happens to the others is kept for them by their own poll. */
static vigil_status await(vigil_unix_stream *other)
{
    vigil_raw_event storage[1];
    vigil_events events;
    vigil_status status =
        vigil_registry_register(vigil_poll_registry(&apart), &other->source, 0, VIGIL_READABLE);
    require(vigil_events_init(&events, storage, 1), "events");
    bool again = status == VIGIL_OK;
    while (again) {
        status = vigil_poll_wait(&apart, &events, vigil_seconds(5));
        again = status == VIGIL_EINTR;
    }
    return status;
}

/* Answers whether the successor has everything. Until it says so all of it is still ours too, and
 * nothing has changed for this program. From the shutdown on it can say so no more: a successor
 * that is late is told VIGIL_EPIPE, and gives up. */
static bool hand_over(vigil_unix_stream *successor)
{
    vigil_fd fds[HANDED_MAX] = {vigil_tcp_listener_fd(&clients),
                                vigil_unix_listener_fd(&successors)};
    size_t fd_count = 2, count = 0;
    char byte = 0;
    for (size_t i = 0; i < PLACES; i++) {
        if (vigil_source_is_registered(&stream[i].source)) {
            fds[fd_count++] = vigil_tcp_stream_fd(&stream[i]);
        }
    }
    vigil_status status =
        vigil_unix_stream_send_descriptors(successor, &byte, 1, fds, fd_count, &count);
    if (status == VIGIL_OK) {
        status = await(successor);
    }
    if (status == VIGIL_OK) {
        status = vigil_unix_stream_shutdown(successor, VIGIL_SHUTDOWN_READ);
    }
    if (status == VIGIL_OK) {
        status = vigil_unix_stream_read(successor, &byte, 1, &count);
    }
    return status == VIGIL_OK && count == 1;
}

/* Answers whether some may be left. Who runs as another user gets nothing, even if the file of
 * the socket lets him in. */
static bool meet_successors(void)
{
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK && !replaced) {
        vigil_unix_stream successor;
        vigil_credentials who;
        status = vigil_unix_listener_accept(&successors, &successor, NULL);
        if (status == VIGIL_OK) {
            bool known = vigil_unix_stream_peer_credentials(&successor, &who) == VIGIL_OK
                && who.user == geteuid();
            replaced = known && hand_over(&successor);
            printf("process %d %s\n", (int)who.process, replaced ? "takes over" : "does not");
            vigil_unix_stream_close(&successor);
        }
    }
    return status != VIGIL_EWOULDBLOCK;
}

static void watch_listeners(vigil_registry *registry)
{
    require(vigil_registry_register(registry, &clients.source, CLIENTS, VIGIL_READABLE), "watch");
    require(vigil_registry_register(registry, &successors.source, SUCCESSORS, VIGIL_READABLE),
            "watch");
}

/* Registers what it is given before it says that it has it, and hears of everything that has come
 * meanwhile: registering reports what is ready already. */
static void take(vigil_registry *registry, vigil_unix_stream *from)
{
    vigil_fd fds[HANDED_MAX];
    size_t fd_count = 0, count = 0;
    char byte = 0;
    require(await(from), "take over");
    require(
        vigil_unix_stream_receive_descriptors(from, &byte, 1, fds, HANDED_MAX, &count, &fd_count),
        "take over");
    require(fd_count < 2 ? VIGIL_ECONNABORTED : VIGIL_OK, "take over"); /* hung up on */
    require(vigil_tcp_listener_from_fd(&clients, fds[0]), "take over");
    require(vigil_unix_listener_from_fd(&successors, fds[1]), "take over");
    watch_listeners(registry);
    for (size_t i = 0; i < fd_count - 2; i++) {
        require(vigil_tcp_stream_from_fd(&stream[i], fds[i + 2]), "take over");
        require(vigil_registry_register(registry, &stream[i].source, i, BOTH), "watch");
    }
    require(vigil_unix_stream_write(from, &byte, 1, &count), "take over");
}

/* Answers whether there was one before, in the place of which this program is now. */
static bool take_over(vigil_registry *registry, const vigil_unix_address *where)
{
    vigil_unix_stream channel;
    vigil_credentials who;
    vigil_status status = vigil_unix_stream_connect(&channel, where);
    if (status == VIGIL_ENOENT || status == VIGIL_ECONNREFUSED) {
        return false;
    }
    require(status, "connect");
    require(vigil_unix_stream_peer_credentials(&channel, &who), "connect");
    require(who.user == geteuid() ? VIGIL_OK : VIGIL_EPERM, "connect");
    take(registry, &channel);
    vigil_unix_stream_close(&channel);
    return true;
}

/* The first one of all. A socket that stands at PATH has been left by one that did not end well,
 * as nobody has answered there; two that begin at once meet at the address of the clients. */
static void begin(vigil_registry *registry, const char *path, const vigil_unix_address *where,
                  const vigil_address *address)
{
    struct stat file;
    require(vigil_tcp_listener_bind(&clients, address), "bind");
    if (lstat(path, &file) == 0 && S_ISSOCK(file.st_mode)) {
        unlink(path);
    }
    require(vigil_unix_listener_bind(&successors, where), "bind");
    watch_listeners(registry);
}

static void run(vigil_registry *registry)
{
    vigil_raw_event storage[64];
    vigil_events events;
    vigil_event event = {.token = CLIENTS};
    bool left = true;
    require(vigil_events_init(&events, storage, 64), "events");
    while (event.token != STOP && !replaced) {
        vigil_status status = vigil_poll_wait(&watch, &events, left ? vigil_ms(20) : VIGIL_FOREVER);
        require(status == VIGIL_EINTR ? VIGIL_OK : status, "wait");
        while (event.token != STOP && vigil_events_next(&events, &event)) {
            left = left || event.token == CLIENTS || event.token == SUCCESSORS;
            if (event.token < PLACES) {
                echo(registry, event.token);
            }
        }
        if (left && event.token != STOP) {
            left = accept_clients(registry);
            left = meet_successors() || left;
        }
    }
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "";
    vigil_registry *registry = vigil_poll_registry(&watch);
    vigil_unix_address where;
    vigil_address address;
    char text[VIGIL_ADDRESS_TEXT_MAX];
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    require(vigil_unix_address_path(path, strlen(path), &where), "path");
    require(vigil_address_parse(argc > 2 ? argv[2] : "127.0.0.1:9002", &address), "address");
    require(vigil_poll_open(&watch, slots, PLACES + 3), "poll");
    require(vigil_poll_open(&apart, apart_slots, 1), "poll");
    require(vigil_waker_open(&stop, registry, STOP), "waker");
    if (!take_over(registry, &where)) {
        begin(registry, path, &where, &address);
    }
    require(vigil_tcp_listener_local_address(&clients, &address), "address");
    require(vigil_address_format(address, text, sizeof text), "address");
    signal(SIGINT, on_interrupt);
    printf("listening on %s\n", text);
    run(registry);
    signal(SIGINT, SIG_DFL);
    if (!replaced) {
        unlink(path);
    }
    for (size_t i = 0; i < PLACES; i++) {
        if (vigil_source_is_registered(&stream[i].source)) {
            vigil_tcp_stream_close(&stream[i]);
        }
    }
    vigil_tcp_listener_close(&clients);
    vigil_unix_listener_close(&successors);
    vigil_waker_close(&stop);
    require(vigil_poll_close(&apart), "close");
    require(vigil_poll_close(&watch), "close");
}
