/* SPDX-License-Identifier: MIT */

/* Ten thousand peers that send a byte a second, on the simulated kernel: the work that a
 * connection takes does not depend on how slow it is, and its deadline comes however many
 * others are busy. */
#include "support/check.h"

#include "os/sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#define PEERS 10000
#define BYTES 4
#define SECOND_NS UINT64_C(1000000000)
#define LISTENER PEERS
#define IDLE_NS (3 * SECOND_NS / 2)
#define EVENTS 256

typedef struct peer {
    int fd;
    vigil_tcp_stream stream;
    unsigned got;
    uint64_t deadline_ns; /* when it counts as gone */
} peer;

static struct {
    peer peers[PEERS];
    vigil_poll poll;
    vigil_slot slots[PEERS + 1];
    vigil_raw_event storage[EVENTS];
    vigil_events events;
    vigil_tcp_listener listener;
    uint16_t port;
    unsigned accepted;
    unsigned expired;
    uint64_t waits;
    uint64_t now_ns;  /* that the server has seen */
    uint64_t next_ns; /* when the peers send again */
    unsigned rounds;
} s;

/* The kernel's clock, asked by the way of a program: there is no other. */
uint64_t vigil_os_now_ns(void);

/* Between two sends of all peers a second passes, in which nobody acts: the server's
 * own timeout is what moves the clock. */
static bool send_round(void *world, vigil_model *kernel)
{
    (void)world;
    if (s.accepted < PEERS || s.rounds == BYTES || vigil_os_now_ns() < s.next_ns) {
        return false;
    }
    for (unsigned i = 0; i < PEERS; i++) {
        check_equal(vigil_model_write(kernel, s.peers[i].fd, "x", 1), 1);
    }
    s.next_ns = vigil_os_now_ns() + SECOND_NS;
    s.rounds++;
    return true;
}

static void open_server(void)
{
    vigil_address address = vigil_address_ipv4(127, 0, 0, 1, 0);
    check_ok(vigil_poll_open(&s.poll, s.slots, PEERS + 1));
    check_ok(vigil_events_init(&s.events, s.storage, EVENTS));
    check_ok(vigil_tcp_listener_bind_backlog(&s.listener, &address, PEERS));
    check_ok(vigil_tcp_listener_local_address(&s.listener, &address));
    s.port = address.port;
    check_ok(vigil_registry_register(vigil_poll_registry(&s.poll), &s.listener.source, LISTENER,
                                     VIGIL_READABLE | VIGIL_LEVEL));
}

static void connect_peers(void)
{
    vigil_model *kernel = vigil_sim_kernel();
    for (unsigned i = 0; i < PEERS; i++) {
        s.peers[i].fd = vigil_model_socket(kernel, AF_INET);
        check_equal(-vigil_model_connect(kernel, s.peers[i].fd, s.port), EINPROGRESS);
    }
}

static void take_one(vigil_token token)
{
    if (token == LISTENER) {
        peer *p = &s.peers[s.accepted];
        check_ok(vigil_tcp_listener_accept(&s.listener, &p->stream, NULL));
        check_ok(vigil_registry_register(vigil_poll_registry(&s.poll), &p->stream.source,
                                         s.accepted++, VIGIL_READABLE));
        p->deadline_ns = vigil_os_now_ns() + IDLE_NS;
        return;
    }
    peer *p = &s.peers[token];
    char data[16];
    size_t count = 0;
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK) {
        status = vigil_tcp_stream_read(&p->stream, data, sizeof data, &count);
        p->got += (unsigned)count;
        p->deadline_ns = count > 0 ? vigil_os_now_ns() + IDLE_NS : p->deadline_ns;
    }
    check_status(status, VIGIL_EWOULDBLOCK);
}

/* The next deadline of a connection, as a program with a timer for each would have it. */
static uint64_t first_deadline(void)
{
    uint64_t first = UINT64_MAX;
    for (unsigned i = 0; i < s.accepted; i++) {
        uint64_t deadline = s.peers[i].deadline_ns;
        first = deadline < first ? deadline : first;
    }
    return first;
}

static void expire(void)
{
    for (unsigned i = 0; i < s.accepted; i++) {
        peer *p = &s.peers[i];
        if (p->deadline_ns <= vigil_os_now_ns()) {
            check_ok(vigil_tcp_stream_close(&p->stream));
            p->deadline_ns = UINT64_MAX;
            s.expired++;
        }
    }
}

/* Until every connection has missed its deadline. */
static void serve(void)
{
    while (s.expired < PEERS) {
        vigil_event event;
        uint64_t begin_ns = vigil_os_now_ns();
        uint64_t first_ns = s.accepted == PEERS ? first_deadline() : UINT64_MAX;
        uint64_t left_ns = first_ns > begin_ns ? first_ns - begin_ns : 0;
        left_ns = left_ns < SECOND_NS / 4 ? left_ns : SECOND_NS / 4;
        check_ok(vigil_poll_wait(&s.poll, &s.events, vigil_ns(left_ns)));
        s.waits++;
        while (vigil_events_next(&s.events, &event)) {
            take_one(event.token);
        }
        if (s.accepted == PEERS) {
            expire();
        }
    }
}

static void threat__slow_peers(void **state)
{
    (void)state;
    const vigil_sim_options options = {
        .seed = 1,
        .descriptors_max = 3 * PEERS,
        .step = send_round,
    };
    vigil_sim_begin(&options);
    open_server();
    connect_peers();
    serve();
    for (unsigned i = 0; i < PEERS; i++) {
        check_equal(s.peers[i].got, BYTES);
        check_equal(vigil_model_close(vigil_sim_kernel(), s.peers[i].fd), 0);
    }
    /* A batch of accepts or bytes each, and the pauses between: no wait in vain. */
    unsigned batches = PEERS + BYTES * ((PEERS + EVENTS - 1) / EVENTS);
    check_within(s.waits, BYTES, batches + 16 * BYTES);
    check_ok(vigil_tcp_listener_close(&s.listener));
    check_ok(vigil_poll_close(&s.poll));
    check_equal(vigil_sim_end().descriptors, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threat__slow_peers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
