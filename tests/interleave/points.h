/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_INTERLEAVE_POINTS_H
#define VIGIL_TESTS_INTERLEAVE_POINTS_H

/*
 * Put before every source of the library in place of base/atomic_inline.h, so
 * that each step in which it touches what threads share, an atomic operation or
 * a call of the seam, is a point at which a test can let another thread act
 * (interleave.h). Nothing else in the library reads or writes shared state
 * outside the lock, so a test that acts at every point in turn has tried every
 * way in which one act can fall into one operation.
 */
#define VIGIL_BASE_ATOMIC_INLINE_H /* No other definitions of them. */
#include "base/atomic.h"
#include "os/epoll.h"
#include "os/mutex.h"

/* What happens at a point: a test's own. */
void interleave_point(void);

/* Between these two, who wants the lock must wait. */
void interleave_lock(vigil_mutex *mutex);
void interleave_unlock(vigil_mutex *mutex);

uint32_t interleave_load(const vigil_atomic_u32 *cell);
void interleave_store(vigil_atomic_u32 *cell, uint32_t value);
uint32_t interleave_exchange(vigil_atomic_u32 *cell, uint32_t value);
int interleave_replace(vigil_atomic_u32 *cell, uint32_t from, uint32_t to);
void interleave_set_bits(vigil_atomic_u32 *cell, uint32_t bits);
void interleave_keep_bits(vigil_atomic_u32 *cell, uint32_t kept);
uintptr_t interleave_load_word(const vigil_atomic_word *cell);
void interleave_store_word(vigil_atomic_word *cell, uintptr_t value);
vigil_status interleave_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);
vigil_status interleave_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);
vigil_status interleave_remove(vigil_fd epoll, vigil_fd fd);
vigil_status interleave_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                             int timeout_ms, uint32_t *count);
vigil_status interleave_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                int64_t seconds, int64_t nanoseconds, uint32_t *count);
vigil_status interleave_write(vigil_fd eventfd);

#ifndef VIGIL_TESTS_INTERLEAVE_ITSELF
#define vigil_atomic_load interleave_load
#define vigil_atomic_store interleave_store
#define vigil_atomic_exchange interleave_exchange
#define vigil_atomic_replace interleave_replace
#define vigil_atomic_set_bits interleave_set_bits
#define vigil_atomic_keep_bits interleave_keep_bits
#define vigil_atomic_load_word interleave_load_word
#define vigil_atomic_store_word interleave_store_word
#define vigil_os_mutex_lock interleave_lock
#define vigil_os_mutex_unlock interleave_unlock
#define vigil_os_epoll_add interleave_add
#define vigil_os_epoll_modify interleave_modify
#define vigil_os_epoll_remove interleave_remove
#define vigil_os_epoll_wait interleave_wait
#define vigil_os_epoll_wait_ns interleave_wait_ns
#define vigil_os_eventfd_write interleave_write
#endif

#endif
