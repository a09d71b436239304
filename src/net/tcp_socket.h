/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_SOCKET_H
#define VIGIL_NET_TCP_SOCKET_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"

/* Opens a stream socket of the family that `address` has, and writes the
 * address as the kernel takes it. On failure no socket is open. */
/*@
  requires memory: \valid(native) && \valid(fd) && \separated(native, fd);
  terminates \true; exits \false;
  assigns *native, *fd, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures length: native->length <= VIGIL_SOCKADDR_BYTES;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[*fd] == 1;
  ensures none: address.family != VIGIL_FAMILY_IPV4 && address.family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT;
*/
vigil_status vigil_tcp_socket_open(vigil_address address, vigil_sockaddr *native, vigil_fd *fd);

#endif
