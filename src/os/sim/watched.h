/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SIM_WATCHED_H
#define VIGIL_OS_SIM_WATCHED_H

#include "base/status.h"
#include "os/epoll.h"

#include <stdint.h>

/*
 * Who is registered, beside the model's own lists: for the knobs that make a kernel
 * report what is not ready (`spurious`), and tell of no more edges in a direction until
 * a call in it would have blocked (`withheld`). Eventfds and epolls are left as they
 * are: no other kernel's would be so.
 */
void sim_watch(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);
void sim_unwatch(vigil_fd epoll, vigil_fd fd);
void sim_unwatch_all_of(vigil_fd fd);
void sim_forget_watched(void);

/* The status of a call that moves something through `fd`, in the direction of EPOLLIN or
 * EPOLLOUT: where it would block, or is on its way, the next edge in it is due. */
vigil_status sim_moved(vigil_fd fd, uint32_t direction, int64_t result);

/* What is left of a report; 0 for none. */
uint32_t sim_reported(vigil_fd epoll, uint64_t key, uint32_t flags);

/* Adds a report of something that is registered and may not be ready, now and then. */
void sim_report_spuriously(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                           uint32_t *count);

#endif
