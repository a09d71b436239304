/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SIM_EXAMPLES_PLAY_H
#define VIGIL_TESTS_SIM_EXAMPLES_PLAY_H

#include "os/sim/sim.h"

/* What the simulations of the examples share. */

/* Ends the play that is under way: prints its seed, and what is wrong. */
__attribute__((format(printf, 1, 2))) _Noreturn void fail(const char *format, ...);

/* Draws the knobs that every example is to stand from `seed`, and how many clients
 * there are at once, 1 to `at_once_max`. The rest is the caller's. */
vigil_sim_options draw_options(uint64_t seed, unsigned at_once_max, unsigned *at_once);

/* Answers `acted`, whether the world did anything when it was asked to. The play fails if it
 * is asked for ever, as by a server that wakes up again and again to no end. */
bool note_act(bool acted);

/* The example's own main, by its other name; answers what a play came to. */
typedef vigil_sim_result play_function(uint64_t seed, unsigned clients);

/*
 * The main of a simulation, PROGRAM SEEDS [FIRST [CLIENTS]]: plays so many seeds, each
 * in a process of its own, as what an example keeps lives as long as its process does.
 * A play that fails, or ends in any other way than by its end, ends it all.
 */
int play_seeds(int count, char **arguments, unsigned clients_default, play_function *play);

#endif
