/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_KERNEL_OPERATIONS_H
#define VIGIL_FUZZ_KERNEL_OPERATIONS_H

#include "kernel/both.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

/*
 * What is done to both kernels, as a table: an operation has a name and up to
 * three arguments. It comes from four bytes of a fuzzer, or from a line of a
 * plan, a file that a person can read:
 *
 *   tcp_listener                 the descriptors are known beforehand: 64 ...
 *   tcp
 *   tcp_connect 65 64
 *
 * A traced run prints such a plan, with the answers as comments.
 */
#define OPERATION_ARGUMENTS 3
#define OPERATION_BYTES (1 + OPERATION_ARGUMENTS)

typedef struct operation {
    const struct operation_kind *kind;
    int64_t argument[OPERATION_ARGUMENTS];
} operation;

/* Of `theme`, any number: the operations that go together, or all of them. */
operation operation_of_bytes(const both *b, unsigned theme, const uint8_t bytes[OPERATION_BYTES]);
void operation_perform(both *b, const operation *performed);

/* Runs a plan; 0, or the line that is no operation. */
int plan_run(FILE *plan);

/* Plays the same until nothing differs any more; what differs each time ends the process.
 * How many runs had to be played again. */
void operations_replay(void (*play)(both *b, void *what), void *what);
unsigned operations_replays(void);

/* What TCP sends at once, whoever reads. */
#define TCP_WRITES_MAX 7
#define TCP_SIZE_MAX 1000

/* Writes of an operation that fills. */
#define FILLING 12

const uint8_t *operation_bytes(both *b, size_t size);

/* descriptors.c */
void operate_pipe(both *b, const int64_t *unused);
void operate_stream_pair(both *b, const int64_t *unused);
void operate_datagram_pair(both *b, const int64_t *unused);
void operate_eventfd(both *b, const int64_t *argument);
void operate_epoll(both *b, const int64_t *unused);
void operate_file(both *b, const int64_t *epoll);
void operate_close(both *b, const int64_t *argument);
void operate_dup(both *b, const int64_t *argument);
void operate_read(both *b, const int64_t *argument);
void operate_write(both *b, const int64_t *argument);
void operate_fill(both *b, const int64_t *argument);

/* readiness.c */
int readiness_poll(struct pollfd *polled, int timeout_ms);
void operate_epoll_add(both *b, const int64_t *argument);
void operate_epoll_modify(both *b, const int64_t *argument);
void operate_epoll_delete(both *b, const int64_t *argument);
void operate_epoll_wait(both *b, const int64_t *argument);
void operate_poll(both *b, const int64_t *argument);

/* tcp.c */
void operate_tcp(both *b, const int64_t *unused);
void operate_tcp_listener(both *b, const int64_t *unused);
void operate_tcp_connect(both *b, const int64_t *argument);
void operate_linger(both *b, const int64_t *argument);
void tcp_send_at_once(int fd);
uint16_t inet_port_of(int fd);
struct sockaddr_in inet_loopback(uint16_t port);

/* tcp_full.c */
void operate_tcp_fill(both *b, const int64_t *argument);
void tcp_fill_last(both *b);

/* udp.c */
void udp_same_memory(both *b, int fd);
void udp_same_port(both *b, uint16_t real, uint16_t model);
void operate_udp(both *b, const int64_t *unused);
void operate_udp_bind(both *b, const int64_t *argument);
void operate_udp_connect(both *b, const int64_t *argument);
void operate_udp_disconnect(both *b, const int64_t *argument);
void operate_udp_send(both *b, const int64_t *argument);
void operate_udp_write(both *b, const int64_t *argument);
void operate_udp_peer(both *b, const int64_t *argument);
void operate_udp_keep_errors(both *b, const int64_t *argument);
void operate_udp_take_queued(both *b, const int64_t *argument);
void operate_udp_send_large(both *b, const int64_t *argument);
void operate_udp_fill(both *b, const int64_t *argument);
void operate_udp_receive_buffer(both *b, const int64_t *argument);

/* charge.c: what a message counts, and what there is room for, asked of Linux. */
size_t charge_of(size_t size, vigil_model_message kind);
void charge_limits(vigil_model_options *options);

/* sockets.c */
void operate_shutdown(both *b, const int64_t *argument);
void operate_listen(both *b, const int64_t *argument);
void operate_accept(both *b, const int64_t *argument);
void operate_take_error(both *b, const int64_t *argument);
void operate_receive(both *b, const int64_t *argument);

/* unix.c */
#define UNIX_NAMES 4
void unix_prepare(void);
void unix_release(void);
void unix_forget_names(both *b);
bool unix_is(both *b, int fd);
void operate_unix(both *b, const int64_t *argument);
void operate_unix_bind(both *b, const int64_t *argument);
void operate_unix_connect(both *b, const int64_t *argument);
void operate_unix_send(both *b, const int64_t *argument);
void operate_unix_fill(both *b, const int64_t *argument);
void operate_unix_listener(both *b, const int64_t *argument);
void operate_unix_names(both *b, const int64_t *argument);
void operate_unlink(both *b, const int64_t *argument);

/* unix_picked.c */
void unix_same_name(both *b, const struct sockaddr_un *real, socklen_t size,
                    const vigil_model_name *model);
void operate_unix_autobind(both *b, const int64_t *argument);
void operate_unix_reach(both *b, const int64_t *argument);
void operate_unix_leave(both *b, const int64_t *argument);
void operate_unix_send_to(both *b, const int64_t *argument);

/* timer.c */
void operate_timer(both *b, const int64_t *unused);
void operate_timer_set(both *b, const int64_t *argument);
void operate_timer_get(both *b, const int64_t *argument);

/* signal.c: sets of them are numbers up to ALL_SIGNALS. */
#define SIGNALS 4
#define ALL_SIGNALS 15
void signals_prepare(void);
void signals_open(both *b);
void signals_close(both *b);
void operate_raise(both *b, const int64_t *argument);
void operate_block(both *b, const int64_t *argument);
void operate_signalfd(both *b, const int64_t *argument);
void operate_signalfd_change(both *b, const int64_t *argument);

#endif
