/* SPDX-License-Identifier: MIT */
#include "../theorems/world.h"

/* A step that writes nothing into the ledger: interest list and ledger differ
 * from here on. */
/*@ WORLD_BEFORE
    requires source: 0 <= i < n;
    terminates \true; exits \false;
    WORLD_AFTER
*/
void forgetful_step(vigil_registry *r, vigil_source *X, int n, int i, vigil_token token,
                    vigil_interest interest)
{
    (void)vigil_registry_register(r, X + i, token, interest);
}

/* A false law: a registration that ends leaves its key as it was. */
/*@ requires valid: registry_valid(r) && source_apart(r, x);
    requires agrees: x->registry == r && source_agrees(r, x);
    terminates \true; exits \false; */
void key_outlives_registration(vigil_registry *r, vigil_source *x)
{
    (void)vigil_registry_deregister(r, x);
    //@ check canary: generations_kept{Pre,Here}(&r->slots, -1);
}

/* A false law: registering always succeeds. */
/*@ requires valid: registry_valid(r) && source_apart(r, x);
    requires agrees: x->registry == r ==> source_agrees(r, x);
    terminates \true; exits \false; */
void registering_always_succeeds(vigil_registry *r, vigil_source *x)
{
    vigil_status status = vigil_registry_register(r, x, 1, VIGIL_READABLE);
    //@ check canary: status == VIGIL_OK;
}
