/* SPDX-License-Identifier: MIT */
#define VIGIL_TESTS_INTERLEAVE_ITSELF
#include "turns.h"

#include "../tests/interleave/points.h"

#define DEPTH_MAX 3
#define POINTS_BETWEEN_MAX 64
/* A sleeper is left alone by this many others before nobody comes. */
#define ACTS_WHILE_ASLEEP 6

static struct {
    fuzz_input *input;
    turns_act *act; /* null while nobody else acts */
    turns_asleep *asleep;
    void *stage;
    unsigned points_left; /* before the next act */
    unsigned depth;       /* acts within acts */
    bool is_locked;
    unsigned signals;
} play;

void turns_begin(fuzz_input *input, turns_act *act, turns_asleep *asleep, void *stage)
{
    play.input = input;
    play.act = act;
    play.asleep = asleep;
    play.stage = stage;
    play.points_left = fuzz_below(input, POINTS_BETWEEN_MAX);
    play.depth = 0;
    play.is_locked = false;
    play.signals = 0;
}

void turns_end(void)
{
    play.act = NULL;
}

unsigned turns_signals(void)
{
    return play.signals;
}

static void act(void)
{
    play.depth++;
    play.act(play.stage, play.is_locked);
    play.depth--;
}

void interleave_point(void)
{
    if (play.act == NULL || play.depth >= DEPTH_MAX || play.input->left == 0) {
        return;
    }
    if (play.points_left > 0) {
        play.points_left--;
        return;
    }
    play.points_left = fuzz_below(play.input, POINTS_BETWEEN_MAX);
    act();
}

void interleave_lock(vigil_mutex *mutex)
{
    interleave_point();
    vigil_os_mutex_lock(mutex);
    play.is_locked = true;
}

void interleave_unlock(vigil_mutex *mutex)
{
    vigil_os_mutex_unlock(mutex);
    play.is_locked = false;
    interleave_point();
}

vigil_status interleave_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    interleave_point();
    return vigil_os_epoll_add(epoll, fd, mask, key);
}

vigil_status interleave_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    interleave_point();
    return vigil_os_epoll_modify(epoll, fd, mask, key);
}

vigil_status interleave_remove(vigil_fd epoll, vigil_fd fd)
{
    interleave_point();
    return vigil_os_epoll_remove(epoll, fd);
}

vigil_status interleave_write(vigil_fd eventfd)
{
    interleave_point();
    play.signals++;
    return vigil_os_eventfd_write(eventfd);
}

/* Looks, and lets others act and looks again, until there is something to be seen
 * or nobody acts any more. */
static vigil_status look(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                         uint32_t *count)
{
    vigil_status status = vigil_os_epoll_wait(epoll, events, capacity, 0, count);
    for (unsigned i = 0; i < ACTS_WHILE_ASLEEP && status == VIGIL_OK && *count == 0; i++) {
        if (play.act == NULL || play.input->left == 0) {
            break;
        }
        act();
        status = vigil_os_epoll_wait(epoll, events, capacity, 0, count);
    }
    return status;
}

vigil_status interleave_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                             int timeout_ms, uint32_t *count)
{
    interleave_point();
    if (timeout_ms == 0) {
        return vigil_os_epoll_wait(epoll, events, capacity, 0, count);
    }
    vigil_status status = look(epoll, events, capacity, count);
    if (status != VIGIL_OK || *count > 0) {
        return status;
    }
    if (timeout_ms < 0) {
        play.asleep(play.stage);
        return VIGIL_EINTR;
    }
    return vigil_os_epoll_wait(epoll, events, capacity, timeout_ms, count);
}

vigil_status interleave_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    interleave_point();
    vigil_status status = look(epoll, events, capacity, count);
    if (status != VIGIL_OK || *count > 0) {
        return status;
    }
    return vigil_os_epoll_wait_ns(epoll, events, capacity, seconds, nanoseconds, count);
}
