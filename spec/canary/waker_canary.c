/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"
#include "poll/wake.h"
#include "poll/waker.h"

#include <stddef.h>

/* A false law: a wait that answers VIGIL_OK brings an event. */
/*@ requires valid: poll_valid(poll) && batch_memory(&poll->registry, events);
    requires apart: \separated(poll, events, events->storage + (0 .. events->capacity - 1));
    terminates \true; exits \false; */
void wait_brings_something(vigil_poll *poll, vigil_events *events)
{
    vigil_status status = vigil_poll_wait(poll, events, (vigil_timeout){1});
    //@ check canary: status == VIGIL_OK ==> events->count > 0;
}

/* A false law: there is always a waker to be had. */
/*@ requires valid: waking_valid(registry) && waker_apart(waker, registry);
    requires open: registry->slots.count != 0;
    terminates \true; exits \false; */
void waker_always_opens(vigil_waker *waker, vigil_registry *registry)
{
    vigil_status status = vigil_waker_open(waker, registry, 1);
    //@ check canary: status == VIGIL_OK;
}

/* A false law: the key of a waker is its slot's for ever. */
/*@ requires valid: \valid(waker) && waker_valid(waker) && waker->registry == registry;
    requires open: registry != \null;
    terminates \true; exits \false; */
void key_outlives_waker(vigil_waker *waker, vigil_registry *registry)
{
    vigil_waker_close(waker);
    //@ check canary: generations_kept{Pre,Here}(&registry->slots, -1);
}

/* A broken variant: it wakes nobody, and says that it has. */
vigil_status vigil_waker_wake(const vigil_waker *waker)
{
    return waker->registry == NULL ? VIGIL_ENOENT : VIGIL_OK;
}

/* A broken variant: it gives no slot back. */
void vigil_waker_close(vigil_waker *waker)
{
    waker->registry = NULL;
}

/* A broken variant: it sleeps whatever is noted. */
bool vigil_wake_prepare(vigil_registry *registry)
{
    registry->wake.state.value = VIGIL_WAKE_SLEEP;
    return true;
}

/* A broken variant: it asks nobody, and is back before its time. */
vigil_status vigil_poll_wait(vigil_poll *poll, vigil_events *events, vigil_timeout timeout)
{
    (void)timeout;
    events->count = 0;
    events->next = 0;
    return poll->registry.slots.count == 0 ? VIGIL_EBADF : VIGIL_OK;
}
