/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/thread.h"
#include "support/unix_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define LISTENER 1
#define NEW_TOKEN 9

static void expect_no_connection(vigil_unix_listener *listener)
{
    vigil_unix_stream stream;
    vigil_unix_address peer = abstract_address("x", 1);
    check_status(vigil_unix_listener_accept(listener, &stream, &peer), VIGIL_EWOULDBLOCK);
    check_equal(vigil_unix_stream_fd(&stream), VIGIL_FD_NONE);
    check_equal(peer.kind, VIGIL_UNIX_UNNAMED);
}

static vigil_unix_stream connected(vigil_unix_address where)
{
    vigil_unix_stream stream;
    check_ok(vigil_unix_stream_connect(&stream, &where));
    return stream;
}

static vigil_unix_stream accepted(vigil_unix_listener *listener)
{
    vigil_unix_stream stream;
    check_ok(vigil_unix_listener_accept(listener, &stream, NULL));
    return stream;
}

static vigil_unix_listener listener_at(vigil_unix_address where)
{
    vigil_unix_listener listener;
    check_ok(vigil_unix_listener_bind(&listener, &where));
    return listener;
}

/* --- a listener from its beginning to its end ------------------------------------- */

struct moved {
    vigil_unix_listener listener;
    vigil_unix_stream client;
    vigil_unix_address where;
};

static void bind_there(void *argument)
{
    struct moved *m = argument;
    m->where = fresh_abstract();
    m->listener = listener_at(m->where);
}

static void connect_there(void *argument)
{
    struct moved *m = argument;
    m->client = connected(m->where);
}

static void accept_there(void *argument)
{
    struct moved *m = argument;
    vigil_unix_stream stream = accepted(&m->listener);
    check_ok(vigil_unix_stream_close(&stream));
}

static void close_there(void *argument)
{
    struct moved *m = argument;
    check_ok(vigil_unix_stream_close(&m->client));
    check_ok(vigil_unix_listener_close(&m->listener));
}

static void unix_listener__unix_listener_send_and_sync(void **state)
{
    (void)state;
    void (*const turns[])(void *) = {bind_there, connect_there, accept_there, close_there};
    test_thread thread;
    struct moved moved;
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        start_thread(&thread, turns[i], &moved);
        join_thread(&thread);
    }
}

static void use_listener(vigil_unix_listener *listener, vigil_unix_address where)
{
    fixture f;
    vigil_status error = VIGIL_EUNKNOWN;
    open_fixture(&f);
    check(is_nonblocking(vigil_unix_listener_fd(listener)));
    check(is_close_on_exec(vigil_unix_listener_fd(listener)));
    watch_source(&f, &listener->source, LISTENER, VIGIL_READABLE);
    expect_no_events(&f);
    expect_no_connection(listener);
    vigil_unix_stream one = connected(where);
    vigil_unix_stream two = connected(where);
    check(vigil_event_is_readable(wait_for(&f, LISTENER)));
    vigil_unix_stream first = accepted(listener);
    vigil_unix_stream second = accepted(listener);
    check(is_nonblocking(vigil_unix_stream_fd(&first)));
    check(is_close_on_exec(vigil_unix_stream_fd(&first)));
    expect_no_connection(listener);
    check_ok(vigil_unix_listener_take_error(listener, &error));
    check_status(error, VIGIL_OK);
    check_ok(vigil_unix_stream_close(&one));
    check_ok(vigil_unix_stream_close(&two));
    check_ok(vigil_unix_stream_close(&first));
    check_ok(vigil_unix_stream_close(&second));
    check_ok(vigil_unix_listener_close(listener));
    close_fixture(&f);
}

static void unix_listener__unix_listener_smoke(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_path();
    vigil_unix_listener listener = listener_at(where);
    use_listener(&listener, where);
    remove_path(where);
}

