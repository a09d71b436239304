/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_SHADOW_KERNEL_BOUNDS_H
#define VIGIL_SPEC_SHADOW_KERNEL_BOUNDS_H

/* The bounds of src/os/kernel_bounds.h, with fewer descriptors: a run walks over
 * all of them in each quantified clause. No test opens as many. */
#include_next <os/kernel_bounds.h>

#undef VIGIL_KERNEL_DESCRIPTORS
#define VIGIL_KERNEL_DESCRIPTORS 256

#endif
