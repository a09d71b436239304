/* SPDX-License-Identifier: MIT */
#include "core/interest.h"

bool vigil_interest_is_readable(vigil_interest i)
{
    return (i & VIGIL_READABLE) != 0;
}

bool vigil_interest_is_writable(vigil_interest i)
{
    return (i & VIGIL_WRITABLE) != 0;
}

bool vigil_interest_is_priority(vigil_interest i)
{
    return (i & VIGIL_PRIORITY) != 0;
}

bool vigil_interest_is_level(vigil_interest i)
{
    return (i & VIGIL_LEVEL) != 0;
}

bool vigil_interest_is_oneshot(vigil_interest i)
{
    return (i & VIGIL_ONESHOT) != 0;
}

bool vigil_interest_is_valid(vigil_interest i)
{
    return i <= VIGIL_INTEREST_ALL
        && (vigil_interest_is_readable(i) || vigil_interest_is_writable(i)
            || vigil_interest_is_priority(i));
}

vigil_interest vigil_interest_add(vigil_interest a, vigil_interest b)
{
    if (!vigil_interest_is_valid(a) || !vigil_interest_is_valid(b)) {
        return VIGIL_INTEREST_NONE;
    }
    return a | b;
}

vigil_interest vigil_interest_remove(vigil_interest a, vigil_interest b)
{
    if (!vigil_interest_is_valid(a) || !vigil_interest_is_valid(b)) {
        return VIGIL_INTEREST_NONE;
    }
    vigil_interest rest = a & ~b;
    return vigil_interest_is_valid(rest) ? rest : VIGIL_INTEREST_NONE;
}
