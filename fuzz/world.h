/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_WORLD_H
#define VIGIL_FUZZ_WORLD_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a target does to the kernel beside the library: on Linux
 * (world_linux.c) and on the model (world_sim.c).
 */

/* Before and after each input; nothing may be open then. How hostile the model
 * is, in percent; Linux is as it is. */
void world_begin(unsigned hostility);
void world_end(void);

/* A connected pair, non-blocking and close-on-exec. */
void world_open_pair(int fd[2]);
int world_dup(int fd);
void world_close(int fd);

/* Writes a byte; whether it went out. Reads all there is. */
bool world_put(int fd);
void world_drain(int fd);
void world_shut(int fd);

/* The readiness that holds now, as EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP and
 * EPOLLERR. */
uint32_t world_level(int fd);

#endif
