/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_DESCRIPTORS_H
#define VIGIL_TESTS_SUPPORT_DESCRIPTORS_H

#include "support/check.h"

/* A test of cmocka that fails if it leaves more or fewer descriptors open than
 * it found. */
#define kernel_test(function) \
    cmocka_unit_test_setup_teardown(function, note_descriptors, check_descriptors)
int note_descriptors(void **state);
int check_descriptors(void **state);

/* How many descriptors this process has open. */
unsigned open_descriptors(void);

/* The descriptor that the next open(2) would give. */
int lowest_free_descriptor(void);

bool is_open(int fd);
bool is_nonblocking(int fd);
bool is_close_on_exec(int fd);

/*
 * Pairs of descriptors, all non-blocking and close-on-exec. Of a pipe the
 * first one reads; of a socket pair both do, and both write. The TCP pair is
 * connected over 127.0.0.1, without Nagle's delay.
 */
void open_pipe(int fd[2]);
void open_unix_pair(int fd[2]);
void open_tcp_pair(int fd[2]);
void close_pair(const int fd[2]);

int open_eventfd(void);

/* Adds `value` to the counter of an eventfd. */
void add_to_eventfd(int fd, unsigned long long value);

/* Writes exactly `length` bytes, which must fit. */
void write_bytes(int fd, size_t length);

/* Reads exactly `length` bytes, which must come within PATIENCE_NS. */
void read_bytes(int fd, size_t length);

/* Writes until it would block, reads until it would block or the stream ends;
 * how many bytes. */
size_t fill(int fd);
size_t drain(int fd);

#endif
