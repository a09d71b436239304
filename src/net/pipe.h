/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_PIPE_H
#define VIGIL_NET_PIPE_H

#include "base/status.h"
#include "os/pipe.h"
#include "poll/registry.h"
#include "poll/source.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A pipe (pipe(7)): what is written into the sender can be read from the receiver.
 * Register `&receiver.source` for VIGIL_READABLE, `&sender.source` for VIGIL_WRITABLE.
 * Edge-triggered, read and write until VIGIL_EWOULDBLOCK: only then is the next event
 * due. On Linux a `count` that is less than was asked for is as good (epoll(7)), but
 * behind an event that says read closed, and of an adopted pipe whose writer has asked
 * for packets (pipe(2), O_DIRECT). When the last sender is closed,
 * vigil_event_is_read_closed says so of the receiver; when the last receiver is,
 * vigil_event_is_write_closed of the sender.
 *
 * The caller owns the structs; they do not move while they are registered. One
 * thread at a time works on each. Every call on a closed one answers VIGIL_EBADF.
 */
typedef struct vigil_pipe_receiver {
    vigil_source source;
} vigil_pipe_receiver;

typedef struct vigil_pipe_sender {
    vigil_source source;
} vigil_pipe_sender;

/* How an end that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_PIPE_RECEIVER_CLOSED {VIGIL_SOURCE_NONE}
#define VIGIL_PIPE_SENDER_CLOSED {VIGIL_SOURCE_NONE}
/* clang-format on */

/*
 * A new pipe, both ends non-blocking and close-on-exec (pipe2(2)).
 *
 * VIGIL_EMFILE, VIGIL_ENFILE  no descriptors are to be had
 * On failure both ends are closed.
 */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \separated(receiver, sender);
  terminates \true; exits \false;
  assigns *receiver, *sender, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(receiver->source) &&
    source_unregistered(sender->source);
  ensures closed: \result != VIGIL_OK ==> receiver->source.fd == VIGIL_FD_NONE &&
    sender->source.fd == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED_TWO(receiver->source.fd,
      sender->source.fd, VIGIL_KERNEL_WATCHABLE) &&
    kernel_nonblocking[receiver->source.fd] == 1 && kernel_nonblocking[sender->source.fd] == 1;
*/
VIGIL_CHECKED vigil_status vigil_pipe_open(vigil_pipe_receiver *receiver,
                                           vigil_pipe_sender *sender);

/*
 * Reads what is there, `capacity` bytes at most (read(2)). VIGIL_OK with a `count`
 * of 0, for a capacity that is not, is the end: no sender is left.
 *
 * VIGIL_EWOULDBLOCK   nothing is there now; an event will tell
 * VIGIL_EINTR         a signal handler ran first; read again
 * VIGIL_EBADF         closed, or the end that was taken over only writes
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(receiver) && \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1)) &&
    \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(receiver->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_pipe_receiver_read(vigil_pipe_receiver *receiver, void *data,
                                                    size_t capacity, size_t *count);

/*
 * Writes, as much as there is room for (write(2)); of 4096 bytes or fewer all or
 * nothing (pipe(7), PIPE_BUF). Raises no SIGPIPE.
 *
 * VIGIL_EWOULDBLOCK   there is no room now; an event will tell
 * VIGIL_EINTR         a signal handler ran first; write again
 * VIGIL_EPIPE         no receiver is left
 * VIGIL_EBADF         closed, or the end that was taken over only reads
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(sender) && \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(sender->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_pipe_sender_write(vigil_pipe_sender *sender, const void *data,
                                                   size_t length, size_t *count);

/* Whether reading, or writing, blocks; at first, and whenever an end is taken over,
 * it does not. That is a property of the open file, so whoever shares it, a child
 * with the same descriptor perhaps, shares that (fcntl(2), O_NONBLOCK): give it
 * back before you give such an end away. The clause `others` speaks of descriptors
 * that are no copies of this one (dup(2)). */
