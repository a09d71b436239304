/* SPDX-License-Identifier: MIT */

/*
 * Several threads register, reregister and deregister, close descriptors and open others
 * in their place, and bytes arrive, while one waits and takes events: others act in the
 * middle of each call (turns.h). What a registry promises (oracle.h) holds all the same:
 * nothing is lost, and no event is of a registration that was over before it was taken,
 * or began after its batch.
 */
#include "../tests/interleave/points.h" /* before all others: it is what they see */

#include "oracle.h"
#include "turns.h"
#include "vigil.h"
#include "world.h"

#include <string.h>
#include <sys/epoll.h>

#define SOURCES 5
#define SLOTS 8 /* never full */
#define EVENTS_MAX 8
#define OPERATIONS_MAX 200
#define ENDED_MAX 64

typedef struct watched {
    vigil_source source;
    entry known;
    int fd;
    int peer;
    bool shut;
    bool busy;            /* a thread works on it: nobody else may */
    bool registering;     /* and gives it this token: */
    vigil_token incoming; /* which an event may carry before the call is over */
    bool touched;         /* since the wait at hand began, as far as it can be told */
    bool told;            /* an event came while it was busy */
    bool late;            /* registered after the last batch was made */
} watched;

typedef struct stage {
    fuzz_input in;
    vigil_poll poll;
    vigil_slot slots[SLOTS];
    vigil_events events;
    vigil_raw_event storage[EVENTS_MAX];
    watched all[SOURCES];
    vigil_token next_token;
    bool hostile;
    bool has_events; /* a thread waits, or takes: no other may */
    bool is_waiting; /* it is in vigil_poll_wait */
    bool has_slept;
    unsigned changes;             /* of registrations, in all */
    vigil_token ended[ENDED_MAX]; /* tokens that went while an event was being taken */
    unsigned ended_count;
} stage;

static vigil_registry *registry(stage *s)
{
    return vigil_poll_registry(&s->poll);
}

/* A hostile kernel may refuse for want of memory. */
static bool agrees(const stage *s, vigil_status status, vigil_status expected)
{
    bool exhausted = s->hostile && expected == VIGIL_OK
        && (status == VIGIL_ENOMEM || status == VIGIL_ENOSPC || status == VIGIL_EMFILE
            || status == VIGIL_ENFILE);
    fuzz_check(status == expected || exhausted);
    return status == VIGIL_OK;
}

static void open_pair(watched *w)
{
    int pair[2];
    world_open_pair(pair);
    w->fd = pair[0];
    w->peer = pair[1];
    w->shut = false;
    w->source = vigil_source_from_fd(w->fd);
    w->known = (entry){0};
}

static void begin_change(stage *s, watched *w)
{
    s->changes++;
    w->busy = true;
    w->told = false;
    w->touched = true;
}

static void end_change(watched *w)
{
    w->busy = false;
    w->registering = false;
    w->touched = true;
}

/* Who is taking an event just now may have read the token already. */
static void end_token(stage *s, const watched *w)
{
    if (w->known.registered && s->ended_count < ENDED_MAX) {
        s->ended[s->ended_count++] = w->known.token;
    }
}

static void do_register(stage *s, watched *w, vigil_interest interest)
{
    vigil_status expected = oracle_register(&w->known, 0, interest, false, false);
    begin_change(s, w);
    w->incoming = s->next_token++;
    w->registering = true;
    bool late = !s->is_waiting;
    w->late = expected == VIGIL_OK ? late : w->late;
    vigil_status status = vigil_registry_register(registry(s), &w->source, w->incoming, interest);
    if (agrees(s, status, expected)) {
        oracle_registered(&w->known, 0, w->incoming, interest);
        w->known.unsure = w->told;
    }
    end_change(w);
}

static void do_reregister(stage *s, watched *w, vigil_interest interest)
{
    vigil_status expected = oracle_reregister(&w->known, 0, interest, false);
    begin_change(s, w);
    w->incoming = s->next_token++;
    w->registering = true;
    vigil_status status = vigil_registry_reregister(registry(s), &w->source, w->incoming, interest);
    if (agrees(s, status, expected)) {
        end_token(s, w);
        oracle_reregistered(&w->known, w->incoming, interest);
        w->known.unsure = w->told;
    } else {
        w->known.unsure = w->known.unsure || w->told;
    }
    end_change(w);
}

