/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/thread.h"
#include "support/unix_rig.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ONE 1
#define TWO 2
#define NEW_TOKEN 9
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)

/* --- a stream and the system ------------------------------------------------------ */

static void unix_stream__assert_size(void **state)
{
    (void)state;
    check_equal(sizeof(vigil_unix_stream), sizeof(vigil_source));
    check_equal(sizeof(vigil_unix_listener), sizeof(vigil_source));
    check_equal(sizeof(vigil_unix_datagram), sizeof(vigil_source));
}

static void open_there(void *rig)
{
    open_stream_pair(rig);
}

static void write_there(void *argument)
{
    unix_stream_rig *r = argument;
    write_words(&r->one, "across");
}

static void read_there(void *argument)
{
    unix_stream_rig *r = argument;
    read_words(&r->two, "across");
}

static void close_there(void *rig)
{
    close_stream_pair(rig);
}

static void unix_stream__unix_stream_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {open_there, write_there, read_there, close_there};
    test_thread thread;
    unix_stream_rig r;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        start_thread(&thread, turns[i], &r);
        join_thread(&thread);
    }
}

static void check_vectors(unix_stream_rig *r)
{
    char one[] = "ab";
    char two[] = "cde";
    char three[8];
    vigil_buffer out[] = {{one, 2}, {NULL, 0}, {two, 3}};
    vigil_buffer in[] = {{one, 1}, {two, 3}, {three, sizeof three}};
    size_t count = 0;
    check_ok(vigil_unix_stream_writev(&r->one, out, 3, &count));
    check_equal(count, 5);
    read_words(&r->two, "abcde");
    write_words(&r->two, "vwxyz");
    memset(three, '#', sizeof three);
    check_ok(vigil_unix_stream_readv(&r->one, in, 3, &count));
    check_equal(count, 5);
    check_text(one, "vb");
    check_text(two, "wxy");
    check_equal(memcmp(three, "z#######", 8), 0);
}

static void use_stream(unix_stream_rig *r)
{
    vigil_status error = VIGIL_EUNKNOWN;
    char data[16] = "";
    size_t count = 0;
    check(is_nonblocking(vigil_unix_stream_fd(&r->one)));
    check(is_close_on_exec(vigil_unix_stream_fd(&r->one)));
    watch_source(&r->f, &r->one.source, ONE, BOTH);
    vigil_event event = wait_for(&r->f, ONE);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    expect_stream_blocked(&r->one);
    write_words(&r->one, "there");
    read_words(&r->two, "there");
    write_words(&r->two, "and back");
    check(vigil_event_is_readable(wait_until(&r->f, ONE, vigil_event_is_readable)));
    check_ok(vigil_unix_stream_peek(&r->one, data, sizeof data - 1, &count));
    check_equal(count, 8);
    check_text(data, "and back");
    read_words(&r->one, "and back");
    expect_stream_blocked(&r->one);
    check_vectors(r);
    check_ok(vigil_unix_stream_take_error(&r->one, &error));
    check_status(error, VIGIL_OK);
    check_ok(vigil_unix_stream_close(&r->two));
    event = wait_until(&r->f, ONE, vigil_event_is_read_closed);
    check(vigil_event_is_readable(event));
    expect_stream_end(&r->one);
    expect_stream_end(&r->one);
    expect_stream_broken(&r->one);
}

/* A listener, a stream to it, and the stream it gives. */
static vigil_unix_listener open_linked_rig_at(unix_stream_rig *r, vigil_unix_address where)
{
    vigil_unix_listener listener;
    open_fixture(&r->f);
    check_ok(vigil_unix_listener_bind(&listener, &where));
    check_ok(vigil_unix_stream_connect(&r->one, &where));
    check_ok(vigil_unix_listener_accept(&listener, &r->two, NULL));
    return listener;
}

static void unix_stream__unix_stream_smoke(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_address where = fresh_path();
    vigil_unix_listener listener = open_linked_rig_at(&r, where);
    use_stream(&r);
    check_ok(vigil_unix_listener_close(&listener));
    close_stream_pair(&r);
    remove_path(where);
}

/* Connected before anybody accepts: writable at once; and what the peer's close is. */
static void unix_stream__unix_stream_connect(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_listener listener;
    vigil_unix_address where = fresh_path();
    open_fixture(&r.f);
    check_ok(vigil_unix_listener_bind(&listener, &where));
    check_ok(vigil_unix_stream_connect(&r.one, &where));
    watch_source(&r.f, &r.one.source, ONE, BOTH);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    write_words(&r.one, "early");
    check_ok(vigil_unix_listener_accept(&listener, &r.two, NULL));
    read_words(&r.two, "early");
    check_ok(vigil_unix_stream_close(&r.two));
    check(vigil_event_is_readable(wait_until(&r.f, ONE, vigil_event_is_readable)));
    expect_stream_end(&r.one);
    check_ok(vigil_unix_listener_close(&listener));
    close_stream_pair(&r);
    remove_path(where);
}

