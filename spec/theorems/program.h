/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_THEOREMS_PROGRAM_H
#define VIGIL_SPEC_THEOREMS_PROGRAM_H

#include "poll/poll.h"
#include "poll/waker.h"
#include "world.h"

/*
 * A program: a world whose poll `p` is opened and closed, over slots of the `N`
 * at `S`, with `m` wakers at `W` besides the `n` sources at `X`. While the poll is
 * closed nothing is registered with it, and no waker is of it.
 *
 * The ledger has, for each slot where a waker lives, which one that is.
 */
/*@ ghost int ledger_waker[VIGIL_SLOTS_MAX]; */

/*@
  // No two things are in one place. Who lends memory does not take it back.
  predicate program_memory{L}(vigil_poll *p, vigil_source *X, integer n, vigil_waker *W,
                              integer m, vigil_slot *S, integer N) =
    \valid(p) && \valid(X + (0 .. n - 1)) && \valid(W + (0 .. m - 1)) &&
    0 < N <= VIGIL_SLOTS_MAX && \valid(S + (0 .. N - 1)) &&
    \separated(p, X + (0 .. n - 1), W + (0 .. m - 1), S + (0 .. N - 1));

  predicate poll_lent{L}(vigil_poll *p, vigil_slot *S, integer N) = !poll_closed(p) ==>
    p->registry.slots.array == S && p->registry.slots.count <= N;

  predicate program_list{L}(vigil_poll *p, vigil_source *X, integer n) =
    !poll_closed(p) ==> world_list(&p->registry, X, n);

  // Slot and ledger say the same about a waker that is open.
  predicate waker_agrees{L}(vigil_registry *r, vigil_waker *w, integer j) =
    slot_taken(&r->slots, w->slot) && w->slot / 32 < r->wake.words.value &&
    r->slots.array[w->slot].mask.value == VIGIL_SELECTOR_WOKEN &&
    ledger_tenant[w->slot] == LEDGER_WAKER && ledger_waker[w->slot] == j;

  predicate wakers_agree{L}(vigil_registry *r, vigil_waker *W, integer m) =
    \forall integer j; 0 <= j < m && W[j].registry == r ==> waker_agrees(r, W + j, j);

  // Waker `j` lives in slot `s`.
  predicate waker_of{L}(vigil_registry *r, vigil_waker *W, integer m, integer s, integer j) =
    0 <= j < m && W[j].registry == r && W[j].slot == s;

  // What lives in a slot and is no source is a waker that is open.
  predicate wakers_live{L}(vigil_registry *r, vigil_waker *W, integer m) =
    \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) &&
      ledger_tenant[s] == LEDGER_WAKER ==> waker_of(r, W, m, s, ledger_waker[s]);

  // The wakers are the same, waker `but` aside.
  predicate wakers_same{L1,L2}(vigil_waker *W, integer m, integer but) =
    (\forall integer j; 0 <= j < m && j != but ==>
      \at(W[j].registry, L1) == \at(W[j].registry, L2)) &&
    (\forall integer j; 0 <= j < m && j != but ==> \at(W[j].slot, L1) == \at(W[j].slot, L2));

  // Of what the steps of a world speak of, and of the ledger, nothing has changed.
  predicate ledger_kept{L1,L2} =
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
      \at(ledger_source[f], L1) == \at(ledger_source[f], L2) &&
      \at(ledger_token[f], L1) == \at(ledger_token[f], L2) &&
      \at(ledger_interest[f], L1) == \at(ledger_interest[f], L2)) &&
    (\forall integer s; 0 <= s < VIGIL_SLOTS_MAX ==>
      \at(ledger_tenant[s], L1) == \at(ledger_tenant[s], L2) &&
      \at(ledger_waker[s], L1) == \at(ledger_waker[s], L2));
  predicate agreement_kept{L1,L2}(vigil_registry *r, vigil_source *X, integer n) =
    poll_kept{L1,L2}(r) && slots_kept{L1,L2}(\at(&r->slots, L2)) && ledger_kept{L1,L2} &&
    sources_kept{L1,L2}(X, n, -1) && kernel_same_list{L1,L2}(\at(r->selector.epoll, L2), -1) &&
    kernel_same_table{L1,L2}(-1);

  // Of all that agrees nothing has changed, and no descriptor was opened or closed.
  predicate program_kept{L1,L2}(vigil_poll *p, vigil_source *X, integer n, vigil_waker *W,
                                integer m) =
    world_kept{L1,L2}(\at(&p->registry, L2), X, n) && wakers_same{L1,L2}(W, m, -1) &&
    kernel_same_table{L1,L2}(-1);

  // `e` is some other epoll than the poll's. What those list is as it was.
  predicate elsewhere{L}(integer epoll, integer e) = 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
    kernel_kind[e] == VIGIL_KERNEL_EPOLL && e != epoll;
  predicate elsewhere_kept{L1,L2}(integer epoll) =
    \forall integer e; elsewhere{L2}(epoll, e) ==> elsewhere{L1}(epoll, e) &&
      \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
        \at(kernel_listed[e][f], L1) == \at(kernel_listed[e][f], L2);

  // How the wakers are heard has not changed; the entry of `fd` may have.
  predicate wake_kept{L1,L2}(vigil_registry *r) =
    \at(r->wake.channel.eventfd, L1) == \at(r->wake.channel.eventfd, L2) &&
    \at(r->wake.words.value, L1) == \at(r->wake.words.value, L2) &&
    \at(r->wake.state.value, L1) == \at(r->wake.state.value, L2);
  predicate lists_kept{L1,L2}(integer epoll, integer fd) =
    kernel_same_table{L1,L2}(-1) && kernel_same_list{L1,L2}(epoll, fd) &&
    elsewhere_kept{L1,L2}(epoll);

  // Who lives in a slot still does, slot `but` aside, and no waker has come.
  predicate tenants_kept{L1,L2}(vigil_registry *r, integer but) =
    (\forall integer s; 0 <= s < \at(r->slots.count, L2) && s != but &&
      slot_taken{L1}(\at(&r->slots, L1), s) ==> slot_taken{L2}(\at(&r->slots, L2), s) &&
        \at(ledger_tenant[s], L1) == \at(ledger_tenant[s], L2) &&
        \at(ledger_waker[s], L1) == \at(ledger_waker[s], L2));
  predicate no_waker_came{L1,L2}(vigil_registry *r) =
    \forall integer s; 0 <= s < \at(r->slots.count, L2) &&
      slot_taken{L2}(\at(&r->slots, L2), s) && \at(ledger_tenant[s], L2) == LEDGER_WAKER ==>
        slot_taken{L1}(\at(&r->slots, L1), s) && \at(ledger_tenant[s], L1) == LEDGER_WAKER &&
        \at(ledger_waker[s], L1) == \at(ledger_waker[s], L2);
  predicate no_waker_in{L}(vigil_registry *r, vigil_waker *W, integer m, integer s) =
    \forall integer j; 0 <= j < m && W[j].registry == r ==> W[j].slot != s;
*/

