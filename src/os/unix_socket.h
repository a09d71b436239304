/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_UNIX_SOCKET_H
#define VIGIL_OS_UNIX_SOCKET_H

#include "base/status.h"
#include "os/kernel.h"
#include "os_types.h"

#include <stddef.h>
#include <stdint.h>

/* The seam to what only Unix sockets have (unix(7)). */

/* Who a process is: its number, and whose it is (credentials(7)). */
typedef struct vigil_credentials {
    int32_t process;
    uint32_t user;
    uint32_t group;
} vigil_credentials;

typedef enum vigil_os_pair {
    VIGIL_OS_PAIR_STREAM,
    VIGIL_OS_PAIR_DATAGRAM
} vigil_os_pair;

/* Descriptors that one message may carry: SCM_MAX_FD of Linux (unix(7)). */
#define VIGIL_UNIX_DESCRIPTORS_MAX 253

/* Two Unix sockets that are connected to each other, non-blocking, close-on-exec. */
/*@
  requires memory: \valid(one) && \valid(two) && \separated(one, two);
  terminates \true; exits \false;
  // socketpair(2): "creates an unnamed pair of connected sockets"; "on error, -1 is
  // returned, [...] and sv is left unchanged"; SOCK_NONBLOCK, SOCK_CLOEXEC.
  assigns \result, *one, *two, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *one == VIGIL_FD_NONE && *two == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED_TWO(*one, *two, VIGIL_KERNEL_SOCKET);
  ensures nonblocking: \result == VIGIL_OK ==>
    kernel_nonblocking[*one] == 1 && kernel_nonblocking[*two] == 1;
*/
vigil_status vigil_os_socket_pair(vigil_os_pair kind, vigil_fd *one, vigil_fd *two);

/* Who connected, listened or made the pair, at the other end (SO_PEERCRED). */
/*@
  requires memory: \valid(credentials);
  terminates \true; exits \false;
  assigns \result, *credentials;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  ensures failed: \result != VIGIL_OK ==> credentials->process == 0 &&
    credentials->user == 0 && credentials->group == 0;
*/
vigil_status vigil_os_peer_credentials(vigil_fd fd, vigil_credentials *credentials);

/* Bytes, and copies of the descriptors with the first of them (sendmsg(2),
 * SCM_RIGHTS). Raises no SIGPIPE. */
/*@
  requires count: \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  requires fds: \valid_read(fds + (0 .. fd_count - 1));
  terminates \true; exits \false;
  assigns \result, *count;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes sent, or -1".
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
*/
vigil_status vigil_os_send_descriptors(vigil_fd fd, const void *data, size_t length,
                                       const vigil_fd *fds, size_t fd_count, size_t *count);

/* Bytes, and the descriptors that come with them, close-on-exec (recvmsg(2),
 * MSG_CMSG_CLOEXEC). If there is no room for them all, none is kept, and the status is
 * VIGIL_EMSGSIZE; the bytes are there. */
/*@
  requires memory: \valid(count) && \valid(fd_count) && \separated(count, fd_count);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires fds: \valid(fds + (0 .. fd_capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(fd_count, (char *)data + (0 .. capacity - 1)) &&
    \separated(fds + (0 .. fd_capacity - 1), (char *)data + (0 .. capacity - 1)) &&
    \separated(count, fds + (0 .. fd_capacity - 1)) &&
    \separated(fd_count, fds + (0 .. fd_capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count, *fd_count,
    fds[0 .. fd_capacity - 1], VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !\old(VIGIL_KERNEL_OPEN(fd)) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: \old(VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET) ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures fd_bound: *fd_count <= fd_capacity;
  // unix(7): "if the buffer is too small, [...] the excess file descriptors are
  // automatically closed in the receiving process", and the seam closes the others.
  ensures none: \result != VIGIL_OK ==> *fd_count == 0 && VIGIL_KERNEL_SAME_TABLE(-1);
  // MSG_CMSG_CLOEXEC: "set the close-on-exec flag for the file descriptor".
  ensures opened: \forall integer i; 0 <= i < *fd_count ==>
    VIGIL_KERNEL_OPEN(fds[i]) && kernel_cloexec[fds[i]] == 1;
  // "as though they had been created with dup(2)".
  ensures others: \forall integer g; 0 <= g < VIGIL_KERNEL_DESCRIPTORS ==>
    \old(kernel_kind[g]) != VIGIL_KERNEL_CLOSED ==> VIGIL_KERNEL_SAME_DESCRIPTOR(g);
*/
vigil_status vigil_os_receive_descriptors(vigil_fd fd, void *data, size_t capacity, vigil_fd *fds,
                                          size_t fd_capacity, size_t *count, size_t *fd_count);

#endif
