/* SPDX-License-Identifier: MIT */

/* Signals that wait (signal(7)), and the descriptors that they are read from
 * (signalfd(2)). There is one thread, and the program handles every signal. */
#include "os/model/state.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#define NUMBER_MAX 64
#define REAL_TIME_FIRST 32 /* of the kernel; the C library keeps some for itself */

static uint64_t bit(int number)
{
    return UINT64_C(1) << (number - 1);
}

/* Nobody blocks these, and no descriptor reads them. */
static uint64_t without_fatal(uint64_t signals)
{
    return signals & ~(bit(SIGKILL) | bit(SIGSTOP));
}

static model_signal *holder(model_link *link)
{
    return MODEL_HOLDER(link, model_signal, link);
}

static void forget(model_signal *signal)
{
    model_list_remove(&signal->link);
    free(signal);
}

/* What comes first: the signals of faults, and then the lowest number. */
static int rank(int number)
{
    const uint64_t faults =
        bit(SIGSEGV) | bit(SIGBUS) | bit(SIGILL) | bit(SIGTRAP) | bit(SIGFPE) | bit(SIGSYS);
    return (bit(number) & faults) != 0 ? number : number + NUMBER_MAX;
}

/* The one of `signals` that is next, or null; of one number, the oldest. */
static model_signal *next_of(const model_link *queue, uint64_t signals)
{
    model_signal *next = NULL;
    for (model_link *at = queue->next; at != queue; at = at->next) {
        int number = holder(at)->what.number;
        bool is_asked = (bit(number) & signals) != 0;
        if (is_asked && (next == NULL || rank(number) < rank(next->what.number))) {
            next = holder(at);
        }
    }
    return next;
}

/* What was sent to the thread comes before what was sent to the process. */
static model_signal *next_pending(const vigil_model *model, uint64_t signals)
{
    model_signal *next = next_of(&model->thread_signals, signals);
    return next != NULL ? next : next_of(&model->process_signals, signals);
}

/* All that are not blocked, in their order. */
static void handle(vigil_model *model)
{
    model_signal *next = next_pending(model, ~model->blocked_signals);
    while (next != NULL) {
        model_list_remove(&next->link);
        model_list_insert(&model->handled_signals, &next->link);
        next = next_pending(model, ~model->blocked_signals);
    }
}

/* A standard signal waits but once for each whom it is sent to. Every descriptor's
 * watchers are woken, whatever signals it is for. */
int vigil_model_raise(vigil_model *model, const vigil_model_signal *signal, int to_thread)
{
    model_link *queue = to_thread ? &model->thread_signals : &model->process_signals;
    if (signal->number < 1 || signal->number > NUMBER_MAX) {
        return -EINVAL;
    }
    if (signal->number < REAL_TIME_FIRST && next_of(queue, bit(signal->number)) != NULL) {
        return 0;
    }
    model_signal *made = malloc(sizeof *made);
    if (made == NULL) {
        return -EAGAIN;
    }
    *made = (model_signal){.what = *signal};
    model_list_init(&made->link);
    model_list_insert(queue, &made->link);
    model_wake_signalfds(model);
    handle(model);
    return 0;
}

void vigil_model_block(vigil_model *model, uint64_t signals)
{
    model->blocked_signals = without_fatal(signals);
    handle(model);
}

int vigil_model_handled(vigil_model *model, vigil_model_signal *signal)
{
    *signal = (vigil_model_signal){0};
    if (model_list_is_empty(&model->handled_signals)) {
        return -EAGAIN;
    }
    model_signal *oldest = holder(model->handled_signals.next);
    *signal = oldest->what;
    forget(oldest);
    return 0;
}

static int new_signalfd(vigil_model *model, uint64_t signals)
{
    int fd = model_open_plain(model, MODEL_SIGNALFD);
    if (fd >= 0) {
        model_file_of(model, fd)->as.signalfd =
            (model_signalfd){.model = model, .signals = without_fatal(signals)};
    }
    return fd;
}

int vigil_model_signalfd(vigil_model *model, int fd, uint64_t signals)
{
    if (fd == -1) {
        return new_signalfd(model, signals);
    }
    model_file *file = model_file_of(model, fd);
    if (file == NULL || file->kind != MODEL_SIGNALFD) {
        return file == NULL ? -EBADF : -EINVAL;
    }
    file->as.signalfd.signals = without_fatal(signals);
    model_wake_signalfds(model);
    return fd;
}

uint32_t model_signalfd_level(const model_file *file)
{
    const model_signalfd *signalfd = &file->as.signalfd;
    return next_pending(signalfd->model, signalfd->signals) != NULL ? EPOLLIN : 0;
}

static struct signalfd_siginfo record_of(const vigil_model_signal *signal)
{
    return (struct signalfd_siginfo){
        .ssi_signo = (uint32_t)signal->number,
        .ssi_code = signal->code,
        .ssi_pid = signal->pid,
        .ssi_uid = signal->uid,
        .ssi_int = (int32_t)signal->value,
        .ssi_ptr = signal->value,
    };
}

/* As many as there are and find room. */
int64_t model_signalfd_read(model_file *file, void *data, size_t size)
{
    const model_signalfd *signalfd = &file->as.signalfd;
    uint8_t *out = data;
    size_t done = 0;
    if (size < sizeof(struct signalfd_siginfo)) {
        return -EINVAL;
    }
    model_signal *next = next_pending(signalfd->model, signalfd->signals);
    while (next != NULL && size - done >= sizeof(struct signalfd_siginfo)) {
        struct signalfd_siginfo record = record_of(&next->what);
        memcpy(out + done, &record, sizeof record);
        done += sizeof record;
        forget(next);
        next = next_pending(signalfd->model, signalfd->signals);
    }
    return done > 0 ? (int64_t)done : -EAGAIN;
}

static void forget_all(model_link *queue)
{
    while (!model_list_is_empty(queue)) {
        forget(holder(queue->next));
    }
}

void model_forget_signals(vigil_model *model)
{
    forget_all(&model->thread_signals);
    forget_all(&model->process_signals);
    forget_all(&model->handled_signals);
}
