/* SPDX-License-Identifier: MIT */
#include "net/pipe.h"

/*
 * Laws of pipes, proven from the headers' contracts alone.
 */

/* Opening a pipe and closing both ends leaves the table of descriptors as it was, in
 * whichever order. */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \separated(receiver, sender);
  terminates \true; exits \false;
*/
void open_then_close_leaks_no_end(vigil_pipe_receiver *receiver, vigil_pipe_sender *sender)
{
    vigil_status opened = vigil_pipe_open(receiver, sender);
    //@ check refused: opened != VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
    if (opened != VIGIL_OK) {
        return;
    }
    vigil_fd in = vigil_pipe_receiver_fd(receiver);
    vigil_fd out = vigil_pipe_sender_fd(sender);
    //@ check two: in != out && in != VIGIL_FD_NONE && out != VIGIL_FD_NONE;
    vigil_status one = vigil_pipe_sender_close(sender);
    //@ check sender: one == VIGIL_OK && kernel_kind[out] == VIGIL_KERNEL_CLOSED;
    //@ check still: VIGIL_KERNEL_OPEN(in);
    vigil_status other = vigil_pipe_receiver_close(receiver);
    //@ check receiver: other == VIGIL_OK && kernel_kind[in] == VIGIL_KERNEL_CLOSED;
    /*@ check back: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
          kernel_kind[f] == \at(kernel_kind[f], Pre); */
}

/* What goes through a pipe opens and closes nothing. */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \valid(data + (0 .. 63)) &&
    \separated(receiver, sender, data + (0 .. 63));
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
*/
void what_goes_through_opens_nothing(vigil_pipe_receiver *receiver, vigil_pipe_sender *sender,
                                     char *data)
{
    size_t count = 7;
    vigil_status written = vigil_pipe_sender_write(sender, data, 64, &count);
    //@ check written: count <= 64 && (written != VIGIL_OK ==> count == 0);
    vigil_status read = vigil_pipe_receiver_read(receiver, data, 64, &count);
    //@ check read: count <= 64 && (read != VIGIL_OK ==> count == 0);
}

/* A closed end answers so to every call. */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \valid(data + (0 .. 7)) &&
    \separated(receiver, sender, data + (0 .. 7));
  requires closed: receiver->source.fd == VIGIL_FD_NONE && sender->source.fd == VIGIL_FD_NONE;
  requires unregistered: source_unregistered(receiver->source) &&
    source_unregistered(sender->source);
  terminates \true; exits \false;
*/
void closed_ends_say_so(vigil_pipe_receiver *receiver, vigil_pipe_sender *sender, char *data)
{
    size_t count = 7;
    vigil_fd fd = 0;
    vigil_status status = vigil_pipe_receiver_read(receiver, data, 8, &count);
    //@ check read: status == VIGIL_EBADF && count == 0;
    status = vigil_pipe_sender_write(sender, data, 8, &count);
    //@ check write: status == VIGIL_EBADF && count == 0;
    status = vigil_pipe_receiver_set_nonblocking(receiver, true);
    //@ check in: status == VIGIL_EBADF;
    status = vigil_pipe_sender_set_nonblocking(sender, false);
    //@ check out: status == VIGIL_EBADF;
    status = vigil_pipe_receiver_into_fd(receiver, &fd);
    //@ check given: status == VIGIL_EBADF && fd == VIGIL_FD_NONE;
    status = vigil_pipe_sender_into_fd(sender, &fd);
    //@ check lent: status == VIGIL_EBADF && fd == VIGIL_FD_NONE;
}

/* An end that is taken over does not block, and blocks when it is told to. */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \separated(receiver, sender);
  terminates \true; exits \false;
*/
void taken_over_ends_do_not_block(vigil_pipe_receiver *receiver, vigil_pipe_sender *sender,
                                  vigil_fd in, vigil_fd out)
{
    vigil_status status = vigil_pipe_receiver_from_fd(receiver, in);
    //@ check receiver: status == VIGIL_OK ==> kernel_nonblocking[in] == 1;
    //@ check closed: status != VIGIL_OK ==> receiver->source.fd == VIGIL_FD_NONE;
    status = vigil_pipe_sender_from_fd(sender, out);
    //@ check sender: status == VIGIL_OK ==> kernel_nonblocking[out] == 1;
    if (status == VIGIL_OK) {
        status = vigil_pipe_sender_set_nonblocking(sender, false);
        //@ check blocks: status == VIGIL_OK ==> kernel_nonblocking[out] == 0;
    }
}
