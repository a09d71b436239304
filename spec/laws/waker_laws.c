/* SPDX-License-Identifier: MIT */
#include "poll/waker.h"

/*
 * Laws of wakers, proven from the headers' contracts alone.
 */

/* A wake is noted, and another one of the same waker changes nothing of that. */
/*@
  requires valid: \valid(waker) && waker_valid(waker) && !waker_closed(waker);
  terminates \true; exits \false;
*/
void a_wake_is_noted(vigil_waker *waker)
{
    vigil_status once = vigil_waker_wake(waker);
    //@ check told: once != VIGIL_ENOENT;
    //@ check noted: wake_pending(&waker->registry->slots, waker->slot);
    vigil_status twice = vigil_waker_wake(waker);
    //@ check again: twice != VIGIL_ENOENT && wake_pending(&waker->registry->slots, waker->slot);
}

/* A waker that was closed says so, and its wake is forgotten. */
/*@
  requires valid: \valid(waker) && waker_valid(waker) && !waker_closed(waker);
  terminates \true; exits \false;
*/
void a_closed_waker_wakes_nobody(vigil_waker *waker)
{
    //@ ghost vigil_registry *registry = waker->registry;
    //@ ghost uint32_t slot = waker->slot;
    vigil_waker_close(waker);
    //@ check forgotten: !wake_pending(&registry->slots, slot);
    //@ check free: !slot_taken(&registry->slots, slot);
    vigil_status status = vigil_waker_wake(waker);
    //@ check closed: status == VIGIL_ENOENT;
}

/* Without a poll there is no waker, and what was refused can be woken and closed
 * without harm. */
/*@
  requires valid: waking_valid(registry) && waker_apart(waker, registry);
  requires closed: registry->slots.count == 0;
  terminates \true; exits \false;
*/
void a_closed_poll_has_no_wakers(vigil_waker *waker, vigil_registry *registry, vigil_token token)
{
    vigil_status status = vigil_waker_open(waker, registry, token);
    //@ check refused: status == VIGIL_EBADF && waker_closed(waker);
    vigil_status woken = vigil_waker_wake(waker);
    //@ check unheard: woken == VIGIL_ENOENT;
}