static void unix_stream__unix_stream_connect_addr(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_listener listener = open_linked_rig_at(&r, fresh_abstract());
    use_stream(&r);
    check_ok(vigil_unix_listener_close(&listener));
    close_stream_pair(&r);
}

/* A connection that somebody else made: blocking, and inherited by programs. */
static void unix_stream__unix_stream_from_std(void **state)
{
    (void)state;
    unix_stream_rig r;
    int fds[2];
    open_fixture(&r.f);
    check_os(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    check_ok(vigil_unix_stream_from_fd(&r.one, fds[0]));
    check_ok(vigil_unix_stream_from_fd(&r.two, fds[1]));
    use_stream(&r);
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_pair(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_address name;
    open_stream_pair(&r);
    check(is_nonblocking(vigil_unix_stream_fd(&r.two)));
    check(is_close_on_exec(vigil_unix_stream_fd(&r.two)));
    check_ok(vigil_unix_stream_local_address(&r.one, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_stream_peer_address(&r.one, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    use_stream(&r);
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_peer_addr(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_address name;
    vigil_unix_address where = fresh_path();
    vigil_unix_listener listener = open_linked_rig_at(&r, where);
    check_ok(vigil_unix_stream_peer_address(&r.one, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_local_address(&r.one, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_stream_local_address(&r.two, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_peer_address(&r.two, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_listener_close(&listener));
    close_stream_pair(&r);
    remove_path(where);
}

/* --- shutting down ---------------------------------------------------------------- */

static void unix_stream__unix_stream_shutdown_read(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, BOTH);
    check_ok(vigil_unix_stream_shutdown(&r.one, VIGIL_SHUTDOWN_READ));
    check(vigil_event_is_read_closed(wait_for(&r.f, ONE)));
    expect_stream_end(&r.one);
    expect_stream_broken(&r.two);
    write_words(&r.one, "still");
    read_words(&r.two, "still");
    close_stream_pair(&r);
}

/* epoll(7) has no bit for the own side's end; kqueue(2) has. */
static void unix_stream__unix_stream_shutdown_write(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, BOTH);
    check_ok(vigil_unix_stream_shutdown(&r.one, VIGIL_SHUTDOWN_WRITE));
    expect_stream_broken(&r.one);
    expect_stream_end(&r.two);
    write_words(&r.two, "still");
    read_words(&r.one, "still");
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_shutdown_both(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, BOTH);
    check_ok(vigil_unix_stream_shutdown(&r.one, VIGIL_SHUTDOWN_BOTH));
    vigil_event event = wait_for(&r.f, ONE);
    check(vigil_event_is_write_closed(event) && vigil_event_is_read_closed(event));
    expect_stream_end(&r.one);
    expect_stream_broken(&r.one);
    expect_stream_end(&r.two);
    expect_stream_broken(&r.two);
    check_status(vigil_unix_stream_shutdown(&r.one, (vigil_shutdown)3), VIGIL_EINVAL);
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_shutdown_listener_write(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_unix_listener listener = open_linked_rig_at(&r, fresh_abstract());
    watch_source(&r.f, &r.one.source, ONE, BOTH);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    check_ok(vigil_unix_stream_shutdown(&r.two, VIGIL_SHUTDOWN_WRITE));
    check(vigil_event_is_read_closed(wait_for(&r.f, ONE)));
    expect_stream_end(&r.one);
    check_ok(vigil_unix_listener_close(&listener));
    close_stream_pair(&r);
}

/* --- registering ------------------------------------------------------------------ */

static void unix_stream__unix_stream_register(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, VIGIL_READABLE);
    expect_no_events(&r.f);
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_reregister(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, VIGIL_READABLE);
    check_ok(vigil_registry_reregister(r.f.registry, &r.one.source, NEW_TOKEN, VIGIL_WRITABLE));
    vigil_event event = wait_for(&r.f, NEW_TOKEN);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    close_stream_pair(&r);
}

static void unix_stream__unix_stream_deregister(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, VIGIL_READABLE);
    unwatch(&r.f, &r.one.source);
    write_words(&r.two, "quiet");
    expect_no_events(&r.f);
    read_words(&r.one, "quiet");
    close_stream_pair(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(unix_stream__assert_size),
        tcp_unit_test(unix_stream__unix_stream_send_and_sync),
        tcp_unit_test(unix_stream__unix_stream_smoke),
        tcp_unit_test(unix_stream__unix_stream_connect),
        tcp_unit_test(unix_stream__unix_stream_connect_addr),
        tcp_unit_test(unix_stream__unix_stream_from_std),
        tcp_unit_test(unix_stream__unix_stream_pair),
        tcp_unit_test(unix_stream__unix_stream_peer_addr),
        tcp_unit_test(unix_stream__unix_stream_shutdown_read),
        tcp_unit_test(unix_stream__unix_stream_shutdown_write),
        tcp_unit_test(unix_stream__unix_stream_shutdown_both),
        tcp_unit_test(unix_stream__unix_stream_shutdown_listener_write),
        tcp_unit_test(unix_stream__unix_stream_register),
        tcp_unit_test(unix_stream__unix_stream_reregister),
        tcp_unit_test(unix_stream__unix_stream_deregister),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
