/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_CLOCK_H
#define VIGIL_OS_CLOCK_H

#include <stdint.h>

/* Nanoseconds of a clock that never goes back and is no one's to set
 * (clock_gettime(2), CLOCK_MONOTONIC; it cannot fail for that clock). */
uint64_t vigil_os_now_ns(void);

#endif
