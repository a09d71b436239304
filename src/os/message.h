/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MESSAGE_H
#define VIGIL_OS_MESSAGE_H

#include "base/status.h"
#include "os/kernel.h"
#include "os/socket.h"
#include "os_types.h"

#include <stddef.h>
#include <stdint.h>

/* The seam to what comes or goes beside the bytes of a datagram, in control messages
 * (cmsg(3)): several datagrams as one piece of memory (udp(7)), and errors (ip(7),
 * IP_RECVERR). What the kernel says is bytes here; net/control.h reads them. */

/* Room for what is looked for and for the timestamps and packet information that a
 * program may have asked for besides. */
#define VIGIL_OS_CONTROL_BYTES 512

typedef struct vigil_os_control {
    uint8_t bytes[VIGIL_OS_CONTROL_BYTES];
    uint32_t length; /* bytes used */
} vigil_os_control;

/* What one call takes at most: datagrams (UDP_MAX_SEGMENTS of Linux before 6.9), and bytes
 * of them, so that with its headers it stays below what a device takes (GSO_MAX_SIZE):
 * what does not, the kernel cuts before the device, and nothing is won. */
#define VIGIL_OS_SEGMENTS_MAX 64
#define VIGIL_OS_SEGMENTS_BYTES_MAX 65408

/* `data` as datagrams of `segment_bytes`, of which the last may be shorter, to `to`, or to
 * the peer if its length is 0 (sendmsg(2), UDP_SEGMENT): all of them, or none.
 * VIGIL_ENOPROTOOPT if the system does not do that. Raises no SIGPIPE. */
/*@
  requires data: \valid_read((char *)data + (0 .. length - 1));
  requires length: length <= VIGIL_OS_SEGMENTS_BYTES_MAX;
  requires segment: 1 <= segment_bytes < length;
  requires to: \valid_read(to) && to->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
vigil_status vigil_os_send_segments(vigil_fd fd, const void *data, size_t length,
                                    size_t segment_bytes, const vigil_sockaddr *to);

/* One datagram, or several from one sender that came together, and where they come from
 * (recvmsg(2)); `control` says how long each of them is (udp(7), UDP_GRO). What has no room
 * is lost, and the status is then VIGIL_EMSGSIZE with a count of `capacity`. */
/*@
  requires memory: \valid(count) && \valid(from) && \valid(control) &&
    \separated(count, from) && \separated(count, control) && \separated(from, control);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1)) &&
    \separated(control, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count, *from, *control;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "Return the number of bytes received, or -1".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  // MSG_TRUNC, and a pending error, as for vigil_os_receive_from.
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures length: from->length <= VIGIL_SOCKADDR_BYTES;
  ensures nobody: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> from->length == 0;
  // msg_controllen: "will contain the length of the control message sequence".
  ensures control: control->length <= VIGIL_OS_CONTROL_BYTES;
  ensures silent: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> control->length == 0;
*/
vigil_status vigil_os_receive_segments(vigil_fd fd, void *data, size_t capacity,
                                       vigil_sockaddr *from, size_t *count,
                                       vigil_os_control *control);

/* The oldest of the errors that wait to be told (recvmsg(2), MSG_ERRQUEUE): where what
 * failed was sent to, and in `control` what happened. VIGIL_EWOULDBLOCK if there is none. */
/*@
  requires memory: \valid(destination) && \valid(control) && \separated(destination, control);
  terminates \true; exits \false;
  assigns \result, *destination, *control;
  ensures status: status_valid(\result);
  // EBADF: "is not an open file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOTSOCK: "does not refer to a socket".
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  // "The original destination address of the datagram that caused the error is supplied
  // via msg_name"; "the error is supplied in a control message".
  ensures length: destination->length <= VIGIL_SOCKADDR_BYTES;
  ensures control: control->length <= VIGIL_OS_CONTROL_BYTES;
  ensures failed: \result != VIGIL_OK ==> destination->length == 0 && control->length == 0;
*/
vigil_status vigil_os_receive_error(vigil_fd fd, vigil_sockaddr *destination,
                                    vigil_os_control *control);

#endif
