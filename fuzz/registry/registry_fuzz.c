/* SPDX-License-Identifier: MIT */

/*
 * Any sequence of registering, reregistering, deregistering, waking, waiting,
 * taking and closing, over two polls and several sources, held against a second
 * description of what a registry promises (oracle.h).
 */
#include "input.h"
#include "oracle.h"
#include "vigil.h"
#include "world.h"

#include <string.h>
#include <sys/epoll.h>

#define POLLS 2
#define SLOTS 6
#define SOURCES 5
#define WAKERS 2
#define EVENTS_MAX 8
#define OPERATIONS_MAX 200
#define WAKER_TOKEN 1000

typedef struct watched {
    vigil_source source;
    entry known;
    int fd; /* -1 once closed; the source still has its number */
    int peer;
    int copy; /* a duplicate that keeps the file open, or -1 */
    bool shut;
    vigil_pause pause;
    unsigned pause_poll; /* POLLS if that was closed */
    bool held;           /* what was paused is registered still */
} watched;

typedef struct stage {
    vigil_poll poll[POLLS];
    vigil_slot slots[POLLS][SLOTS];
    vigil_events events[POLLS];
    vigil_raw_event storage[POLLS][EVENTS_MAX];
    vigil_waker waker[POLLS][WAKERS];
    bool woken[POLLS][WAKERS];
    watched all[SOURCES];
    vigil_token next_token;
    bool hostile;
} stage;

static vigil_registry *registry(stage *s, unsigned poll)
{
    return vigil_poll_registry(&s->poll[poll]);
}

static unsigned used_slots(const stage *s, unsigned poll)
{
    unsigned used = 0;
    for (unsigned i = 0; i < SOURCES; i++) {
        used += s->all[i].known.registered && s->all[i].known.poll == poll;
    }
    for (unsigned i = 0; i < WAKERS; i++) {
        used += s->waker[poll][i].registry != NULL;
    }
    return used;
}

/* A hostile kernel may refuse for want of memory. Nothing may have changed
 * then, as what follows will show. */
static bool agrees(const stage *s, vigil_status status, vigil_status expected)
{
    bool exhausted = s->hostile && (expected == VIGIL_OK || expected == VIGIL_EBADF)
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
    w->copy = -1;
    w->shut = false;
    w->source = vigil_source_from_fd(w->fd);
    w->known = (entry){0};
}

static void end_registration(stage *s, watched *w)
{
    if (w->known.registered) {
        fuzz_check(vigil_registry_deregister(registry(s, w->known.poll), &w->source) == VIGIL_OK);
        w->known = (entry){0};
        w->held = false;
    }
}

static void close_pair(stage *s, watched *w)
{
    end_registration(s, w);
    if (w->fd >= 0) {
        world_close(w->fd);
    }
    if (w->copy >= 0) {
        world_close(w->copy);
    }
    world_close(w->peer);
}

/* The number of a closed descriptor is given again, and must not be registered
 * twice (poll/source.h): whoever closed early deregisters before that. */
static void before_opening(stage *s)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        if (s->all[i].fd < 0) {
            end_registration(s, &s->all[i]);
        }
    }
}

static void renew(stage *s, watched *w)
{
    before_opening(s);
    close_pair(s, w);
    open_pair(w);
}

/* Whether the number of a source that was closed is another's by now, so that
 * nothing can be said of what it names. */
static bool is_taken_over(const stage *s, const watched *w)
{
    bool taken = false;
    for (unsigned i = 0; i < POLLS && w->fd < 0; i++) {
        const vigil_registry *r = &s->poll[i].registry;
        int number = w->source.fd;
        taken = taken || r->selector.epoll == number || r->wake.channel.eventfd == number;
    }
    for (unsigned i = 0; i < SOURCES && w->fd < 0; i++) {
        const watched *other = &s->all[i];
        int number = w->source.fd;
        taken = taken || other->fd == number || other->peer == number || other->copy == number;
    }
    return taken;
}

static void close_early(stage *s, watched *w, bool keep_copy)
{
    if (w->fd < 0) {
        renew(s, w);
        return;
    }
    if (keep_copy) {
        w->copy = world_dup(w->fd);
    }
    world_close(w->fd);
    w->fd = -1;
    w->known.unsure = true;
}

