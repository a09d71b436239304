/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_TIMEOUT_H
#define VIGIL_CORE_TIMEOUT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * How long a wait may last, in nanoseconds. VIGIL_FOREVER is a value of its
 * own: no finite duration is ever rounded up to it, or down to zero. The
 * longest finite timeout is 2^64 - 2 ns, 584 years.
 */
typedef struct vigil_timeout {
    uint64_t ns;
} vigil_timeout;

#define VIGIL_FOREVER_NS UINT64_MAX
#ifdef __cplusplus
#define VIGIL_FOREVER (vigil_timeout{VIGIL_FOREVER_NS})
#else
#define VIGIL_FOREVER ((vigil_timeout){VIGIL_FOREVER_NS})
#endif
#define VIGIL_NO_WAIT (vigil_ns(0))

/*@
  logic integer finite_ns(integer ns) =
    ns < VIGIL_FOREVER_NS ? ns : VIGIL_FOREVER_NS - 1;
*/

/* `ns` nanoseconds, saturating at the longest finite timeout. */
/*@
  terminates \true; exits \false;
  assigns \result \from ns;
  ensures finite: \result.ns == finite_ns(ns);
*/
VIGIL_API vigil_timeout vigil_ns(uint64_t ns);

/* `us` microseconds, saturating at the longest finite timeout. */
/*@
  terminates \true; exits \false;
  assigns \result \from us;
  ensures finite: \result.ns == finite_ns(us * 1000);
*/
VIGIL_API vigil_timeout vigil_us(uint64_t us);

/* `ms` milliseconds, saturating at the longest finite timeout. */
/*@
  terminates \true; exits \false;
  assigns \result \from ms;
  ensures finite: \result.ns == finite_ns(ms * 1000000);
*/
VIGIL_API vigil_timeout vigil_ms(uint64_t ms);

/* `seconds`, saturating at the longest finite timeout. */
/*@
  terminates \true; exits \false;
  assigns \result \from seconds;
  ensures finite: \result.ns == finite_ns(seconds * 1000000000);
*/
VIGIL_API vigil_timeout vigil_seconds(uint64_t seconds);

#endif
