/* SPDX-License-Identifier: MIT */

/* The seam to descriptors and sockets, over the model kernel, whose only addresses
 * are the ports of the loopback interface and the names of Unix sockets. */
#include "os/socket.h"

#include "os/descriptor.h"
#include "os/sim/chance.h"
#include "os/sim/names.h"
#include "os/sim/watched.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

vigil_status vigil_os_close(vigil_fd fd)
{
    sim_unwatch_all_of(fd);
    return sim_status(vigil_model_close(vigil_sim_kernel(), fd));
}

/* Nothing blocks here, and nothing is executed. */
vigil_status vigil_os_adopt(vigil_fd fd)
{
    int result = vigil_model_poll(vigil_sim_kernel(), fd, 0);
    return (result & 0x020) != 0 ? VIGIL_EBADF : VIGIL_OK;
}

static vigil_status opened(int result, vigil_fd *fd)
{
    *fd = result < 0 ? VIGIL_FD_NONE : result;
    return sim_status(result);
}

/* Why there is no new descriptor, now and then. */
static vigil_status exhausted(void)
{
    static const vigil_status reasons[] = {VIGIL_EMFILE, VIGIL_ENFILE, VIGIL_ENOMEM};
    return sim_happens(sim_current()->exhaustion) ? reasons[vigil_sim_random(3)] : VIGIL_OK;
}

/* A call that may be interrupted before it has done anything. */
static bool interrupted(void)
{
    return sim_happens(sim_current()->interrupts);
}

vigil_status vigil_os_socket_stream(int family, vigil_fd *fd)
{
    *fd = VIGIL_FD_NONE;
    vigil_status status = exhausted();
    if (status != VIGIL_OK) {
        return status;
    }
    return opened(family == AF_UNIX ? vigil_model_unix(vigil_sim_kernel(), SOCK_STREAM)
                                    : vigil_model_socket(vigil_sim_kernel(), family),
                  fd);
}

vigil_status vigil_os_socket_datagram(int family, vigil_fd *fd)
{
    *fd = VIGIL_FD_NONE;
    vigil_status status = exhausted();
    if (status != VIGIL_OK) {
        return status;
    }
    return opened(family == AF_UNIX ? vigil_model_unix(vigil_sim_kernel(), SOCK_DGRAM)
                                    : vigil_model_udp(vigil_sim_kernel(), family),
                  fd);
}

vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address)
{
    vigil_model_name name = sim_name_of(address);
    if (sim_family_of(address) == AF_UNSPEC) {
        int family = sim_socket_family(fd);
        return sim_status(family < 0 ? family : -EINVAL);
    }
    return sim_status(sim_family_of(address) == AF_UNIX
                          ? vigil_model_bind_unix(vigil_sim_kernel(), fd, &name)
                          : vigil_model_bind(vigil_sim_kernel(), fd, name.port));
}

vigil_status vigil_os_listen(vigil_fd fd, int backlog)
{
    return sim_status(vigil_model_listen(vigil_sim_kernel(), fd, backlog));
}

/* Of UDP a peer is forgotten, of TCP not (connect(2), AF_UNSPEC). */
static int forget_peer(vigil_fd fd)
{
    bool is_udp = vigil_model_keeps_errors(vigil_sim_kernel(), fd) >= 0;
    return is_udp ? vigil_model_connect(vigil_sim_kernel(), fd, 0) : -ENOSYS;
}

vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address)
{
    vigil_model_name name = sim_name_of(address);
    int family = sim_family_of(address);
    if (family == AF_UNIX) {
        return sim_status(vigil_model_connect_unix(vigil_sim_kernel(), fd, &name));
    }
    int error = vigil_model_family(vigil_sim_kernel(), fd);
    if (family == AF_UNSPEC && error >= 0) {
        error = address->length == 0 ? -EINVAL : forget_peer(fd);
    }
    if (family == AF_UNSPEC) {
        return sim_status(error);
    }
    return sim_moved(fd, EPOLLOUT, vigil_model_connect(vigil_sim_kernel(), fd, name.port));
}

vigil_status vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer)
{
    *fd = VIGIL_FD_NONE;
    peer->length = 0;
    if (interrupted()) {
        return VIGIL_EINTR;
    }
    vigil_status status = exhausted();
    if (status != VIGIL_OK) {
        return status;
    }
    int result = vigil_model_accept(vigil_sim_kernel(), listener);
    *fd = result < 0 ? VIGIL_FD_NONE : result;
    status = sim_moved(listener, EPOLLIN, result);
    if (status == VIGIL_OK) {
        (void)sim_peer_name(*fd, peer);
    }
    return status;
}

vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address)
{
    return sim_status(sim_local_name(fd, address));
}

vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address)
{
    return sim_status(sim_peer_name(fd, address));
}

vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how)
{
    return sim_status(vigil_model_shutdown(vigil_sim_kernel(), fd, (int)how));
}

_Static_assert((int)VIGIL_OS_RECEIVE_OFFLOAD == VIGIL_MODEL_OPTIONS,
               "every option is remembered but this one, which is not there");

/* One switch stands for both families here. */
static bool is_error_queue(vigil_os_option option)
{
    return option == VIGIL_OS_ERROR_QUEUE_IPV4 || option == VIGIL_OS_ERROR_QUEUE_IPV6;
}

vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    int result = 0;
    *value = 0;
    if (option == VIGIL_OS_ERROR) {
        result = vigil_model_take_error(vigil_sim_kernel(), fd);
        *value = result < 0 ? 0 : result;
    } else if (option == VIGIL_OS_FAMILY) {
        result = sim_socket_family(fd);
        *value = result < 0 ? 0 : result;
    } else if (is_error_queue(option)) {
        result = vigil_model_keeps_errors(vigil_sim_kernel(), fd);
        *value = result > 0;
    } else if (option == VIGIL_OS_RECEIVE_BUFFER) {
        result = vigil_model_receive_buffer(vigil_sim_kernel(), fd);
        *value = result < 0 ? 0 : result;
    } else {
        result = vigil_model_get_option(vigil_sim_kernel(), fd, (unsigned)option, value);
    }
    return sim_status(result);
}

vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    if (option == VIGIL_OS_RECEIVE_BUFFER) {
        return sim_status(vigil_model_set_receive_buffer(vigil_sim_kernel(), fd, value));
    }
    return sim_status(
        is_error_queue(option)
            ? vigil_model_keep_errors(vigil_sim_kernel(), fd, value)
            : vigil_model_set_option(vigil_sim_kernel(), fd, (unsigned)option, value));
}

vigil_status vigil_os_set_device(vigil_fd fd, const char *name, size_t length)
{
    return sim_status(vigil_model_set_device(vigil_sim_kernel(), fd, name, length));
}

vigil_status vigil_os_get_device(vigil_fd fd, char *name, size_t *length)
{
    int result = vigil_model_device(vigil_sim_kernel(), fd);
    *length = result > 0 ? sizeof "lo" - 1 : 0;
    memcpy(name, "lo", *length);
    return sim_status(result);
}

vigil_status vigil_os_get_linger(vigil_fd fd, bool *enabled, int *seconds)
{
    int lingers = 0;
    int result = vigil_model_get_linger(vigil_sim_kernel(), fd, &lingers, seconds);
    *enabled = lingers != 0;
    return sim_status(result);
}

vigil_status vigil_os_set_linger(vigil_fd fd, bool enabled, int seconds)
{
    return sim_status(vigil_model_set_linger(vigil_sim_kernel(), fd, enabled, seconds));
}
