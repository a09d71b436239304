/* SPDX-License-Identifier: MIT */
#include "steps.h"

/* The steps of steps.h: what the library does, and what the ledger says then. */

vigil_status step_register(vigil_registry *r, vigil_source *X, int n, int i, vigil_token token,
                           vigil_interest interest)
{
    /*@ assert rx: \forall integer k; 0 <= k < n ==> \separated(r, X + k); */
    /*@ assert xs: \forall integer k; 0 <= k < n ==>
          \separated(X + k, r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert apart: source_apart(r, X + i);
    //@ assert agrees: X[i].registry == r ==> entry_agrees(r, X + i, i);
    /*@ assert others_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken(&r->slots, X[k].slot) &&
          X[k].slot < r->slots.count && ledger_source[X[k].fd] == k &&
          ledger_tenant[X[k].slot] == k; */
    /*@ assert distinct: X[i].registry == r ==> \forall integer k;
          0 <= k < n && k != i && X[k].registry == r ==> X[k].slot != X[i].slot; */
    /*@ assert agree_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_agrees(r->selector.epoll, X[k].fd, slot_key(&r->slots, X[k].slot),
                        r->slots.array[X[k].slot].mask.value); */
    vigil_status status = vigil_registry_register(r, X + i, token, interest);
    //@ assert same_array: r->slots.array == \at(r->slots.array, Pre);
    //@ assert same_count: r->slots.count == \at(r->slots.count, Pre);
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert same_fd: \forall integer k; 0 <= k < n ==> X[k].fd == \at(X[k].fd, Pre);
    /*@ assert same_slot: \forall integer k; 0 <= k < n && k != i ==>
          X[k].slot == \at(X[k].slot, Pre); */
    //@ assert same_sources: sources_kept{Pre,Here}(X, n, i);
    //@ assert memory: world_memory(r, X, n);
    /*@ assert other_fds: \forall integer k; 0 <= k < n && k != i && X[k].registry == r &&
          (status == VIGIL_OK || X[i].registry == r) ==> X[k].fd != X[i].fd; */
    /*@ assert others_then: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken{Pre}(&r->slots, X[k].slot) &&
          0 <= X[k].slot < r->slots.count; */
    /*@ assert list: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
          (f != X[i].fd || status != VIGIL_OK) ==>
            kernel_same_entry{Pre,Here}(r->selector.epoll, f); */
    /*@ assert other_entries: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_same_entry{Pre,Here}(r->selector.epoll, X[k].fd); */
    /*@ assert other_contents: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_taken(&r->slots, X[k].slot) &&
          slot_generation(&r->slots, X[k].slot) ==
            \at(slot_generation(&r->slots, X[k].slot), Pre) &&
          r->slots.array[X[k].slot].mask.value ==
            \at(r->slots.array[X[k].slot].mask.value, Pre) &&
          r->slots.array[X[k].slot].token.value ==
            \at(r->slots.array[X[k].slot].token.value, Pre); */
    /*@ assert other_keys: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_key(&r->slots, X[k].slot) == \at(slot_key(&r->slots, X[k].slot), Pre); */
    /*@ assert others_agree: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          source_agrees(r, X + k); */
    /*@ assert others: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    /*@ assert tenants: \forall integer s;
          0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) ==>
          ledger_tenant[s] == LEDGER_WAKER || (0 <= ledger_tenant[s] < n &&
            \at(X[\at(ledger_tenant[s], Here)].registry, Pre) == r &&
            \at(X[\at(ledger_tenant[s], Here)].slot, Pre) == s); */
    /*@ ghost
      if (status == VIGIL_OK) {
        ledger_source[X[i].fd] = i;
        ledger_token[X[i].fd] = token;
        ledger_interest[X[i].fd] = interest;
        ledger_tenant[X[i].slot] = i;
      }
    */
    //@ assert own: X[i].registry == r ==> entry_agrees(r, X + i, i);
    /*@ assert others_still: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    /*@ assert taken: \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) ==>
          (status == VIGIL_OK && s == X[i].slot) || slot_taken{Pre}(&r->slots, s); */
    return status;
}

