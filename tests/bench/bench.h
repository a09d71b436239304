/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_BENCH_H
#define VIGIL_TESTS_BENCH_H

#include <stddef.h>

/*
 * A workload is the same job done by two contenders: by hand over epoll(7),
 * and with Vigil; or, where its name has "to", by the plainer of two ways of
 * Vigil and by the other. Both are open at once, in one process, and take turns
 * in slices of about two milliseconds, in shuffled order, so that what the
 * machine does meanwhile falls on both alike.
 */
struct contender {
    void (*open)(void);
    void (*run)(size_t operations);
    void (*close)(void);
};

struct workload {
    const char *name;
    double goal; /* the ratio that is expected, the second over the first */
    struct contender raw;
    struct contender vigil;
};

/* Ends the program, naming what failed: a benchmark that measures failures
 * measures nothing. */
_Noreturn void bench_fail(const char *what);

static inline void bench_require(int ok, const char *what)
{
    if (__builtin_expect(!ok, 0)) {
        bench_fail(what);
    }
}

extern const struct workload bench_pingpong_eventfd;
extern const struct workload bench_pingpong_waker;
extern const struct workload bench_pingpong_socketpair;
extern const struct workload bench_pingpong_tcp;
extern const struct workload bench_dispatch_1;
extern const struct workload bench_dispatch_256;
extern const struct workload bench_register;
extern const struct workload bench_modify;
extern const struct workload bench_wake_1;
extern const struct workload bench_wake_10;
extern const struct workload bench_wake_100;
extern const struct workload bench_udp_single;
extern const struct workload bench_udp_batch;
extern const struct workload bench_udp_batch_to_single;
extern const struct workload bench_udp_segments_to_batch;

#endif