static void unix_listener__unix_listener_from_std(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_abstract();
    vigil_unix_listener listener = listener_at(where);
    vigil_fd fd = VIGIL_FD_NONE;
    check_ok(vigil_unix_listener_into_fd(&listener, &fd));
    check_os(fcntl(fd, F_SETFL, 0));
    check_os(fcntl(fd, F_SETFD, 0));
    check_ok(vigil_unix_listener_from_fd(&listener, fd));
    use_listener(&listener, where);
}

static void unix_listener__unix_listener_local_addr(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_path();
    vigil_unix_address name;
    vigil_unix_listener listener = listener_at(where);
    vigil_unix_stream client = connected(where);
    vigil_unix_stream server = accepted(&listener);
    check_ok(vigil_unix_listener_local_address(&listener, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_local_address(&server, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_local_address(&client, &name));
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
    remove_path(where);
}

/* --- registering ------------------------------------------------------------------ */

static void unix_listener__unix_listener_register(void **state)
{
    (void)state;
    fixture f;
    vigil_unix_listener listener = listener_at(fresh_abstract());
    open_fixture(&f);
    watch_source(&f, &listener.source, LISTENER, VIGIL_READABLE);
    expect_no_events(&f);
    check_ok(vigil_unix_listener_close(&listener));
    close_fixture(&f);
}

static void unix_listener__unix_listener_reregister(void **state)
{
    (void)state;
    fixture f;
    vigil_unix_address where = fresh_abstract();
    vigil_unix_listener listener = listener_at(where);
    open_fixture(&f);
    watch_source(&f, &listener.source, LISTENER, VIGIL_WRITABLE);
    vigil_unix_stream client = connected(where);
    expect_no_events(&f);
    check_ok(vigil_registry_reregister(f.registry, &listener.source, NEW_TOKEN, VIGIL_READABLE));
    check(vigil_event_is_readable(wait_for(&f, NEW_TOKEN)));
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_listener_close(&listener));
    close_fixture(&f);
}

static void unix_listener__unix_listener_deregister(void **state)
{
    (void)state;
    fixture f;
    vigil_unix_address where = fresh_abstract();
    vigil_unix_listener listener = listener_at(where);
    open_fixture(&f);
    watch_source(&f, &listener.source, LISTENER, VIGIL_READABLE);
    unwatch(&f, &listener.source);
    vigil_unix_stream client = connected(where);
    expect_no_events(&f);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_listener_close(&listener));
    close_fixture(&f);
}

/* --- names ------------------------------------------------------------------------ */

/* Binds, listens, connects; each says the name that was given, to the byte. */
static void check_name(vigil_unix_address where)
{
    vigil_unix_listener listener = listener_at(where);
    vigil_unix_address name;
    vigil_unix_stream client = connected(where);
    vigil_unix_stream server = accepted(&listener);
    check_ok(vigil_unix_listener_local_address(&listener, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_peer_address(&client, &name));
    check(vigil_unix_address_equal(name, where));
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
}

static void unix_listener__unix_listener_abstract_namespace(void **state)
{
    (void)state;
    vigil_unix_address peer = abstract_address("x", 1);
    vigil_unix_address where = fresh_abstract();
    check_name(where);
    vigil_unix_listener listener = listener_at(where);
    vigil_unix_stream client = connected(where);
    vigil_unix_stream server;
    check_ok(vigil_unix_listener_accept(&listener, &server, &peer));
    check_equal(peer.kind, VIGIL_UNIX_UNNAMED);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
}

/* Names of 1, 106 and 107 bytes, with zeros at the beginning, inside and at the end;
 * and the empty one. */
static void names__abstract(void **state)
{
    (void)state;
    char name[107];
    vigil_unix_address fresh = fresh_abstract();
    static const size_t zeros[] = {0, 1, 40, 105, 106};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        memset(name, 'n', sizeof name);
        memcpy(name + 45, fresh.name, fresh.length);
        name[zeros[i]] = '\0';
        check_name(abstract_address(name, 106));
        check_name(abstract_address(name, 107));
    }
    check_name(abstract_address("\0", 1));
    check_name(abstract_address("\0\0", 2));
    check_name(abstract_address("", 0));
}

