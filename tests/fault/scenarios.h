/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_FAULT_SCENARIOS_H
#define VIGIL_TESTS_FAULT_SCENARIOS_H

#include "fault/world.h"

#define SCENARIOS_MAX 16

/* The scenarios: each opens a poll, does one kind of thing, and closes it. */
void scenarios_compose(void);
unsigned scenario_count(void);
const scenario *scenario_at(unsigned number);

/* One in which two of them, or all, come one after another; of the first, one at a
 * time. */
const scenario *joined(unsigned one, unsigned other);
const scenario *all_joined(void);

/* Every pair of faults, or one of `of` parts of them. */
typedef struct pair_counts {
    unsigned long runs;
    unsigned long with_both; /* in which both faults have happened */
} pair_counts;
pair_counts play_pairs(unsigned which, unsigned of);

#endif
