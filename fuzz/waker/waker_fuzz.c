/* SPDX-License-Identifier: MIT */

/*
 * Any sequence of waits, wakes, openings and closings of wakers, while other
 * threads wake, open and close in the middle of each: no wake is lost, none is
 * made up, and none costs a system call while the thread is awake.
 */
#include "turns.h"
#include "vigil.h"
#include "world.h"

#include <string.h>
#include <sys/epoll.h>

#define WAKERS 36 /* more than one word of bits */
#define SLOTS 40
#define EVENTS_MAX 48
#define OPERATIONS_MAX 200
#define SOURCE_TOKEN 1

/* What the next wait has to say of a waker: nothing; its event; or either, as after a
 * wake that fell into a wait that was reporting it. */
typedef enum pending {
    PENDING_NOTHING,
    PENDING_MAYBE,
    PENDING_OWED
} pending;

typedef struct known {
    vigil_waker waker;
    vigil_token token;
    pending pending;
    bool woken_meanwhile; /* since the wait at hand began */
    bool reported;        /* by it */
    bool changing;        /* it is being opened or closed: nobody else may use it */
    unsigned in_use;      /* threads that wake it */
} known;

typedef struct stage {
    fuzz_input in;
    vigil_poll poll;
    vigil_slot slots[SLOTS];
    vigil_events events;
    vigil_raw_event storage[EVENTS_MAX];
    known all[WAKERS];
    vigil_source source;
    int pair[2];
    vigil_token next_token;
    bool hostile;
    bool is_waiting;
    bool closed_one; /* while the wait at hand went on */
    bool has_slept;  /* the wait at hand, until a signal interrupted it */
    bool is_watched; /* its descriptor has been handed out */
    vigil_fd fd;
} stage;

static bool is_open(const known *k)
{
    return k->waker.registry != NULL;
}

static bool is_refusal(vigil_status status)
{
    return status == VIGIL_EMFILE || status == VIGIL_ENFILE || status == VIGIL_ENOMEM
        || status == VIGIL_ENOSPC;
}

static void do_open(stage *s, known *k)
{
    if (is_open(k) || k->changing) {
        return;
    }
    k->changing = true;
    vigil_token token = s->next_token++;
    vigil_status status = vigil_waker_open(&k->waker, vigil_poll_registry(&s->poll), token);
    k->changing = false;
    fuzz_check(status == VIGIL_OK || (s->hostile && is_refusal(status)));
    fuzz_check(is_open(k) == (status == VIGIL_OK));
    k->token = token;
    /* The wait at hand may take a wake of who had the slot before for its own. */
    k->pending = s->is_waiting ? PENDING_MAYBE : PENDING_NOTHING;
    k->woken_meanwhile = false;
    k->reported = false;
}

static void do_close(stage *s, known *k)
{
    if (k->in_use > 0 || k->changing) {
        return;
    }
    k->changing = true;
    vigil_waker_close(&k->waker);
    k->changing = false;
    fuzz_check(!is_open(k));
    s->closed_one = true;
    k->pending = PENDING_NOTHING;
    k->woken_meanwhile = false;
}

static void do_wake(stage *s, known *k)
{
    if (k->changing) {
        return;
    }
    if (!is_open(k)) {
        fuzz_check(vigil_waker_wake(&k->waker) == VIGIL_ENOENT);
        return;
    }
    k->in_use++;
    unsigned signals = turns_signals();
    fuzz_check(vigil_waker_wake(&k->waker) == VIGIL_OK);
    fuzz_check(s->is_waiting || s->is_watched || turns_signals() == signals);
    k->in_use--;
    if (s->is_waiting) {
        k->woken_meanwhile = true;
    } else {
        k->pending = PENDING_OWED;
    }
}

/* What another thread does, in the middle of what this one does. */
static void act(void *argument, bool locked)
{
    stage *s = argument;
    uint8_t what = fuzz_byte(&s->in);
    known *k = &s->all[what / 4 % WAKERS];
    if (what % 4 != 3 || locked) {
        do_wake(s, k);
    } else if (is_open(k)) {
        do_close(s, k);
    } else {
        do_open(s, k);
    }
}

/* Nobody falls asleep while a wake has come and has not been reported. */
static void asleep(void *argument)
{
    stage *s = argument;
    s->has_slept = true;
    for (unsigned i = 0; i < WAKERS; i++) {
        const known *k = &s->all[i];
        fuzz_check(!is_open(k) || (!k->woken_meanwhile && k->pending != PENDING_OWED));
    }
}

static known *waker_of(stage *s, vigil_token token)
{
    for (unsigned i = 0; i < WAKERS; i++) {
        if (is_open(&s->all[i]) && s->all[i].token == token) {
            return &s->all[i];
        }
    }
    return NULL;
}

static void note_reported(stage *s)
{
    vigil_events copy = s->events;
    vigil_event event;
    while (vigil_events_next(&copy, &event)) {
        if (event.token == SOURCE_TOKEN) {
            continue;
        }
        known *k = waker_of(s, event.token);
        fuzz_check(k != NULL);
        fuzz_check(vigil_event_is_readable(event) && !vigil_event_is_writable(event));
        fuzz_check(k->pending != PENDING_NOTHING || k->woken_meanwhile);
        fuzz_check(!k->reported);
        k->reported = true;
    }
}