/*@
  requires memory: \valid_read(receiver);
  terminates \true; exits \false;
  assigns kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(receiver->source.fd) ==> \result == VIGIL_EBADF;
  ensures others: VIGIL_KERNEL_SAME_TABLE(receiver->source.fd);
  ensures on: \result == VIGIL_OK && enabled ==> kernel_nonblocking[receiver->source.fd] == 1;
  ensures off: \result == VIGIL_OK && !enabled ==> kernel_nonblocking[receiver->source.fd] == 0;
*/
VIGIL_CHECKED vigil_status vigil_pipe_receiver_set_nonblocking(const vigil_pipe_receiver *receiver,
                                                               bool enabled);

/*@
  requires memory: \valid_read(sender);
  terminates \true; exits \false;
  assigns kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(sender->source.fd) ==> \result == VIGIL_EBADF;
  ensures others: VIGIL_KERNEL_SAME_TABLE(sender->source.fd);
  ensures on: \result == VIGIL_OK && enabled ==> kernel_nonblocking[sender->source.fd] == 1;
  ensures off: \result == VIGIL_OK && !enabled ==> kernel_nonblocking[sender->source.fd] == 0;
*/
VIGIL_CHECKED vigil_status vigil_pipe_sender_set_nonblocking(const vigil_pipe_sender *sender,
                                                             bool enabled);

/* Takes over the descriptor of a pipe's end, such as the standard output of a child,
 * and makes it non-blocking and close-on-exec. VIGIL_EBADF if it is not open: the
 * receiver is then closed, and the descriptor is still the caller's. */
/*@
  requires memory: \valid(receiver);
  terminates \true; exits \false;
  assigns *receiver, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(receiver->source);
  ensures held: \result == VIGIL_OK ==> receiver->source.fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures closed: \result != VIGIL_OK ==> receiver->source.fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_pipe_receiver_from_fd(vigil_pipe_receiver *receiver, vigil_fd fd);

/* The descriptor, which stays the receiver's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(receiver);
  terminates \true; exits \false;
  assigns \result \from receiver->source.fd;
  ensures fd: \result == receiver->source.fd;
*/
VIGIL_API vigil_fd vigil_pipe_receiver_fd(const vigil_pipe_receiver *receiver);

/* Gives the descriptor to the caller, deregistered and open; the receiver is
 * closed. VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(receiver) && \valid(fd) && \separated(receiver, fd);
  requires owns: receiver->source.fd != VIGIL_FD_NONE ==> source_owns(&receiver->source);
  requires apart: receiver->source.registry != \null ==>
    \separated(fd, receiver->source.registry, receiver->source.registry->slots.array +
      (0 .. receiver->source.registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, receiver->source, VIGIL_REGISTRATION_OF(&receiver->source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(receiver->source.fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(receiver->source.fd) &&
    receiver->source.fd == VIGIL_FD_NONE && receiver->source.registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> receiver->source.fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(&receiver->source);
  ensures ended: \result == VIGIL_OK && \old(receiver->source.registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(receiver->source.registry), \old(&receiver->source.registry->slots),
      \old(receiver->source.slot), \old(receiver->source.fd));
*/
VIGIL_CHECKED vigil_status vigil_pipe_receiver_into_fd(vigil_pipe_receiver *receiver, vigil_fd *fd);

/* Deregisters, and closes (close(2)): what was not read is lost. Closing what is
 * closed does nothing. Should the system refuse to deregister, that is the status,
 * and nothing has changed. */
