/* SPDX-License-Identifier: MIT */

/* The seam to descriptors and TCP sockets, over the model kernel, whose only
 * addresses are the ports of the loopback interface. */
#include "os/socket.h"

#include "os/descriptor.h"
#include "os/sim/chance.h"

#include <string.h>

vigil_status vigil_os_close(vigil_fd fd)
{
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
    return status != VIGIL_OK ? status : opened(vigil_model_socket(vigil_sim_kernel(), family), fd);
}

/* sin_family and sin6_family in the order of this machine, the ports and
 * addresses in network order (ip(7), ipv6(7)). */
static void put_address(vigil_sockaddr *address, int family, int port)
{
    memset(address, 0, sizeof *address);
    if (port < 0) {
        return;
    }
    uint16_t native_family = (uint16_t)family;
    memcpy(address->bytes, &native_family, sizeof native_family);
    address->bytes[2] = (uint8_t)(port / 256);
    address->bytes[3] = (uint8_t)(port % 256);
    if (family == VIGIL_OS_AF_INET) {
        address->bytes[4] = 127;
        address->bytes[7] = 1;
        address->length = 16;
    } else {
        address->bytes[23] = 1;
        address->length = 28;
    }
}

static uint16_t port_of(const vigil_sockaddr *address)
{
    return (uint16_t)(address->bytes[2] * 256 + address->bytes[3]);
}

vigil_status vigil_os_bind(vigil_fd fd, const vigil_sockaddr *address)
{
    return sim_status(vigil_model_bind(vigil_sim_kernel(), fd, port_of(address)));
}

vigil_status vigil_os_listen(vigil_fd fd, int backlog)
{
    return sim_status(vigil_model_listen(vigil_sim_kernel(), fd, backlog));
}

vigil_status vigil_os_connect(vigil_fd fd, const vigil_sockaddr *address)
{
    return sim_status(vigil_model_connect(vigil_sim_kernel(), fd, port_of(address)));
}

static vigil_status put_name(vigil_fd fd, int port, vigil_sockaddr *address)
{
    put_address(address, vigil_model_family(vigil_sim_kernel(), fd), port);
    return sim_status(port);
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
    status = opened(vigil_model_accept(vigil_sim_kernel(), listener), fd);
    if (status == VIGIL_OK) {
        (void)put_name(*fd, vigil_model_peer_port(vigil_sim_kernel(), *fd), peer);
    }
    return status;
}

vigil_status vigil_os_local_address(vigil_fd fd, vigil_sockaddr *address)
{
    return put_name(fd, vigil_model_local_port(vigil_sim_kernel(), fd), address);
}

vigil_status vigil_os_peer_address(vigil_fd fd, vigil_sockaddr *address)
{
    return put_name(fd, vigil_model_peer_port(vigil_sim_kernel(), fd), address);
}

vigil_status vigil_os_shutdown(vigil_fd fd, vigil_shutdown how)
{
    return sim_status(vigil_model_shutdown(vigil_sim_kernel(), fd, (int)how));
}

vigil_status vigil_os_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    int result = 0;
    *value = 0;
    if (option == VIGIL_OS_ERROR) {
        result = vigil_model_take_error(vigil_sim_kernel(), fd);
        *value = result < 0 ? 0 : result;
    } else if (option == VIGIL_OS_FAMILY) {
        result = vigil_model_family(vigil_sim_kernel(), fd);
        *value = result < 0 ? 0 : result;
    } else {
        result = vigil_model_get_option(vigil_sim_kernel(), fd, (unsigned)option, value);
    }
    return sim_status(result);
}

vigil_status vigil_os_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    return sim_status(vigil_model_set_option(vigil_sim_kernel(), fd, (unsigned)option, value));
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
