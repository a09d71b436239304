/* SPDX-License-Identifier: MIT */

/* The part of the program that has Unix sockets. */
#include "any.h"
#include "net/unix_datagram.h"
#include "net/unix_descriptors.h"
#include "net/unix_listener.h"
#include "net/unix_stream.h"

#define FDS (VIGIL_UNIX_DESCRIPTORS_MAX + 2)

static vigil_unix_listener listener = VIGIL_UNIX_LISTENER_CLOSED;
static vigil_unix_stream streams[2] = {VIGIL_UNIX_STREAM_CLOSED, VIGIL_UNIX_STREAM_CLOSED};
static vigil_unix_datagram sockets[2] = {VIGIL_UNIX_DATAGRAM_CLOSED, VIGIL_UNIX_DATAGRAM_CLOSED};

static vigil_unix_stream *any_stream(void)
{
    return any ? &streams[0] : &streams[1];
}

static vigil_unix_datagram *any_socket(void)
{
    return any ? &sockets[0] : &sockets[1];
}

vigil_source *any_unix_source(void)
{
    return any ? &listener.source : any ? &any_stream()->source : &any_socket()->source;
}

static void use_listener(void)
{
    vigil_fd fd = any_fd();
    vigil_status error;
    switch (any) {
    case 0:
        (void)vigil_unix_listener_close(&listener);
        (void)vigil_unix_listener_bind(&listener, &unix_address);
        break;
    case 1:
        (void)vigil_unix_listener_close(&listener);
        (void)vigil_unix_listener_bind_backlog(&listener, &unix_address, any_int());
        break;
    case 2:
        (void)vigil_unix_listener_into_fd(&listener, &fd);
        (void)vigil_unix_listener_from_fd(&listener, fd);
        break;
    default:
        (void)vigil_unix_listener_local_address(&listener, &unix_address);
        (void)vigil_unix_listener_take_error(&listener, &error);
        (void)vigil_unix_listener_fd(&listener);
        break;
    }
}

static void open_stream(vigil_unix_stream *stream)
{
    vigil_fd fd = any_fd();
    (void)vigil_unix_stream_close(stream);
    switch (any) {
    case 0:
        (void)vigil_unix_stream_connect(stream, &unix_address);
        break;
    case 1:
        (void)vigil_unix_listener_accept(&listener, stream, any ? &unix_address : NULL);
        break;
    case 2:
        (void)vigil_unix_stream_from_fd(stream, fd);
        break;
    default:
        (void)vigil_unix_stream_into_fd(&streams[0], &fd);
        (void)vigil_unix_stream_close(&streams[1]);
        (void)vigil_unix_stream_pair(&streams[0], &streams[1]);
        break;
    }
}

static void read_and_write(vigil_unix_stream *stream)
{
    size_t length = any_count(BYTES);
    size_t count;
    vigil_buffer buffers[2] = {{bytes, BYTES / 2}, {&bytes[BYTES / 2], BYTES / 2}};
    switch (any) {
    case 0:
        (void)vigil_unix_stream_read(stream, bytes, length, &count);
        break;
    case 1:
        (void)vigil_unix_stream_readv(stream, buffers, any_count(2), &count);
        break;
    case 2:
        (void)vigil_unix_stream_peek(stream, bytes, length, &count);
        break;
    case 3:
        (void)vigil_unix_stream_write(stream, bytes, length, &count);
        break;
    case 4:
        (void)vigil_unix_stream_writev(stream, buffers, any_count(2), &count);
        break;
    default:
        (void)vigil_unix_stream_shutdown(stream, (vigil_shutdown)Frama_C_interval(-1, 3));
        break;
    }
}

static void look_at_stream(vigil_unix_stream *stream)
{
    vigil_status error;
    vigil_credentials credentials;
    (void)vigil_unix_stream_local_address(stream, &unix_address);
    (void)vigil_unix_stream_peer_address(stream, &unix_address);
    (void)vigil_unix_stream_peer_credentials(stream, &credentials);
    (void)vigil_unix_stream_take_error(stream, &error);
    (void)vigil_unix_stream_fd(stream);
}

static void pass_descriptors(vigil_unix_stream *stream)
{
    vigil_fd fds[FDS];
    size_t count;
    size_t fd_count;
    (void)vigil_unix_stream_receive_descriptors(stream, bytes, any_count(BYTES), fds,
                                                any_count(FDS), &count, &fd_count);
    for (int i = 0; i < FDS; i++) {
        fds[i] = any_fd();
    }
    (void)vigil_unix_stream_send_descriptors(stream, bytes, any_count(BYTES), fds, any_count(FDS),
                                             &count);
}

static void open_datagram(vigil_unix_datagram *socket)
{
    vigil_fd fd = any_fd();
    (void)vigil_unix_datagram_close(socket);
    switch (any) {
    case 0:
        (void)vigil_unix_datagram_bind(socket, &unix_address);
        break;
    case 1:
        (void)vigil_unix_datagram_open(socket);
        break;
    case 2:
        (void)vigil_unix_datagram_from_fd(socket, fd);
        break;
    default:
        (void)vigil_unix_datagram_into_fd(&sockets[0], &fd);
        (void)vigil_unix_datagram_close(&sockets[1]);
        (void)vigil_unix_datagram_pair(&sockets[0], &sockets[1]);
        break;
    }
}

static void send_and_receive(vigil_unix_datagram *socket)
{
    size_t length = any_count(BYTES);
    size_t count;
    vigil_unix_address *from = any ? &unix_address : NULL;
    switch (any) {
    case 0:
        (void)vigil_unix_datagram_send(socket, bytes, length, &count);
        break;
    case 1:
        (void)vigil_unix_datagram_send_to(socket, bytes, length, &unix_address, &count);
        break;
    case 2:
        (void)vigil_unix_datagram_receive(socket, bytes, length, &count);
        break;
    case 3:
        (void)vigil_unix_datagram_receive_from(socket, bytes, length, from, &count);
        break;
    case 4:
        (void)vigil_unix_datagram_peek(socket, bytes, length, &count);
        break;
    default:
        (void)vigil_unix_datagram_peek_from(socket, bytes, length, from, &count);
        break;
    }
}

static void look_at_datagram(vigil_unix_datagram *socket)
{
    vigil_status error;
    (void)vigil_unix_datagram_connect(socket, &unix_address);
    (void)vigil_unix_datagram_shutdown(socket, (vigil_shutdown)Frama_C_interval(-1, 3));
    (void)vigil_unix_datagram_local_address(socket, &unix_address);
    (void)vigil_unix_datagram_peer_address(socket, &unix_address);
    (void)vigil_unix_datagram_take_error(socket, &error);
    (void)vigil_unix_datagram_fd(socket);
}

void use_unix(void)
{
    switch (any) {
    case 0:
        use_listener();
        break;
    case 1:
        open_stream(any_stream());
        break;
    case 2:
        read_and_write(any_stream());
        break;
    case 3:
        look_at_stream(any_stream());
        break;
    case 4:
        pass_descriptors(any_stream());
        break;
    case 5:
        open_datagram(any_socket());
        break;
    case 6:
        send_and_receive(any_socket());
        break;
    default:
        look_at_datagram(any_socket());
        break;
    }
}
