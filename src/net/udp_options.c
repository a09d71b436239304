/* SPDX-License-Identifier: MIT */
#include "net/udp_options.h"

#include "net/option.h"
#include "net/sockaddr.h"
#include "net/socket.h"

vigil_status vigil_udp_socket_set_broadcast(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->source.fd, VIGIL_OS_BROADCAST, enabled);
}

vigil_status vigil_udp_socket_broadcast(const vigil_udp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->source.fd, VIGIL_OS_BROADCAST, enabled);
}

vigil_status vigil_udp_socket_set_ttl(const vigil_udp_socket *socket, int hops)
{
    return vigil_socket_set_ttl(&socket->source, hops);
}

vigil_status vigil_udp_socket_ttl(const vigil_udp_socket *socket, int *hops)
{
    return vigil_socket_ttl(&socket->source, hops);
}

vigil_status vigil_udp_socket_set_only_ipv6(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->source.fd, VIGIL_OS_ONLY_IPV6, enabled);
}

vigil_status vigil_udp_socket_only_ipv6(const vigil_udp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->source.fd, VIGIL_OS_ONLY_IPV6, enabled);
}

vigil_status vigil_udp_socket_set_reuse_address(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->source.fd, VIGIL_OS_REUSE_ADDRESS, enabled);
}

vigil_status vigil_udp_socket_set_reuse_port(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->source.fd, VIGIL_OS_REUSE_PORT, enabled);
}

vigil_status vigil_udp_socket_set_send_buffer(const vigil_udp_socket *socket, int bytes)
{
    return vigil_option_set_buffer(socket->source.fd, VIGIL_OS_SEND_BUFFER, bytes);
}

vigil_status vigil_udp_socket_send_buffer(const vigil_udp_socket *socket, int *bytes)
{
    return vigil_os_get_option(socket->source.fd, VIGIL_OS_SEND_BUFFER, bytes);
}

vigil_status vigil_udp_socket_set_receive_buffer(const vigil_udp_socket *socket, int bytes)
{
    return vigil_option_set_buffer(socket->source.fd, VIGIL_OS_RECEIVE_BUFFER, bytes);
}

vigil_status vigil_udp_socket_receive_buffer(const vigil_udp_socket *socket, int *bytes)
{
    return vigil_os_get_option(socket->source.fd, VIGIL_OS_RECEIVE_BUFFER, bytes);
}

vigil_status vigil_udp_socket_set_device(const vigil_udp_socket *socket, const char *name,
                                         size_t length)
{
    return vigil_option_set_device(socket->source.fd, name, length);
}

vigil_status vigil_udp_socket_device(const vigil_udp_socket *socket, char *name, size_t *length)
{
    return vigil_option_device(socket->source.fd, name, length);
}

/* --- groups ------------------------------------------------------------------- */

/* The system takes no group for a wrong argument. */
/*@
  requires group: \valid_read(group);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status set_group(vigil_fd fd, vigil_os_membership change, const vigil_address *group,
                              uint32_t interface_index)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(*group, &native);
    vigil_status status = vigil_os_set_membership(fd, change, &native, interface_index);
    return status != VIGIL_EBADF && encoding != VIGIL_OK ? encoding : status;
}

vigil_status vigil_udp_socket_join_group(const vigil_udp_socket *socket, const vigil_address *group,
                                         uint32_t interface_index)
{
    return set_group(socket->source.fd, VIGIL_OS_JOIN, group, interface_index);
}

vigil_status vigil_udp_socket_leave_group(const vigil_udp_socket *socket,
                                          const vigil_address *group, uint32_t interface_index)
{
    return set_group(socket->source.fd, VIGIL_OS_LEAVE, group, interface_index);
}

/* What is sent over IPv6, and over IPv4 from the same socket: both, or neither. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
*/
static vigil_status set_both_interfaces(vigil_fd fd, int index)
{
    int before = 0;
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_MULTICAST_INTERFACE_IPV6, &before);
    if (status == VIGIL_OK) {
        status = vigil_os_set_option(fd, VIGIL_OS_MULTICAST_INTERFACE_IPV6, index);
    }
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_os_set_multicast_interface(fd, index);
    if (status != VIGIL_OK) {
        (void)!vigil_os_set_option(fd, VIGIL_OS_MULTICAST_INTERFACE_IPV6, before);
    }
    return status;
}

vigil_status vigil_udp_socket_set_multicast_interface(const vigil_udp_socket *socket,
                                                      uint32_t interface_index)
{
    bool ipv6 = false;
    vigil_status status = vigil_option_is_ipv6(socket->source.fd, &ipv6);
    if (status != VIGIL_OK) {
        return status;
    }
    if (interface_index > INT32_MAX) {
        return VIGIL_ENODEV;
    }
    int index = (int)interface_index;
    return ipv6 ? set_both_interfaces(socket->source.fd, index)
                : vigil_os_set_multicast_interface(socket->source.fd, index);
}

vigil_status vigil_udp_socket_set_multicast_loop(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_of_family(socket->source.fd, VIGIL_OS_MULTICAST_LOOP_IPV6,
                                      VIGIL_OS_MULTICAST_LOOP_IPV4, enabled ? 1 : 0);
}

vigil_status vigil_udp_socket_multicast_loop(const vigil_udp_socket *socket, bool *enabled)
{
    int value = 0;
    vigil_status status = vigil_option_of_family(socket->source.fd, VIGIL_OS_MULTICAST_LOOP_IPV6,
                                                 VIGIL_OS_MULTICAST_LOOP_IPV4, &value);
    *enabled = value != 0;
    return status;
}

/* Linux takes -1 too, for its default (ip(7), ipv6(7)). */
vigil_status vigil_udp_socket_set_multicast_ttl(const vigil_udp_socket *socket, int hops)
{
    int before = 0;
    vigil_status status = vigil_udp_socket_multicast_ttl(socket, &before);
    if (status != VIGIL_OK) {
        return status;
    }
    if (hops < 0 || hops > VIGIL_HOPS_MAX) {
        return VIGIL_EINVAL;
    }
    return vigil_option_set_of_family(socket->source.fd, VIGIL_OS_MULTICAST_TTL_IPV6,
                                      VIGIL_OS_MULTICAST_TTL_IPV4, hops);
}

vigil_status vigil_udp_socket_multicast_ttl(const vigil_udp_socket *socket, int *hops)
{
    return vigil_option_of_family(socket->source.fd, VIGIL_OS_MULTICAST_TTL_IPV6,
                                  VIGIL_OS_MULTICAST_TTL_IPV4, hops);
}
