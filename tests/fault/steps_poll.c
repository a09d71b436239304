/* SPDX-License-Identifier: MIT */

/* Polls, registrations, wakers and timeouts, one operation a step. */
#include "fault/world.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define TOKEN_SOURCE 7
#define TOKEN_WAKER 20
#define SHORT_NS 20000

static vigil_status open_poll(world *w)
{
    vigil_status status = vigil_poll_open(&w->poll, w->slots, WORLD_SLOTS);
    w->registry = status == VIGIL_OK ? vigil_poll_registry(&w->poll) : NULL;
    require(vigil_events_init(&w->events, w->storage, WORLD_EVENTS) == VIGIL_OK);
    require(status == VIGIL_OK || vigil_poll_close(&w->poll) == VIGIL_OK);
    return status;
}

static vigil_status close_poll(world *w)
{
    vigil_status status = vigil_poll_close(&w->poll);
    w->registry = status == VIGIL_OK ? NULL : w->registry;
    return status;
}

static const step poll_list[] = {{"open poll", open_poll}, {"close poll", close_poll}};
const steps poll_steps = {poll_list, 2};

/* Waits for an event of `token`; it must come. */
static vigil_status wait_for(world *w, vigil_token token, vigil_event *event)
{
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, VIGIL_FOREVER);
    if (status == VIGIL_OK) {
        require(vigil_events_next(&w->events, event));
        require(event->token == token);
        vigil_event more;
        require(!vigil_events_next(&w->events, &more));
    }
    return status;
}

/* --- a source --- */

static vigil_status open_own(world *w)
{
    w->fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC);
    require(w->fd >= 0);
    w->source = vigil_source_from_fd(w->fd);
    return VIGIL_OK;
}

static vigil_status register_source(world *w)
{
    return vigil_registry_register(w->registry, &w->source, TOKEN_SOURCE, VIGIL_READABLE);
}

static vigil_status expect_readable(world *w)
{
    vigil_event event;
    vigil_status status = wait_for(w, TOKEN_SOURCE, &event);
    require(status != VIGIL_OK
            || (vigil_event_is_readable(event) && !vigil_event_is_writable(event)));
    return status;
}

static vigil_status reregister_source(world *w)
{
    return vigil_registry_reregister(w->registry, &w->source, TOKEN_SOURCE + 1, VIGIL_WRITABLE);
}

static vigil_status expect_writable(world *w)
{
    vigil_event event;
    vigil_status status = wait_for(w, TOKEN_SOURCE + 1, &event);
    require(status != VIGIL_OK
            || (vigil_event_is_writable(event) && !vigil_event_is_readable(event)));
    return status;
}

static vigil_status deregister_source(world *w)
{
    return vigil_registry_deregister(w->registry, &w->source);
}

static vigil_status expect_nothing(world *w)
{
    vigil_event event;
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, VIGIL_NO_WAIT);
    require(status != VIGIL_OK || !vigil_events_next(&w->events, &event));
    return status;
}

static vigil_status close_own(world *w)
{
    require(close(w->fd) == 0);
    account_forgotten(w->fd);
    w->fd = -1;
    w->source = vigil_source_from_fd(VIGIL_FD_NONE);
    return VIGIL_OK;
}

static const step source_list[] = {
    {"open descriptor", open_own},      {"register", register_source},
    {"wait readable", expect_readable}, {"reregister", reregister_source},
    {"wait writable", expect_writable}, {"deregister", deregister_source},
    {"look", expect_nothing},           {"register again", register_source},
    {"wait again", expect_readable},    {"deregister again", deregister_source},
    {"close descriptor", close_own},
};
const steps source_steps = {source_list, sizeof source_list / sizeof source_list[0]};

/* --- wakers --- */

static vigil_status open_first_waker(world *w)
{
    return vigil_waker_open(&w->wakers[0], w->registry, TOKEN_WAKER);
}

static vigil_status open_second_waker(world *w)
{
    return vigil_waker_open(&w->wakers[1], w->registry, TOKEN_WAKER + 1);
}

/* A signal handler may wake: errno is as it was. */
static vigil_status wake(const vigil_waker *waker)
{
    errno = EDOM;
    vigil_status status = vigil_waker_wake(waker);
    require(errno == EDOM);
    return status;
}

static vigil_status wake_first(world *w)
{
    return wake(&w->wakers[0]);
}

static vigil_status wake_second(world *w)
{
    return wake(&w->wakers[1]);
}

static vigil_status expect_first(world *w)
{
    vigil_event event;
    return wait_for(w, TOKEN_WAKER, &event);
}

static vigil_status expect_second(world *w)
{
    vigil_event event;
    return wait_for(w, TOKEN_WAKER + 1, &event);
}

/* Room for one event, where two wakers have one each: the other one queues. */
static vigil_status make_narrow(world *w)
{
    return vigil_events_init(&w->events, w->storage, 1);
}

static vigil_status make_wide(world *w)
{
    return vigil_events_init(&w->events, w->storage, WORLD_EVENTS);
}

static vigil_status share_descriptor(world *w)
{
    vigil_fd fd = VIGIL_FD_NONE;
    return vigil_poll_fd(&w->poll, &fd);
}

/* Whoever watches the poll's descriptor sees the wake. */
static vigil_status look_from_outside(world *w)
{
    await(w->poll.registry.selector.epoll, POLLIN);
    return VIGIL_OK;
}

static vigil_status close_wakers(world *w)
{
    vigil_waker_close(&w->wakers[0]);
    vigil_waker_close(&w->wakers[1]);
    return VIGIL_OK;
}

static const step waker_list[] = {
    {"open waker", open_first_waker},
    {"wake at once", wake_first},
    {"wait for the first wake", expect_first},
    {"open another waker", open_second_waker},
    {"one event at a time", make_narrow},
    {"wake the first", wake_first},
    {"wake the second", wake_second},
    {"wait for one", expect_second},
    {"wait for the other", expect_first},
    {"several events at a time", make_wide},
    {"look", expect_nothing},
    {"wake before it is shared", wake_first},
    {"share the poll's descriptor", share_descriptor},
    {"look from outside at once", look_from_outside},
    {"wait for that wake", expect_first},
    {"wake for the outside", wake_second},
    {"look from outside", look_from_outside},
    {"wait for it inside", expect_second},
    {"close wakers", close_wakers},
};
const steps waker_steps = {waker_list, sizeof waker_list / sizeof waker_list[0]};

/* --- a timeout that nothing ends --- */

static uint64_t now(void)
{
    return vigil_os_now_ns();
}

static vigil_status wait_shortly(world *w)
{
    vigil_event event;
    uint64_t begin_ns = now();
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, vigil_ns(SHORT_NS));
    require(status != VIGIL_OK || now() - begin_ns >= SHORT_NS);
    require(!vigil_events_next(&w->events, &event));
    return status;
}

static const step timeout_list[] = {{"wait shortly", wait_shortly}};
const steps timeout_steps = {timeout_list, 1};
