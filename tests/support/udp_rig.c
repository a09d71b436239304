/* SPDX-License-Identifier: MIT */
#include "support/udp_rig.h"

#include <poll.h>
#include <string.h>

#define TEXT_BYTES 64

vigil_address open_udp(vigil_udp_socket *socket, vigil_family family)
{
    vigil_address where = loopback(family, 0);
    check_ok(vigil_udp_socket_bind(socket, &where));
    check_ok(vigil_udp_socket_local_address(socket, &where));
    return where;
}

void open_udp_rig(udp_rig *rig, vigil_family family)
{
    open_fixture(&rig->f);
    rig->at_one = open_udp(&rig->one, family);
    rig->at_two = open_udp(&rig->two, family);
}

void open_connected_udp_rig(udp_rig *rig, vigil_family family)
{
    open_udp_rig(rig, family);
    check_ok(vigil_udp_socket_connect(&rig->one, &rig->at_two));
    check_ok(vigil_udp_socket_connect(&rig->two, &rig->at_one));
}

void close_udp_rig(udp_rig *rig)
{
    check_ok(vigil_udp_socket_close(&rig->one));
    check_ok(vigil_udp_socket_close(&rig->two));
    close_fixture(&rig->f);
}

void send_text(vigil_udp_socket *socket, const char *text)
{
    size_t count = 0;
    check_ok(vigil_udp_socket_send(socket, text, strlen(text), &count));
    check_equal(count, strlen(text));
}

void send_text_to(vigil_udp_socket *socket, const char *text, vigil_address to)
{
    size_t count = 0;
    check_ok(vigil_udp_socket_send_to(socket, text, strlen(text), &to, &count));
    check_equal(count, strlen(text));
}

void receive_text(vigil_udp_socket *socket, const char *text)
{
    char data[TEXT_BYTES] = "";
    size_t count = 0;
    await_level(vigil_udp_socket_fd(socket), POLLIN);
    check_ok(vigil_udp_socket_receive(socket, data, sizeof data - 1, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
}

void receive_text_from(vigil_udp_socket *socket, const char *text, vigil_address from)
{
    char data[TEXT_BYTES] = "";
    size_t count = 0;
    vigil_address sender = vigil_address_none();
    await_level(vigil_udp_socket_fd(socket), POLLIN);
    check_ok(vigil_udp_socket_receive_from(socket, data, sizeof data - 1, &sender, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
    check(vigil_address_equal(sender, from));
}

void expect_no_datagram(vigil_udp_socket *socket)
{
    char byte = 0;
    size_t count = 1;
    vigil_address from = vigil_address_loopback_ipv4(1);
    check_status(vigil_udp_socket_receive(socket, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_peek(socket, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_udp_socket_receive_from(socket, &byte, 1, &from, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check(vigil_address_equal(from, vigil_address_none()));
    count = 1;
    from = vigil_address_loopback_ipv4(1);
    check_status(vigil_udp_socket_peek_from(socket, &byte, 1, &from, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check(vigil_address_equal(from, vigil_address_none()));
}
