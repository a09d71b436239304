/* SPDX-License-Identifier: MIT */

/* A count that is less than what was asked for: of streams and pipes it is as good as
 * would-block, and the next change is an event (epoll(7)); and where that is not so. */
#include "support/tcp_rig.h"
#include "support/udp_rig.h"
#include "support/unix_rig.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READER 1
#define WRITER 2
#define ROUNDS 50
#define ROOM 64
#define MUCH (8 << 20)

/* One end to read from and one to write into, of each kind. */
typedef struct ends {
    tcp_rig tcp; /* whose poll watches the others too */
    vigil_unix_stream unix_reader;
    vigil_unix_stream unix_writer;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
} ends;

typedef struct stream_kind {
    vigil_status (*read)(ends *e, void *data, size_t capacity, size_t *count);
    vigil_status (*write)(ends *e, const void *data, size_t length, size_t *count);
    vigil_source *(*reader)(ends *e);
    vigil_source *(*writer)(ends *e);
    vigil_status (*hang_up)(ends *e); /* closes the end that writes */
} stream_kind;

static vigil_status read_tcp(ends *e, void *data, size_t capacity, size_t *count)
{
    return vigil_tcp_stream_read(&e->tcp.server, data, capacity, count);
}

static vigil_status write_tcp(ends *e, const void *data, size_t length, size_t *count)
{
    return vigil_tcp_stream_write(&e->tcp.client, data, length, count);
}

static vigil_source *tcp_reader(ends *e)
{
    return &e->tcp.server.source;
}

static vigil_source *tcp_writer(ends *e)
{
    return &e->tcp.client.source;
}

static vigil_status close_tcp(ends *e)
{
    return vigil_tcp_stream_close(&e->tcp.client);
}

static vigil_status read_unix(ends *e, void *data, size_t capacity, size_t *count)
{
    return vigil_unix_stream_read(&e->unix_reader, data, capacity, count);
}

static vigil_status write_unix(ends *e, const void *data, size_t length, size_t *count)
{
    return vigil_unix_stream_write(&e->unix_writer, data, length, count);
}

static vigil_source *unix_reader(ends *e)
{
    return &e->unix_reader.source;
}

static vigil_source *unix_writer(ends *e)
{
    return &e->unix_writer.source;
}

static vigil_status close_unix(ends *e)
{
    return vigil_unix_stream_close(&e->unix_writer);
}

static vigil_status read_pipe(ends *e, void *data, size_t capacity, size_t *count)
{
    return vigil_pipe_receiver_read(&e->receiver, data, capacity, count);
}

static vigil_status write_pipe(ends *e, const void *data, size_t length, size_t *count)
{
    return vigil_pipe_sender_write(&e->sender, data, length, count);
}

static vigil_source *pipe_reader(ends *e)
{
    return &e->receiver.source;
}

static vigil_source *pipe_writer(ends *e)
{
    return &e->sender.source;
}

static vigil_status close_pipe(ends *e)
{
    return vigil_pipe_sender_close(&e->sender);
}

static const stream_kind stream_kinds[] = {
    {read_tcp, write_tcp, tcp_reader, tcp_writer, close_tcp},
    {read_unix, write_unix, unix_reader, unix_writer, close_unix},
    {read_pipe, write_pipe, pipe_reader, pipe_writer, close_pipe},
};

static void open_ends(ends *e)
{
    open_linked_rig(&e->tcp, VIGIL_FAMILY_IPV4);
    check_ok(vigil_unix_stream_pair(&e->unix_reader, &e->unix_writer));
    check_ok(vigil_pipe_open(&e->receiver, &e->sender));
}

static void close_ends(ends *e)
{
    check_ok(vigil_unix_stream_close(&e->unix_reader));
    check_ok(vigil_unix_stream_close(&e->unix_writer));
    check_ok(vigil_pipe_receiver_close(&e->receiver));
    check_ok(vigil_pipe_sender_close(&e->sender));
    close_rig(&e->tcp);
}

static void for_each_stream(void (*body)(ends *e, const stream_kind *kind))
{
    for (size_t i = 0; i < sizeof stream_kinds / sizeof stream_kinds[0]; i++) {
        ends e;
        open_ends(&e);
        body(&e, &stream_kinds[i]);
        close_ends(&e);
    }
}

/* Reads once, with more room than there are bytes. */
static void read_short(ends *e, const stream_kind *kind, const char *text)
{
    char data[ROOM] = "";
    size_t count = 0;
    check_ok(kind->read(e, data, sizeof data - 1, &count));
    check_text(data, text);
    check_equal(count, strlen(text));
}

/* --- as good as would-block ------------------------------------------------------- */

static void read_rounds(ends *e, const stream_kind *kind)
{
    fixture *f = &e->tcp.f;
    watch_source(f, kind->reader(e), READER, VIGIL_READABLE);
    for (unsigned round = 0; round < ROUNDS; round++) {
        size_t count = 0;
        check_ok(kind->write(e, "ten bytes.", 10, &count));
        check(vigil_event_is_readable(wait_for(f, READER)));
        read_short(e, kind, "ten bytes.");
    }
    expect_no_events(f);
    check_ok(kind->hang_up(e));
    check(vigil_event_is_read_closed(wait_until(f, READER, vigil_event_is_read_closed)));
    read_short(e, kind, "");
}

