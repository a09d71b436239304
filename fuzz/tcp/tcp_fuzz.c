/* SPDX-License-Identifier: MIT */

/*
 * Any sequence of connecting, accepting, reading, writing, closing a half or the
 * whole, registering and waiting, over a listener and several connections: each
 * byte arrives once and in order, no edge of reading or writing is lost, no descriptor
 * is left open.
 */
#include "flow.h"
#include "input.h"
#include "world.h"

#include <string.h>
#include <sys/epoll.h>

#define ENDS 8
#define SLOTS 12
#define EVENTS_MAX 16
#define DATA_MAX 4096
#define OPERATIONS_MAX 200
#define LISTENER_TOKEN ENDS

/* An edge that has been seen used up, and that is due again when there is more. */
typedef struct watch {
    bool registered;
    vigil_interest interest;
    bool due_read;  /* nothing was left to read when last asked, and no event since */
    bool due_write; /* there was no room for all when last written, and no event since */
    bool silent;    /* one-shot, and has been reported */
} watch;

typedef struct end {
    vigil_tcp_stream stream;
    bool is_open;
    flow *flow;
    watch watch;
} end;

typedef struct stage {
    vigil_poll poll;
    vigil_slot slots[SLOTS];
    vigil_events events;
    vigil_raw_event storage[EVENTS_MAX];
    vigil_tcp_listener listener;
    bool is_listening;
    end ends[ENDS];
    flow flows[512]; /* of all ends that ever were */
    unsigned flow_count;
    bool hostile;
    uint8_t data[DATA_MAX];
} stage;

static bool is_refusal(vigil_status status)
{
    return status == VIGIL_EMFILE || status == VIGIL_ENFILE || status == VIGIL_ENOMEM
        || status == VIGIL_ENOSPC || status == VIGIL_ENOBUFS;
}

static void check_ok(const stage *s, vigil_status status)
{
    fuzz_check(status == VIGIL_OK || (s->hostile && (is_refusal(status) || status == VIGIL_EINTR)));
}

static vigil_registry *registry(stage *s)
{
    return vigil_poll_registry(&s->poll);
}

static void do_listen(stage *s)
{
    if (s->is_listening) {
        /* Who waits in its queue is broken off. */
        fuzz_check(vigil_tcp_listener_close(&s->listener) == VIGIL_OK);
        s->is_listening = false;
        for (unsigned i = 0; i < s->flow_count; i++) {
            s->flows[i].is_broken |= s->flows[i].peer == NULL;
        }
        return;
    }
    vigil_address address;
    fuzz_check(vigil_address_parse("127.0.0.1:0", &address) == VIGIL_OK);
    vigil_status status = vigil_tcp_listener_bind(&s->listener, &address);
    check_ok(s, status);
    s->is_listening = status == VIGIL_OK;
    if (s->is_listening) {
        status = vigil_registry_register(registry(s), &s->listener.source, LISTENER_TOKEN,
                                         VIGIL_READABLE | VIGIL_LEVEL);
        check_ok(s, status);
    }
}

static void opened(stage *s, end *e, flow *peer)
{
    e->is_open = true;
    e->watch = (watch){0};
    e->flow = &s->flows[s->flow_count];
    *e->flow = (flow){.peer = peer, .salt = s->flow_count * 31};
    s->flow_count++;
    if (peer != NULL) {
        peer->peer = e->flow;
    }
}

/* By way of a socket with options, which is closed once the stream has its descriptor. */
static vigil_status connect_with_options(end *e, const vigil_address *address)
{
    vigil_tcp_socket socket;
    bool on = false;
    vigil_status status = vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4);
    if (status != VIGIL_OK) {
        return status;
    }
    fuzz_check(vigil_tcp_socket_set_reuse_address(&socket, true) == VIGIL_OK);
    fuzz_check(vigil_tcp_socket_reuse_address(&socket, &on) == VIGIL_OK && on);
    status = vigil_tcp_socket_connect(&socket, address, &e->stream);
    fuzz_check((vigil_tcp_socket_fd(&socket) == VIGIL_FD_NONE) == (status == VIGIL_OK));
    vigil_tcp_socket_close(&socket);
    return status;
}

