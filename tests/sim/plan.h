/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SIM_PLAN_H
#define VIGIL_TESTS_SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

/* What one simulation is made of; each part is drawn from the seed, and may be
 * made smaller by hand to find out what matters. */
typedef struct plan {
    uint64_t seed;
    unsigned clients;
    unsigned bytes;      /* that a client sends, at most */
    unsigned mode;       /* of the server's registrations: PLAN_EDGE and so on */
    unsigned capacity;   /* events that a wait may report */
    unsigned tcp_buffer; /* bytes that the kernel holds; 0 for any number */
    unsigned short_counts;
    unsigned interrupts;
    unsigned exhaustion;
    unsigned disorder;
    unsigned spurious;
    unsigned withheld;
    unsigned rude; /* percent of the clients that go away in the middle */
    unsigned planted;
} plan;

/* How the server registers. */
enum {
    PLAN_EDGE,
    PLAN_LEVEL,
    PLAN_ONESHOT
};

/* Mistakes that a server makes, for the simulation to find. */
enum {
    PLANTED_NONE,
    PLANTED_ONE_READ,    /* reads once for an edge, and not until it would block */
    PLANTED_NO_SECOND,   /* does not look again for whom it could not accept */
    PLANTED_KEEPS_RESET, /* forgets to close what was reset */
    PLANTED_LOSES_SHORT, /* takes a short write for a whole one */
    PLANTED_TRUSTS,      /* takes would-block behind a report for the end */
    PLANTED_NO_BLOCK, /* stops at a read that leaves room, without having been told would-block */
    PLANTED_UNFAIR    /* none of the server: a kernel that leaves reports out is held fair */
};

plan plan_for(uint64_t seed);

/* The fields after the seed, by place, for shrinking and for printing. */
#define PLAN_FIELDS 13
extern const char *const plan_names[PLAN_FIELDS];
unsigned *plan_field(plan *p, unsigned field);

/* Runs the plan; the process ends with a message if something is wrong. */
void play(const plan *p);

/* Ends the process: the seed, the plan, and why. */
_Noreturn void fail_plan(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The server: runs until it is stopped, and closes what it has. Answers how
 * many connections it has served. */
unsigned run_server(const plan *p);
void stop_server(void);

/* The port on which it listens, or 0 before it does. */
uint16_t server_port(void);

#endif
