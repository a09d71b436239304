/* SPDX-License-Identifier: MIT */

/* Multiples, for what is sent as datagrams of one size. */

/*@
  lemma multiple_is_whole: \forall integer number, bytes;
    number >= 0 && bytes > 0 ==> (number * bytes) % bytes == 0;

  lemma sum_is_whole: \forall integer one, other, bytes;
    one >= 0 && other >= 0 && bytes > 0 && one % bytes == 0 && other % bytes == 0 ==>
      (one + other) % bytes == 0;

  lemma rest_leaves_whole: \forall integer number, bytes;
    number >= 0 && bytes > 0 ==> (number - number % bytes) % bytes == 0;
*/
