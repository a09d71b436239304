/* SPDX-License-Identifier: MIT */
#include "fairness.h"

#include "os/sim/sim.h"

#include <string.h>
#include <sys/epoll.h>

#define OTHERS 2 /* the listener and the waker, which may be ready too */

typedef struct place {
    bool ready;
    bool reported;
    unsigned missed;  /* waits, since it was ready first */
    unsigned allowed; /* waits, in the last of which it is reported */
} place;

static struct {
    place places[FAIRNESS_PLACES];
    unsigned capacity;
    bool watched;
} fairness;

void fairness_begin(const plan *p)
{
    memset(&fairness, 0, sizeof fairness);
    fairness.capacity = p->capacity;
    bool leaves_out = p->disorder > 0 && p->planted != PLANTED_UNFAIR;
    fairness.watched = p->mode == PLAN_LEVEL && !leaves_out;
}

void fairness_look(unsigned number, vigil_fd fd, vigil_interest interest)
{
    place *at = &fairness.places[number];
    uint32_t mask = (interest & VIGIL_READABLE) != 0 ? EPOLLIN : 0;
    mask |= (interest & VIGIL_WRITABLE) != 0 ? EPOLLOUT : 0;
    at->ready = fairness.watched && mask != 0
        && ((uint32_t)vigil_model_poll(vigil_sim_kernel(), fd, mask) & mask) != 0;
    at->reported = false;
    at->missed = at->ready ? at->missed : 0;
}

void fairness_report(unsigned number)
{
    fairness.places[number].reported = true;
}

void fairness_settle(void)
{
    unsigned ready = OTHERS;
    for (unsigned i = 0; i < FAIRNESS_PLACES; i++) {
        ready += fairness.places[i].ready;
    }
    for (unsigned i = 0; i < FAIRNESS_PLACES; i++) {
        place *at = &fairness.places[i];
        if (!at->ready || at->reported) {
            at->missed = 0;
            continue;
        }
        if (at->missed == 0) {
            at->allowed = (ready + fairness.capacity - 1) / fairness.capacity;
        }
        at->missed++;
        if (at->missed >= at->allowed) {
            fail_plan("connection %u is ready, and %u waits have not reported it", i, at->missed);
        }
    }
}
