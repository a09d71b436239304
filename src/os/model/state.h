/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_STATE_H
#define VIGIL_OS_MODEL_STATE_H

#include "os/model/list.h"
#include "os/model/model.h"
#include "os/model/rules.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the files of this kernel are made of. */

typedef enum model_kind {
    MODEL_REGULAR,
    MODEL_PIPE_READER,
    MODEL_PIPE_WRITER,
    MODEL_EVENTFD,
    MODEL_TIMER,
    MODEL_SIGNALFD,
    MODEL_EPOLL,
    MODEL_UNIX_STREAM,
    MODEL_UNIX_DATAGRAM,
    MODEL_TCP,
    MODEL_UDP
} model_kind;

/* Bytes that wait to be read, in pieces that were written at once. */
typedef struct model_piece {
    model_link link; /* in a queue, oldest first */
    struct model_unix *sender;
    size_t charge; /* against the buffer of the sender */
    size_t start;  /* of what has not been read yet */
    size_t size;   /* of what has been written, from 0 */
    uint16_t port; /* it was sent from */
    uint8_t bytes[];
} model_piece;

/* Two ends share it; each ends with its last descriptor. */
typedef struct model_pipe {
    model_link pieces; /* each of one page at most */
    unsigned pages;
    bool has_been_polled; /* from then on every write wakes */
    struct model_file *reader;
    struct model_file *writer;
} model_pipe;

typedef struct model_eventfd {
    uint64_t count;
    bool is_semaphore;
} model_eventfd;

typedef struct model_timer {
    model_link link; /* in the model, while it runs */
    uint64_t end_ns; /* when it expires, or did */
    uint64_t interval_ns;
    uint64_t ticks; /* for the next read */
    bool has_expired;
} model_timer;

/* A signal that waits, or that has been handled. */
typedef struct model_signal {
    model_link link;
    vigil_model_signal what;
} model_signal;

typedef struct model_signalfd {
    vigil_model *model;
    uint64_t signals; /* that are read from it */
} model_signalfd;

typedef struct model_epoll {
    model_link watches; /* all, oldest first */
    model_link ready;   /* in the order of reports */
} model_epoll;

/* A name that a Unix socket is bound to. */
typedef struct model_unix_name {
    model_link link;          /* in the model */
    struct model_unix *owner; /* null once it is closed */
    bool is_stream;           /* what the owner is or was */
    vigil_model_name name;
} model_unix_name;

typedef enum model_unix_state {
    MODEL_UNIX_CLOSED,
    MODEL_UNIX_LISTENING,
    MODEL_UNIX_CONNECTED /* of a stream, for as long as it is */
} model_unix_state;

typedef struct model_unix {
    const vigil_model *model;
    struct model_file *file; /* null before accept(2) and once closed */
    bool is_stream;
    bool is_dead;
    model_unix_state state;
    struct model_unix *peer; /* kept while anybody points here */
    unsigned references;
    model_unix_name *bound; /* null without one of its own */
    vigil_model_name name;  /* its own, or its listener's */
    model_link received;
    int received_count; /* pieces */
    int queue_max;      /* beyond one: of those, or of who waits for accept(2) */
    model_link pending; /* of a listener: what waits for accept(2) */
    model_link in_pending;
    int pending_count;
    model_link waiters; /* for the queue to have room, newest first */
    model_link waiting; /* for the peer's */
    size_t charged;     /* of what is sent and not consumed */
    int error;
    bool shut_read;
    bool shut_write;
} model_unix;

/* What sockets of TCP and UDP have in common. */
typedef struct model_inet {
    int family;
    uint16_t port;      /* 0 as long as there is none */
    uint16_t peer_port; /* 0 too */
    int options[VIGIL_MODEL_OPTIONS];
    int linger_seconds;
    bool lingers;
    bool has_device; /* tied to the loopback interface */
    size_t receive_buffer;
} model_inet;

typedef enum model_tcp_state {
    MODEL_TCP_CLOSED,
    MODEL_TCP_LISTENING,
    MODEL_TCP_CONNECTED /* and later: half-closed is in the shut flags */
} model_tcp_state;

