/* SPDX-License-Identifier: MIT */
#include "os/message.h"

#include "os/status.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* Of linux/udp.h, which headers of before Linux 4.18 lack. */
#define UDP_SEGMENT_OPTION 103

_Static_assert(VIGIL_OS_CONTROL_IPV4 == IPPROTO_IP && VIGIL_OS_CONTROL_IPV4_ERROR == IP_RECVERR
                   && VIGIL_OS_CONTROL_IPV6 == IPPROTO_IPV6
                   && VIGIL_OS_CONTROL_IPV6_ERROR == IPV6_RECVERR
                   && VIGIL_OS_CONTROL_UDP == IPPROTO_UDP,
               "levels and types are those of the system");

/* Room for one number beside the data. */
typedef union segment_room {
    struct cmsghdr header;
    unsigned char bytes[CMSG_SPACE(sizeof(uint16_t))];
} segment_room;

/* A kernel without the option sends `data` as one datagram and says nothing: so it is
 * asked, at each call, as nothing is remembered. */
static vigil_status offers_segments(vigil_fd fd)
{
    int value = 0;
    socklen_t length = sizeof value;
    int result = getsockopt(fd, IPPROTO_UDP, UDP_SEGMENT_OPTION, &value, &length);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_send_segments(vigil_fd fd, const void *data, size_t length,
                                    size_t segment_bytes, const vigil_sockaddr *to)
{
    segment_room room = {.bytes = {0}};
    uint16_t bytes = (uint16_t)segment_bytes;
    struct iovec piece = {(void *)(uintptr_t)data, length};
    struct msghdr header = {
        .msg_name = to->length > 0 ? (void *)(uintptr_t)to->bytes : NULL,
        .msg_namelen = to->length,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes,
    };
    room.header.cmsg_level = IPPROTO_UDP;
    room.header.cmsg_type = UDP_SEGMENT_OPTION;
    room.header.cmsg_len = CMSG_LEN(sizeof bytes);
    memcpy(CMSG_DATA(&room.header), &bytes, sizeof bytes);
    vigil_status status = offers_segments(fd);
    if (status != VIGIL_OK) {
        return status;
    }
    ssize_t result = sendmsg(fd, &header, MSG_NOSIGNAL);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

/* What recvmsg(2) gives beside the data, `address` and `control` empty if it fails. */
static ssize_t receive(vigil_fd fd, struct iovec *piece, int *flags, vigil_sockaddr *address,
                       vigil_os_control *control)
{
    struct msghdr header = {
        .msg_name = address->bytes,
        .msg_namelen = VIGIL_SOCKADDR_BYTES,
        .msg_iov = piece,
        .msg_iovlen = piece != NULL ? 1 : 0,
        .msg_control = control->bytes,
        .msg_controllen = VIGIL_OS_CONTROL_BYTES,
    };
    address->length = 0;
    control->length = 0;
    ssize_t result = recvmsg(fd, &header, *flags);
    if (result >= 0) {
        *flags = header.msg_flags;
        address->length =
            header.msg_namelen < VIGIL_SOCKADDR_BYTES ? header.msg_namelen : VIGIL_SOCKADDR_BYTES;
        control->length = (uint32_t)header.msg_controllen;
    }
    return result;
}

vigil_status vigil_os_receive_segments(vigil_fd fd, void *data, size_t capacity,
                                       vigil_sockaddr *from, size_t *count,
                                       vigil_os_control *control)
{
    struct iovec piece = {data, capacity};
    int flags = 0;
    ssize_t result = receive(fd, &piece, &flags, from, control);
    *count = result < 0 ? 0 : (size_t)result;
    if (result < 0) {
        return vigil_os_status(errno);
    }
    return (flags & MSG_TRUNC) != 0 ? VIGIL_EMSGSIZE : VIGIL_OK;
}

/* It never blocks, whatever the descriptor does. */
vigil_status vigil_os_receive_error(vigil_fd fd, vigil_sockaddr *destination,
                                    vigil_os_control *control)
{
    int flags = MSG_ERRQUEUE;
    ssize_t result = receive(fd, NULL, &flags, destination, control);
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}
