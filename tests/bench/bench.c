/* SPDX-License-Identifier: MIT */

/*
 * bench [--rounds N] [--only NAME] [--count NAME CONTENDER OPERATIONS]
 *
 * Prints, for each workload, what one operation of the first contender takes, and
 * the ratio of the second one's time to it by three estimators: of the minima, of the
 * tenth percentiles, and the median of the ratios of single rounds. Where the three
 * differ by more than two in a hundred the row says so. The first contender does it by
 * hand, or, where the name has "to", in the way of Vigil that is named last.
 *
 * --count runs one contender only, for strace(1) and callgrind to count.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS_DEFAULT 80
#define ROUNDS_MAX 1000
#define SLICE_NS 2e6
#define AGREEMENT 0.02

static const struct workload *const workloads[] = {
    &bench_pingpong_eventfd,
    &bench_pingpong_waker,
    &bench_pingpong_socketpair,
    &bench_pingpong_tcp,
    &bench_dispatch_1,
    &bench_dispatch_256,
    &bench_register,
    &bench_modify,
    &bench_wake_1,
    &bench_wake_10,
    &bench_wake_100,
    &bench_udp_single,
    &bench_udp_batch,
    &bench_udp_batch_to_single,
    &bench_udp_segments_to_batch,
};
#define WORKLOADS (sizeof workloads / sizeof *workloads)

struct sample {
    double raw;
    double vigil;
    double ratio;
};

_Noreturn void bench_fail(const char *what)
{
    fprintf(stderr, "bench: %s failed\n", what);
    exit(EXIT_FAILURE);
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double slice(const struct contender *contender, size_t operations)
{
    double start = now_ns();
    contender->run(operations);
    return (now_ns() - start) / (double)operations;
}

/* How many operations fill a slice. */
static size_t calibrate(const struct contender *contender)
{
    size_t operations = 16;
    while (slice(contender, operations) * (double)operations < SLICE_NS) {
        operations *= 2;
    }
    return operations;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value below which `share` of the samples lie. */
static double quantile(const struct sample *samples, size_t count, size_t offset, double share)
{
    double sorted[ROUNDS_MAX];
    for (size_t i = 0; i < count; i++) {
        memcpy(&sorted[i], (const char *)&samples[i] + offset, sizeof sorted[i]);
    }
    qsort(sorted, count, sizeof *sorted, ascending);
    return sorted[(size_t)(share * (double)(count - 1))];
}

static void print_row(const struct workload *workload, const struct sample *samples, size_t count)
{
    size_t raw = offsetof(struct sample, raw);
    size_t vigil = offsetof(struct sample, vigil);
    double minimum = quantile(samples, count, vigil, 0) / quantile(samples, count, raw, 0);
    double tenth = quantile(samples, count, vigil, 0.1) / quantile(samples, count, raw, 0.1);
    double median = quantile(samples, count, offsetof(struct sample, ratio), 0.5);
    double low = minimum < tenth ? minimum : tenth;
    double high = minimum > tenth ? minimum : tenth;
    low = low < median ? low : median;
    high = high > median ? high : median;
    printf("%-22s %9.1f %9.4f %9.4f %9.4f %9.4f  %s%s\n", workload->name,
           quantile(samples, count, raw, 0.1), minimum, tenth, median, workload->goal,
           tenth <= workload->goal ? "met" : "MISSED",
           high - low > AGREEMENT * high ? ", estimators differ" : "");
    fflush(stdout);
}

static void compare(const struct workload *workload, size_t rounds)
{
    struct sample samples[ROUNDS_MAX];
    workload->raw.open();
    workload->vigil.open();
    size_t raw_operations = calibrate(&workload->raw);
    size_t vigil_operations = calibrate(&workload->vigil);
    for (size_t i = 0; i < rounds; i++) {
        int raw_first = rand() % 2;
        if (raw_first) {
            samples[i].raw = slice(&workload->raw, raw_operations);
        }
        samples[i].vigil = slice(&workload->vigil, vigil_operations);
        if (!raw_first) {
            samples[i].raw = slice(&workload->raw, raw_operations);
        }
        samples[i].ratio = samples[i].vigil / samples[i].raw;
    }
    print_row(workload, samples, rounds);
    workload->vigil.close();
    workload->raw.close();
}

static int count_one(const char *name, const char *contender, size_t operations)
{
    for (size_t i = 0; i < WORKLOADS; i++) {
        if (strcmp(workloads[i]->name, name) == 0) {
            const struct contender *chosen =
                strcmp(contender, "raw") == 0 ? &workloads[i]->raw : &workloads[i]->vigil;
            chosen->open();
            chosen->run(operations);
            chosen->close();
            return EXIT_SUCCESS;
        }
    }
    fprintf(stderr, "bench: no workload is called %s\n", name);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    size_t rounds = ROUNDS_DEFAULT;
    const char *only = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--count") == 0 && i + 3 < argc) {
            return count_one(argv[i + 1], argv[i + 2], strtoul(argv[i + 3], NULL, 10));
        }
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
            rounds = strtoul(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        }
    }
    bench_require(0 < rounds && rounds <= ROUNDS_MAX, "reading --rounds, 1 to 1000");
    srand(1);
    printf("%-22s %9s %9s %9s %9s %9s\n", "workload", "first ns", "min/min", "p10/p10", "median",
           "goal");
    for (size_t i = 0; i < WORKLOADS; i++) {
        if (only == NULL || strcmp(only, workloads[i]->name) == 0) {
            compare(workloads[i], rounds);
        }
    }
    return EXIT_SUCCESS;
}
