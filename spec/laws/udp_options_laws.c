/* SPDX-License-Identifier: MIT */
#include "net/udp_options.h"
#include "net/udp_socket.h"

/*
 * Laws of the options of UDP sockets, proven from the headers' contracts alone.
 */

/* On a closed socket no option can be set, whatever its value. */
/*@
  requires memory: \valid(socket) && \valid_read(name + (0 .. 3));
  requires closed: socket->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_udp_sets_nothing(const vigil_udp_socket *socket, const char *name, bool enabled,
                             int number, uint32_t interface_index)
{
    vigil_status status = vigil_udp_socket_set_ttl(socket, number);
    //@ check ttl: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_only_ipv6(socket, enabled);
    //@ check only: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_reuse_address(socket, enabled);
    //@ check reuse: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_reuse_port(socket, enabled);
    //@ check port: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_send_buffer(socket, number);
    //@ check out: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_receive_buffer(socket, number);
    //@ check in: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_device(socket, name, 4);
    //@ check device: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_multicast_loop(socket, enabled);
    //@ check loops: status == VIGIL_EBADF;
    status = vigil_udp_socket_set_multicast_interface(socket, interface_index);
    //@ check interface: status == VIGIL_EBADF;
}

/* Nor read: each answer is written all the same, and says nothing. */
/*@
  requires memory: \valid(socket) && \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1)) &&
    \separated(socket, name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  requires closed: socket->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_udp_tells_nothing(const vigil_udp_socket *socket, char *name)
{
    bool enabled = true;
    int number = 7;
    size_t length = 7;
    vigil_status status = vigil_udp_socket_ttl(socket, &number);
    //@ check ttl: status == VIGIL_EBADF && number == 0;
    status = vigil_udp_socket_only_ipv6(socket, &enabled);
    //@ check only: status == VIGIL_EBADF && !enabled;
    number = 7;
    status = vigil_udp_socket_send_buffer(socket, &number);
    //@ check out: status == VIGIL_EBADF && number == 0;
    enabled = true;
    status = vigil_udp_socket_multicast_loop(socket, &enabled);
    //@ check loops: status == VIGIL_EBADF && !enabled;
    status = vigil_udp_socket_device(socket, name, &length);
    //@ check device: status == VIGIL_EBADF && length == 0 && name[0] == 0;
}

/* A number beyond what its option has is refused, and so is a name that would be
 * another interface's. */
/*@
  requires memory: \valid(socket) && \valid_read(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1));
  requires cut: name[2] == 0;
  terminates \true; exits \false;
*/
void udp_options_have_ranges(const vigil_udp_socket *socket, const char *name)
{
    vigil_status none = vigil_udp_socket_set_ttl(socket, 0);
    vigil_status many = vigil_udp_socket_set_ttl(socket, 256);
    //@ check hops: none != VIGIL_OK && many != VIGIL_OK;
    many = vigil_udp_socket_set_multicast_ttl(socket, 256);
    //@ check group: many != VIGIL_OK;
    none = vigil_udp_socket_set_send_buffer(socket, 0);
    //@ check out: none != VIGIL_OK;
    none = vigil_udp_socket_set_receive_buffer(socket, 0);
    //@ check in: none != VIGIL_OK;
    many = vigil_udp_socket_set_device(socket, name, VIGIL_DEVICE_NAME_MAX);
    //@ check long: many != VIGIL_OK;
    vigil_status cut = vigil_udp_socket_set_device(socket, name, 4);
    //@ check cut: cut != VIGIL_OK;
}
