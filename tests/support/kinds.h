/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_KINDS_H
#define VIGIL_TESTS_SUPPORT_KINDS_H

#include "support/check.h"

/*
 * The kinds of descriptor that the rules of readiness are tried on. Each opens
 * a pair, non-blocking and close-on-exec: what is put into [1] makes [0]
 * readable. close_pair() closes it.
 */
typedef struct kind {
    const char *name;
    void (*open)(int fd[2]);
    void (*put)(int fd);   /* a little, into [1] */
    void (*fill)(int fd);  /* [1], until it would block */
    void (*empty)(int fd); /* [0], until it would block */
    bool both_ways;        /* [0] can be written and [1] read as well */
    bool one_object;       /* [0] and [1] are copies of one descriptor */
    bool stays_full;       /* the system moves nothing by itself out of what is full */
} kind;

#define KINDS 4
extern const kind kinds[KINDS];

#endif
