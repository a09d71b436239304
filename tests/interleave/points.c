/* SPDX-License-Identifier: MIT */

/* The definitions that stand in for the library's own: each makes its point,
 * and does then what it should. */
#define VIGIL_TESTS_INTERLEAVE_ITSELF
#include "interleave/points.h"

#include "interleave/interleave.h"

static struct {
    const scene *scene;
    unsigned points; /* passed so far */
    unsigned act_at; /* the point at which the act happens */
    bool has_acted;
    bool is_acting; /* the act's own steps make no points */
    bool is_locked;
    bool is_asleep; /* the act happened there, before its point had come */
    bool has_slept_on;
    vigil_status refusals[DOORS];
    unsigned refusals_left[DOORS];
    unsigned passed[DOORS];
} play;

static void act(void)
{
    play.has_acted = true;
    play.is_acting = true;
    play.scene->act(play.scene->stage);
    play.is_acting = false;
}

static bool is_watched(void)
{
    return play.scene != NULL && !play.is_acting;
}

/* Who must wait for the lock acts at the next point behind it. */
void interleave_point(void)
{
    if (!is_watched()) {
        return;
    }
    bool waits = play.scene->act_locks && play.is_locked;
    if (!play.has_acted && play.points >= play.act_at && !waits) {
        act();
    }
    play.points++;
}

static vigil_status point_at_door(door which)
{
    interleave_point();
    if (play.scene == NULL) {
        return VIGIL_OK;
    }
    play.passed[which]++;
    if (play.refusals_left[which] == 0) {
        return VIGIL_OK;
    }
    play.refusals_left[which]--;
    return play.refusals[which];
}

unsigned interleave(const scene *s)
{
    unsigned act_at = 0;
    bool fell_into_it = true;
    for (; fell_into_it; act_at++) {
        s->begin(s->stage);
        play.points = 0;
        play.act_at = act_at;
        play.has_acted = false;
        play.is_asleep = false;
        play.is_locked = false;
        play.has_slept_on = false;
        for (int d = 0; d < DOORS; d++) {
            play.passed[d] = 0;
        }
        play.scene = s;
        s->operation(s->stage);
        play.scene = NULL;
        fell_into_it = play.has_acted && !play.is_asleep;
        if (!play.has_acted) {
            s->act(s->stage);
        }
        s->end(s->stage);
        for (int d = 0; d < DOORS; d++) {
            play.refusals_left[d] = 0;
        }
    }
    return act_at;
}

bool has_slept_on(void)
{
    return play.has_slept_on;
}

void refuse_at(door which, vigil_status status, unsigned times)
{
    play.refusals[which] = status;
    play.refusals_left[which] = times;
}

unsigned passed(door which)
{
    return play.passed[which];
}

void interleave_lock(vigil_mutex *mutex)
{
    interleave_point();
    vigil_os_mutex_lock(mutex);
    if (is_watched()) {
        play.is_locked = true;
    }
}

void interleave_unlock(vigil_mutex *mutex)
{
    vigil_os_mutex_unlock(mutex);
    if (is_watched()) {
        play.is_locked = false;
    }
    interleave_point();
}

vigil_status interleave_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    vigil_status refusal = point_at_door(DOOR_ADD);
    return refusal == VIGIL_OK ? vigil_os_epoll_add(epoll, fd, mask, key) : refusal;
}

vigil_status interleave_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    vigil_status refusal = point_at_door(DOOR_MODIFY);
    return refusal == VIGIL_OK ? vigil_os_epoll_modify(epoll, fd, mask, key) : refusal;
}

vigil_status interleave_remove(vigil_fd epoll, vigil_fd fd)
{
    vigil_status refusal = point_at_door(DOOR_REMOVE);
    return refusal == VIGIL_OK ? vigil_os_epoll_remove(epoll, fd) : refusal;
}

vigil_status interleave_write(vigil_fd eventfd)
{
    vigil_status refusal = point_at_door(DOOR_SIGNAL);
    return refusal == VIGIL_OK ? vigil_os_eventfd_write(eventfd) : refusal;
}

/* A sleep is a look, the act if it is still to come, and another look. If there
 * is nothing to be seen then, the thread would sleep for good. */
static vigil_status sleep_through_act(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                      uint32_t *count)
{
    vigil_status status = vigil_os_epoll_wait(epoll, events, capacity, 0, count);
    if (status == VIGIL_OK && *count == 0 && !play.has_acted) {
        play.is_asleep = true;
        act();
        status = vigil_os_epoll_wait(epoll, events, capacity, 0, count);
    }
    if (status == VIGIL_OK && *count == 0) {
        play.has_slept_on = true;
        return VIGIL_EINTR;
    }
    return status;
}

vigil_status interleave_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                             int timeout_ms, uint32_t *count)
{
    interleave_point();
    if (is_watched() && timeout_ms != 0) {
        return sleep_through_act(epoll, events, capacity, count);
    }
    return vigil_os_epoll_wait(epoll, events, capacity, timeout_ms, count);
}

vigil_status interleave_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    interleave_point();
    if (is_watched()) {
        return sleep_through_act(epoll, events, capacity, count);
    }
    return vigil_os_epoll_wait_ns(epoll, events, capacity, seconds, nanoseconds, count);
}
