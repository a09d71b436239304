/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_LIMITS_H
#define VIGIL_BASE_LIMITS_H

#include <stdint.h>

/* Every bound has a name; each says what it bounds. */

/* Slots of one poll: a slot index fits the low half of the kernel's data word
 * and leaves UINT32_MAX free to mean "no slot". */
#define VIGIL_SLOTS_MAX UINT32_C(0x7fffffff)

/* Events of one wait. Linux refuses epoll_wait(2) with more than
 * INT_MAX / sizeof(struct epoll_event); this is far below on every target. */
#define VIGIL_EVENTS_MAX UINT32_C(0x100000)

/* Wake bits of one word, hence slots that share a word. */
#define VIGIL_WAKES_PER_WORD UINT32_C(32)

/* Times one wait goes back to sleep when what woke it was no event: a late
 * wake whose event was already taken, or a descriptor whose registration is
 * dead. Past that the wait answers VIGIL_EINTR. */
#define VIGIL_RESLEEPS_MAX UINT32_C(64)

/* Times a wake tries to write its eventfd. A write fails only on a full
 * counter, which the read between two tries empties. */
#define VIGIL_WAKE_TRIES_MAX UINT32_C(2)

/* Connections a listener queues. The kernel lowers it to its own limit
 * (listen(2): /proc/sys/net/core/somaxconn, 4096 by default). */
#define VIGIL_BACKLOG_DEFAULT 4096

/* Bytes of the longest socket address text, brackets, scope, port and the
 * final zero included: "[" 45 "%" 10 "]:" 5 and 0. */
#define VIGIL_ADDRESS_TEXT_MAX 65

/* Bytes of the longest name of a network interface, the final zero included
 * (netdevice(7), IFNAMSIZ). */
#define VIGIL_DEVICE_NAME_MAX 16

#endif
