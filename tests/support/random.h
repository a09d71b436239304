/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_RANDOM_H
#define VIGIL_TESTS_SUPPORT_RANDOM_H

#include <stdint.h>

/* A repeatable sequence: the same seed, the same numbers (Steele, Lea and
 * Flood, "Fast splittable pseudorandom number generators", 2014). */
typedef struct random_source {
    uint64_t state;
} random_source;

uint64_t random_u64(random_source *source);

/* One of 0 .. bound - 1. */
uint32_t random_below(random_source *source, uint32_t bound);

#endif
