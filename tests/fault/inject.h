/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_FAULT_INJECT_H
#define VIGIL_TESTS_FAULT_INJECT_H

/* What plays is not what is played. */
#define VIGIL_TESTS_FAULT_ITSELF
#include "fault/seam.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_SITES_MAX 256
#define FAULT_PLAN_MAX 2

#define FAULT_CALL(name) CALL_##name,
typedef enum call {
    FAULT_SEAM(FAULT_CALL) CALLS
} call;

typedef enum effect {
    BEFORE,
    AFTER,
    SHORT
} effect;

/* One row of faults_table.h. */
typedef struct fault {
    call call;
    int error; /* errno */
    effect effect;
    bool is_absorbed;
    const char *name;
} fault;

extern const fault faults[];
extern const size_t fault_count;
extern const char *const call_names[CALLS];

/* A call of the seam in the library's object code: the address behind it. */
typedef struct site {
    uintptr_t address;
    call call;
    unsigned reached; /* in all runs */
} site;

/* A fault and the call that it happens to: the `nth` of its site in a run, from
 * 1; if it is sticky, every later one of that site too. */
typedef struct planned {
    unsigned site;
    unsigned nth;
    const fault *fault;
    bool is_sticky;
} planned;

/* Begins a run in which these faults happen; nothing is open or registered. */
void inject_begin(const planned *plan, size_t count);

/* From here on nothing fails any more. */
void inject_lift(void);

/* How many faults have happened in this run, and the one that did so at a turn
 * that is below that number. */
unsigned injected(void);
const fault *injected_at(unsigned turn);

/* Whether the planned fault, by its place in the plan, has happened. */
bool has_happened(size_t place);

/* The sites that have been seen so far in any run, and how often each one has
 * been called in this one. */
unsigned site_count(void);
const site *site_at(unsigned number);
unsigned calls_of_site(unsigned number);

/* All calls of this run: more than FAULT_CALLS_MAX of them are an endless loop. */
#define FAULT_CALLS_MAX 3000

/* Before each call of the seam, another one tells a tracer which comes. */
void inject_mark_calls(void);
#define FAULT_MARK 0x40000000

/* --- what every call of the seam does (seam.c) --- */

/* The fault that happens to this call, or null. */
const fault *call_begins(call which, const void *address);

static inline bool is_refused(const fault *f)
{
    return f != NULL && f->effect == BEFORE;
}

static inline bool is_short(const fault *f)
{
    return f != NULL && f->effect == SHORT;
}

/* What the call answers: the error of the fault, errno set, or `status`. */
vigil_status call_ends(const fault *f, vigil_status status);

/* --- the account of what the library has opened and registered --- */

/* Its calls have brought about these; each ends the run if that cannot be. */
void account_opened(vigil_fd fd);
void account_closed(vigil_fd fd);
void account_added(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);
void account_modified(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);
void account_removed(vigil_fd epoll, vigil_fd fd);
void account_mutexes(int more);

/* The caller's descriptors: the library takes one over, gives one back, or its
 * registrations end because the caller has closed it. */
void account_handed_over(vigil_fd fd);
void account_given_back(vigil_fd fd);
void account_forgotten(vigil_fd fd);

typedef struct account_entry {
    vigil_fd epoll;
    vigil_fd fd;
    uint32_t mask;
    uint64_t key;
} account_entry;

/* What it owns and has not given back, the kernel's registrations, and locks. */
unsigned account_open(void);
unsigned account_entries(void);
const account_entry *account_entry_at(unsigned number);
const account_entry *account_entry_of(vigil_fd epoll, vigil_fd fd);
int account_locks(void);

/* Everything in one number, to see that nothing has changed. */
uint64_t account_digest(void);

/* Ends the program with what was being played and what is wrong with it. */
_Noreturn void fault_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What fault_fail says was being played. */
typedef struct playing {
    const char *scenario;
    const char *step;
    unsigned long run;
} playing;
extern playing now_playing;

#endif
