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
 *
 * The arguments are plain parameters: between the bindings of the registers and
 * the instruction there must be no access that a sanitizer turns into a call.
 */
#if defined(__x86_64__) && defined(__LP64__)

/* syscall(2): number in rax; arguments in rdi, rsi, rdx, r10, r8, r9; rcx and
 * r11 are destroyed. */
static inline long vigil_system_call(long number, long a1, long a2, long a3, long a4, long a5,
                                     long a6)
{
    register long r10 __asm__("r10") = a4;
    register long r8 __asm__("r8") = a5;
    register long r9 __asm__("r9") = a6;
    long result = number;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(a1), "S"(a2), "d"(a3), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

#elif defined(__aarch64__) && defined(__LP64__)

/* syscall(2): number in x8; arguments in x0 to x5; result in x0. */
static inline long vigil_system_call(long number, long a1, long a2, long a3, long a4, long a5,
                                     long a6)
{
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a1;
    register long x1 __asm__("x1") = a2;
    register long x2 __asm__("x2") = a3;
    register long x3 __asm__("x3") = a4;
    register long x4 __asm__("x4") = a5;
    register long x5 __asm__("x5") = a6;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}

#else

static inline long vigil_system_call(long number, long a1, long a2, long a3, long a4, long a5,
                                     long a6)
{
    long result = syscall(number, a1, a2, a3, a4, a5, a6);
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
