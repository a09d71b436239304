/* SPDX-License-Identifier: MIT */
#include "fault/inject.h"

#include "os/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault/faults_table.h"

#define CALL_NAME(name) #name,
const char *const call_names[CALLS] = {FAULT_SEAM(CALL_NAME)};

#define TOLD false
#define ABSORBED true
#define FAULT_ROW(which, error, effect, outcome) {CALL_##which, error, effect, outcome, #error},
#define FAULT_NO_ROW(which, error, reason)
const fault faults[] = {FAULT_TABLE(FAULT_ROW, FAULT_NO_ROW)};
const size_t fault_count = sizeof faults / sizeof faults[0];

playing now_playing;

static struct {
    site sites[FAULT_SITES_MAX];
    unsigned site_count;
    bool marks;
} seen;

static struct {
    planned plan[FAULT_PLAN_MAX];
    size_t plan_count;
    bool happened[FAULT_PLAN_MAX];
    bool is_lifted;
    unsigned calls;
    unsigned of_site[FAULT_SITES_MAX];
    unsigned injected_count;
} run;

static const fault *injections[FAULT_CALLS_MAX]; /* of this run, the first injected_count */

void inject_begin(const planned *plan, size_t count)
{
    memset(&run, 0, sizeof run);
    run.plan_count = count;
    for (size_t i = 0; i < count; i++) {
        run.plan[i] = plan[i];
    }
}

void inject_lift(void)
{
    run.is_lifted = true;
}

unsigned injected(void)
{
    return run.injected_count;
}

const fault *injected_at(unsigned turn)
{
    return injections[turn];
}

bool has_happened(size_t place)
{
    return run.happened[place];
}

unsigned site_count(void)
{
    return seen.site_count;
}

const site *site_at(unsigned number)
{
    return &seen.sites[number];
}

unsigned calls_of_site(unsigned number)
{
    return run.of_site[number];
}

void inject_mark_calls(void)
{
    seen.marks = true;
}

static unsigned number_of_site(call which, uintptr_t address)
{
    for (unsigned i = 0; i < seen.site_count; i++) {
        if (seen.sites[i].address == address) {
            return i;
        }
    }
    if (seen.site_count == FAULT_SITES_MAX) {
        fault_fail("more than %d call sites", FAULT_SITES_MAX);
    }
    seen.sites[seen.site_count] = (site){.address = address, .call = which};
    return seen.site_count++;
}

static bool is_due(const planned *p, unsigned number, unsigned nth)
{
    return p->site == number && (p->is_sticky ? nth >= p->nth : nth == p->nth);
}

static void mark_call(call which, const void *address, unsigned nth)
{
    int saved = errno;
    printf("call %u %#lx %u %s\n", run.calls, (unsigned long)address, nth, call_names[which]);
    (void)getpgid(FAULT_MARK + (int)run.calls);
    errno = saved;
}

const fault *call_begins(call which, const void *address)
{
    unsigned number = number_of_site(which, (uintptr_t)address);
    unsigned nth = ++run.of_site[number];
    seen.sites[number].reached++;
    if (++run.calls > FAULT_CALLS_MAX - 1) {
        fault_fail("does not come to an end");
    }
    if (seen.marks) {
        mark_call(which, address, nth);
    }
    for (size_t i = 0; i < run.plan_count && !run.is_lifted; i++) {
        if (is_due(&run.plan[i], number, nth)) {
            run.happened[i] = true;
            injections[run.injected_count++] = run.plan[i].fault;
            return run.plan[i].fault;
        }
    }
    return NULL;
}

/* A signal handler may wake, so what it calls leaves errno as it was. */
vigil_status call_ends(const fault *f, vigil_status status)
{
    if (f == NULL || f->effect == SHORT) {
        return status;
    }
    bool is_for_handlers = f->call == CALL_eventfd_write || f->call == CALL_eventfd_drain;
    errno = is_for_handlers ? errno : f->error;
    return vigil_os_status(f->error);
}

void fault_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("FAIL scenario %s, step %s, run %lu: ", now_playing.scenario, now_playing.step,
           now_playing.run);
    vprintf(format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < run.plan_count; i++) {
        const planned *p = &run.plan[i];
        printf("\n  %s at call %u of site %#lx of %s%s%s%s", p->fault->name, p->nth,
               (unsigned long)seen.sites[p->site].address, call_names[p->fault->call],
               p->fault->effect == AFTER ? ", after effect" : "",
               p->is_sticky ? ", and at every later one" : "",
               run.happened[i] ? "" : " (has not happened)");
    }
    printf("\n");
    exit(EXIT_FAILURE);
}
