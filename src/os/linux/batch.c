/* SPDX-License-Identifier: MIT */
#include "os/batch.h"

#include "os/status.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

static void describe(vigil_os_message *message, struct iovec *piece, struct mmsghdr *header)
{
    *piece = (struct iovec){message->data, message->length};
    *header = (struct mmsghdr){.msg_hdr = {.msg_iov = piece, .msg_iovlen = 1}};
}

/* One, as an error that a second one met could be told to nobody. */
static vigil_status receive_one(vigil_fd fd, vigil_os_message *message, size_t *received)
{
    vigil_status status = vigil_os_receive_from(fd, message->data, message->length,
                                                &message->address, &message->count);
    message->truncated = status == VIGIL_EMSGSIZE && message->address.length > 0;
    bool moved = status == VIGIL_OK || message->truncated;
    *received = moved ? 1 : 0;
    return moved ? VIGIL_OK : status;
}

vigil_status vigil_os_receive_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                    size_t *received)
{
    struct iovec pieces[VIGIL_OS_BATCH_MAX];
    struct mmsghdr headers[VIGIL_OS_BATCH_MAX];
    for (size_t i = 0; i < number; i++) {
        describe(&messages[i], &pieces[i], &headers[i]);
        headers[i].msg_hdr.msg_name = messages[i].address.bytes;
        headers[i].msg_hdr.msg_namelen = VIGIL_SOCKADDR_BYTES;
    }
    *received = 0;
    int result = recvmmsg(fd, headers, (unsigned)number, 0, NULL);
    if (result < 0) {
        return errno == ENOSYS ? receive_one(fd, &messages[0], received) : vigil_os_status(errno);
    }
    *received = (size_t)result;
    for (size_t i = 0; i < *received; i++) {
        socklen_t length = headers[i].msg_hdr.msg_namelen;
        messages[i].count = headers[i].msg_len;
        messages[i].truncated = (headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;
        messages[i].address.length = length < VIGIL_SOCKADDR_BYTES ? length : VIGIL_SOCKADDR_BYTES;
    }
    return VIGIL_OK;
}

static vigil_status send_one(vigil_fd fd, vigil_os_message *message, size_t *sent)
{
    vigil_status status = message->address.length > 0
        ? vigil_os_send_to(fd, message->data, message->length, &message->address, &message->count)
        : vigil_os_send(fd, message->data, message->length, &message->count);
    *sent = status == VIGIL_OK ? 1 : 0;
    return status;
}

vigil_status vigil_os_send_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                 size_t *sent)
{
    struct iovec pieces[VIGIL_OS_BATCH_MAX];
    struct mmsghdr headers[VIGIL_OS_BATCH_MAX];
    for (size_t i = 0; i < number; i++) {
        describe(&messages[i], &pieces[i], &headers[i]);
        bool has_address = messages[i].address.length > 0;
        headers[i].msg_hdr.msg_name = has_address ? messages[i].address.bytes : NULL;
        headers[i].msg_hdr.msg_namelen = messages[i].address.length;
    }
    *sent = 0;
    int result = sendmmsg(fd, headers, (unsigned)number, MSG_NOSIGNAL);
    if (result < 0) {
        return errno == ENOSYS ? send_one(fd, &messages[0], sent) : vigil_os_status(errno);
    }
    *sent = (size_t)result;
    for (size_t i = 0; i < *sent; i++) {
        messages[i].count = headers[i].msg_len;
    }
    return VIGIL_OK;
}
