/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_SHADOW_VERDICT_H
#define VIGIL_SPEC_SHADOW_VERDICT_H

#include "shadow.h"

#include <stdint.h>

/*
 * What a process has seen of the contracts: a file of the folder that
 * VIGIL_CONTRACTS names, one for each process, read by ci/contracts.
 */
#define VERDICT_CLAUSES 512
#define VERDICT_CALLS 64
#define VERDICT_STATUSES 64

struct verdict_clause {
    char kind[16];
    char function[40];
    char name[32];
    uint64_t line;
    uint64_t judged;
    uint64_t failed;
};

struct verdict_call {
    char function[40];
    uint64_t made;
    uint64_t verdicts[SHADOW_VERDICTS];
    uint64_t statuses[VERDICT_STATUSES]; /* of those judged, by the status negated */
};

struct verdict_counts {
    char broken[128]; /* why the run itself is no good; empty if it is */
    struct verdict_clause clauses[VERDICT_CLAUSES];
    struct verdict_call calls[VERDICT_CALLS];
};

#endif
