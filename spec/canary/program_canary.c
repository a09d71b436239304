/* SPDX-License-Identifier: MIT */
#include "../theorems/program_steps.h"
#include "os/descriptor.h"

/* A wait that writes into slots what a wait has no business with. */
/*@
  requires valid: poll_valid(p);
  terminates \true; exits \false;
  assigns p->registry.slots.array[0 .. p->registry.slots.count - 1].mask.value;
  ensures valid: poll_valid(p);
*/
vigil_status losing_wait(vigil_poll *p);

/*@ PROGRAM_BEFORE
    terminates \true; exits \false;
    PROGRAM_AFTER
*/
void losing_step(PROGRAM)
{
    (void)losing_wait(p);
}

/* An owner that closes a descriptor and forgets to deregister it first. */
/*@ PROGRAM_BEFORE
    requires source: 0 <= i < n && VIGIL_KERNEL_OPEN(X[i].fd);
    terminates \true; exits \false;
    PROGRAM_AFTER
*/
void forgetful_close(PROGRAM, int i)
{
    (void)vigil_os_close(X[i].fd);
}

/* A false law: a wait brings nothing. */
/*@ PROGRAM_BEFORE
    requires batch: program_batch(p, X, n, W, m, S, N, events, event);
    terminates \true; exits \false;
*/
void waiting_brings_nothing(PROGRAM, vigil_events *events, vigil_event *event)
{
    (void)step_wait(THE_PROGRAM, events, event, any_timeout());
    //@ check canary: events->count == 0;
}
