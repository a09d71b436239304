/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_MODEL_H
#define VIGIL_OS_MODEL_MODEL_H

#include <stddef.h>
#include <stdint.h>

/*
 * A kernel in memory, exact to the mask and the error where it models Linux:
 * descriptors, pipes, eventfds, timers, signals, Unix sockets, TCP and UDP over loopback,
 * and epoll and poll over them. It has one thread, a clock that stands still, and no
 * state outside `vigil_model`, so that what it does is a function of the calls made.
 *
 * Every call is the system call of the same name, with flags O_CLOEXEC and
 * O_NONBLOCK understood: no call blocks, and what would block answers -EAGAIN,
 * as a non-blocking descriptor does. Each answers with what the system call
 * returns, or with a negative errno(3). Out of memory is -ENOMEM.
 */
typedef struct vigil_model vigil_model;

/* What counts against a buffer: the bytes of a message, of an error that ICMP brings those
 * of the datagram that was refused. */
typedef enum vigil_model_message {
    VIGIL_MODEL_DATAGRAM, /* of Unix sockets */
    VIGIL_MODEL_STREAM,
    VIGIL_MODEL_UDP,
    VIGIL_MODEL_UDP_REFUSED,
    VIGIL_MODEL_UDP_TOO_LARGE
} vigil_model_message;

typedef struct vigil_model_options {
    int first_descriptor; /* lowest number that is handed out */
    int descriptors_max;  /* RLIMIT_NOFILE: numbers are below */
    /* What `size` bytes of one message count against the buffer of a Unix socket that
     * sends, or of a UDP socket that receives (truesize). Null for the figures of Linux
     * 6.18 on x86-64. */
    size_t (*charge)(size_t size, vigil_model_message kind);
    /* The receive buffer of a UDP socket, and half of what SO_RCVBUF allows
     * (net.core.rmem_default, rmem_max); 0 for what they are, 212992 and 4194304. */
    int receive_buffer;
    int receive_buffer_max;
    /* Bytes that one direction of a TCP connection holds; 0 for no limit. */
    size_t tcp_buffer;
    /* Datagrams that may wait at a Unix socket, less one
     * (net.unix.max_dgram_qlen); 0 for what it is, 10. */
    int datagrams_max;
} vigil_model_options;

vigil_model *vigil_model_open(const vigil_model_options *options);
void vigil_model_free(vigil_model *model);

/* close(2), dup(2); how many descriptors are open. */
int vigil_model_close(vigil_model *model, int fd);
int vigil_model_dup(vigil_model *model, int fd);
int vigil_model_count(const vigil_model *model);

/* read(2), write(2) without SIGPIPE. */
int64_t vigil_model_read(vigil_model *model, int fd, void *data, size_t size);
int64_t vigil_model_write(vigil_model *model, int fd, const void *data, size_t size);

/* pipe2(2): [0] reads, [1] writes. eventfd(2). An open regular file. */
int vigil_model_pipe(vigil_model *model, int fd[2]);
int vigil_model_eventfd(vigil_model *model, unsigned initial, int is_semaphore);
int vigil_model_file(vigil_model *model);

/* socketpair(2) and socket(2), AF_UNIX with SOCK_STREAM or SOCK_DGRAM. */
int vigil_model_socketpair(vigil_model *model, int type, int fd[2]);
int vigil_model_unix(vigil_model *model, int type);

/* What sockets are called: a Unix socket by the bytes of sun_path (unix(7)), of
 * which an unnamed one has none, and any other by its port. Paths are those of
 * one folder, where everything is permitted. A socket that is bound to no bytes is given
 * an abstract name, and a datagram socket that is connected to a name that is null
 * (AF_UNSPEC) leaves its peer. */
#define VIGIL_MODEL_NAME_MAX 109 /* sun_path, and a zero that may not fit there */
typedef struct vigil_model_name {
    uint16_t port;
    size_t size;
    uint8_t bytes[VIGIL_MODEL_NAME_MAX];
} vigil_model_name;
int vigil_model_bind_unix(vigil_model *model, int fd, const vigil_model_name *name);
int vigil_model_connect_unix(vigil_model *model, int fd, const vigil_model_name *name);
int vigil_model_unix_name(vigil_model *model, int fd, vigil_model_name *name);
int vigil_model_unix_peer(vigil_model *model, int fd, vigil_model_name *name);
int vigil_model_unlink(vigil_model *model, const vigil_model_name *name);

/* sendto(2), with MSG_NOSIGNAL, and to the peer if `to` is null; recvfrom(2) with
 * MSG_PEEK and MSG_TRUNC, and whoever sent it to `from`. */
int64_t vigil_model_send(vigil_model *model, int fd, const void *data, size_t size,
                         const vigil_model_name *to);
int64_t vigil_model_receive(vigil_model *model, int fd, void *data, size_t size, int flags,
                            vigil_model_name *from);

/* socket(2) of AF_INET or AF_INET6, and SOCK_STREAM or SOCK_DGRAM, on the loopback
 * interface; an address is its port, any number but 0: bind(2) to 0 picks one, and
 * connect(2) of UDP to 0 (AF_UNSPEC) leaves the peer.
 * getsockopt(2) of SO_ERROR answers with the error. Options that change nothing
 * here are remembered: VIGIL_MODEL_OPTIONS of them. */
