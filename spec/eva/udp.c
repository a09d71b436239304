/* SPDX-License-Identifier: MIT */

/* The part of the program that has UDP sockets. */
#include "any.h"
#include "net/udp_batch.h"
#include "net/udp_errors.h"
#include "net/udp_options.h"
#include "net/udp_segments.h"
#include "net/udp_socket.h"

#define SOCKETS 2
#define DATAGRAMS (VIGIL_UDP_BATCH_MAX + 2)

static vigil_udp_socket sockets[SOCKETS] = {VIGIL_UDP_SOCKET_CLOSED, VIGIL_UDP_SOCKET_CLOSED};

static vigil_udp_socket *any_socket(void)
{
    return any ? &sockets[0] : &sockets[1];
}

vigil_source *any_udp_source(void)
{
    return &any_socket()->source;
}

static void open_socket(vigil_udp_socket *socket)
{
    vigil_fd fd = any_fd();
    (void)vigil_udp_socket_close(socket);
    switch (any) {
    case 0:
        (void)vigil_udp_socket_bind(socket, &address);
        break;
    case 1:
        (void)vigil_udp_socket_open(socket, (vigil_family)any_word());
        break;
    case 2:
        (void)vigil_udp_socket_from_fd(socket, fd);
        break;
    default:
        break;
    }
}

static void address_socket(vigil_udp_socket *socket)
{
    vigil_fd fd = any_fd();
    vigil_status error;
    switch (any) {
    case 0:
        (void)vigil_udp_socket_assign_address(socket, &address);
        break;
    case 1:
        (void)vigil_udp_socket_connect(socket, &address);
        break;
    case 2:
        (void)vigil_udp_socket_disconnect(socket);
        break;
    case 3:
        (void)vigil_udp_socket_local_address(socket, &address);
        (void)vigil_udp_socket_peer_address(socket, &address);
        (void)vigil_udp_socket_take_error(socket, &error);
        (void)vigil_udp_socket_fd(socket);
        break;
    default:
        (void)vigil_udp_socket_into_fd(socket, &fd);
        break;
    }
}

static void send_and_receive(vigil_udp_socket *socket)
{
    size_t length = any_count(BYTES);
    size_t count;
    vigil_address *from = any ? &address : NULL;
    switch (any) {
    case 0:
        (void)vigil_udp_socket_send(socket, bytes, length, &count);
        break;
    case 1:
        (void)vigil_udp_socket_send_to(socket, bytes, length, &address, &count);
        break;
    case 2:
        (void)vigil_udp_socket_receive(socket, bytes, length, &count);
        break;
    case 3:
        (void)vigil_udp_socket_receive_from(socket, bytes, length, from, &count);
        break;
    case 4:
        (void)vigil_udp_socket_peek(socket, bytes, length, &count);
        break;
    default:
        (void)vigil_udp_socket_peek_from(socket, bytes, length, from, &count);
        break;
    }
}

/* Of what the library is to fill in, nothing was ever written. */
static void receive_several(vigil_udp_socket *socket)
{
    vigil_datagram datagrams[DATAGRAMS];
    size_t count;
    //@ loop unroll DATAGRAMS;
    for (int i = 0; i < DATAGRAMS; i++) {
        datagrams[i].data = bytes;
        datagrams[i].length = any_count(BYTES);
    }
    (void)vigil_udp_socket_receive_batch(socket, datagrams, any_count(DATAGRAMS), &count);
}

static void send_several(vigil_udp_socket *socket)
{
    vigil_datagram datagrams[DATAGRAMS];
    size_t count;
    //@ loop unroll DATAGRAMS;
    for (int i = 0; i < DATAGRAMS; i++) {
        datagrams[i].data = bytes;
        datagrams[i].length = any_count(BYTES);
        datagrams[i].address = address;
    }
    (void)vigil_udp_socket_send_batch(socket, datagrams, any_count(DATAGRAMS), &count);
}

static void set_options(vigil_udp_socket *socket)
{
    bool enabled = any != 0;
    int number = any_int();
    char name[VIGIL_DEVICE_NAME_MAX];
    size_t name_length;
    (void)vigil_udp_socket_set_broadcast(socket, enabled);
    (void)vigil_udp_socket_broadcast(socket, &enabled);
    (void)vigil_udp_socket_set_ttl(socket, number);
    (void)vigil_udp_socket_ttl(socket, &number);
    (void)vigil_udp_socket_set_only_ipv6(socket, enabled);
    (void)vigil_udp_socket_only_ipv6(socket, &enabled);
    (void)vigil_udp_socket_set_reuse_address(socket, enabled);
    (void)vigil_udp_socket_set_reuse_port(socket, enabled);
    (void)vigil_udp_socket_set_device(socket, text, any_count(TEXT));
    (void)vigil_udp_socket_device(socket, name, &name_length);
    (void)vigil_udp_socket_set_send_buffer(socket, number);
    (void)vigil_udp_socket_send_buffer(socket, &number);
    (void)vigil_udp_socket_set_receive_buffer(socket, any_int());
    (void)vigil_udp_socket_receive_buffer(socket, &number);
}

static void set_groups(vigil_udp_socket *socket)
{
    bool enabled = any != 0;
    int number = any_int();
    (void)vigil_udp_socket_join_group(socket, &address, any_word());
    (void)vigil_udp_socket_leave_group(socket, &address, any_word());
    (void)vigil_udp_socket_set_multicast_interface(socket, any_word());
    (void)vigil_udp_socket_set_multicast_loop(socket, enabled);
    (void)vigil_udp_socket_multicast_loop(socket, &enabled);
    (void)vigil_udp_socket_set_multicast_ttl(socket, number);
    (void)vigil_udp_socket_multicast_ttl(socket, &number);
}

static void use_segments(vigil_udp_socket *socket)
{
    bool enabled = any != 0;
    size_t count;
    size_t segment_bytes;
    vigil_address *other = any ? &address : NULL;
    (void)vigil_udp_socket_set_receive_offload(socket, enabled);
    (void)vigil_udp_socket_receive_offload(socket, &enabled);
    (void)vigil_udp_socket_send_segments(socket, bytes, any_count(BYTES), any_count(BYTES), other,
                                         &count);
    (void)vigil_udp_socket_receive_segments(socket, bytes, any_count(BYTES), other, &count,
                                            &segment_bytes);
}

static void use_errors(vigil_udp_socket *socket)
{
    bool enabled = any != 0;
    vigil_queued_error queued;
    (void)vigil_udp_socket_set_error_queue(socket, enabled);
    (void)vigil_udp_socket_error_queue(socket, &enabled);
    (void)vigil_udp_socket_take_queued_error(socket, &queued);
}

void use_udp(void)
{
    vigil_udp_socket *socket = any_socket();
    switch (any) {
    case 0:
        open_socket(socket);
        break;
    case 1:
        address_socket(socket);
        break;
    case 2:
        send_and_receive(socket);
        break;
    case 3:
        receive_several(socket);
        break;
    case 4:
        send_several(socket);
        break;
    case 5:
        set_options(socket);
        break;
    case 6:
        use_segments(socket);
        break;
    case 7:
        use_errors(socket);
        break;
    default:
        set_groups(socket);
        break;
    }
}
