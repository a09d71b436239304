/* SPDX-License-Identifier: MIT */
#include "net/pipe.h"

#include "net/socket.h"
#include "net/told.h"

vigil_status vigil_pipe_open(vigil_pipe_receiver *receiver, vigil_pipe_sender *sender)
{
    vigil_fd reads = VIGIL_FD_NONE;
    vigil_fd writes = VIGIL_FD_NONE;
    vigil_status status = vigil_os_pipe(&reads, &writes);
    receiver->source = vigil_source_from_fd(reads);
    sender->source = vigil_source_from_fd(writes);
    return status;
}

vigil_status vigil_pipe_receiver_read(vigil_pipe_receiver *receiver, void *data, size_t capacity,
                                      size_t *count)
{
    return told_by(&receiver->source, VIGIL_READABLE,
                   vigil_os_pipe_read(receiver->source.fd, data, capacity, count));
}

vigil_status vigil_pipe_sender_write(vigil_pipe_sender *sender, const void *data, size_t length,
                                     size_t *count)
{
    return told_by(&sender->source, VIGIL_WRITABLE,
                   vigil_os_pipe_write(sender->source.fd, data, length, count));
}

vigil_status vigil_pipe_receiver_set_nonblocking(const vigil_pipe_receiver *receiver, bool enabled)
{
    return vigil_os_set_nonblocking(receiver->source.fd, enabled);
}

vigil_status vigil_pipe_receiver_from_fd(vigil_pipe_receiver *receiver, vigil_fd fd)
{
    return vigil_socket_adopt(&receiver->source, fd);
}

vigil_fd vigil_pipe_receiver_fd(const vigil_pipe_receiver *receiver)
{
    return receiver->source.fd;
}

vigil_status vigil_pipe_receiver_into_fd(vigil_pipe_receiver *receiver, vigil_fd *fd)
{
    return vigil_socket_release(&receiver->source, fd);
}

vigil_status vigil_pipe_receiver_close(vigil_pipe_receiver *receiver)
{
    return vigil_socket_close(&receiver->source);
}

vigil_status vigil_pipe_sender_set_nonblocking(const vigil_pipe_sender *sender, bool enabled)
{
    return vigil_os_set_nonblocking(sender->source.fd, enabled);
}

vigil_status vigil_pipe_sender_from_fd(vigil_pipe_sender *sender, vigil_fd fd)
{
    return vigil_socket_adopt(&sender->source, fd);
}

vigil_fd vigil_pipe_sender_fd(const vigil_pipe_sender *sender)
{
    return sender->source.fd;
}

vigil_status vigil_pipe_sender_into_fd(vigil_pipe_sender *sender, vigil_fd *fd)
{
    return vigil_socket_release(&sender->source, fd);
}

vigil_status vigil_pipe_sender_close(vigil_pipe_sender *sender)
{
    return vigil_socket_close(&sender->source);
}
