/* SPDX-License-Identifier: MIT */
#include "core/interest.h"

/*
 * Laws of interest, proven from the header's contracts alone: no body of
 * interest.c takes part. A law that fails means that a contract says too
 * little for those who build on it.
 */

/*@
  predicate interest_same(integer a, integer b) =
    (readable(a) <==> readable(b)) && (writable(a) <==> writable(b)) &&
    (priority(a) <==> priority(b)) && (level(a) <==> level(b)) &&
    (oneshot(a) <==> oneshot(b));
*/

/*@ terminates \true; exits \false; assigns \nothing; */
void add_commutes(vigil_interest a, vigil_interest b)
{
    vigil_interest ab = vigil_interest_add(a, b);
    vigil_interest ba = vigil_interest_add(b, a);
    //@ check commutes: interest_same(ab, ba);
}

/*@ terminates \true; exits \false; assigns \nothing; */
void add_associates(vigil_interest a, vigil_interest b, vigil_interest c)
{
    vigil_interest left = vigil_interest_add(vigil_interest_add(a, b), c);
    vigil_interest right = vigil_interest_add(a, vigil_interest_add(b, c));
    //@ check associates: interest_same(left, right);
}

/*@ requires valid: interest_valid(a); terminates \true; exits \false; assigns \nothing; */
void add_is_idempotent(vigil_interest a)
{
    vigil_interest twice = vigil_interest_add(a, a);
    //@ check idempotent: interest_same(twice, a);
}

/*@ terminates \true; exits \false; assigns \nothing; */
void remove_self_leaves_nothing(vigil_interest a)
{
    vigil_interest rest = vigil_interest_remove(a, a);
    //@ check nothing: rest == VIGIL_INTEREST_NONE;
}

/* Adding to `a` what it has nothing of, and removing it, changes nothing. */
/*@
  requires valid: interest_valid(a) && interest_valid(b);
  requires apart: !(readable(a) && readable(b)) && !(writable(a) && writable(b)) &&
    !(priority(a) && priority(b)) && !(level(a) && level(b)) && !(oneshot(a) && oneshot(b));
  terminates \true; exits \false;
  assigns \nothing;
*/
void remove_undoes_add(vigil_interest a, vigil_interest b)
{
    vigil_interest back = vigil_interest_remove(vigil_interest_add(a, b), b);
    //@ check undone: interest_same(back, a);
}

/*@ requires valid: interest_valid(a) && interest_valid(b);
    terminates \true; exits \false; assigns \nothing; */
void remove_then_add_covers_both(vigil_interest a, vigil_interest b)
{
    vigil_interest rest = vigil_interest_remove(a, b);
    vigil_interest both = vigil_interest_add(a, b);
    if (rest != VIGIL_INTEREST_NONE) {
        vigil_interest back = vigil_interest_add(rest, b);
        //@ check covers: interest_same(back, both);
    }
}

/* What no operation refuses is an interest, and what is refused is none. */
/*@ terminates \true; exits \false; assigns \nothing; */
void results_are_interests_or_none(vigil_interest a, vigil_interest b)
{
    vigil_interest sum = vigil_interest_add(a, b);
    vigil_interest rest = vigil_interest_remove(a, b);
    bool sum_valid = vigil_interest_is_valid(sum);
    bool rest_valid = vigil_interest_is_valid(rest);
    //@ check sum: !sum_valid <==> sum == VIGIL_INTEREST_NONE;
    //@ check rest: !rest_valid <==> rest == VIGIL_INTEREST_NONE;
}
