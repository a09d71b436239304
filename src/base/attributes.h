/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_ATTRIBUTES_H
#define VIGIL_BASE_ATTRIBUTES_H

/*
 * VIGIL_API marks what the shared library exports; everything else is hidden.
 * VIGIL_CHECKED marks an exported call whose status must be looked at: a
 * compiler warns where it is dropped, and `(void)` does not silence gcc. Who
 * parses the headers for something other than a build may define both as
 * nothing first.
 */
#if defined(VIGIL_API) && defined(VIGIL_CHECKED)
/* Chosen on the command line. */
#elif defined(__GNUC__)
#define VIGIL_API __attribute__((visibility("default")))
#define VIGIL_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define VIGIL_API
#define VIGIL_CHECKED
#endif

/* VIGIL_RARE marks a function off the hot path: its registers are saved when it
 * is called, not whenever its caller is. */
#if defined(__GNUC__)
#define VIGIL_RARE __attribute__((noinline, cold))
#else
#define VIGIL_RARE
#endif

/*
 * VIGIL_INLINE opens a definition in an *_inline.h header: a copy for inlining
 * only, beside the out-of-line one that the library exports. The one source
 * file that makes the exported copy defines VIGIL_INLINE as nothing first.
 */
#ifndef VIGIL_INLINE
#define VIGIL_INLINE extern inline __attribute__((gnu_inline))
#endif

#endif
