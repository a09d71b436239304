/* SPDX-License-Identifier: MIT */
#include "kernel/operations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* An argument says what a byte may choose. */
typedef enum parameter {
    NONE,
    DESCRIPTOR,
    EPOLL,
    TCP_SOCKET,
    UDP_SOCKET,
    UNIX_SOCKET,
    TIMER,
    SIGNALFD,
    PORT,
    SIZE,
    MASK, /* of a registration */
    EVENTS,
    HOW,   /* to shut down */
    SMALL, /* 0 to 3 */
    CAPACITY,
    NAME,
    SIGNAL_SET
} parameter;

/* What goes together: a theme is one of these, or all of them. */
#define IN_MEMORY 1u /* pipes, eventfds */
#define TIMERS 2u    /* and signals */
#define UNIX 4u
#define TCP 8u
#define UDP 16u
#define ALL 31u
#define SOCKETS (UNIX | TCP | UDP)

static const unsigned themes[] = {ALL, UNIX, UDP, TCP, IN_MEMORY, TIMERS, UNIX, UNIX | UDP};
#define THEMES (sizeof themes / sizeof *themes)

typedef struct operation_kind {
    const char *name;
    void (*perform)(both *b, const int64_t *argument);
    unsigned turns; /* of those below, how often a byte means it */
    unsigned themes;
    parameter parameters[OPERATION_ARGUMENTS];
} operation_kind;

static const operation_kind kinds[] = {
    {"pipe", operate_pipe, 1, IN_MEMORY, {NONE}},
    {"eventfd", operate_eventfd, 1, IN_MEMORY, {SMALL, SMALL}},
    {"stream_pair", operate_stream_pair, 1, UNIX, {NONE}},
    {"datagram_pair", operate_datagram_pair, 1, UNIX, {NONE}},
    {"epoll", operate_epoll, 1, ALL, {NONE}},
    {"tcp", operate_tcp, 1, TCP, {NONE}},
    {"tcp_listener", operate_tcp_listener, 1, TCP, {NONE}},
    {"file", operate_file, 1, IN_MEMORY, {EPOLL}},
    {"close", operate_close, 5, ALL, {DESCRIPTOR}},
    {"dup", operate_dup, 4, ALL, {DESCRIPTOR}},
    {"read", operate_read, 8, ALL, {DESCRIPTOR, SIZE}},
    {"write", operate_write, 8, ALL, {DESCRIPTOR, SIZE}},
    {"fill", operate_fill, 1, UNIX | UDP, {DESCRIPTOR}},
    {"shutdown", operate_shutdown, 4, SOCKETS, {DESCRIPTOR, HOW}},
    {"epoll_add", operate_epoll_add, 8, ALL, {EPOLL, DESCRIPTOR, MASK}},
    {"epoll_modify", operate_epoll_modify, 4, ALL, {EPOLL, DESCRIPTOR, MASK}},
    {"epoll_delete", operate_epoll_delete, 4, ALL, {EPOLL, DESCRIPTOR}},
    {"epoll_wait", operate_epoll_wait, 8, ALL, {EPOLL, CAPACITY}},
    {"poll", operate_poll, 4, ALL, {DESCRIPTOR, EVENTS}},
    {"tcp_connect", operate_tcp_connect, 2, TCP, {TCP_SOCKET, PORT}},
    {"accept", operate_accept, 2, SOCKETS, {DESCRIPTOR}},
    {"take_error", operate_take_error, 1, SOCKETS, {DESCRIPTOR}},
    {"linger", operate_linger, 1, TCP, {TCP_SOCKET}},
    {"receive", operate_receive, 6, SOCKETS, {DESCRIPTOR, SIZE, SMALL}},
    {"listen", operate_listen, 1, SOCKETS, {DESCRIPTOR, SMALL}},
    {"unix", operate_unix, 3, UNIX, {SMALL}},
    {"unix_bind", operate_unix_bind, 3, UNIX, {UNIX_SOCKET, NAME}},
    {"unix_connect", operate_unix_connect, 5, UNIX, {UNIX_SOCKET, NAME}},
    {"unix_send", operate_unix_send, 6, UNIX, {UNIX_SOCKET, NAME, SIZE}},
    {"unix_fill", operate_unix_fill, 2, UNIX, {UNIX_SOCKET, NAME}},
    {"unix_listener", operate_unix_listener, 2, UNIX, {NAME, SMALL}},
    {"unix_names", operate_unix_names, 1, UNIX, {UNIX_SOCKET}},
    {"unlink", operate_unlink, 1, UNIX, {NAME}},
    {"udp", operate_udp, 2, UDP, {NONE}},
    {"udp_bind", operate_udp_bind, 2, UDP, {UDP_SOCKET}},
    {"udp_connect", operate_udp_connect, 2, UDP, {UDP_SOCKET, PORT}},
    {"udp_disconnect", operate_udp_disconnect, 1, UDP, {UDP_SOCKET}},
    {"udp_send", operate_udp_send, 5, UDP, {UDP_SOCKET, PORT, SIZE}},
    {"udp_peer", operate_udp_peer, 1, UDP, {UDP_SOCKET}},
    {"timer", operate_timer, 2, TIMERS, {NONE}},
    {"timer_set", operate_timer_set, 3, TIMERS, {TIMER, SMALL, SMALL}},
    {"timer_get", operate_timer_get, 1, TIMERS, {TIMER}},
    {"udp_keep_errors", operate_udp_keep_errors, 2, UDP, {UDP_SOCKET, SMALL}},
    {"udp_take_queued", operate_udp_take_queued, 2, UDP, {UDP_SOCKET}},
    {"udp_send_large", operate_udp_send_large, 1, UDP, {UDP_SOCKET, PORT}},
    {"udp_receive_buffer", operate_udp_receive_buffer, 2, UDP, {UDP_SOCKET, SIZE}},
    {"udp_fill", operate_udp_fill, 2, UDP, {UDP_SOCKET, PORT, SIZE}},
    {"tcp_fill", operate_tcp_fill, 1, TCP, {TCP_SOCKET}},
    {"unix_autobind", operate_unix_autobind, 2, UNIX, {UNIX_SOCKET}},
    {"unix_reach", operate_unix_reach, 2, UNIX, {UNIX_SOCKET, UNIX_SOCKET}},
    {"unix_leave", operate_unix_leave, 2, UNIX, {UNIX_SOCKET}},
    {"unix_send_to", operate_unix_send_to, 2, UNIX, {UNIX_SOCKET, UNIX_SOCKET, SIZE}},
    {"signalfd", operate_signalfd, 2, TIMERS, {SIGNAL_SET}},
    {"signalfd_change", operate_signalfd_change, 1, TIMERS, {SIGNALFD, SIGNAL_SET}},
    {"raise", operate_raise, 4, TIMERS, {SMALL, SMALL}},
    {"block", operate_block, 1, TIMERS, {SIGNAL_SET}},
};
#define KINDS (sizeof kinds / sizeof *kinds)

