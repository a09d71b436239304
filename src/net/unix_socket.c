/* SPDX-License-Identifier: MIT */
#include "net/unix_socket.h"

#include "net/unix_sockaddr.h"

vigil_status vigil_unix_local_address(const vigil_source *source, vigil_unix_address *address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_local_address(source->fd, &native);
    *address = vigil_unix_sockaddr_decode(&native);
    return status;
}

vigil_status vigil_unix_peer_address(const vigil_source *source, vigil_unix_address *address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_os_peer_address(source->fd, &native);
    *address = vigil_unix_sockaddr_decode(&native);
    return status;
}

vigil_status vigil_unix_pair(vigil_os_pair kind, vigil_source *one, vigil_source *two)
{
    vigil_fd first = VIGIL_FD_NONE;
    vigil_fd second = VIGIL_FD_NONE;
    vigil_status status = vigil_os_socket_pair(kind, &first, &second);
    *one = vigil_source_from_fd(first);
    *two = vigil_source_from_fd(second);
    return status;
}
