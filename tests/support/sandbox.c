/* SPDX-License-Identifier: MIT */
#include "support/sandbox.h"

#include "support/check.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void install(struct sock_filter *program, unsigned short length)
{
    struct sock_fprog filter = {.len = length, .filter = program};
    check_os(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    check_os(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter));
}

/* Compares the number alone, not the architecture: the tests make native calls
 * only, and the sandbox is a means, not a fence (seccomp(2)). */
void refuse_system_call(long number, int error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    install(program, sizeof program / sizeof program[0]);
}

/* The low half of an argument, on a machine of either byte order. */
#define ARGUMENT_AT(number)                                            \
    (offsetof(struct seccomp_data, args) + (number) * sizeof(uint64_t) \
     + (VIGIL_OS_BIG_ENDIAN ? 4 : 0))
#define LENGTH_AT ARGUMENT_AT(2)

void refuse_eventfd_writes(int error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_write, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, LENGTH_AT),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, sizeof(uint64_t), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    install(program, sizeof program / sizeof program[0]);
}

static void refuse_for_option(long number, int level, int name, int error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_AT(1)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)level, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_AT(2)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)name, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    install(program, sizeof program / sizeof program[0]);
}

void refuse_option(int level, int name, int error)
{
    refuse_for_option(SYS_setsockopt, level, name, error);
}

void refuse_asking_option(int level, int name, int error)
{
    refuse_for_option(SYS_getsockopt, level, name, error);
}

void refuse_command(int command, int error)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fcntl, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, ARGUMENT_AT(1)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)command, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    install(program, sizeof program / sizeof program[0]);
}

void limit_descriptors(unsigned limit)
{
    struct rlimit bound;
    check_os(getrlimit(RLIMIT_NOFILE, &bound));
    bound.rlim_cur = limit;
    check_os(setrlimit(RLIMIT_NOFILE, &bound));
}