static const uint32_t interests[] = {
    EPOLLIN,    EPOLLOUT, EPOLLIN | EPOLLOUT, EPOLLIN | EPOLLOUT | EPOLLRDHUP,
    EPOLLRDHUP, 0,        EPOLLPRI | EPOLLIN, EPOLLIN | EPOLLRDHUP,
};
static const size_t sizes[] = {1, 8, 100, 1000, 3000, 4096, 5000, BOTH_SIZE_MAX};

static uint32_t mask_of(uint8_t chosen)
{
    uint32_t mask = interests[chosen & 7];
    mask |= (chosen & 8) != 0 ? (uint32_t)EPOLLET : 0;
    mask |= (chosen & 16) != 0 ? (uint32_t)EPOLLONESHOT : 0;
    return mask | ((chosen & 0xE0) == 0xE0 ? (uint32_t)EPOLLEXCLUSIVE : 0);
}

/* What has a port may be gone, and the port with it. */
static bool is_candidate(const both_descriptor *known, parameter what)
{
    if (what == PORT) {
        return known->port != 0;
    }
    bool is_kind = (what != EPOLL || known->kind == BOTH_EPOLL)
        && (what != TCP_SOCKET || known->kind == BOTH_TCP)
        && (what != UDP_SOCKET || known->kind == BOTH_UDP)
        && (what != UNIX_SOCKET || known->kind == BOTH_UNIX)
        && (what != TIMER || known->kind == BOTH_TIMER)
        && (what != SIGNALFD || known->kind == BOTH_SIGNALFD);
    return known->open && is_kind;
}

/* A descriptor that is open and of that kind, by the number of its turn; now and
 * then any. */
static int descriptor_of(const both *b, parameter what, uint8_t chosen)
{
    int candidates = 0;
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        candidates += is_candidate(&b->known[i], what);
    }
    if (candidates == 0 || chosen >= 250) {
        return BOTH_FIRST + chosen % BOTH_DESCRIPTORS;
    }
    int turn = chosen % candidates;
    int i = 0;
    while (!is_candidate(&b->known[i], what) || turn-- > 0) {
        i++;
    }
    return BOTH_FIRST + i;
}

static int64_t argument_of(const both *b, parameter what, uint8_t chosen)
{
    switch (what) {
    case NONE:
        return 0;
    case DESCRIPTOR:
    case EPOLL:
    case TCP_SOCKET:
    case UDP_SOCKET:
    case UNIX_SOCKET:
    case TIMER:
    case SIGNALFD:
    case PORT:
        return descriptor_of(b, what, chosen);
    case SIZE:
        return (int64_t)sizes[chosen % 8];
    case MASK:
        return mask_of(chosen);
    case EVENTS:
        return interests[chosen & 7];
    case HOW:
        return chosen % 3;
    case SMALL:
        return chosen % 4;
    case CAPACITY:
        return 1 + chosen % 8;
    case SIGNAL_SET:
        return chosen % (ALL_SIGNALS + 1);
    case NAME:
        break;
    }
    return chosen % UNIX_NAMES;
}

