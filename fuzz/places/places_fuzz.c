/* SPDX-License-Identifier: MIT */

/*
 * Any sequence of what can be done with pairs of UDP sockets, Unix streams and
 * datagram sockets, and with pipes: bytes and datagrams arrive once and in order, and
 * no descriptor is left open.
 */
#include "flow.h"
#include "input.h"
#include "places/queue.h"
#include "world.h"

#include <string.h>

#define CHANNELS 4
#define DATA_MAX 4096
#define BATCH 4
#define OPERATIONS_MAX 200

typedef enum channel_kind {
    KIND_UDP,
    KIND_DATAGRAM,
    KIND_STREAM,
    KIND_PIPE
} channel_kind;

/* Two ends; of a pipe, the first one sends. */
typedef struct channel {
    bool is_open[2];
    vigil_udp_socket udp[2];
    vigil_unix_datagram datagram[2];
    vigil_unix_stream stream[2];
    vigil_address where[2]; /* of the UDP sockets */
    vigil_pipe_sender sender;
    vigil_pipe_receiver receiver;
    flow flows[2];   /* of streams and pipes, by the end */
    queue queues[2]; /* of datagrams, by the end that receives */
} channel;

typedef struct stage {
    channel channels[CHANNELS]; /* one of each kind, in their order */
    unsigned salt;
    bool hostile;
    uint8_t data[BATCH][DATA_MAX];
} stage;

static vigil_status open_udp(channel *c)
{
    vigil_address *where = c->where;
    for (int i = 0; i < 2; i++) {
        where[i] = vigil_address_loopback_ipv4(0);
        vigil_status status = vigil_udp_socket_bind(&c->udp[i], &where[i]);
        if (status != VIGIL_OK) {
            return status;
        }
        fuzz_check(vigil_udp_socket_local_address(&c->udp[i], &where[i]) == VIGIL_OK);
    }
    fuzz_check(vigil_udp_socket_connect(&c->udp[0], &where[1]) == VIGIL_OK);
    fuzz_check(vigil_udp_socket_connect(&c->udp[1], &where[0]) == VIGIL_OK);
    return VIGIL_OK;
}

/* By way of a listener, which is closed once it has done its work. */
static vigil_status open_by_listener(channel *c)
{
    vigil_unix_listener listener;
    vigil_unix_address name;
    fuzz_check(vigil_unix_address_abstract("places", 6, &name) == VIGIL_OK);
    vigil_status status = vigil_unix_listener_bind(&listener, &name);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_unix_stream_connect(&c->stream[0], &name);
    if (status == VIGIL_OK) {
        status = vigil_unix_listener_accept(&listener, &c->stream[1], NULL);
    }
    fuzz_check(vigil_unix_listener_close(&listener) == VIGIL_OK);
    return status;
}

static vigil_status open_pair(channel *c, channel_kind kind)
{
    switch (kind) {
    case KIND_UDP:
        return open_udp(c);
    case KIND_DATAGRAM:
        return vigil_unix_datagram_pair(&c->datagram[0], &c->datagram[1]);
    case KIND_STREAM:
        return c->flows[0].salt % 2 == 0 ? vigil_unix_stream_pair(&c->stream[0], &c->stream[1])
                                         : open_by_listener(c);
    case KIND_PIPE:
        break;
    }
    return vigil_pipe_open(&c->receiver, &c->sender);
}

/* Closing what is closed does nothing. */
static void close_end(channel *c, channel_kind kind, int end)
{
    vigil_status status = VIGIL_OK;
    for (int i = 0; i < 2; i++) {
        switch (kind) {
        case KIND_UDP:
            status = vigil_udp_socket_close(&c->udp[end]);
            break;
        case KIND_DATAGRAM:
            status = vigil_unix_datagram_close(&c->datagram[end]);
            break;
        case KIND_STREAM:
            status = vigil_unix_stream_close(&c->stream[end]);
            break;
        case KIND_PIPE:
            status = end == 0 ? vigil_pipe_sender_close(&c->sender)
                              : vigil_pipe_receiver_close(&c->receiver);
            break;
        }
        fuzz_check(status == VIGIL_OK);
    }
    if (c->is_open[end]) {
        flow_closed(&c->flows[end]);
    }
    c->is_open[end] = false;
    c->queues[0].is_broken = true;
    c->queues[1].is_broken = true;
}

