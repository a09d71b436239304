/* SPDX-License-Identifier: MIT */

/*
 * What the SMT solvers do not know about bits. Linked into the proofs that
 * need it and proven in the same run, by the scripts in spec/session; included
 * by no source.
 */

/*@
  lemma or_below_32: \forall integer a, b;
    0 <= a < 32 ==> 0 <= b < 32 ==> 0 <= (a | b) < 32;

  lemma and_below_32: \forall integer a, b;
    0 <= a < 32 ==> 0 <= (a & b) < 32;
*/