#define VIGIL_MODEL_OPTIONS 24
int vigil_model_socket(vigil_model *model, int family);
int vigil_model_udp(vigil_model *model, int family);
int vigil_model_set_option(vigil_model *model, int fd, unsigned option, int value);
int vigil_model_get_option(vigil_model *model, int fd, unsigned option, int *value);
/* SO_RCVBUF, which is doubled, and of TCP only remembered; what counts against it
 * (SO_MEMINFO), 0 of TCP. A datagram that does not fit is lost, and nobody hears of it. */
int vigil_model_set_receive_buffer(vigil_model *model, int fd, int bytes);
int vigil_model_receive_buffer(vigil_model *model, int fd);
int vigil_model_receive_charged(vigil_model *model, int fd);
int vigil_model_bind(vigil_model *model, int fd, uint16_t port);
int vigil_model_listen(vigil_model *model, int fd, int backlog);
int vigil_model_connect(vigil_model *model, int fd, uint16_t port);
int vigil_model_accept(vigil_model *model, int fd);
int vigil_model_shutdown(vigil_model *model, int fd, int how);
int vigil_model_take_error(vigil_model *model, int fd);
/* IP_RECVERR of UDP, and what recvmsg(2) with MSG_ERRQUEUE says of the oldest error: errno,
 * origin (SO_EE_ORIGIN_LOCAL or _ICMP), MTU, and the port that was sent to. */
typedef struct vigil_model_error {
    int error;
    int origin;
    uint32_t info;
    uint16_t port;
} vigil_model_error;
int vigil_model_keep_errors(vigil_model *model, int fd, int enabled);
int vigil_model_keeps_errors(vigil_model *model, int fd);
int vigil_model_receive_error(vigil_model *model, int fd, vigil_model_error *error);
int vigil_model_set_linger(vigil_model *model, int fd, int enabled, int seconds);
int vigil_model_get_linger(vigil_model *model, int fd, int *enabled, int *seconds);
/* SO_BINDTODEVICE, where the loopback interface is the only one; by its number, 0 for
 * none. */
int vigil_model_set_device(vigil_model *model, int fd, const char *name, size_t length);
int vigil_model_device(vigil_model *model, int fd);
int vigil_model_family(vigil_model *model, int fd);
int vigil_model_local_port(vigil_model *model, int fd);
int vigil_model_peer_port(vigil_model *model, int fd);

/* epoll_create1(2), epoll_ctl(2); epoll_wait(2) with a timeout of 0. */
typedef struct vigil_model_event {
    uint32_t events;
    uint64_t data;
} vigil_model_event;
int vigil_model_epoll_create(vigil_model *model);
int vigil_model_epoll_ctl(vigil_model *model, int epoll, int operation, int fd,
                          const vigil_model_event *event);
int vigil_model_epoll_wait(vigil_model *model, int epoll, vigil_model_event *events, int capacity);

/* timerfd_create(2) of CLOCK_MONOTONIC; timerfd_settime(2) with TFD_TIMER_ABSTIME if
 * `is_absolute`; timerfd_gettime(2). */
typedef struct vigil_model_timer {
    uint64_t first_ns; /* 0 for never */
    uint64_t interval_ns;
} vigil_model_timer;
int vigil_model_timerfd(vigil_model *model);
int vigil_model_timerfd_settime(vigil_model *model, int fd, int is_absolute,
                                const vigil_model_timer *value);
int vigil_model_timerfd_gettime(vigil_model *model, int fd, vigil_model_timer *value);

/* A program handles a signal (signal(7)) at once, or blocks it, and it waits, for the
 * thread or for the process. Of sets of signals, bit 0 is number 1. How many may wait has
 * no limit here, and nobody is stopped, continued or killed.
 * raise: kill(2), tgkill(2) and sigqueue(3); `value` is 0 but for the last one.
 * block: sigprocmask(2) of SIG_SETMASK; nothing is blocked at first.
 * handled: the oldest that was handled and has not been asked for, or -EAGAIN.
 * signalfd(2): a new one if `fd` is -1. */
typedef struct vigil_model_signal {
    int number;
    int code;     /* SI_USER, SI_TKILL or SI_QUEUE (sigaction(2)) */
    uint32_t pid; /* of who sent it */
    uint32_t uid;
    uint64_t value;
} vigil_model_signal;
int vigil_model_raise(vigil_model *model, const vigil_model_signal *signal, int to_thread);
void vigil_model_block(vigil_model *model, uint64_t signals);
int vigil_model_handled(vigil_model *model, vigil_model_signal *signal);
int vigil_model_signalfd(vigil_model *model, int fd, uint64_t signals);

/* The clock, which stands still unless it is advanced, and when the next timer
 * expires: UINT64_MAX if none runs. */
uint64_t vigil_model_now(const vigil_model *model);
void vigil_model_advance(vigil_model *model, uint64_t ns);
uint64_t vigil_model_next_timer(const vigil_model *model);

/* poll(2) of one descriptor with a timeout of 0: the events that hold. */
int vigil_model_poll(vigil_model *model, int fd, uint32_t events);

#endif
