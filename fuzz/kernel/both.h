/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_KERNEL_BOTH_H
#define VIGIL_FUZZ_KERNEL_BOTH_H

#include "os/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Linux and the model side by side. Each operation is done on both, and the
 * process aborts if anything that comes back differs. What cannot be compared
 * is left out: how much TCP holds back. When TCP acknowledges what it has received is a
 * matter of time, and an acknowledgement of the end of a stream is an edge: a run with TCP
 * in which something differs is played again, and counts if it differs each time.
 */
#define BOTH_FIRST 64 /* the lowest descriptor that is compared */
#define BOTH_DESCRIPTORS 40
#define BOTH_SIZE_MAX 70000
#define BOTH_TCP_BUFFER 65536 /* of the model: more than is sent, but to fill it */
#define BOTH_PORTS_MAX 120
#define BOTH_NAMES_MAX 120
#define BOTH_NAME_BYTES 6 /* of one that the kernel picks */

typedef enum both_kind {
    BOTH_OTHER,
    BOTH_EPOLL,
    BOTH_TCP,
    BOTH_UDP,
    BOTH_UNIX,
    BOTH_TIMER,
    BOTH_SIGNALFD
} both_kind;

typedef struct both_descriptor {
    bool open;
    both_kind kind;
    uint16_t port; /* on Linux, of what is bound or was; or 0 */
    uint16_t model_port;
    unsigned written; /* times, of what is TCP */
    bool fills;       /* its connection, at the end */
} both_descriptor;

/* What each kernel has picked for the same socket. */
typedef struct both_port {
    uint16_t real;
    uint16_t model;
} both_port;

/* The same of abstract names. */
typedef struct both_name {
    char real[BOTH_NAME_BYTES];
    char model[BOTH_NAME_BYTES];
} both_name;

typedef struct both {
    vigil_model *model;
    unsigned step;
    unsigned answers;  /* compared, in all operations */
    unsigned compared; /* operations with an answer */
    both_descriptor known[BOTH_DESCRIPTORS];
    both_port ports[BOTH_PORTS_MAX]; /* of UDP sockets, oldest first */
    int port_count;
    both_name names[BOTH_NAMES_MAX]; /* of Unix sockets, oldest first */
    int name_count;
    bool signals;    /* some may wait */
    int64_t blocked; /* of them, as a set */
    bool has_tcp;    /* so that what differs may be a matter of time */
    bool insists;    /* that it is not */
    bool differs;
    bool is_over;      /* the rest cannot be compared */
    uint8_t next_byte; /* what the next write is filled with */
} both;

/* Once before all runs and once after them. */
void both_prepare(void);
void both_release(void);

/* Around the operations of one run: nothing is open before and after. `insists` is kept. */
void both_open(both *b);
void both_close_all(both *b);

/* What is known of `fd`, which is in range. */
both_descriptor *both_known(both *b, int fd);
void both_note(both *b, int64_t fd, both_kind kind);
bool both_has_room(const both *b);

/* What the system call returned, with its error; both answers, which are to be
 * the same. */
int64_t both_result(int64_t returned);
void both_same(both *b, const char *what, int64_t real, int64_t model);
_Noreturn void both_differ(const both *b, const char *what, int64_t real, int64_t model);

/* Prints to standard error, if VIGIL_FUZZ_TRACE is in the environment. */
bool both_traces(void);
void both_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
