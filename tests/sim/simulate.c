/* SPDX-License-Identifier: MIT */

/*
 * Plays simulations of a server and its clients.
 *
 *   simulate SEEDS [FIRST [PLANTED]]     so many seeds from FIRST on
 *   simulate --shrink SEED [PLANTED]     the smallest plan that still fails
 *   simulate --plan SEED FIELD=N ...     one plan, changed by hand
 *
 * PLANTED is a mistake of the server (plan.h).
 */
#include "clients.h"
#include "os/sim/sim.h"
#include "plan.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static plan current;
static uint64_t calls;
static uint64_t faults;

const char *const plan_names[PLAN_FIELDS] = {
    "clients",    "bytes",    "mode",     "capacity", "tcp_buffer", "short_counts", "interrupts",
    "exhaustion", "disorder", "spurious", "withheld", "rude",       "planted",
};

unsigned *plan_field(plan *p, unsigned field)
{
    unsigned *const fields[PLAN_FIELDS] = {
        &p->clients,      &p->bytes,      &p->mode,       &p->capacity, &p->tcp_buffer,
        &p->short_counts, &p->interrupts, &p->exhaustion, &p->disorder, &p->spurious,
        &p->withheld,     &p->rude,       &p->planted,
    };
    return fields[field];
}

/* Half of the plans leave each kind of trouble out, so that each is also seen
 * alone. */
plan plan_for(uint64_t seed)
{
    const vigil_sim_options quiet = {.seed = seed ^ UINT64_C(0x706C616E), .descriptors_max = 4};
    plan p = {.seed = seed};
    vigil_sim_begin(&quiet);
    p.clients = 1 + vigil_sim_random(CLIENTS_MAX / 2) * (1 + vigil_sim_random(2));
    p.bytes = vigil_sim_random(2) == 0 ? 40 : 600;
    p.mode = vigil_sim_random(3);
    p.capacity = 1 + vigil_sim_random(vigil_sim_random(2) == 0 ? 2 : 20);
    p.tcp_buffer = vigil_sim_random(2) == 0 ? 0 : 1 + vigil_sim_random(100);
    for (unsigned field = 5; field < PLAN_FIELDS - 1; field++) {
        *plan_field(&p, field) = vigil_sim_random(2) == 0 ? 0 : vigil_sim_random(40);
    }
    (void)vigil_sim_end();
    return p;
}

/* The plan of a server with a mistake. Where reads come short, one that leaves room says
 * nothing of itself: only without can that mistake be told from the knob. */
static plan plan_with(uint64_t seed, unsigned planted)
{
    plan p = plan_for(seed);
    p.planted = planted;
    p.short_counts = planted == PLANTED_NO_BLOCK ? 0 : p.short_counts;
    return p;
}

_Noreturn void fail_plan(const char *format, ...)
{
    va_list arguments;
    (void)printf("seed %" PRIu64 ":", current.seed);
    for (unsigned field = 0; field < PLAN_FIELDS; field++) {
        (void)printf(" %s=%u", plan_names[field], *plan_field(&current, field));
    }
    (void)printf("\n    ");
    va_start(arguments, format);
    (void)vprintf(format, arguments);
    va_end(arguments);
    (void)printf("\n");
    exit(EXIT_FAILURE);
}

_Noreturn static void stuck(void *world)
{
    const clients *all = world;
    unsigned done = 0;
    for (unsigned i = 0; i < all->count; i++) {
        done += all->client[i].state == CLIENT_DONE;
    }
    fail_plan("deadlock: the server sleeps for ever, %u of %u clients are done, %s", done,
              all->count, all->stopped ? "and it was woken to stop" : "and nobody stops it");
}

void play(const plan *p)
{
    static clients world;
    const vigil_sim_options options = {
        .seed = p->seed,
        .short_counts = p->short_counts,
        .interrupts = p->interrupts,
        .exhaustion = p->exhaustion,
        .disorder = p->disorder,
        .spurious = p->spurious,
        .withheld = p->withheld,
        .descriptors_max = 64,
        .tcp_buffer = p->tcp_buffer,
        .step = clients_step,
        .stuck = (void (*)(void *))stuck,
        .world = &world,
    };
    current = *p;
    vigil_sim_begin(&options);
    clients_begin(&world, p);
    unsigned served = run_server(p);
    vigil_sim_result result = vigil_sim_end();
    calls += result.calls;
    faults += result.faults;
    if (result.descriptors != 0) {
        fail_plan("%d descriptors are left open", result.descriptors);
    }
    if (served > p->clients) {
        fail_plan("%u clients, but %u were served", p->clients, served);
    }
}

/* Whether the plan fails, tried in a child that says nothing. */
static bool fails(const plan *p)
{
    pid_t child = fork();
    if (child == 0) {
        (void)freopen("/dev/null", "w", stdout);
        (void)alarm(10);
        play(p);
        exit(EXIT_SUCCESS);
    }
    int status = 0;
    (void)waitpid(child, &status, 0);
    return status != 0;
}

/* Lowers one part of the plan as far as it still fails; whether it was lowered. */
static bool lower(plan *p, unsigned field)
{
    plan smaller = *p;
    unsigned *value = plan_field(&smaller, field);
    unsigned least = field == 0 || field == 3 ? 1 : 0;
    for (unsigned tried = least; tried < *plan_field(p, field); tried = tried * 2 + 1) {
        *value = tried;
        if (fails(&smaller)) {
            *p = smaller;
            return true;
        }
    }
    return false;
}

static int shrink(uint64_t seed, unsigned planted)
{
    plan p = plan_with(seed, planted);
    if (!fails(&p)) {
        (void)printf("seed %" PRIu64 " does not fail\n", seed);
        return EXIT_FAILURE;
    }
    bool lowered = true;
    while (lowered) {
        lowered = false;
        for (unsigned field = 0; field < PLAN_FIELDS - 1; field++) {
            lowered = lower(&p, field) || lowered;
        }
    }
    (void)printf("smallest plan that fails:\n");
    play(&p);
    return EXIT_SUCCESS;
}

static int play_changed(int count, char **arguments)
{
    plan p = plan_for(strtoull(arguments[0], NULL, 10));
    for (int i = 1; i < count; i++) {
        const char *value = strchr(arguments[i], '=');
        for (unsigned field = 0; value != NULL && field < PLAN_FIELDS; field++) {
            if (strncmp(arguments[i], plan_names[field], (size_t)(value - arguments[i])) == 0) {
                *plan_field(&p, field) = (unsigned)strtoul(value + 1, NULL, 10);
            }
        }
    }
    play(&p);
    return EXIT_SUCCESS;
}

int main(int count, char **arguments)
{
    unsigned planted = count == 4 ? (unsigned)strtoul(arguments[3], NULL, 10) : PLANTED_NONE;
    if (count >= 3 && strcmp(arguments[1], "--shrink") == 0) {
        return shrink(strtoull(arguments[2], NULL, 10), planted);
    }
    if (count >= 3 && strcmp(arguments[1], "--plan") == 0) {
        return play_changed(count - 2, arguments + 2);
    }
    if (count < 2) {
        return 2;
    }
    uint64_t seeds = strtoull(arguments[1], NULL, 10);
    uint64_t first = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        plan p = plan_with(seed, planted);
        play(&p);
    }
    (void)printf("%" PRIu64 " seeds, %" PRIu64 " calls, %" PRIu64 " faults\n", seeds, calls,
                 faults);
    return EXIT_SUCCESS;
}
