/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_refuse.h"
#include "support/thread.h"
#include "support/unix_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ONE 1
#define TWO 2
#define NEW_TOKEN 9
#define BOTH (VIGIL_READABLE | VIGIL_WRITABLE)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- a socket and the system ------------------------------------------------------ */

static void open_there(void *rig)
{
    open_datagram_pair(rig);
}

static void send_there(void *argument)
{
    unix_datagram_rig *r = argument;
    send_words(&r->one, "across");
}

static void receive_there(void *argument)
{
    unix_datagram_rig *r = argument;
    receive_words(&r->two, "across", vigil_unix_address_unnamed());
}

static void close_there(void *rig)
{
    close_datagrams(rig);
}

static void unix_datagram__is_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {open_there, send_there, receive_there, close_there};
    test_thread thread;
    unix_datagram_rig r;
    for (size_t i = 0; i < COUNT(turns); i++) {
        start_thread(&thread, turns[i], &r);
        join_thread(&thread);
    }
}

static void use_unconnected(unix_datagram_rig *r)
{
    size_t count = 1;
    vigil_unix_address name;
    check_new_datagram(&r->one, r->at_one);
    check_new_datagram(&r->two, r->at_two);
    check_status(vigil_unix_datagram_peer_address(&r->one, &name), VIGIL_ENOTCONN);
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_status(vigil_unix_datagram_send(&r->one, "x", 1, &count), VIGIL_ENOTCONN);
    check_equal(count, 0);
    watch_source(&r->f, &r->one.source, ONE, VIGIL_READABLE);
    watch_source(&r->f, &r->two.source, TWO, VIGIL_READABLE);
    expect_no_events(&r->f);
    expect_no_words(&r->one);
    send_words_to(&r->one, "there", r->at_two);
    check(vigil_event_is_readable(wait_for(&r->f, TWO)));
    receive_words(&r->two, "there", r->at_one);
    expect_no_words(&r->two);
    send_words_to(&r->two, "and back", r->at_one);
    check(vigil_event_is_readable(wait_for(&r->f, ONE)));
    receive_words(&r->one, "and back", r->at_two);
    expect_no_words(&r->one);
}

static void adopt_anew(vigil_unix_datagram *socket)
{
    vigil_fd fd = VIGIL_FD_NONE;
    check_ok(vigil_unix_datagram_into_fd(socket, &fd));
    check_os(fcntl(fd, F_SETFL, 0));
    check_os(fcntl(fd, F_SETFD, 0));
    check_ok(vigil_unix_datagram_from_fd(socket, fd));
}

static void unix_datagram__smoke_unconnected(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_named_datagrams(&r);
    use_unconnected(&r);
    close_datagrams(&r);
}

static void unix_datagram__smoke_unconnected_from_std(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_named_datagrams(&r);
    adopt_anew(&r.one);
    adopt_anew(&r.two);
    use_unconnected(&r);
    close_datagrams(&r);
}

static void unix_datagram__smoke_connected(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_named_datagrams(&r);
    connect_datagrams(&r);
    use_connected_datagrams(&r);
    close_datagrams(&r);
}

static void unix_datagram__smoke_connected_from_std(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_named_datagrams(&r);
    connect_datagrams(&r);
    adopt_anew(&r.one);
    adopt_anew(&r.two);
    use_connected_datagrams(&r);
    close_datagrams(&r);
}

/* By path, both ways; and again, to somebody else. */
static void unix_datagram__unix_datagram_connect(void **state)
{
    (void)state;
    unix_datagram_rig r;
    vigil_unix_datagram three;
    vigil_unix_address at_three = fresh_path();
    open_named_datagrams(&r);
    check_ok(vigil_unix_datagram_bind(&three, &at_three));
    check_ok(vigil_unix_datagram_connect(&r.two, &at_three));
    check_ok(vigil_unix_datagram_connect(&three, &r.at_two));
    send_words(&r.two, "there");
    receive_words(&three, "there", r.at_two);
    send_words(&three, "and back");
    receive_words(&r.two, "and back", at_three);
    check_status(vigil_unix_datagram_connect(&r.one, &r.at_two), VIGIL_EPERM);
    check_ok(vigil_unix_datagram_connect(&r.two, &r.at_one));
    send_words(&r.two, "to one");
    receive_words(&r.one, "to one", r.at_two);
    check_ok(vigil_unix_datagram_close(&three));
    remove_path(at_three);
    close_datagrams(&r);
}

static void unix_datagram__unix_datagram_pair(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_datagram_pair(&r);
    check_new_datagram(&r.one, vigil_unix_address_unnamed());
    check_new_datagram(&r.two, vigil_unix_address_unnamed());
    watch_source(&r.f, &r.one.source, ONE, BOTH);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    watch_source(&r.f, &r.two.source, TWO, BOTH);
    check(vigil_event_is_writable(wait_for(&r.f, TWO)));
    use_connected_datagrams(&r);
    close_datagrams(&r);
}

static void unix_datagram__unix_datagram_shutdown(void **state)
{
    (void)state;
    unix_datagram_rig r;
    char byte = 0;
    size_t count = 1;
    open_datagram_pair(&r);
    watch_source(&r.f, &r.one.source, ONE, BOTH);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    check_ok(vigil_unix_datagram_shutdown(&r.one, VIGIL_SHUTDOWN_READ));
    check(vigil_event_is_read_closed(wait_for(&r.f, ONE)));
    check_status(vigil_unix_datagram_receive(&r.one, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_unix_datagram_shutdown(&r.one, VIGIL_SHUTDOWN_WRITE));
    check(vigil_event_is_write_closed(wait_for(&r.f, ONE)));
    check_status(vigil_unix_datagram_send(&r.one, "x", 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
    check_status(vigil_unix_datagram_shutdown(&r.one, (vigil_shutdown)-1), VIGIL_EINVAL);
    close_datagrams(&r);
}

/* --- registering ------------------------------------------------------------------ */

static void unix_datagram__unix_datagram_register(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_datagram_pair(&r);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    expect_no_events(&r.f);
    close_datagrams(&r);
}

static void unix_datagram__unix_datagram_reregister(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_datagram_pair(&r);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    check_ok(vigil_registry_reregister(r.f.registry, &r.one.source, NEW_TOKEN, VIGIL_WRITABLE));
    vigil_event event = wait_for(&r.f, NEW_TOKEN);
    check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    close_datagrams(&r);
}

static void unix_datagram__unix_datagram_deregister(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_datagram_pair(&r);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_READABLE);
    unwatch(&r.f, &r.one.source);
    send_words(&r.two, "quiet");
    expect_no_events(&r.f);
    receive_words(&r.one, "quiet", vigil_unix_address_unnamed());
    close_datagrams(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(unix_datagram__is_send_and_sync),
        tcp_unit_test(unix_datagram__smoke_unconnected),
        tcp_unit_test(unix_datagram__smoke_unconnected_from_std),
        tcp_unit_test(unix_datagram__smoke_connected),
        tcp_unit_test(unix_datagram__smoke_connected_from_std),
        tcp_unit_test(unix_datagram__unix_datagram_connect),
        tcp_unit_test(unix_datagram__unix_datagram_pair),
        tcp_unit_test(unix_datagram__unix_datagram_shutdown),
        tcp_unit_test(unix_datagram__unix_datagram_register),
        tcp_unit_test(unix_datagram__unix_datagram_reregister),
        tcp_unit_test(unix_datagram__unix_datagram_deregister),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