vigil_status step_reregister(vigil_registry *r, vigil_source *X, int n, int i, vigil_token token,
                             vigil_interest interest)
{
    /*@ assert rx: \forall integer k; 0 <= k < n ==> \separated(r, X + k); */
    /*@ assert xs: \forall integer k; 0 <= k < n ==>
          \separated(X + k, r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert apart: source_apart(r, X + i);
    //@ assert agrees: X[i].registry == r ==> entry_agrees(r, X + i, i);
    /*@ assert others_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken(&r->slots, X[k].slot) &&
          X[k].slot < r->slots.count && ledger_source[X[k].fd] == k &&
          ledger_tenant[X[k].slot] == k; */
    /*@ assert distinct: X[i].registry == r ==> \forall integer k;
          0 <= k < n && k != i && X[k].registry == r ==> X[k].slot != X[i].slot; */
    /*@ assert agree_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_agrees(r->selector.epoll, X[k].fd, slot_key(&r->slots, X[k].slot),
                        r->slots.array[X[k].slot].mask.value); */
    vigil_status status = vigil_registry_reregister(r, X + i, token, interest);
    //@ assert same_array: r->slots.array == \at(r->slots.array, Pre);
    //@ assert same_count: r->slots.count == \at(r->slots.count, Pre);
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert same_fd: \forall integer k; 0 <= k < n ==> X[k].fd == \at(X[k].fd, Pre);
    /*@ assert same_slot: \forall integer k; 0 <= k < n && k != i ==>
          X[k].slot == \at(X[k].slot, Pre); */
    //@ assert same_sources: sources_kept{Pre,Here}(X, n, i);
    //@ assert memory: world_memory(r, X, n);
    /*@ assert other_fds: \forall integer k; 0 <= k < n && k != i && X[k].registry == r &&
          (status == VIGIL_OK || X[i].registry == r) ==> X[k].fd != X[i].fd; */
    /*@ assert others_then: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken{Pre}(&r->slots, X[k].slot) &&
          0 <= X[k].slot < r->slots.count; */
    /*@ assert list: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
          (f != X[i].fd || status != VIGIL_OK) ==>
            kernel_same_entry{Pre,Here}(r->selector.epoll, f); */
    /*@ assert other_entries: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_same_entry{Pre,Here}(r->selector.epoll, X[k].fd); */
    /*@ assert all_generations: \forall integer s; 0 <= s < r->slots.count ==>
          slot_generation(&r->slots, s) == \at(slot_generation(&r->slots, s), Pre); */
    /*@ assert foreign_masks: X[i].registry != r ==> \forall integer s; 0 <= s < r->slots.count ==>
          r->slots.array[s].mask.value == \at(r->slots.array[s].mask.value, Pre); */
    /*@ assert other_masks: X[i].registry == r ==> \forall integer s; 0 <= s < r->slots.count &&
          slot_taken{Pre}(&r->slots, s) && s != X[i].slot ==>
            r->slots.array[s].mask.value == \at(r->slots.array[s].mask.value, Pre); */
    //@ assert own_slot: X[i].slot == \at(X[i].slot, Pre);
    /*@ assert other_contents: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_taken(&r->slots, X[k].slot) &&
          slot_generation(&r->slots, X[k].slot) ==
            \at(slot_generation(&r->slots, X[k].slot), Pre) &&
          r->slots.array[X[k].slot].mask.value ==
            \at(r->slots.array[X[k].slot].mask.value, Pre) &&
          r->slots.array[X[k].slot].token.value ==
            \at(r->slots.array[X[k].slot].token.value, Pre); */
    /*@ assert other_keys: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_key(&r->slots, X[k].slot) == \at(slot_key(&r->slots, X[k].slot), Pre); */
    /*@ assert others_agree: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          source_agrees(r, X + k); */
    /*@ assert others: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    /*@ assert tenants: \forall integer s;
          0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) ==>
          ledger_tenant[s] == LEDGER_WAKER || (0 <= ledger_tenant[s] < n &&
            \at(X[\at(ledger_tenant[s], Here)].registry, Pre) == r &&
            \at(X[\at(ledger_tenant[s], Here)].slot, Pre) == s); */
    /*@ ghost
      if (status == VIGIL_OK) {
        ledger_token[X[i].fd] = token;
        ledger_interest[X[i].fd] = interest;
      }
    */
    //@ assert own: X[i].registry == r ==> entry_agrees(r, X + i, i);
    /*@ assert others_still: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    return status;
}

vigil_status step_deregister(vigil_registry *r, vigil_source *X, int n, int i)
{
    /*@ assert rx: \forall integer k; 0 <= k < n ==> \separated(r, X + k); */
    /*@ assert xs: \forall integer k; 0 <= k < n ==>
          \separated(X + k, r->slots.array + (0 .. r->slots.count - 1)); */
    //@ assert apart: source_apart(r, X + i);
    //@ assert agrees: X[i].registry == r ==> entry_agrees(r, X + i, i);
    /*@ assert others_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken(&r->slots, X[k].slot) &&
          X[k].slot < r->slots.count && ledger_source[X[k].fd] == k &&
          ledger_tenant[X[k].slot] == k; */
    /*@ assert distinct: X[i].registry == r ==> \forall integer k;
          0 <= k < n && k != i && X[k].registry == r ==> X[k].slot != X[i].slot; */
    /*@ assert agree_before: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_agrees(r->selector.epoll, X[k].fd, slot_key(&r->slots, X[k].slot),
                        r->slots.array[X[k].slot].mask.value); */
    vigil_status status = vigil_registry_deregister(r, X + i);
    //@ assert same_array: r->slots.array == \at(r->slots.array, Pre);
    //@ assert same_count: r->slots.count == \at(r->slots.count, Pre);
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert same_fd: \forall integer k; 0 <= k < n ==> X[k].fd == \at(X[k].fd, Pre);
    /*@ assert same_slot: \forall integer k; 0 <= k < n && k != i ==>
          X[k].slot == \at(X[k].slot, Pre); */
    //@ assert same_sources: sources_kept{Pre,Here}(X, n, i);
    //@ assert memory: world_memory(r, X, n);
    //@ assert failed_generations: status != VIGIL_OK ==> generations_kept{Pre,Here}(&r->slots, -1);
    /*@ assert taken_ok: \forall integer s; 0 <= s < r->slots.count && status == VIGIL_OK &&
          s != \at(X[i].slot, Pre) ==>
            (slot_taken(&r->slots, s) <==> slot_taken{Pre}(&r->slots, s)); */
    /*@ assert taken_failed: \forall integer s; 0 <= s < r->slots.count && status != VIGIL_OK ==>
          (slot_taken(&r->slots, s) <==> slot_taken{Pre}(&r->slots, s)); */
    /*@ assert failed_free: status != VIGIL_OK ==>
          r->slots.free_count == \at(r->slots.free_count, Pre); */
    /*@ assert failed_sources: status != VIGIL_OK ==> sources_kept{Pre,Here}(X, n, -1); */
    /*@ assert failed_kernel: status != VIGIL_OK ==> \forall integer e, f;
          0 <= e < VIGIL_KERNEL_DESCRIPTORS && 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
            kernel_same_entry{Pre,Here}(e, f); */
    /*@ assert other_fds: \forall integer k; 0 <= k < n && k != i && X[k].registry == r &&
          status == VIGIL_OK ==> X[k].fd != X[i].fd && X[k].slot != \at(X[i].slot, Pre); */
    /*@ assert others_then: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          VIGIL_KERNEL_FD(X[k].fd) && slot_taken{Pre}(&r->slots, X[k].slot) &&
          0 <= X[k].slot < r->slots.count; */
    /*@ assert list: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
          (f != X[i].fd || status != VIGIL_OK) ==>
            kernel_same_entry{Pre,Here}(r->selector.epoll, f); */
    /*@ assert other_entries: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          kernel_same_entry{Pre,Here}(r->selector.epoll, X[k].fd); */
    /*@ assert other_taken_ok: status == VIGIL_OK ==> \forall integer k;
          0 <= k < n && k != i && X[k].registry == r ==> slot_taken(&r->slots, X[k].slot); */
    /*@ assert other_taken_failed: status != VIGIL_OK ==> \forall integer k;
          0 <= k < n && k != i && X[k].registry == r ==> slot_taken(&r->slots, X[k].slot); */
    /*@ assert other_contents: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_taken(&r->slots, X[k].slot) &&
          slot_generation(&r->slots, X[k].slot) ==
            \at(slot_generation(&r->slots, X[k].slot), Pre) &&
          r->slots.array[X[k].slot].mask.value ==
            \at(r->slots.array[X[k].slot].mask.value, Pre) &&
          r->slots.array[X[k].slot].token.value ==
            \at(r->slots.array[X[k].slot].token.value, Pre); */
    /*@ assert other_keys: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          slot_key(&r->slots, X[k].slot) == \at(slot_key(&r->slots, X[k].slot), Pre); */
    /*@ assert others_agree: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          source_agrees(r, X + k); */
    /*@ assert others: \forall integer k; 0 <= k < n && k != i && X[k].registry == r ==>
          entry_agrees(r, X + k, k); */
    /*@ assert tenants: \forall integer s;
          0 <= s < r->slots.count && slot_taken{Pre}(&r->slots, s) ==>
          ledger_tenant[s] == LEDGER_WAKER || (0 <= ledger_tenant[s] < n &&
            \at(X[\at(ledger_tenant[s], Here)].registry, Pre) == r &&
            \at(X[\at(ledger_tenant[s], Here)].slot, Pre) == s); */
    /*@ assert gone: status == VIGIL_OK ==> kernel_listed[r->selector.epoll][X[i].fd] == 0; */
    /*@ assert still: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
          kernel_listed[r->selector.epoll][f] != 0 ==>
            \at(kernel_listed[r->selector.epoll][f], Pre) != 0 &&
            (status == VIGIL_OK ==> f != X[i].fd); */
    /*@ assert taken: \forall integer s; 0 <= s < r->slots.count && slot_taken(&r->slots, s) ==>
          slot_taken{Pre}(&r->slots, s) && (status == VIGIL_OK ==> s != \at(X[i].slot, Pre)); */
    return status;
}

