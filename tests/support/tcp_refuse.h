/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_TCP_REFUSE_H
#define VIGIL_TESTS_SUPPORT_TCP_REFUSE_H

/* From here on, and for ever, system call `number` fails with `error` in this
 * process if its first argument is the descriptor `fd`: only for a child of
 * support/child.h, which may need the same call to report. A later refusal of
 * the same call goes before an earlier one. */
void refuse_on_descriptor(long number, int fd, int error);

#endif
