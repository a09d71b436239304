/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_KERNEL_BOUNDS_H
#define VIGIL_OS_KERNEL_BOUNDS_H

/*
 * How much of the kernel the contracts speak of, and the kinds of descriptors.
 *
 * The proofs are the same for every number of descriptors; this one is the
 * limit that a process has by default (getrlimit(2), RLIMIT_NOFILE).
 */
#define VIGIL_KERNEL_DESCRIPTORS 1024
#define VIGIL_KERNEL_REPORTS 0x100000

#define VIGIL_KERNEL_CLOSED 0
#define VIGIL_KERNEL_EPOLL 1
#define VIGIL_KERNEL_EVENTFD 2
#define VIGIL_KERNEL_SOCKET 3
#define VIGIL_KERNEL_WATCHABLE 4 /* anything else that epoll(7) takes: pipes, terminals */
#define VIGIL_KERNEL_FILE 5      /* regular files and directories: epoll(7) takes none */

/* eventfd(2): "the maximum value that may be stored in the counter is the
 * largest unsigned 64-bit value minus 1". */
#define VIGIL_KERNEL_COUNTER_MAX 0xfffffffffffffffe

#endif
