/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SIM_SIM_H
#define VIGIL_OS_SIM_SIM_H

#include "os/model/model.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * A program on Vigil, linked to this in place of the system's seam, runs
 * unmodified on the model kernel: one thread, a clock of its own, and a world
 * around it that acts when the program sleeps. All that happens follows from
 * the seed. See docs/SIMULATION.md.
 */
typedef struct vigil_sim_options {
    uint64_t seed;
    /* How unfriendly the kernel is, in percent of the calls that it concerns:
     * fewer bytes than there are; EINTR; EMFILE, ENFILE and ENOMEM where they
     * are documented; fewer reports than there are, in another order; reports of
     * what is not ready; edges that come before a call in their direction would have
     * blocked, left out. 0 is an ideal kernel. A program never sleeps, and nothing
     * ever happens to it, where `spurious` is 100. */
    unsigned short_counts;
    unsigned interrupts;
    unsigned exhaustion;
    unsigned disorder;
    unsigned spurious;
    unsigned withheld;
    int descriptors_max;
    size_t tcp_buffer;
    /* Lets the world around the program act once, on the same kernel; false if it
     * will never do anything again unless the program does. */
    bool (*step)(void *world, vigil_model *kernel);
    /* The program sleeps for ever: nobody will wake it. Must not return. Null
     * prints the seed and ends the process. */
    void (*stuck)(void *world);
    void *world;
} vigil_sim_options;

typedef struct vigil_sim_result {
    int descriptors; /* that are still open */
    uint64_t calls;
    uint64_t faults; /* that the kernel was asked to make */
    uint64_t now_ns;
} vigil_sim_result;

/* One simulation at a time. Ending it takes the kernel and all that is left
 * open. */
void vigil_sim_begin(const vigil_sim_options *options);
vigil_sim_result vigil_sim_end(void);

vigil_model *vigil_sim_kernel(void);
uint64_t vigil_sim_seed(void);

/* The seed's next number: one of 0 .. bound - 1. */
uint32_t vigil_sim_random(uint32_t bound);

#endif
