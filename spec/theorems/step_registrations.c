/* SPDX-License-Identifier: MIT */
#include "program_steps.h"

/* The steps of steps.h in a program: the wakers of the poll stay as they are. */

vigil_status program_register(PROGRAM, int i, vigil_token token, vigil_interest interest)
{
    vigil_registry *r = &p->registry;
    //@ assert memory: world_memory(r, X, n);
    //@ assert wakers_apart: \forall integer j; 0 <= j < m ==> \separated(W + j, p, X + i);
    /*@ assert wakers_beside: \forall integer j; 0 <= j < m ==>
          \separated(W + j, r->slots.array + (0 .. r->slots.count - 1)); */
    vigil_status status = step_register(r, X, n, i, token, interest);
    /*@ assert of: \forall integer j; 0 <= j < m ==>
          W[j].registry == \at(W[j].registry, Pre); */
    /*@ assert places: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    //@ assert same: wakers_same{Pre,Here}(W, m, -1);
    //@ ghost int fd = status == VIGIL_OK ? X[i].fd : -1;
    //@ assert words: r->wake.words.value == \at(p->registry.wake.words.value, Pre);
    //@ assert state: r->wake.state.value == \at(p->registry.wake.state.value, Pre);
    //@ assert hearing: wake_kept{Pre,Here}(&p->registry);
    //@ assert list: kernel_same_list{Pre,Here}(r->selector.epoll, X[i].fd);
    //@ assert failed: status != VIGIL_OK ==> kernel_same_list{Pre,Here}(r->selector.epoll, -1);
    //@ assert own_list: kernel_same_list{Pre,Here}(r->selector.epoll, fd);
    //@ assert lists: lists_kept{Pre,Here}(r->selector.epoll, fd);
    //@ assert channel: channel_valid(&r->wake, r->selector.epoll);
    //@ assert bound: r->wake.words.value <= r->slots.count;
    //@ assert wakes: wakes_valid(&r->slots, r->wake.words.value);
    //@ assert tenants: tenants_kept{Pre,Here}(&p->registry, -1);
    //@ assert none_came: no_waker_came{Pre,Here}(&p->registry);
    //@ assert kept: registrations_kept{Pre,Here}(&p->registry.slots, -1);
    //@ assert not_in: no_waker_in{Pre}(&p->registry, W, m, -1);
    return status;
}

vigil_status program_reregister(PROGRAM, int i, vigil_token token, vigil_interest interest)
{
    vigil_registry *r = &p->registry;
    //@ assert memory: world_memory(r, X, n);
    /*@ assert cells: \forall integer s; 0 <= s < r->slots.count ==>
          &r->wake.words.value != &r->slots.array[s].mask.value &&
          &r->wake.state.value != &r->slots.array[s].mask.value; */
    /*@ assert wakers_beside: \forall integer j, s; 0 <= j < m && 0 <= s < r->slots.count ==>
          &W[j].slot != &r->slots.array[s].mask.value; */
    /*@ assert own: X[i].registry == r ==> entry_agrees(r, X + i, i) &&
          X[i].fd != r->wake.channel.eventfd; */
    vigil_status status = step_reregister(r, X, n, i, token, interest);
    /*@ assert places: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    //@ assert same: wakers_same{Pre,Here}(W, m, -1);
    //@ ghost int fd = status == VIGIL_OK ? X[i].fd : -1;
    //@ ghost int64_t but = status == VIGIL_OK ? (int64_t)X[i].slot : -1;
    //@ assert words: r->wake.words.value == \at(p->registry.wake.words.value, Pre);
    //@ assert state: r->wake.state.value == \at(p->registry.wake.state.value, Pre);
    //@ assert hearing: wake_kept{Pre,Here}(&p->registry);
    //@ assert lists: lists_kept{Pre,Here}(r->selector.epoll, fd);
    //@ assert channel: channel_valid(&r->wake, r->selector.epoll);
    //@ assert wakes: wakes_valid(&r->slots, r->wake.words.value);
    //@ assert tenants: tenants_kept{Pre,Here}(&p->registry, but);
    //@ assert none_came: no_waker_came{Pre,Here}(&p->registry);
    //@ assert kept: registrations_kept{Pre,Here}(&p->registry.slots, but);
    //@ assert not_in: no_waker_in{Pre}(&p->registry, W, m, but);
    return status;
}

vigil_status program_deregister(PROGRAM, int i)
{
    vigil_registry *r = &p->registry;
    //@ assert memory: world_memory(r, X, n);
    //@ assert wakers_apart: \forall integer j; 0 <= j < m ==> \separated(W + j, p, X + i);
    /*@ assert wakers_beside: \forall integer j; 0 <= j < m ==>
          \separated(W + j, r->slots.array + (0 .. r->slots.count - 1)); */
    /*@ assert places_apart: \forall integer j; 0 <= j < m ==>
          \separated(&W[j].slot, r->slots.array + (0 .. r->slots.count - 1)) &&
          &W[j].slot != &X[i].slot && \separated(&W[j].slot, p); */
    /*@ assert words_apart: \separated(&r->wake.words.value, X + i) &&
          \separated(&r->wake.words.value, r->slots.array + (0 .. r->slots.count - 1)); */
    /*@ assert own: X[i].registry == r ==> entry_agrees(r, X + i, i) &&
          X[i].fd != r->wake.channel.eventfd; */
    //@ ghost uint32_t slot = X[i].slot;
    vigil_status status = step_deregister(r, X, n, i);
    /*@ assert of: \forall integer j; 0 <= j < m ==>
          W[j].registry == \at(W[j].registry, Pre); */
    /*@ assert places: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    //@ assert same: wakers_same{Pre,Here}(W, m, -1);
    //@ ghost int fd = status == VIGIL_OK ? X[i].fd : -1;
    //@ ghost int64_t but = status == VIGIL_OK ? (int64_t)slot : -1;
    //@ assert words: r->wake.words.value == \at(p->registry.wake.words.value, Pre);
    //@ assert state: r->wake.state.value == \at(p->registry.wake.state.value, Pre);
    //@ assert hearing: wake_kept{Pre,Here}(&p->registry);
    //@ assert lists: lists_kept{Pre,Here}(r->selector.epoll, fd);
    //@ assert channel: channel_valid(&r->wake, r->selector.epoll);
    //@ assert bound: r->wake.words.value <= r->slots.count;
    //@ assert wakes: wakes_valid(&r->slots, r->wake.words.value);
    //@ assert tenants: tenants_kept{Pre,Here}(&p->registry, but);
    //@ assert none_came: no_waker_came{Pre,Here}(&p->registry);
    //@ assert kept: registrations_kept{Pre,Here}(&p->registry.slots, but);
    //@ assert not_in: no_waker_in{Pre}(&p->registry, W, m, but);
    return status;
}

void program_elsewhere(PROGRAM, int i)
{
    vigil_registry *r = &p->registry;
    //@ assert memory: world_memory(r, X, n);
    //@ assert wakers_apart: \forall integer j; 0 <= j < m ==> \separated(W + j, X + i);
    step_elsewhere(r, X, n, i);
    /*@ assert of: \forall integer j; 0 <= j < m ==>
          W[j].registry == \at(W[j].registry, Pre); */
    /*@ assert places: \forall integer j; 0 <= j < m ==> W[j].slot == \at(W[j].slot, Pre); */
    //@ assert same: wakers_same{Pre,Here}(W, m, -1);
    //@ assert hearing: wake_kept{Pre,Here}(&p->registry);
    //@ assert lists: lists_kept{Pre,Here}(r->selector.epoll, -1);
    //@ assert channel: channel_valid(&r->wake, r->selector.epoll);
    //@ assert bound: r->wake.words.value <= r->slots.count <= VIGIL_SLOTS_MAX;
    //@ assert wakes: wakes_valid(&r->slots, r->wake.words.value);
    //@ assert ledger: ledger_kept{Pre,Here};
}
