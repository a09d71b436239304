/* SPDX-License-Identifier: MIT */

/* What a Unix stream does at its edges, who is at the other end, and what is
 * refused. */
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

static void edge__after_would_block(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_watched_pair(&r, VIGIL_READABLE);
    for (unsigned i = 0; i < 3; i++) {
        expect_stream_blocked(&r.one);
        write_words(&r.two, "again");
        check(vigil_event_is_readable(wait_for(&r.f, ONE)));
        read_words(&r.one, "again");
    }
    close_stream_pair(&r);
}

static void edge__when_there_is_room_again(void **state)
{
    (void)state;
    unix_stream_rig r;
    char data[4096] = "";
    size_t count = 0;
    vigil_status status = VIGIL_OK;
    open_watched_pair(&r, VIGIL_WRITABLE);
    while (status == VIGIL_OK) {
        status = vigil_unix_stream_write(&r.one, data, sizeof data, &count);
    }
    check_status(status, VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check(drain(vigil_unix_stream_fd(&r.two)) > 0);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    check_ok(vigil_unix_stream_write(&r.one, data, sizeof data, &count));
    close_stream_pair(&r);
}

/* --- who is there ----------------------------------------------------------------- */

static void credentials__of_the_peer(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_credentials peer = {0};
    open_stream_pair(&r);
    check_ok(vigil_unix_stream_peer_credentials(&r.one, &peer));
    check_equal(peer.process, getpid());
    check_equal(peer.user, geteuid());
    check_equal(peer.group, getegid());
    close_stream_pair(&r);
}

static void connect_and_stay(void *where)
{
    vigil_unix_stream stream;
    char byte = 0;
    size_t count = 0;
    check_ok(vigil_unix_stream_connect(&stream, where));
    await_level(vigil_unix_stream_fd(&stream), POLLIN);
    check_ok(vigil_unix_stream_read(&stream, &byte, 1, &count));
    check_equal(count, 0);
    check_ok(vigil_unix_stream_close(&stream));
}

static void run_a_child(void *where)
{
    run_child(connect_and_stay, where);
}

/* Of another process: not this one's. */
static void credentials__of_a_child(void **state)
{
    (void)state;
    vigil_unix_listener listener;
    vigil_unix_stream stream;
    vigil_credentials peer = {0};
    vigil_unix_address where = fresh_abstract();
    test_thread thread;
    check_ok(vigil_unix_listener_bind(&listener, &where));
    start_thread(&thread, run_a_child, &where);
    await_level(vigil_unix_listener_fd(&listener), POLLIN);
    check_ok(vigil_unix_listener_accept(&listener, &stream, NULL));
    check_ok(vigil_unix_stream_peer_credentials(&stream, &peer));
    check(peer.process > 0 && peer.process != getpid());
    check_equal(peer.user, geteuid());
    check_ok(vigil_unix_stream_close(&stream));
    join_thread(&thread);
    check_ok(vigil_unix_listener_close(&listener));
}

/* --- what is refused -------------------------------------------------------------- */

static void expect_connect(vigil_unix_address where, vigil_status status)
{
    unsigned before = open_descriptors();
    vigil_unix_stream stream;
    check_status(vigil_unix_stream_connect(&stream, &where), status);
    check_equal(vigil_unix_stream_fd(&stream), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&stream.source));
    check_equal(open_descriptors(), before);
}

static void connect__that_fails_leaves_nothing(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_path();
    vigil_unix_listener listener;
    vigil_unix_datagram datagram;
    vigil_unix_address bad = where;
    bad.length = 0;
    expect_connect(where, VIGIL_ENOENT);
    expect_connect(fresh_abstract(), VIGIL_ECONNREFUSED);
    expect_connect(vigil_unix_address_unnamed(), VIGIL_EINVAL);
    expect_connect(bad, VIGIL_EINVAL);
    check_ok(vigil_unix_listener_bind(&listener, &where));
    check_ok(vigil_unix_listener_close(&listener));
    expect_connect(where, VIGIL_ECONNREFUSED);
    remove_path(where);
    where = fresh_path();
    check_ok(vigil_unix_datagram_bind(&datagram, &where));
    expect_connect(where, VIGIL_EPROTOTYPE);
    check_ok(vigil_unix_datagram_close(&datagram));
    remove_path(where);
}