/* Two names that differ in a zero at the end are two. */
static void names__every_byte_counts(void **state)
{
    (void)state;
    vigil_unix_address shorter = fresh_abstract();
    vigil_unix_address longer =
        abstract_address((const char *)shorter.name, (size_t)shorter.length + 1);
    vigil_unix_listener one = listener_at(shorter);
    vigil_unix_listener two = listener_at(longer);
    vigil_unix_stream client = connected(longer);
    expect_no_connection(&one);
    vigil_unix_stream server = accepted(&two);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&one));
    check_ok(vigil_unix_listener_close(&two));
}

/* Paths of 106, 107 and 108 bytes: the last one has no zero at its end, and the
 * kernel reports a length that the structure does not have. */
static void names__long_paths(void **state)
{
    (void)state;
    for (size_t length = 106; length <= 108; length++) {
        vigil_unix_address where = fresh_path_of(length);
        check_equal(where.length, length);
        check_name(where);
        remove_path(where);
    }
}

/* A client that has bound itself to such a path must not hurt who accepts it. */
static void names__of_a_client(void **state)
{
    (void)state;
    vigil_unix_address at_client = fresh_path_of(108);
    vigil_unix_address where = fresh_abstract();
    vigil_unix_address peer;
    vigil_unix_stream server;
    struct { /* Valgrind takes the path for a string, and looks for its end */
        struct sockaddr_un address;
        char end;
    } client = {.address = {.sun_family = AF_UNIX}};
    struct sockaddr_un there = {.sun_family = AF_UNIX};
    const void *native = &client.address;
    const void *native_there = &there;
    vigil_unix_listener listener = listener_at(where);
    memcpy(client.address.sun_path, at_client.name, sizeof client.address.sun_path);
    memcpy(there.sun_path + 1, where.name, where.length);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + where.length);
    int fd = check_os(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check_os(bind(fd, native, sizeof client.address));
    check_os(connect(fd, native_there, length));
    check_ok(vigil_unix_listener_accept(&listener, &server, &peer));
    check(vigil_unix_address_equal(peer, at_client));
    check_ok(vigil_unix_stream_peer_address(&server, &peer));
    check(vigil_unix_address_equal(peer, at_client));
    check_os(close(fd));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
    remove_path(at_client);
}

/* unix(7), Autobind feature: five hexadecimal digits, on Linux. */
static void names__chosen_by_the_system(void **state)
{
    (void)state;
    vigil_unix_address name;
    vigil_unix_listener listener = listener_at(vigil_unix_address_unnamed());
    check_ok(vigil_unix_listener_local_address(&listener, &name));
    check_equal(name.kind, VIGIL_UNIX_ABSTRACT);
    check_equal(name.length, 5);
    use_listener(&listener, name);
}

/* --- what is refused -------------------------------------------------------------- */

static void expect_bind(vigil_unix_address where, vigil_status status)
{
    unsigned before = open_descriptors();
    vigil_unix_listener listener;
    check_status(vigil_unix_listener_bind(&listener, &where), status);
    check_equal(vigil_unix_listener_fd(&listener), VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&listener.source));
    check_equal(open_descriptors(), before);
}

/* The file outlives the listener, and is in the way of the next one. */
static void bind__to_a_path_that_is_there(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_path();
    vigil_unix_listener listener = listener_at(where);
    expect_bind(where, VIGIL_EADDRINUSE);
    check_ok(vigil_unix_listener_close(&listener));
    expect_bind(where, VIGIL_EADDRINUSE);
    check_os(unlink((const char *)where.name));
    listener = listener_at(where);
    check_ok(vigil_unix_listener_close(&listener));
    remove_path(where);
}

