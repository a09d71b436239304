/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_INTEREST_H
#define VIGIL_CORE_INTEREST_H

#include "base/attributes.h"
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Interest: the kinds of readiness a registration asks to hear about, and the
 * trigger that says when. Written as C programmers write flags:
 * VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_ONESHOT.
 *
 * An interest names at least one kind of readiness. Without a trigger flag it
 * is edge-triggered: after the program has seen would-block, the next change
 * to ready is reported. VIGIL_LEVEL reports for as long as the condition
 * holds. VIGIL_ONESHOT, with either, reports once and then is silent, hang-up
 * and error included, until the source is reregistered.
 */
typedef uint32_t vigil_interest;

#define VIGIL_READABLE UINT32_C(1)
#define VIGIL_WRITABLE UINT32_C(2)
#define VIGIL_PRIORITY UINT32_C(4)
#define VIGIL_LEVEL UINT32_C(8)
#define VIGIL_ONESHOT UINT32_C(16)

#define VIGIL_INTEREST_NONE UINT32_C(0)
#define VIGIL_INTEREST_KINDS (VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY)
#define VIGIL_INTEREST_ALL (VIGIL_INTEREST_KINDS | VIGIL_LEVEL | VIGIL_ONESHOT)

/* Bytes that hold any name of an interest, the final zero included. */
#define VIGIL_INTEREST_NAME_SIZE 49

/*@
  predicate readable(integer i) = (i & VIGIL_READABLE) != 0;
  predicate writable(integer i) = (i & VIGIL_WRITABLE) != 0;
  predicate priority(integer i) = (i & VIGIL_PRIORITY) != 0;
  predicate level(integer i) = (i & VIGIL_LEVEL) != 0;
  predicate oneshot(integer i) = (i & VIGIL_ONESHOT) != 0;

  predicate interest_valid(integer i) = 0 < i <= VIGIL_INTEREST_ALL &&
    (readable(i) || writable(i) || priority(i));
*/

/* Whether `i` is an interest: some kind of readiness, and no unknown flag. */
/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures valid: \result <==> interest_valid(i);
*/
VIGIL_API bool vigil_interest_is_valid(vigil_interest i);

/* The five questions take any value, as events and tests ask them of masks
 * that are no interest. */
/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures readable: \result <==> readable(i);
*/
VIGIL_API bool vigil_interest_is_readable(vigil_interest i);

/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures writable: \result <==> writable(i);
*/
VIGIL_API bool vigil_interest_is_writable(vigil_interest i);

/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures priority: \result <==> priority(i);
*/
VIGIL_API bool vigil_interest_is_priority(vigil_interest i);

/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures level: \result <==> level(i);
*/
VIGIL_API bool vigil_interest_is_level(vigil_interest i);

/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures oneshot: \result <==> oneshot(i);
*/
VIGIL_API bool vigil_interest_is_oneshot(vigil_interest i);

/* Everything asked for by `a` or by `b`; VIGIL_INTEREST_NONE if either is no
 * interest. */
/*@
  terminates \true; exits \false;
  assigns \result \from a, b;
  behavior union:
    assumes interest_valid(a) && interest_valid(b);
    ensures valid:    interest_valid(\result);
    ensures readable: readable(\result) <==> readable(a) || readable(b);
    ensures writable: writable(\result) <==> writable(a) || writable(b);
    ensures priority: priority(\result) <==> priority(a) || priority(b);
    ensures level:    level(\result) <==> level(a) || level(b);
    ensures oneshot:  oneshot(\result) <==> oneshot(a) || oneshot(b);
  behavior misuse:
    assumes !(interest_valid(a) && interest_valid(b));
    ensures none: \result == VIGIL_INTEREST_NONE;
  complete behaviors;
  disjoint behaviors;
*/
VIGIL_API vigil_interest vigil_interest_add(vigil_interest a, vigil_interest b);

/* What `a` asks for and `b` does not, triggers included; VIGIL_INTEREST_NONE
 * if no kind of readiness is left, or if either is no interest. */
/*@
  terminates \true; exits \false;
  assigns \result \from a, b;
  behavior difference:
    assumes interest_valid(a) && interest_valid(b);
    assumes left: (readable(a) && !readable(b)) || (writable(a) && !writable(b)) ||
                  (priority(a) && !priority(b));
    ensures valid:    interest_valid(\result);
    ensures readable: readable(\result) <==> readable(a) && !readable(b);
    ensures writable: writable(\result) <==> writable(a) && !writable(b);
    ensures priority: priority(\result) <==> priority(a) && !priority(b);
    ensures level:    level(\result) <==> level(a) && !level(b);
    ensures oneshot:  oneshot(\result) <==> oneshot(a) && !oneshot(b);
  behavior nothing:
    assumes !(interest_valid(a) && interest_valid(b)) ||
            !((readable(a) && !readable(b)) || (writable(a) && !writable(b)) ||
              (priority(a) && !priority(b)));
    ensures none: \result == VIGIL_INTEREST_NONE;
  complete behaviors;
  disjoint behaviors;
*/
VIGIL_API vigil_interest vigil_interest_remove(vigil_interest a, vigil_interest b);

/* The interest as it is written in C, "READABLE | LEVEL" without the prefixes;
 * "NONE" for VIGIL_INTEREST_NONE and "INVALID" for every other value that is
 * no interest. The string lives for ever. */
/*@
  terminates \true; exits \false;
  assigns \result \from i;
  ensures text: text_within(\result, VIGIL_INTEREST_NAME_SIZE);
  ensures readable: i <= VIGIL_INTEREST_ALL && i % 2 == 1 ==> \result[0] == 'R';
  ensures writable: i <= VIGIL_INTEREST_ALL && i % 4 == 2 ==> \result[0] == 'W';
  ensures priority: i <= VIGIL_INTEREST_ALL && i % 8 == 4 ==> \result[0] == 'P';
  ensures none: i == VIGIL_INTEREST_NONE ==> \result[0] == 'N';
  ensures invalid: i > VIGIL_INTEREST_ALL || (i % 8 == 0 && i != VIGIL_INTEREST_NONE) ==>
    \result[0] == 'I';
*/
VIGIL_API const char *vigil_interest_name(vigil_interest i);

#endif
