/* SPDX-License-Identifier: MIT */
#include "poll/registry.h"

/*
 * Laws of registering, proven from the header's contracts alone.
 */

/* Registering a source twice is refused, and changes nothing. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires nowhere: source->registry == \null;
    terminates \true; exits \false; */
void registering_twice_is_refused(vigil_registry *registry, vigil_source *source, vigil_token token,
                                  vigil_interest interest)
{
    if (vigil_registry_register(registry, source, token, interest) == VIGIL_OK) {
        //@ ghost Once: ;
        vigil_status again = vigil_registry_register(registry, source, token, interest);
        //@ check refused: again == VIGIL_EEXIST;
        //@ check source: source_kept{Once,Here}(source);
        //@ check registrations: registrations_kept{Once,Here}(&registry->slots, -1);
        //@ check generations: generations_kept{Once,Here}(&registry->slots, -1);
        //@ check list: kernel_same_list{Once,Here}(\at(registry->selector.epoll, Once), -1);
    }
}

/* What is registered can be deregistered, always, and the source is as it was
 * before: registered nowhere, its descriptor in no list of this poll. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires nowhere: source->registry == \null;
    terminates \true; exits \false; */
void deregistering_restores(vigil_registry *registry, vigil_source *source, vigil_token token,
                            vigil_interest interest)
{
    if (vigil_registry_register(registry, source, token, interest) == VIGIL_OK) {
        vigil_status over = vigil_registry_deregister(registry, source);
        //@ check over: over == VIGIL_OK;
        //@ check nowhere: source->registry == \null && source->slot == 0;
        //@ check count: registry->slots.free_count == \at(registry->slots.free_count, Pre);
    }
}

/* A source that is registered nowhere can be neither reregistered nor
 * deregistered. */
/*@ requires valid: registry_valid(registry) && source_apart(registry, source);
    requires nowhere: source->registry == \null;
    terminates \true; exits \false; */
void nothing_to_end(vigil_registry *registry, vigil_source *source, vigil_token token,
                    vigil_interest interest)
{
    vigil_status again = vigil_registry_reregister(registry, source, token, interest);
    vigil_status over = vigil_registry_deregister(registry, source);
    //@ check again: again == VIGIL_ENOENT;
    //@ check over: over == VIGIL_ENOENT;
}

/* What an operation on another poll `q` does to a source, as seen from `r`: the
 * source is refused if it is registered with `r`, and is not registered with
 * `r` afterwards if it was not before. spec/theorems/steps.h builds on it. */
/*@ requires valid: registry_valid(q) && source_apart(q, source);
    requires agrees: source->registry == q ==> source_agrees(q, source);
    requires other: q != r && r != \null;
    terminates \true; exits \false; */
void other_polls_leave_it(vigil_registry *r, vigil_registry *q, vigil_source *source,
                          vigil_token token, vigil_interest interest, int operation)
{
    vigil_status status;
    if (operation == 0) {
        status = vigil_registry_register(q, source, token, interest);
    } else if (operation == 1) {
        status = vigil_registry_reregister(q, source, token, interest);
    } else {
        status = vigil_registry_deregister(q, source);
    }
    //@ check foreign: \at(source->registry, Pre) == r ==> status == VIGIL_EFOREIGN;
    //@ check here: \at(source->registry, Pre) == r ==> source_kept{Pre,Here}(source);
    //@ check elsewhere: \at(source->registry, Pre) != r ==> source->registry != r;
    //@ check fd: source->fd == \at(source->fd, Pre);
}
