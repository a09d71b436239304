/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_CORE_TOKEN_H
#define VIGIL_CORE_TOKEN_H

#include <stdint.h>

/*
 * A token comes back with every event of the registration it was given to.
 * It is the caller's: an index, or a pointer cast to uintptr_t. Any value is
 * legal, and two registrations may carry the same one.
 */
typedef uintptr_t vigil_token;

#endif
