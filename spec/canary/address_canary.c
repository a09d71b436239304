/* SPDX-License-Identifier: MIT */
#include "core/address.h"

/* A false law: of two addresses that share a port, one may be another host's. */
/*@ requires port: a.port == b.port && a.family == b.family;
    terminates \true; exits \false; assigns \nothing; */
void port_decides(vigil_address a, vigil_address b)
{
    bool same = vigil_address_equal(a, b);
    //@ check canary: same == \true;
}

/* A broken variant: it forgets the scope and the last byte. */
bool vigil_address_equal(vigil_address a, vigil_address b)
{
    bool same = a.family == b.family && a.port == b.port && a.flow == b.flow;
    /*@
      loop invariant range: 0 <= i <= 15;
      loop invariant so_far: same <==> (a.family == b.family && a.port == b.port &&
        a.flow == b.flow && \forall integer k; 0 <= k < i ==> a.ip[k] == b.ip[k]);
      loop assigns i, same;
      loop variant 15 - i;
    */
    for (int i = 0; i < 15; i++) {
        same = same && a.ip[i] == b.ip[i];
    }
    return same;
}
