/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_SHADOW_H
#define VIGIL_SPEC_SHADOW_H

#include "base/status.h"
#include "os_types.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * The contracts of the seam, executed around the real calls.
 *
 * The linker puts calls.c between the library and its object of src/os/linux
 * (ld, --wrap). E-ACSL has turned each contract of calls.c into code. Before a
 * call and after it, mirror.c reads the state that the contracts speak of off
 * the real kernel; verdict.c counts what holds and what does not.
 */

/* Which part of the ghost kernel the contract of a call speaks of. */
typedef enum shadow_part {
    SHADOW_NOTHING, /* memory and results only */
    SHADOW_TIME,
    SHADOW_TABLE,    /* kinds and flags of the descriptors */
    SHADOW_COUNTERS, /* and the counters of eventfds */
    SHADOW_WAIT,     /* and all interest lists, which a wait does not change */
    SHADOW_LISTS     /* and all interest lists */
} shadow_part;

/* Whether what is said of a call can be judged by what was seen of the kernel. */
typedef enum shadow_verdict {
    SHADOW_JUDGED,
    SHADOW_RACED,  /* another thread changed the kernel during a call that waited */
    SHADOW_STRAY,  /* a report of a registration that outlives its descriptor */
    SHADOW_BEYOND, /* descriptors are open that the contracts do not speak of */
    SHADOW_FORGED, /* it failed where a filter may have answered for the kernel */
    SHADOW_PASSED, /* one of many: not looked at */
    SHADOW_VERDICTS
} shadow_verdict;

/* --- calls.c: around each call (guard.c) ----------------------------------- */

/* Begins the call `function`: no signal handler and no other call comes between
 * this and shadow_leave. The ghost kernel is read anew. False if the call is one
 * of so many that it is not looked at. */
bool shadow_enter(const char *function, shadow_part part);
/* The real call was made and gave `status`: reads the ghost kernel anew. */
void shadow_observe(shadow_part part, int status);
/* The real call that follows may block: others go on until shadow_resume. If
 * they change the kernel meanwhile, a contract, which speaks of one thread,
 * cannot be judged, and is not. */
void shadow_suspend(void);
void shadow_resume(shadow_part part);
/* Ends the call: it gave `status`. */
void shadow_leave(int status);
/* About the call in hand; to begin with it is judged. */
void shadow_judge(shadow_verdict verdict);
shadow_verdict shadow_judged(void);
/* Around a system call that a test makes by itself. */
void shadow_raw_enter(void);
void shadow_raw_leave(void);

/* --- mirror.c: what the kernel says ------------------------------------------ */

/* Reads that part of the ghost kernel off the real one; false if there is more
 * of it than the contracts speak of. */
bool mirror_read(shadow_part part);
/* The next interest list that is read may have got this entry. */
void mirror_asked(vigil_fd epoll, vigil_fd fd, uint32_t mask);
/* Finds the descriptors that the `count` reports are of; false if one is of none,
 * but may be of a registration that the contracts cannot name. */
bool mirror_reported(vigil_fd epoll, const vigil_raw_event *events, uint32_t count);
/* What the clock said; believed if it lies between two readings of our own. */
void mirror_clock(uint64_t answer);

/* --- verdict.c: what is counted ------------------------------------------------ */

/* How many calls of `function` this process has made. */
uint64_t verdict_calls(const char *function);
/* What was found out about memory may not hold any longer. */
void verdict_forget_memory(void);
/* One call of `function` ended with `status`. */
void verdict_called(const char *function, int status, shadow_verdict verdict);
/* The run itself is broken: says so, and ends the process. */
_Noreturn void verdict_broken(const char *what);

#endif
