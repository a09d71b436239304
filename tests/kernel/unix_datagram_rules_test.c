/* SPDX-License-Identifier: MIT */

/* What becomes of datagrams of Unix sockets: those that do not fit, have no room, or
 * nobody to go to. */
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
#define UNTOUCHED '#'
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- datagrams -------------------------------------------------------------------- */

static void truncation__is_reported(void **state)
{
    (void)state;
    static const char text[] = "ten bytes.";
    unix_datagram_rig r;
    open_named_datagrams(&r);
    for (size_t capacity = 0; capacity < 12; capacity++) {
        char data[16];
        size_t count = 99;
        vigil_unix_address from;
        vigil_status status = capacity < 10 ? VIGIL_EMSGSIZE : VIGIL_OK;
        size_t fits = capacity < 10 ? capacity : 10;
        memset(data, UNTOUCHED, sizeof data);
        send_words_to(&r.two, text, r.at_one);
        check_status(vigil_unix_datagram_peek(&r.one, data, capacity, &count), status);
        check_equal(count, fits);
        check_status(vigil_unix_datagram_receive_from(&r.one, data, capacity, &from, &count),
                     status);
        check_equal(count, fits);
        check_equal(memcmp(data, text, fits), 0);
        check_equal(data[fits], UNTOUCHED);
        check(vigil_unix_address_equal(from, r.at_two));
        expect_no_words(&r.one);
    }
    close_datagrams(&r);
}

static void empty__is_a_datagram(void **state)
{
    (void)state;
    unix_datagram_rig r;
    size_t count = 1;
    char byte = 0;
    open_datagram_pair(&r);
    check_ok(vigil_unix_datagram_send(&r.one, "", 0, &count));
    check_ok(vigil_unix_datagram_receive(&r.two, &byte, 1, &count));
    check_equal(count, 0);
    expect_no_words(&r.two);
    close_datagrams(&r);
}

/* Datagrams keep their order and their borders. */
static void order__is_kept(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_datagram_pair(&r);
    send_words(&r.one, "one");
    send_words(&r.one, "two");
    send_words(&r.one, "three");
    receive_words(&r.two, "one", vigil_unix_address_unnamed());
    receive_words(&r.two, "two", vigil_unix_address_unnamed());
    receive_words(&r.two, "three", vigil_unix_address_unnamed());
    close_datagrams(&r);
}

