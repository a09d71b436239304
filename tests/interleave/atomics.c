/* SPDX-License-Identifier: MIT */

/* The atomic operations with a point before each: whoever links this says what
 * happens there (interleave_point, points.h). */
#define VIGIL_TESTS_INTERLEAVE_ITSELF
#include "interleave/points.h"

uint32_t interleave_load(const vigil_atomic_u32 *cell)
{
    interleave_point();
    return vigil_atomic_load(cell);
}

void interleave_store(vigil_atomic_u32 *cell, uint32_t value)
{
    interleave_point();
    vigil_atomic_store(cell, value);
}

uint32_t interleave_exchange(vigil_atomic_u32 *cell, uint32_t value)
{
    interleave_point();
    return vigil_atomic_exchange(cell, value);
}

int interleave_replace(vigil_atomic_u32 *cell, uint32_t from, uint32_t to)
{
    interleave_point();
    return vigil_atomic_replace(cell, from, to);
}

void interleave_set_bits(vigil_atomic_u32 *cell, uint32_t bits)
{
    interleave_point();
    vigil_atomic_set_bits(cell, bits);
}

void interleave_keep_bits(vigil_atomic_u32 *cell, uint32_t kept)
{
    interleave_point();
    vigil_atomic_keep_bits(cell, kept);
}

uintptr_t interleave_load_word(const vigil_atomic_word *cell)
{
    interleave_point();
    return vigil_atomic_load_word(cell);
}

void interleave_store_word(vigil_atomic_word *cell, uintptr_t value)
{
    interleave_point();
    vigil_atomic_store_word(cell, value);
}
