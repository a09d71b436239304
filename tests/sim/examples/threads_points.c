/* SPDX-License-Identifier: MIT */

/* The points at which threads take turns: what stands in for the calls of the library, for
 * its atomic operations, and for what the compiler calls at each block of the program. */
#define VIGIL_TESTS_INTERLEAVE_ITSELF
#include "../../interleave/points.h"
#include "os/descriptor.h"
#include "os/sim/chance.h"
#include "os/socket.h"
#include "threads.h"

void interleave_point(void)
{
    threads_point();
}

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
    threads_point();
}

void interleave_lock(vigil_mutex *mutex)
{
    (void)threads_lock(&mutex->native);
}

void interleave_unlock(vigil_mutex *mutex)
{
    (void)threads_unlock(&mutex->native);
}

vigil_status interleave_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    threads_point();
    return vigil_os_epoll_add(epoll, fd, mask, key);
}

vigil_status interleave_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    threads_point();
    return vigil_os_epoll_modify(epoll, fd, mask, key);
}

vigil_status interleave_remove(vigil_fd epoll, vigil_fd fd)
{
    threads_point();
    return vigil_os_epoll_remove(epoll, fd);
}

vigil_status interleave_write(vigil_fd eventfd)
{
    threads_point();
    return vigil_os_eventfd_write(eventfd);
}

/* The simulation's own wait with a timeout of 0 is a look. */
static vigil_status sleep_until(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                uint64_t end_ns, uint32_t *count)
{
    threads_point();
    while (true) {
        vigil_status status = vigil_os_epoll_wait(epoll, events, capacity, 0, count);
        if (status != VIGIL_OK || *count > 0 || sim_now_ns() >= end_ns) {
            return status;
        }
        if (sim_happens(sim_current()->interrupts)) {
            return VIGIL_EINTR;
        }
        threads_wait("an event", end_ns);
    }
}

vigil_status interleave_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                             int timeout_ms, uint32_t *count)
{
    uint64_t end_ns = sim_now_ns() + (uint64_t)timeout_ms * UINT64_C(1000000);
    return sleep_until(epoll, events, capacity, timeout_ms < 0 ? UINT64_MAX : end_ns, count);
}

vigil_status interleave_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    uint64_t after_ns = (uint64_t)seconds * UINT64_C(1000000000) + (uint64_t)nanoseconds;
    return sleep_until(epoll, events, capacity, sim_now_ns() + after_ns, count);
}

vigil_status __real_vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer);
vigil_status __wrap_vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer);
vigil_status __wrap_vigil_os_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer)
{
    vigil_status status = __real_vigil_os_accept(listener, fd, peer);
    threads_point();
    return status;
}

vigil_status __real_vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count);
vigil_status __wrap_vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count);
vigil_status __wrap_vigil_os_receive(vigil_fd fd, void *data, size_t capacity, size_t *count)
{
    vigil_status status = __real_vigil_os_receive(fd, data, capacity, count);
    threads_point();
    return status;
}

vigil_status __real_vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count);
vigil_status __wrap_vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count);
vigil_status __wrap_vigil_os_send(vigil_fd fd, const void *data, size_t length, size_t *count)
{
    vigil_status status = __real_vigil_os_send(fd, data, length, count);
    threads_point();
    return status;
}

vigil_status __real_vigil_os_close(vigil_fd fd);
vigil_status __wrap_vigil_os_close(vigil_fd fd);
vigil_status __wrap_vigil_os_close(vigil_fd fd)
{
    vigil_status status = __real_vigil_os_close(fd);
    threads_point();
    return status;
}
