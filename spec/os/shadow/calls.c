/* SPDX-License-Identifier: MIT */
#include "shadow.h"

#include "os/batch.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/epoll.h"
#include "os/message.h"
#include "os/mutex.h"
#include "os/pipe.h"
#include "os/socket.h"
#include "os/status.h"
#include "os/unix_socket.h"

/*
 * Every call of the seam, thrice: vigil_os_x has the contract of the header, so
 * that E-ACSL checks it; it makes the real call, __real_vigil_os_x, which is the
 * object of src/os/linux as it is shipped. What the library calls is
 * __wrap_vigil_os_x (ld, --wrap).
 *
 * ci/contracts gives vigil_os_x another name once it is compiled, or the linker
 * would take it for a caller's.
 */
#define SEAM_NAMES(result, name, parameters)  \
    result __real_vigil_os_##name parameters; \
    result __wrap_vigil_os_##name parameters;

#define SEAM_OUTSIDE(result, name, parameters, arguments, part)                       \
    result __wrap_vigil_os_##name parameters                                          \
    {                                                                                 \
        bool judged = shadow_enter("vigil_os_" #name, part);                          \
        result answer = judged ? vigil_os_##name arguments : passed_##name arguments; \
        shadow_leave((int)answer);                                                    \
        return answer;                                                                \
    }

#define SEAM(result, name, parameters, arguments, part)   \
    SEAM_NAMES(result, name, parameters)                  \
    static result passed_##name parameters                \
    {                                                     \
        return __real_vigil_os_##name arguments;          \
    }                                                     \
    result vigil_os_##name parameters                     \
    {                                                     \
        result answer = __real_vigil_os_##name arguments; \
        shadow_observe(part, (int)answer);                \
        return answer;                                    \
    }                                                     \
    SEAM_OUTSIDE(result, name, parameters, arguments, part)

#define SEAM_MUTEX(name)                                       \
    SEAM_NAMES(void, name, (vigil_mutex * mutex))              \
    static void passed_##name(vigil_mutex *mutex)              \
    {                                                          \
        shadow_suspend();                                      \
        __real_vigil_os_##name(mutex);                         \
        shadow_resume(SHADOW_NOTHING);                         \
    }                                                          \
    void vigil_os_##name(vigil_mutex *mutex)                   \
    {                                                          \
        passed_##name(mutex);                                  \
    }                                                          \
    void __wrap_vigil_os_##name(vigil_mutex *mutex)            \
    {                                                          \
        if (shadow_enter("vigil_os_" #name, SHADOW_NOTHING)) { \
            vigil_os_##name(mutex);                            \
        } else {                                               \
            passed_##name(mutex);                              \
        }                                                      \
        shadow_leave(0);                                       \
    }

/* clang-format off */
SEAM(vigil_status, status, (int code), (code), SHADOW_NOTHING)
SEAM(vigil_status, mutex_init, (vigil_mutex *mutex), (mutex), SHADOW_NOTHING)
SEAM_MUTEX(mutex_destroy)
SEAM_MUTEX(mutex_lock)
SEAM_MUTEX(mutex_unlock)

SEAM(vigil_status, close, (vigil_fd fd), (fd), SHADOW_LISTS)
SEAM(vigil_status, adopt, (vigil_fd fd), (fd), SHADOW_TABLE)

SEAM(vigil_status, epoll_create, (vigil_fd *epoll), (epoll), SHADOW_LISTS)
SEAM(vigil_status, epoll_remove, (vigil_fd epoll, vigil_fd fd), (epoll, fd), SHADOW_LISTS)
SEAM(vigil_status, eventfd, (vigil_fd *eventfd), (eventfd), SHADOW_LISTS)
SEAM(vigil_status, eventfd_write, (vigil_fd eventfd), (eventfd), SHADOW_COUNTERS)
SEAM(vigil_status, eventfd_drain, (vigil_fd eventfd), (eventfd), SHADOW_COUNTERS)

SEAM(vigil_status, socket_stream, (int family, vigil_fd *fd), (family, fd), SHADOW_LISTS)
SEAM(vigil_status, socket_datagram, (int family, vigil_fd *fd), (family, fd), SHADOW_LISTS)
SEAM(vigil_status, bind, (vigil_fd fd, const vigil_sockaddr *address), (fd, address), SHADOW_TABLE)
SEAM(vigil_status, listen, (vigil_fd fd, int backlog), (fd, backlog), SHADOW_TABLE)
SEAM(vigil_status, connect, (vigil_fd fd, const vigil_sockaddr *address), (fd, address),
     SHADOW_TABLE)
SEAM(vigil_status, accept, (vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer),
     (listener, fd, peer), SHADOW_LISTS)
SEAM(vigil_status, local_address, (vigil_fd fd, vigil_sockaddr *address), (fd, address),
     SHADOW_TABLE)
SEAM(vigil_status, peer_address, (vigil_fd fd, vigil_sockaddr *address), (fd, address),
     SHADOW_TABLE)
SEAM(vigil_status, shutdown, (vigil_fd fd, vigil_shutdown how), (fd, how), SHADOW_TABLE)

SEAM(vigil_status, get_option, (vigil_fd fd, vigil_os_option option, int *value),
     (fd, option, value), SHADOW_TABLE)
SEAM(vigil_status, set_option, (vigil_fd fd, vigil_os_option option, int value),
     (fd, option, value), SHADOW_TABLE)
SEAM(vigil_status, get_linger, (vigil_fd fd, bool *enabled, int *seconds), (fd, enabled, seconds),
     SHADOW_TABLE)
SEAM(vigil_status, set_linger, (vigil_fd fd, bool enabled, int seconds), (fd, enabled, seconds),
     SHADOW_TABLE)

SEAM(vigil_status, set_device, (vigil_fd fd, const char *name, size_t length), (fd, name, length),
     SHADOW_TABLE)
SEAM(vigil_status, get_device, (vigil_fd fd, char *name, size_t *length), (fd, name, length),
     SHADOW_TABLE)

SEAM(vigil_status, set_membership,
     (vigil_fd fd, vigil_os_membership change, const vigil_sockaddr *group,
      uint32_t interface_index),
     (fd, change, group, interface_index), SHADOW_TABLE)
SEAM(vigil_status, set_multicast_interface, (vigil_fd fd, int interface_index),
     (fd, interface_index), SHADOW_TABLE)

SEAM(vigil_status, receive, (vigil_fd fd, void *data, size_t capacity, size_t *count),
     (fd, data, capacity, count), SHADOW_TABLE)
SEAM(vigil_status, peek, (vigil_fd fd, void *data, size_t capacity, size_t *count),
     (fd, data, capacity, count), SHADOW_TABLE)
SEAM(vigil_status, send, (vigil_fd fd, const void *data, size_t length, size_t *count),
     (fd, data, length, count), SHADOW_TABLE)
SEAM(vigil_status, receive_buffers,
     (vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count, size_t *count),
     (fd, buffers, buffer_count, count), SHADOW_TABLE)
SEAM(vigil_status, send_buffers,
     (vigil_fd fd, const vigil_buffer *buffers, size_t buffer_count, size_t *count),
     (fd, buffers, buffer_count, count), SHADOW_TABLE)
SEAM(vigil_status, send_to,
     (vigil_fd fd, const void *data, size_t length, const vigil_sockaddr *to, size_t *count),
     (fd, data, length, to, count), SHADOW_TABLE)
SEAM(vigil_status, receive_from,
     (vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from, size_t *count),
     (fd, data, capacity, from, count), SHADOW_TABLE)
SEAM(vigil_status, peek_from,
     (vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from, size_t *count),
     (fd, data, capacity, from, count), SHADOW_TABLE)

SEAM(vigil_status, socket_pair, (vigil_os_pair kind, vigil_fd *one, vigil_fd *two),
     (kind, one, two), SHADOW_LISTS)
SEAM(vigil_status, peer_credentials, (vigil_fd fd, vigil_credentials *credentials),
     (fd, credentials), SHADOW_TABLE)
SEAM(vigil_status, send_descriptors,
     (vigil_fd fd, const void *data, size_t length, const vigil_fd *fds, size_t fd_count,
      size_t *count),
     (fd, data, length, fds, fd_count, count), SHADOW_TABLE)
SEAM(vigil_status, receive_descriptors,
     (vigil_fd fd, void *data, size_t capacity, vigil_fd *fds, size_t fd_capacity, size_t *count,
      size_t *fd_count),
     (fd, data, capacity, fds, fd_capacity, count, fd_count), SHADOW_LISTS)

SEAM(vigil_status, receive_batch,
     (vigil_fd fd, vigil_os_message *messages, size_t number, size_t *received),
     (fd, messages, number, received), SHADOW_TABLE)
SEAM(vigil_status, send_batch,
     (vigil_fd fd, vigil_os_message *messages, size_t number, size_t *sent),
     (fd, messages, number, sent), SHADOW_TABLE)

SEAM(vigil_status, send_segments,
     (vigil_fd fd, const void *data, size_t length, size_t segment_bytes,
      const vigil_sockaddr *to),
     (fd, data, length, segment_bytes, to), SHADOW_TABLE)
SEAM(vigil_status, receive_segments,
     (vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from, size_t *count,
      vigil_os_control *control),
     (fd, data, capacity, from, count, control), SHADOW_TABLE)
SEAM(vigil_status, receive_error,
     (vigil_fd fd, vigil_sockaddr *destination, vigil_os_control *control),
     (fd, destination, control), SHADOW_TABLE)

SEAM(vigil_status, pipe, (vigil_fd *receiver, vigil_fd *sender), (receiver, sender), SHADOW_LISTS)
SEAM(vigil_status, pipe_read, (vigil_fd fd, void *data, size_t capacity, size_t *count),
     (fd, data, capacity, count), SHADOW_TABLE)
SEAM(vigil_status, pipe_write, (vigil_fd fd, const void *data, size_t length, size_t *count),
     (fd, data, length, count), SHADOW_TABLE)
SEAM(vigil_status, set_nonblocking, (vigil_fd fd, bool enabled), (fd, enabled), SHADOW_TABLE)
/* clang-format on */

/* The mask that is asked for is not all that the kernel keeps (mirror_list.c). */
#define SEAM_LISTED(name, parameters, arguments)       \
    SEAM_NAMES(vigil_status, name, parameters)         \
    static vigil_status passed_##name parameters       \
    {                                                  \
        return __real_vigil_os_##name arguments;       \
    }                                                  \
    vigil_status vigil_os_##name parameters            \
    {                                                  \
        vigil_status answer = passed_##name arguments; \
        mirror_asked(epoll, fd, mask);                 \
        shadow_observe(SHADOW_LISTS, (int)answer);     \
        return answer;                                 \
    }                                                  \
    SEAM_OUTSIDE(vigil_status, name, parameters, arguments, SHADOW_LISTS)

SEAM_LISTED(epoll_add, (vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key),
            (epoll, fd, mask, key))
SEAM_LISTED(epoll_modify, (vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key),
            (epoll, fd, mask, key))

#define SEAM_WAIT(name, parameters, arguments)                  \
    SEAM_NAMES(vigil_status, name, parameters)                  \
    static vigil_status passed_##name parameters                \
    {                                                           \
        shadow_suspend();                                       \
        vigil_status answer = __real_vigil_os_##name arguments; \
        shadow_resume(SHADOW_WAIT);                             \
        return answer;                                          \
    }                                                           \
    vigil_status vigil_os_##name parameters                     \
    {                                                           \
        vigil_status answer = passed_##name arguments;          \
        shadow_observe(SHADOW_WAIT, (int)answer);               \
        if (!mirror_reported(epoll, events, *count)) {          \
            shadow_judge(SHADOW_STRAY);                         \
        }                                                       \
        return answer;                                          \
    }                                                           \
    SEAM_OUTSIDE(vigil_status, name, parameters, arguments, SHADOW_WAIT)

SEAM_WAIT(epoll_wait,
          (vigil_fd epoll, vigil_raw_event *events, uint32_t capacity, int timeout_ms,
           uint32_t *count),
          (epoll, events, capacity, timeout_ms, count))
SEAM_WAIT(epoll_wait_ns,
          (vigil_fd epoll, vigil_raw_event *events, uint32_t capacity, int64_t seconds,
           int64_t nanoseconds, uint32_t *count),
          (epoll, events, capacity, seconds, nanoseconds, count))

SEAM_NAMES(uint64_t, now_ns, (void))

static uint64_t passed_now_ns(void)
{
    return __real_vigil_os_now_ns();
}

uint64_t vigil_os_now_ns(void)
{
    uint64_t answer = passed_now_ns();
    mirror_clock(answer);
    return answer;
}

uint64_t __wrap_vigil_os_now_ns(void)
{
    bool judged = shadow_enter("vigil_os_now_ns", SHADOW_TIME);
    uint64_t answer = judged ? vigil_os_now_ns() : passed_now_ns();
    shadow_leave(0);
    return answer;
}
