/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_SANDBOX_H
#define VIGIL_TESTS_SUPPORT_SANDBOX_H

/* From here on, and for ever, system call `number` fails with `error` in this
 * process: only for a child of support/child.h. */
void refuse_system_call(long number, int error);

/* The same for write(2) of eight bytes, which is what goes into an eventfd. */
void refuse_eventfd_writes(int error);

/* The same for setsockopt(2) of one option. */
void refuse_option(int level, int name, int error);

/* The same for getsockopt(2) of one. */
void refuse_asking_option(int level, int name, int error);

/* The same for one command of fcntl(2). */
void refuse_command(int command, int error);

/* From here on no descriptor of `limit` or above can be had. */
void limit_descriptors(unsigned limit);

#endif