/*@
  requires memory: \valid(receiver);
  requires owns: receiver->source.fd != VIGIL_FD_NONE ==> source_owns(&receiver->source);
  terminates \true; exits \false;
  assigns receiver->source, VIGIL_REGISTRATION_OF(&receiver->source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: receiver->source.fd == VIGIL_FD_NONE;
  ensures closed: \old(receiver->source.fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(receiver->source.fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(receiver->source.fd) ==>
    kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(receiver->source.fd) != VIGIL_FD_NONE ==>
    receiver->source.registry == \null;
  ensures nothing: \old(receiver->source.fd) == VIGIL_FD_NONE ==>
    source_kept{Pre,Post}(&receiver->source);
  ensures unlisted: \old(receiver->source.fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(receiver->source.fd));
  ensures ended: \old(receiver->source.fd) != VIGIL_FD_NONE &&
    \old(receiver->source.registry) != \null &&
    \old(receiver->source.fd) != \old(receiver->source.registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(receiver->source.registry), \old(&receiver->source.registry->slots),
      \old(receiver->source.slot), \old(receiver->source.fd));
*/
VIGIL_API vigil_status vigil_pipe_receiver_close(vigil_pipe_receiver *receiver);

/* The same for the end that writes, such as the standard input of a child. */
/*@
  requires memory: \valid(sender);
  terminates \true; exits \false;
  assigns *sender, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(sender->source);
  ensures held: \result == VIGIL_OK ==> sender->source.fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures closed: \result != VIGIL_OK ==> sender->source.fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_pipe_sender_from_fd(vigil_pipe_sender *sender, vigil_fd fd);

/* The descriptor, which stays the sender's; VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(sender);
  terminates \true; exits \false;
  assigns \result \from sender->source.fd;
  ensures fd: \result == sender->source.fd;
*/
VIGIL_API vigil_fd vigil_pipe_sender_fd(const vigil_pipe_sender *sender);

/* Gives the descriptor to the caller, deregistered and open; the sender is closed.
 * VIGIL_EBADF if it was closed. */
/*@
  requires memory: \valid(sender) && \valid(fd) && \separated(sender, fd);
  requires owns: sender->source.fd != VIGIL_FD_NONE ==> source_owns(&sender->source);
  requires apart: sender->source.registry != \null ==>
    \separated(fd, sender->source.registry, sender->source.registry->slots.array +
      (0 .. sender->source.registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, sender->source, VIGIL_REGISTRATION_OF(&sender->source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(sender->source.fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(sender->source.fd) &&
    sender->source.fd == VIGIL_FD_NONE && sender->source.registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> sender->source.fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(&sender->source);
  ensures ended: \result == VIGIL_OK && \old(sender->source.registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(sender->source.registry), \old(&sender->source.registry->slots),
      \old(sender->source.slot), \old(sender->source.fd));
*/
VIGIL_CHECKED vigil_status vigil_pipe_sender_into_fd(vigil_pipe_sender *sender, vigil_fd *fd);

/* Deregisters, and closes: what was written can still be read. */
/*@
  requires memory: \valid(sender);
  requires owns: sender->source.fd != VIGIL_FD_NONE ==> source_owns(&sender->source);
  terminates \true; exits \false;
  assigns sender->source, VIGIL_REGISTRATION_OF(&sender->source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: sender->source.fd == VIGIL_FD_NONE;
  ensures closed: \old(sender->source.fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(sender->source.fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(sender->source.fd) ==>
    kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(sender->source.fd) != VIGIL_FD_NONE ==>
    sender->source.registry == \null;
  ensures nothing: \old(sender->source.fd) == VIGIL_FD_NONE ==>
    source_kept{Pre,Post}(&sender->source);
  ensures unlisted: \old(sender->source.fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(sender->source.fd));
  ensures ended: \old(sender->source.fd) != VIGIL_FD_NONE &&
    \old(sender->source.registry) != \null &&
    \old(sender->source.fd) != \old(sender->source.registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(sender->source.registry), \old(&sender->source.registry->slots),
      \old(sender->source.slot), \old(sender->source.fd));
*/
VIGIL_API vigil_status vigil_pipe_sender_close(vigil_pipe_sender *sender);

#endif
