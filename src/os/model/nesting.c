/* SPDX-License-Identifier: MIT */

/* Epolls that watch epolls: how deep, and in how many ways a wakeup reaches the
 * ones above (the kernel's ep_loop_check() and reverse_path_check()). */
#include "os/model/state.h"

#define NESTING_MAX 4

static const model_watch *watch_at(model_link *link)
{
    return MODEL_HOLDER(link, model_watch, in_epoll);
}

static const model_watch *watcher_at(model_link *link)
{
    return MODEL_HOLDER(link, model_watch, in_file);
}

/* How many epolls stand one upon another below `file`, itself included; more
 * than NESTING_MAX + 1 if they reach `top`. */
static int depth_below(const model_file *file, const model_file *top)
{
    int deepest = 0;
    const model_link *watches = &file->as.epoll.watches;
    for (model_link *at = watches->next; at != watches && deepest <= NESTING_MAX; at = at->next) {
        const model_file *below = watch_at(at)->file;
        if (below == top) {
            return NESTING_MAX + 2;
        }
        int depth = below->kind == MODEL_EPOLL ? depth_below(below, top) : 0;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

static int depth_above(const model_file *file)
{
    int deepest = 0;
    for (model_link *at = file->watchers.next; at != &file->watchers; at = at->next) {
        int depth = depth_above(watcher_at(at)->epoll) + 1;
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest;
}

bool model_would_loop(const model_file *epoll, const model_file *file)
{
    return file->kind == MODEL_EPOLL && depth_below(file, epoll) + depth_above(epoll) > NESTING_MAX;
}

/* Counts the ways from `file` to an epoll that nobody watches, by the number of
 * epolls between them; whether one kind of them is above its limit. */
static bool counts_too_many(const model_file *file, unsigned between, unsigned *counts)
{
    static const unsigned limits[NESTING_MAX + 1] = {0, 500, 100, 50, 10};
    if (between > NESTING_MAX) {
        return true;
    }
    for (model_link *at = file->watchers.next; at != &file->watchers; at = at->next) {
        const model_file *epoll = watcher_at(at)->epoll;
        if (!model_list_is_empty(&epoll->watchers)) {
            if (counts_too_many(epoll, between + 1, counts)) {
                return true;
            }
        } else if (between > 0 && ++counts[between] > limits[between]) {
            return true;
        }
    }
    return false;
}

/* The same of everything below `file` that is no epoll. */
static bool has_too_many_above(const model_file *file)
{
    unsigned counts[NESTING_MAX + 1] = {0};
    if (file->kind != MODEL_EPOLL) {
        return counts_too_many(file, 0, counts);
    }
    const model_link *watches = &file->as.epoll.watches;
    for (model_link *at = watches->next; at != watches; at = at->next) {
        if (has_too_many_above(watch_at(at)->file)) {
            return true;
        }
    }
    return false;
}

/* Nothing is asked of an epoll that is at the top and watches no other. */
bool model_has_too_many_paths(const model_watch *added)
{
    bool is_nested =
        !model_list_is_empty(&added->epoll->watchers) || added->file->kind == MODEL_EPOLL;
    return is_nested && has_too_many_above(added->file);
}