static void full__is_told_when_there_is_room(void **state)
{
    (void)state;
    unix_datagram_rig r;
    char data[512] = "";
    size_t count = 0;
    vigil_status status = VIGIL_OK;
    open_datagram_pair(&r);
    watch_source(&r.f, &r.one.source, ONE, VIGIL_WRITABLE);
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    while (status == VIGIL_OK) {
        status = vigil_unix_datagram_send(&r.one, data, sizeof data, &count);
    }
    check_status(status, VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    while (vigil_unix_datagram_receive(&r.two, data, sizeof data, &count) == VIGIL_OK) {
        check_equal(count, sizeof data);
    }
    check(vigil_event_is_writable(wait_for(&r.f, ONE)));
    check_ok(vigil_unix_datagram_send(&r.one, data, sizeof data, &count));
    close_datagrams(&r);
}

static void too_large__is_refused(void **state)
{
    (void)state;
    static char data[1 << 20];
    unix_datagram_rig r;
    size_t count = 1;
    open_datagram_pair(&r);
    check_status(vigil_unix_datagram_send(&r.one, data, sizeof data, &count), VIGIL_EMSGSIZE);
    check_equal(count, 0);
    expect_no_words(&r.two);
    close_datagrams(&r);
}

static void peer__that_is_gone(void **state)
{
    (void)state;
    unix_datagram_rig r;
    size_t count = 1;
    open_datagram_pair(&r);
    check_ok(vigil_unix_datagram_close(&r.two));
    check_status(vigil_unix_datagram_send(&r.one, "x", 1, &count), VIGIL_ECONNREFUSED);
    check_equal(count, 0);
    close_datagrams(&r);
}

/* An unbound socket can send, and nobody can answer. */
static void unbound__sends_without_a_name(void **state)
{
    (void)state;
    unix_datagram_rig r;
    vigil_unix_datagram nameless;
    open_named_datagrams(&r);
    check_ok(vigil_unix_datagram_open(&nameless));
    check_new_datagram(&nameless, vigil_unix_address_unnamed());
    send_words_to(&nameless, "guess who", r.at_two);
    receive_words(&r.two, "guess who", vigil_unix_address_unnamed());
    check_ok(vigil_unix_datagram_close(&nameless));
    close_datagrams(&r);
}

/* Names at their bounds, as senders: to where they came from goes the answer. */
static void names__can_be_answered(void **state)
{
    (void)state;
    static const char long_name[107] = "\0long\0";
    vigil_unix_address names[4];
    unix_datagram_rig r;
    open_named_datagrams(&r);
    names[0] = abstract_address(long_name, sizeof long_name);
    names[1] = abstract_address("\0", 1);
    names[2] = fresh_path_of(107);
    names[3] = fresh_path_of(108);
    for (size_t i = 0; i < COUNT(names); i++) {
        vigil_unix_datagram socket;
        check_ok(vigil_unix_datagram_bind(&socket, &names[i]));
        send_words_to(&socket, "ping", r.at_one);
        receive_words(&r.one, "ping", names[i]);
        send_words_to(&r.one, "pong", names[i]);
        receive_words(&socket, "pong", r.at_one);
        check_ok(vigil_unix_datagram_close(&socket));
    }
    remove_path(names[2]);
    remove_path(names[3]);
    close_datagrams(&r);
}

/* --- what is refused -------------------------------------------------------------- */

/* An address that is none must not be taken for the peer's. */
static void no_address__is_refused(void **state)
{
    (void)state;
    unix_datagram_rig r;
    size_t count = 1;
    vigil_unix_address unnamed = vigil_unix_address_unnamed();
    open_named_datagrams(&r);
    vigil_unix_address bad = r.at_two;
    bad.length = 0;
    connect_datagrams(&r);
    check_status(vigil_unix_datagram_send_to(&r.one, "x", 1, &unnamed, &count), VIGIL_EINVAL);
    check_equal(count, 0);
    check_status(vigil_unix_datagram_send_to(&r.one, "x", 1, &bad, &count), VIGIL_EINVAL);
    check_status(vigil_unix_datagram_connect(&r.one, &unnamed), VIGIL_EINVAL);
    check_status(vigil_unix_datagram_connect(&r.one, &bad), VIGIL_EINVAL);
    expect_no_words(&r.two);
    use_connected_datagrams(&r);
    close_datagrams(&r);
}

static void bind__that_fails_leaves_nothing(void **state)
{
    (void)state;
    unix_datagram_rig r;
    vigil_unix_datagram other;
    open_named_datagrams(&r);
    vigil_unix_address bad = r.at_one;
    bad.length = 108;
    unsigned before = open_descriptors();
    check_status(vigil_unix_datagram_bind(&other, &r.at_one), VIGIL_EADDRINUSE);
    check_equal(vigil_unix_datagram_fd(&other), VIGIL_FD_NONE);
    check_status(vigil_unix_datagram_bind(&other, &r.at_two), VIGIL_EADDRINUSE);
    check_equal(vigil_unix_datagram_fd(&other), VIGIL_FD_NONE);
    check_status(vigil_unix_datagram_bind(&other, &bad), VIGIL_EINVAL);
    check_equal(vigil_unix_datagram_fd(&other), VIGIL_FD_NONE);
    check_equal(open_descriptors(), before);
    close_datagrams(&r);
}

struct fault {
    int error;
    vigil_status status;
};

static const struct fault SENDING[] = {
    {EAGAIN, VIGIL_EWOULDBLOCK}, {EINTR, VIGIL_EINTR},   {ECONNRESET, VIGIL_ECONNRESET},
    {ENOBUFS, VIGIL_ENOBUFS},    {ENOMEM, VIGIL_ENOMEM}, {EPIPE, VIGIL_EPIPE},
    {EACCES, VIGIL_EACCES},      {ENOENT, VIGIL_ENOENT},
};

static const struct fault RECEIVING[] = {
    {EAGAIN, VIGIL_EWOULDBLOCK},
    {EINTR, VIGIL_EINTR},
    {ECONNRESET, VIGIL_ECONNRESET},
    {ENOMEM, VIGIL_ENOMEM},
};

static void fail_to_talk(void *rig)
{
    unix_datagram_rig *r = rig;
    vigil_fd fd = vigil_unix_datagram_fd(&r->one);
    for (size_t i = 0; i < COUNT(SENDING); i++) {
        size_t count = 1;
        refuse_on_descriptor(SYS_sendto, fd, SENDING[i].error);
        check_status(vigil_unix_datagram_send(&r->one, "x", 1, &count), SENDING[i].status);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_unix_datagram_send_to(&r->one, "x", 1, &r->at_two, &count),
                     SENDING[i].status);
        check_equal(count, 0);
    }
    for (size_t i = 0; i < COUNT(RECEIVING); i++) {
        char byte = 'x';
        size_t count = 1;
        vigil_unix_address from = r->at_two;
        refuse_on_descriptor(SYS_recvmsg, fd, RECEIVING[i].error);
        check_status(vigil_unix_datagram_receive(&r->one, &byte, 1, &count), RECEIVING[i].status);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_unix_datagram_peek_from(&r->one, &byte, 1, &from, &count),
                     RECEIVING[i].status);
        check_equal(count, 0);
        check_equal(from.kind, VIGIL_UNIX_UNNAMED);
    }
    refuse_system_call(SYS_socketpair, EMFILE);
    vigil_unix_datagram pair[2];
    check_status(vigil_unix_datagram_pair(&pair[0], &pair[1]), VIGIL_EMFILE);
    check_equal(vigil_unix_datagram_fd(&pair[0]), VIGIL_FD_NONE);
    check_equal(vigil_unix_datagram_fd(&pair[1]), VIGIL_FD_NONE);
    refuse_system_call(SYS_socket, ENFILE);
    check_status(vigil_unix_datagram_open(&pair[0]), VIGIL_ENFILE);
    check_equal(vigil_unix_datagram_fd(&pair[0]), VIGIL_FD_NONE);
}

