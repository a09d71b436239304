/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_CHILD_H
#define VIGIL_TESTS_SUPPORT_CHILD_H

/*
 * Runs `function` in a forked child, and fails here if a check fails there or
 * if the child does not come to its end. For what would change this process:
 * seccomp filters, resource limits, signal dispositions.
 */
void run_child(void (*function)(void *argument), void *argument);

/* The same for what must end the child with `signal`, silently. */
void run_child_to_signal(void (*function)(void *argument), void *argument, int signal);

#endif
