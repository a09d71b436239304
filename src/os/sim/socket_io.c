/* SPDX-License-Identifier: MIT */

/* Reading and writing through the seam, over the model kernel. */
#include "os/model/state.h"
#include "os/sim/chance.h"
#include "os/sim/watched.h"
#include "os/socket.h"

#include <sys/epoll.h>
#include <sys/socket.h>

static vigil_status finish(vigil_fd fd, uint32_t direction, int64_t result, size_t *count)
{
    *count = result < 0 ? 0 : (size_t)result;
    return sim_moved(fd, direction, result);
}

size_t sim_shortened_for(int fd, size_t size)
{
    const model_file *file = model_file_of(vigil_sim_kernel(), fd);
    bool whole = file != NULL && (file->kind == MODEL_UDP || file->kind == MODEL_UNIX_DATAGRAM);
    return whole ? size : sim_shortened(size);
}

static bool interrupted(size_t *count)
{
    *count = 0;
    return sim_happens(sim_current()->interrupts);
}

vigil_status vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    if (interrupted(count)) {
        return VIGIL_EINTR;
    }
    vigil_model_name from;
    size_t wanted = sim_shortened_for(fd, capacity);
    return finish(fd, EPOLLIN, vigil_model_receive(vigil_sim_kernel(), fd, data, wanted, 0, &from),
                  count);
}

vigil_status vigil_os_peek(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    if (interrupted(count)) {
        return VIGIL_EINTR;
    }
    vigil_model_name from;
    size_t wanted = sim_shortened_for(fd, capacity);
    return finish(fd, EPOLLIN,
                  vigil_model_receive(vigil_sim_kernel(), fd, data, wanted, MSG_PEEK, &from),
                  count);
}

vigil_status vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    if (interrupted(count)) {
        return VIGIL_EINTR;
    }
    size_t sent = sim_shortened_for(fd, length);
    return finish(fd, EPOLLOUT, vigil_model_write(vigil_sim_kernel(), fd, data, sent), count);
}

/* Piece by piece, as far as each is used to its end. */
vigil_status vigil_os_receive_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                      size_t *count)
{
    size_t total = 0;
    vigil_status status = VIGIL_OK;
    bool filled = true;
    *count = 0;
    for (size_t i = 0; i < buffer_count && filled; i++) {
        size_t got = 0;
        vigil_status now = vigil_os_receive(fd, buffers[i].data, buffers[i].length, &got);
        status = total == 0 ? now : status;
        filled = now == VIGIL_OK && got == buffers[i].length;
        total += got;
    }
    *count = total;
    return total > 0 ? VIGIL_OK : status;
}

vigil_status vigil_os_send_buffers(vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count,
                                   size_t *count)
{
    size_t total = 0;
    vigil_status status = VIGIL_OK;
    bool emptied = true;
    *count = 0;
    for (size_t i = 0; i < buffer_count && emptied; i++) {
        size_t sent = 0;
        vigil_status now = vigil_os_send(fd, buffers[i].data, buffers[i].length, &sent);
        status = total == 0 ? now : status;
        emptied = now == VIGIL_OK && sent == buffers[i].length;
        total += sent;
    }
    *count = total;
    return total > 0 ? VIGIL_OK : status;
}
