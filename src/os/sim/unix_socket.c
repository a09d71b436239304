/* SPDX-License-Identifier: MIT */

/* The seam to what only Unix sockets have, over the model kernel. */
#include "os/unix_socket.h"
#include "os/sim/chance.h"
#include "os/sim/names.h"

#include <errno.h>
#include <sys/socket.h>

vigil_status vigil_os_socket_pair(vigil_os_pair kind, vigil_fd *one, vigil_fd *two)
{
    int type = kind == VIGIL_OS_PAIR_STREAM ? SOCK_STREAM : SOCK_DGRAM;
    int fds[2] = {VIGIL_FD_NONE, VIGIL_FD_NONE};
    int result = sim_happens(sim_current()->exhaustion)
        ? -ENFILE
        : vigil_model_socketpair(vigil_sim_kernel(), type, fds);
    *one = result < 0 ? VIGIL_FD_NONE : fds[0];
    *two = result < 0 ? VIGIL_FD_NONE : fds[1];
    return sim_status(result);
}

/* One program plays all parts, and so has no peers. */
vigil_status vigil_os_peer_credentials(vigil_fd fd, vigil_credentials *credentials)
{
    int result = vigil_model_poll(vigil_sim_kernel(), fd, 0);
    *credentials = (vigil_credentials){0};
    return (result & 0x020) != 0 ? VIGIL_EBADF : VIGIL_ENOSYS;
}

static vigil_status no_descriptors(vigil_fd fd)
{
    int family = sim_socket_family(fd);
    return family < 0 ? sim_status(family) : VIGIL_ENOSYS;
}

/* The model kernel passes none. */
vigil_status vigil_os_send_descriptors(vigil_fd fd, const void *data, size_t length,
                                       const vigil_fd *fds, size_t fd_count, size_t *count)
{
    (void)data;
    (void)length;
    (void)fds;
    (void)fd_count;
    *count = 0;
    return no_descriptors(fd);
}

vigil_status vigil_os_receive_descriptors(vigil_fd fd, void *data, size_t capacity, vigil_fd *fds,
                                          size_t fd_capacity, size_t *count, size_t *fd_count)
{
    (void)data;
    (void)capacity;
    (void)fds;
    (void)fd_capacity;
    *count = 0;
    *fd_count = 0;
    return no_descriptors(fd);
}
