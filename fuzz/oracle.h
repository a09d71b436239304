/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_ORACLE_H
#define VIGIL_FUZZ_ORACLE_H

#include "vigil.h"

#include <stdbool.h>

/*
 * What a registry promises, written down a second time and in another way: as
 * what somebody outside can see. No slots, no generations, no keys: a list of
 * who is registered where, as what, and who is owed an event.
 */
typedef struct entry {
    bool registered;
    unsigned poll;
    vigil_token token;
    vigil_interest interest;
    bool silent;    /* a one-shot that has fired */
    uint32_t owed;  /* readiness that began and has not been reported */
    bool unsure;    /* its descriptor is closed: may be reported, need not be */
    bool in_hand;   /* reported by the last wait of its poll, and not taken */
    uint32_t level; /* the readiness that held when it was */
} entry;

/* What registering and its kin must answer. */
vigil_status oracle_register(const entry *e, unsigned poll, vigil_interest interest, bool full,
                             bool closed);
vigil_status oracle_reregister(const entry *e, unsigned poll, vigil_interest interest, bool closed);
vigil_status oracle_deregister(const entry *e, unsigned poll);

/* What they change. */
void oracle_registered(entry *e, unsigned poll, vigil_token token, vigil_interest interest);
void oracle_reregistered(entry *e, vigil_token token, vigil_interest interest);

/* Whether a source whose readiness is `level` has anything to say to `e`. */
bool oracle_speaks(const entry *e, uint32_t level);

/* Whether an event of it is true: nothing in it that was not so, or is not asked
 * for. */
bool oracle_allows(const entry *e, vigil_event event);

/* Whether it must be among the events of a wait that has room for all. */
bool oracle_requires(const entry *e, uint32_t level);

#endif
