/* SPDX-License-Identifier: MIT */
#include "oracle.h"

#include <sys/epoll.h>

static bool is_interest(vigil_interest interest)
{
    const vigil_interest events = VIGIL_READABLE | VIGIL_WRITABLE | VIGIL_PRIORITY;
    const vigil_interest triggers = VIGIL_LEVEL | VIGIL_ONESHOT;
    return (interest & events) != 0 && (interest & ~(events | triggers)) == 0;
}

vigil_status oracle_register(const entry *e, unsigned poll, vigil_interest interest, bool full,
                             bool closed)
{
    if (e->registered) {
        return e->poll == poll ? VIGIL_EEXIST : VIGIL_EFOREIGN;
    }
    if (!is_interest(interest)) {
        return VIGIL_EINVAL;
    }
    if (full) {
        return VIGIL_ENOSPC;
    }
    return closed ? VIGIL_EBADF : VIGIL_OK;
}

vigil_status oracle_reregister(const entry *e, unsigned poll, vigil_interest interest, bool closed)
{
    if (!e->registered) {
        return VIGIL_ENOENT;
    }
    if (e->poll != poll) {
        return VIGIL_EFOREIGN;
    }
    if (!is_interest(interest)) {
        return VIGIL_EINVAL;
    }
    return closed ? VIGIL_EBADF : VIGIL_OK;
}

vigil_status oracle_deregister(const entry *e, unsigned poll)
{
    if (!e->registered) {
        return VIGIL_ENOENT;
    }
    return e->poll == poll ? VIGIL_OK : VIGIL_EFOREIGN;
}

/* What is true already when it is asked for is reported. */
void oracle_registered(entry *e, unsigned poll, vigil_token token, vigil_interest interest)
{
    *e = (entry){
        .registered = true, .poll = poll, .token = token, .interest = interest, .owed = UINT32_MAX};
}

/* What is in hand of the old request may still be taken, as far as the new one
 * asks for it. */
void oracle_reregistered(entry *e, vigil_token token, vigil_interest interest)
{
    e->token = token;
    e->interest = interest;
    e->owed = UINT32_MAX;
    e->silent = false;
}

static uint32_t asked(const entry *e)
{
    uint32_t mask = EPOLLERR | EPOLLHUP;
    mask |= (e->interest & VIGIL_READABLE) != 0 ? EPOLLIN | EPOLLRDHUP : 0;
    return mask | ((e->interest & VIGIL_WRITABLE) != 0 ? EPOLLOUT : 0);
}

bool oracle_speaks(const entry *e, uint32_t level)
{
    return e->registered && !e->silent && (level & asked(e)) != 0;
}

bool oracle_allows(const entry *e, vigil_event event)
{
    if (!e->registered || !e->in_hand || event.token != e->token) {
        return false;
    }
    uint32_t possible = e->level & asked(e);
    bool readable = !vigil_event_is_readable(event) || (possible & EPOLLIN) != 0;
    bool writable = !vigil_event_is_writable(event) || (possible & EPOLLOUT) != 0;
    return e->unsure || (possible != 0 && readable && writable);
}

bool oracle_requires(const entry *e, uint32_t level)
{
    bool is_level = (e->interest & VIGIL_LEVEL) != 0;
    return oracle_speaks(e, level) && !e->unsure && (is_level || (e->owed & level & asked(e)) != 0);
}
