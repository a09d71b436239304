/* SPDX-License-Identifier: MIT */

/* A server that has no descriptor for the connections that wait: what it costs, and
 * how soon they are accepted once there is one. */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/thread.h"
#include "support/unix_names.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LISTENER 1
#define SHORTAGE_MS 250
#define WAKES_PER_100_MS 10
#define SPIN 100

/* A server of either kind of connections, and one client that has connected. */
typedef struct server {
    fixture f;
    bool is_unix;
    vigil_interest interest;
    vigil_tcp_listener tcp;
    vigil_unix_listener local;
    vigil_unix_address path;
    int client;
    vigil_source *listener;
    vigil_pause pause;
    vigil_status failed; /* the last that accepting answered, if not would-block */
    unsigned wakes;      /* waits that have returned */
    unsigned accepted;
} server;

/* Takes no descriptor with it, whatever comes. */
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
static void accept_all(server *s)
{
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK || status == VIGIL_ECONNABORTED) {
        status = accept_one(s);
    }
    if (status != VIGIL_EWOULDBLOCK) {
        s->failed = status;
        check_ok(vigil_pause_begin(&s->pause, s->f.registry, s->listener, LISTENER, s->interest,
                                   VIGIL_PAUSE_EXHAUSTED));
    }
}

static void turn(server *s)
{
    vigil_event event;
    wait_once(&s->f, vigil_pause_timeout(&s->pause, vigil_seconds(20)));
    s->wakes++;
    check_ok(vigil_pause_end_if_due(&s->pause, s->f.registry, s->listener));
    while (vigil_events_next(&s->f.events, &event)) {
        check_equal(event.token, LISTENER);
        accept_all(s);
    }
}

static void open_server(server *s, bool is_unix, vigil_interest interest)
{
    *s = (server){.is_unix = is_unix, .interest = interest, .client = -1};
    open_fixture(&s->f);
    if (is_unix) {
        vigil_unix_stream client;
        s->path = fresh_path();
        check_ok(vigil_unix_listener_bind(&s->local, &s->path));
        check_ok(vigil_unix_stream_connect(&client, &s->path));
        check_ok(vigil_unix_stream_into_fd(&client, &s->client));
        s->listener = &s->local.source;
    } else {
        vigil_tcp_stream client;
        vigil_address where = open_listener(&s->tcp, VIGIL_FAMILY_IPV4);
        connect_to(&client, where);
        check_ok(vigil_tcp_stream_into_fd(&client, &s->client));
        s->listener = &s->tcp.source;
    }
    watch_source(&s->f, s->listener, LISTENER, interest);
}

static void close_server(server *s)
{
    check_os(close(s->client));
    if (s->is_unix) {
        check_ok(vigil_unix_listener_close(&s->local));
        remove_path(s->path);
    } else {
        check_ok(vigil_tcp_listener_close(&s->tcp));
    }
    close_fixture(&s->f);
}

/* As long as the shortage lasts, ten wakes in 100 ms at most. The clock is read last,
 * so that a slow machine has more time, and never less. */
static void endure(server *s, vigil_status expected)
{
    uint64_t begun_ns = now_ns();
    uint64_t lasted_ns = 0;
    while (lasted_ns < SHORTAGE_MS * MS_IN_NS) {
        turn(s);
        lasted_ns = now_ns() - begun_ns;
    }
    check_within(s->wakes * 100 * MS_IN_NS, 0, WAKES_PER_100_MS * lasted_ns);
    check_within(s->wakes, 2, UINT32_MAX);
    check_status(s->failed, expected);
    check_equal(s->accepted, 0);
}

/* From the moment that there is a descriptor: no wait is longer than 25 ms, and the
 * second one that returns, or before, has the connection. */
static void recover(server *s)
{
    check_within(vigil_pause_timeout(&s->pause, VIGIL_FOREVER).ns, 0,
                 vigil_pause_is_active(&s->pause) ? 25 * MS_IN_NS : UINT64_MAX);
    unsigned wakes_before = s->wakes;
    uint64_t freed_ns = now_ns();
    while (s->accepted == 0) {
        turn(s);
    }
    check_within(now_ns() - freed_ns, 0, 5 * SECOND_IN_NS);
    check_within(s->wakes - wakes_before, 1, 3);
    check(!vigil_pause_is_active(&s->pause));
    expect_no_events(&s->f);
}

