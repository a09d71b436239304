/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_ATOMIC_INLINE_H
#define VIGIL_BASE_ATOMIC_INLINE_H

#include "base/atomic.h"

/*
 * The atomics over the compiler's builtins (gcc and clang have the same).
 * A load before a later load in another cell must see at least as much as the
 * first one did: acquire. A store must be seen only with everything before it:
 * release. The read-modify-writes and the loads that follow them in the wake
 * protocol need one order over two cells: sequentially consistent.
 */
VIGIL_INLINE uint32_t vigil_atomic_load(const vigil_atomic_u32 *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_SEQ_CST);
}

VIGIL_INLINE void vigil_atomic_store(vigil_atomic_u32 *cell, uint32_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELEASE);
}

VIGIL_INLINE uint32_t vigil_atomic_exchange(vigil_atomic_u32 *cell, uint32_t value)
{
    return __atomic_exchange_n(&cell->value, value, __ATOMIC_SEQ_CST);
}

VIGIL_INLINE int vigil_atomic_replace(vigil_atomic_u32 *cell, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&cell->value, &from, to, 0, __ATOMIC_SEQ_CST,
                                       __ATOMIC_SEQ_CST);
}

VIGIL_INLINE void vigil_atomic_set_bits(vigil_atomic_u32 *cell, uint32_t bits)
{
    (void)__atomic_fetch_or(&cell->value, bits, __ATOMIC_SEQ_CST);
}

VIGIL_INLINE void vigil_atomic_keep_bits(vigil_atomic_u32 *cell, uint32_t kept)
{
    (void)__atomic_fetch_and(&cell->value, kept, __ATOMIC_SEQ_CST);
}

VIGIL_INLINE uintptr_t vigil_atomic_load_word(const vigil_atomic_word *cell)
{
    return __atomic_load_n(&cell->value, __ATOMIC_ACQUIRE);
}

VIGIL_INLINE void vigil_atomic_store_word(vigil_atomic_word *cell, uintptr_t value)
{
    __atomic_store_n(&cell->value, value, __ATOMIC_RELEASE);
}

#endif
