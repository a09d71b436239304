/* SPDX-License-Identifier: MIT */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_refuse.h"
#include "support/tcp_rig.h"
#include "support/thread.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what the kernel may answer, and seldom does ---------------------------------- */

/* A system call that fails, and what the operation says then. ENONET stands for
 * all that Vigil has no name for. */
struct fault {
    long call;
    int error;
    vigil_status status;
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void refuse(const struct fault *fault)
{
    refuse_system_call(fault->call, fault->error);
    errno = 0;
}

/* `actual` is what the operation answered; errno is as it left it. */
static void check_fault(const struct fault *fault, vigil_status actual)
{
    int error = errno;
    if (actual != fault->status) {
        check_fail(__FILE__, __LINE__, "system call %ld fails with %s: %s, not %s", fault->call,
                   strerror(fault->error), vigil_status_name(actual),
                   vigil_status_name(fault->status));
    }
    check_equal(error, fault->error);
}

/* The calls in the reverse of their order: one that fails hides those after it. */
static const struct fault BIND[] = {
    {SYS_listen, EADDRINUSE, VIGIL_EADDRINUSE},
    {SYS_listen, ENONET, VIGIL_EUNKNOWN},
    {SYS_bind, EADDRINUSE, VIGIL_EADDRINUSE},
    {SYS_bind, EADDRNOTAVAIL, VIGIL_EADDRNOTAVAIL},
    {SYS_bind, EACCES, VIGIL_EACCES},
    {SYS_bind, ENONET, VIGIL_EUNKNOWN},
    {SYS_setsockopt, ENOMEM, VIGIL_ENOMEM},
    {SYS_socket, EMFILE, VIGIL_EMFILE},
    {SYS_socket, ENFILE, VIGIL_ENFILE},
    {SYS_socket, ENOBUFS, VIGIL_ENOBUFS},
    {SYS_socket, ENOMEM, VIGIL_ENOMEM},
    {SYS_socket, EACCES, VIGIL_EACCES},
    {SYS_socket, EAFNOSUPPORT, VIGIL_EAFNOSUPPORT},
    {SYS_socket, ENONET, VIGIL_EUNKNOWN},
};

static void fail_to_bind(void *ignored)
{
    (void)ignored;
    unsigned open_before = open_descriptors();
    vigil_address where = vigil_address_loopback_ipv4(0);
    for (size_t i = 0; i < COUNT(BIND); i++) {
        vigil_tcp_listener listener;
        refuse(&BIND[i]);
        check_fault(&BIND[i], vigil_tcp_listener_bind(&listener, &where));
        check_equal(vigil_tcp_listener_fd(&listener), VIGIL_FD_NONE);
        check(!vigil_source_is_registered(&listener.source));
        check_equal(open_descriptors(), open_before);
    }
}

static void faults__bind(void **state)
{
    (void)state;
    run_child(fail_to_bind, NULL);
}

static const struct fault CONNECT[] = {
    {SYS_connect, ECONNREFUSED, VIGIL_ECONNREFUSED},
    {SYS_connect, ENETUNREACH, VIGIL_ENETUNREACH},
    {SYS_connect, EHOSTUNREACH, VIGIL_EHOSTUNREACH},
    {SYS_connect, EACCES, VIGIL_EACCES},
    {SYS_connect, EPERM, VIGIL_EPERM},
    {SYS_connect, EADDRNOTAVAIL, VIGIL_EADDRNOTAVAIL},
    {SYS_connect, ETIMEDOUT, VIGIL_ETIMEDOUT},
    {SYS_connect, ENONET, VIGIL_EUNKNOWN},
    {SYS_socket, EMFILE, VIGIL_EMFILE},
    {SYS_socket, ENFILE, VIGIL_ENFILE},
    {SYS_socket, ENOBUFS, VIGIL_ENOBUFS},
    {SYS_socket, ENOMEM, VIGIL_ENOMEM},
    {SYS_socket, EAFNOSUPPORT, VIGIL_EAFNOSUPPORT},
};

static void fail_to_connect(void *rig)
{
    tcp_rig *r = rig;
    unsigned open_before = open_descriptors();
    for (size_t i = 0; i < COUNT(CONNECT); i++) {
        refuse(&CONNECT[i]);
        check_fault(&CONNECT[i], vigil_tcp_stream_connect(&r->client, &r->where));
        check_equal(vigil_tcp_stream_fd(&r->client), VIGIL_FD_NONE);
        check(!vigil_source_is_registered(&r->client.source));
        check_equal(open_descriptors(), open_before);
    }
}

static void faults__connect(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_connect, &r);
    close_rig(&r);
}

