/* SPDX-License-Identifier: MIT */
#include "net/unix_listener.h"

#include "base/limits.h"
#include "net/socket.h"
#include "net/told.h"
#include "net/unix_sockaddr.h"
#include "net/unix_socket.h"
#include "os/descriptor.h"

vigil_status vigil_unix_listener_bind(vigil_unix_listener *listener,
                                      const vigil_unix_address *address)
{
    return vigil_unix_listener_bind_backlog(listener, address, VIGIL_BACKLOG_DEFAULT);
}

vigil_status vigil_unix_listener_bind_backlog(vigil_unix_listener *listener,
                                              const vigil_unix_address *address, int backlog)
{
    vigil_sockaddr native;
    vigil_fd fd = VIGIL_FD_NONE;
    listener->source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_status status = vigil_unix_sockaddr_encode(address, &native);
    if (status == VIGIL_OK) {
        status = vigil_os_socket_stream(VIGIL_OS_AF_UNIX, &fd);
    }
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_os_bind(fd, &native);
    if (status == VIGIL_OK) {
        status = vigil_os_listen(fd, backlog);
    }
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(fd);
        return status;
    }
    listener->source = vigil_source_from_fd(fd);
    return VIGIL_OK;
}

vigil_status vigil_unix_listener_accept(vigil_unix_listener *listener, vigil_unix_stream *stream,
                                        vigil_unix_address *peer)
{
    vigil_sockaddr native;
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_os_accept(listener->source.fd, &fd, &native);
    stream->source = vigil_source_from_fd(status == VIGIL_OK ? fd : VIGIL_FD_NONE);
    if (peer != NULL) {
        *peer = vigil_unix_sockaddr_decode(&native);
    }
    return told_by(&listener->source, VIGIL_READABLE, status);
}

vigil_status vigil_unix_listener_local_address(const vigil_unix_listener *listener,
                                               vigil_unix_address *address)
{
    return vigil_unix_local_address(&listener->source, address);
}

vigil_status vigil_unix_listener_take_error(const vigil_unix_listener *listener,
                                            vigil_status *error)
{
    return vigil_socket_take_error(&listener->source, error);
}

vigil_status vigil_unix_listener_from_fd(vigil_unix_listener *listener, vigil_fd fd)
{
    return vigil_socket_adopt(&listener->source, fd);
}

vigil_fd vigil_unix_listener_fd(const vigil_unix_listener *listener)
{
    return listener->source.fd;
}

vigil_status vigil_unix_listener_into_fd(vigil_unix_listener *listener, vigil_fd *fd)
{
    return vigil_socket_release(&listener->source, fd);
}

vigil_status vigil_unix_listener_close(vigil_unix_listener *listener)
{
    return vigil_socket_close(&listener->source);
}