/* What connect(2) remembers beside the state of the connection: after the first
 * call the next one tells how it went. */
typedef enum model_tcp_attempt {
    MODEL_TCP_IDLE,
    MODEL_TCP_TRYING,
    MODEL_TCP_TOLD,
    MODEL_TCP_GIVEN_UP /* shut down before it was told */
} model_tcp_attempt;

typedef struct model_tcp {
    const vigil_model *model;
    struct model_file *file; /* null before accept(2) and once closed */
    struct model_tcp *peer;
    model_tcp_state state;
    model_link received;
    model_link pending;    /* of a listener: what waits for accept(2) */
    model_link in_pending; /* where this waits for it */
    struct model_tcp *listener;
    int pending_count;
    int backlog;
    model_inet inet;
    size_t unread;      /* bytes received */
    bool wants_to_send; /* found the buffer full, and will be woken */
    int error;
    bool is_bound;
    model_tcp_attempt attempt;
    bool shut_read;
    bool shut_write;
    bool fin_received;
    bool fin_sent;
} model_tcp;

typedef struct model_udp {
    const vigil_model *model;
    model_link link; /* of those that have a port */
    bool is_picked;  /* the port, by the kernel */
    struct model_file *file;
    model_inet inet;
    model_link received;
    int received_count;
    int taken_count; /* of those, the oldest ones, that the reader has taken over */
    size_t charged;  /* for all that waits */
    size_t owed;     /* of that, for what has been read */
    int error;
    bool shut_read;
    bool shut_write;
    bool keeps_errors;
    model_link errors; /* oldest first */
} model_udp;

typedef struct model_file {
    model_kind kind;
    unsigned descriptors;
    model_link watchers; /* registrations of it: newest first, exclusive ones last */
    union {
        model_pipe *pipe;
        model_eventfd eventfd;
        model_timer timer;
        model_signalfd signalfd;
        model_epoll epoll;
        model_unix *unix_socket;
        model_tcp *tcp;
        model_udp *udp;
    } as;
} model_file;

/* A registration: an entry of an interest list, which is found by file and
 * descriptor together. */
typedef struct model_watch {
    model_link in_epoll;
    model_link in_ready;
    model_link in_file;
    model_link in_signalfds; /* of a signalfd */
    model_file *epoll;
    model_file *file;
    int fd;
    uint64_t data;
    model_request request;
} model_watch;

struct vigil_model {
    vigil_model_options options;
    model_file **table;
    int open;
    uint16_t next_port;
    model_link unix_names;
    unsigned next_name; /* that the kernel picks */
    model_link udp;     /* the sockets that have a port */
    model_link timers;  /* that run, earliest first */
    uint64_t now_ns;
    model_link thread_signals; /* that wait, oldest first */
    model_link process_signals;
    model_link handled_signals;
    uint64_t blocked_signals;
    model_link signalfds; /* registrations of them all, in the order of wakeups */
    model_tcp **ports;    /* the socket that is bound to a port, by port */
};

/* table.c: the file of a descriptor, or null; a new descriptor of a file; a
 * new file without a state, and its descriptor. */
model_file *model_file_of(const vigil_model *model, int fd);
model_file *model_new_file(model_kind kind);
int model_install(vigil_model *model, model_file *file);
int model_open_plain(vigil_model *model, model_kind kind);
bool model_has_room(const vigil_model *model, int descriptors);

/* The next port that the kernel picks, if nobody has it. */
#define MODEL_PORTS_PICKED 28232
uint16_t model_next_port(vigil_model *model);

/* wake.c: what happens to `file` is told to who watches it, and that there is a
 * signal to who watches any signalfd; a new registration is one of those. */
void model_wake(model_file *file, uint32_t key);
void model_wake_signalfds(vigil_model *model);
void model_attach_watch(model_watch *watch);

bool model_is_socket(const model_file *file);

/* level.c: the events that hold now, for somebody who asks for some. What is not
 * asked for may be missing, and who asks may be waited for in turn. */
uint32_t model_level(model_file *file, uint32_t asked);

/* What each kind of file does when it is looked at, and when the last
 * descriptor of it goes. */
