/* SPDX-License-Identifier: MIT */
#include "net/tcp_socket.h"

#include "net/sockaddr.h"

vigil_status vigil_tcp_socket_open(vigil_address address, vigil_sockaddr *native, vigil_fd *fd)
{
    *fd = VIGIL_FD_NONE;
    vigil_status status = vigil_sockaddr_encode(address, native);
    if (status != VIGIL_OK) {
        return status;
    }
    bool ipv6 = address.family == VIGIL_FAMILY_IPV6;
    return vigil_os_socket_stream(ipv6 ? VIGIL_OS_AF_INET6 : VIGIL_OS_AF_INET, fd);
}
