/* SPDX-License-Identifier: MIT */

/*
 * Runs a fuzz target without a fuzzer: over the files that are named, or over
 * random inputs.
 *
 *   TARGET FILE...                  each file once
 *   TARGET --random RUNS [SEED]     RUNS random inputs
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX 4096

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
static uint64_t random_u64(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = (*state ^ (*state >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

static void run_random(uint64_t runs, uint64_t seed)
{
    uint8_t input[INPUT_MAX];
    for (uint64_t run = 0; run < runs; run++) {
        uint64_t state = seed + run;
        size_t size = 4 + random_u64(&state) % 480;
        for (size_t i = 0; i < size; i++) {
            input[i] = (uint8_t)random_u64(&state);
        }
        /* Known before the run: a run that aborts says which it was. */
        if (getenv("VIGIL_FUZZ_TRACE") != NULL) {
            (void)fprintf(stderr, "seed %" PRIu64 "\n", seed + run);
        }
        (void)LLVMFuzzerTestOneInput(input, size);
    }
    (void)printf("%" PRIu64 " runs\n", runs);
}

static int run_file(const char *path)
{
    static uint8_t input[1 << 20];
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    size_t size = fread(input, 1, sizeof input, file);
    (void)fclose(file);
    (void)LLVMFuzzerTestOneInput(input, size);
    return 0;
}

int main(int argc, char **argv)
{
    (void)LLVMFuzzerInitialize(&argc, &argv);
    if (argc >= 3 && strcmp(argv[1], "--random") == 0) {
        run_random(strtoull(argv[2], NULL, 10), argc > 3 ? strtoull(argv[3], NULL, 10) : 1);
        return 0;
    }
    int failed = argc < 2;
    for (int i = 1; i < argc; i++) {
        failed |= run_file(argv[i]);
    }
    return failed;
}
