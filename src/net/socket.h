/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_SOCKET_H
#define VIGIL_NET_SOCKET_H

#include "base/status.h"
#include "core/address.h"
#include "os/socket.h"
#include "poll/registry.h"
#include "poll/source.h"

/*
 * What every socket place does alike. A place begins with its source, and the
 * source holds the descriptor, so this works on sources.
 */

/* Closes the descriptor, after deregistering it. VIGIL_OK if it is closed
 * already; if deregistering fails, that status, and nothing has changed. */
/*@
  requires source: \valid(source);
  requires owns: source->fd != VIGIL_FD_NONE ==> source_owns(source);
  terminates \true; exits \false;
  assigns source->fd, source->registry, source->slot, VIGIL_REGISTRATION_OF(source),
    kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures ok: \result == VIGIL_OK;
  ensures none: source->fd == VIGIL_FD_NONE;
  ensures closed: \old(source->fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(source->fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(source->fd) ==> kernel_kind[f] == \old(kernel_kind[f]);
  ensures unregistered: \old(source->fd) != VIGIL_FD_NONE ==> source->registry == \null;
  ensures nothing: \old(source->fd) == VIGIL_FD_NONE ==> source_kept{Pre,Post}(source);
  ensures unlisted: \old(source->fd) != VIGIL_FD_NONE ==>
    VIGIL_KERNEL_UNLISTED(\old(source->fd));
  ensures ended: \old(source->fd) != VIGIL_FD_NONE && \old(source->registry) != \null &&
    \old(source->fd) != \old(source->registry->selector.epoll) ==>
    registration_ended{Pre,Post}(
      \old(source->registry), \old(&source->registry->slots),
      \old(source->slot), \old(source->fd));
*/
vigil_status vigil_socket_close(vigil_source *source);

/* Makes `source` hold `fd`, or nothing if it cannot be made non-blocking. */
/*@
  requires source: \valid(source);
  terminates \true; exits \false;
  assigns *source, kernel_nonblocking[0 .. VIGIL_KERNEL_DESCRIPTORS - 1],
    kernel_cloexec[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(*source);
  ensures held: \result == VIGIL_OK ==> source->fd == fd && VIGIL_KERNEL_OPEN(fd) &&
    kernel_nonblocking[fd] == 1 && kernel_cloexec[fd] == 1;
  ensures failed: \result != VIGIL_OK ==> source->fd == VIGIL_FD_NONE;
  ensures others: VIGIL_KERNEL_SAME_TABLE(fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_socket_adopt(vigil_source *source, vigil_fd fd);

/* Gives the descriptor away, after deregistering it. */
/*@
  requires source: \valid(source);
  requires owns: source->fd != VIGIL_FD_NONE ==> source_owns(source);
  requires fd: \valid(fd) && \separated(fd, source);
  requires apart: source->registry != \null ==> \separated(fd, source->registry,
    source->registry->slots.array + (0 .. source->registry->slots.count - 1));
  terminates \true; exits \false;
  assigns *fd, source->fd, source->registry, source->slot,
    VIGIL_REGISTRATION_OF(source);
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EBADF;
  ensures ebadf: \result == VIGIL_EBADF <==> \old(source->fd) == VIGIL_FD_NONE;
  ensures failed: \result != VIGIL_OK ==> *fd == VIGIL_FD_NONE;
  ensures given: \result == VIGIL_OK ==> *fd == \old(source->fd) &&
    source->fd == VIGIL_FD_NONE && source->registry == \null &&
    VIGIL_KERNEL_OPEN(*fd) && VIGIL_KERNEL_UNLISTED(*fd);
  ensures kept: \result != VIGIL_OK ==> source->fd == VIGIL_FD_NONE &&
    source_kept{Pre,Post}(source);
  ensures ended: \result == VIGIL_OK && \old(source->registry) != \null ==>
    registration_ended{Pre,Post}(
      \old(source->registry), \old(&source->registry->slots),
      \old(source->slot), \old(source->fd));
*/
vigil_status vigil_socket_release(vigil_source *source, vigil_fd *fd);

/*@
  requires source: \valid_read(source);
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
vigil_status vigil_socket_local_address(const vigil_source *source, vigil_address *address);
/*@
  requires source: \valid_read(source);
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
vigil_status vigil_socket_peer_address(const vigil_source *source, vigil_address *address);

/* Time to live of an IPv4 socket, hop limit of an IPv6 one. */
/*@
  requires source: \valid_read(source);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= hops <= 255;
*/
vigil_status vigil_socket_set_ttl(const vigil_source *source, int hops);
/*@
  requires source: \valid_read(source);
  requires hops: \valid(hops) && \separated(source, hops);
  terminates \true; exits \false;
  assigns *hops;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *hops == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_socket_ttl(const vigil_source *source, int *hops);

/* The error that the socket has met since it was last asked (socket(7),
 * SO_ERROR): VIGIL_OK in `error` if there was none. */
/*@
  requires source: \valid_read(source);
  requires error: \valid(error) && \separated(source, error);
  terminates \true; exits \false;
  assigns *error;
  ensures status: status_valid(\result) && status_valid(*error);
  ensures ebadf: !VIGIL_KERNEL_OPEN(source->fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_socket_take_error(const vigil_source *source, vigil_status *error);

#endif
