/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_INPUT_H
#define VIGIL_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>

/* What a fuzzer calls; a target has both. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes that decide what a target does; zeros once they are used up. */
typedef struct fuzz_input {
    const uint8_t *data;
    size_t left;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

/* A number below `bound`, which is 256 at most. */
static inline unsigned fuzz_below(fuzz_input *input, unsigned bound)
{
    return fuzz_byte(input) % bound;
}

/* Ends the run: a promise was broken. */
#define fuzz_check(condition) ((condition) ? (void)0 : fuzz_broken(#condition, __FILE__, __LINE__))
_Noreturn void fuzz_broken(const char *what, const char *file, int line);

#endif
