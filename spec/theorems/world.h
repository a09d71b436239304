/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_THEOREMS_WORLD_H
#define VIGIL_SPEC_THEOREMS_WORLD_H

#include "poll/registry.h"

/*
 * A world: one poll `r`, any of those that a program has, and `n` sources at
 * `X`, all that it has; they may be registered with `r` or with any other. And
 * the ledger, which is what the program would write down about `r` if it
 * believed the statuses it gets: for each descriptor the source, the token and
 * the interest that were last given with success, for each slot the source
 * that lives there.
 *
 * The ledger is ghost: only the prover sees it, and nobody points into it.
 */
/*@ ghost
  int ledger_source[VIGIL_KERNEL_DESCRIPTORS];
  uintptr_t ledger_token[VIGIL_KERNEL_DESCRIPTORS];
  unsigned int ledger_interest[VIGIL_KERNEL_DESCRIPTORS];
  int ledger_tenant[VIGIL_SLOTS_MAX];
*/

/* What lives in the slot is a waker, and no source. */
#define LEDGER_WAKER (-1)

/* clang-format off */
#define LEDGER                                        \
    ledger_source[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],   \
    ledger_token[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],    \
    ledger_interest[0 .. VIGIL_KERNEL_DESCRIPTORS - 1], \
    ledger_tenant[0 .. VIGIL_SLOTS_MAX - 1]
/* clang-format on */

/*@
  // Each thing is somewhere, and no two are in one place.
  predicate world_memory{L}(vigil_registry *r, vigil_source *X, integer n) =
    registry_valid(r) && r->slots.count != 0 && \valid(X + (0 .. n - 1)) &&
    (\forall integer i; 0 <= i < n ==> \separated(r, X + i)) &&
    (\forall integer i; 0 <= i < n ==>
      \separated(X + i, r->slots.array + (0 .. r->slots.count - 1)));

  // Slot, interest list and ledger say the same about a source that is
  // registered. Its descriptor is open: who closes it deregisters it first.
  predicate entry_agrees{L}(vigil_registry *r, vigil_source *x, integer i) =
    source_agrees(r, x) && VIGIL_KERNEL_OPEN(x->fd) &&
    ledger_source[x->fd] == i && ledger_tenant[x->slot] == i &&
    r->slots.array[x->slot].mask.value ==
      selector_reportable(selector_request(ledger_interest[x->fd])) &&
    r->slots.array[x->slot].token.value == ledger_token[x->fd];

  predicate world_agrees{L}(vigil_registry *r, vigil_source *X, integer n) =
    \forall integer i; 0 <= i < n && X[i].registry == r ==> entry_agrees(r, X + i, i);

  // Source `i` is that of the entry of `f`.
  predicate entry_of{L}(vigil_registry *r, vigil_source *X, integer n, integer f, integer i) =
    0 <= i < n && X[i].registry == r && X[i].fd == f;

  // The interest list has no entry but those of sources, and the wakers' channel.
  predicate world_list{L}(vigil_registry *r, vigil_source *X, integer n) =
    \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
      kernel_listed[r->selector.epoll][f] != 0 ==>
        f == r->wake.channel.eventfd || entry_of(r, X, n, f, ledger_source[f]);

  // Source `i` lives in slot `s`.
  predicate tenant_of{L}(vigil_registry *r, vigil_source *X, integer n, integer s, integer i) =
    0 <= i < n && X[i].registry == r && X[i].slot == s;

  // No slot is taken but by a source or a waker.
  predicate world_slots{L}(vigil_registry *r, vigil_source *X, integer n) =
    \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) ==>
      ledger_tenant[s] == LEDGER_WAKER || tenant_of(r, X, n, s, ledger_tenant[s]);

  // The poll is the same, open on the same descriptors, over the same slots.
  predicate poll_kept{L1,L2}(vigil_registry *r) =
    \at(r->slots.array, L1) == \at(r->slots.array, L2) &&
    \at(r->slots.count, L1) == \at(r->slots.count, L2) &&
    \at(r->selector.epoll, L1) == \at(r->selector.epoll, L2) &&
    \at(r->wake.channel.eventfd, L1) == \at(r->wake.channel.eventfd, L2);

  // The sources are the same, source `but` aside, and on the same descriptors.
  predicate sources_kept{L1,L2}(vigil_source *X, integer n, integer but) =
    (\forall integer i; 0 <= i < n ==> \at(X[i].fd, L1) == \at(X[i].fd, L2)) &&
    (\forall integer i; 0 <= i < n && i != but ==>
      \at(X[i].registry, L1) == \at(X[i].registry, L2)) &&
    (\forall integer i; 0 <= i < n && i != but ==>
      \at(X[i].slot, L1) == \at(X[i].slot, L2));

  // Nothing has changed but the order of free slots, and what they hold besides
  // their generations, which means nothing.
  predicate world_kept{L1,L2}(vigil_registry *r, vigil_source *X, integer n) =
    poll_kept{L1,L2}(r) && sources_kept{L1,L2}(X, n, -1) &&
    registrations_kept{L1,L2}(\at(&r->slots, L2), -1) &&
    slots_taken_kept{L1,L2}(\at(&r->slots, L2), -1) &&
    generations_kept{L1,L2}(\at(&r->slots, L2), -1) &&
    \at(r->slots.free_count, L1) == \at(r->slots.free_count, L2) &&
    (\forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
      0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> kernel_same_entry{L1,L2}(e, f));
*/

/* clang-format off */
#define WORLD_BEFORE                             \
    requires memory: world_memory(r, X, n);      \
    requires agrees: world_agrees(r, X, n);      \
    requires list: world_list(r, X, n);          \
    requires slots: world_slots(r, X, n);
#define WORLD_AFTER                              \
    ensures memory: world_memory(r, X, n);       \
    ensures agrees: world_agrees(r, X, n);       \
    ensures list: world_list(r, X, n);           \
    ensures slots: world_slots(r, X, n);
/* clang-format on */

#endif
