/* SPDX-License-Identifier: MIT */

/* The calls of the seam that move data, which may fail, or move less. */
#include "fault/inject.h"

#include <sys/socket.h>

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))

/* How much a call moves that is asked for `size`: a datagram goes whole. */
static size_t moved(const fault *f, vigil_fd fd, size_t size)
{
    int type = 0;
    socklen_t length = sizeof type;
    bool is_less = is_short(f) && size > 1
        && getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
    return is_less ? (size + 1) / 2 : size;
}

vigil_status fault_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    const fault *f = call_begins(CALL_receive, CALLER);
    *count = 0;
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_receive(fd, data, moved(f, fd, capacity), count));
}

vigil_status fault_peek(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    const fault *f = call_begins(CALL_peek, CALLER);
    *count = 0;
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_peek(fd, data, moved(f, fd, capacity), count));
}

vigil_status fault_receive_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count)
{
    const fault *f = call_begins(CALL_receive_buffers, CALLER);
    *count = 0;
    size_t pieces = moved(f, fd, buffer_count);
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_receive_buffers(fd, buffers, pieces, count));
}

vigil_status fault_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    const fault *f = call_begins(CALL_send, CALLER);
    *count = 0;
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_send(fd, data, moved(f, fd, length), count));
}

vigil_status fault_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                size_t *count)
{
    const fault *f = call_begins(CALL_send_buffers, CALLER);
    *count = 0;
    size_t pieces = moved(f, fd, buffer_count);
    return call_ends(f,
                     is_refused(f) ? VIGIL_OK : vigil_os_send_buffers(fd, buffers, pieces, count));
}

vigil_status fault_receive_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                size_t *count)
{
    const fault *f = call_begins(CALL_receive_from, CALLER);
    *count = 0;
    from->length = 0;
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_receive_from(fd, data, capacity, from, count));
}

vigil_status fault_peek_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                             size_t *count)
{
    const fault *f = call_begins(CALL_peek_from, CALLER);
    *count = 0;
    from->length = 0;
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_peek_from(fd, data, capacity, from, count));
}

vigil_status fault_send_to(vigil_fd fd, const void *data, size_t length, const vigil_sockaddr *to,
                           size_t *count)
{
    const fault *f = call_begins(CALL_send_to, CALLER);
    *count = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_send_to(fd, data, length, to, count));
}

vigil_status fault_pipe_read(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    const fault *f = call_begins(CALL_pipe_read, CALLER);
    size_t room = is_short(f) && capacity > 1 ? capacity / 2 : capacity;
    *count = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_pipe_read(fd, data, room, count));
}

vigil_status fault_pipe_write(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    const fault *f = call_begins(CALL_pipe_write, CALLER);
    *count = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_pipe_write(fd, data, length, count));
}

/* Fewer datagrams than there are, as the system may have it. */
static size_t fewer(const fault *f, size_t number)
{
    return is_short(f) ? (number + 1) / 2 : number;
}

vigil_status fault_send_batch(vigil_fd fd, vigil_os_message *messages, size_t number, size_t *sent)
{
    const fault *f = call_begins(CALL_send_batch, CALLER);
    *sent = 0;
    size_t some = fewer(f, number);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_send_batch(fd, messages, some, sent));
}

vigil_status fault_receive_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                 size_t *received)
{
    const fault *f = call_begins(CALL_receive_batch, CALLER);
    *received = 0;
    size_t some = fewer(f, number);
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_receive_batch(fd, messages, some, received));
}

vigil_status fault_send_segments(vigil_fd fd, const void *data, size_t length, size_t segment_bytes,
                                 const vigil_sockaddr *to)
{
    const fault *f = call_begins(CALL_send_segments, CALLER);
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_send_segments(fd, data, length, segment_bytes, to));
}

vigil_status fault_receive_segments(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                    size_t *count, vigil_os_control *control)
{
    const fault *f = call_begins(CALL_receive_segments, CALLER);
    *count = 0;
    from->length = 0;
    control->length = 0;
    return call_ends(f,
                     is_refused(f)
                         ? VIGIL_OK
                         : vigil_os_receive_segments(fd, data, capacity, from, count, control));
}

vigil_status fault_receive_error(vigil_fd fd, vigil_sockaddr *destination,
                                 vigil_os_control *control)
{
    const fault *f = call_begins(CALL_receive_error, CALLER);
    destination->length = 0;
    control->length = 0;
    return call_ends(f,
                     is_refused(f) ? VIGIL_OK : vigil_os_receive_error(fd, destination, control));
}

vigil_status fault_send_descriptors(vigil_fd fd, const void *data, size_t length,
                                    const vigil_fd *fds, size_t fd_count, size_t *count)
{
    const fault *f = call_begins(CALL_send_descriptors, CALLER);
    *count = 0;
    size_t some = moved(f, fd, length);
    return call_ends(
        f,
        is_refused(f) ? VIGIL_OK : vigil_os_send_descriptors(fd, data, some, fds, fd_count, count));
}

/* What comes is the caller's at once, and is not the library's to close. */
vigil_status fault_receive_descriptors(vigil_fd fd, void *data, size_t capacity, vigil_fd *fds,
                                       size_t fd_capacity, size_t *count, size_t *fd_count)
{
    const fault *f = call_begins(CALL_receive_descriptors, CALLER);
    *count = 0;
    *fd_count = 0;
    size_t some = moved(f, fd, capacity);
    return call_ends(f,
                     is_refused(f) ? VIGIL_OK
                                   : vigil_os_receive_descriptors(fd, data, some, fds, fd_capacity,
                                                                  count, fd_count));
}
