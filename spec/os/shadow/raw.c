/* SPDX-License-Identifier: MIT */
#include "shadow.h"

#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>

/*
 * The system calls that tests make by themselves, in threads of their own too.
 * None of them may fall between two readings of the kernel, so they wait for
 * their turn like the calls of the seam (ld, --wrap). Those that may block are
 * not here; they change nothing that the contracts speak of, or the tests make
 * them while nothing else runs.
 */
#define RAW(result, name, parameters, arguments) \
    result __real_##name parameters;             \
    result __wrap_##name parameters;             \
    result __wrap_##name parameters              \
    {                                            \
        shadow_raw_enter();                      \
        result answer = __real_##name arguments; \
        shadow_raw_leave();                      \
        return answer;                           \
    }

/* clang-format off */
RAW(int, close, (int fd), (fd))
RAW(int, dup, (int fd), (fd))
RAW(int, dup2, (int fd, int copy), (fd, copy))
RAW(int, dup3, (int fd, int copy, int flags), (fd, copy, flags))
RAW(int, pipe2, (int fd[2], int flags), (fd, flags))
RAW(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
RAW(int, socketpair, (int domain, int type, int protocol, int fd[2]), (domain, type, protocol, fd))
RAW(int, eventfd, (unsigned count, int flags), (count, flags))
RAW(int, epoll_create1, (int flags), (flags))
RAW(int, epoll_ctl, (int epoll, int operation, int fd, struct epoll_event *event),
    (epoll, operation, fd, event))
/* clang-format on */