/* Often what a pause asks for, by which a pause is known. */
static vigil_interest interest_of(uint8_t chosen)
{
    if (chosen / 32 == 6) {
        return VIGIL_PAUSE_INTEREST;
    }
    return chosen == 255 ? UINT32_C(1) << 20 : chosen % 32;
}

static void do_register(stage *s, unsigned poll, watched *w, uint8_t chosen)
{
    vigil_interest interest = interest_of(chosen);
    vigil_status expected =
        oracle_register(&w->known, poll, interest, used_slots(s, poll) == SLOTS, w->fd < 0);
    vigil_token token = s->next_token++;
    vigil_status status = vigil_registry_register(registry(s, poll), &w->source, token, interest);
    if (agrees(s, status, expected)) {
        oracle_registered(&w->known, poll, token, interest);
    }
}

static void do_reregister(stage *s, unsigned poll, watched *w, uint8_t chosen)
{
    vigil_interest interest = interest_of(chosen);
    vigil_status expected = oracle_reregister(&w->known, poll, interest, w->fd < 0);
    vigil_token token = s->next_token++;
    vigil_status status = vigil_registry_reregister(registry(s, poll), &w->source, token, interest);
    if (agrees(s, status, expected)) {
        oracle_reregistered(&w->known, token, interest);
    }
}

static void do_pause(stage *s, unsigned poll, watched *w, uint8_t chosen)
{
    vigil_interest interest = interest_of(chosen);
    vigil_token token = s->next_token++;
    bool valid = oracle_register(&(entry){0}, poll, interest, false, false) == VIGIL_OK;
    vigil_status expected = vigil_pause_is_active(&w->pause) ? VIGIL_EBUSY
        : valid ? oracle_reregister(&w->known, poll, VIGIL_PAUSE_INTEREST, w->fd < 0)
                : VIGIL_EINVAL;
    vigil_status status =
        vigil_pause_begin(&w->pause, registry(s, poll), &w->source, token, interest, VIGIL_FOREVER);
    if (agrees(s, status, expected)) {
        oracle_reregistered(&w->known, token, VIGIL_PAUSE_INTEREST);
        w->held = true;
        w->pause_poll = poll;
    }
}

/* A pause knows its registration by a number, of which each poll has its own: one of
 * another poll may pass for it, if it asks for as little. */
static bool passes_for_paused(const watched *w, unsigned poll)
{
    return w->known.registered && w->known.poll == poll && w->pause_poll != poll
        && w->known.interest == VIGIL_PAUSE_INTEREST;
}

/* What ends is reported as it was registered before, under the token it was given. */
static void do_end_pause(stage *s, unsigned poll, watched *w)
{
    vigil_pause before = w->pause;
    bool here = w->held && w->known.registered && w->known.poll == poll
        && w->known.interest == VIGIL_PAUSE_INTEREST;
    vigil_status expected = !vigil_pause_is_active(&before) ? VIGIL_OK
        : here ? oracle_reregister(&w->known, poll, before.interest, w->fd < 0)
               : VIGIL_ENOENT;
    bool early = vigil_pause_end_if_due(&w->pause, registry(s, poll), &w->source) == VIGIL_OK;
    fuzz_check(early && w->pause.interest == before.interest);
    vigil_status status = vigil_pause_end(&w->pause, registry(s, poll), &w->source);
    if (status != expected && expected == VIGIL_ENOENT && passes_for_paused(w, poll)) {
        expected = oracle_reregister(&w->known, poll, before.interest, w->fd < 0);
    }
    if (agrees(s, status, expected) && vigil_pause_is_active(&before)) {
        oracle_reregistered(&w->known, before.token, before.interest);
    }
    fuzz_check(vigil_pause_is_active(&w->pause)
               == (vigil_pause_is_active(&before) && status != VIGIL_OK && status != VIGIL_ENOENT));
}

static void do_deregister(stage *s, unsigned poll, watched *w)
{
    vigil_status expected = oracle_deregister(&w->known, poll);
    vigil_status status = vigil_registry_deregister(registry(s, poll), &w->source);
    fuzz_check(status == expected);
    if (status == VIGIL_OK) {
        w->known = (entry){0};
        w->held = false;
    }
}

static watched *source_of(stage *s, unsigned poll, vigil_event event)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        if (s->all[i].known.registered && s->all[i].known.poll == poll
            && s->all[i].known.token == event.token) {
            return &s->all[i];
        }
    }
    return NULL;
}

