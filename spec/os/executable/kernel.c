/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/clock.h"
#include "os/descriptor.h"
#include "os/mutex.h"

int kernel_kind[VIGIL_KERNEL_DESCRIPTORS];
int kernel_nonblocking[VIGIL_KERNEL_DESCRIPTORS];
int kernel_cloexec[VIGIL_KERNEL_DESCRIPTORS];
uint64_t kernel_counter[VIGIL_KERNEL_DESCRIPTORS];
int kernel_listed[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
uint32_t kernel_mask[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
uint64_t kernel_key[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
int kernel_reported[VIGIL_KERNEL_REPORTS];
uint64_t kernel_time;

_Bool kernel_is_open(vigil_fd fd)
{
    return 0 <= fd && fd < VIGIL_KERNEL_DESCRIPTORS && kernel_kind[fd] != VIGIL_KERNEL_CLOSED;
}

vigil_status kernel_socket_status(vigil_fd fd)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    return kernel_kind[fd] == VIGIL_KERNEL_SOCKET ? VIGIL_OK : VIGIL_ENOTSOCK;
}

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures range: -1 <= \result < VIGIL_KERNEL_DESCRIPTORS;
  ensures free: \result >= 0 ==> kernel_kind[\result] == VIGIL_KERNEL_CLOSED;
*/
static int lowest_free(void)
{
    /*@
      loop invariant range: 0 <= f <= VIGIL_KERNEL_DESCRIPTORS;
      loop assigns f;
      loop variant VIGIL_KERNEL_DESCRIPTORS - f;
    */
    for (int f = 0; f < VIGIL_KERNEL_DESCRIPTORS; f++) {
        if (kernel_kind[f] == VIGIL_KERNEL_CLOSED) {
            return f;
        }
    }
    return -1;
}

vigil_status kernel_open(int kind, vigil_fd *fd)
{
    int found = lowest_free();
    *fd = found;
    if (found < 0) {
        return VIGIL_EMFILE;
    }
    kernel_kind[found] = kind;
    kernel_nonblocking[found] = 1;
    kernel_cloexec[found] = 1;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_close(vigil_fd fd)
{
    kernel_kind[fd] = VIGIL_KERNEL_CLOSED;
    return kernel_choose(8) == 0 ? VIGIL_EIO : VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_adopt(vigil_fd fd)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    kernel_nonblocking[fd] = 1;
    kernel_cloexec[fd] = 1;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
uint64_t vigil_os_now_ns(void)
{
    uint64_t passed = (uint64_t)kernel_choose(1000000);
    kernel_time = kernel_time < UINT64_MAX - passed ? kernel_time + passed : UINT64_MAX;
    return kernel_time;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_mutex_init(vigil_mutex *mutex)
{
    (void)mutex;
    return kernel_choose(8) == 0 ? VIGIL_ENOMEM : VIGIL_OK;
}

void vigil_os_mutex_destroy(vigil_mutex *mutex)
{
    (void)mutex;
}

void vigil_os_mutex_lock(vigil_mutex *mutex)
{
    (void)mutex;
}

void vigil_os_mutex_unlock(vigil_mutex *mutex)
{
    (void)mutex;
}
