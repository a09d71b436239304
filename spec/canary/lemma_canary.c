/* SPDX-License-Identifier: MIT */

/*
 * A false lemma: a bit of each is not a bit of both. It stands alone, for what
 * is proven beside it is proven by it: a false lemma proves everything.
 */
/*@
  lemma canary_bits: \forall integer a, b; 0 < a < 32 ==> 0 < b < 32 ==> 0 < (a & b);
*/
