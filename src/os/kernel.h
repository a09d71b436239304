/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_KERNEL_H
#define VIGIL_OS_KERNEL_H

/*
 * What the contracts of the seam (src/os) say about the kernel, and in which
 * words. Annotations only: a compiler sees macros that nothing uses.
 *
 * kernel_kind         what a descriptor is open on; VIGIL_KERNEL_CLOSED if it is not
 * kernel_nonblocking  1 if O_NONBLOCK is set (fcntl(2), F_SETFL)
 * kernel_cloexec      1 if FD_CLOEXEC is set (fcntl(2), F_SETFD)
 * kernel_counter      the counter of an eventfd(2)
 * kernel_listed       1 if the descriptor is in the interest list of the epoll(7);
 *                     says nothing if the first descriptor is open on no epoll
 * kernel_mask         the events that were last asked for, with the trigger bits
 * kernel_key          the data that was last given with them
 * kernel_reported     which descriptor report i of the last wait was of
 * kernel_time         what the monotonic clock last said, in nanoseconds
 */
#include "os/kernel_bounds.h"
#include "os/kernel_state.h"

/* clang-format off */
/*
 * Macros and not predicates, as the contracts of the seam are executed too, and
 * E-ACSL 25 executes no predicate that reads memory. For its sake nothing but
 * the bounds of what is quantified stands before the first `==>`.
 */
#define VIGIL_KERNEL_FD(f) (0 <= (f) && (f) < VIGIL_KERNEL_DESCRIPTORS)
#define VIGIL_KERNEL_OPEN(f) (VIGIL_KERNEL_FD(f) && kernel_kind[f] != VIGIL_KERNEL_CLOSED)
#define VIGIL_KERNEL_IS(f, k) (VIGIL_KERNEL_FD(f) && kernel_kind[f] == (k))

/* What may change, for `assigns`. */
#define VIGIL_KERNEL_TABLE                           \
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],        \
    kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1], \
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1]
#define VIGIL_KERNEL_COUNTERS kernel_counter[0 .. VIGIL_KERNEL_DESCRIPTORS - 1]
#define VIGIL_KERNEL_LIST(e)                       \
    kernel_listed[e][0 .. VIGIL_KERNEL_DESCRIPTORS - 1], \
    kernel_mask[e][0 .. VIGIL_KERNEL_DESCRIPTORS - 1],   \
    kernel_key[e][0 .. VIGIL_KERNEL_DESCRIPTORS - 1]
#define VIGIL_KERNEL_LISTS \
    kernel_listed[0 .. VIGIL_KERNEL_DESCRIPTORS - 1][0 .. VIGIL_KERNEL_DESCRIPTORS - 1]
#define VIGIL_KERNEL_BATCH kernel_reported[0 .. VIGIL_KERNEL_REPORTS - 1]

/* The entry of `f` in the interest list of `e`. */
#define VIGIL_KERNEL_ENTRY(e, f, m, k) \
    (kernel_listed[e][f] == 1 && kernel_mask[e][f] == (m) && kernel_key[e][f] == (k))
#define VIGIL_KERNEL_SAME_ENTRY(e, f)                        \
    (kernel_listed[e][f] == \old(kernel_listed[e][f])        \
     && (kernel_listed[e][f] != 0 ==>                        \
           kernel_mask[e][f] == \old(kernel_mask[e][f])      \
           && kernel_key[e][f] == \old(kernel_key[e][f])))
/* The interest list of `e`, but for the entry of `except`; -1 for no exception. */
#define VIGIL_KERNEL_SAME_LIST(e, except)                                       \
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f != (except) ==> \
       VIGIL_KERNEL_SAME_ENTRY(e, f))
#define VIGIL_KERNEL_EMPTY_LIST(e) \
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> kernel_listed[e][f] == 0)
/* No epoll has `f` in its interest list. */
#define VIGIL_KERNEL_UNLISTED(f)                              \
    (\forall integer e; 0 <= e < VIGIL_KERNEL_DESCRIPTORS ==> \
       kernel_kind[e] == VIGIL_KERNEL_EPOLL ==> kernel_listed[e][f] == 0)

/* The table of descriptors, but for `except`; -1 for no exception. What a
 * descriptor was before it was closed is not part of the table. */
#define VIGIL_KERNEL_SAME_DESCRIPTOR(f)                             \
    (kernel_kind[f] == \old(kernel_kind[f])                         \
     && (kernel_kind[f] != VIGIL_KERNEL_CLOSED ==>                  \
           kernel_nonblocking[f] == \old(kernel_nonblocking[f])     \
           && kernel_cloexec[f] == \old(kernel_cloexec[f])))
#define VIGIL_KERNEL_SAME_TABLE(except)                                         \
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f != (except) ==> \
       VIGIL_KERNEL_SAME_DESCRIPTOR(f))
/* `f` is a new descriptor of kind `k` that no epoll lists; no other has changed. */
#define VIGIL_KERNEL_OPENED(f, k)                                              \
    (VIGIL_KERNEL_IS(f, k) && kernel_cloexec[f] == 1                           \
     && (\forall integer g; 0 <= g < VIGIL_KERNEL_DESCRIPTORS ==> g == (f) ==> \
           \old(kernel_kind[g]) == VIGIL_KERNEL_CLOSED)                        \
     && VIGIL_KERNEL_SAME_TABLE(f) && VIGIL_KERNEL_UNLISTED(f))
/* The same of two at once. */
#define VIGIL_KERNEL_OPENED_TWO(f, g, k)                                         \
    ((f) != (g) && VIGIL_KERNEL_IS(f, k) && VIGIL_KERNEL_IS(g, k)                \
     && kernel_cloexec[f] == 1 && kernel_cloexec[g] == 1                         \
     && (\forall integer h; 0 <= h < VIGIL_KERNEL_DESCRIPTORS ==>                \
           h == (f) || h == (g) ==> \old(kernel_kind[h]) == VIGIL_KERNEL_CLOSED) \
     && (\forall integer h; 0 <= h < VIGIL_KERNEL_DESCRIPTORS ==>                \
           h != (f) ==> h != (g) ==> VIGIL_KERNEL_SAME_DESCRIPTOR(h))            \
     && VIGIL_KERNEL_UNLISTED(f) && VIGIL_KERNEL_UNLISTED(g))

/* clang-format on */

/* For proofs above the seam: the same between two moments of a program. */
/*@
  predicate kernel_same_descriptor{L1,L2}(integer f) =
    \at(kernel_kind[f], L1) == \at(kernel_kind[f], L2) &&
    (\at(kernel_kind[f], L1) != VIGIL_KERNEL_CLOSED ==>
      \at(kernel_nonblocking[f], L1) == \at(kernel_nonblocking[f], L2) &&
      \at(kernel_cloexec[f], L1) == \at(kernel_cloexec[f], L2));
  predicate kernel_same_table{L1,L2}(integer except) =
    \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f != except ==>
      kernel_same_descriptor{L1,L2}(f);
  predicate kernel_same_entry{L1,L2}(integer e, integer f) =
    \at(kernel_listed[e][f], L1) == \at(kernel_listed[e][f], L2) &&
    (\at(kernel_listed[e][f], L1) != 0 ==>
      \at(kernel_mask[e][f], L1) == \at(kernel_mask[e][f], L2) &&
      \at(kernel_key[e][f], L1) == \at(kernel_key[e][f], L2));
  predicate kernel_same_list{L1,L2}(integer e, integer except) =
    \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f != except ==>
      kernel_same_entry{L1,L2}(e, f);
*/

#endif
