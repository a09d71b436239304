/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_SOCKET_H
#define VIGIL_NET_SOCKET_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"
#include "poll/source.h"

/*
 * What every socket place does alike. A place begins with its source, and the
 * source holds the descriptor, so this works on sources.
 */

/* Closes the descriptor, after deregistering it. VIGIL_OK if it is closed
 * already; if deregistering fails, that status, and nothing has changed. */
vigil_status vigil_socket_close(vigil_source *source);

/* Makes `source` hold `fd`, or nothing if it cannot be made non-blocking. */
vigil_status vigil_socket_adopt(vigil_source *source, vigil_fd fd);

/* Gives the descriptor away, after deregistering it. */
vigil_status vigil_socket_release(vigil_source *source, vigil_fd *fd);

vigil_status vigil_socket_local_address(const vigil_source *source, vigil_address *address);
vigil_status vigil_socket_peer_address(const vigil_source *source, vigil_address *address);

/* Time to live of an IPv4 socket, hop limit of an IPv6 one. */
vigil_status vigil_socket_set_ttl(const vigil_source *source, int hops);
vigil_status vigil_socket_ttl(const vigil_source *source, int *hops);

/* The error that the socket has met since it was last asked (socket(7),
 * SO_ERROR): VIGIL_OK in `error` if there was none. */
vigil_status vigil_socket_take_error(const vigil_source *source, vigil_status *error);

#endif