void step_elsewhere(vigil_registry *r, vigil_source *X, int n, int i)
{
    /*@ assert rx: \forall integer k; 0 <= k < n ==> \separated(r, X + k); */
    /*@ assert xs: \forall integer k, s; 0 <= k < n && 0 <= s < r->slots.count ==>
          \separated(X + k, r->slots.array + s); */
    any_other_poll(r, X + i);
    //@ assert same_poll: poll_kept{Pre,Here}(r);
    //@ assert same_free: r->slots.free_count == \at(r->slots.free_count, Pre);
    //@ assert same_slots: slots_kept{Pre,Here}(&r->slots);
    //@ assert same_order: slots_order_kept{Pre,Here}(&r->slots);
    //@ assert same_sources: sources_kept{Pre,Here}(X, n, i);
    //@ assert permutation: slots_permutation(&r->slots);
    //@ assert memory: world_memory(r, X, n);
    /*@ assert here: \forall integer k; 0 <= k < n && X[k].registry == r ==>
          \at(X[k].registry, Pre) == r && X[k].slot == \at(X[k].slot, Pre) &&
          X[k].fd == \at(X[k].fd, Pre); */
    /*@ assert there: \forall integer k; 0 <= k < n && \at(X[k].registry, Pre) == r ==>
          X[k].registry == r && X[k].slot == \at(X[k].slot, Pre) &&
          X[k].fd == \at(X[k].fd, Pre); */
}
