/* SPDX-License-Identifier: MIT */
#include "core/timeout_rules.h"

/*
 * Laws of timeouts, proven from the headers' contracts alone.
 */

/* The units agree with each other, at every size. */
/*@ terminates \true; exits \false; assigns \nothing; */
void units_agree(uint32_t count)
{
    vigil_timeout s = vigil_seconds(count);
    vigil_timeout ms = vigil_ms(UINT64_C(1000) * count);
    vigil_timeout us = vigil_us(UINT64_C(1000000) * count);
    vigil_timeout ns = vigil_ns(UINT64_C(1000000000) * count);
    //@ check agree: s.ns == ms.ns == us.ns == ns.ns;
}

/* No duration, in any unit, is for ever, and only nothing is zero. */
/*@ terminates \true; exits \false; assigns \nothing; */
void durations_are_finite(uint64_t count)
{
    vigil_timeout s = vigil_seconds(count);
    vigil_timeout ms = vigil_ms(count);
    vigil_timeout us = vigil_us(count);
    vigil_timeout ns = vigil_ns(count);
    /*@ check finite: s.ns != VIGIL_FOREVER_NS && ms.ns != VIGIL_FOREVER_NS &&
          us.ns != VIGIL_FOREVER_NS && ns.ns != VIGIL_FOREVER_NS; */
    /*@ check zero: (s.ns == 0 <==> count == 0) && (ms.ns == 0 <==> count == 0) &&
          (us.ns == 0 <==> count == 0) && (ns.ns == 0 <==> count == 0); */
}

/* A longer timeout is never a shorter one to the kernel. */
/*@ requires order: a.ns <= b.ns < VIGIL_FOREVER_NS;
    terminates \true; exits \false; assigns \nothing; */
void milliseconds_keep_order(vigil_timeout a, vigil_timeout b)
{
    int a_ms = vigil_timeout_to_ms(a);
    int b_ms = vigil_timeout_to_ms(b);
    //@ check order: 0 <= a_ms <= b_ms;
}

/* Minus one, "for ever" to the kernel, is for ever and nothing else; zero,
 * "do not wait", is zero and nothing else. */
/*@ terminates \true; exits \false; assigns \nothing; */
void milliseconds_keep_the_ends(vigil_timeout timeout)
{
    int ms = vigil_timeout_to_ms(timeout);
    //@ check forever: ms == -1 <==> timeout.ns == VIGIL_FOREVER_NS;
    //@ check zero: ms == 0 <==> timeout.ns == 0;
    //@ check range: ms >= -1;
}

/*@ requires finite: timeout.ns != VIGIL_FOREVER_NS;
    terminates \true; exits \false; assigns \nothing; */
void parts_are_the_whole(vigil_timeout timeout)
{
    int64_t seconds = vigil_timeout_seconds_part(timeout);
    int64_t rest = vigil_timeout_nanoseconds_part(timeout);
    //@ check whole: seconds * 1000000000 + rest == timeout.ns;
}

/* What is left of a wait that has just begun is all of it. */
/*@ terminates \true; exits \false; assigns \nothing; */
void deadline_then_until_is_the_timeout(vigil_timeout timeout, uint64_t now_ns)
{
    vigil_timeout left = vigil_timeout_until(vigil_timeout_deadline(timeout, now_ns), now_ns);
    //@ check forever: timeout.ns == VIGIL_FOREVER_NS ==> left.ns == VIGIL_FOREVER_NS;
    /*@ check same: timeout.ns != VIGIL_FOREVER_NS &&
          now_ns + timeout.ns < VIGIL_FOREVER_NS ==> left.ns == timeout.ns; */
}

/* A wait that goes back to sleep sleeps for what remains, to the nanosecond,
 * and a finite one never becomes endless. */
/*@ requires later: now_ns <= later_ns;
    requires finite: now_ns + timeout.ns < VIGIL_FOREVER_NS;
    terminates \true; exits \false; assigns \nothing; */
void sleeping_again_keeps_the_end(vigil_timeout timeout, uint64_t now_ns, uint64_t later_ns)
{
    uint64_t deadline_ns = vigil_timeout_deadline(timeout, now_ns);
    vigil_timeout left = vigil_timeout_until(deadline_ns, later_ns);
    //@ check over: later_ns >= now_ns + timeout.ns <==> left.ns == 0;
    //@ check end: left.ns != 0 ==> later_ns + left.ns == now_ns + timeout.ns;
    //@ check finite: left.ns != VIGIL_FOREVER_NS;
}
