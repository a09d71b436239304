/* SPDX-License-Identifier: MIT */

/* The part of the program that has TCP sockets. */
#include "any.h"
#include "net/tcp_listener.h"
#include "net/tcp_options.h"
#include "net/tcp_socket.h"
#include "net/tcp_stream.h"

#define STREAMS 2

static vigil_tcp_listener listener = VIGIL_TCP_LISTENER_CLOSED;
static vigil_tcp_stream streams[STREAMS] = {VIGIL_TCP_STREAM_CLOSED, VIGIL_TCP_STREAM_CLOSED};

static vigil_tcp_socket tcp_socket = VIGIL_TCP_SOCKET_CLOSED;

static vigil_tcp_stream *any_stream(void)
{
    return any ? &streams[0] : &streams[1];
}

vigil_source *any_tcp_source(void)
{
    return any ? &listener.source : &any_stream()->source;
}

static void open_stream(vigil_tcp_stream *stream)
{
    vigil_fd fd = any_fd();
    (void)vigil_tcp_stream_close(stream);
    switch (any) {
    case 0:
        (void)vigil_tcp_stream_connect(stream, &address);
        (void)vigil_tcp_stream_finish_connect(stream);
        break;
    case 1:
        (void)vigil_tcp_listener_accept(&listener, stream, any ? &address : NULL);
        break;
    case 2:
        (void)vigil_tcp_stream_from_fd(stream, fd);
        break;
    default:
        (void)vigil_tcp_stream_into_fd(stream, &fd);
        break;
    }
}

static void use_listener(void)
{
    vigil_fd fd = any_fd();
    vigil_status error;
    int hops = any_int();
    switch (any) {
    case 0:
        (void)vigil_tcp_listener_close(&listener);
        (void)vigil_tcp_listener_bind(&listener, &address);
        break;
    case 1:
        (void)vigil_tcp_listener_close(&listener);
        (void)vigil_tcp_listener_bind_backlog(&listener, &address, hops);
        break;
    case 2:
        (void)vigil_tcp_listener_into_fd(&listener, &fd);
        (void)vigil_tcp_listener_from_fd(&listener, fd);
        break;
    default:
        (void)vigil_tcp_listener_local_address(&listener, &address);
        (void)vigil_tcp_listener_set_ttl(&listener, hops);
        (void)vigil_tcp_listener_ttl(&listener, &hops);
        (void)vigil_tcp_listener_take_error(&listener, &error);
        (void)vigil_tcp_listener_fd(&listener);
        break;
    }
}

static void read_and_write(vigil_tcp_stream *stream)
{
    size_t length = any_count(BYTES);
    size_t count;
    vigil_buffer buffers[2] = {{bytes, BYTES / 2}, {&bytes[BYTES / 2], BYTES / 2}};
    switch (any) {
    case 0:
        (void)vigil_tcp_stream_read(stream, bytes, length, &count);
        break;
    case 1:
        (void)vigil_tcp_stream_readv(stream, buffers, length % 3, &count);
        break;
    case 2:
        (void)vigil_tcp_stream_peek(stream, bytes, length, &count);
        break;
    case 3:
        (void)vigil_tcp_stream_write(stream, bytes, length, &count);
        break;
    case 4:
        (void)vigil_tcp_stream_writev(stream, buffers, length % 3, &count);
        break;
    default:
        (void)vigil_tcp_stream_shutdown(stream, (vigil_shutdown)Frama_C_interval(-1, 3));
        break;
    }
}

static void set_options(vigil_tcp_stream *stream)
{
    bool enabled = any != 0;
    int number = any_int();
    vigil_status error;
    vigil_keepalive keepalive = {enabled, number, number, number};
    (void)vigil_tcp_stream_local_address(stream, &address);
    (void)vigil_tcp_stream_peer_address(stream, &address);
    (void)vigil_tcp_stream_take_error(stream, &error);
    (void)vigil_tcp_stream_fd(stream);
    (void)vigil_tcp_stream_set_nodelay(stream, enabled);
    (void)vigil_tcp_stream_nodelay(stream, &enabled);
    (void)vigil_tcp_stream_set_ttl(stream, number);
    (void)vigil_tcp_stream_ttl(stream, &number);
    (void)vigil_tcp_stream_set_keepalive(stream, keepalive);
    (void)vigil_tcp_stream_keepalive(stream, &keepalive);
    (void)vigil_tcp_stream_set_linger(stream, enabled, number);
    (void)vigil_tcp_stream_linger(stream, &enabled, &number);
}

static void open_socket(void)
{
    vigil_tcp_stream *stream = any_stream();
    switch (any) {
    case 0:
        vigil_tcp_socket_close(&tcp_socket);
        (void)vigil_tcp_socket_open(&tcp_socket, (vigil_family)any_word());
        break;
    case 1:
        (void)vigil_tcp_listener_close(&listener);
        (void)vigil_tcp_socket_listen(&tcp_socket, any_int(), &listener);
        break;
    case 2:
        (void)vigil_tcp_stream_close(stream);
        (void)vigil_tcp_socket_connect(&tcp_socket, &address, stream);
        break;
    default:
        (void)vigil_tcp_socket_assign_address(&tcp_socket, &address);
        (void)vigil_tcp_socket_local_address(&tcp_socket, &address);
        (void)vigil_tcp_socket_fd(&tcp_socket);
        break;
    }
}

static void set_socket_options(void)
{
    bool enabled = any != 0;
    int number = any_int();
    size_t length;
    char name[VIGIL_DEVICE_NAME_MAX];
    (void)vigil_tcp_socket_set_reuse_address(&tcp_socket, enabled);
    (void)vigil_tcp_socket_reuse_address(&tcp_socket, &enabled);
    (void)vigil_tcp_socket_set_reuse_port(&tcp_socket, enabled);
    (void)vigil_tcp_socket_reuse_port(&tcp_socket, &enabled);
    (void)vigil_tcp_socket_set_only_ipv6(&tcp_socket, enabled);
    (void)vigil_tcp_socket_only_ipv6(&tcp_socket, &enabled);
    (void)vigil_tcp_socket_set_send_buffer(&tcp_socket, number);
    (void)vigil_tcp_socket_send_buffer(&tcp_socket, &number);
    (void)vigil_tcp_socket_set_receive_buffer(&tcp_socket, number);
    (void)vigil_tcp_socket_receive_buffer(&tcp_socket, &number);
    (void)vigil_tcp_socket_set_device(&tcp_socket, text, any_count(TEXT));
    (void)vigil_tcp_socket_device(&tcp_socket, name, &length);
    (void)vigil_tcp_socket_set_fast_open(&tcp_socket, number);
    (void)vigil_tcp_socket_fast_open(&tcp_socket, &number);
    (void)vigil_tcp_socket_set_fast_open_connect(&tcp_socket, enabled);
    (void)vigil_tcp_socket_fast_open_connect(&tcp_socket, &enabled);
}

void use_tcp(void)
{
    switch (any) {
    case 0:
        open_stream(any_stream());
        break;
    case 1:
        use_listener();
        break;
    case 2:
        read_and_write(any_stream());
        break;
    case 3:
        open_socket();
        break;
    case 4:
        set_socket_options();
        break;
    default:
        set_options(any_stream());
        break;
    }
}
