/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_LINUX_OS_TYPES_H
#define VIGIL_OS_LINUX_OS_TYPES_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

/* What an open object of the system is called: a file descriptor. */
typedef int vigil_fd;
#define VIGIL_FD_NONE (-1)

/* The lock of a registry. */
typedef struct vigil_mutex {
    pthread_mutex_t native;
} vigil_mutex;

/*
 * One report of the kernel, laid out as epoll_wait(2) writes it, so that
 * nothing is copied. On x86-64 the kernel packs it (linux/eventpoll.h,
 * EPOLL_PACKED) so that 32-bit programs share the layout.
 */
#if defined(__x86_64__)
#define VIGIL_RAW_EVENT_LAYOUT __attribute__((packed))
#else
#define VIGIL_RAW_EVENT_LAYOUT
#endif
typedef struct vigil_raw_event {
    uint32_t flags;
    uint64_t key;
} VIGIL_RAW_EVENT_LAYOUT vigil_raw_event;

/* Address families and byte order, as struct sockaddr has them. */
#define VIGIL_OS_AF_UNSPEC 0
#define VIGIL_OS_AF_UNIX 1
#define VIGIL_OS_AF_INET 2
#define VIGIL_OS_AF_INET6 10
#define VIGIL_OS_BIG_ENDIAN (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)

/* Control messages (cmsg(3)): the length that begins each of them is a size_t; level and
 * type of those of errors (ip(7), ipv6(7)) and of datagrams that came together (udp(7)). */
#define VIGIL_OS_CONTROL_WORD ((uint32_t)sizeof(size_t))
#define VIGIL_OS_CONTROL_IPV4 0
#define VIGIL_OS_CONTROL_IPV4_ERROR 11
#define VIGIL_OS_CONTROL_IPV6 41
#define VIGIL_OS_CONTROL_IPV6_ERROR 25
#define VIGIL_OS_CONTROL_UDP 17
#define VIGIL_OS_CONTROL_UDP_SEGMENT_BYTES 104

#endif
