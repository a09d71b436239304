/* SPDX-License-Identifier: MIT */
#include "core/interest.h"

/* A false law: what is left depends on which is removed from which. */
/*@ requires valid: interest_valid(a) && interest_valid(b);
    terminates \true; exits \false; assigns \nothing; */
void remove_commutes(vigil_interest a, vigil_interest b)
{
    vigil_interest ab = vigil_interest_remove(a, b);
    vigil_interest ba = vigil_interest_remove(b, a);
    //@ check canary: readable(ab) <==> readable(ba);
}

/* A broken variant: it forgets to look whether anything is left. */
vigil_interest vigil_interest_remove(vigil_interest a, vigil_interest b)
{
    return a & ~b;
}