static const struct fault ACCEPT[] = {
    {SYS_accept4, EAGAIN, VIGIL_EWOULDBLOCK},
    {SYS_accept4, EINTR, VIGIL_EINTR},
    {SYS_accept4, ECONNABORTED, VIGIL_ECONNABORTED},
    {SYS_accept4, EMFILE, VIGIL_EMFILE},
    {SYS_accept4, ENFILE, VIGIL_ENFILE},
    {SYS_accept4, ENOBUFS, VIGIL_ENOBUFS},
    {SYS_accept4, ENOMEM, VIGIL_ENOMEM},
    {SYS_accept4, EPERM, VIGIL_EPERM},
    {SYS_accept4, ENETDOWN, VIGIL_ENETDOWN},
    {SYS_accept4, EPROTO, VIGIL_EPROTO},
    {SYS_accept4, ENOPROTOOPT, VIGIL_ENOPROTOOPT},
    {SYS_accept4, EHOSTDOWN, VIGIL_EHOSTDOWN},
    {SYS_accept4, EHOSTUNREACH, VIGIL_EHOSTUNREACH},
    {SYS_accept4, EOPNOTSUPP, VIGIL_EOPNOTSUPP},
    {SYS_accept4, ENETUNREACH, VIGIL_ENETUNREACH},
    {SYS_accept4, ENONET, VIGIL_EUNKNOWN},
};

static void fail_to_accept(void *rig)
{
    tcp_rig *r = rig;
    vigil_fd fd = vigil_tcp_listener_fd(&r->listener);
    for (size_t i = 0; i < COUNT(ACCEPT); i++) {
        vigil_address peer = r->where;
        r->server.source = vigil_source_from_fd(fd);
        refuse(&ACCEPT[i]);
        check_fault(&ACCEPT[i], vigil_tcp_listener_accept(&r->listener, &r->server, &peer));
        check_equal(vigil_tcp_stream_fd(&r->server), VIGIL_FD_NONE);
        check(vigil_address_equal(peer, vigil_address_none()));
        check_equal(vigil_tcp_listener_fd(&r->listener), fd);
    }
}

/* The connection waits all the time, and is accepted after all. */
static void faults__accept(void **state)
{
    (void)state;
    tcp_rig r;
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    run_child(fail_to_accept, &r);
    accept_from(&r.listener, &r.server);
    close_rig(&r);
}

/* --- reading and writing ---------------------------------------------------------- */

static vigil_status read_one(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    return vigil_tcp_stream_read(stream, byte, 1, count);
}

static vigil_status peek_one(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    return vigil_tcp_stream_peek(stream, byte, 1, count);
}

static vigil_status readv_one(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    vigil_buffer buffer = {byte, 1};
    return vigil_tcp_stream_readv(stream, &buffer, 1, count);
}

static vigil_status write_one(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    return vigil_tcp_stream_write(stream, byte, 1, count);
}

static vigil_status writev_one(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    vigil_buffer buffer = {byte, 1};
    return vigil_tcp_stream_writev(stream, &buffer, 1, count);
}

struct transfer {
    long call;
    vigil_status (*one)(vigil_tcp_stream *stream, char *byte, size_t *count);
};

static const struct transfer TRANSFERS[] = {
    {SYS_recvfrom, read_one}, {SYS_recvfrom, peek_one},  {SYS_recvmsg, readv_one},
    {SYS_sendto, write_one},  {SYS_sendmsg, writev_one},
};

static void fail_to_transfer(void *rig)
{
    tcp_rig *r = rig;
    static const struct fault faults[] = {
        {0, EAGAIN, VIGIL_EWOULDBLOCK},      {0, EINTR, VIGIL_EINTR},
        {0, ECONNRESET, VIGIL_ECONNRESET},   {0, ECONNREFUSED, VIGIL_ECONNREFUSED},
        {0, ETIMEDOUT, VIGIL_ETIMEDOUT},     {0, EHOSTUNREACH, VIGIL_EHOSTUNREACH},
        {0, ENOTCONN, VIGIL_ENOTCONN},       {0, EPIPE, VIGIL_EPIPE},
        {0, ENOBUFS, VIGIL_ENOBUFS},         {0, ENOMEM, VIGIL_ENOMEM},
        {0, ENETUNREACH, VIGIL_ENETUNREACH}, {0, ENONET, VIGIL_EUNKNOWN},
    };
    for (size_t i = 0; i < COUNT(TRANSFERS); i++) {
        for (size_t k = 0; k < COUNT(faults); k++) {
            struct fault fault = faults[k];
            char byte = '#';
            size_t count = 99;
            fault.call = TRANSFERS[i].call;
            refuse_on_descriptor(fault.call, r->client.source.fd, fault.error);
            check_fault(&fault, TRANSFERS[i].one(&r->client, &byte, &count));
            check_equal(count, 0);
            check_equal(byte, '#');
        }
    }
}