static void reopen(stage *s, channel *c, channel_kind kind)
{
    close_end(c, kind, 0);
    close_end(c, kind, 1);
    memset(c, 0, sizeof *c);
    for (int i = 0; i < 2; i++) {
        c->udp[i] = (vigil_udp_socket)VIGIL_UDP_SOCKET_CLOSED;
        c->datagram[i] = (vigil_unix_datagram)VIGIL_UNIX_DATAGRAM_CLOSED;
        c->stream[i] = (vigil_unix_stream)VIGIL_UNIX_STREAM_CLOSED;
        s->salt += 29;
        c->flows[i] = (flow){.peer = &c->flows[1 - i], .salt = s->salt};
        c->queues[i].salt = s->salt;
    }
    c->sender = (vigil_pipe_sender)VIGIL_PIPE_SENDER_CLOSED;
    c->receiver = (vigil_pipe_receiver)VIGIL_PIPE_RECEIVER_CLOSED;
    bool opened = open_pair(c, kind) == VIGIL_OK;
    fuzz_check(opened || s->hostile);
    c->is_open[0] = c->is_open[1] = opened;
    if (!opened) {
        close_end(c, kind, 0);
        close_end(c, kind, 1);
    }
}

static vigil_status write_stream(stage *s, channel *c, channel_kind kind, int end, size_t size,
                                 size_t *count)
{
    if (kind == KIND_PIPE) {
        return vigil_pipe_sender_write(&c->sender, s->data[0], size, count);
    }
    vigil_buffer parts[2] = {{s->data[0], size / 3}, {s->data[0] + size / 3, size - size / 3}};
    return size % 2 == 0 ? vigil_unix_stream_write(&c->stream[end], s->data[0], size, count)
                         : vigil_unix_stream_writev(&c->stream[end], parts, 2, count);
}

static vigil_status read_stream(stage *s, channel *c, channel_kind kind, int end, uint8_t how,
                                size_t room, size_t *count)
{
    if (kind == KIND_PIPE) {
        return vigil_pipe_receiver_read(&c->receiver, s->data[0], room, count);
    }
    vigil_buffer parts[2] = {{s->data[0], room / 2}, {s->data[0] + room / 2, room - room / 2}};
    switch (how % 4) {
    case 0:
        return vigil_unix_stream_peek(&c->stream[end], s->data[0], room, count);
    case 1:
        return vigil_unix_stream_readv(&c->stream[end], parts, 2, count);
    default:
        return vigil_unix_stream_read(&c->stream[end], s->data[0], room, count);
    }
}

static void use_stream(stage *s, channel *c, channel_kind kind, int end, uint8_t how)
{
    size_t size = (size_t)(how / 2) * 32;
    size_t count = 1;
    if (how % 2 == 0 && (kind != KIND_PIPE || end == 0)) {
        flow_fill(&c->flows[end], s->data[0], size);
        vigil_status status = write_stream(s, c, kind, end, size, &count);
        flow_wrote(&c->flows[end], status, size, count, s->hostile);
    } else if (kind != KIND_PIPE || end == 1) {
        bool peeked = kind == KIND_STREAM && how / 2 % 4 == 0;
        vigil_status status = read_stream(s, c, kind, end, how / 2, size + 1, &count);
        fuzz_check(count <= size + 1);
        flow_read(&c->flows[end], status, s->data[0], count, peeked, s->hostile);
    }
}

/* With an address and without: the peer is the same. */
static vigil_status send_udp(stage *s, channel *c, int end, size_t size, size_t *count)
{
    return size % 2 == 0
        ? vigil_udp_socket_send(&c->udp[end], s->data[0], size, count)
        : vigil_udp_socket_send_to(&c->udp[end], s->data[0], size, &c->where[1 - end], count);
}

static vigil_status receive_udp(stage *s, channel *c, int end, size_t room, size_t *count)
{
    vigil_address from;
    if (room % 2 == 0) {
        return vigil_udp_socket_receive(&c->udp[end], s->data[0], room, count);
    }
    vigil_status status =
        vigil_udp_socket_receive_from(&c->udp[end], s->data[0], room, &from, count);
    bool taken = status == VIGIL_OK || status == VIGIL_EMSGSIZE;
    fuzz_check(vigil_address_equal(from, taken ? c->where[1 - end] : vigil_address_none()));
    return status;
}

static void send_one(stage *s, channel *c, channel_kind kind, int end, size_t size)
{
    queue *to = &c->queues[1 - end];
    size_t count = 1;
    if (to->count == QUEUE_MAX) {
        return;
    }
    queue_fill(to, 0, s->data[0], size);
    vigil_status status = kind == KIND_UDP
        ? send_udp(s, c, end, size, &count)
        : vigil_unix_datagram_send(&c->datagram[end], s->data[0], size, &count);
    queue_sent(to, status, size, count, s->hostile);
    to->count *= c->is_open[1 - end];
}

static void receive_one(stage *s, channel *c, channel_kind kind, int end, uint8_t how)
{
    size_t room = 1 + (size_t)how;
    size_t count = 1;
    bool peeked = how % 4 == 0;
    vigil_status status = VIGIL_OK;
    if (kind == KIND_UDP) {
        status = peeked ? vigil_udp_socket_peek(&c->udp[end], s->data[0], room, &count)
                        : receive_udp(s, c, end, room, &count);
    } else {
        status = peeked ? vigil_unix_datagram_peek(&c->datagram[end], s->data[0], room, &count)
                        : vigil_unix_datagram_receive(&c->datagram[end], s->data[0], room, &count);
    }
    queue_received(&c->queues[end], status, s->data[0], room, count, peeked, s->hostile);
}

