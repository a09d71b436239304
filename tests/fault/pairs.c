/* SPDX-License-Identifier: MIT */

/*
 * Pairs of faults. Two sites of one scenario are played in it. Two sites that meet in
 * none are played in the two scenarios one after another, which is enough: what one
 * leaves behind the other finds. Each pair of sites is played in one place, with every
 * pair of their faults.
 */
#include "fault/scenarios.h"

#include <string.h>

#define SINGLES_MAX 800

/* A fault that a scenario meets, and what it reaches then. */
typedef struct single {
    planned plan;
    bool reaches[FAULT_SITES_MAX];
    bool returns; /* to its own site */
} single;

static struct {
    single singles[SINGLES_MAX];
    unsigned count;
    bool reached[FAULT_SITES_MAX]; /* without a fault */
} met[SCENARIOS_MAX];

static bool is_played[FAULT_SITES_MAX][FAULT_SITES_MAX];
static pair_counts counts;
static unsigned part, parts, unit;

static bool may_happen(const fault *f, unsigned number)
{
    return f->call == site_at(number)->call;
}

/* The work is dealt out fault by fault. */
static bool is_mine(void)
{
    return unit++ % parts == part;
}

static void note_single(unsigned scenario_number, const planned *plan)
{
    unsigned at = met[scenario_number].count++;
    if (at == SINGLES_MAX) {
        fault_fail("more than %d faults in one scenario", SINGLES_MAX);
    }
    single *s = &met[scenario_number].singles[at];
    play(scenario_at(scenario_number), plan, 1, false);
    s->plan = *plan;
    for (unsigned number = 0; number < site_count(); number++) {
        s->reaches[number] = calls_of_site(number) > 0;
    }
    s->returns = calls_of_site(plan->site) > 1;
}

static void note_singles(unsigned scenario_number)
{
    play(scenario_at(scenario_number), NULL, 0, false);
    bool *reached = met[scenario_number].reached;
    unsigned count = site_count();
    for (unsigned number = 0; number < count; number++) {
        reached[number] = calls_of_site(number) > 0;
    }
    for (unsigned number = 0; number < count; number++) {
        for (size_t i = 0; reached[number] && i < fault_count; i++) {
            if (may_happen(&faults[i], number)) {
                note_single(scenario_number, &(planned){number, 1, &faults[i], false});
            }
        }
    }
}

static void play_pair(const scenario *s, const planned *first, unsigned number, const fault *f)
{
    unsigned nth = number == first->site ? 2 : 1;
    const planned both[] = {*first, {number, nth, f, false}};
    play(s, both, 2, false);
    counts.runs++;
    counts.with_both += has_happened(0) && has_happened(1);
}

static void play_with(const scenario *s, const planned *first, unsigned number)
{
    for (size_t i = 0; i < fault_count; i++) {
        if (may_happen(&faults[i], number)) {
            play_pair(s, first, number, &faults[i]);
        }
    }
}

/* Of two sites that are always reached, the pair is played from the lower one. */
static bool is_from_here(unsigned scenario_number, unsigned from, unsigned number)
{
    return number >= from || !met[scenario_number].reached[number];
}

static void play_within(unsigned scenario_number)
{
    static bool met_here[FAULT_SITES_MAX][FAULT_SITES_MAX];
    memset(met_here, 0, sizeof met_here);
    for (unsigned at = 0; at < met[scenario_number].count; at++) {
        const single *s = &met[scenario_number].singles[at];
        unsigned from = s->plan.site;
        bool mine = is_mine();
        for (unsigned number = 0; number < site_count(); number++) {
            bool meets = number == from ? s->returns : s->reaches[number];
            if (meets && !is_played[from][number] && is_from_here(scenario_number, from, number)) {
                met_here[from][number] = true;
                if (mine) {
                    play_with(scenario_at(scenario_number), &s->plan, number);
                }
            }
        }
    }
    for (unsigned a = 0; a < site_count(); a++) {
        for (unsigned b = 0; b < site_count(); b++) {
            is_played[a][b] |= met_here[a][b];
        }
    }
}

static void play_between(unsigned one, unsigned other, const scenario *both)
{
    for (unsigned a = 0; a < site_count(); a++) {
        for (unsigned b = 0; b < site_count(); b++) {
            bool meets = met[one].reached[a] && met[other].reached[b] && a != b;
            if (!meets || is_played[a][b] || is_played[b][a]) {
                continue;
            }
            is_played[a][b] = true;
            for (size_t i = 0; i < fault_count; i++) {
                if (may_happen(&faults[i], a) && is_mine()) {
                    play_with(both, &(planned){a, 1, &faults[i], false}, b);
                }
            }
        }
    }
}

pair_counts play_pairs(unsigned which, unsigned of)
{
    part = which;
    parts = of;
    for (unsigned i = 0; i < scenario_count(); i++) {
        note_singles(i);
    }
    for (unsigned i = 0; i < scenario_count(); i++) {
        play_within(i);
    }
    for (unsigned i = 0; i < scenario_count(); i++) {
        for (unsigned j = i + 1; j < scenario_count(); j++) {
            play_between(i, j, joined(i, j));
        }
    }
    return counts;
}
