/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_DESCRIPTORS_H
#define VIGIL_NET_UNIX_DESCRIPTORS_H

#include "base/status.h"
#include "net/unix_stream.h"
#include "os/unix_socket.h"

#include <stddef.h>

/*
 * Descriptors over Unix streams (unix(7), SCM_RIGHTS): the receiver gets copies of its
 * own, as if by dup(2). None is ever open without its receiver knowing: what a program
 * has not asked for, as by vigil_unix_stream_read, is closed, and so is what it has no
 * room for.
 */

/*
 * Writes, as vigil_unix_stream_write does, and sends copies of `fd_count` descriptors
 * with the first byte: once `count` is not 0, all of them are on their way, and the
 * sender may close its own. What the bytes say is up to the two programs; one at least
 * has to be there.
 *
 * VIGIL_EINVAL        no byte, or more than VIGIL_UNIX_DESCRIPTORS_MAX descriptors
 * VIGIL_EBADF         the stream is closed, or one of the descriptors is
 * VIGIL_EUNKNOWN      too many are on their way (ETOOMANYREFS)
 * and the statuses of vigil_unix_stream_write
 * `count` is written in every case, 0 on failure.
 */
/*@
  requires memory: \valid(stream) && \valid(count);
  requires data: \valid_read((char *)data + (0 .. length - 1));
  requires fds: \valid_read(fds + (0 .. fd_count - 1));
  terminates \true; exits \false;
  assigns *count;
  ensures status: status_valid(\result);
  ensures bound: *count <= length;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures inval: length == 0 || fd_count > VIGIL_UNIX_DESCRIPTORS_MAX ==>
    \result == VIGIL_EINVAL || \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_send_descriptors(vigil_unix_stream *stream,
                                                              const void *data, size_t length,
                                                              const vigil_fd *fds, size_t fd_count,
                                                              size_t *count);

/*
 * Reads, as vigil_unix_stream_read does, and takes the descriptors that come with the
 * bytes: close-on-exec, blocking or not as their sender had them, and the caller's to
 * close. A read takes the descriptors of one write at most and ends with its bytes;
 * bytes written before may stand in front. A capacity of 0 takes the descriptors without
 * a byte.
 *
 * Unsupported is a stream on which the program has set SO_PASSCRED, SO_PASSPIDFD or
 * SO_PASSSEC (an accepted one has them of its listener): what comes with these takes
 * room from the descriptors, so it answers VIGIL_EMSGSIZE where there seems to be
 * enough.
 *
 * VIGIL_EMSGSIZE      there were more than `fd_capacity`, or the process has no room
 *                     for them: they are closed, all of them, and `count` bytes are
 *                     there
 * and the statuses of vigil_unix_stream_read
 * `count` and `fd_count` are written in every case, 0 on failure, but for the bytes that
 * come with VIGIL_EMSGSIZE.
 */
/*@
  requires memory: \valid(stream) && \valid(count) && \valid(fd_count) &&
    \separated(count, fd_count);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires fds: \valid(fds + (0 .. fd_capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(fd_count, (char *)data + (0 .. capacity - 1)) &&
    \separated(fds + (0 .. fd_capacity - 1), (char *)data + (0 .. capacity - 1)) &&
    \separated(count, fds + (0 .. fd_capacity - 1)) &&
    \separated(fd_count, fds + (0 .. fd_capacity - 1));
  terminates \true; exits \false;
  assigns ((char *)data)[0 .. capacity - 1], *count, *fd_count, fds[0 .. fd_capacity - 1],
    VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures ebadf: !\old(VIGIL_KERNEL_OPEN(stream->source.fd)) ==> \result == VIGIL_EBADF;
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures fd_bound: *fd_count <= fd_capacity;
  ensures none: \result != VIGIL_OK ==> *fd_count == 0 && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \forall integer i; 0 <= i < *fd_count ==>
    VIGIL_KERNEL_OPEN(fds[i]) && kernel_cloexec[fds[i]] == 1;
  ensures others: \forall integer g; 0 <= g < VIGIL_KERNEL_DESCRIPTORS ==>
    \old(kernel_kind[g]) != VIGIL_KERNEL_CLOSED ==> VIGIL_KERNEL_SAME_DESCRIPTOR(g);
*/
VIGIL_CHECKED vigil_status vigil_unix_stream_receive_descriptors(vigil_unix_stream *stream,
                                                                 void *data, size_t capacity,
                                                                 vigil_fd *fds, size_t fd_capacity,
                                                                 size_t *count, size_t *fd_count);

#endif
