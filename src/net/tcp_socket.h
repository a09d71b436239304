/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_SOCKET_H
#define VIGIL_NET_TCP_SOCKET_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"

/* Opens a stream socket of the family that `address` has, and writes the
 * address as the kernel takes it. On failure no socket is open. */
vigil_status vigil_tcp_socket_open(vigil_address address, vigil_sockaddr *native, vigil_fd *fd);

#endif
