/* SPDX-License-Identifier: MIT */

/* The seam to pipes, over the model kernel. */
#include "os/pipe.h"

#include "os/sim/chance.h"
#include "os/sim/watched.h"

#include <errno.h>
#include <sys/epoll.h>

vigil_status vigil_os_pipe(vigil_fd *receiver, vigil_fd *sender)
{
    int fds[2] = {VIGIL_FD_NONE, VIGIL_FD_NONE};
    int result = sim_happens(sim_current()->exhaustion) ? -ENFILE
                                                        : vigil_model_pipe(vigil_sim_kernel(), fds);
    *receiver = result < 0 ? VIGIL_FD_NONE : fds[0];
    *sender = result < 0 ? VIGIL_FD_NONE : fds[1];
    return sim_status(result);
}

static vigil_status moved(vigil_fd fd, uint32_t direction, int64_t result, size_t *count)
{
    *count = result < 0 ? 0 : (size_t)result;
    return sim_moved(fd, direction, result);
}

vigil_status vigil_os_pipe_read(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    *count = 0;
    if (sim_happens(sim_current()->interrupts)) {
        return VIGIL_EINTR;
    }
    return moved(fd, EPOLLIN,
                 vigil_model_read(vigil_sim_kernel(), fd, data, sim_shortened(capacity)), count);
}

/* What is written at once to a pipe is never cut, up to PIPE_BUF (pipe(7)). */
vigil_status vigil_os_pipe_write(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    *count = 0;
    if (sim_happens(sim_current()->interrupts)) {
        return VIGIL_EINTR;
    }
    return moved(fd, EPOLLOUT, vigil_model_write(vigil_sim_kernel(), fd, data, length), count);
}

/* Nothing blocks here: what would is refused. */
vigil_status vigil_os_set_nonblocking(vigil_fd fd, bool enabled)
{
    int result = vigil_model_poll(vigil_sim_kernel(), fd, 0);
    vigil_status status = enabled ? VIGIL_OK : VIGIL_ENOSYS;
    return (result & 0x020) != 0 ? VIGIL_EBADF : status;
}
