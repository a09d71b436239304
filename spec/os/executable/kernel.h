/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_EXECUTABLE_KERNEL_H
#define VIGIL_SPEC_EXECUTABLE_KERNEL_H

#include "base/status.h"
#include "os/kernel.h"
#include "os_types.h"

/*
 * A kernel small enough to prove. It satisfies every contract that is assumed
 * of the seam, so those contracts do not contradict each other. What the real
 * kernel decides by itself, memory, signals, readiness, is decided by
 * kernel_choose, about which nothing is known.
 */

/*@
  predicate kernel_valid =
    (\forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
      0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
        (kernel_listed[e][f] == 0 || kernel_listed[e][f] == 1)) &&
    (\forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
      0 <= f < VIGIL_KERNEL_DESCRIPTORS && kernel_kind[e] == VIGIL_KERNEL_EPOLL &&
      kernel_listed[e][f] == 1 ==>
        e != f && kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE) &&
    (\forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
      kernel_counter[f] <= VIGIL_KERNEL_COUNTER_MAX);
*/

/*@
  requires options: 0 < options;
  terminates \true; exits \false;
  assigns \result;
  ensures chosen: 0 <= \result < options;
*/
int kernel_choose(int options);

/* Opens the lowest free descriptor (open(2)), close-on-exec; -1 if none is free. */
/*@
  requires valid: kernel_valid;
  requires kind: kind == VIGIL_KERNEL_EVENTFD || kind == VIGIL_KERNEL_SOCKET ||
    kind == VIGIL_KERNEL_WATCHABLE;
  requires out: \valid(fd);
  terminates \true; exits \false;
  assigns *fd, kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures valid: kernel_valid;
  ensures status: \result == VIGIL_OK || \result == VIGIL_EMFILE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*fd, kind) &&
    kernel_nonblocking[*fd] == 1;
*/
vigil_status kernel_open(int kind, vigil_fd *fd);

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures open: \result <==> VIGIL_KERNEL_OPEN(fd);
*/
_Bool kernel_is_open(vigil_fd fd);

/* How a call on a socket ends if the kernel is not asked why. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status kernel_socket_status(vigil_fd fd);

#endif