static void do_connect(stage *s, end *e, uint8_t how)
{
    vigil_address address;
    if (!s->is_listening) {
        return;
    }
    fuzz_check(vigil_tcp_listener_local_address(&s->listener, &address) == VIGIL_OK);
    vigil_status status = how % 2 == 0 ? vigil_tcp_stream_connect(&e->stream, &address)
                                       : connect_with_options(e, &address);
    fuzz_check(status == VIGIL_OK || status == VIGIL_ECONNREFUSED
               || (s->hostile && is_refusal(status)));
    if (status == VIGIL_OK) {
        opened(s, e, NULL);
        fuzz_check(vigil_tcp_stream_local_address(&e->stream, &e->flow->address) == VIGIL_OK);
    }
}

/* Whose connection was accepted: the last one to have the peer's address as its own,
 * which may be closed already. */
static flow *flow_at(stage *s, vigil_address address)
{
    flow *found = NULL;
    for (unsigned i = 0; i < s->flow_count; i++) {
        flow *f = &s->flows[i];
        found = f->peer == NULL && vigil_address_equal(f->address, address) ? f : found;
    }
    return found;
}

/* To be accepted. */
static bool somebody_waits(const stage *s)
{
    for (unsigned i = 0; i < s->flow_count; i++) {
        if (s->flows[i].peer == NULL && !s->flows[i].is_broken) {
            return true;
        }
    }
    return false;
}

static void do_accept(stage *s, end *e)
{
    vigil_address peer;
    if (!s->is_listening) {
        return;
    }
    vigil_status status = vigil_tcp_listener_accept(&s->listener, &e->stream, &peer);
    fuzz_check(status == VIGIL_OK || status == VIGIL_EWOULDBLOCK || status == VIGIL_ECONNABORTED
               || (s->hostile && (is_refusal(status) || status == VIGIL_EINTR)));
    fuzz_check(status != VIGIL_EWOULDBLOCK || !somebody_waits(s));
    if (status == VIGIL_OK) {
        flow *from = flow_at(s, peer);
        fuzz_check(from != NULL);
        opened(s, e, from);
        e->flow->is_broken = from->is_broken;
    }
}

static void do_read(stage *s, end *e, uint8_t how)
{
    size_t capacity = 1 + (size_t)(how / 4) * 64;
    size_t count = 1;
    vigil_status status = VIGIL_OK;
    size_t half = capacity / 2;
    vigil_buffer parts[2] = {{s->data, half}, {s->data + half, capacity - half}};
    switch (how % 4) {
    case 0:
        status = vigil_tcp_stream_peek(&e->stream, s->data, capacity, &count);
        break;
    case 1:
        status = vigil_tcp_stream_readv(&e->stream, parts, 2, &count);
        break;
    default:
        status = vigil_tcp_stream_read(&e->stream, s->data, capacity, &count);
        break;
    }
    fuzz_check(count <= capacity);
    flow_read(e->flow, status, s->data, count, how % 4 == 0, s->hostile);
    e->watch.due_read = status == VIGIL_EWOULDBLOCK;
}

static void do_write(stage *s, end *e, uint8_t how)
{
    size_t size = (size_t)(how / 2) * 32;
    size_t count = 1;
    flow_fill(e->flow, s->data, size);
    vigil_buffer parts[2] = {{s->data, size / 3}, {s->data + size / 3, size - size / 3}};
    vigil_status status = how % 2 == 0 ? vigil_tcp_stream_write(&e->stream, s->data, size, &count)
                                       : vigil_tcp_stream_writev(&e->stream, parts, 2, &count);
    flow_wrote(e->flow, status, size, count, s->hostile);
    e->watch.due_write |= status == VIGIL_EWOULDBLOCK || (status == VIGIL_OK && count < size);
}

static void do_shutdown(end *e, uint8_t how)
{
    vigil_shutdown half = (vigil_shutdown)(how % 3);
    flow_shut(e->flow, vigil_tcp_stream_shutdown(&e->stream, half), half);
}