static void faults__talking(void **state)
{
    (void)state;
    unix_datagram_rig r;
    open_named_datagrams(&r);
    send_words_to(&r.two, "waiting", r.at_one);
    run_child(fail_to_talk, &r);
    receive_words(&r.one, "waiting", r.at_two);
    close_datagrams(&r);
}

static void closed__every_call_says_so(void **state)
{
    (void)state;
    vigil_unix_datagram s = VIGIL_UNIX_DATAGRAM_CLOSED;
    char byte = 'x';
    size_t count = 1;
    vigil_fd fd = 0;
    vigil_status error = VIGIL_OK;
    vigil_unix_address name = abstract_address("x", 1);
    check_status(vigil_unix_datagram_connect(&s, &name), VIGIL_EBADF);
    check_status(vigil_unix_datagram_send(&s, &byte, 1, &count), VIGIL_EBADF);
    check_equal(count, 0);
    check_status(vigil_unix_datagram_send_to(&s, &byte, 1, &name, &count), VIGIL_EBADF);
    check_status(vigil_unix_datagram_receive(&s, &byte, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_datagram_receive_from(&s, &byte, 1, &name, &count), VIGIL_EBADF);
    check_equal(name.kind, VIGIL_UNIX_UNNAMED);
    check_status(vigil_unix_datagram_send_to(&s, &byte, 1, &name, &count), VIGIL_EBADF);
    check_status(vigil_unix_datagram_peek(&s, &byte, 1, &count), VIGIL_EBADF);
    check_status(vigil_unix_datagram_peek_from(&s, &byte, 1, NULL, &count), VIGIL_EBADF);
    check_status(vigil_unix_datagram_shutdown(&s, VIGIL_SHUTDOWN_BOTH), VIGIL_EBADF);
    check_status(vigil_unix_datagram_local_address(&s, &name), VIGIL_EBADF);
    check_status(vigil_unix_datagram_peer_address(&s, &name), VIGIL_EBADF);
    check_status(vigil_unix_datagram_take_error(&s, &error), VIGIL_EBADF);
    check_status(vigil_unix_datagram_into_fd(&s, &fd), VIGIL_EBADF);
    check_equal(fd, VIGIL_FD_NONE);
    check_ok(vigil_unix_datagram_close(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(truncation__is_reported),
        tcp_unit_test(empty__is_a_datagram),
        tcp_unit_test(order__is_kept),
        tcp_unit_test(full__is_told_when_there_is_room),
        tcp_unit_test(too_large__is_refused),
        tcp_unit_test(peer__that_is_gone),
        tcp_unit_test(unbound__sends_without_a_name),
        tcp_unit_test(names__can_be_answered),
        tcp_unit_test(no_address__is_refused),
        tcp_unit_test(bind__that_fails_leaves_nothing),
        tcp_unit_test(faults__talking),
        tcp_unit_test(closed__every_call_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
