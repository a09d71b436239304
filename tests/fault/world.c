/* SPDX-License-Identifier: MIT */
#include "fault/world.h"

#include "os/status.h"
#include "sys/selector.h"

#include <dirent.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A fault that lasts is lifted when the step has failed so often. */
#define FAILURES_MAX 3
#define PATIENCE_MS 3000

static bool aloud;
static bool deep;

void play_aloud(void)
{
    aloud = true;
}

void require_at(bool condition, const char *what)
{
    if (!condition) {
        fault_fail("not so: %s", what);
    }
}

void await(int fd, short events)
{
    struct pollfd level = {.fd = fd, .events = events};
    require(poll(&level, 1, PATIENCE_MS) == 1);
}

static unsigned count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;
    require(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

/* --- what the library and the kernel must agree on --- */

static unsigned slots_taken(const world *w)
{
    return w->registry == NULL ? 0 : vigil_slots_taken(&w->poll.registry.slots);
}

/* The kernel's own list (proc(5), /proc/pid/fdinfo): one line for each. */
static unsigned count_listed(vigil_fd epoll)
{
    char path[64];
    char line[256];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", epoll);
    FILE *file = fopen(path, "re");
    require(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        count += strncmp(line, "tfd:", 4) == 0;
    }
    (void)fclose(file);
    return count;
}

#define SOURCES 13
static const vigil_source *source_at(const world *w, size_t number)
{
    const vigil_source *sources[SOURCES] = {
        &w->source,
        &w->listener.source,
        &w->client.source,
        &w->server.source,
        &w->udp.source,
        &w->other.source,
        &w->unix_listener.source,
        &w->unix_client.source,
        &w->unix_server.source,
        &w->letters[0].source,
        &w->letters[1].source,
        &w->receiver.source,
        &w->sender.source,
    };
    return sources[number];
}

static unsigned check_source(const world *w, const vigil_source *source)
{
    if (source->registry == NULL) {
        return 0;
    }
    const vigil_slots *slots = &w->poll.registry.slots;
    const account_entry *entry = account_entry_of(w->poll.registry.selector.epoll, source->fd);
    require(source->registry == w->registry);
    if (entry == NULL) {
        fault_fail("descriptor %d is registered with the poll and not with the kernel", source->fd);
    }
    require(entry->key == vigil_slots_key(slots, source->slot));
    require(slots->array[source->slot].mask.value == vigil_selector_reportable(entry->mask));
    return 1;
}

/* A registration is with the poll and with the kernel, or with neither; so is
 * the channel of the wakers, and every slot belongs to somebody. */
static void check_whole(const world *w)
{
    if (w->registry == NULL) {
        require(account_locks() == 0);
        require(account_entries() == 0);
        return;
    }
    const vigil_wake *wake = &w->poll.registry.wake;
    unsigned sources = 0;
    unsigned wakers = 0;
    for (size_t i = 0; i < SOURCES; i++) {
        sources += check_source(w, source_at(w, i));
    }
    for (size_t i = 0; i < WORLD_WAKERS; i++) {
        wakers += w->wakers[i].registry != NULL;
    }
    bool channel = wake->channel.eventfd != VIGIL_FD_NONE;
    require(channel == (wake->words.value != 0));
    require(wakers == 0 || channel);
    require(slots_taken(w) == sources + wakers);
    if (account_entries() != sources + channel) {
        fault_fail("the kernel has %u registrations, the poll %u", account_entries(),
                   sources + channel);
    }
    require(account_locks() == 1);
    if (deep) {
        require(count_listed(w->poll.registry.selector.epoll) == account_entries());
    }
}

/* --- rule C11: what fails leaves everything as it was --- */

typedef struct snapshot {
    uint64_t account;
    vigil_source sources[SOURCES];
    unsigned taken;
    uint32_t generations;
    uint32_t words;
    vigil_fd channel;
    uint64_t outside;
} snapshot;

static snapshot look(const world *w)
{
    const vigil_slots *slots = &w->poll.registry.slots;
    snapshot s;
    memset(&s, 0, sizeof s); /* The padding too, as bytes are compared. */
    s.account = account_digest();
    s.taken = slots_taken(w);
    for (size_t i = 0; i < SOURCES; i++) {
        s.sources[i] = *source_at(w, i);
        vigil_fd fd = source_at(w, i)->fd;
        s.outside += deep && fd != VIGIL_FD_NONE ? outside_digest(fd) : 0;
    }
    if (w->registry != NULL) {
        for (uint32_t i = 0; i < slots->count; i++) {
            s.generations += slots->array[i].generation.value;
        }
        s.words = w->poll.registry.wake.words.value;
        s.channel = w->poll.registry.wake.channel.eventfd;
    }
    return s;
}

static void check_unchanged(const world *w, const snapshot *before)
{
    snapshot after = look(w);
    require(after.account == before->account);
    require(memcmp(after.sources, before->sources, sizeof after.sources) == 0);
    require(after.taken == before->taken && after.generations == before->generations);
    require(after.words == before->words && after.channel == before->channel);
    require(after.outside == before->outside);
}

/* A step fails with what the system said, and with nothing else; a fault that
 * can be absorbed is, if it is alone. */
static void check_failure(vigil_status status, unsigned first)
{
    if (aloud) {
        return;
    }
    bool was_said = false;
    for (unsigned i = first; i < injected(); i++) {
        was_said |= vigil_os_status(injected_at(i)->error) == status;
    }
    if (!was_said) {
        fault_fail("fails with %s, which the system has not said", vigil_status_name(status));
    }
    if (injected() == first + 1 && injected_at(first)->is_absorbed) {
        fault_fail("a passing %s makes it fail", injected_at(first)->name);
    }
}

/* --- rule C2: where a call would have blocked, the poll is told so --- */

static struct {
    const vigil_source *source;
    vigil_interest direction;
} told;

void fault_source_would_block(vigil_source *source, vigil_interest interest)
{
    told.source = source;
    told.direction = interest;
}

/* No event comes when such a call would do: the listener's queue is full, and the stream
 * that was to connect is closed again; or it is a lock, or the poll's own eventfd. */
#define NO_EVENT VIGIL_ONESHOT

/* Which event comes when a call of the seam would do what it could not. */
static const vigil_interest directions[CALLS] = {
    [CALL_accept] = VIGIL_READABLE,
    [CALL_receive] = VIGIL_READABLE,
    [CALL_peek] = VIGIL_READABLE,
    [CALL_receive_buffers] = VIGIL_READABLE,
    [CALL_receive_from] = VIGIL_READABLE,
    [CALL_peek_from] = VIGIL_READABLE,
    [CALL_receive_batch] = VIGIL_READABLE,
    [CALL_receive_segments] = VIGIL_READABLE,
    [CALL_receive_descriptors] = VIGIL_READABLE,
    [CALL_receive_error] = VIGIL_READABLE,
    [CALL_pipe_read] = VIGIL_READABLE,
    [CALL_send] = VIGIL_WRITABLE,
    [CALL_send_buffers] = VIGIL_WRITABLE,
    [CALL_send_to] = VIGIL_WRITABLE,
    [CALL_send_batch] = VIGIL_WRITABLE,
    [CALL_send_segments] = VIGIL_WRITABLE,
    [CALL_send_descriptors] = VIGIL_WRITABLE,
    [CALL_pipe_write] = VIGIL_WRITABLE,
    [CALL_connect] = NO_EVENT,
    [CALL_mutex_init] = NO_EVENT,
    [CALL_eventfd_write] = NO_EVENT,
    [CALL_eventfd_drain] = NO_EVENT,
};

static bool is_of_world(const world *w, const vigil_source *source)
{
    bool found = false;
    for (size_t i = 0; i < SOURCES; i++) {
        found = found || source_at(w, i) == source;
    }
    return found;
}

/* The last would-block of a step is what ended it. */
static void check_told(const world *w)
{
    unsigned turn = injected() - 1;
    while (turn > 0 && injected_at(turn)->error != EAGAIN) {
        turn--;
    }
    const fault *f = injected_at(turn);
    vigil_interest due = directions[f->call];
    if (due == 0) {
        fault_fail("nobody has said what %s waits for", call_names[f->call]);
    }
    if (due != NO_EVENT && (told.direction != due || !is_of_world(w, told.source))) {
        fault_fail("the poll is not told that %s would block", call_names[f->call]);
    }
}

static void make(world *w, const step *s)
{
    for (unsigned failures = 0;; failures++) {
        snapshot before = look(w);
        unsigned first = injected();
        now_playing.step = s->name;
        told.source = NULL;
        told.direction = 0;
        vigil_status status = s->make(w);
        if (aloud) {
            printf("%s %s\n", s->name, vigil_status_name(status));
        }
        if (status != VIGIL_OK) {
            check_failure(status, first);
        }
        if (status == VIGIL_EWOULDBLOCK && !aloud) {
            check_told(w);
        }
        check_whole(w);
        if (status == VIGIL_OK) {
            return;
        }
        check_unchanged(w, &before);
        if (failures == FAILURES_MAX) {
            inject_lift();
        }
    }
}

void play(const scenario *s, const planned *plan, size_t count, bool is_deep)
{
    world w = {
        .source = VIGIL_SOURCE_NONE,
        .fd = -1,
        .family = VIGIL_FAMILY_IPV4,
        .socket = VIGIL_TCP_SOCKET_CLOSED,
        .listener = VIGIL_TCP_LISTENER_CLOSED,
        .client = VIGIL_TCP_STREAM_CLOSED,
        .server = VIGIL_TCP_STREAM_CLOSED,
        .udp = VIGIL_UDP_SOCKET_CLOSED,
        .other = VIGIL_UDP_SOCKET_CLOSED,
        .unix_listener = VIGIL_UNIX_LISTENER_CLOSED,
        .unix_client = VIGIL_UNIX_STREAM_CLOSED,
        .unix_server = VIGIL_UNIX_STREAM_CLOSED,
        .letters = {VIGIL_UNIX_DATAGRAM_CLOSED, VIGIL_UNIX_DATAGRAM_CLOSED},
        .receiver = VIGIL_PIPE_RECEIVER_CLOSED,
        .sender = VIGIL_PIPE_SENDER_CLOSED,
    };
    now_playing = (playing){s->name, "begin", now_playing.run + 1};
    static unsigned descriptors; /* as every run leaves them */
    descriptors = descriptors == 0 ? count_descriptors() : descriptors;
    size_t memory = mallinfo2().uordblks;
    deep = is_deep;
    inject_begin(plan, count);
    for (size_t i = 0; i < s->count; i++) {
        make(&w, &s->steps[i]);
    }
    now_playing.step = "end";
    if (account_open() != 0) {
        fault_fail("%u descriptors are left open", account_open());
    }
    require(count_descriptors() == descriptors);
    /* The first run leaves the C library's own caches filled. */
    require(mallinfo2().uordblks == memory || now_playing.run == 1);
    require(account_entries() == 0 && account_locks() == 0);
}
