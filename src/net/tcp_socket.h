/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_SOCKET_H
#define VIGIL_NET_TCP_SOCKET_H

#include "base/limits.h"
#include "base/status.h"
#include "core/address.h"
#include "net/tcp_listener.h"
#include "net/tcp_stream.h"
#include "os/kernel.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * A TCP socket that is neither listener nor stream yet: for options that count only
 * before it is. Open it, set what there is to set, assign an address if it needs one
 * of its own, and make a listener or a stream of it. Without options, use
 * vigil_tcp_listener_bind and vigil_tcp_stream_connect.
 *
 * There is nothing to wait for, so there is no source to register. The caller owns
 * the struct, and one thread at a time works on it. Every call on a closed socket
 * answers VIGIL_EBADF. Setting answers VIGIL_EINVAL for a value the system does not
 * take; a getter writes 0, false or no name on failure.
 */
typedef struct vigil_tcp_socket {
    vigil_fd fd; /* VIGIL_FD_NONE while it is closed */
} vigil_tcp_socket;

/* How a socket that is not open yet begins: closing it does nothing. */
/* clang-format off */
#define VIGIL_TCP_SOCKET_CLOSED {VIGIL_FD_NONE}
/* clang-format on */

/*
 * Opens a socket of a family: non-blocking, close-on-exec. What `socket` held before
 * is overwritten, not closed.
 *
 * VIGIL_EAFNOSUPPORT   the family is none, or is not to be had
 * VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOBUFS, VIGIL_ENOMEM
 *                      no socket is to be had (socket(2))
 * On failure the socket is closed and nothing is left open.
 */
/*@
  requires memory: \valid(socket);
  terminates \true; exits \false;
  assigns *socket, VIGIL_KERNEL_TABLE;
  ensures status: status_valid(\result);
  ensures closed: \result != VIGIL_OK ==> socket->fd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures open: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(socket->fd, VIGIL_KERNEL_SOCKET) &&
    kernel_nonblocking[socket->fd] == 1;
  ensures none: family != VIGIL_FAMILY_IPV4 && family != VIGIL_FAMILY_IPV6 ==>
    \result == VIGIL_EAFNOSUPPORT;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_open(vigil_tcp_socket *socket, vigil_family family);

/* Lets it be bound where connections of an earlier listener are still dying
 * (socket(7), SO_REUSEADDR; ip(7)). Two sockets cannot listen at one address by
 * it. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_reuse_address(const vigil_tcp_socket *socket,
                                                              bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_reuse_address(const vigil_tcp_socket *socket,
                                                          bool *enabled);

/* Lets several sockets listen at one address, and the system share the connections
 * among them (socket(7), SO_REUSEPORT): all of them have it set before they are
 * bound, and belong to one user. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_reuse_port(const vigil_tcp_socket *socket,
                                                           bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_reuse_port(const vigil_tcp_socket *socket,
                                                       bool *enabled);

/* Whether an IPv6 socket is for IPv6 alone, and leaves the port to an IPv4 socket
 * (ipv6(7), IPV6_V6ONLY). VIGIL_EINVAL once it has an address, VIGIL_ENOPROTOOPT for
 * an IPv4 socket, for which reading it is VIGIL_EOPNOTSUPP. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_only_ipv6(const vigil_tcp_socket *socket,
                                                          bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_only_ipv6(const vigil_tcp_socket *socket,
                                                      bool *enabled);

/* The bytes that the system keeps for what is on its way out and in (socket(7),
 * SO_SNDBUF, SO_RCVBUF): 1 and more are taken, and cut to what it allows. Linux
 * doubles the number, for what it keeps for itself: what is read is its figure. What
 * a listener accepts has its sizes; and the window of a connection is agreed on when
 * it begins, so that later is too late for a large one (tcp(7)). */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= bytes;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_send_buffer(const vigil_tcp_socket *socket,
                                                            int bytes);
