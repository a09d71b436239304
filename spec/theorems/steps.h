/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_THEOREMS_STEPS_H
#define VIGIL_SPEC_THEOREMS_STEPS_H

#include "world.h"

/*
 * What a program may do with one of its sources, step by step; steps.c proves
 * each from the contracts in poll/registry.h alone, as every other caller's code
 * is. A step keeps world and ledger in agreement, and one that fails has
 * changed nothing (failed).
 *
 * What there is besides, waits among it, is in program_steps.h; a program that
 * closes the descriptor of a registered source is outside, as the header says.
 */

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
int any_int(void);

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
uint32_t any_interest(void);

/*@ terminates \true; exits \false; assigns \result \from \nothing; */
vigil_token any_token(void);

/* What an operation on some other poll may do with source `i`, as the contracts
 * in poll/registry.h have it: a source that is registered here it refuses as
 * foreign, and none that it takes or gives back is registered here after. That
 * they do is other_polls_leave_it in spec/laws/registry_laws.c. */
/*@ requires source: \valid(x);
    terminates \true; exits \false;
    assigns x->registry, x->slot;
    ensures here: \old(x->registry) == r ==>
      x->registry == \old(x->registry) && x->slot == \old(x->slot);
    ensures elsewhere: \old(x->registry) != r ==> x->registry != r;
*/
void any_other_poll(vigil_registry *r, vigil_source *x);

/*@ WORLD_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(r),
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    ensures same_poll: poll_kept{Pre,Post}(r);
    ensures same_sources: sources_kept{Pre,Post}(X, n, i);
    ensures failed: \result != VIGIL_OK ==> world_kept{Pre,Post}(r, X, n);
    ensures generations: generations_kept{Pre,Post}(&r->slots, -1);
    ensures stays: \forall integer s; 0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) ==>
      slot_taken(&r->slots, s) && ledger_tenant[s] == \old(ledger_tenant[s]);
    ensures came: \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) &&
      !slot_taken{Pre}(&r->slots, s) ==> ledger_tenant[s] == i;
    ensures others: registrations_kept{Pre,Post}(&r->slots, -1);
    ensures wakes: wake_words_kept{Pre,Post}(&r->slots);
    ensures kernel: kernel_same_list{Pre,Post}(r->selector.epoll, X[i].fd);
    ensures new: \result == VIGIL_OK ==> \forall integer f; f == X[i].fd ==>
      0 <= f < VIGIL_KERNEL_DESCRIPTORS && \old(kernel_listed[r->selector.epoll][f]) == 0;
*/
vigil_status step_register(vigil_registry *r, vigil_source *X, int n, int i, vigil_token token,
                           vigil_interest interest);

/*@ WORLD_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns r->slots.array[0 .. r->slots.count - 1].mask.value,
      r->slots.array[0 .. r->slots.count - 1].token.value,
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    ensures same_poll: poll_kept{Pre,Post}(r);
    ensures same_sources: sources_kept{Pre,Post}(X, n, -1);
    ensures failed: \result != VIGIL_OK ==> world_kept{Pre,Post}(r, X, n);
    ensures generations: generations_kept{Pre,Post}(&r->slots, -1);
    ensures stays: \forall integer s; 0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) ==>
      slot_taken(&r->slots, s) && ledger_tenant[s] == \old(ledger_tenant[s]);
    ensures others: X[i].registry == r ==> registrations_kept{Pre,Post}(&r->slots, X[i].slot);
    ensures taken: slots_taken_kept{Pre,Post}(&r->slots, -1);
    ensures wakes: wake_words_kept{Pre,Post}(&r->slots);
    ensures kernel: kernel_same_list{Pre,Post}(r->selector.epoll, X[i].fd);
    ensures was_here: \result == VIGIL_OK ==> X[i].registry == r;
*/
vigil_status step_reregister(vigil_registry *r, vigil_source *X, int n, int i, vigil_token token,
                             vigil_interest interest);

/*@ WORLD_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot, VIGIL_REGISTRATIONS(r),
      VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    WORLD_AFTER
    ensures same_poll: poll_kept{Pre,Post}(r);
    ensures same_sources: sources_kept{Pre,Post}(X, n, i);
    ensures failed: \result != VIGIL_OK ==> world_kept{Pre,Post}(r, X, n);
    ensures turned: \result == VIGIL_OK ==>
      slot_generation(&r->slots, \old(X[i].slot)) ==
        (\old(slot_generation(&r->slots, X[i].slot)) + 1) % 4294967296 &&
      generations_kept{Pre,Post}(&r->slots, \old(X[i].slot));
    ensures stays: \forall integer s; 0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) &&
      (\result != VIGIL_OK || s != \old(X[i].slot)) ==>
        slot_taken(&r->slots, s) && ledger_tenant[s] == \old(ledger_tenant[s]);
    ensures was_here: \result == VIGIL_OK ==> \old(X[i].registry) == r;
    ensures came: \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) ==>
      slot_taken{Pre}(&r->slots, s) && (\result == VIGIL_OK ==> s != \old(X[i].slot));
    ensures others: \result == VIGIL_OK ==>
      registrations_kept{Pre,Post}(&r->slots, \old(X[i].slot));
    ensures wakes: wake_words_kept{Pre,Post}(&r->slots);
    ensures kernel: kernel_same_list{Pre,Post}(r->selector.epoll, X[i].fd);
    ensures over: \old(X[i].registry) == r ==> \result == VIGIL_OK && X[i].registry == \null;
*/
vigil_status step_deregister(vigil_registry *r, vigil_source *X, int n, int i);

/*@ WORLD_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    assigns X[i].registry, X[i].slot;
    WORLD_AFTER
    ensures same_poll: poll_kept{Pre,Post}(r);
    ensures kept: slots_kept{Pre,Post}(&r->slots);
    ensures wakes: wake_words_kept{Pre,Post}(&r->slots);
*/
void step_elsewhere(vigil_registry *r, vigil_source *X, int n, int i);

#endif
