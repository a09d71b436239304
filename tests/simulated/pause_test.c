/* SPDX-License-Identifier: MIT */

/* A listener without a descriptor for its connections, on a clock that says exactly
 * how long everything takes. */
#include "support/check.h"

#include "os/sim/sim.h"

#include <errno.h>
#include <sys/socket.h>

#define MS_IN_NS UINT64_C(1000000)
#define LISTENER 1
#define PORT 80
#define DESCRIPTORS 6 /* 3 to 5: the poll, the listener, and the client's */
#define STATIONS 20

/* One server, and what the test has seen of it. */
typedef struct server {
    vigil_poll poll;
    vigil_slot slots[4];
    vigil_raw_event storage[4];
    vigil_events events;
    vigil_registry *registry;
    bool is_unix;
    vigil_interest interest;
    vigil_tcp_listener tcp;
    vigil_unix_listener local;
    vigil_source *listener;
    vigil_pause pause;
    unsigned wakes;
    unsigned accepted;
} server;

static uint64_t now(void)
{
    return vigil_model_now(vigil_sim_kernel());
}

static vigil_unix_address path(void)
{
    vigil_unix_address address;
    check_ok(vigil_unix_address_path("/served", 7, &address));
    return address;
}

static void open_server(server *s, bool is_unix, vigil_interest interest)
{
    vigil_address where = vigil_address_loopback_ipv4(PORT);
    vigil_unix_address name = path();
    *s = (server){.is_unix = is_unix, .interest = interest};
    check_ok(vigil_poll_open(&s->poll, s->slots, 4));
    check_ok(vigil_events_init(&s->events, s->storage, 4));
    s->registry = vigil_poll_registry(&s->poll);
    check_ok(is_unix ? vigil_unix_listener_bind(&s->local, &name)
                     : vigil_tcp_listener_bind(&s->tcp, &where));
    s->listener = is_unix ? &s->local.source : &s->tcp.source;
    check_ok(vigil_registry_register(s->registry, s->listener, LISTENER, interest));
}

static void close_server(server *s)
{
    check_ok(s->is_unix ? vigil_unix_listener_close(&s->local) : vigil_tcp_listener_close(&s->tcp));
    check_ok(vigil_poll_close(&s->poll));
}

static vigil_status accept_one(server *s)
{
    vigil_tcp_stream stream;
    vigil_unix_stream local;
    vigil_status status = s->is_unix ? vigil_unix_listener_accept(&s->local, &local, NULL)
                                     : vigil_tcp_listener_accept(&s->tcp, &stream, NULL);
    if (status == VIGIL_OK) {
        s->accepted++;
        check_ok(s->is_unix ? vigil_unix_stream_close(&local) : vigil_tcp_stream_close(&stream));
    }
    return status;
}

/* The loop of docs/GUIDE.md. */
static void turn(server *s, vigil_timeout timeout)
{
    vigil_event event;
    check_ok(vigil_poll_wait(&s->poll, &s->events, vigil_pause_timeout(&s->pause, timeout)));
    s->wakes++;
    check_ok(vigil_pause_end_if_due(&s->pause, s->registry, s->listener));
    while (vigil_events_next(&s->events, &event)) {
        vigil_status status = VIGIL_OK;
        while (status == VIGIL_OK) {
            status = accept_one(s);
        }
        if (status != VIGIL_EWOULDBLOCK) {
            check_status(status, VIGIL_EMFILE);
            check_ok(vigil_pause_begin(&s->pause, s->registry, s->listener, LISTENER, s->interest,
                                       VIGIL_PAUSE_EXHAUSTED));
        }
    }
}

/* A client that takes the last descriptor, and keeps the connection it has asked for. */
static int connect_client(const server *s)
{
    vigil_model *kernel = vigil_sim_kernel();
    vigil_model_name name = {.size = 7, .bytes = "/served"};
    int fd =
        s->is_unix ? vigil_model_unix(kernel, SOCK_STREAM) : vigil_model_socket(kernel, AF_INET);
    check(fd >= 0);
    int result = s->is_unix ? vigil_model_connect_unix(kernel, fd, &name)
                            : vigil_model_connect(kernel, fd, PORT);
    check(result == 0 || result == -EINPROGRESS);
    return fd;
}

/* Ten wakes in any 100 ms, at most: the times of the last ten are kept. */
static void endure(server *s, uint64_t until_ns)
{
    uint64_t wakes_ns[10] = {0};
    unsigned wakes = 0;
    while (now() < until_ns) {
        turn(s, vigil_ns(until_ns - now()));
        uint64_t *tenth_last = &wakes_ns[wakes % 10];
        check(wakes < 10 || now() - *tenth_last >= 100 * MS_IN_NS);
        *tenth_last = now();
        wakes++;
    }
    check_equal(s->accepted, 0);
}

/* The descriptor comes free at some moment of the pause or of what is around it. */
static void play(bool is_unix, vigil_interest interest, uint64_t freed_after_ns)
{
    server s;
    vigil_sim_begin(&(vigil_sim_options){.seed = 1, .descriptors_max = DESCRIPTORS});
    open_server(&s, is_unix, interest);
    int client = connect_client(&s);
    endure(&s, now() + freed_after_ns);
    check_equal(vigil_model_close(vigil_sim_kernel(), client), 0);
    uint64_t freed_ns = now();
    while (s.accepted == 0) {
        turn(&s, VIGIL_FOREVER);
    }
    check_within(now() - freed_ns, 0, 50 * MS_IN_NS);
    close_server(&s);
    check_equal(vigil_sim_end().descriptors, 0);
}

static void simulated__exhaustion(void **state)
{
    (void)state;
    const vigil_interest triggers[] = {VIGIL_READABLE, VIGIL_READABLE | VIGIL_LEVEL};
    for (uint64_t station = 0; station < STATIONS; station++) {
        for (int i = 0; i < 4; i++) {
            play(i / 2 == 1, triggers[i % 2], 210 * MS_IN_NS + station * 3 * MS_IN_NS / 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulated__exhaustion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