/*@
  requires memory: \valid_read(socket) && \valid(bytes) && \separated(socket, bytes);
  terminates \true; exits \false;
  assigns *bytes;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *bytes == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_send_buffer(const vigil_tcp_socket *socket, int *bytes);

/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= bytes;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_receive_buffer(const vigil_tcp_socket *socket,
                                                               int bytes);
/*@
  requires memory: \valid_read(socket) && \valid(bytes) && \separated(socket, bytes);
  terminates \true; exits \false;
  assigns *bytes;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *bytes == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_receive_buffer(const vigil_tcp_socket *socket,
                                                           int *bytes);

/*
 * Ties it to the network interface of that name, for what it sends and what reaches
 * it, or to none for a name of no bytes (socket(7), SO_BINDTODEVICE).
 *
 * VIGIL_EINVAL  the name has 16 bytes or more, or a zero among them: the system
 *               would take the beginning for the name of another interface
 * VIGIL_ENODEV  there is no such interface
 * VIGIL_EPERM   it is tied to one already, and the process has no CAP_NET_RAW; on
 *               Linux before 5.7, whenever it has none
 * On failure it is tied as before.
 */
/*@
  requires memory: \valid_read(socket);
  requires name: \valid_read(name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> length < VIGIL_DEVICE_NAME_MAX;
  ensures zeros: \result == VIGIL_OK ==> \forall integer i; 0 <= i < length ==> name[i] != 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_device(const vigil_tcp_socket *socket,
                                                       const char *name, size_t length);

/* The name of the interface that it is tied to, with a zero at its end, and without
 * one its length, which is 0 for none. VIGIL_ENODEV if the interface is gone. */
/*@
  requires memory: \valid_read(socket) && \valid(length) && \separated(socket, length);
  requires name: \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1)) &&
    \separated(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1), socket, length);
  terminates \true; exits \false;
  assigns name[0 .. VIGIL_DEVICE_NAME_MAX - 1], *length;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures room: *length < VIGIL_DEVICE_NAME_MAX;
  ensures end: name[*length] == 0;
  ensures failed: \result != VIGIL_OK ==> *length == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_device(const vigil_tcp_socket *socket, char *name,
                                                   size_t *length);

/*
 * For a listener: connections of clients that have been here before may bring their
 * first bytes in the packet that opens them, so that they are there to be read when
 * it is accepted (RFC 7413; tcp(7), TCP_FASTOPEN). `queue` is how many may be on
 * their way at once, 0 for none. Such a packet may come twice, and its bytes with it.
 * Both sides need leave of the system (/proc/sys/net/ipv4/tcp_fastopen), without
 * which connections are made as ever.
 */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_fast_open(const vigil_tcp_socket *socket,
                                                          int queue);
/*@
  requires memory: \valid_read(socket) && \valid(queue) && \separated(socket, queue);
  terminates \true; exits \false;
  assigns *queue;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *queue == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_fast_open(const vigil_tcp_socket *socket, int *queue);

/*
 * The same for a stream: where the system knows the server from before, connecting
 * only prepares, and the first write opens the connection and brings its bytes along
 * (tcp(7), TCP_FASTOPEN_CONNECT). The stream is then writable at once, and
 * vigil_tcp_stream_finish_connect answers VIGIL_EINPROGRESS until something is
 * written: write when it is writable, ask then. If the system has forgotten the server
 * by then, that write answers VIGIL_EINPROGRESS, and connects without its bytes: write
 * again when it is writable. VIGIL_EOPNOTSUPP if the system does not let it.
 */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_set_fast_open_connect(const vigil_tcp_socket *socket,
                                                                  bool enabled);
/*@
  requires memory: \valid_read(socket) && \valid(enabled) && \separated(socket, enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_fast_open_connect(const vigil_tcp_socket *socket,
                                                              bool *enabled);

/*
 * Assigns an address (bind(2)); port 0 takes a free one, which local_address tells.
 * A stream needs none, and comes from it if it has one.
 *
 * VIGIL_EADDRINUSE     another socket is bound there
 * VIGIL_EADDRNOTAVAIL  the address is none of this machine's
 * VIGIL_EACCES         the port is reserved (ip(7), ports below 1024)
 * VIGIL_EINVAL         it has an address; an IPv4 address, for an IPv6 socket; or a
 *                      link-local address without its scope (ipv6(7))
 * VIGIL_EAFNOSUPPORT   the address is none; or of IPv6, for an IPv4 socket
 * On failure the socket is open as before.
 */
