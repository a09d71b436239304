/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_ATOMIC_H
#define VIGIL_BASE_ATOMIC_H

#include "base/attributes.h"

#include <stdint.h>

/*
 * The atomic cells that threads share. Stores release; loads of a word acquire;
 * other loads, and what reads and writes at once, are sequentially consistent.
 *
 * Frama-C 25 parses neither _Atomic nor gives __atomic_* a meaning, so the
 * definitions stand apart in base/atomic_inline.h, which the build includes
 * before every file it compiles, and the prover sees these contracts alone.
 * They are sequential: they say what happens when no other thread is between.
 * What other threads may do is the business of the protocol models.
 */
typedef struct vigil_atomic_u32 {
    uint32_t value;
} vigil_atomic_u32;

typedef struct vigil_atomic_word {
    uintptr_t value;
} vigil_atomic_word;

/*@
  requires cell: \valid_read(cell);
  terminates \true; exits \false;
  assigns \result \from cell->value;
  ensures loaded: \result == cell->value;
*/
VIGIL_API uint32_t vigil_atomic_load(const vigil_atomic_u32 *cell);

/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from value;
  ensures stored: cell->value == value;
*/
VIGIL_API void vigil_atomic_store(vigil_atomic_u32 *cell, uint32_t value);

/* Stores `value` and gives back what was there. */
/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from value;
  assigns \result \from cell->value;
  ensures before: \result == \old(cell->value);
  ensures stored: cell->value == value;
*/
VIGIL_API uint32_t vigil_atomic_exchange(vigil_atomic_u32 *cell, uint32_t value);

/* Stores `to` if `from` is there; answers whether it was. */
/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from cell->value, from, to;
  assigns \result \from cell->value, from;
  ensures result: \result == 0 || \result == 1;
  ensures hit: \old(cell->value) == from ==> \result == 1 && cell->value == to;
  ensures miss: \old(cell->value) != from ==>
    \result == 0 && cell->value == \old(cell->value);
*/
VIGIL_API int vigil_atomic_replace(vigil_atomic_u32 *cell, uint32_t from, uint32_t to);

/* Sets the bits of `bits`. */
/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from cell->value, bits;
  ensures set: cell->value == (\old(cell->value) | bits);
*/
VIGIL_API void vigil_atomic_set_bits(vigil_atomic_u32 *cell, uint32_t bits);

/* Clears every bit that `kept` lacks. */
/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from cell->value, kept;
  ensures kept: cell->value == (\old(cell->value) & kept);
*/
VIGIL_API void vigil_atomic_keep_bits(vigil_atomic_u32 *cell, uint32_t kept);

/*@
  requires cell: \valid_read(cell);
  terminates \true; exits \false;
  assigns \result \from cell->value;
  ensures loaded: \result == cell->value;
*/
VIGIL_API uintptr_t vigil_atomic_load_word(const vigil_atomic_word *cell);

/*@
  requires cell: \valid(cell);
  terminates \true; exits \false;
  assigns cell->value \from value;
  ensures stored: cell->value == value;
*/
VIGIL_API void vigil_atomic_store_word(vigil_atomic_word *cell, uintptr_t value);

#endif