/* The first of a batch is what a call of its own would be; the others are there. */
static void use_batch(stage *s, channel *c, int end, uint8_t how)
{
    vigil_datagram datagrams[BATCH];
    queue *q = how % 2 == 0 ? &c->queues[1 - end] : &c->queues[end];
    size_t done = 1;
    for (unsigned i = 0; i < BATCH; i++) {
        datagrams[i] = (vigil_datagram){.data = s->data[i], .length = how / 2};
        queue_fill(q, i, s->data[i], how / 2);
    }
    if (q->count + BATCH > QUEUE_MAX) {
        return;
    }
    vigil_status status = how % 2 == 0
        ? vigil_udp_socket_send_batch(&c->udp[end], datagrams, BATCH, &done)
        : vigil_udp_socket_receive_batch(&c->udp[end], datagrams, BATCH, &done);
    fuzz_check(done <= BATCH && (status == VIGIL_OK) == (done > 0));
    for (unsigned i = 0; i < done; i++) {
        if (how % 2 == 0) {
            queue_sent(q, VIGIL_OK, how / 2, datagrams[i].count, s->hostile);
            q->count *= c->is_open[1 - end];
        } else {
            queue_received(q, datagrams[i].truncated ? VIGIL_EMSGSIZE : VIGIL_OK, s->data[i],
                           how / 2, datagrams[i].count, false, s->hostile);
        }
    }
    if (done == 0 && how % 2 == 0) {
        queue_sent(q, status, how / 2, 0, s->hostile);
    } else if (done == 0) {
        queue_received(q, status, NULL, how / 2, 0, false, s->hostile);
    }
}

static void shut(channel *c, channel_kind kind, int end, uint8_t how)
{
    vigil_shutdown half = (vigil_shutdown)(how % 3);
    if (kind == KIND_STREAM) {
        flow_shut(&c->flows[end], vigil_unix_stream_shutdown(&c->stream[end], half), half);
        /* On a Unix stream it is told to the other side too, both ways (unix(7)). */
        flow *peer = c->flows[end].peer;
        peer->has_shut_read |= half != VIGIL_SHUTDOWN_READ;
        peer->has_shut_write |= half != VIGIL_SHUTDOWN_WRITE;
    }
}

static void perform(stage *s, fuzz_input *in)
{
    uint8_t what = fuzz_byte(in);
    uint8_t more = fuzz_byte(in);
    channel_kind kind = (channel_kind)(what / 2 % CHANNELS);
    channel *c = &s->channels[kind];
    int end = what % 2;
    what /= 8;
    if (!c->is_open[0] || !c->is_open[1]) {
        if (what % 4 == 0 || (!c->is_open[0] && !c->is_open[1])) {
            reopen(s, c, kind);
            return;
        }
    }
    if (!c->is_open[end]) {
        return;
    }
    if (what == 31) {
        close_end(c, kind, end);
    } else if (what == 30) {
        shut(c, kind, end, more);
    } else if (kind >= KIND_STREAM) {
        use_stream(s, c, kind, end, more);
    } else if (kind == KIND_UDP && what % 4 == 3) {
        use_batch(s, c, end, more);
    } else if (what % 2 == 0) {
        send_one(s, c, kind, end, more);
    } else {
        receive_one(s, c, kind, end, more);
    }
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
    hostility = hostility < 128 ? 0 : hostility % 40;
    memset(&s, 0, sizeof s);
    s.hostile = hostility > 0;
    world_begin(hostility);
    for (unsigned i = 0; i < CHANNELS; i++) {
        channel *c = &s.channels[i];
        for (int end = 0; end < 2; end++) {
            c->udp[end] = (vigil_udp_socket)VIGIL_UDP_SOCKET_CLOSED;
            c->datagram[end] = (vigil_unix_datagram)VIGIL_UNIX_DATAGRAM_CLOSED;
            c->stream[end] = (vigil_unix_stream)VIGIL_UNIX_STREAM_CLOSED;
        }
        c->sender = (vigil_pipe_sender)VIGIL_PIPE_SENDER_CLOSED;
        c->receiver = (vigil_pipe_receiver)VIGIL_PIPE_RECEIVER_CLOSED;
    }
    for (unsigned i = 0; i < OPERATIONS_MAX && in.left > 0; i++) {
        perform(&s, &in);
    }
    for (unsigned i = 0; i < CHANNELS; i++) {
        close_end(&s.channels[i], (channel_kind)i, 0);
        close_end(&s.channels[i], (channel_kind)i, 1);
    }
    world_end();
    return 0;
}
