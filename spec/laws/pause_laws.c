/* SPDX-License-Identifier: MIT */
#include "poll/pause.h"

/*
 * Laws of pauses, proven from the headers' contracts alone.
 */

/* A pause that was begun ends with the registration as it was asked for, or goes on;
 * nobody else's has changed. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires registered: source->registry == registry && source_agrees(registry, source);
    requires apart: pause_apart(pause, registry, source);
    requires open: VIGIL_KERNEL_OPEN(source->fd);
    terminates \true; exits \false; */
void ending_undoes_pausing(vigil_pause *pause, vigil_registry *registry, vigil_source *source,
                           vigil_token token, vigil_interest interest, vigil_timeout duration)
{
    if (vigil_pause_begin(pause, registry, source, token, interest, duration) == VIGIL_OK) {
        //@ assert token: pause->token == token;
        vigil_status status = vigil_pause_end(pause, registry, source);
        //@ check ended: status == VIGIL_OK || status == VIGIL_ENOMEM;
        //@ check over: status == VIGIL_OK <==> !pause_active(*pause);
        /*@ check token: status == VIGIL_OK ==>
              registry->slots.array[source->slot].token.value == pause->token; */
        /*@ check mask: status == VIGIL_OK ==> registry->slots.array[source->slot].mask.value ==
              selector_reportable(selector_request(interest)); */
    }
}

/* What was deregistered while it was paused is not registered by the pause's end. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires apart: pause_apart(pause, registry, source);
    requires deregistered: source->registry == \null;
    terminates \true; exits \false; */
void ending_registers_nothing(vigil_pause *pause, vigil_registry *registry, vigil_source *source)
{
    vigil_status status = vigil_pause_end(pause, registry, source);
    //@ check status: status == VIGIL_OK || status == VIGIL_ENOENT;
    //@ check over: !pause_active(*pause);
    //@ check slots: slots_kept{Pre,Here}(&registry->slots);
    //@ check kernel: kernel_same_list{Pre,Here}(registry->selector.epoll, -1);
}

/* Without a pause, a wait is as long as it was, and its end changes nothing. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires agrees: source->registry == registry ==> source_agrees(registry, source);
    requires apart: pause_apart(pause, registry, source);
    requires none: !pause_active(*pause);
    terminates \true; exits \false; */
void no_pause_is_nothing(vigil_pause *pause, vigil_registry *registry, vigil_source *source,
                         vigil_timeout timeout)
{
    bool active = vigil_pause_is_active(pause);
    //@ check active: !active;
    vigil_timeout same = vigil_pause_timeout(pause, timeout);
    //@ check same: same.ns == timeout.ns;
    vigil_status status = vigil_pause_end_if_due(pause, registry, source);
    //@ check status: status == VIGIL_OK;
    //@ check slots: slots_kept{Pre,Here}(&registry->slots);
    //@ check kernel: kernel_same_list{Pre,Here}(registry->selector.epoll, -1);
}
