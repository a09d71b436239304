/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/batch.h"

/* One empty datagram, from nowhere. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                    size_t *received)
{
    (void)number;
    vigil_status status = kernel_socket_status(fd);
    *received = 0;
    if (status == VIGIL_OK) {
        messages[0].count = 0;
        messages[0].truncated = 0;
        messages[0].address.length = 0;
        *received = 1;
    }
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_send_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                 size_t *sent)
{
    (void)number;
    vigil_status status = kernel_socket_status(fd);
    *sent = 0;
    if (status == VIGIL_OK) {
        messages[0].count = messages[0].length;
        *sent = 1;
    }
    return status;
}
