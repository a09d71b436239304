/* SPDX-License-Identifier: MIT */
#include "os/socket.h"

#include "bytes_moved.h"

#include <limits.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>

_Static_assert(sizeof(vigil_buffer) == sizeof(struct iovec)
                   && offsetof(vigil_buffer, data) == offsetof(struct iovec, iov_base)
                   && offsetof(vigil_buffer, length) == offsetof(struct iovec, iov_len),
               "a buffer is handed to the kernel as it stands");

vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    return bytes_moved(recv(fd, data, capacity, 0), count);
}

vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    return bytes_moved(recv(fd, data, capacity, MSG_PEEK), count);
}

vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    return bytes_moved(send(fd, data, length, MSG_NOSIGNAL), count);
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
    return bytes_moved(recvmsg(fd, &header, 0), count);
}

vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count)
{
    struct msghdr header = message(buffers, buffer_count);
    return bytes_moved(sendmsg(fd, &header, MSG_NOSIGNAL), count);
}

vigil_status vigil_os_send_to(vigil_fd fd, const void *data, size_t length,
                              const vigil_sockaddr *to, size_t *count)
{
    const struct sockaddr *name = (const struct sockaddr *)(const void *)to->bytes;
    return bytes_moved(sendto(fd, data, length, MSG_NOSIGNAL, name, to->length), count);
}

/* With recvmsg(2), as recv(2) says nothing of a datagram that was cut, and with
 * MSG_TRUNC would throw the bytes of a stream away (tcp(7)). The kernel reports the
 * length that an address has, not what it wrote. */
static vigil_status receive_datagram(vigil_fd fd, struct iovec piece, int flags,
                                     vigil_sockaddr *from, size_t *count)
{
    struct msghdr header = {
        .msg_name = from->bytes,
        .msg_namelen = VIGIL_SOCKADDR_BYTES,
        .msg_iov = &piece,
        .msg_iovlen = 1,
    };
    from->length = 0;
    vigil_status status = bytes_moved(recvmsg(fd, &header, flags), count);
    if (status != VIGIL_OK) {
        return status;
    }
    from->length =
        header.msg_namelen < VIGIL_SOCKADDR_BYTES ? header.msg_namelen : VIGIL_SOCKADDR_BYTES;
    return (header.msg_flags & MSG_TRUNC) != 0 ? VIGIL_EMSGSIZE : VIGIL_OK;
}

vigil_status vigil_os_receive_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                   size_t *count)
{
    return receive_datagram(fd, (struct iovec){data, capacity}, 0, from, count);
}

vigil_status vigil_os_peek_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                size_t *count)
{
    return receive_datagram(fd, (struct iovec){data, capacity}, MSG_PEEK, from, count);
}