static void faults__read_and_write(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_transfer, &r);
    close_rig(&r);
}

/* --- the rest --------------------------------------------------------------------- */

static void fail_to_ask(void *rig)
{
    tcp_rig *r = rig;
    vigil_address address = r->where;
    bool flag = true;
    int number = 9;
    vigil_status error = VIGIL_EUNKNOWN;
    vigil_keepalive keepalive = {true, 1, 1, 1};
    refuse_system_call(SYS_getpeername, ENOBUFS);
    check_status(vigil_tcp_stream_peer_address(&r->client, &address), VIGIL_ENOBUFS);
    check(vigil_address_equal(address, vigil_address_none()));
    check_status(vigil_tcp_stream_finish_connect(&r->client), VIGIL_ENOBUFS);
    address = r->where;
    refuse_system_call(SYS_getsockname, ENOBUFS);
    check_status(vigil_tcp_stream_local_address(&r->client, &address), VIGIL_ENOBUFS);
    check(vigil_address_equal(address, vigil_address_none()));
    refuse_system_call(SYS_getsockopt, ENOPROTOOPT);
    check_status(vigil_tcp_stream_finish_connect(&r->client), VIGIL_ENOPROTOOPT);
    check_status(vigil_tcp_stream_take_error(&r->client, &error), VIGIL_ENOPROTOOPT);
    check_status(error, VIGIL_OK);
    check_status(vigil_tcp_stream_nodelay(&r->client, &flag), VIGIL_ENOPROTOOPT);
    check(!flag);
    check_status(vigil_tcp_stream_ttl(&r->client, &number), VIGIL_ENOPROTOOPT);
    check_equal(number, 0);
    check_status(vigil_tcp_stream_set_ttl(&r->client, 9), VIGIL_ENOPROTOOPT);
    check_status(vigil_tcp_stream_keepalive(&r->client, &keepalive), VIGIL_ENOPROTOOPT);
    check(!keepalive.enabled && keepalive.idle_seconds == 0 && keepalive.count == 0);
    flag = true;
    number = 9;
    check_status(vigil_tcp_stream_linger(&r->client, &flag, &number), VIGIL_ENOPROTOOPT);
    check(!flag && number == 0);
}

static void faults__addresses_and_getters(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_ask, &r);
    close_rig(&r);
}

static void fail_to_set(void *rig)
{
    tcp_rig *r = rig;
    vigil_keepalive on = {true, 60, 10, 5};
    vigil_keepalive off = {false, 0, 0, 0};
    refuse_system_call(SYS_setsockopt, ENOBUFS);
    check_status(vigil_tcp_stream_set_nodelay(&r->client, true), VIGIL_ENOBUFS);
    check_status(vigil_tcp_stream_set_ttl(&r->client, 9), VIGIL_ENOBUFS);
    check_status(vigil_tcp_listener_set_ttl(&r->listener, 9), VIGIL_ENOBUFS);
    check_status(vigil_tcp_stream_set_keepalive(&r->client, on), VIGIL_ENOBUFS);
    check_status(vigil_tcp_stream_set_keepalive(&r->client, off), VIGIL_ENOBUFS);
    check_status(vigil_tcp_stream_set_linger(&r->client, true, 0), VIGIL_ENOBUFS);
    refuse_system_call(SYS_shutdown, ENOTCONN);
    check_status(vigil_tcp_stream_shutdown(&r->client, VIGIL_SHUTDOWN_BOTH), VIGIL_ENOTCONN);
}

static void faults__setters(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_set, &r);
    close_rig(&r);
}

/* A descriptor that cannot be made non-blocking stays its owner's. */
static void fail_to_adopt(void *rig)
{
    tcp_rig *r = rig;
    vigil_fd fd = VIGIL_FD_NONE;
    char byte = 'x';
    check_ok(vigil_tcp_stream_into_fd(&r->client, &fd));
    refuse_system_call(SYS_fcntl, EPERM);
    check_status(vigil_tcp_stream_from_fd(&r->client, fd), VIGIL_EPERM);
    check_equal(vigil_tcp_stream_fd(&r->client), VIGIL_FD_NONE);
    check_equal(write(fd, &byte, 1), 1);
}

