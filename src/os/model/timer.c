/* SPDX-License-Identifier: MIT */

/* Timers that are descriptors (timerfd_create(2)), on the clock of the model. One
 * that repeats begins anew when it is read, so that nobody is woken twice. */
#include "os/model/state.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static model_file *timer_of(const vigil_model *model, int fd, int *error)
{
    model_file *file = model_file_of(model, fd);
    *error = file == NULL ? -EBADF : file->kind != MODEL_TIMER ? -EINVAL : 0;
    return *error == 0 ? file : NULL;
}

uint64_t vigil_model_now(const vigil_model *model)
{
    return model->now_ns;
}

static uint64_t later(uint64_t ns, uint64_t more)
{
    return more <= UINT64_MAX - ns ? ns + more : UINT64_MAX;
}

static model_file *holder(model_link *link)
{
    return MODEL_HOLDER(link, model_file, as.timer.link);
}

/* Earliest first; of those at the same time, in the order in which they began. */
static void begin(vigil_model *model, model_file *file, uint64_t end_ns)
{
    model_link *at = model->timers.next;
    while (at != &model->timers && holder(at)->as.timer.end_ns <= end_ns) {
        at = at->next;
    }
    file->as.timer.end_ns = end_ns;
    model_list_insert(at, &file->as.timer.link);
}

static void expire_due(vigil_model *model)
{
    while (!model_list_is_empty(&model->timers)) {
        model_file *file = holder(model->timers.next);
        if (file->as.timer.end_ns > model->now_ns) {
            return;
        }
        model_list_remove(&file->as.timer.link);
        file->as.timer.has_expired = true;
        file->as.timer.ticks++;
        model_wake(file, EPOLLIN);
    }
}

/* Timers expire in the order of their times. */
void vigil_model_advance(vigil_model *model, uint64_t ns)
{
    model->now_ns = later(model->now_ns, ns);
    expire_due(model);
}

uint64_t vigil_model_next_timer(const vigil_model *model)
{
    return model_list_is_empty(&model->timers) ? UINT64_MAX
                                               : holder(model->timers.next)->as.timer.end_ns;
}

int vigil_model_timerfd(vigil_model *model)
{
    int fd = model_open_plain(model, MODEL_TIMER);
    if (fd >= 0) {
        model_list_init(&model_file_of(model, fd)->as.timer.link);
    }
    return fd;
}

int vigil_model_timerfd_settime(vigil_model *model, int fd, int is_absolute,
                                const vigil_model_timer *value)
{
    int error = 0;
    model_file *file = timer_of(model, fd, &error);
    if (file == NULL) {
        return error;
    }
    model_list_remove(&file->as.timer.link);
    file->as.timer.interval_ns = value->interval_ns;
    file->as.timer.has_expired = false;
    file->as.timer.ticks = 0;
    if (value->first_ns > 0) {
        uint64_t end_ns = is_absolute ? value->first_ns : later(model->now_ns, value->first_ns);
        begin(model, file, end_ns);
        expire_due(model);
    }
    return 0;
}

/* One that repeats goes on: the intervals that have passed count. */
static void go_on(vigil_model *model, model_file *file)
{
    model_timer *timer = &file->as.timer;
    if (timer->has_expired && timer->interval_ns > 0) {
        uint64_t passed = (model->now_ns - timer->end_ns) / timer->interval_ns;
        timer->ticks += passed;
        uint64_t last_ns = timer->end_ns + passed * timer->interval_ns;
        begin(model, file, later(last_ns, timer->interval_ns));
        timer->has_expired = false;
    }
}

int vigil_model_timerfd_gettime(vigil_model *model, int fd, vigil_model_timer *value)
{
    int error = 0;
    model_file *file = timer_of(model, fd, &error);
    *value = (vigil_model_timer){0};
    if (file == NULL) {
        return error;
    }
    go_on(model, file);
    value->interval_ns = file->as.timer.interval_ns;
    if (model_link_is_in(&file->as.timer.link)) {
        value->first_ns = file->as.timer.end_ns - model->now_ns;
    }
    return 0;
}

uint32_t model_timer_level(const model_file *file)
{
    return file->as.timer.ticks > 0 ? EPOLLIN : 0;
}

int64_t model_timer_read(vigil_model *model, model_file *file, void *data, size_t size)
{
    model_timer *timer = &file->as.timer;
    if (size < sizeof timer->ticks) {
        return -EINVAL;
    }
    if (timer->ticks == 0) {
        return -EAGAIN;
    }
    go_on(model, file);
    memcpy(data, &timer->ticks, sizeof timer->ticks);
    timer->has_expired = false;
    timer->ticks = 0;
    return (int64_t)sizeof timer->ticks;
}

void model_timer_end(model_file *file)
{
    model_list_remove(&file->as.timer.link);
}
