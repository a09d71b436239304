/* SPDX-License-Identifier: MIT */
#include "net/tcp_stream.h"

#include "net/socket.h"
#include "net/tcp_socket.h"
#include "net/told.h"

vigil_status vigil_tcp_stream_connect(vigil_tcp_stream *stream, const vigil_address *address)
{
    vigil_tcp_socket socket;
    stream->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_tcp_socket_open(&socket, address->family);
    if (status == VIGIL_OK) {
        status = vigil_tcp_socket_connect(&socket, address, stream);
    }
    vigil_tcp_socket_close(&socket);
    return status;
}

vigil_status vigil_tcp_stream_finish_connect(const vigil_tcp_stream *stream)
{
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_socket_take_error(&stream->source, &error);
    if (status != VIGIL_OK || error != VIGIL_OK) {
        return status != VIGIL_OK ? status : error;
    }
    vigil_address peer;
    status = vigil_socket_peer_address(&stream->source, &peer);
    return status == VIGIL_ENOTCONN ? VIGIL_EINPROGRESS : status;
}

vigil_status vigil_tcp_stream_read(vigil_tcp_stream *stream, void *data, size_t capacity,
                                   size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_receive(stream->source.fd, data, capacity, count));
}

vigil_status vigil_tcp_stream_readv(vigil_tcp_stream *stream, const vigil_buffer *buffers,
                                    size_t buffer_count, size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_receive_buffers(stream->source.fd, buffers, buffer_count, count));
}

vigil_status vigil_tcp_stream_peek(vigil_tcp_stream *stream, void *data, size_t capacity,
                                   size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_peek(stream->source.fd, data, capacity, count));
}

vigil_status vigil_tcp_stream_write(vigil_tcp_stream *stream, const void *data, size_t length,
                                    size_t *count)
{
    return told_by(&stream->source, VIGIL_WRITABLE,
                   vigil_os_send(stream->source.fd, data, length, count));
}

vigil_status vigil_tcp_stream_writev(vigil_tcp_stream *stream, const vigil_buffer *buffers,
                                     size_t buffer_count, size_t *count)
{
    return told_by(&stream->source, VIGIL_WRITABLE,
                   vigil_os_send_buffers(stream->source.fd, buffers, buffer_count, count));
}

vigil_status vigil_tcp_stream_shutdown(vigil_tcp_stream *stream, vigil_shutdown how)
{
    return vigil_os_shutdown(stream->source.fd, how);
}

vigil_status vigil_tcp_stream_local_address(const vigil_tcp_stream *stream, vigil_address *address)
{
    return vigil_socket_local_address(&stream->source, address);
}

vigil_status vigil_tcp_stream_peer_address(const vigil_tcp_stream *stream, vigil_address *address)
{
    return vigil_socket_peer_address(&stream->source, address);
}

vigil_status vigil_tcp_stream_take_error(const vigil_tcp_stream *stream, vigil_status *error)
{
    return vigil_socket_take_error(&stream->source, error);
}

vigil_status vigil_tcp_stream_from_fd(vigil_tcp_stream *stream, vigil_fd fd)
{
    return vigil_socket_adopt(&stream->source, fd);
}

vigil_fd vigil_tcp_stream_fd(const vigil_tcp_stream *stream)
{
    return stream->source.fd;
}

vigil_status vigil_tcp_stream_into_fd(vigil_tcp_stream *stream, vigil_fd *fd)
{
    return vigil_socket_release(&stream->source, fd);
}

vigil_status vigil_tcp_stream_close(vigil_tcp_stream *stream)
{
    return vigil_socket_close(&stream->source);
}
