/* SPDX-License-Identifier: MIT */
#include "input.h"

#include <stdio.h>
#include <stdlib.h>

void fuzz_broken(const char *what, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: not true: %s\n", file, line, what);
    abort();
}