/* The queue holds one more than the backlog, and no event says that it has room. */
static void connect__to_a_full_queue(void **state)
{
    (void)state;
    vigil_unix_listener listener;
    vigil_unix_stream streams[3];
    vigil_unix_stream accepted;
    vigil_unix_address where = fresh_abstract();
    check_ok(vigil_unix_listener_bind_backlog(&listener, &where, 1));
    check_ok(vigil_unix_stream_connect(&streams[0], &where));
    check_ok(vigil_unix_stream_connect(&streams[1], &where));
    expect_connect(where, VIGIL_EWOULDBLOCK);
    check_ok(vigil_unix_listener_accept(&listener, &accepted, NULL));
    check_ok(vigil_unix_stream_connect(&streams[2], &where));
    for (size_t i = 0; i < 3; i++) {
        check_ok(vigil_unix_stream_close(&streams[i]));
    }
    check_ok(vigil_unix_stream_close(&accepted));
    check_ok(vigil_unix_listener_close(&listener));
}

static void closed__every_call_says_so(void **state)
{
    (void)state;
    vigil_unix_stream s = VIGIL_UNIX_STREAM_CLOSED;
    char byte = 'x';
    size_t count = 1;
    vigil_fd fd = 0;
    vigil_status error = VIGIL_OK;
    vigil_unix_address name = abstract_address("x", 1);
    vigil_credentials peer = {1, 2, 3};
    vigil_buffer buffer = {&byte, 1};
    check_status(vigil_unix_stream_read(&s, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check_status(vigil_unix_stream_peek(&s, &byte, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_stream_readv(&s, &buffer, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_stream_write(&s, &byte, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_stream_writev(&s, &buffer, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_stream_shutdown(&s, VIGIL_SHUTDOWN_BOTH), VIGIL_EBADF);
    check_status(vigil_unix_stream_local_address(&s, &name), VIGIL_EBADF);
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    name = abstract_address("x", 1);
    check_status(vigil_unix_stream_peer_address(&s, &name), VIGIL_EBADF);
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_status(vigil_unix_stream_peer_credentials(&s, &peer), VIGIL_EBADF);
    check(peer.process == 0 && peer.user == 0 && peer.group == 0);
    check_status(vigil_unix_stream_take_error(&s, &error), VIGIL_EBADF);
    check_status(vigil_unix_stream_into_fd(&s, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
    check_ok(vigil_unix_stream_close(&s));
    check_status(vigil_unix_stream_from_fd(&s, VIGIL_FD_NONE), VIGIL_EBADF);
}

static void raw_fd__is_given_and_taken(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_fd given = VIGIL_FD_NONE;
    open_watched_pair(&r, VIGIL_READABLE);
    vigil_fd fd = vigil_unix_stream_fd(&r.one);
    check_ok(vigil_unix_stream_into_fd(&r.one, &given));
    check_equal(given, fd);
    check_equal(vigil_unix_stream_fd(&r.one), VIGIL_FD_NONE);
    check(is_open(fd));
    write_words(&r.two, "kept");
    expect_no_events(&r.f);
    check_ok(vigil_unix_stream_from_fd(&r.one, given));
    read_words(&r.one, "kept");
    close_stream_pair(&r);
    check(!is_open(fd));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(edge__after_would_block),
        tcp_unit_test(edge__when_there_is_room_again),
        tcp_unit_test(credentials__of_the_peer),
        tcp_unit_test(credentials__of_a_child),
        tcp_unit_test(connect__that_fails_leaves_nothing),
        tcp_unit_test(connect__to_a_full_queue),
        tcp_unit_test(closed__every_call_says_so),
        tcp_unit_test(raw_fd__is_given_and_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