static unsigned turns_of(const operation_kind *kind, unsigned theme)
{
    return (kind->themes & theme) != 0 ? kind->turns : 0;
}

static const operation_kind *kind_of(unsigned theme, uint8_t chosen)
{
    unsigned turns = 0;
    for (size_t i = 0; i < KINDS; i++) {
        turns += turns_of(&kinds[i], theme);
    }
    unsigned turn = chosen % turns;
    const operation_kind *kind = kinds;
    while (turn >= turns_of(kind, theme)) {
        turn -= turns_of(kind, theme);
        kind++;
    }
    return kind;
}

operation operation_of_bytes(const both *b, unsigned theme, const uint8_t bytes[OPERATION_BYTES])
{
    operation made = {.kind = kind_of(themes[theme % THEMES], bytes[0])};
    for (int i = 0; i < OPERATION_ARGUMENTS; i++) {
        made.argument[i] = argument_of(b, made.kind->parameters[i], bytes[1 + i]);
    }
    return made;
}

void operation_perform(both *b, const operation *performed)
{
    if (b->is_over) {
        return;
    }
    const operation_kind *kind = performed->kind;
    both_trace("%s", kind->name);
    for (int i = 0; i < OPERATION_ARGUMENTS && kind->parameters[i] != NONE; i++) {
        both_trace(kind->parameters[i] == MASK ? " %#" PRIx64 : " %" PRId64,
                   performed->argument[i]);
    }
    both_trace("\n");
    unsigned before = b->answers;
    kind->perform(b, performed->argument);
    b->step++;
    b->compared += b->answers > before;
}

static const operation_kind *kind_named(const char *name)
{
    for (size_t i = 0; name != NULL && i < KINDS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            return &kinds[i];
        }
    }
    return NULL;
}

static bool is_allowed(parameter what, int64_t value)
{
    if (DESCRIPTOR <= what && what <= PORT) {
        return BOTH_FIRST <= value && value < BOTH_FIRST + BOTH_DESCRIPTORS;
    }
    if (what == NAME) {
        return 0 <= value && value < UNIX_NAMES;
    }
    if (what == SMALL || what == SIGNAL_SET) {
        return 0 <= value && value <= (what == SMALL ? 3 : ALL_SIGNALS);
    }
    return 0 <= value && value <= (what == MASK ? UINT32_MAX : BOTH_SIZE_MAX);
}

/* Whether `line` is an operation, and nothing else. */
static bool parse(char *line, operation *parsed)
{
    char *rest = NULL;
    parsed->kind = kind_named(strtok_r(line, " \n", &rest));
    if (parsed->kind == NULL) {
        return false;
    }
    for (int i = 0; i < OPERATION_ARGUMENTS && parsed->kind->parameters[i] != NONE; i++) {
        const char *word = strtok_r(NULL, " \n", &rest);
        char *end = NULL;
        if (word == NULL) {
            return false;
        }
        parsed->argument[i] = strtoll(word, &end, 0);
        if (*end != '\0' || !is_allowed(parsed->kind->parameters[i], parsed->argument[i])) {
            return false;
        }
    }
    return strtok_r(NULL, " \n", &rest) == NULL;
}

/* --- runs -------------------------------------------------------------------------- */

#define TURNS_MAX 8

static unsigned replays;

unsigned operations_replays(void)
{
    return replays;
}

void operations_replay(void (*play)(both *b, void *what), void *what)
{
    both b = {.differs = true};
    for (int turn = 1; turn <= TURNS_MAX && b.differs; turn++) {
        b.insists = turn == TURNS_MAX;
        both_open(&b);
        play(&b, what);
        both_close_all(&b);
        replays += b.differs;
    }
}

typedef struct plan_state {
    FILE *file;
    int refused; /* line */
} plan_state;

static void play_plan(both *b, void *what)
{
    plan_state *plan = what;
    char line[200];
    int number = 0;
    rewind(plan->file);
    while (plan->refused == 0 && fgets(line, sizeof line, plan->file) != NULL) {
        operation parsed;
        number++;
        if (line[0] == '#' || line[0] == '\n') {
            continue;
        }
        if (parse(line, &parsed)) {
            operation_perform(b, &parsed);
        } else {
            plan->refused = number;
        }
    }
}

int plan_run(FILE *plan)
{
    plan_state state = {.file = plan};
    operations_replay(play_plan, &state);
    return state.refused;
}