static void do_deregister(stage *s, watched *w)
{
    vigil_status expected = oracle_deregister(&w->known, 0);
    begin_change(s, w);
    vigil_status status = vigil_registry_deregister(registry(s), &w->source);
    fuzz_check(status == expected);
    if (status == VIGIL_OK) {
        end_token(s, w);
        w->known = (entry){0};
    }
    end_change(w);
}

/* Closed, and another one opened, which has its numbers. */
static void do_renew(stage *s, watched *w)
{
    if (w->known.registered) {
        do_deregister(s, w);
    }
    w->busy = true;
    world_close(w->fd);
    world_close(w->peer);
    open_pair(w);
    w->busy = false;
}

/* Over and begun again: most likely in the same slot. */
static void do_replace(stage *s, watched *w, vigil_interest interest)
{
    if (w->known.registered) {
        do_deregister(s, w);
    }
    if (!w->busy) {
        do_register(s, w, interest);
    }
}

static void do_world(watched *w, uint8_t what)
{
    w->touched = true;
    if (what % 4 < 2) {
        w->known.owed |= world_put(w->peer) ? EPOLLIN : 0;
    } else if (what % 4 == 2) {
        world_drain(w->fd);
        w->known.owed &= ~(uint32_t)EPOLLIN;
    } else if (!w->shut) {
        world_shut(w->peer);
        w->known.owed = UINT32_MAX;
        w->shut = true;
    }
}

/* Whose event it is: of the registration that is, or of the one that is being made. */
static watched *source_of(stage *s, vigil_token token)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        watched *w = &s->all[i];
        bool current = w->known.registered && w->known.token == token;
        if (current || (w->registering && w->incoming == token)) {
            return w;
        }
    }
    return NULL;
}

/* Nothing that was not asked for; an error or a hang-up says both. */
static bool is_asked_for(const watched *w, vigil_event event)
{
    const uint32_t ends = EPOLLERR | EPOLLHUP;
    bool to_read = (w->known.interest & VIGIL_READABLE) != 0 || (event.readiness & ends) != 0;
    bool to_write = (w->known.interest & VIGIL_WRITABLE) != 0 || (event.readiness & ends) != 0;
    return (to_read || !vigil_event_is_readable(event))
        && (to_write || !vigil_event_is_writable(event));
}

/* Takes one event; of a registration that goes during the call, or that is. */
static bool take(stage *s, vigil_events *events, watched **from, vigil_event *event)
{
    s->ended_count = 0;
    unsigned changes = s->changes;
    *from = NULL;
    if (!vigil_events_next(events, event)) {
        return false;
    }
    *from = source_of(s, event->token);
    bool ended = false;
    for (unsigned i = 0; i < s->ended_count; i++) {
        ended = ended || s->ended[i] == event->token;
    }
    fuzz_check(*from != NULL || ended);
    fuzz_check(*from == NULL || !(*from)->late);
    bool is_settled = *from != NULL && !(*from)->busy && s->changes == changes;
    fuzz_check(!is_settled || is_asked_for(*from, *event));
    return true;
}

/* Nobody twice; and where nobody interfered, nobody who is not owed. */
static void note_reported(watched *w, vigil_event event)
{
    entry *e = &w->known;
    if (w->busy) {
        w->told = true;
        return;
    }
    fuzz_check(!e->in_hand);
    e->in_hand = true;
    if (w->touched) {
        e->unsure = true;
    } else {
        fuzz_check(!e->silent || e->unsure);
        e->level = world_level(w->fd);
        fuzz_check(oracle_allows(e, event));
        e->silent = (e->interest & VIGIL_ONESHOT) != 0;
    }
    e->owed = 0;
}

/* Of a wait that had room for more, and in which nobody touched it: it has been
 * reported if it had to be, and nothing of it is left. */
static void settle(watched *w)
{
    entry *e = &w->known;
    if (!e->registered || w->busy || w->touched) {
        return;
    }
    fuzz_check(e->in_hand || !oracle_requires(e, world_level(w->fd)));
    if (e->unsure && (e->in_hand || (e->interest & VIGIL_ONESHOT) == 0)) {
        e->unsure = false;
        e->owed = 0;
    }
}

