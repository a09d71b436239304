/* SPDX-License-Identifier: MIT */
#include "net/tcp_socket.h"

/*
 * Laws of the options of TCP sockets, proven from the headers' contracts alone.
 */

/* On a closed socket no option can be set, whatever its value. */
/*@
  requires memory: \valid(socket) && \valid_read(name + (0 .. 3));
  requires closed: socket->fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_tcp_socket_sets_nothing(const vigil_tcp_socket *socket, const char *name, bool enabled,
                                    int number)
{
    vigil_status status = vigil_tcp_socket_set_reuse_address(socket, enabled);
    //@ check reuse: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_reuse_port(socket, enabled);
    //@ check port: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_only_ipv6(socket, enabled);
    //@ check only: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_send_buffer(socket, number);
    //@ check out: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_receive_buffer(socket, number);
    //@ check in: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_device(socket, name, 4);
    //@ check device: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_fast_open(socket, number);
    //@ check queue: status == VIGIL_EBADF;
    status = vigil_tcp_socket_set_fast_open_connect(socket, enabled);
    //@ check fast: status == VIGIL_EBADF;
}

/* Nor read: each answer is written all the same, and says nothing. */
/*@
  requires memory: \valid(socket) && \valid(address) && \separated(socket, address);
  requires closed: socket->fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_tcp_socket_tells_nothing(const vigil_tcp_socket *socket, vigil_address *address)
{
    bool enabled = true;
    int number = 7;
    vigil_fd fd = vigil_tcp_socket_fd(socket);
    //@ check fd: fd == VIGIL_FD_NONE;
    vigil_status status = vigil_tcp_socket_reuse_address(socket, &enabled);
    //@ check reuse: status == VIGIL_EBADF && !enabled;
    enabled = true;
    status = vigil_tcp_socket_reuse_port(socket, &enabled);
    //@ check port: status == VIGIL_EBADF && !enabled;
    enabled = true;
    status = vigil_tcp_socket_only_ipv6(socket, &enabled);
    //@ check only: status == VIGIL_EBADF && !enabled;
    enabled = true;
    status = vigil_tcp_socket_fast_open_connect(socket, &enabled);
    //@ check fast: status == VIGIL_EBADF && !enabled;
    status = vigil_tcp_socket_send_buffer(socket, &number);
    //@ check out: status == VIGIL_EBADF && number == 0;
    number = 7;
    status = vigil_tcp_socket_receive_buffer(socket, &number);
    //@ check in: status == VIGIL_EBADF && number == 0;
    number = 7;
    status = vigil_tcp_socket_fast_open(socket, &number);
    //@ check queue: status == VIGIL_EBADF && number == 0;
    status = vigil_tcp_socket_local_address(socket, address);
    //@ check local: status == VIGIL_EBADF && address_none(*address);
}

/* The name of an interface has its end where it says, whatever was answered. */
/*@
  requires memory: \valid(socket) && \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1)) &&
    \separated(socket, name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  terminates \true; exits \false;
*/
void names_of_devices_end(const vigil_tcp_socket *socket, char *name)
{
    size_t length = VIGIL_DEVICE_NAME_MAX;
    vigil_status status = vigil_tcp_socket_device(socket, name, &length);
    //@ check end: length < VIGIL_DEVICE_NAME_MAX && name[length] == 0;
    //@ check failed: status != VIGIL_OK ==> length == 0;
}

/* A buffer of no bytes is refused, and so is a name that would be another
 * interface's. */
/*@
  requires memory: \valid(socket) && \valid_read(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  requires cut: name[2] == 0;
  terminates \true; exits \false;
*/
void tcp_socket_options_have_ranges(const vigil_tcp_socket *socket, const char *name)
{
    vigil_status none = vigil_tcp_socket_set_send_buffer(socket, 0);
    //@ check out: none != VIGIL_OK;
    none = vigil_tcp_socket_set_receive_buffer(socket, 0);
    //@ check in: none != VIGIL_OK;
    vigil_status many = vigil_tcp_socket_set_device(socket, name, VIGIL_DEVICE_NAME_MAX);
    //@ check long: many != VIGIL_OK;
    vigil_status cut = vigil_tcp_socket_set_device(socket, name, 4);
    //@ check cut: cut != VIGIL_OK;
}
