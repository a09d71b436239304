/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>

/*
 * What the proof run itself must refuse, whatever Vigil's contracts say: if
 * one of these is proven, an option is missing or the run is broken.
 */

/*@ terminates \true; exits \false; assigns \result \from a, b; */
uint32_t canary_overflow(uint32_t a, uint32_t b)
{
    return a + b;
}

/*@ terminates \true; exits \false; assigns \result \from a; */
uint8_t canary_downcast(uint32_t a)
{
    return (uint8_t)a;
}

/*@ terminates \true; exits \false; assigns \result \from a, b; */
int canary_signed(int a, int b)
{
    return a / b;
}

/*@ terminates \true; exits \false; assigns \result \from *p; */
int canary_memory(const int *p)
{
    return *p;
}

/*@ terminates \true; exits \false; assigns \nothing; */
void canary_endless(uint32_t n)
{
    //@ loop assigns \nothing;
    while (n != 1) {
    }
}

/*@ requires valid: \valid(p);
    terminates \true; exits \false; assigns \nothing; */
void canary_assigns(int *p)
{
    *p = 1;
}
