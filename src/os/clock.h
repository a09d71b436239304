/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_CLOCK_H
#define VIGIL_OS_CLOCK_H

#include "os/kernel.h"

#include <stdint.h>

/* Nanoseconds of a clock that never goes back and is no one's to set
 * (clock_gettime(2), CLOCK_MONOTONIC; it cannot fail for that clock). */
/*@
  terminates \true; exits \false;
  assigns \result, kernel_time;
  // clock_gettime(2), CLOCK_MONOTONIC: "a nonsettable system-wide clock that
  // represents monotonic time"; it "will not be affected by discontinuous jumps".
  ensures monotonic: \old(kernel_time) <= kernel_time;
  ensures now: \result == kernel_time;
*/
uint64_t vigil_os_now_ns(void);

#endif
