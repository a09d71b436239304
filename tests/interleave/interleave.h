/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_INTERLEAVE_INTERLEAVE_H
#define VIGIL_TESTS_INTERLEAVE_INTERLEAVE_H

#include "support/check.h"

/*
 * One operation of one thread, and one act of another one that falls into it:
 * between any two steps in which the operation touches what threads share, and
 * while it sleeps. `interleave` plays the scene once for each such point, and
 * once with the act behind the operation; all in one thread, so that what
 * happens is the same in every run.
 */
typedef struct scene {
    void (*begin)(void *stage);
    void (*operation)(void *stage);
    void (*act)(void *stage);
    void (*end)(void *stage); /* checks what has come of it, and cleans up */
    void *stage;
    bool act_locks; /* the act takes the registry's lock: it waits while that is held */
} scene;

/* Plays the scene at every point; how many there were. */
unsigned interleave(const scene *s);

/* Whether the operation of the play at hand went to sleep after the act, or
 * slept on through it: it was woken with VIGIL_EINTR, as nothing else would. */
bool has_slept_on(void);

/* The kernel's door at which the next `times` calls of the play fail. */
typedef enum door {
    DOOR_ADD,
    DOOR_MODIFY,
    DOOR_REMOVE,
    DOOR_SIGNAL,
    DOORS
} door;
void refuse_at(door which, vigil_status status, unsigned times);

/* How often the operation and the act of the play at hand have passed a door. */
unsigned passed(door which);

#endif