/* A wait that had room for more has reported all that was owed. */
static void settle(known *k, bool complete)
{
    if (k->reported) {
        k->pending = k->woken_meanwhile ? PENDING_MAYBE : PENDING_NOTHING;
    } else {
        fuzz_check(!(complete && k->pending == PENDING_OWED));
        if (k->woken_meanwhile) {
            k->pending = PENDING_OWED;
        } else if (complete) {
            k->pending = PENDING_NOTHING;
        }
    }
}

static vigil_timeout timeout_of(uint8_t chosen)
{
    switch (chosen % 4) {
    case 0:
        return VIGIL_FOREVER;
    case 1:
        return vigil_ms(5);
    case 2:
        return vigil_us(300);
    default:
        return VIGIL_NO_WAIT;
    }
}

static void do_wait(stage *s, unsigned capacity, vigil_timeout timeout)
{
    fuzz_check(vigil_events_init(&s->events, s->storage, capacity) == VIGIL_OK);
    for (unsigned i = 0; i < WAKERS; i++) {
        s->all[i].woken_meanwhile = false;
        s->all[i].reported = false;
    }
    s->is_waiting = true;
    s->has_slept = false;
    s->closed_one = false;
    vigil_status status = vigil_poll_wait(&s->poll, &s->events, timeout);
    fuzz_check(status == VIGIL_OK || (status == VIGIL_EINTR && (s->hostile || s->has_slept)));
    fuzz_check(status == VIGIL_OK || s->events.count == 0);
    note_reported(s); /* others act here too */
    s->is_waiting = false;
    /* The wake of one that was closed just then may have had the room of another's. */
    bool complete = s->events.count < capacity && !s->closed_one;
    for (unsigned i = 0; i < WAKERS; i++) {
        settle(&s->all[i], complete);
    }
}

/* Of what is taken later, each must be of a waker that is open still. */
static void do_take(stage *s, unsigned count)
{
    vigil_event event;
    for (unsigned i = 0; i < count && vigil_events_next(&s->events, &event); i++) {
        fuzz_check(event.token == SOURCE_TOKEN || waker_of(s, event.token) != NULL);
    }
}

/* A loop outside that watches the poll hears of what is owed. */
static void check_heard_outside(stage *s)
{
    bool owed = false;
    for (unsigned i = 0; i < WAKERS; i++) {
        owed = owed || (is_open(&s->all[i]) && s->all[i].pending == PENDING_OWED);
    }
    fuzz_check(!(s->is_watched && owed) || (world_level(s->fd) & EPOLLIN) != 0);
}

static void perform(stage *s)
{
    uint8_t what = fuzz_byte(&s->in);
    uint8_t more = fuzz_byte(&s->in);
    known *k = &s->all[more % WAKERS];
    switch (what % 12) {
    case 0:
    case 1:
        do_wake(s, k);
        break;
    case 2:
        do_open(s, k);
        break;
    case 3:
        do_close(s, k);
        break;
    case 4:
        do_take(s, 1 + more % 3);
        break;
    case 5:
        if (more % 2 != 0) {
            (void)world_put(s->pair[1]);
        } else {
            world_drain(s->pair[0]);
        }
        break;
    case 6:
        if (more % 16 == 0) {
            s->is_watched = true;
            fuzz_check(vigil_poll_fd(&s->poll, &s->fd) == VIGIL_OK);
        }
        break;
    default:
        do_wait(s, 1 + more % EVENTS_MAX, timeout_of(what / 12));
        break;
    }
    check_heard_outside(s);
}

static void begin(stage *s, unsigned hostility, unsigned open)
{
    s->hostile = hostility > 0;
    s->next_token = SOURCE_TOKEN + 1;
    world_begin(hostility);
    vigil_status status = VIGIL_EMFILE;
    while (status != VIGIL_OK) {
        status = vigil_poll_open(&s->poll, s->slots, SLOTS);
        fuzz_check(status == VIGIL_OK || (s->hostile && is_refusal(status)));
    }
    fuzz_check(vigil_events_init(&s->events, s->storage, EVENTS_MAX) == VIGIL_OK);
    world_open_pair(s->pair);
    s->source = vigil_source_from_fd(s->pair[0]);
    status = vigil_registry_register(vigil_poll_registry(&s->poll), &s->source, SOURCE_TOKEN,
                                     VIGIL_READABLE | VIGIL_LEVEL);
    fuzz_check(status == VIGIL_OK || (s->hostile && is_refusal(status)));
    for (unsigned i = 0; i < open; i++) {
        do_open(s, &s->all[i]);
    }
}

/* In the end everything can be closed, and nothing is left open. */
static void end(stage *s)
{
    for (unsigned i = 0; i < WAKERS; i++) {
        vigil_waker_close(&s->all[i].waker);
    }
    if (vigil_source_is_registered(&s->source)) {
        fuzz_check(vigil_registry_deregister(vigil_poll_registry(&s->poll), &s->source)
                   == VIGIL_OK);
    }
    world_close(s->pair[0]);
    world_close(s->pair[1]);
    fuzz_check(vigil_poll_close(&s->poll) == VIGIL_OK);
    world_end();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* The first byte says how hostile the kernel is, the second how many wakers there are
 * from the start. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static stage s;
    memset(&s, 0, sizeof s);
    s.in = (fuzz_input){data, size};
    uint8_t hostility = fuzz_byte(&s.in);
    unsigned open = fuzz_below(&s.in, WAKERS + 1);
    begin(&s, hostility < 128 ? 0 : hostility % 40, open);
    turns_begin(&s.in, act, asleep, &s);
    for (unsigned i = 0; i < OPERATIONS_MAX && s.in.left > 0; i++) {
        perform(&s);
    }
    turns_end();
    end(&s);
    return 0;
}
