/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_KERNEL_STATE_H
#define VIGIL_OS_KERNEL_STATE_H

#include "os/kernel_bounds.h"

/*
 * The part of the kernel that contracts speak of: ghost state, seen by the
 * prover alone. Whoever wants to execute the contracts puts a folder with an
 * os/kernel_state.h of real arrays before this one (spec/os/executable).
 *
 * Every array is indexed by descriptor, or by epoll descriptor and descriptor.
 * No array has its address taken, so that it is a plain map to the prover.
 */

/*@ ghost
  int kernel_kind[VIGIL_KERNEL_DESCRIPTORS];
  int kernel_nonblocking[VIGIL_KERNEL_DESCRIPTORS];
  int kernel_cloexec[VIGIL_KERNEL_DESCRIPTORS];
  unsigned long long kernel_counter[VIGIL_KERNEL_DESCRIPTORS];
  int kernel_listed[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
  unsigned int kernel_mask[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
  unsigned long long kernel_key[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
  int kernel_reported[VIGIL_KERNEL_REPORTS];
  unsigned long long kernel_time;
*/

#endif
