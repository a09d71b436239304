/* SPDX-License-Identifier: MIT */
#include "os/sim/watched.h"

#include "os/model/state.h"
#include "os/sim/chance.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define DIRECTIONS ((uint32_t)(EPOLLIN | EPOLLOUT))
#define ENDS ((uint32_t)(EPOLLRDHUP | EPOLLHUP | EPOLLERR))

typedef struct watched {
    vigil_fd epoll;
    vigil_fd fd;
    uint32_t mask;
    uint32_t told; /* directions in which nothing would have blocked since */
    uint64_t key;
} watched;

static struct {
    watched *all;
    size_t count;
    size_t room;
} list;

static bool is_kept(void)
{
    const vigil_sim_options *options = sim_current();
    return options->spurious > 0 || options->withheld > 0;
}

static watched *find(vigil_fd epoll, vigil_fd fd)
{
    for (size_t i = 0; i < list.count; i++) {
        if (list.all[i].epoll == epoll && list.all[i].fd == fd) {
            return &list.all[i];
        }
    }
    return NULL;
}

static watched *append(void)
{
    if (list.count == list.room) {
        size_t room = list.room * 2 + 16;
        watched *larger = realloc(list.all, room * sizeof *larger);
        if (larger == NULL) {
            (void)fprintf(stderr, "simulation: no memory\n");
            exit(EXIT_FAILURE);
        }
        list.all = larger;
        list.room = room;
    }
    return &list.all[list.count++];
}

void sim_watch(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (!is_kept()) {
        return;
    }
    const model_file *file = model_file_of(vigil_sim_kernel(), fd);
    if (file->kind == MODEL_EVENTFD || file->kind == MODEL_EPOLL) {
        return;
    }
    watched *w = find(epoll, fd);
    w = w == NULL ? append() : w;
    *w = (watched){.epoll = epoll, .fd = fd, .mask = mask, .key = key};
}

static void drop(size_t i)
{
    list.all[i] = list.all[--list.count];
}

void sim_unwatch(vigil_fd epoll, vigil_fd fd)
{
    const watched *w = find(epoll, fd);
    if (w != NULL) {
        drop((size_t)(w - list.all));
    }
}

void sim_unwatch_all_of(vigil_fd fd)
{
    for (size_t i = list.count; i > 0; i--) {
        if (list.all[i - 1].fd == fd || list.all[i - 1].epoll == fd) {
            drop(i - 1);
        }
    }
}

void sim_forget_watched(void)
{
    free(list.all);
    list.all = NULL;
    list.count = list.room = 0;
}

vigil_status sim_moved(vigil_fd fd, uint32_t direction, int64_t result)
{
    bool is_due = result == -EAGAIN || result == -EINPROGRESS;
    for (size_t i = 0; is_due && i < list.count; i++) {
        list.all[i].told &= list.all[i].fd == fd ? ~direction : UINT32_MAX;
    }
    return sim_status(result);
}

uint32_t sim_reported(vigil_fd epoll, uint64_t key, uint32_t flags)
{
    for (size_t i = 0; i < list.count; i++) {
        watched *w = &list.all[i];
        if (w->epoll != epoll || w->key != key || (w->mask & EPOLLET) == 0) {
            continue;
        }
        uint32_t again = flags & w->told & DIRECTIONS;
        bool is_end = (flags & ENDS) != 0;
        if (again != 0 && !is_end && sim_happens(sim_current()->withheld)) {
            flags &= ~again;
        }
        w->told |= flags & DIRECTIONS;
    }
    return flags;
}

/* A one-shot that has been reported is asleep, and only the model knows. */
static bool may_be_reported(const watched *w, vigil_fd epoll, const vigil_raw_event *events,
                            uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (events[i].key == w->key) {
            return false;
        }
    }
    return w->epoll == epoll && (w->mask & EPOLLONESHOT) == 0 && (w->mask & DIRECTIONS) != 0;
}

void sim_report_spuriously(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                           uint32_t *count)
{
    if (*count == capacity || list.count == 0 || !sim_happens(sim_current()->spurious)) {
        return;
    }
    const watched *w = &list.all[vigil_sim_random((uint32_t)list.count)];
    if (may_be_reported(w, epoll, events, *count)) {
        events[*count].flags = w->mask & DIRECTIONS;
        events[*count].key = w->key;
        ++*count;
    }
}