static void do_close(end *e)
{
    fuzz_check(vigil_tcp_stream_close(&e->stream) == VIGIL_OK);
    fuzz_check(vigil_tcp_stream_close(&e->stream) == VIGIL_OK);
    flow_closed(e->flow);
    e->is_open = false;
    e->watch = (watch){0};
}

static void do_watch(stage *s, end *e, uint8_t chosen)
{
    vigil_token token = (vigil_token)(e - s->ends);
    vigil_interest interest = chosen & VIGIL_INTEREST_ALL;
    interest |= chosen / 64 == 2 ? VIGIL_WRITABLE : VIGIL_READABLE;
    vigil_status status = VIGIL_OK;
    if (chosen / 64 == 3) {
        status = vigil_registry_deregister(registry(s), &e->stream.source);
        fuzz_check(status == (e->watch.registered ? VIGIL_OK : VIGIL_ENOENT));
        e->watch = (watch){0};
        return;
    }
    status = e->watch.registered
        ? vigil_registry_reregister(registry(s), &e->stream.source, token, interest)
        : vigil_registry_register(registry(s), &e->stream.source, token, interest);
    check_ok(s, status);
    if (status == VIGIL_OK) {
        e->watch =
            (watch){.registered = true, .interest = interest, .due_read = true, .due_write = true};
    }
}

/* Of whom a batch says that something is to be read, or that there is room; a bit for
 * each end. */
typedef struct told {
    uint32_t to_read;
    uint32_t to_write;
} told;

/* Each report is of an end that is registered, and comes once in a batch. */
static told take_events(stage *s)
{
    told batch = {0, 0};
    uint32_t seen = 0;
    vigil_event event;
    while (vigil_events_next(&s->events, &event)) {
        fuzz_check(event.token <= LISTENER_TOKEN);
        uint32_t bit = UINT32_C(1) << event.token;
        fuzz_check((seen & bit) == 0);
        seen |= bit;
        if (event.token == LISTENER_TOKEN) {
            fuzz_check(s->is_listening);
            continue;
        }
        watch *w = &s->ends[event.token].watch;
        fuzz_check(w->registered && !w->silent);
        w->silent = (w->interest & VIGIL_ONESHOT) != 0;
        bool over = vigil_event_is_error(event);
        batch.to_read |=
            over || vigil_event_is_readable(event) || vigil_event_is_read_closed(event) ? bit : 0;
        batch.to_write |=
            over || vigil_event_is_writable(event) || vigil_event_is_write_closed(event) ? bit : 0;
    }
    return batch;
}

/* Whoever waits for bytes or the end, and has them. */
static bool is_owed_reading(const end *e)
{
    const watch *w = &e->watch;
    bool owed = w->due_read || (w->interest & VIGIL_LEVEL) != 0;
    return owed && (w->interest & VIGIL_READABLE) != 0 && flow_readable(e->flow);
}

/* Whoever waits for room, and has it. */
static bool is_owed_writing(const end *e)
{
    const watch *w = &e->watch;
    bool owed = w->due_write || (w->interest & VIGIL_LEVEL) != 0;
    return owed && (w->interest & VIGIL_WRITABLE) != 0
        && (world_level(e->stream.source.fd) & EPOLLOUT) != 0;
}

/* Of a wait that had room for more: whoever is owed a report has been told. */
static void check_told(stage *s, told batch, bool complete)
{
    for (unsigned i = 0; i < ENDS; i++) {
        end *e = &s->ends[i];
        bool to_read = (batch.to_read >> i & 1) != 0;
        bool to_write = (batch.to_write >> i & 1) != 0;
        bool hears = e->is_open && e->watch.registered && (!e->watch.silent || to_read || to_write);
        if (complete && hears && !e->flow->is_broken) {
            fuzz_check(to_read || !is_owed_reading(e));
            fuzz_check(to_write || !is_owed_writing(e));
        }
        e->watch.due_read = e->watch.due_read && !to_read;
        e->watch.due_write = e->watch.due_write && !to_write;
    }
}

