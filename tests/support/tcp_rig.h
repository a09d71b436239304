/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_TCP_RIG_H
#define VIGIL_TESTS_SUPPORT_TCP_RIG_H

#include "support/check.h"
#include "support/fixture.h"

/*
 * TCP over the loopback interface, on ports that the kernel picks, and the
 * waiting that it takes: what one end does is seen by the other one a little
 * later.
 */

/* A test that must end with as many descriptors as it began with. */
#define tcp_unit_test(name) \
    cmocka_unit_test_setup_teardown(name, count_descriptors, recount_descriptors)
int count_descriptors(void **state);
int recount_descriptors(void **state);

/* Runs `body` for IPv4 and, where the machine has it, for IPv6. */
void for_each_family(void (*body)(vigil_family family));

/* Skips the test (cmocka) on a machine without ::1. */
void require_ipv6(void);

/* Skips the test under Valgrind, which applies a limit on descriptors itself: it
 * has the kernel accept a connection, and closes it if it is one too many. */
void require_kernel_limits(void);

/* 127.0.0.1 or ::1. */
vigil_address loopback(vigil_family family, uint16_t port);

/* Binds to the loopback address; where to connect to. */
vigil_address open_listener(vigil_tcp_listener *listener, vigil_family family);

/* An address at which every connect is refused, as `*holder` keeps its port and
 * does not listen there. Close the holder in the end. */
vigil_address refusing_address(vigil_family family, int *holder);

/* Connects, and waits until the connection stands. */
void connect_to(vigil_tcp_stream *stream, vigil_address where);

/* Waits for a connection, and accepts it. */
void accept_from(vigil_tcp_listener *listener, vigil_tcp_stream *stream);

/* A poll, a listener, and the two ends of one connection, which are closed at
 * first; closing the rig closes what is open of it. */
typedef struct tcp_rig {
    fixture f;
    vigil_tcp_listener listener;
    vigil_address where;
    vigil_tcp_stream client;
    vigil_tcp_stream server;
} tcp_rig;

void open_rig(tcp_rig *rig, vigil_family family);
void close_rig(tcp_rig *rig);

/* The same with the connection made, without Nagle's delay. */
void open_linked_rig(tcp_rig *rig, vigil_family family);

/* Makes the next close of `stream` a reset (socket(7), SO_LINGER). */
void reset_on_close(vigil_tcp_stream *stream);

/* Registers a source that holds its descriptor already. */
void watch_source(fixture *f, vigil_source *source, vigil_token token, vigil_interest interest);

/* Waits until poll(2) reports all of `events` at once. */
void await_level(int fd, short events);

/* Writes, or reads, exactly so much, waiting where it would block. */
void send_all(vigil_tcp_stream *stream, const void *data, size_t length);
void receive_all(vigil_tcp_stream *stream, void *data, size_t length);

/* That the peer sends no more: the next thing to be read is the end. */
void receive_end(vigil_tcp_stream *stream);

/* That a read would block now. */
void expect_would_block(vigil_tcp_stream *stream);

/* Bytes that a test of much data moves: VIGIL_TEST_BYTES of the environment, or
 * 16 MiB. */
size_t test_bytes(void);

/* What stands at `position` of such data: no power of two is its period. */
uint8_t test_byte(size_t position);
void put_test_bytes(uint8_t *data, size_t length, size_t position);
void check_test_bytes(const uint8_t *data, size_t length, size_t position);

#endif
