/* SPDX-License-Identifier: MIT */

/*
 *   fault sites               plays every scenario with every fault, alone and
 *                             lasting; prints the call sites that were reached
 *   fault pairs PART PARTS    plays pairs of faults, one part of the pairs
 *   fault replay SCENARIO     plays one scenario aloud, each call marked; "all"
 *                             has them all in it
 *   fault replay SCENARIO SITE NTH ERROR
 *                             the same with a fault at that call
 */
#include "fault/scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long runs;

static bool may_happen(const fault *f, unsigned number)
{
    return f->call == site_at(number)->call;
}

/* Every fault at one call of a site, and at that one and all that follow. */
static void play_singles_at(const scenario *s, unsigned number, unsigned nth)
{
    for (size_t i = 0; i < fault_count; i++) {
        for (int sticky = 0; may_happen(&faults[i], number) && sticky < 2; sticky++) {
            const planned one = {number, nth, &faults[i], sticky == 1};
            play(s, &one, 1, true);
            runs++;
            if (!has_happened(0)) {
                fault_fail("the call that was to fail was not made");
            }
        }
    }
}

static void play_singles(const scenario *s)
{
    unsigned calls[FAULT_SITES_MAX] = {0};
    play(s, NULL, 0, true);
    unsigned count = site_count();
    for (unsigned number = 0; number < count; number++) {
        calls[number] = calls_of_site(number);
    }
    for (unsigned number = 0; number < count; number++) {
        for (unsigned nth = 1; nth <= calls[number]; nth++) {
            play_singles_at(s, number, nth);
        }
    }
}

static int play_all_singles(void)
{
    for (unsigned i = 0; i < scenario_count(); i++) {
        play_singles(scenario_at(i));
    }
    for (unsigned i = 0; i < site_count(); i++) {
        printf("site %#lx %s %u\n", (unsigned long)site_at(i)->address,
               call_names[site_at(i)->call], site_at(i)->reached);
    }
    printf("%lu runs\n", runs);
    return EXIT_SUCCESS;
}

static const scenario *find_scenario(const char *name)
{
    for (unsigned i = 0; i < scenario_count(); i++) {
        if (strcmp(scenario_at(i)->name, name) == 0) {
            return scenario_at(i);
        }
    }
    return all_joined();
}

static const fault *find_fault(call which, const char *error)
{
    for (size_t i = 0; i < fault_count; i++) {
        if (faults[i].call == which && strcmp(faults[i].name, error) == 0) {
            return &faults[i];
        }
    }
    return NULL;
}

/* Plays it twice: once to see the sites. */
static int replay(const scenario *s, char **fault_named)
{
    planned one = {0};
    play(s, NULL, 0, true);
    if (fault_named != NULL) {
        uintptr_t address = strtoul(fault_named[0], NULL, 16);
        while (one.site < site_count() && site_at(one.site)->address != address) {
            one.site++;
        }
        one.nth = (unsigned)strtoul(fault_named[1], NULL, 10);
        one.fault = find_fault(site_at(one.site)->call, fault_named[2]);
        require(one.fault != NULL);
    }
    play_aloud();
    inject_mark_calls();
    play(s, &one, fault_named != NULL ? 1 : 0, true);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    static char output[1 << 20]; /* nothing is written before the end */
    (void)setvbuf(stdout, output, _IOFBF, sizeof output);
    scenarios_compose();
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "sites") == 0) {
        return play_all_singles();
    }
    if (strcmp(what, "replay") == 0 && (argc == 3 || argc == 6)) {
        return replay(find_scenario(argv[2]), argc == 6 ? &argv[3] : NULL);
    }
    if (strcmp(what, "pairs") == 0 && argc == 4) {
        pair_counts counts =
            play_pairs((unsigned)strtoul(argv[2], NULL, 10), (unsigned)strtoul(argv[3], NULL, 10));
        printf("%lu runs, %lu with both\n", counts.runs, counts.with_both);
        return EXIT_SUCCESS;
    }
    (void)fprintf(stderr, "usage: fault sites | pairs PART PARTS | replay SCENARIO [FAULT]\n");
    return EXIT_FAILURE;
}
