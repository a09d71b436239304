/* SPDX-License-Identifier: MIT */
#include "support/thread.h"

#include "support/check.h"

#include <stdio.h>

static void end_thread(void *context, const char *message)
{
    test_thread *thread = context;
    thread->failed = true;
    (void)snprintf(thread->message, sizeof thread->message, "%s", message);
    pthread_exit(NULL);
}

static void *run_thread(void *argument)
{
    test_thread *thread = argument;
    check_set_handler(end_thread, thread);
    thread->function(thread->argument);
    return NULL;
}

void start_thread(test_thread *thread, void (*function)(void *argument), void *argument)
{
    thread->function = function;
    thread->argument = argument;
    thread->failed = false;
    check_equal(pthread_create(&thread->id, NULL, run_thread, thread), 0);
}

void join_thread(test_thread *thread)
{
    check_equal(pthread_join(thread->id, NULL), 0);
    if (thread->failed) {
        check_fail(__FILE__, __LINE__, "in a thread: %s", thread->message);
    }
}
