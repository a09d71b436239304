/* SPDX-License-Identifier: MIT */
#include "shadow.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>

/*
 * One call of the seam at a time, and no signal handler in it: a contract says
 * what one call does, and what is read before and after it is to be what that
 * call found and left.
 */
static pthread_mutex_t one_call = PTHREAD_MUTEX_INITIALIZER;

/* How many calls may have changed the kernel. */
static uint64_t changes;

#define CALLS_DEEP 4

/* What this thread is in. The library's own object makes calls within calls,
 * vigil_os_status in most others; those are part of the one around them. */
static _Thread_local struct {
    int depth;
    const char *function[CALLS_DEEP];
    shadow_verdict verdict[CALLS_DEEP];
    sigset_t signals;
} call;

/* What this thread was in when it last let others go on. */
static _Thread_local struct {
    const char *function;
    shadow_verdict verdict;
    uint64_t changes;
} suspended;

static void lock(void)
{
    sigset_t every;
    sigset_t before;
    (void)sigfillset(&every);
    (void)pthread_sigmask(SIG_SETMASK, &every, &before);
    (void)pthread_mutex_lock(&one_call);
    call.signals = before;
}

static void unlock(void)
{
    sigset_t before = call.signals;
    (void)pthread_mutex_unlock(&one_call);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* All calls of a function up to the first bound, then one in so many. */
#define ALL_UP_TO 500
#define ONE_IN 32

static shadow_verdict begun(const char *function, shadow_part part)
{
    uint64_t made = verdict_calls(function);
    if (made > ALL_UP_TO && made % ONE_IN != 0) {
        return SHADOW_PASSED;
    }
    verdict_forget_memory();
    return mirror_read(part) ? SHADOW_JUDGED : SHADOW_BEYOND;
}

bool shadow_enter(const char *function, shadow_part part)
{
    int error = errno;
    bool outermost = call.depth == 0;
    if (outermost) {
        lock();
    }
    changes += part == SHADOW_LISTS;
    call.function[call.depth] = function;
    call.verdict[call.depth] = SHADOW_JUDGED;
    call.depth++;
    if (outermost) {
        shadow_judge(begun(function, part));
    }
    errno = error;
    return shadow_judged() == SHADOW_JUDGED;
}

/* seccomp(2): a filter answers in place of the kernel, and may say what the
 * kernel never would. */
static bool filtered(void)
{
    return prctl(PR_GET_SECCOMP) == SECCOMP_MODE_FILTER;
}

void shadow_observe(shadow_part part, int status)
{
    int error = errno;
    if (call.depth == 1) {
        verdict_forget_memory();
        if (!mirror_read(part)) {
            shadow_judge(SHADOW_BEYOND);
        } else if (status != 0 && filtered()) {
            shadow_judge(SHADOW_FORGED);
        }
    }
    errno = error;
}

void shadow_suspend(void)
{
    int error = errno;
    suspended.function = call.function[0];
    suspended.verdict = call.verdict[0];
    suspended.changes = changes;
    call.depth = 0;
    unlock();
    errno = error;
}

void shadow_resume(shadow_part part)
{
    int error = errno;
    lock();
    call.depth = 1;
    call.function[0] = suspended.function;
    call.verdict[0] = suspended.verdict;
    bool raced = part != SHADOW_NOTHING && suspended.changes != changes;
    if (suspended.verdict == SHADOW_JUDGED && raced) {
        call.verdict[0] = SHADOW_RACED;
    }
    errno = error;
}

void shadow_leave(int status)
{
    int error = errno;
    call.depth--;
    verdict_called(call.function[call.depth], status, call.verdict[call.depth]);
    if (call.depth == 0) {
        unlock();
    }
    errno = error;
}

void shadow_judge(shadow_verdict verdict)
{
    call.verdict[call.depth - 1] = verdict;
}

shadow_verdict shadow_judged(void)
{
    return call.verdict[call.depth - 1];
}

void shadow_raw_enter(void)
{
    if (call.depth == 0) {
        lock();
        changes++;
    }
    call.depth++;
}

void shadow_raw_leave(void)
{
    int error = errno;
    call.depth--;
    if (call.depth == 0) {
        unlock();
    }
    errno = error;
}

/* A child has the one thread that forked, and a lock that is free. */
static void before_fork(void)
{
    shadow_raw_enter();
}

static void after_fork(void)
{
    shadow_raw_leave();
}

__attribute__((constructor)) static void begin(void)
{
    (void)pthread_atfork(before_fork, after_fork, after_fork);
}