static void do_wait(stage *s, unsigned capacity, vigil_timeout timeout)
{
    if (s->has_events) {
        return;
    }
    s->has_events = true;
    s->has_slept = false;
    for (unsigned i = 0; i < SOURCES; i++) {
        watched *w = &s->all[i];
        w->touched = w->busy;
        w->late = false;
        w->known.in_hand = false;
    }
    fuzz_check(vigil_events_init(&s->events, s->storage, capacity) == VIGIL_OK);
    s->is_waiting = true;
    vigil_status status = vigil_poll_wait(&s->poll, &s->events, timeout);
    s->is_waiting = false;
    fuzz_check(status == VIGIL_OK || (status == VIGIL_EINTR && (s->hostile || s->has_slept)));
    bool complete = status == VIGIL_OK && s->events.count < capacity && !s->hostile;
    vigil_events copy = s->events;
    vigil_event event;
    watched *w = NULL;
    while (take(s, &copy, &w, &event)) {
        if (w != NULL) {
            note_reported(w, event);
        }
    }
    for (unsigned i = 0; complete && i < SOURCES; i++) {
        settle(&s->all[i]);
    }
    s->has_events = false;
}

static void do_take(stage *s, unsigned count)
{
    vigil_event event;
    watched *w = NULL;
    if (s->has_events) {
        return;
    }
    s->has_events = true;
    for (unsigned i = 0; i < count && take(s, &s->events, &w, &event); i++) {
        if (w != NULL && w->busy) {
            w->told = true;
        }
    }
    s->has_events = false;
}

/* Nobody falls asleep over what is owed. */
static void asleep(void *argument)
{
    stage *s = argument;
    s->has_slept = true;
    for (unsigned i = 0; i < SOURCES; i++) {
        const watched *w = &s->all[i];
        fuzz_check(s->hostile || w->busy || !oracle_requires(&w->known, world_level(w->fd)));
    }
}

static vigil_interest interest_of(uint8_t chosen)
{
    return chosen % 32;
}

/* What any thread may do with a source that no other works on. */
static void use(stage *s, watched *w, uint8_t what, uint8_t more)
{
    if (w->busy) {
        return;
    }
    switch (what) {
    case 0:
    case 1:
        do_register(s, w, interest_of(more));
        break;
    case 2:
        do_deregister(s, w);
        break;
    case 3:
        do_renew(s, w);
        break;
    default:
        do_replace(s, w, interest_of(more));
        break;
    }
}

static void perform(stage *s, bool locked)
{
    uint8_t what = fuzz_byte(&s->in);
    uint8_t more = fuzz_byte(&s->in);
    watched *w = &s->all[what / 16 % SOURCES];
    what %= 16;
    if (what < 3) {
        do_world(w, more);
    } else if (what == 3) {
        if (!w->busy) {
            do_reregister(s, w, interest_of(more));
        }
    } else if (locked) {
        return;
    } else if (what < 9) {
        use(s, w, what - 4, more);
    } else if (what == 9) {
        do_take(s, 1 + more % 3);
    } else {
        do_wait(s, 1 + more % EVENTS_MAX, more >= 128 ? VIGIL_FOREVER : VIGIL_NO_WAIT);
    }
}

/* What another thread does, in the middle of what this one does. */
static void act(void *argument, bool locked)
{
    perform(argument, locked);
}

static void begin(stage *s, unsigned hostility)
{
    s->hostile = hostility > 0;
    s->next_token = 1;
    world_begin(hostility);
    while (!agrees(s, vigil_poll_open(&s->poll, s->slots, SLOTS), VIGIL_OK)) {
    }
    fuzz_check(vigil_events_init(&s->events, s->storage, EVENTS_MAX) == VIGIL_OK);
    for (unsigned i = 0; i < SOURCES; i++) {
        open_pair(&s->all[i]);
    }
}

/* In the end everything can be closed, and nothing is left open. */
static void end(stage *s)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        watched *w = &s->all[i];
        do_renew(s, w);
        world_close(w->fd);
        world_close(w->peer);
    }
    fuzz_check(vigil_poll_close(&s->poll) == VIGIL_OK);
    world_end();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* The first byte says how hostile the kernel is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static stage s;
    memset(&s, 0, sizeof s);
    s.in = (fuzz_input){data, size};
    uint8_t hostility = fuzz_byte(&s.in);
    begin(&s, hostility < 128 ? 0 : hostility % 40);
    turns_begin(&s.in, act, asleep, &s);
    for (unsigned i = 0; i < OPERATIONS_MAX && s.in.left > 0; i++) {
        perform(&s, false);
    }
    turns_end();
    end(&s);
    return 0;
}