typedef void play(server *s);

static void for_each_listener(play *played)
{
    const vigil_interest triggers[] = {VIGIL_READABLE, VIGIL_READABLE | VIGIL_LEVEL};
    for (int i = 0; i < 4; i++) {
        server s;
        open_server(&s, i / 2 == 1, triggers[i % 2]);
        played(&s);
        close_server(&s);
    }
}

/* --- no descriptor in the process ----------------------------------------------------- */

static void in_process_shortage(void *argument)
{
    server *s = argument;
    unsigned free_number = (unsigned)lowest_free_descriptor();
    limit_descriptors(free_number);
    endure(s, VIGIL_EMFILE);
    limit_descriptors(free_number + 1);
    recover(s);
}

static void run_process_shortage(server *s)
{
    run_child(in_process_shortage, s);
}

static void exhaustion__of_the_process(void **state)
{
    (void)state;
    require_kernel_limits();
    for_each_listener(run_process_shortage);
}

/* --- none in the system ---------------------------------------------------------------- */

/* ENFILE comes from a filter of system calls, which a thread has for itself. */
static void in_system_shortage(void *argument)
{
    refuse_system_call(SYS_accept4, ENFILE);
    endure(argument, VIGIL_ENFILE);
}

static void run_system_shortage(server *s)
{
    test_thread thread;
    start_thread(&thread, in_system_shortage, s);
    join_thread(&thread);
    recover(s);
}

static void exhaustion__of_the_system(void **state)
{
    (void)state;
    for_each_listener(run_system_shortage);
}

/* --- who knows that there is one again ------------------------------------------------- */

static void in_known_shortage(void *argument)
{
    server *s = argument;
    unsigned free_number = (unsigned)lowest_free_descriptor();
    limit_descriptors(free_number);
    turn(s);
    check_status(s->failed, VIGIL_EMFILE);
    check(vigil_pause_is_active(&s->pause));
    limit_descriptors(free_number + 1);
    check_ok(vigil_pause_end(&s->pause, s->f.registry, s->listener));
    turn(s);
    check_equal(s->accepted, 1);
    check_equal(s->wakes, 2);
}

static void run_known_shortage(server *s)
{
    run_child(in_known_shortage, s);
}

/* A program that has closed a descriptor need not wait for the pause to end. */
static void exhaustion__is_over_when_the_program_says_so(void **state)
{
    (void)state;
    require_kernel_limits();
    for_each_listener(run_known_shortage);
}

/* --- what the pause is for -------------------------------------------------------------- */

/* Level-triggered every wait reports the listener at once; edge-triggered none does, and
 * nobody would ever look again. */
static void in_shortage_without_a_pause(void *argument)
{
    server *s = argument;
    unsigned free_number = (unsigned)lowest_free_descriptor();
    limit_descriptors(free_number);
    (void)wait_for(&s->f, LISTENER);
    check_status(accept_one(s), VIGIL_EMFILE);
    if ((s->interest & VIGIL_LEVEL) == 0) {
        expect_no_events(&s->f);
    }
    for (int i = 0; i < SPIN && (s->interest & VIGIL_LEVEL) != 0; i++) {
        (void)wait_for(&s->f, LISTENER);
        check_status(accept_one(s), VIGIL_EMFILE);
    }
    limit_descriptors(free_number + 1);
    check_ok(accept_one(s));
}

static void run_shortage_without_a_pause(server *s)
{
    run_child(in_shortage_without_a_pause, s);
}

static void exhaustion__without_a_pause(void **state)
{
    (void)state;
    require_kernel_limits();
    for_each_listener(run_shortage_without_a_pause);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(exhaustion__of_the_process),
        tcp_unit_test(exhaustion__of_the_system),
        tcp_unit_test(exhaustion__is_over_when_the_program_says_so),
        tcp_unit_test(exhaustion__without_a_pause),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
