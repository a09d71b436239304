/* SPDX-License-Identifier: MIT */
#include "os/socket.h"

#include "os/status.h"

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

_Static_assert(sizeof(vigil_buffer) == sizeof(struct iovec)
                   && offsetof(vigil_buffer, data) == offsetof(struct iovec, iov_base)
                   && offsetof(vigil_buffer, length) == offsetof(struct iovec, iov_len),
               "a buffer is handed to the kernel as it stands");

static vigil_status finish(ssize_t result, size_t *count)
{
    *count = result < 0 ? 0 : (size_t)result;
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    return finish(recv(fd, data, capacity, 0), count);
}

vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    return finish(recv(fd, data, capacity, MSG_PEEK), count);
}

vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    return finish(send(fd, data, length, MSG_NOSIGNAL), count);
}

/* The kernel takes IOV_MAX pieces at most; a short count is legal on a stream. */
static struct msghdr message(const vigil_buffer *buffers, size_t buffer_count)
{
    return (struct msghdr){
        .msg_iov = (struct iovec *)(void *)(uintptr_t)buffers,
        .msg_iovlen = buffer_count < IOV_MAX ? buffer_count : IOV_MAX,
    };
}

vigil_status vigil_os_receive_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                      size_t *count)
{
    struct msghdr header = message(buffers, buffer_count);
    return finish(recvmsg(fd, &header, 0), count);
}

vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count)
{
    struct msghdr header = message(buffers, buffer_count);
    return finish(sendmsg(fd, &header, MSG_NOSIGNAL), count);
}
