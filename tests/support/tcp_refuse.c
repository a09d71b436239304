/* SPDX-License-Identifier: MIT */
#include "support/tcp_refuse.h"

#include "support/check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

/* Where a filter finds the low half of the first argument (seccomp(2)). */
#define LOW_HALF_AT (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? 4u : 0u)
#define ARGUMENT_AT ((unsigned)offsetof(struct seccomp_data, args) + LOW_HALF_AT)

void refuse_on_descriptor(long number, int fd, int error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)fd, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = sizeof program / sizeof program[0], .filter = program};
    check_os(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    check_os(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}
