/* SPDX-License-Identifier: MIT */
#include <stdint.h>

/*
 * A contract that nobody can meet. Anything is proven of it, `kept` below too;
 * the smoke test must say so.
 */
/*@ requires small: n < 10;
    requires large: n > 20;
    terminates \true; exits \false; assigns \nothing;
    ensures kept: n == 0; */
void contradiction(uint32_t n)
{
    (void)n;
}
