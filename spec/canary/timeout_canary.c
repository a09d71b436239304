/* SPDX-License-Identifier: MIT */
#include "core/timeout_rules.h"

/* A false law: long durations saturate. */
/*@ terminates \true; exits \false; assigns \nothing; */
void milliseconds_are_exact(uint64_t ms)
{
    vigil_timeout timeout = vigil_ms(ms);
    //@ check canary: timeout.ns == ms * 1000000;
}

/* A broken variant: it rounds down, so a wait may end early, and the shortest
 * ones never begin. */
int vigil_timeout_to_ms(vigil_timeout timeout)
{
    if (timeout.ns == VIGIL_FOREVER_NS) {
        return -1;
    }
    uint64_t whole = timeout.ns / 1000000;
    return whole < VIGIL_TIMEOUT_MS_MAX ? (int)whole : VIGIL_TIMEOUT_MS_MAX;
}

/* A broken variant: a finite wait that ends late never ends. */
uint64_t vigil_timeout_deadline(vigil_timeout timeout, uint64_t now_ns)
{
    return now_ns <= UINT64_MAX - timeout.ns ? now_ns + timeout.ns : VIGIL_FOREVER_NS;
}
