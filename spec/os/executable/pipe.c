/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/descriptor.h"
#include "os/pipe.h"

/* Both ends, or neither: the first is closed again if there is no second one. */
/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_pipe(vigil_fd *receiver, vigil_fd *sender)
{
    *sender = VIGIL_FD_NONE;
    vigil_status status = kernel_open(VIGIL_KERNEL_WATCHABLE, receiver);
    if (status != VIGIL_OK) {
        return status;
    }
    status = kernel_open(VIGIL_KERNEL_WATCHABLE, sender);
    if (status != VIGIL_OK) {
        (void)!vigil_os_close(*receiver);
        *receiver = VIGIL_FD_NONE;
    }
    return status;
}

/* Whether it is ready is up to the kernel. */
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: \result == VIGIL_OK || \result == VIGIL_EBADF || \result == VIGIL_EWOULDBLOCK;
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status readiness(vigil_fd fd)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    return kernel_choose(4) == 0 ? VIGIL_EWOULDBLOCK : VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_pipe_read(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    vigil_status status = readiness(fd);
    *count = 0;
    if (status == VIGIL_OK && capacity > 0 && kernel_choose(4) > 0) {
        *(char *)data = 'a';
        *count = 1;
    }
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_pipe_write(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    (void)data;
    vigil_status status = readiness(fd);
    *count = status == VIGIL_OK ? length : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_nonblocking(vigil_fd fd, bool enabled)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    kernel_nonblocking[fd] = enabled ? 1 : 0;
    return VIGIL_OK;
}
