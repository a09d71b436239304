/* SPDX-License-Identifier: MIT */

/* What the system may answer to each call of a UDP socket, and what comes of it. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_refuse.h"
#include "support/udp_rig.h"

#include <errno.h>
#include <sys/syscall.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct fault {
    int error;
    vigil_status status;
};

static const struct fault OPENING[] = {
    {EMFILE, VIGIL_EMFILE}, {ENFILE, VIGIL_ENFILE}, {ENOBUFS, VIGIL_ENOBUFS},
    {ENOMEM, VIGIL_ENOMEM}, {EACCES, VIGIL_EACCES}, {EAFNOSUPPORT, VIGIL_EAFNOSUPPORT},
};

static const struct fault BINDING[] = {
    {EADDRINUSE, VIGIL_EADDRINUSE}, {EADDRNOTAVAIL, VIGIL_EADDRNOTAVAIL},
    {EACCES, VIGIL_EACCES},         {EINVAL, VIGIL_EINVAL},
    {ENOMEM, VIGIL_ENOMEM},
};

static void fail_to_open(void *ignored)
{
    (void)ignored;
    unsigned before = open_descriptors();
    vigil_address where = vigil_address_loopback_ipv4(0);
    vigil_udp_socket socket;
    for (size_t i = 0; i < COUNT(BINDING); i++) {
        refuse_system_call(SYS_bind, BINDING[i].error);
        check_status(vigil_udp_socket_bind(&socket, &where), BINDING[i].status);
        check_equal(vigil_udp_socket_fd(&socket), VIGIL_FD_NONE);
        check_equal(open_descriptors(), before);
    }
    for (size_t i = 0; i < COUNT(OPENING); i++) {
        refuse_system_call(SYS_socket, OPENING[i].error);
        check_status(vigil_udp_socket_bind(&socket, &where), OPENING[i].status);
        check_equal(vigil_udp_socket_fd(&socket), VIGIL_FD_NONE);
        check_status(vigil_udp_socket_open(&socket, VIGIL_FAMILY_IPV6), OPENING[i].status);
        check_equal(vigil_udp_socket_fd(&socket), VIGIL_FD_NONE);
        check_equal(open_descriptors(), before);
    }
}

static void udp_faults__bind(void **state)
{
    (void)state;
    run_child(fail_to_open, NULL);
}

static const struct fault CONNECTING[] = {
    {ENETUNREACH, VIGIL_ENETUNREACH},
    {EHOSTUNREACH, VIGIL_EHOSTUNREACH},
    {EACCES, VIGIL_EACCES},
    {EPERM, VIGIL_EPERM},
    {EADDRNOTAVAIL, VIGIL_EADDRNOTAVAIL},
    {EAGAIN, VIGIL_EWOULDBLOCK},
};

static void fail_to_connect(void *rig)
{
    udp_rig *r = rig;
    vigil_fd fd = vigil_udp_socket_fd(&r->one);
    for (size_t i = 0; i < COUNT(CONNECTING); i++) {
        refuse_on_descriptor(SYS_connect, fd, CONNECTING[i].error);
        check_status(vigil_udp_socket_connect(&r->one, &r->at_two), CONNECTING[i].status);
        check_status(vigil_udp_socket_disconnect(&r->one), CONNECTING[i].status);
        check_equal(vigil_udp_socket_fd(&r->one), fd);
    }
}

static const struct fault SENDING[] = {
    {EAGAIN, VIGIL_EWOULDBLOCK},
    {EINTR, VIGIL_EINTR},
    {EMSGSIZE, VIGIL_EMSGSIZE},
    {ECONNREFUSED, VIGIL_ECONNREFUSED},
    {ENETUNREACH, VIGIL_ENETUNREACH},
    {EHOSTUNREACH, VIGIL_EHOSTUNREACH},
    {ENETDOWN, VIGIL_ENETDOWN},
    {EACCES, VIGIL_EACCES},
    {EPERM, VIGIL_EPERM},
    {ENOBUFS, VIGIL_ENOBUFS},
    {EDESTADDRREQ, VIGIL_EDESTADDRREQ},
    {ENOMEM, VIGIL_ENOMEM},
};

static void fail_to_send(void *rig)
{
    udp_rig *r = rig;
    for (size_t i = 0; i < COUNT(SENDING); i++) {
        size_t count = 1;
        refuse_on_descriptor(SYS_sendto, vigil_udp_socket_fd(&r->one), SENDING[i].error);
        check_status(vigil_udp_socket_send(&r->one, "x", 1, &count), SENDING[i].status);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_udp_socket_send_to(&r->one, "x", 1, &r->at_two, &count),
                     SENDING[i].status);
        check_equal(count, 0);
    }
}

static const struct fault RECEIVING[] = {
    {EAGAIN, VIGIL_EWOULDBLOCK},        {EINTR, VIGIL_EINTR},
    {ECONNREFUSED, VIGIL_ECONNREFUSED}, {ENOMEM, VIGIL_ENOMEM},
    {EHOSTUNREACH, VIGIL_EHOSTUNREACH}, {ENETUNREACH, VIGIL_ENETUNREACH},
    {EMSGSIZE, VIGIL_EMSGSIZE},
};

static void fail_to_receive(void *rig)
{
    udp_rig *r = rig;
    for (size_t i = 0; i < COUNT(RECEIVING); i++) {
        char byte = 'x';
        size_t count = 1;
        vigil_address from = r->at_two;
        refuse_on_descriptor(SYS_recvmsg, vigil_udp_socket_fd(&r->one), RECEIVING[i].error);
        check_status(vigil_udp_socket_receive(&r->one, &byte, 1, &count), RECEIVING[i].status);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_udp_socket_peek(&r->one, &byte, 1, &count), RECEIVING[i].status);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_udp_socket_receive_from(&r->one, &byte, 1, &from, &count),
                     RECEIVING[i].status);
        check_equal(count, 0);
        check(vigil_address_equal(from, vigil_address_none()));
        from = r->at_two;
        count = 1;
        check_status(vigil_udp_socket_peek_from(&r->one, &byte, 1, &from, &count),
                     RECEIVING[i].status);
        check_equal(count, 0);
        check(vigil_address_equal(from, vigil_address_none()));
        check_equal(byte, 'x');
    }
}

static void in_a_child(void (*body)(void *rig))
{
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    send_text(&r.two, "waiting");
    run_child(body, &r);
    receive_text(&r.one, "waiting");
    close_udp_rig(&r);
}

static void udp_faults__connect(void **state)
{
    (void)state;
    in_a_child(fail_to_connect);
}

static void udp_faults__send(void **state)
{
    (void)state;
    in_a_child(fail_to_send);
}

/* What waits there is there still. */
static void udp_faults__receive(void **state)
{
    (void)state;
    in_a_child(fail_to_receive);
}

static void run_out(void *ignored)
{
    (void)ignored;
    vigil_udp_socket socket;
    vigil_address where = vigil_address_loopback_ipv4(0);
    limit_descriptors((unsigned)lowest_free_descriptor());
    check_status(vigil_udp_socket_bind(&socket, &where), VIGIL_EMFILE);
    check_equal(vigil_udp_socket_fd(&socket), VIGIL_FD_NONE);
}

static void udp_faults__no_descriptor_left(void **state)
{
    (void)state;
    require_kernel_limits();
    run_child(run_out, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(udp_faults__bind),
        tcp_unit_test(udp_faults__connect),
        tcp_unit_test(udp_faults__send),
        tcp_unit_test(udp_faults__receive),
        tcp_unit_test(udp_faults__no_descriptor_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
