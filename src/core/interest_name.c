/* SPDX-License-Identifier: MIT */
#include "core/interest.h"

/* Twenty-eight interests have twenty-eight names; one function names those of
 * one trigger. A name begins as that of the first kind does, and of the kinds,
 * in the lowest three bits, READABLE is 1, WRITABLE 2, and PRIORITY 4. */
#define KIND_INITIAL(i) ((i) % 2 == 1 ? 'R' : (i) % 4 == 2 ? 'W' : (i) % 8 == 4 ? 'P' : 'I')
#define INITIAL(i) \
    ((i) == VIGIL_INTEREST_NONE ? 'N' : (i) > VIGIL_INTEREST_ALL ? 'I' : KIND_INITIAL(i))

/*@
  requires trigger: i < VIGIL_LEVEL;
  terminates \true; exits \false;
  assigns \result \from i;
  ensures text: text_within(\result, VIGIL_INTEREST_NAME_SIZE);
  ensures initial: \result[0] == INITIAL(i);
*/
static const char *edge_name(vigil_interest i)
{
    switch (i) {
    case VIGIL_INTEREST_NONE:
        return "NONE";
    case VIGIL_READABLE:
        return "READABLE";
    case VIGIL_WRITABLE:
        return "WRITABLE";
    case VIGIL_READABLE | VIGIL_WRITABLE:
        return "READABLE | WRITABLE";
    case VIGIL_PRIORITY:
        return "PRIORITY";
    case VIGIL_READABLE | VIGIL_PRIORITY:
        return "READABLE | PRIORITY";
    case VIGIL_WRITABLE | VIGIL_PRIORITY:
        return "WRITABLE | PRIORITY";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY:
        return "READABLE | WRITABLE | PRIORITY";
    default:
        return "INVALID";
    }
}

/*@
  requires trigger: VIGIL_LEVEL <= i < VIGIL_ONESHOT;
  terminates \true; exits \false;
  assigns \result \from i;
  ensures text: text_within(\result, VIGIL_INTEREST_NAME_SIZE);
  ensures initial: \result[0] == INITIAL(i);
*/
static const char *level_name(vigil_interest i)
{
    switch (i) {
    case VIGIL_READABLE | VIGIL_LEVEL:
        return "READABLE | LEVEL";
    case VIGIL_WRITABLE | VIGIL_LEVEL:
        return "WRITABLE | LEVEL";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_LEVEL:
        return "READABLE | WRITABLE | LEVEL";
    case VIGIL_PRIORITY | VIGIL_LEVEL:
        return "PRIORITY | LEVEL";
    case VIGIL_READABLE | VIGIL_PRIORITY | VIGIL_LEVEL:
        return "READABLE | PRIORITY | LEVEL";
    case VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_LEVEL:
        return "WRITABLE | PRIORITY | LEVEL";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_LEVEL:
        return "READABLE | WRITABLE | PRIORITY | LEVEL";
    default:
        return "INVALID";
    }
}

/*@
  requires trigger: VIGIL_ONESHOT <= i < VIGIL_ONESHOT + VIGIL_LEVEL;
  terminates \true; exits \false;
  assigns \result \from i;
  ensures text: text_within(\result, VIGIL_INTEREST_NAME_SIZE);
  ensures initial: \result[0] == INITIAL(i);
*/
static const char *oneshot_name(vigil_interest i)
{
    switch (i) {
    case VIGIL_READABLE | VIGIL_ONESHOT:
        return "READABLE | ONESHOT";
    case VIGIL_WRITABLE | VIGIL_ONESHOT:
        return "WRITABLE | ONESHOT";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_ONESHOT:
        return "READABLE | WRITABLE | ONESHOT";
    case VIGIL_PRIORITY | VIGIL_ONESHOT:
        return "PRIORITY | ONESHOT";
    case VIGIL_READABLE | VIGIL_PRIORITY | VIGIL_ONESHOT:
        return "READABLE | PRIORITY | ONESHOT";
    case VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_ONESHOT:
        return "WRITABLE | PRIORITY | ONESHOT";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_ONESHOT:
        return "READABLE | WRITABLE | PRIORITY | ONESHOT";
    default:
        return "INVALID";
    }
}

/*@
  requires trigger: VIGIL_ONESHOT + VIGIL_LEVEL <= i;
  terminates \true; exits \false;
  assigns \result \from i;
  ensures text: text_within(\result, VIGIL_INTEREST_NAME_SIZE);
  ensures initial: \result[0] == INITIAL(i);
*/
static const char *level_oneshot_name(vigil_interest i)
{
    switch (i) {
    case VIGIL_READABLE | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "READABLE | LEVEL | ONESHOT";
    case VIGIL_WRITABLE | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "WRITABLE | LEVEL | ONESHOT";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "READABLE | WRITABLE | LEVEL | ONESHOT";
    case VIGIL_PRIORITY | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "PRIORITY | LEVEL | ONESHOT";
    case VIGIL_READABLE | VIGIL_PRIORITY | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "READABLE | PRIORITY | LEVEL | ONESHOT";
    case VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "WRITABLE | PRIORITY | LEVEL | ONESHOT";
    case VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY | VIGIL_LEVEL | VIGIL_ONESHOT:
        return "READABLE | WRITABLE | PRIORITY | LEVEL | ONESHOT";
    default:
        return "INVALID";
    }
}

const char *vigil_interest_name(vigil_interest i)
{
    if (i < VIGIL_LEVEL) {
        return edge_name(i);
    }
    if (i < VIGIL_ONESHOT) {
        return level_name(i);
    }
    return i < (VIGIL_LEVEL | VIGIL_ONESHOT) ? oneshot_name(i) : level_oneshot_name(i);
}
