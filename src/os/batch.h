/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_BATCH_H
#define VIGIL_OS_BATCH_H

#include "base/status.h"
#include "os/kernel.h"
#include "os/socket.h"
#include "os_types.h"

#include <stdbool.h>
#include <stddef.h>

/* The seam to several datagrams at once (recvmmsg(2), sendmmsg(2)); where the system
 * lacks the calls, to one. */

/* As many as one call takes. */
#define VIGIL_OS_BATCH_MAX 32

typedef struct vigil_os_message {
    void *data;
    size_t length; /* of `data`: to send, or the room */
    size_t count;  /* of what was moved */
    bool truncated;
    vigil_sockaddr address; /* to, or from; of length 0 for the peer */
} vigil_os_message;

/* `received` is 1 at least if the status is VIGIL_OK; an error after the first one is
 * told by the next call (recvmmsg(2), BUGS). */
/*@
  requires received: \valid(received) && \separated(received, messages + (0 .. number - 1));
  requires messages: \valid(messages + (0 .. number - 1));
  requires some: 1 <= number <= VIGIL_OS_BATCH_MAX;
  terminates \true; exits \false;
  assigns \result, *received, messages[0 .. number - 1].count,
    messages[0 .. number - 1].truncated, messages[0 .. number - 1].address,
    ((char *)messages[0 .. number - 1].data)[0 .. ];
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Returns the number of messages received in msgvec; on error, -1".
  ensures bound: *received <= number;
  ensures failed: \result != VIGIL_OK ==> *received == 0;
  ensures some: \result == VIGIL_OK ==> *received >= 1;
  ensures lengths: \forall integer i; 0 <= i < *received ==>
    messages[i].count <= messages[i].length && messages[i].address.length <= VIGIL_SOCKADDR_BYTES;
*/
vigil_status vigil_os_receive_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                    size_t *received);

/* `sent` is 1 at least if the status is VIGIL_OK; the rest was not looked at, or met
 * an error that sending it again will tell. Raises no SIGPIPE. */
/*@
  requires sent: \valid(sent) && \separated(sent, messages + (0 .. number - 1));
  requires messages: \valid(messages + (0 .. number - 1));
  requires some: 1 <= number <= VIGIL_OS_BATCH_MAX;
  terminates \true; exits \false;
  assigns \result, *sent, messages[0 .. number - 1].count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "On success, sendmmsg() returns the number of messages sent from msgvec"; "on
  // error, -1".
  ensures bound: *sent <= number;
  ensures failed: \result != VIGIL_OK ==> *sent == 0;
  ensures some: \result == VIGIL_OK ==> *sent >= 1;
*/
vigil_status vigil_os_send_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                 size_t *sent);

#endif
