/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_TEXT_H
#define VIGIL_BASE_TEXT_H

/*
 * What contracts mean by text: a readable block of memory of its own, of at
 * most `size` bytes, big enough for one character and the zero that ends it.
 * That a string literal ends in a zero is what C says (C11 6.4.5), and what a
 * test reads: the prover is shown the bytes of a few, where a contract says what
 * a text begins with, and of most it is not. Nothing here is seen by a compiler.
 */

/*@
  predicate text_within{L}(char *s, integer size) =
    \offset(s) == 0 && 1 < \block_length(s) <= size &&
    \valid_read(s + (0 .. \block_length(s) - 1));
*/

#endif
