/* SPDX-License-Identifier: MIT */
#include "support/random.h"

uint64_t random_u64(random_source *source)
{
    source->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = source->state;
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

uint32_t random_below(random_source *source, uint32_t bound)
{
    return (uint32_t)((random_u64(source) >> 32) * bound >> 32);
}