/* clang-format off */
#define PROGRAM \
    vigil_poll *p, vigil_source *X, int n, vigil_waker *W, int m, vigil_slot *S, uint32_t N
#define THE_PROGRAM p, X, n, W, m, S, N

/* All that a program has. */
#define PROGRAM_CHANGES                                                                  \
    *p, X[0 .. n - 1], W[0 .. m - 1], S[0 .. N - 1], LEDGER,                             \
    ledger_waker[0 .. VIGIL_SLOTS_MAX - 1], VIGIL_KERNEL_TABLE, VIGIL_KERNEL_COUNTERS,   \
    VIGIL_KERNEL_BATCH, kernel_time, VIGIL_KERNEL_LISTS,                                 \
    kernel_mask[0 .. VIGIL_KERNEL_DESCRIPTORS - 1][0 .. VIGIL_KERNEL_DESCRIPTORS - 1],   \
    kernel_key[0 .. VIGIL_KERNEL_DESCRIPTORS - 1][0 .. VIGIL_KERNEL_DESCRIPTORS - 1]

#define PROGRAM_BEFORE                                           \
    requires memory: program_memory(p, X, n, W, m, S, N);        \
    requires poll: poll_valid(p);                                \
    requires lent: poll_lent(p, S, N);                           \
    requires agrees: world_agrees(&p->registry, X, n);           \
    requires list: program_list(p, X, n);                        \
    requires slots: world_slots(&p->registry, X, n);             \
    requires wakers: wakers_agree(&p->registry, W, m);           \
    requires live: wakers_live(&p->registry, W, m);
#define PROGRAM_AFTER                                            \
    ensures poll: poll_valid(p);                                 \
    ensures lent: poll_lent(p, S, N);                            \
    ensures agrees: world_agrees(&p->registry, X, n);            \
    ensures list: program_list(p, X, n);                         \
    ensures slots: world_slots(&p->registry, X, n);              \
    ensures wakers: wakers_agree(&p->registry, W, m);            \
    ensures live: wakers_live(&p->registry, W, m);
/* clang-format on */

#endif
