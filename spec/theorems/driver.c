/* SPDX-License-Identifier: MIT */
#include "steps.h"

/*
 * T2 and T3, for any program. `r` is one poll, any of those that there are,
 * and `X` all sources: whatever is registered, reregistered and deregistered,
 * with whichever source, token and interest, with success or without, and
 * whatever other polls do with the sources meanwhile,
 *
 *   - a source that is registered with `r` lives in a taken slot, and the
 *     interest list has its descriptor with the key of that slot, asking for
 *     what was last asked for with success (agrees);
 *   - the interest list has nothing else but the channel of the wakers (list);
 *   - no slot is taken by anything else but wakers (slots).
 *
 * As `r` is arbitrary and its state at the beginning any that fulfils the
 * conditions, which a poll without registrations does, this holds for every
 * poll of the program at once.
 */

/*@ WORLD_BEFORE
    requires sources: 0 < n;
    terminates \false; exits \false;
    WORLD_AFTER
*/
void theorem_agreement(vigil_registry *r, vigil_source *X, int n)
{
    /*@
      loop invariant memory: world_memory(r, X, n);
      loop invariant agrees: world_agrees(r, X, n);
      loop invariant list: world_list(r, X, n);
      loop invariant slots: world_slots(r, X, n);
      loop invariant same_poll: poll_kept{Pre,Here}(r);
      loop assigns X[0 .. n - 1].registry, X[0 .. n - 1].slot, VIGIL_REGISTRATIONS(r),
        r->slots.array[0 .. r->slots.count - 1].mask.value,
        r->slots.array[0 .. r->slots.count - 1].token.value,
        VIGIL_KERNEL_LIST(r->selector.epoll), LEDGER;
    */
    while (any_int() != 0) {
        int i = any_int();
        int operation = any_int();
        if (i < 0 || i >= n) {
            continue;
        }
        if (operation == 0) {
            (void)step_register(r, X, n, i, any_token(), any_interest());
        } else if (operation == 1) {
            (void)step_reregister(r, X, n, i, any_token(), any_interest());
        } else if (operation == 2) {
            (void)step_deregister(r, X, n, i);
        } else {
            step_elsewhere(r, X, n, i);
        }
    }
}