/* What a wait reports: nobody twice, and nobody who is not owed. */
static void note_reported(stage *s, unsigned poll, vigil_event event)
{
    if (event.token >= WAKER_TOKEN && event.token < WAKER_TOKEN + WAKERS) {
        unsigned i = (unsigned)(event.token - WAKER_TOKEN);
        fuzz_check(s->woken[poll][i]);
        fuzz_check(vigil_event_is_readable(event));
        s->woken[poll][i] = false;
        return;
    }
    watched *w = source_of(s, poll, event);
    fuzz_check(w != NULL);
    entry *e = &w->known;
    fuzz_check(!e->in_hand);
    fuzz_check(!e->silent);
    e->in_hand = true;
    e->level = w->fd < 0 ? UINT32_MAX : world_level(w->fd);
    fuzz_check(oracle_allows(e, event));
    e->owed = 0;
    e->silent = (e->interest & VIGIL_ONESHOT) != 0;
}

static void check_nothing_is_owed(stage *s, unsigned poll)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        const watched *w = &s->all[i];
        if (w->known.registered && w->known.poll == poll && !w->known.in_hand && w->fd >= 0) {
            fuzz_check(!oracle_requires(&w->known, world_level(w->fd)));
        }
    }
    for (unsigned i = 0; i < WAKERS; i++) {
        fuzz_check(!s->woken[poll][i]);
    }
}

/* A wait, whose batch is looked through as a copy, and taken later. */
static void do_wait(stage *s, unsigned poll, unsigned capacity)
{
    vigil_events *events = &s->events[poll];
    fuzz_check(vigil_events_init(events, s->storage[poll], capacity) == VIGIL_OK);
    for (unsigned i = 0; i < SOURCES; i++) {
        s->all[i].known.in_hand = s->all[i].known.in_hand && s->all[i].known.poll != poll;
    }
    vigil_status status = vigil_poll_wait(&s->poll[poll], events, VIGIL_NO_WAIT);
    fuzz_check(status == VIGIL_OK || (s->hostile && status == VIGIL_EINTR));
    vigil_events copy = *events;
    vigil_event event;
    unsigned count = 0;
    while (vigil_events_next(&copy, &event)) {
        note_reported(s, poll, event);
        count++;
    }
    fuzz_check(count <= capacity);
    if (events->count < capacity && status == VIGIL_OK && !s->hostile) {
        check_nothing_is_owed(s, poll);
    }
}

/* Of what is taken later, each must still be of a registration that is. */
static void do_take(stage *s, unsigned poll, unsigned count)
{
    vigil_event event;
    for (unsigned i = 0; i < count && vigil_events_next(&s->events[poll], &event); i++) {
        if (event.token >= WAKER_TOKEN && event.token < WAKER_TOKEN + WAKERS) {
            fuzz_check(s->waker[poll][event.token - WAKER_TOKEN].registry != NULL);
            continue;
        }
        watched *w = source_of(s, poll, event);
        fuzz_check(w != NULL);
        fuzz_check(oracle_allows(&w->known, event));
        w->known.in_hand = false;
    }
}

static void do_waker(stage *s, unsigned poll, unsigned i, uint8_t what)
{
    vigil_waker *waker = &s->waker[poll][i];
    if (waker->registry == NULL) {
        fuzz_check(vigil_waker_wake(waker) == VIGIL_ENOENT);
        before_opening(s);
        vigil_status expected = used_slots(s, poll) == SLOTS ? VIGIL_ENOSPC : VIGIL_OK;
        (void)agrees(s, vigil_waker_open(waker, registry(s, poll), WAKER_TOKEN + i), expected);
        s->woken[poll][i] = false;
    } else if (what % 4 == 0) {
        vigil_waker_close(waker);
        s->woken[poll][i] = false;
    } else {
        fuzz_check(vigil_waker_wake(waker) == VIGIL_OK);
        s->woken[poll][i] = true;
    }
}

/* What arrives is owed to whoever watches for it; that no more will arrive, to
 * everybody. */
