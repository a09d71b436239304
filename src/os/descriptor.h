/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_DESCRIPTOR_H
#define VIGIL_OS_DESCRIPTOR_H

#include "base/status.h"
#include "os/kernel.h"
#include "os_types.h"

/* Gives the descriptor back. It is gone whatever the status: close(2) on Linux
 * frees it first and fails afterwards, so a retry could close a stranger's. */
/*@
  requires open: VIGIL_KERNEL_OPEN(fd);
  // epoll(7): a registration ends with the last descriptor of its open file, and
  // until then no call can name it; so it is to be ended first.
  requires deregistered: VIGIL_KERNEL_UNLISTED(fd);
  terminates \true; exits \false;
  assigns \result, kernel_kind[fd];
  ensures status: status_valid(\result);
  // close(2): "the Linux kernel always releases the file descriptor early in the
  // close operation", whatever is returned.
  ensures closed: kernel_kind[fd] == VIGIL_KERNEL_CLOSED;
*/
vigil_status vigil_os_close(vigil_fd fd);

/* Makes a descriptor that came from elsewhere non-blocking and close-on-exec. The first
 * of the two is a property of the open file: the clause `others` speaks of descriptors
 * that are no copies of this one. */
/*@
  terminates \true; exits \false;
  assigns \result, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  // fcntl(2), EBADF: "fd is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // F_SETFL: "set the file status flags", O_NONBLOCK; F_SETFD: FD_CLOEXEC.
  ensures adopted: \result == VIGIL_OK ==> kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
*/
vigil_status vigil_os_adopt(vigil_fd fd);

#endif