static void faults__from_fd(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_adopt, &r);
    close_rig(&r);
}

/* Should the system refuse to deregister, everything is as it was. */
static void fail_to_deregister(void *rig)
{
    tcp_rig *r = rig;
    vigil_fd fd = vigil_tcp_stream_fd(&r->client);
    vigil_fd given = fd;
    refuse_system_call(SYS_epoll_ctl, ENOMEM);
    check_status(vigil_tcp_stream_close(&r->client), VIGIL_ENOMEM);
    check_status(vigil_tcp_stream_into_fd(&r->client, &given), VIGIL_ENOMEM);
    check_equal(given, VIGIL_FD_NONE);
    check_equal(vigil_tcp_stream_fd(&r->client), fd);
    check(is_open(fd) && vigil_source_is_registered(&r->client.source));
    send_all(&r->server, "x", 1);
    check(vigil_event_is_readable(wait_for(&r->f, 1)));
}

static void faults__deregister_refused(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    watch_source(&r.f, &r.client.source, 1, VIGIL_READABLE);
    run_child(fail_to_deregister, &r);
    close_rig(&r);
}

/* What close(2) answers says nothing about the descriptor, which is gone: it is
 * not closed again, as its number may be somebody else's by then. */
static void fail_to_close(void *rig)
{
    tcp_rig *r = rig;
    static const int errors[] = {EINTR, EIO, EDQUOT};
    vigil_tcp_stream *streams[] = {&r->client, &r->server};
    for (size_t i = 0; i < 2; i++) {
        refuse_on_descriptor(SYS_close, streams[i]->source.fd, errors[i]);
        check_ok(vigil_tcp_stream_close(streams[i]));
        check_equal(vigil_tcp_stream_fd(streams[i]), VIGIL_FD_NONE);
    }
    refuse_on_descriptor(SYS_close, r->listener.source.fd, errors[2]);
    check_ok(vigil_tcp_listener_close(&r->listener));
    check_equal(vigil_tcp_listener_fd(&r->listener), VIGIL_FD_NONE);
}

static void faults__close(void **state)
{
    (void)state;
    tcp_rig r;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    run_child(fail_to_close, &r);
    close_rig(&r);
}

/* --- SIGPIPE ---------------------------------------------------------------------- */

static vigil_status (*writer)(vigil_tcp_stream *stream, char *byte, size_t *count);

/* Dies of the signal if there is one. */
static void write_until_broken(void *rig)
{
    tcp_rig *r = rig;
    char byte = 'x';
    size_t count = 0;
    sigset_t none;
    check_equal(sigemptyset(&none), 0);
    check_os(sigprocmask(SIG_SETMASK, &none, NULL));
    check(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    for (unsigned i = 0; i < 3; i++) {
        check_status(writer(&r->client, &byte, &count), VIGIL_EPIPE);
        check_equal(count, 0);
    }
}

static void no_sigpipe(vigil_family family)
{
    for (int shut = 0; shut < 2; shut++) {
        for (size_t i = 3; i < COUNT(TRANSFERS); i++) {
            tcp_rig r;
            open_linked_rig(&r, family);
            if (shut == 1) {
                check_ok(vigil_tcp_stream_shutdown(&r.client, VIGIL_SHUTDOWN_WRITE));
            } else {
                check_ok(vigil_tcp_stream_close(&r.server));
                await_level(vigil_tcp_stream_fd(&r.client), POLLRDHUP);
                send_all(&r.client, "x", 1);
                await_level(vigil_tcp_stream_fd(&r.client), POLLHUP);
                receive_end(&r.client);
            }
            writer = TRANSFERS[i].one;
            run_child(write_until_broken, &r);
            close_rig(&r);
        }
    }
}

static void sigpipe__never_raised(void **state)
{
    (void)state;
    for_each_family(no_sigpipe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(faults__bind),
        tcp_unit_test(faults__connect),
        tcp_unit_test(faults__accept),
        tcp_unit_test(faults__read_and_write),
        tcp_unit_test(faults__addresses_and_getters),
        tcp_unit_test(faults__setters),
        tcp_unit_test(faults__from_fd),
        tcp_unit_test(faults__deregister_refused),
        tcp_unit_test(faults__close),
        tcp_unit_test(sigpipe__never_raised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
