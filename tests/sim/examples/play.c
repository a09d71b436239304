/* SPDX-License-Identifier: MIT */
#include "play.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Far more often than any server needs to end. */
#define IN_VAIN_MAX 100000

/* The parent reads what its children have counted. */
typedef struct totals {
    uint64_t calls;
    uint64_t now_ns;
    bool has_ended; /* the play under way, by its end */
} totals;

static uint64_t playing;

void fail(const char *format, ...)
{
    va_list arguments;
    (void)fprintf(stderr, "seed %" PRIu64 ": ", playing);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fprintf(stderr, "\n");
    exit(EXIT_FAILURE);
}

/* What an example calls that gives up: it has no reason to. */
_Noreturn void example_exit(int status);

void example_exit(int status)
{
    fail("the program gave up with status %d", status);
}

vigil_sim_options draw_options(uint64_t seed, unsigned at_once_max, unsigned *at_once)
{
    const vigil_sim_options quiet = {.seed = seed ^ UINT64_C(0x68656C6C6F), .descriptors_max = 4};
    vigil_sim_options options = {.seed = seed};
    vigil_sim_begin(&quiet);
    *at_once = 1 + vigil_sim_random(at_once_max);
    options.short_counts = vigil_sim_random(40);
    options.interrupts = vigil_sim_random(20);
    options.disorder = vigil_sim_random(40);
    options.spurious = vigil_sim_random(2) == 0 ? 0 : vigil_sim_random(30);
    options.withheld = vigil_sim_random(2) == 0 ? 0 : vigil_sim_random(101);
    options.tcp_buffer = vigil_sim_random(2) == 0 ? 0 : 1 + vigil_sim_random(50);
    (void)vigil_sim_end();
    return options;
}

bool note_act(bool acted)
{
    static unsigned in_vain;
    in_vain = acted ? 0 : in_vain + 1;
    if (in_vain > IN_VAIN_MAX) {
        fail("the server wakes up for ever, and nobody does anything any more");
    }
    return acted;
}

static void play_one(play_function *play, unsigned clients, totals *total)
{
    vigil_sim_result result = play(playing, clients);
    if (result.descriptors != 0) {
        fail("%d descriptors are left open", result.descriptors);
    }
    total->calls += result.calls;
    total->now_ns += result.now_ns;
    total->has_ended = true;
}

/* Whether the play came to its end. */
static bool play_apart(play_function *play, unsigned clients, totals *total)
{
    total->has_ended = false;
    pid_t child = fork();
    if (child == 0) {
        play_one(play, clients, total);
        exit(EXIT_SUCCESS);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("simulation");
        return false;
    }
    if (!total->has_ended && (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_FAILURE)) {
        (void)fprintf(stderr, "seed %" PRIu64 ": the process ended with status %#x\n", playing,
                      (unsigned)status);
    }
    return total->has_ended && status == 0;
}

int play_seeds(int count, char **arguments, unsigned clients_default, play_function *play)
{
    uint64_t seeds = count > 1 ? strtoull(arguments[1], NULL, 10) : 1;
    uint64_t first = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    unsigned clients = count > 3 ? (unsigned)strtoul(arguments[3], NULL, 10) : clients_default;
    totals *total =
        mmap(NULL, sizeof *total, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (total == MAP_FAILED || freopen("/dev/null", "w", stdout) == NULL) {
        return EXIT_FAILURE;
    }
    for (playing = first; playing < first + seeds; playing++) {
        if (!play_apart(play, clients, total)) {
            return EXIT_FAILURE;
        }
    }
    (void)fprintf(stderr,
                  "%" PRIu64 " seeds, %" PRIu64 " clients, %" PRIu64 " calls, %" PRIu64
                  " ns of simulated time\n",
                  seeds, seeds * clients, total->calls, total->now_ns);
    return EXIT_SUCCESS;
}
