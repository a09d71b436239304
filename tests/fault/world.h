/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_FAULT_WORLD_H
#define VIGIL_TESTS_FAULT_WORLD_H

#include "fault/inject.h"
#include "vigil.h"

#define WORLD_SLOTS 8
#define WORLD_EVENTS 4
#define WORLD_WAKERS 2
#define WORLD_DATA 64

/* What a scenario works on: one of everything that the library has. */
typedef struct world {
    vigil_poll poll;
    vigil_registry *registry; /* null while the poll is closed */
    vigil_slot slots[WORLD_SLOTS];
    vigil_raw_event storage[WORLD_EVENTS];
    vigil_events events;
    vigil_source source; /* of a descriptor of the scenario's own, which is `fd` */
    int fd;
    vigil_waker wakers[WORLD_WAKERS];
    vigil_family family;
    vigil_tcp_socket socket;
    vigil_tcp_listener listener;
    vigil_pause pause;
    bool is_silent; /* its pause is over, and the system does not know of it */
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    vigil_udp_socket udp;
    vigil_udp_socket other;
    vigil_unix_listener unix_listener;
    vigil_unix_stream unix_client;
    vigil_unix_stream unix_server;
    vigil_unix_datagram letters[2];
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    vigil_unix_address name; /* of the Unix listener, or of a datagram socket */
    vigil_address where;     /* the listener is, or the UDP socket */
    size_t sent;
    size_t got;
    char data[WORLD_DATA];
} world;

/*
 * A step is one operation of the library: it answers what the operation did,
 * and checks, if that is VIGIL_OK, what the operation promises. If it is not,
 * the step is made again, until it succeeds.
 */
typedef struct step {
    const char *name;
    vigil_status (*make)(world *w);
} step;

typedef struct scenario {
    const char *name;
    const step *steps;
    size_t count;
} scenario;

/* The steps of a family of operations, between opening the poll and closing it. */
typedef struct steps {
    const step *first;
    size_t count;
} steps;
extern const steps poll_steps, source_steps, waker_steps, timeout_steps;
extern const steps socket_steps, tcp_steps, option_steps, ipv6_steps, adoption_steps;
extern const steps udp_steps, udp_option_steps, unix_steps, letter_steps, pipe_steps, places_steps;

/* Plays a scenario once with these faults; ends the program if anything is wrong
 * with it. `is_deep` looks at what costs time to look at, too. */
void play(const scenario *s, const planned *plan, size_t count, bool is_deep);

/* From here on the faults are the system's own (strace(1)): a step may fail
 * though nothing was injected; what steps answer is printed. */
void play_aloud(void);

/* That what a step says holds; `what` says it. */
#define require(condition) require_at((condition), #condition)
void require_at(bool condition, const char *what);

/* Waits with poll(2) until the descriptor is ready. */
void await(int fd, short events);

/* What can be seen of a descriptor's flags and a socket's options from outside. */
uint64_t outside_digest(int fd);

#endif
