/* SPDX-License-Identifier: MIT */
#include "net/unix_stream.h"

#include "net/socket.h"
#include "net/told.h"
#include "net/unix_sockaddr.h"
#include "net/unix_socket.h"
#include "os/descriptor.h"

vigil_status vigil_unix_stream_connect(vigil_unix_stream *stream, const vigil_unix_address *address)
{
    vigil_sockaddr native;
    vigil_fd fd = VIGIL_FD_NONE;
    stream->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_unix_sockaddr_encode(address, &native);
    if (status == VIGIL_OK) {
        status = vigil_os_socket_stream(VIGIL_OS_AF_UNIX, &fd);
    }
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_os_connect(fd, &native);
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(fd);
        return status;
    }
    stream->source = vigil_source_from_fd(fd);
    return VIGIL_OK;
}

vigil_status vigil_unix_stream_pair(vigil_unix_stream *one, vigil_unix_stream *two)
{
    return vigil_unix_pair(VIGIL_OS_PAIR_STREAM, &one->source, &two->source);
}

vigil_status vigil_unix_stream_read(vigil_unix_stream *stream, void *data, size_t capacity,
                                    size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_receive(stream->source.fd, data, capacity, count));
}

vigil_status vigil_unix_stream_readv(vigil_unix_stream *stream, const vigil_buffer *buffers,
                                     size_t buffer_count, size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_receive_buffers(stream->source.fd, buffers, buffer_count, count));
}

vigil_status vigil_unix_stream_peek(vigil_unix_stream *stream, void *data, size_t capacity,
                                    size_t *count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_peek(stream->source.fd, data, capacity, count));
}

vigil_status vigil_unix_stream_write(vigil_unix_stream *stream, const void *data, size_t length,
                                     size_t *count)
{
    return told_by(&stream->source, VIGIL_WRITABLE,
                   vigil_os_send(stream->source.fd, data, length, count));
}

vigil_status vigil_unix_stream_writev(vigil_unix_stream *stream, const vigil_buffer *buffers,
                                      size_t buffer_count, size_t *count)
{
    return told_by(&stream->source, VIGIL_WRITABLE,
                   vigil_os_send_buffers(stream->source.fd, buffers, buffer_count, count));
}

vigil_status vigil_unix_stream_shutdown(vigil_unix_stream *stream, vigil_shutdown how)
{
    return vigil_os_shutdown(stream->source.fd, how);
}

vigil_status vigil_unix_stream_local_address(const vigil_unix_stream *stream,
                                             vigil_unix_address *address)
{
    return vigil_unix_local_address(&stream->source, address);
}

vigil_status vigil_unix_stream_peer_address(const vigil_unix_stream *stream,
                                            vigil_unix_address *address)
{
    return vigil_unix_peer_address(&stream->source, address);
}

vigil_status vigil_unix_stream_peer_credentials(const vigil_unix_stream *stream,
                                                vigil_credentials *credentials)
{
    return vigil_os_peer_credentials(stream->source.fd, credentials);
}

vigil_status vigil_unix_stream_take_error(const vigil_unix_stream *stream, vigil_status *error)
{
    return vigil_socket_take_error(&stream->source, error);
}

vigil_status vigil_unix_stream_from_fd(vigil_unix_stream *stream, vigil_fd fd)
{
    return vigil_socket_adopt(&stream->source, fd);
}

vigil_fd vigil_unix_stream_fd(const vigil_unix_stream *stream)
{
    return stream->source.fd;
}

vigil_status vigil_unix_stream_into_fd(vigil_unix_stream *stream, vigil_fd *fd)
{
    return vigil_socket_release(&stream->source, fd);
}

vigil_status vigil_unix_stream_close(vigil_unix_stream *stream)
{
    return vigil_socket_close(&stream->source);
}
