/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/socket.h"

/* A call on a datagram socket that changes nothing here: it works, or fails as it
 * pleases. */
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(failure) ==> status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
static vigil_status venture(vigil_fd fd, vigil_status failure)
{
    vigil_status status = kernel_socket_status(fd);
    return status == VIGIL_OK && kernel_choose(4) == 0 ? failure : status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_socket_datagram(int family, vigil_fd *fd)
{
    (void)family;
    return kernel_open(VIGIL_KERNEL_SOCKET, fd);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_membership(vigil_fd fd, vigil_os_membership change,
                                     const vigil_sockaddr *group, uint32_t interface_index)
{
    (void)change;
    (void)group;
    (void)interface_index;
    return venture(fd, VIGIL_EADDRINUSE);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_multicast_interface(vigil_fd fd, int interface_index)
{
    (void)interface_index;
    return venture(fd, VIGIL_EADDRNOTAVAIL);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_send_to(vigil_fd fd, const void *data, size_t length,
                              const vigil_sockaddr *to, size_t *count)
{
    (void)data;
    (void)to;
    vigil_status status = venture(fd, VIGIL_EWOULDBLOCK);
    *count = status == VIGIL_OK ? length : 0;
    return status;
}

/* A datagram of two bytes, from somewhere. */
/*@
  requires memory: \valid(count) && \valid(from) && \separated(count, from);
  requires room: \valid((char *)data + (0 .. capacity - 1));
  requires apart: \separated(count, (char *)data + (0 .. capacity - 1)) &&
    \separated(from, (char *)data + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns \result, ((char *)data)[0 .. capacity - 1], *count, *from;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> *count == 0;
  ensures truncated: \result == VIGIL_EMSGSIZE ==> *count == capacity || *count == 0;
  ensures length: from->length <= VIGIL_SOCKADDR_BYTES;
  ensures nobody: \result != VIGIL_OK && \result != VIGIL_EMSGSIZE ==> from->length == 0;
*/
static vigil_status deliver(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                            size_t *count)
{
    vigil_status status = venture(fd, VIGIL_EWOULDBLOCK);
    *count = 0;
    from->length = 0;
    if (status != VIGIL_OK) {
        return status;
    }
    from->length = 16;
    if (capacity > 0) {
        *(char *)data = 'a';
    }
    if (capacity > 1) {
        *((char *)data + 1) = 'b';
    }
    *count = capacity < 2 ? capacity : 2;
    return capacity < 2 ? VIGIL_EMSGSIZE : VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                   size_t *count)
{
    return deliver(fd, data, capacity, from, count);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_peek_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                size_t *count)
{
    return deliver(fd, data, capacity, from, count);
}
