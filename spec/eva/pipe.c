/* SPDX-License-Identifier: MIT */

/* The part of the program that has pipes. */
#include "net/pipe.h"
#include "any.h"

static vigil_pipe_receiver receiver = VIGIL_PIPE_RECEIVER_CLOSED;
static vigil_pipe_sender sender = VIGIL_PIPE_SENDER_CLOSED;

vigil_source *any_pipe_source(void)
{
    return any ? &receiver.source : &sender.source;
}

static void open_pipe(void)
{
    vigil_fd fd = any_fd();
    switch (any) {
    case 0:
        (void)vigil_pipe_receiver_close(&receiver);
        (void)vigil_pipe_sender_close(&sender);
        (void)vigil_pipe_open(&receiver, &sender);
        break;
    case 1:
        (void)vigil_pipe_receiver_into_fd(&receiver, &fd);
        (void)vigil_pipe_receiver_from_fd(&receiver, fd);
        break;
    default:
        (void)vigil_pipe_sender_into_fd(&sender, &fd);
        (void)vigil_pipe_sender_from_fd(&sender, fd);
        break;
    }
}

void use_pipe(void)
{
    size_t count;
    switch (any) {
    case 0:
        open_pipe();
        break;
    case 1:
        (void)vigil_pipe_receiver_read(&receiver, bytes, any_count(BYTES), &count);
        break;
    case 2:
        (void)vigil_pipe_sender_write(&sender, bytes, any_count(BYTES), &count);
        break;
    default:
        (void)vigil_pipe_receiver_set_nonblocking(&receiver, any != 0);
        (void)vigil_pipe_sender_set_nonblocking(&sender, any != 0);
        (void)vigil_pipe_receiver_fd(&receiver);
        (void)vigil_pipe_sender_fd(&sender);
        break;
    }
}
