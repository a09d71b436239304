/* SPDX-License-Identifier: MIT */

/* Defects that mio once had, by the numbers of its tracker (regressions.rs). */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/thread.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* A peer that reads to the end of the stream. */
static void read_to_the_end(void *argument)
{
    const int *fd = argument;
    struct pollfd readable = {.fd = *fd, .events = POLLIN};
    char byte = 0;
    check_equal(poll(&readable, 1, (int)(PATIENCE_NS / MS_IN_NS)), 1);
    check_equal(recv(*fd, &byte, 1, 0), 0);
}

/* A stream that has seen would-block and is closed in the midst of the loop is
 * closed for its peer too, and at once. */
static void regressions__issue_776(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_tcp_stream stream;
    test_thread peer;
    char bytes[1024];
    size_t count = 0;
    open_fixture(&f);
    open_tcp_pair(fd);
    check_ok(vigil_tcp_stream_from_fd(&stream, fd[0]));
    check_ok(
        vigil_registry_register(f.registry, &stream.source, 1, VIGIL_READABLE | VIGIL_WRITABLE));
    check(vigil_event_is_writable(wait_for(&f, 1)));
    check_status(vigil_tcp_stream_read(&stream, bytes, sizeof bytes, &count), VIGIL_EWOULDBLOCK);
    start_thread(&peer, read_to_the_end, &fd[1]);
    uint64_t begin_ns = now_ns();
    check_ok(vigil_tcp_stream_close(&stream));
    join_thread(&peer);
    check_within(now_ns() - begin_ns, 0, 5 * SECOND_IN_NS);
    check_os(close(fd[1]));
    close_fixture(&f);
}

static void wake_soon(void *argument)
{
    const vigil_waker *waker = argument;
    sleep_ms(50);
    check_ok(vigil_waker_wake(waker));
}

/* A listener that is ready and deregistered does not end an endless wait; the
 * waker does, alone. */
static void regressions__issue_1205(void **state)
{
    (void)state;
    fixture f;
    vigil_waker waker;
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    test_thread thread;
    vigil_event event;
    vigil_address address = vigil_address_loopback_ipv4(0);
    open_fixture(&f);
    check_ok(vigil_waker_open(&waker, f.registry, 1));
    check_equal(take_ready(&f, NULL), 0);
    check_ok(vigil_tcp_listener_bind(&listener, &address));
    check_ok(vigil_tcp_listener_local_address(&listener, &address));
    check_ok(vigil_registry_register(f.registry, &listener.source, 0, VIGIL_READABLE));
    check_ok(vigil_tcp_stream_connect(&client, &address));
    check_ok(vigil_registry_deregister(f.registry, &listener.source));
    uint64_t begin_ns = now_ns();
    start_thread(&thread, wake_soon, &waker);
    check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_FOREVER));
    check_within(now_ns() - begin_ns, 50 * MS_IN_NS, PATIENCE_NS);
    check(vigil_events_next(&f.events, &event));
    check_equal(event.token, 1);
    check(!vigil_events_next(&f.events, &event));
    join_thread(&thread);
    vigil_waker_close(&waker);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(regressions__issue_776),
        kernel_test(regressions__issue_1205),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