static void read__a_short_count_means_drained(void **state)
{
    (void)state;
    for_each_stream(read_rounds);
}

static void empty(ends *e, const stream_kind *kind)
{
    static char data[1 << 16];
    size_t count = 0;
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK) {
        status = kind->read(e, data, sizeof data, &count);
    }
    check_status(status, VIGIL_EWOULDBLOCK);
}

static void write_rounds(ends *e, const stream_kind *kind)
{
    static char data[MUCH];
    fixture *f = &e->tcp.f;
    watch_source(f, kind->writer(e), WRITER, VIGIL_WRITABLE);
    for (unsigned round = 0; round < 4; round++) {
        size_t count = 0;
        check(vigil_event_is_writable(wait_until(f, WRITER, vigil_event_is_writable)));
        check_ok(kind->write(e, data, sizeof data, &count));
        check_within(count, 1, sizeof data - 1);
        empty(e, kind);
    }
}

static void write__a_short_count_means_full(void **state)
{
    (void)state;
    for_each_stream(write_rounds);
}

/* --- where it is not -------------------------------------------------------------- */

/* The end has come with the bytes, and there is one event for both, which says so. */
static void read_before_the_end(ends *e, const stream_kind *kind)
{
    fixture *f = &e->tcp.f;
    size_t count = 0;
    check_ok(kind->write(e, "last words", 10, &count));
    check_ok(kind->hang_up(e));
    bool is_pipe = kind->read == read_pipe;
    await_level(kind->reader(e)->fd, is_pipe ? POLLIN | POLLHUP : POLLIN | POLLRDHUP);
    watch_source(f, kind->reader(e), READER, VIGIL_READABLE);
    check(vigil_event_is_read_closed(wait_for(f, READER)));
    read_short(e, kind, "last words");
    expect_no_events(f);
    read_short(e, kind, "");
}

static void read__the_end_may_be_behind_a_short_count(void **state)
{
    (void)state;
    for_each_stream(read_before_the_end);
}

/* Waits until the peer has everything that was sent. */
static void await_acknowledged(int fd)
{
    struct tcp_info info = {.tcpi_unacked = 1};
    while (info.tcpi_unacked > 0) {
        socklen_t length = sizeof info;
        check_os(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length));
    }
}

/* A read ends in front of urgent data (tcp(7)). */
static void read__urgent_data_may_cut_it_short(void **state)
{
    (void)state;
    ends e;
    open_ends(&e);
    int fd = vigil_tcp_stream_fd(&e.tcp.client);
    check_equal(send(fd, "abc", 3, MSG_NOSIGNAL), 3);
    check_equal(send(fd, "!", 1, MSG_OOB | MSG_NOSIGNAL), 1);
    check_equal(send(fd, "def", 3, MSG_NOSIGNAL), 3);
    await_acknowledged(fd);
    watch_source(&e.tcp.f, &e.tcp.server.source, READER, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&e.tcp.f, READER)));
    read_short(&e, &stream_kinds[0], "abc");
    expect_no_events(&e.tcp.f);
    read_short(&e, &stream_kinds[0], "def");
    close_ends(&e);
}

/* A read ends behind bytes that came with descriptors (unix(7)). */
static void read__descriptors_may_cut_it_short(void **state)
{
    (void)state;
    const vigil_fd fd = STDERR_FILENO;
    ends e;
    size_t count = 0;
    open_ends(&e);
    check_ok(vigil_unix_stream_send_descriptors(&e.unix_writer, "abc", 3, &fd, 1, &count));
    check_ok(vigil_unix_stream_write(&e.unix_writer, "def", 3, &count));
    watch_source(&e.tcp.f, &e.unix_reader.source, READER, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&e.tcp.f, READER)));
    read_short(&e, &stream_kinds[1], "abc");
    expect_no_events(&e.tcp.f);
    read_short(&e, &stream_kinds[1], "def");
    close_ends(&e);
}

static void receive__a_short_datagram_says_nothing(void **state)
{
    (void)state;
    udp_rig r;
    open_connected_udp_rig(&r, VIGIL_FAMILY_IPV4);
    send_text(&r.one, "one");
    send_text(&r.one, "two");
    await_level(vigil_udp_socket_fd(&r.two), POLLIN);
    watch_source(&r.f, &r.two.source, READER, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&r.f, READER)));
    receive_text(&r.two, "one");
    expect_no_events(&r.f);
    receive_text(&r.two, "two");
    close_udp_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(read__a_short_count_means_drained),
        tcp_unit_test(write__a_short_count_means_full),
        tcp_unit_test(read__the_end_may_be_behind_a_short_count),
        tcp_unit_test(read__urgent_data_may_cut_it_short),
        tcp_unit_test(read__descriptors_may_cut_it_short),
        tcp_unit_test(receive__a_short_datagram_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
