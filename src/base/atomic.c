/* SPDX-License-Identifier: MIT */

/* The out-of-line copies, for callers that cannot inline: other languages, and
 * builds without optimisation. */
#include "base/attributes.h"

#undef VIGIL_INLINE
#define VIGIL_INLINE
#include "base/atomic_inline.h"
