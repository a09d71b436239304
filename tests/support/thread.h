/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_THREAD_H
#define VIGIL_TESTS_SUPPORT_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* A thread in which checks may fail: the failure is that of whoever joins it. */
typedef struct test_thread {
    pthread_t id;
    void (*function)(void *argument);
    void *argument;
    bool failed;
    char message[800];
} test_thread;

void start_thread(test_thread *thread, void (*function)(void *argument), void *argument);
void join_thread(test_thread *thread);

#endif