uint32_t model_pipe_level(model_file *file);
uint32_t model_eventfd_level(const model_file *file);
uint32_t model_epoll_level(model_file *file);
uint32_t model_unix_level(model_file *file, uint32_t asked);
uint32_t model_tcp_level(model_file *file);
void model_pipe_end(model_file *file);
void model_epoll_end(model_file *file);
void model_unix_end(model_file *file);
void model_unix_forget_names(vigil_model *model);
void model_tcp_end(vigil_model *model, model_file *file);

int64_t model_pipe_read(model_file *file, void *data, size_t size);
int64_t model_pipe_write(model_file *file, const void *data, size_t size);
int64_t model_eventfd_read(model_file *file, void *data, size_t size);
int64_t model_eventfd_write(model_file *file, const void *data, size_t size);
int64_t model_unix_receive(model_file *file, void *data, size_t size, int flags,
                           vigil_model_name *from);
int64_t model_unix_send(model_file *file, const void *data, size_t size,
                        const vigil_model_name *to);
int model_unix_shutdown(model_file *file, int how);
int model_unix_listen(model_file *file, int backlog);
int model_unix_accept(vigil_model *model, model_file *file);
int model_unix_take_error(model_file *file);
int64_t model_tcp_read(model_file *file, void *data, size_t size);
int64_t model_tcp_peek(const model_file *file, void *data, size_t size);
int64_t model_tcp_write(model_file *file, const void *data, size_t size);
int model_tcp_shutdown(vigil_model *model, model_file *file, int how);
int model_tcp_listen(vigil_model *model, model_file *file, int backlog);
int model_tcp_accept(vigil_model *model, model_file *file);
int model_tcp_error(model_file *file);

int model_tcp_bind(vigil_model *model, model_file *file, uint16_t port);
int model_tcp_connect(vigil_model *model, model_file *file, uint16_t port);

uint32_t model_timer_level(const model_file *file);
int64_t model_timer_read(vigil_model *model, model_file *file, void *data, size_t size);
void model_timer_end(model_file *file);

uint32_t model_signalfd_level(const model_file *file);
int64_t model_signalfd_read(model_file *file, void *data, size_t size);
void model_forget_signals(vigil_model *model);

uint32_t model_udp_level(const model_file *file);
void model_udp_end(model_file *file);
int model_udp_bind(vigil_model *model, model_file *file, uint16_t port);
int model_udp_connect(vigil_model *model, model_file *file, uint16_t port);
int64_t model_udp_receive(model_file *file, void *data, size_t size, int flags,
                          vigil_model_name *from);
int64_t model_udp_send(vigil_model *model, model_file *file, const void *data, size_t size,
                       const vigil_model_name *to);
int model_udp_shutdown(model_file *file, int how);
int model_udp_error(model_file *file);

/* udp_errors.c: keeps an error, if the socket is to and it fits; drops all. */
void model_udp_keep_error(model_udp *end, vigil_model_error error, size_t charge);
void model_udp_drop_errors(model_udp *end);

/* charge.c: what a message of `size` bytes counts. */
size_t model_charge(const vigil_model *model, size_t size, vigil_model_message kind);

/* inet_names.c: SO_RCVBUF as it is without being set. */
size_t model_default_receive_buffer(const vigil_model *model);

/* wake.c: ends every registration of `file`; ends one. */
void model_forget_watchers(model_file *file);
void model_forget_watch(model_watch *watch);

/* nesting.c: whether `file`, watched by `epoll`, would make a loop or too deep a
 * nest; whether a registration made too many ways for one wakeup to go. */
bool model_would_loop(const model_file *epoll, const model_file *file);
bool model_has_too_many_paths(const model_watch *added);

/* piece.c: a copy of bytes, or null; as many bytes as there are at the start of
 * a piece; frees it, and takes it from its queue. */
model_piece *model_new_piece(const void *data, size_t size, size_t room);
size_t model_take_bytes(model_piece *piece, void *data, size_t size);
void model_free_piece(model_piece *piece);
model_piece *model_first_piece(const model_link *queue);

#endif
