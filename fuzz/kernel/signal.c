/* SPDX-License-Identifier: MIT */

/* Operations of signals: four that nobody else sends, of which the one of a fault is not
 * the lowest, and one is queued. On Linux all are blocked, before there is a second thread,
 * which a fuzzer may have, and stay so: what the model's program handles is taken as soon
 * as it may be handled (sigtimedwait(2)), in the order in which they are taken. */
#include "kernel/operations.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SET_BYTES 8 /* of the kernel's */

static int number_of(int64_t chosen)
{
    const int numbers[SIGNALS] = {SIGQUIT, SIGPWR, SIGTRAP, SIGRTMIN + 3};
    return numbers[chosen];
}

static sigset_t set_of(int64_t chosen)
{
    sigset_t set;
    (void)sigemptyset(&set);
    for (int i = 0; i < SIGNALS; i++) {
        if ((chosen >> i & 1) != 0) {
            (void)sigaddset(&set, number_of(i));
        }
    }
    return set;
}

static uint64_t mask_of(int64_t chosen)
{
    uint64_t mask = 0;
    for (int i = 0; i < SIGNALS; i++) {
        mask |= (chosen >> i & 1) != 0 ? UINT64_C(1) << (number_of(i) - 1) : 0;
    }
    return mask;
}

void signals_prepare(void)
{
    sigset_t all = set_of(ALL_SIGNALS);
    (void)pthread_sigmask(SIG_BLOCK, &all, NULL);
}

/* The C library would call what was sent to a thread something else. */
static bool take_one(const sigset_t *set, siginfo_t *info)
{
    const struct timespec now = {0};
    return syscall(SYS_rt_sigtimedwait, set, info, &now, SET_BYTES) > 0;
}

static void same_handled(both *b)
{
    sigset_t unblocked = set_of(ALL_SIGNALS & ~b->blocked);
    siginfo_t real;
    vigil_model_signal model;
    while (take_one(&unblocked, &real)) {
        both_same(b, "handled", 0, vigil_model_handled(b->model, &model));
        both_same(b, "number", real.si_signo, model.number);
        both_same(b, "code", real.si_code, model.code);
        both_same(b, "sender", real.si_pid, model.pid);
        both_same(b, "value", (int64_t)(uintptr_t)real.si_ptr, (int64_t)model.value);
    }
    both_same(b, "handled more", -EAGAIN, vigil_model_handled(b->model, &model));
}

void operate_block(both *b, const int64_t *argument)
{
    b->signals = true;
    b->blocked = argument[0];
    vigil_model_block(b->model, mask_of(argument[0]));
    same_handled(b);
}

void signals_open(both *b)
{
    b->blocked = ALL_SIGNALS;
    vigil_model_block(b->model, mask_of(ALL_SIGNALS));
}

/* Nothing waits any more, on either side. */
void signals_close(both *b)
{
    const int64_t none = 0;
    if (b->signals) {
        operate_block(b, &none);
    }
}

/* How: to the process or to the thread (1), with a value or without (2). */
static int64_t send_signal(int number, int64_t how, union sigval value)
{
    bool to_thread = (how & 1) != 0;
    if ((how & 2) == 0) {
        return to_thread ? syscall(SYS_tgkill, getpid(), gettid(), number) : kill(getpid(), number);
    }
    return to_thread ? -pthread_sigqueue(pthread_self(), number, value)
                     : sigqueue(getpid(), number, value);
}

void operate_raise(both *b, const int64_t *argument)
{
    bool has_value = (argument[1] & 2) != 0;
    bool to_thread = (argument[1] & 1) != 0;
    union sigval value = {.sival_ptr = (void *)(uintptr_t)(b->step * UINT64_C(0x100000001))};
    vigil_model_signal signal = {
        .number = number_of(argument[0]),
        .code = has_value ? SI_QUEUE
            : to_thread   ? SI_TKILL
                          : SI_USER,
        .pid = (uint32_t)getpid(),
        .uid = getuid(),
        .value = has_value ? (uint64_t)(uintptr_t)value.sival_ptr : 0,
    };
    b->signals = true;
    both_same(b, "result", both_result(send_signal(signal.number, argument[1], value)),
              vigil_model_raise(b->model, &signal, to_thread));
    same_handled(b);
}

void operate_signalfd(both *b, const int64_t *argument)
{
    sigset_t set = set_of(argument[0]);
    if (both_has_room(b)) {
        int64_t fd = both_result(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
        both_same(b, "result", fd, vigil_model_signalfd(b->model, -1, mask_of(argument[0])));
        both_note(b, fd, BOTH_SIGNALFD);
    }
}

void operate_signalfd_change(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    sigset_t set = set_of(argument[1]);
    both_same(b, "result", both_result(signalfd(fd, &set, 0)),
              vigil_model_signalfd(b->model, fd, mask_of(argument[1])));
}
