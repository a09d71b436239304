/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/message.h"

/* Several datagrams go together now and then. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_send_segments(vigil_fd fd, const void *data, size_t length,
                                    size_t segment_bytes, const vigil_sockaddr *to)
{
    (void)data;
    (void)length;
    (void)segment_bytes;
    (void)to;
    vigil_status status = kernel_socket_status(fd);
    return status == VIGIL_OK && kernel_choose(2) == 0 ? VIGIL_ENOPROTOOPT : status;
}

/* One empty datagram, from nowhere. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_segments(vigil_fd fd, void *data, size_t capacity,
                                       vigil_sockaddr *from, size_t *count,
                                       vigil_os_control *control)
{
    (void)data;
    (void)capacity;
    *count = 0;
    from->length = 0;
    control->length = 0;
    return kernel_socket_status(fd);
}

/* No error waits, or one of which nothing is said. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_error(vigil_fd fd, vigil_sockaddr *destination,
                                    vigil_os_control *control)
{
    vigil_status status = kernel_socket_status(fd);
    destination->length = 0;
    control->length = 0;
    return status == VIGIL_OK && kernel_choose(2) == 0 ? VIGIL_EWOULDBLOCK : status;
}