static void do_world(watched *w, uint8_t what)
{
    if (what % 4 < 2) {
        w->known.owed |= world_put(w->peer) ? EPOLLIN : 0;
    } else if (what % 4 == 2 && w->fd >= 0) {
        world_drain(w->fd);
        w->known.owed &= ~(uint32_t)EPOLLIN;
    } else if (what % 4 == 3 && !w->shut) {
        world_shut(w->peer);
        w->known.owed = UINT32_MAX;
        w->shut = true;
    }
}

static void do_close_poll(stage *s, unsigned poll)
{
    bool in_use = used_slots(s, poll) > 0;
    vigil_status status = vigil_poll_close(&s->poll[poll]);
    fuzz_check(status == (in_use ? VIGIL_EBUSY : VIGIL_OK));
    if (status == VIGIL_OK) {
        fuzz_check(vigil_poll_close(&s->poll[poll]) == VIGIL_OK);
        fuzz_check(vigil_poll_wait(&s->poll[poll], &s->events[poll], VIGIL_NO_WAIT) == VIGIL_EBADF);
        vigil_events_clear(&s->events[poll]);
        before_opening(s);
        for (unsigned i = 0; i < SOURCES; i++) {
            watched *w = &s->all[i];
            w->pause_poll = w->pause_poll == poll ? POLLS : w->pause_poll;
        }
        while (!agrees(s, vigil_poll_open(&s->poll[poll], s->slots[poll], SLOTS), VIGIL_OK)) {
        }
    }
}

static void use_registry(stage *s, uint8_t what, unsigned poll, watched *w, uint8_t more)
{
    if (what < 3) {
        do_register(s, poll, w, more);
    } else if (what < 5) {
        do_reregister(s, poll, w, more);
    } else {
        do_deregister(s, poll, w);
    }
}

static void use_pause(stage *s, unsigned poll, watched *w, uint8_t how)
{
    if (how % 2 == 0) {
        do_pause(s, poll, w, how / 2);
    } else {
        do_end_pause(s, poll, w);
    }
}

static void perform(stage *s, fuzz_input *in)
{
    uint8_t what = fuzz_byte(in);
    unsigned poll = what / 16 % POLLS;
    watched *w = &s->all[fuzz_below(in, SOURCES)];
    uint8_t more = fuzz_byte(in);
    if (is_taken_over(s, w)) {
        renew(s, w);
    }
    switch (what % 16) {
    case 6:
        close_early(s, w, more % 2 != 0);
        break;
    case 7:
        do_close_poll(s, poll);
        break;
    case 8:
    case 9:
        do_world(w, more);
        break;
    case 12:
        use_pause(s, poll, w, more);
        break;
    case 10:
        do_waker(s, poll, more % WAKERS, more / WAKERS);
        break;
    case 11:
        do_take(s, poll, 1 + more % 3);
        break;
    default:
        if (what % 16 < 6) {
            use_registry(s, what % 16, poll, w, more);
        } else {
            do_wait(s, poll, 1 + more % EVENTS_MAX);
        }
        break;
    }
}

static void begin(stage *s, unsigned hostility)
{
    memset(s, 0, sizeof *s);
    s->hostile = hostility > 0;
    s->next_token = 1;
    world_begin(hostility);
    for (unsigned i = 0; i < POLLS; i++) {
        while (!agrees(s, vigil_poll_open(&s->poll[i], s->slots[i], SLOTS), VIGIL_OK)) {
        }
        fuzz_check(vigil_events_init(&s->events[i], s->storage[i], EVENTS_MAX) == VIGIL_OK);
    }
    for (unsigned i = 0; i < SOURCES; i++) {
        open_pair(&s->all[i]);
    }
}

/* In the end everything can be closed, and nothing is left open. */
static void end(stage *s)
{
    for (unsigned i = 0; i < SOURCES; i++) {
        close_pair(s, &s->all[i]);
    }
    for (unsigned poll = 0; poll < POLLS; poll++) {
        for (unsigned i = 0; i < WAKERS; i++) {
            vigil_waker_close(&s->waker[poll][i]);
        }
        fuzz_check(vigil_poll_close(&s->poll[poll]) == VIGIL_OK);
    }
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
    fuzz_input in = {data, size};
    uint8_t hostility = fuzz_byte(&in);
    begin(&s, hostility < 128 ? 0 : hostility % 40);
    for (unsigned i = 0; i < OPERATIONS_MAX && in.left > 0; i++) {
        perform(&s, &in);
    }
    end(&s);
    return 0;
}
