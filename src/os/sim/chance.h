/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SIM_CHANCE_H
#define VIGIL_OS_SIM_CHANCE_H

#include "base/status.h"
#include "os/sim/sim.h"

#include <stddef.h>

/* What the seam draws from the seed at each call. */

/* The simulation that is under way; the process ends if there is none. */
const vigil_sim_options *sim_current(void);

/* Whether it happens this time, at so many percent; counts as a fault if so. */
bool sim_happens(unsigned percent);

/* `size`, or now and then less, but one at least. */
size_t sim_shortened(size_t size);

/* The same of what is moved through a descriptor: datagrams are never cut. */
size_t sim_shortened_for(int fd, size_t size);

/* The status of a result of the model. */
vigil_status sim_status(int64_t result);

/* Lets time pass. */
void sim_advance(uint64_t ns);
uint64_t sim_now_ns(void);

/* When a timer of the kernel expires; UINT64_MAX for never. */
uint64_t sim_next_timer_ns(void);

#endif
