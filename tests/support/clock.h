/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_CLOCK_H
#define VIGIL_TESTS_SUPPORT_CLOCK_H

#include <stdint.h>

#define MS_IN_NS UINT64_C(1000000)
#define SECOND_IN_NS UINT64_C(1000000000)

/* How long a test waits for what must come, before it gives up. */
#define PATIENCE_NS (20 * SECOND_IN_NS)

/* How long silence must last for a test to believe in it. */
#define QUIET_MS 50

/* Nanoseconds of the monotonic clock. */
uint64_t now_ns(void);

void sleep_ms(uint32_t ms);

#endif
