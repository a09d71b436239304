/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_ASSERT_H
#define VIGIL_BASE_ASSERT_H

/*
 * Assertions state what the programmer knows; statuses report what the world
 * did. A broken assertion is a bug inside Vigil, so it stops the process, in
 * every build.
 *
 * For the prover, reaching `vigil_panic` is forbidden. Each assertion is
 * therefore also a proof obligation, written once, in C.
 */

/*@
  requires unreachable: \false;
  terminates \true;
  exits \false;
  assigns \nothing;
*/
_Noreturn void vigil_panic(const char *condition, const char *file, int line);

#define vigil_assert(condition) \
    ((condition) ? (void)0 : vigil_panic(#condition, __FILE__, __LINE__))

#endif
