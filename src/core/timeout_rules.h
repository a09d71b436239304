/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_TIMEOUT_RULES_H
#define VIGIL_CORE_TIMEOUT_RULES_H

#include "core/timeout.h"

/*
 * The rules by which a timeout becomes what a system call takes (C8): never
 * early, zero only for zero, infinite only for infinite. A kernel that cannot
 * count far enough is given the most it can count, and the wait sleeps again.
 */
#define VIGIL_TIMEOUT_MS_MAX 2147483647

/* For epoll_wait(2) and poll(2): milliseconds in an int, -1 for no end. */
/*@
  terminates \true; exits \false;
  assigns \result \from timeout;
  behavior forever:
    assumes timeout.ns == VIGIL_FOREVER_NS;
    ensures infinite: \result == -1;
  behavior far:
    assumes VIGIL_TIMEOUT_MS_MAX * 1000000 < timeout.ns < VIGIL_FOREVER_NS;
    ensures most: \result == VIGIL_TIMEOUT_MS_MAX;
  behavior near:
    assumes timeout.ns <= VIGIL_TIMEOUT_MS_MAX * 1000000;
    ensures never_early: timeout.ns <= \result * 1000000;
    ensures tight: \result * 1000000 < timeout.ns + 1000000;
    ensures zero: \result == 0 <==> timeout.ns == 0;
  complete behaviors;
  disjoint behaviors;
*/
int vigil_timeout_to_ms(vigil_timeout timeout);

/* For epoll_pwait2(2) and ppoll(2): whole seconds of a finite timeout. */
/*@
  requires finite: timeout.ns != VIGIL_FOREVER_NS;
  terminates \true; exits \false;
  assigns \result \from timeout;
  ensures seconds: \result == timeout.ns / 1000000000;
  ensures fits: 0 <= \result <= 18446744073;
*/
int64_t vigil_timeout_seconds_part(vigil_timeout timeout);

/* ... and the nanoseconds beyond them. */
/*@
  requires finite: timeout.ns != VIGIL_FOREVER_NS;
  terminates \true; exits \false;
  assigns \result \from timeout;
  ensures rest: \result == timeout.ns % 1000000000;
  ensures fits: 0 <= \result < 1000000000;
*/
int64_t vigil_timeout_nanoseconds_part(vigil_timeout timeout);

/* When a wait that begins at `now_ns` must end; VIGIL_FOREVER_NS for never.
 * Saturates at the last finite instant, so a finite timeout keeps an end. */
/*@
  terminates \true; exits \false;
  assigns \result \from now_ns, timeout;
  ensures never: timeout.ns == VIGIL_FOREVER_NS ==> \result == VIGIL_FOREVER_NS;
  ensures then: timeout.ns != VIGIL_FOREVER_NS ==> \result == finite_ns(now_ns + timeout.ns);
*/
uint64_t vigil_timeout_deadline(vigil_timeout timeout, uint64_t now_ns);

/* What is left of a wait until `deadline_ns`: nothing once it has passed. */
/*@
  terminates \true; exits \false;
  assigns \result \from deadline_ns, now_ns;
  ensures forever: deadline_ns == VIGIL_FOREVER_NS ==> \result.ns == VIGIL_FOREVER_NS;
  ensures over: deadline_ns != VIGIL_FOREVER_NS && deadline_ns <= now_ns ==> \result.ns == 0;
  ensures left: now_ns < deadline_ns < VIGIL_FOREVER_NS ==>
    \result.ns == deadline_ns - now_ns;
*/
vigil_timeout vigil_timeout_until(uint64_t deadline_ns, uint64_t now_ns);

#endif
