/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_TEXT_H
#define VIGIL_BASE_TEXT_H

/*
 * What contracts mean by text: at least one character, and a zero that ends
 * it within the first `size` bytes. Nothing here is seen by a compiler.
 */

/*@
  predicate text_within{L}(char *s, integer size) =
    s[0] != 0 &&
    \exists integer end; 0 < end < size && \valid_read(s + (0 .. end)) && s[end] == 0;
*/

#endif
