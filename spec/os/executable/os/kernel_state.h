/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_KERNEL_STATE_H
#define VIGIL_OS_KERNEL_STATE_H

#include "os/kernel_bounds.h"

#include <stdint.h>

/* The state of src/os/kernel_state.h as real arrays: what the executable kernel
 * keeps, and what a run that checks contracts can read. */
extern int kernel_kind[VIGIL_KERNEL_DESCRIPTORS];
extern int kernel_nonblocking[VIGIL_KERNEL_DESCRIPTORS];
extern int kernel_cloexec[VIGIL_KERNEL_DESCRIPTORS];
extern uint64_t kernel_counter[VIGIL_KERNEL_DESCRIPTORS];
extern int kernel_listed[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
extern uint32_t kernel_mask[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
extern uint64_t kernel_key[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
extern int kernel_reported[VIGIL_KERNEL_REPORTS];
extern uint64_t kernel_time;

#endif
