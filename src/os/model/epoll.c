/* SPDX-License-Identifier: MIT */

/* epoll(7): the interest list, the ready list, and what a wait takes from it. */
#include "os/model/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define TRIGGERS ((uint32_t)(EPOLLET | EPOLLONESHOT | EPOLLEXCLUSIVE | EPOLLWAKEUP))
#define WITH_EXCLUSIVE \
    ((uint32_t)(EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE))

static model_watch *watch_at(model_link *link)
{
    return MODEL_HOLDER(link, model_watch, in_epoll);
}

static model_watch *find(const model_file *epoll, const model_file *file, int fd)
{
    const model_link *watches = &epoll->as.epoll.watches;
    for (model_link *at = watches->next; at != watches; at = at->next) {
        if (watch_at(at)->file == file && watch_at(at)->fd == fd) {
            return watch_at(at);
        }
    }
    return NULL;
}

static model_request request_of(uint32_t events)
{
    return (model_request){
        .mask = (events & ~TRIGGERS) | EPOLLERR | EPOLLHUP,
        .edge = (events & (uint32_t)EPOLLET) != 0,
        .one_shot = (events & (uint32_t)EPOLLONESHOT) != 0,
        .exclusive = (events & (uint32_t)EPOLLEXCLUSIVE) != 0,
        .armed = true,
    };
}

/* What is to be reported now. */
static uint32_t look_at(const model_watch *watch)
{
    uint32_t asked = watch->request.armed ? watch->request.mask : 0;
    return model_rule_report(&watch->request, model_level(watch->file, asked));
}

/* A registration that is ready when it is made or changed is reported. */
static void queue_if_ready(model_watch *watch)
{
    if (look_at(watch) == 0) {
        return;
    }
    if (!model_link_is_in(&watch->in_ready)) {
        model_list_insert(&watch->epoll->as.epoll.ready, &watch->in_ready);
        model_wake(watch->epoll, EPOLLIN);
    }
}

static int add(model_file *epoll, model_file *file, int fd, const vigil_model_event *event)
{
    model_watch *watch = malloc(sizeof *watch);
    if (watch == NULL) {
        return -ENOMEM;
    }
    *watch = (model_watch){.epoll = epoll, .file = file, .fd = fd, .data = event->data};
    watch->request = request_of(event->events);
    model_list_init(&watch->in_ready);
    model_list_init(&watch->in_epoll);
    model_list_init(&watch->in_file);
    model_list_init(&watch->in_signalfds);
    model_list_insert(&epoll->as.epoll.watches, &watch->in_epoll);
    model_attach_watch(watch);
    if (model_has_too_many_paths(watch)) {
        model_forget_watch(watch);
        return -EINVAL;
    }
    queue_if_ready(watch);
    return 0;
}

static int modify(model_watch *watch, const vigil_model_event *event)
{
    if (watch->request.exclusive) {
        return -EINVAL;
    }
    watch->request = request_of(event->events);
    watch->data = event->data;
    queue_if_ready(watch);
    return 0;
}

static bool is_invalid(int operation, const model_file *file, const vigil_model_event *event)
{
    bool has_event = operation == EPOLL_CTL_ADD || operation == EPOLL_CTL_MOD;
    if (!has_event || (event->events & (uint32_t)EPOLLEXCLUSIVE) == 0) {
        return false;
    }
    return operation == EPOLL_CTL_MOD || file->kind == MODEL_EPOLL
        || (event->events & ~WITH_EXCLUSIVE) != 0;
}

static int change(model_file *epoll, int operation, model_file *file, int fd,
                  const vigil_model_event *event)
{
    model_watch *watch = find(epoll, file, fd);
    switch (operation) {
    case EPOLL_CTL_ADD:
        return watch == NULL ? add(epoll, file, fd, event) : -EEXIST;
    case EPOLL_CTL_MOD:
        return watch == NULL ? -ENOENT : modify(watch, event);
    case EPOLL_CTL_DEL:
        if (watch == NULL) {
            return -ENOENT;
        }
        model_forget_watch(watch);
        return 0;
    default:
        return -EINVAL;
    }
}

/* The errors in the order in which the kernel looks for them. */
int vigil_model_epoll_ctl(vigil_model *model, int epoll_fd, int operation, int fd,
                          const vigil_model_event *event)
{
    model_file *epoll = model_file_of(model, epoll_fd);
    model_file *file = model_file_of(model, fd);
    if (epoll == NULL || file == NULL) {
        return -EBADF;
    }
    if (file->kind == MODEL_REGULAR) {
        return -EPERM;
    }
    if (epoll == file || epoll->kind != MODEL_EPOLL || is_invalid(operation, file, event)) {
        return -EINVAL;
    }
    if (operation == EPOLL_CTL_ADD && model_would_loop(epoll, file)) {
        return -ELOOP;
    }
    return change(epoll, operation, file, fd, event);
}

/* Looks at the queued registrations in turn. Those that have nothing to say any
 * more leave the queue; of a level-triggered one that is reported, the next
 * turn is behind everybody else's. */
static int take_ready(model_epoll *epoll, vigil_model_event *events, int capacity)
{
    model_link scanned;
    model_list_init(&scanned);
    model_list_move(&scanned, &epoll->ready);
    int count = 0;
    while (count < capacity && !model_list_is_empty(&scanned)) {
        model_watch *watch = MODEL_HOLDER(scanned.next, model_watch, in_ready);
        model_list_remove(&watch->in_ready);
        uint32_t report = look_at(watch);
        if (report == 0) {
            continue;
        }
        events[count++] = (vigil_model_event){.events = report, .data = watch->data};
        if (model_rule_reported(&watch->request)) {
            model_list_insert(&epoll->ready, &watch->in_ready);
        }
    }
    model_list_move(&scanned, &epoll->ready);
    model_list_move(&epoll->ready, &scanned);
    return count;
}

int vigil_model_epoll_wait(vigil_model *model, int epoll_fd, vigil_model_event *events,
                           int capacity)
{
    model_file *epoll = model_file_of(model, epoll_fd);
    if (capacity <= 0) {
        return -EINVAL;
    }
    if (epoll == NULL) {
        return -EBADF;
    }
    if (epoll->kind != MODEL_EPOLL) {
        return -EINVAL;
    }
    return take_ready(&epoll->as.epoll, events, capacity);
}

/* An epoll is readable while one of those queued has something to say; the
 * ones before it, that have not, leave the queue. */
uint32_t model_epoll_level(model_file *file)
{
    model_link *ready = &file->as.epoll.ready;
    while (!model_list_is_empty(ready)) {
        model_watch *watch = MODEL_HOLDER(ready->next, model_watch, in_ready);
        if (look_at(watch) != 0) {
            return EPOLLIN;
        }
        model_list_remove(&watch->in_ready);
    }
    return 0;
}

void model_epoll_end(model_file *file)
{
    model_link *watches = &file->as.epoll.watches;
    while (!model_list_is_empty(watches)) {
        model_forget_watch(watch_at(watches->next));
    }
}
