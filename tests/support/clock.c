/* SPDX-License-Identifier: MIT */
#include "support/clock.h"

#include <errno.h>
#include <time.h>

uint64_t now_ns(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND_IN_NS + (uint64_t)now.tv_nsec;
}

void sleep_ms(uint32_t ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000 * MS_IN_NS)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
        /* The rest of it is in `left`. */
    }
}
