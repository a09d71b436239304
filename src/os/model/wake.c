/* SPDX-License-Identifier: MIT */

/* Wakeups travel from a file to the epolls that watch it, and from those to
 * the epolls that watch them. */
#include "os/model/state.h"

#include <stdlib.h>
#include <sys/epoll.h>

/* Queued already or not, whoever watches the epoll is woken (the kernel's
 * ep_poll_callback()). */
static void wake_watch(model_watch *watch, uint32_t key)
{
    if (!model_rule_wakes(&watch->request, key)) {
        return;
    }
    if (!model_link_is_in(&watch->in_ready)) {
        model_list_insert(&watch->epoll->as.epoll.ready, &watch->in_ready);
    }
    model_wake(watch->epoll, EPOLLIN);
}

void model_wake(model_file *file, uint32_t key)
{
    for (model_link *at = file->watchers.next; at != &file->watchers; at = at->next) {
        wake_watch(MODEL_HOLDER(at, model_watch, in_file), key);
    }
}

void model_wake_signalfds(vigil_model *model)
{
    const model_link *queue = &model->signalfds;
    for (model_link *at = queue->next; at != queue; at = at->next) {
        wake_watch(MODEL_HOLDER(at, model_watch, in_signalfds), 0);
    }
}

/* The newest is woken first, the exclusive ones last. Signals have one queue for
 * all that wait for them. */
void model_attach_watch(model_watch *watch)
{
    model_file *file = watch->file;
    bool is_last = watch->request.exclusive;
    model_list_insert(is_last ? &file->watchers : file->watchers.next, &watch->in_file);
    if (file->kind == MODEL_SIGNALFD) {
        model_link *queue = &file->as.signalfd.model->signalfds;
        model_list_insert(is_last ? queue : queue->next, &watch->in_signalfds);
    }
}

void model_forget_watch(model_watch *watch)
{
    model_list_remove(&watch->in_file);
    model_list_remove(&watch->in_signalfds);
    model_list_remove(&watch->in_ready);
    model_list_remove(&watch->in_epoll);
    free(watch);
}

void model_forget_watchers(model_file *file)
{
    while (!model_list_is_empty(&file->watchers)) {
        model_forget_watch(MODEL_HOLDER(file->watchers.next, model_watch, in_file));
    }
}
