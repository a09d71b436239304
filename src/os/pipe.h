/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_PIPE_H
#define VIGIL_OS_PIPE_H

#include "base/status.h"
#include "os/kernel.h"
#include "os_types.h"

#include <stdbool.h>

/* The seam to pipes (pipe(7)). Counts are written on every path, 0 unless the status
 * is VIGIL_OK. */

/* Both ends of a pipe, non-blocking, close-on-exec. */
/*@
  requires memory: \valid(receiver) && \valid(sender) && \separated(receiver, sender);
  terminates \true; exits \false;
  // pipe2(2): "creates a pipe, a unidirectional data channel"; "on error, -1 is
  // returned, [...] and pipefd is left unchanged"; O_NONBLOCK, O_CLOEXEC.
  assigns \result, *receiver, *sender, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *receiver == VIGIL_FD_NONE &&
    *sender == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED_TWO(*receiver, *sender, VIGIL_KERNEL_WATCHABLE);
  ensures nonblocking: \result == VIGIL_OK ==>
    kernel_nonblocking[*receiver] == 1 && kernel_nonblocking[*sender] == 1;
*/
vigil_status vigil_os_pipe(vigil_fd *receiver, vigil_fd *sender);

/* read(2) */
/*@
  requires count: \valid(count);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count;
  ensures status: status_valid(\result);
  // EBADF: "fd is not a valid file descriptor or is not open for reading".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // "On success, the number of bytes read is returned [...]. On error, -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_pipe_read(vigil_fd fd, void *data, size_t capacity, size_t *count);

/* write(2), but that it raises no SIGPIPE: VIGIL_EPIPE says it all. */
/*@
  requires count: \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \result, *count;
  ensures status: status_valid(\result);
  // EBADF: "fd is not a valid file descriptor or is not open for writing".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // "On success, the number of bytes written is returned. On error, -1".
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_pipe_write(vigil_fd fd, const void *data, size_t length, size_t *count);

/* Whether calls on what the descriptor is open on block (fcntl(2), O_NONBLOCK). The
 * clause `others` speaks of descriptors that are no copies of this one. */
/*@
  terminates \true; exits \false;
  assigns \result, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  // EBADF: "fd is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // F_SETFL: "set the file status flags", O_NONBLOCK.
  ensures on: \result == VIGIL_OK && enabled ==> kernel_nonblocking[fd] == 1;
  ensures off: \result == VIGIL_OK && !enabled ==> kernel_nonblocking[fd] == 0;
*/
vigil_status vigil_os_set_nonblocking(vigil_fd fd, bool enabled);

#endif
