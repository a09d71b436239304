/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_TURNS_H
#define VIGIL_FUZZ_TURNS_H

#include "input.h"

#include <stdbool.h>

/*
 * Threads by turns: the library is built with a point before each step that its
 * threads share (tests/interleave/points.h), and at those that the input picks
 * another thread acts, within whose steps a third one may. It all happens in one
 * thread, so an input that fails fails always.
 */

/* Does one thing that another thread may do; not what takes the lock, where
 * `locked` says that somebody has it. */
typedef void turns_act(void *stage, bool locked);

/* Is told that the thread falls asleep, and that nobody will wake it any more. */
typedef void turns_asleep(void *stage);

/* From here on, until `turns_end`, points are turns. */
void turns_begin(fuzz_input *input, turns_act *act, turns_asleep *asleep, void *stage);
void turns_end(void);

/* How often the library signalled a channel, in all. */
unsigned turns_signals(void);

#endif
