/* SPDX-License-Identifier: MIT */
#include "os/unix_socket.h"

#include "bytes_moved.h"
#include "os/status.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* A pidfd of the sender comes only to who has asked for it (Linux 6.5, SO_PASSPIDFD),
 * and must not stay open either. */
#define SCM_PIDFD_TYPE 0x04

/* Room for the control message of as many descriptors as there may be. */
typedef union rights_room {
    struct cmsghdr header;
    unsigned char bytes[CMSG_SPACE(VIGIL_UNIX_DESCRIPTORS_MAX * sizeof(int))];
} rights_room;

_Static_assert(sizeof(vigil_fd) == sizeof(int), "descriptors are copied as they are");

_Static_assert(sizeof(pid_t) == sizeof(int32_t) && sizeof(uid_t) == sizeof(uint32_t)
                   && sizeof(gid_t) == sizeof(uint32_t),
               "credentials are copied as they are");

vigil_status vigil_os_socket_pair(vigil_os_pair kind, vigil_fd *one, vigil_fd *two)
{
    int type = kind == VIGIL_OS_PAIR_STREAM ? SOCK_STREAM : SOCK_DGRAM;
    int fds[2] = {VIGIL_FD_NONE, VIGIL_FD_NONE};
    int result = socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds);
    *one = fds[0];
    *two = fds[1];
    return result < 0 ? vigil_os_status(errno) : VIGIL_OK;
}

vigil_status vigil_os_peer_credentials(vigil_fd fd, vigil_credentials *credentials)
{
    struct ucred peer = {0};
    socklen_t length = sizeof peer;
    int result = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length);
    *credentials = (vigil_credentials){0};
    if (result < 0) {
        return vigil_os_status(errno);
    }
    *credentials = (vigil_credentials){peer.pid, peer.uid, peer.gid};
    return VIGIL_OK;
}

vigil_status vigil_os_send_descriptors(vigil_fd fd, const void *data, size_t length,
                                       const vigil_fd *fds, size_t fd_count, size_t *count)
{
    rights_room room = {.bytes = {0}};
    size_t fitting = fd_count < VIGIL_UNIX_DESCRIPTORS_MAX ? fd_count : VIGIL_UNIX_DESCRIPTORS_MAX;
    struct iovec piece = {(void *)(uintptr_t)data, length};
    struct msghdr header = {.msg_iov = &piece, .msg_iovlen = 1};
    if (fitting > 0) {
        room.header.cmsg_level = SOL_SOCKET;
        room.header.cmsg_type = SCM_RIGHTS;
        room.header.cmsg_len = CMSG_LEN(fitting * sizeof(int));
        memcpy(CMSG_DATA(&room.header), fds, fitting * sizeof(int));
        header.msg_control = room.bytes;
        header.msg_controllen = CMSG_SPACE(fitting * sizeof(int));
    }
    return bytes_moved(sendmsg(fd, &header, MSG_NOSIGNAL), count);
}

/* The descriptors of one control message: kept if `fds` is not null, else closed. */
static void take_descriptors(struct cmsghdr *message, vigil_fd *fds, size_t *fd_count)
{
    bool kept = fds != NULL && message->cmsg_type == SCM_RIGHTS;
    bool carries = message->cmsg_level == SOL_SOCKET
        && (message->cmsg_type == SCM_RIGHTS || message->cmsg_type == SCM_PIDFD_TYPE);
    size_t number = carries ? (message->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
    for (size_t i = 0; i < number; i++) {
        int received = -1;
        memcpy(&received, CMSG_DATA(message) + i * sizeof received, sizeof received);
        if (kept) {
            fds[*fd_count] = received;
            *fd_count += 1;
        } else {
            (void)!close(received);
        }
    }
}

/* The length of the control message without its padding: the kernel would put one
 * descriptor more into that. */
vigil_status vigil_os_receive_descriptors(vigil_fd fd, void *data, size_t capacity, vigil_fd *fds,
                                          size_t fd_capacity, size_t *count, size_t *fd_count)
{
    rights_room room = {.bytes = {0}};
    size_t most =
        fd_capacity < VIGIL_UNIX_DESCRIPTORS_MAX ? fd_capacity : VIGIL_UNIX_DESCRIPTORS_MAX;
    struct iovec piece = {data, capacity};
    struct msghdr header = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = most > 0 ? room.bytes : NULL,
        .msg_controllen = most > 0 ? CMSG_LEN(most * sizeof(int)) : 0,
    };
    *fd_count = 0;
    vigil_status status = bytes_moved(recvmsg(fd, &header, MSG_CMSG_CLOEXEC), count);
    if (status != VIGIL_OK) {
        return status;
    }
    bool lost = (header.msg_flags & MSG_CTRUNC) != 0;
    struct cmsghdr *message = CMSG_FIRSTHDR(&header);
    while (message != NULL) {
        take_descriptors(message, lost ? NULL : fds, fd_count);
        message = CMSG_NXTHDR(&header, message);
    }
    return lost ? VIGIL_EMSGSIZE : VIGIL_OK;
}
