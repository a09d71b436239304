/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SIM_FAIRNESS_H
#define VIGIL_TESTS_SIM_FAIRNESS_H

#include "plan.h"
#include "vigil.h"

/*
 * Who is ready is reported within as many waits as the ready ones fill batches. Looked
 * at where it can be told from outside: of level-triggered registrations, on a kernel
 * that leaves no report out.
 */
#define FAIRNESS_PLACES 16

void fairness_begin(const plan *p);

/* Before each wait, of each place: what it waits for; of one that is not open, nothing. */
void fairness_look(unsigned place, vigil_fd fd, vigil_interest interest);

/* After each wait: who was reported, and then that this was all. */
void fairness_report(unsigned place);
void fairness_settle(void);

#endif
