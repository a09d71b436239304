/* SPDX-License-Identifier: MIT */

/*
 * The model kernel against the real one: every operation runs on both, and
 * everything that comes back is compared. The input is a theme and a list of
 * operations, four bytes to each. What differs ends the process, with the operation on
 * standard error; with VIGIL_FUZZ_TRACE in the environment it is preceded by
 * all operations, as a plan that replays. At the end the number of operations
 * is printed, and of runs that had to be played again.
 */
#include "input.h"
#include "kernel/operations.h"

#include <inttypes.h>
#include <stdlib.h>

#define OPERATIONS_MAX 120

static uint64_t compared;

static void end(void)
{
    both_release();
    (void)fprintf(stderr, "operations compared: %" PRIu64 "\nruns played again: %u\n", compared,
                  operations_replays());
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    both_prepare();
    return atexit(end);
}

static void play(both *b, void *what)
{
    fuzz_input input = *(const fuzz_input *)what;
    unsigned theme = fuzz_byte(&input);
    for (int i = 0; i < OPERATIONS_MAX && input.left > 0; i++) {
        uint8_t bytes[OPERATION_BYTES];
        for (int j = 0; j < OPERATION_BYTES; j++) {
            bytes[j] = fuzz_byte(&input);
        }
        operation next = operation_of_bytes(b, theme, bytes);
        operation_perform(b, &next);
    }
    compared += b->differs ? 0 : b->compared;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    operations_replay(play, &input);
    return 0;
}
