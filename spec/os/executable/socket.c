/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/socket.h"

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_socket_stream(int family, vigil_fd *fd)
{
    (void)family;
    return kernel_open(VIGIL_KERNEL_SOCKET, fd);
}

/* A call on a socket that changes nothing here: it works, or fails as it pleases. */
/*@
  terminates \true; exits \false;
  assigns \result;
  ensures status: status_valid(failure) ==> status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures enotsock: VIGIL_KERNEL_OPEN(fd) && kernel_kind[fd] != VIGIL_KERNEL_SOCKET ==>
    \result == VIGIL_ENOTSOCK;
*/
static vigil_status attempt(vigil_fd fd, vigil_status failure)
{
    vigil_status status = kernel_socket_status(fd);
    return status == VIGIL_OK && kernel_choose(4) == 0 ? failure : status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address)
{
    (void)address;
    return attempt(fd, VIGIL_EADDRINUSE);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_listen(vigil_fd fd, int backlog)
{
    (void)backlog;
    return attempt(fd, VIGIL_EADDRINUSE);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address)
{
    (void)address;
    return attempt(fd, VIGIL_EINPROGRESS);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how)
{
    (void)how;
    return attempt(fd, VIGIL_ENOTCONN);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    (void)option;
    (void)value;
    return attempt(fd, VIGIL_EINVAL);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_linger(vigil_fd fd, bool enabled, int seconds)
{
    (void)enabled;
    (void)seconds;
    return attempt(fd, VIGIL_EINVAL);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer)
{
    *fd = VIGIL_FD_NONE;
    peer->length = 0;
    vigil_status status = attempt(listener, VIGIL_EWOULDBLOCK);
    if (status != VIGIL_OK) {
        return status;
    }
    status = kernel_open(VIGIL_KERNEL_SOCKET, fd);
    peer->length = status == VIGIL_OK ? 16 : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address)
{
    vigil_status status = attempt(fd, VIGIL_ENOTCONN);
    address->length = status == VIGIL_OK ? 16 : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address)
{
    vigil_status status = attempt(fd, VIGIL_ENOTCONN);
    address->length = status == VIGIL_OK ? 16 : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    (void)option;
    vigil_status status = attempt(fd, VIGIL_ENOPROTOOPT);
    *value = status == VIGIL_OK ? kernel_choose(256) : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_get_linger(vigil_fd fd, bool *enabled, int *seconds)
{
    vigil_status status = attempt(fd, VIGIL_ENOPROTOOPT);
    *enabled = status == VIGIL_OK && kernel_choose(2) == 0;
    *seconds = status == VIGIL_OK ? kernel_choose(256) : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_set_device(vigil_fd fd, const char *name, size_t length)
{
    (void)name;
    (void)length;
    return attempt(fd, VIGIL_EPERM);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_get_device(vigil_fd fd, char *name, size_t *length)
{
    vigil_status status = attempt(fd, VIGIL_ENODEV);
    *length = 0;
    if (status == VIGIL_OK && kernel_choose(2) == 0) {
        name[0] = 'l';
        name[1] = 'o';
        *length = 2;
    }
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    vigil_status status = attempt(fd, VIGIL_EWOULDBLOCK);
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
vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    vigil_status status = attempt(fd, VIGIL_EWOULDBLOCK);
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
vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    (void)data;
    vigil_status status = attempt(fd, VIGIL_EWOULDBLOCK);
    *count = status == VIGIL_OK && length > 0 ? 1 : 0;
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_receive_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                      size_t *count)
{
    (void)buffers;
    (void)buffer_count;
    *count = 0;
    return attempt(fd, VIGIL_EWOULDBLOCK);
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count)
{
    (void)buffers;
    (void)buffer_count;
    *count = 0;
    return attempt(fd, VIGIL_EWOULDBLOCK);
}