/*@
  requires memory: \valid_read(socket);
  requires address: \valid_read(address);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_assign_address(const vigil_tcp_socket *socket,
                                                           const vigil_address *address);

/* The address it has (getsockname(2)): one of port 0 before it is assigned any. */
/*@
  requires memory: \valid_read(socket) && \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(socket->fd) ==> \result == VIGIL_EBADF;
  ensures valid: address_valid(*address);
  ensures failed: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_local_address(const vigil_tcp_socket *socket,
                                                          vigil_address *address);

/*
 * Makes a listener of it, with room for `backlog` connections that wait (listen(2)):
 * the listener has the descriptor then, and the socket is closed. Without an address
 * the system picks a port. What `listener` held before is overwritten, not closed.
 *
 * VIGIL_EADDRINUSE  another socket listens there, or no port is free
 * VIGIL_EBADF       the socket is closed
 * On failure the listener is closed, and the socket is open as before.
 */
/*@
  requires memory: \valid(socket) && \valid(listener) && \separated(socket, listener);
  terminates \true; exits \false;
  assigns *socket, *listener;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(listener->source);
  ensures given: \result == VIGIL_OK ==> listener->source.fd == \old(socket->fd) &&
    VIGIL_KERNEL_OPEN(listener->source.fd) && socket->fd == VIGIL_FD_NONE;
  ensures kept: \result != VIGIL_OK ==> listener->source.fd == VIGIL_FD_NONE &&
    socket->fd == \old(socket->fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(\old(socket->fd)) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_listen(vigil_tcp_socket *socket, int backlog,
                                                   vigil_tcp_listener *listener);

/*
 * Begins to connect: the stream has the descriptor then, and the socket is closed.
 * VIGIL_OK says what it says of vigil_tcp_stream_connect, and so do the failures;
 * beside them
 *
 * VIGIL_EADDRINUSE    the address it has is connected there already
 * VIGIL_EINVAL        an IPv4 address, for an IPv6 socket
 * VIGIL_EAFNOSUPPORT  an IPv6 address, for an IPv4 socket
 * VIGIL_EBADF         the socket is closed
 * On failure the stream is closed, and the socket is open as before: options may be
 * changed and another address tried.
 */
/*@
  requires memory: \valid(socket) && \valid(stream) && \separated(socket, stream);
  requires address: \valid_read(address) && \separated(address, socket, stream);
  terminates \true; exits \false;
  assigns *socket, *stream;
  ensures status: status_valid(\result);
  ensures unregistered: source_unregistered(stream->source);
  ensures given: \result == VIGIL_OK ==> stream->source.fd == \old(socket->fd) &&
    VIGIL_KERNEL_OPEN(stream->source.fd) && socket->fd == VIGIL_FD_NONE;
  ensures kept: \result != VIGIL_OK ==> stream->source.fd == VIGIL_FD_NONE &&
    socket->fd == \old(socket->fd);
  ensures ebadf: !VIGIL_KERNEL_OPEN(\old(socket->fd)) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_socket_connect(vigil_tcp_socket *socket,
                                                    const vigil_address *address,
                                                    vigil_tcp_stream *stream);

/* The descriptor, which stays the socket's, for options that are not here;
 * VIGIL_FD_NONE if it is closed. */
/*@
  requires memory: \valid_read(socket);
  terminates \true; exits \false;
  assigns \result \from socket->fd;
  ensures fd: \result == socket->fd;
*/
VIGIL_API vigil_fd vigil_tcp_socket_fd(const vigil_tcp_socket *socket);

/* Closes it (close(2)). Closing what is closed does nothing. */
/*@
  requires memory: \valid(socket);
  requires owns: socket->fd != VIGIL_FD_NONE ==> VIGIL_KERNEL_OPEN(socket->fd) &&
    VIGIL_KERNEL_UNLISTED(socket->fd);
  terminates \true; exits \false;
  assigns *socket, kernel_kind[0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
  ensures none: socket->fd == VIGIL_FD_NONE;
  ensures closed: \old(socket->fd) != VIGIL_FD_NONE ==>
    kernel_kind[\old(socket->fd)] == VIGIL_KERNEL_CLOSED;
  ensures others: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS &&
    f != \old(socket->fd) ==> kernel_kind[f] == \old(kernel_kind[f]);
*/
VIGIL_API void vigil_tcp_socket_close(vigil_tcp_socket *socket);

#endif
