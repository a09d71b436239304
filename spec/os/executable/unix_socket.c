/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/descriptor.h"
#include "os/unix_socket.h"

/* Both ends, or neither: the first is closed again if there is no second one. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_socket_pair(vigil_os_pair kind, vigil_fd *one, vigil_fd *two)
{
    (void)kind;
    *two = VIGIL_FD_NONE;
    vigil_status status = kernel_open(VIGIL_KERNEL_SOCKET, one);
    if (status != VIGIL_OK) {
        return status;
    }
    status = kernel_open(VIGIL_KERNEL_SOCKET, two);
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(*one);
        *one = VIGIL_FD_NONE;
    }
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_peer_credentials(vigil_fd fd, vigil_credentials *credentials)
{
    vigil_status status = kernel_socket_status(fd);
    _Bool known = status == VIGIL_OK;
    credentials->process = known ? kernel_choose(4096) : 0;
    credentials->user = known ? 1000 : 0;
    credentials->group = known ? 1000 : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_send_descriptors(vigil_fd fd, const void *data, size_t length,
                                       const vigil_fd *fds, size_t fd_count, size_t *count)
{
    (void)data;
    (void)fds;
    (void)fd_count;
    vigil_status status = kernel_socket_status(fd);
    *count = status == VIGIL_OK ? length : 0;
    return status;
}

/* Nobody sends any. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_descriptors(vigil_fd fd, void *data, size_t capacity, vigil_fd *fds,
                                          size_t fd_capacity, size_t *count, size_t *fd_count)
{
    (void)fds;
    (void)fd_capacity;
    vigil_status status = kernel_socket_status(fd);
    *fd_count = 0;
    *count = 0;
    if (status == VIGIL_OK && capacity > 0 && kernel_choose(4) > 0) {
        *(char *)data = 'a';
        *count = 1;
    }
    return status;
}
