/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_LINUX_SYSCALL_H
#define VIGIL_OS_LINUX_SYSCALL_H

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * A system call without the C library's wrapper: the result, or -errno. A
 * wrapper of glibc is a cancellation point, and in a process with threads pays
 * for that twice in every call (pthreads(7)); a wait of this library is none.
 * Where the instruction is not spelled out here, syscall(2) does the same.
 */
#if defined(__x86_64__) && defined(__LP64__)

/* syscall(2): number in rax; arguments in rdi, rsi, rdx, r10, r8, r9; rcx and
 * r11 are destroyed. */
static inline long vigil_system_call(long number, const long arguments[6])
{
    register long a4 __asm__("r10") = arguments[3];
    register long a5 __asm__("r8") = arguments[4];
    register long a6 __asm__("r9") = arguments[5];
    long result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(arguments[0]), "S"(arguments[1]), "d"(arguments[2]), "r"(a4), "r"(a5),
                       "r"(a6)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__) && defined(__LP64__)

/* syscall(2): number in x8; arguments in x0 to x5; result in x0. */
static inline long vigil_system_call(long number, const long arguments[6])
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = arguments[0];
    register long x1 __asm__("x1") = arguments[1];
    register long x2 __asm__("x2") = arguments[2];
    register long x3 __asm__("x3") = arguments[3];
    register long x4 __asm__("x4") = arguments[4];
    register long x5 __asm__("x5") = arguments[5];
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

#else

static inline long vigil_system_call(long number, const long arguments[6])
{
    long result = syscall(number, arguments[0], arguments[1], arguments[2], arguments[3],
                          arguments[4], arguments[5]);
    return result < 0 ? -errno : result;
}

#endif

/* The call that waits: some systems have only the one with a signal mask. */
#if defined(SYS_epoll_wait)
#define VIGIL_SYS_EPOLL_WAIT SYS_epoll_wait
#else
#define VIGIL_SYS_EPOLL_WAIT SYS_epoll_pwait
#endif

#endif
