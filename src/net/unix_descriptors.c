/* SPDX-License-Identifier: MIT */
#include "net/unix_descriptors.h"

#include "net/told.h"
#include "os/socket.h"

/* Without a byte nothing is sent (unix(7)), and Linux would say that it was. A closed
 * stream is what there is to say first. */
/*@
  requires count: \valid(count);
  terminates \true; exits \false;
  assigns *count;
  ensures errors: \result == VIGIL_EINVAL || \result == VIGIL_EBADF;
  ensures none: *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status refuse_descriptors(vigil_fd fd, size_t *count)
{
    int family = 0;
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_FAMILY, &family);
    *count = 0;
    return status == VIGIL_EBADF ? VIGIL_EBADF : VIGIL_EINVAL;
}

vigil_status vigil_unix_stream_send_descriptors(vigil_unix_stream *stream, const void *data,
                                                size_t length, const vigil_fd *fds, size_t fd_count,
                                                size_t *count)
{
    if (length == 0 || fd_count > VIGIL_UNIX_DESCRIPTORS_MAX) {
        return refuse_descriptors(stream->source.fd, count);
    }
    return told_by(
        &stream->source, VIGIL_WRITABLE,
        vigil_os_send_descriptors(stream->source.fd, data, length, fds, fd_count, count));
}

vigil_status vigil_unix_stream_receive_descriptors(vigil_unix_stream *stream, void *data,
                                                   size_t capacity, vigil_fd *fds,
                                                   size_t fd_capacity, size_t *count,
                                                   size_t *fd_count)
{
    return told_by(&stream->source, VIGIL_READABLE,
                   vigil_os_receive_descriptors(stream->source.fd, data, capacity, fds, fd_capacity,
                                                count, fd_count));
}
