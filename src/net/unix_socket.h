/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_SOCKET_H
#define VIGIL_NET_UNIX_SOCKET_H

#include "base/status.h"
#include "net/unix_address.h"
#include "os/socket.h"
#include "os/unix_socket.h"
#include "poll/source.h"

/* What every place that holds a Unix socket does alike. */

/*@
  requires source: \valid_read(source);
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
vigil_status vigil_unix_local_address(const vigil_source *source, vigil_unix_address *address);
/*@
  requires source: \valid_read(source);
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures valid: unix_valid(*address);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
vigil_status vigil_unix_peer_address(const vigil_source *source, vigil_unix_address *address);

/* Makes two sources of a new pair; on failure neither holds anything. */
/*@
  requires memory: \valid(one) && \valid(two) && \separated(one, two);
  terminates \true; exits \false;
  assigns *one, *two, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(*one) && source_unregistered(*two);
  ensures closed: \result != VIGIL_OK ==> one->fd == VIGIL_FD_NONE &&
    two->fd == VIGIL_FD_NONE && VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED_TWO(one->fd, two->fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[one->fd] == 1 && kernel_nonblocking[two->fd] == 1;
*/
vigil_status vigil_unix_pair(vigil_os_pair kind, vigil_source *one, vigil_source *two);

#endif
