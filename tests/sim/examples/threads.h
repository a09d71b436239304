/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SIM_EXAMPLES_THREADS_H
#define VIGIL_TESTS_SIM_EXAMPLES_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A simulated program of several threads. Each of them has a stack of its own, and all of
 * them take turns on one thread of the system, so that the seed decides which one goes on
 * wherever they could meet: at each atomic operation of the library, each lock, and each
 * call of the kernel that matters here (interleave/points.h and the --wrap of the build),
 * at each block of the program's own code (-fsanitize-coverage=trace-pc), and where one
 * sleeps or waits for a lock or an end. There the world may act as well, which it else
 * does when all threads sleep.
 */

/* From here on the caller is the first thread; `points_max` is how many points one may
 * pass at most before another has its turn. */
void threads_begin(unsigned points_max);

/* The first thread is the last one. */
void threads_end(void);

/* Whether no thread can go on, unless the world does something or time passes. */
bool threads_are_asleep(void);

/* A point: whatever this thread has done since the last one may be what another waits for,
 * and now and then another goes on. */
void threads_point(void);

/* The thread has looked for `what`, in vain; returns when it is to look again: something
 * has changed, or it is `end_ns`, UINT64_MAX for never. */
void threads_wait(const char *what, uint64_t end_ns);

/* What the program calls in place of the functions of pthread.h. */
int threads_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument);
int threads_join(pthread_t id, void **result);
int threads_lock(pthread_mutex_t *mutex);
int threads_unlock(pthread_mutex_t *mutex);

#endif