static void bind__that_fails_leaves_nothing(void **state)
{
    (void)state;
    vigil_unix_address where = fresh_abstract();
    vigil_unix_listener listener = listener_at(where);
    vigil_unix_address bad = where;
    bad.length = 200;
    expect_bind(where, VIGIL_EADDRINUSE);
    expect_bind(bad, VIGIL_EINVAL);
    expect_bind(path_address("/there is no such folder/socket"), VIGIL_ENOENT);
    check_ok(vigil_unix_listener_close(&listener));
}

static void fail_to_bind(void *ignored)
{
    (void)ignored;
    refuse_system_call(SYS_listen, EADDRINUSE);
    expect_bind(fresh_abstract(), VIGIL_EADDRINUSE);
    refuse_system_call(SYS_bind, EACCES);
    expect_bind(fresh_abstract(), VIGIL_EACCES);
    refuse_system_call(SYS_socket, EMFILE);
    expect_bind(fresh_abstract(), VIGIL_EMFILE);
}

static void bind__system_errors(void **state)
{
    (void)state;
    run_child(fail_to_bind, NULL);
}

/* The connection waits until there is a descriptor for it. */
static void accept_without_descriptors(void *argument)
{
    vigil_unix_listener *listener = argument;
    vigil_unix_stream stream;
    vigil_unix_address peer = abstract_address("x", 1);
    limit_descriptors((unsigned)lowest_free_descriptor());
    check_status(vigil_unix_listener_accept(listener, &stream, &peer), VIGIL_EMFILE);
    check_equal(vigil_unix_stream_fd(&stream), VIGIL_FD_NONE);
    check_equal(peer.kind, VIGIL_UNIX_UNNAMED);
}

static void accept__without_descriptors(void **state)
{
    (void)state;
    require_kernel_limits();
    vigil_unix_address where = fresh_abstract();
    vigil_unix_listener listener = listener_at(where);
    vigil_unix_stream client = connected(where);
    run_child(accept_without_descriptors, &listener);
    vigil_unix_stream server = accepted(&listener);
    check_ok(vigil_unix_stream_close(&client));
    check_ok(vigil_unix_stream_close(&server));
    check_ok(vigil_unix_listener_close(&listener));
}

static void closed__every_call_says_so(void **state)
{
    (void)state;
    vigil_unix_listener listener = VIGIL_UNIX_LISTENER_CLOSED;
    vigil_unix_stream stream;
    vigil_unix_address name = abstract_address("x", 1);
    vigil_status error = VIGIL_OK;
    vigil_fd fd = 0;
    check_status(vigil_unix_listener_accept(&listener, &stream, NULL), VIGIL_EBADF);
    check_equal(vigil_unix_stream_fd(&stream), VIGIL_FD_NONE);
    check_status(vigil_unix_listener_local_address(&listener, &name), VIGIL_EBADF);
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_status(vigil_unix_listener_take_error(&listener, &error), VIGIL_EBADF);
    check_status(vigil_unix_listener_into_fd(&listener, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
    check_ok(vigil_unix_listener_close(&listener));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(unix_listener__unix_listener_send_and_sync),
        tcp_unit_test(unix_listener__unix_listener_smoke),
        tcp_unit_test(unix_listener__unix_listener_from_std),
        tcp_unit_test(unix_listener__unix_listener_local_addr),
        tcp_unit_test(unix_listener__unix_listener_register),
        tcp_unit_test(unix_listener__unix_listener_reregister),
        tcp_unit_test(unix_listener__unix_listener_deregister),
        tcp_unit_test(unix_listener__unix_listener_abstract_namespace),
        tcp_unit_test(names__abstract),
        tcp_unit_test(names__every_byte_counts),
        tcp_unit_test(names__long_paths),
        tcp_unit_test(names__of_a_client),
        tcp_unit_test(names__chosen_by_the_system),
        tcp_unit_test(bind__to_a_path_that_is_there),
        tcp_unit_test(bind__that_fails_leaves_nothing),
        tcp_unit_test(bind__system_errors),
        tcp_unit_test(accept__without_descriptors),
        tcp_unit_test(closed__every_call_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