static void do_wait(stage *s, uint8_t how)
{
    unsigned capacity = 1 + how % EVENTS_MAX;
    fuzz_check(vigil_events_init(&s->events, s->storage, capacity) == VIGIL_OK);
    vigil_status status = vigil_poll_wait(&s->poll, &s->events, VIGIL_NO_WAIT);
    fuzz_check(status == VIGIL_OK || (s->hostile && status == VIGIL_EINTR));
    bool complete = status == VIGIL_OK && s->events.count < capacity && !s->hostile;
    check_told(s, take_events(s), complete);
}

/* What is set is read back; who is asked tells without failing. */
static void do_ask(end *e, uint8_t how)
{
    vigil_address address;
    bool enabled = false;
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status error = VIGIL_OK;
    switch (how % 4) {
    case 0:
        fuzz_check(vigil_tcp_stream_set_nodelay(&e->stream, how / 4 % 2 != 0) == VIGIL_OK);
        fuzz_check(vigil_tcp_stream_nodelay(&e->stream, &enabled) == VIGIL_OK);
        fuzz_check(enabled == (how / 4 % 2 != 0));
        break;
    case 1:
        fuzz_check(vigil_tcp_stream_take_error(&e->stream, &error) == VIGIL_OK);
        fuzz_check(error == VIGIL_OK || e->flow->is_broken || e->flow->peer == NULL
                   || e->flow->peer->is_closed);
        break;
    case 2:
        if (vigil_tcp_stream_into_fd(&e->stream, &fd) == VIGIL_OK) {
            e->watch = (watch){0};
            fuzz_check(vigil_tcp_stream_from_fd(&e->stream, fd) == VIGIL_OK);
        }
        break;
    default:
        fuzz_check(vigil_tcp_stream_local_address(&e->stream, &address) == VIGIL_OK);
        fuzz_check(address.family == VIGIL_FAMILY_IPV4);
        break;
    }
}

static void use(stage *s, end *e, uint8_t what, uint8_t more)
{
    switch (what) {
    case 0:
    case 1:
    case 2:
        do_read(s, e, more);
        break;
    case 3:
    case 4:
    case 5:
        do_write(s, e, more);
        break;
    case 6:
        do_shutdown(e, more);
        break;
    case 7:
        do_close(e);
        break;
    case 8:
        do_ask(e, more);
        break;
    default:
        do_watch(s, e, more);
        break;
    }
}

static void perform(stage *s, fuzz_input *in)
{
    uint8_t what = fuzz_byte(in);
    end *e = &s->ends[what / 16 % ENDS];
    uint8_t more = fuzz_byte(in);
    what %= 16;
    if (what == 15) {
        do_listen(s);
    } else if (what > 10) {
        do_wait(s, more);
    } else if (e->is_open) {
        use(s, e, what, more);
    } else if (what % 2 == 0) {
        do_connect(s, e, more);
    } else {
        do_accept(s, e);
    }
}

static void begin(stage *s, unsigned hostility)
{
    memset(s, 0, sizeof *s);
    s->hostile = hostility > 0;
    world_begin(hostility);
    for (vigil_status status = VIGIL_EMFILE; status != VIGIL_OK;) {
        status = vigil_poll_open(&s->poll, s->slots, SLOTS);
        check_ok(s, status);
    }
    for (unsigned i = 0; i < ENDS; i++) {
        s->ends[i].stream = (vigil_tcp_stream)VIGIL_TCP_STREAM_CLOSED;
    }
    do_listen(s);
}

static void finish(stage *s)
{
    for (unsigned i = 0; i < ENDS; i++) {
        fuzz_check(vigil_tcp_stream_close(&s->ends[i].stream) == VIGIL_OK);
    }
    if (s->is_listening) {
        fuzz_check(vigil_tcp_listener_close(&s->listener) == VIGIL_OK);
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
    fuzz_input in = {data, size};
    uint8_t hostility = fuzz_byte(&in);
    begin(&s, hostility < 128 ? 0 : hostility % 40);
    for (unsigned i = 0; i < OPERATIONS_MAX && in.left > 0; i++) {
        perform(&s, &in);
    }
    finish(&s);
    return 0;
}
