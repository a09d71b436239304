/* SPDX-License-Identifier: MIT */

/* What may go wrong around a poll without anybody's fault, or by somebody's
 * malice; docs/THREATS.md has the table, a row for each test. */
#include "support/child.h"
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/tcp_rig.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- a number that is closed twice, and is somebody else's by then ---------------- */

/* Takes the lowest free number, which is that of what was closed last. */
static int take_number(int expected)
{
    int fd = check_os(open("/dev/null", O_RDONLY | O_CLOEXEC));
    check_equal(fd, expected);
    return fd;
}

static void threat__double_close(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_udp_socket udp;
    vigil_address any = vigil_address_loopback_ipv4(0);
    vigil_fd of_poll = VIGIL_FD_NONE;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_bind(&udp, &any));
    watch_source(&r.f, &r.client.source, 1, VIGIL_READABLE);
    check_ok(vigil_poll_fd(&r.f.poll, &of_poll));
    const int numbers[] = {vigil_tcp_stream_fd(&r.client), vigil_tcp_stream_fd(&r.server),
                           vigil_tcp_listener_fd(&r.listener), vigil_udp_socket_fd(&udp), of_poll};
    int strangers[5];
    for (int again = 0; again < 2; again++) {
        check_ok(vigil_tcp_stream_close(&r.client));
        strangers[0] = again == 0 ? take_number(numbers[0]) : strangers[0];
        check_ok(vigil_tcp_stream_close(&r.server));
        strangers[1] = again == 0 ? take_number(numbers[1]) : strangers[1];
        check_ok(vigil_tcp_listener_close(&r.listener));
        strangers[2] = again == 0 ? take_number(numbers[2]) : strangers[2];
        check_ok(vigil_udp_socket_close(&udp));
        strangers[3] = again == 0 ? take_number(numbers[3]) : strangers[3];
        check_ok(vigil_poll_close(&r.f.poll));
        strangers[4] = again == 0 ? take_number(numbers[4]) : strangers[4];
    }
    for (size_t i = 0; i < 5; i++) {
        check(is_open(strangers[i]));
        check_os(close(strangers[i]));
    }
}

/* --- a token that outlives what it named ------------------------------------------- */

/* The descriptor is closed while a copy is alive, so that the kernel goes on to report
 * it; its number is used again, and so is its slot. */
static void threat__stale_token(void **state)
{
    (void)state;
    fixture f;
    int old[2];
    int fresh[2];
    vigil_source source;
    vigil_event event;
    open_small_fixture(&f, 1, 4);
    open_unix_pair(old);
    watch(&f, &source, old[0], 1, VIGIL_READABLE);
    int copy = check_os(fcntl(old[0], F_DUPFD_CLOEXEC, 64));
    check_os(close(old[0]));
    unwatch(&f, &source);
    open_unix_pair(fresh);
    check_equal(fresh[0], old[0]);
    watch(&f, &source, fresh[0], 2, VIGIL_READABLE);
    check_equal(source.slot, 0);
    for (int i = 0; i < 10; i++) {
        write_bytes(old[1], 1);
        check_equal(take_ready(&f, &event), 0);
        write_bytes(fresh[1], 1);
        check_equal(take_ready(&f, &event), 1);
        check_equal(event.token, 2);
        read_bytes(fresh[0], 1);
    }
    unwatch(&f, &source);
    close_pair(fresh);
    check_os(close(copy));
    check_os(close(old[1]));
    close_fixture(&f);
}

/* --- descriptors that a program inherits ------------------------------------------- */

static void threat__inherited_descriptors(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_udp_socket udp;
    vigil_waker waker;
    vigil_address any = vigil_address_loopback_ipv4(0);
    int before = lowest_free_descriptor();
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_udp_socket_bind(&udp, &any));
    check_ok(vigil_waker_open(&waker, r.f.registry, 1));
    int after = lowest_free_descriptor();
    check_within(after - before, 6, 6);
    for (int fd = before; fd < after; fd++) {
        check(is_close_on_exec(fd));
    }
    vigil_waker_close(&waker);
    check_ok(vigil_udp_socket_close(&udp));
    close_rig(&r);
}

/* --- a listener without a descriptor to spare -------------------------------------- */

#define BACKOFF_MS 20
#define SHORTAGE_MS 200
#define WAKEUPS_MAX (2 * SHORTAGE_MS / BACKOFF_MS)

/* What a pause does, by hand: an edge, and a look again after a while. */
static unsigned endure_shortage(tcp_rig *r)
{
    unsigned wakeups = 0;
    vigil_tcp_stream stream;
    uint64_t end_ns = now_ns() + SHORTAGE_MS * MS_IN_NS;
    while (now_ns() < end_ns) {
        vigil_event event;
        wait_once(&r->f, vigil_ms(BACKOFF_MS));
        wakeups++;
        if (vigil_events_next(&r->f.events, &event)) {
            check_status(vigil_tcp_listener_accept(&r->listener, &stream, NULL), VIGIL_EMFILE);
        } else {
            check_ok(
                vigil_registry_reregister(r->f.registry, &r->listener.source, 1, VIGIL_READABLE));
        }
    }
    return wakeups;
}

/* Nothing spins, and once there is a descriptor the
 * connection is there at the next look. */
static void in_shortage(void *argument)
{
    tcp_rig *r = argument;
    unsigned free_number = (unsigned)lowest_free_descriptor();
    limit_descriptors(free_number);
    check_within(endure_shortage(r), 2, WAKEUPS_MAX);
    limit_descriptors(free_number + 1);
    check_ok(vigil_registry_reregister(r->f.registry, &r->listener.source, 1, VIGIL_READABLE));
    (void)wait_for(&r->f, 1);
    check_ok(vigil_tcp_listener_accept(&r->listener, &r->server, NULL));
    char data[4];
    receive_all(&r->server, data, sizeof data);
    check(memcmp(data, "here", 4) == 0);
}

static void threat__accept_without_descriptors(void **state)
{
    (void)state;
    tcp_rig r;
    require_kernel_limits();
    open_rig(&r, VIGIL_FAMILY_IPV4);
    connect_to(&r.client, r.where);
    send_all(&r.client, "here", 4);
    watch_source(&r.f, &r.listener.source, 1, VIGIL_READABLE);
    run_child(in_shortage, &r);
    check_ok(vigil_registry_deregister(r.f.registry, &r.listener.source));
    close_rig(&r);
}

/* --- descriptors that nobody asked for --------------------------------------------- */

/* One byte, and with it two descriptors (unix(7), SCM_RIGHTS). */
static void send_with_descriptors(int fd)
{
    int gift[2] = {STDIN_FILENO, STDERR_FILENO};
    char byte = 'x';
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof gift)];
    } control;
    struct iovec piece = {&byte, 1};
    struct msghdr message = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    memset(&control, 0, sizeof control);
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof gift);
    memcpy(CMSG_DATA(rights), gift, sizeof gift);
    check_equal(sendmsg(fd, &message, 0), 1);
}

static vigil_status read_plain(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    return vigil_tcp_stream_read(stream, byte, 1, count);
}

static vigil_status read_pieces(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    const vigil_buffer piece = {byte, 1};
    return vigil_tcp_stream_readv(stream, &piece, 1, count);
}

static vigil_status read_after_peek(vigil_tcp_stream *stream, char *byte, size_t *count)
{
    check_ok(vigil_tcp_stream_peek(stream, byte, 1, count));
    return read_plain(stream, byte, count);
}

/* Whatever reads, it is the byte alone that comes. */
static void threat__surprise_descriptors(void **state)
{
    (void)state;
    vigil_status (*const ways[])(vigil_tcp_stream *, char *, size_t *) = {read_plain, read_pieces,
                                                                          read_after_peek};
    int fd[2];
    open_unix_pair(fd);
    vigil_tcp_stream stream = {.source = vigil_source_from_fd(fd[0])};
    unsigned before = open_descriptors();
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char byte = 0;
        size_t count = 0;
        send_with_descriptors(fd[1]);
        check_ok(ways[i](&stream, &byte, &count));
        check_equal(count, 1);
        check_equal(byte, 'x');
        check_equal(open_descriptors(), before);
    }
    close_pair(fd);
}

static void threat__surprise_descriptors_in_a_datagram(void **state)
{
    (void)state;
    int fd[2];
    check_os(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd));
    vigil_udp_socket socket = {.source = vigil_source_from_fd(fd[0])};
    unsigned before = open_descriptors();
    for (int peeked = 0; peeked < 2; peeked++) {
        char byte = 0;
        size_t count = 0;
        send_with_descriptors(fd[1]);
        if (peeked == 1) {
            check_ok(vigil_udp_socket_peek(&socket, &byte, 1, &count));
        }
        check_ok(vigil_udp_socket_receive(&socket, &byte, 1, &count));
        check_equal(byte, 'x');
        check_equal(open_descriptors(), before);
    }
    close_pair(fd);
}

/* --- a datagram socket that was shut down ------------------------------------------- */

/* It is ready to be read for ever, and there is nothing to read: a level that nothing ends.
 * An edge tells once. */
static void threat__shut_datagram(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    char byte = 0;
    size_t count = 1;
    vigil_source source;
    open_fixture(&f);
    check_os(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fd));
    vigil_unix_datagram socket = {.source = vigil_source_from_fd(fd[0])};
    check_ok(vigil_unix_datagram_shutdown(&socket, VIGIL_SHUTDOWN_READ));
    watch(&f, &source, fd[0], 1, VIGIL_READABLE | VIGIL_LEVEL);
    for (int i = 0; i < 10; i++) {
        check_equal(take_ready(&f, NULL), 1);
        check_status(vigil_unix_datagram_receive(&socket, &byte, 1, &count), VIGIL_EWOULDBLOCK);
        check_equal(count, 0);
    }
    check_ok(vigil_registry_reregister(f.registry, &source, 1, VIGIL_READABLE));
    check_equal(take_ready(&f, NULL), 1);
    expect_no_events(&f);
    unwatch(&f, &source);
    close_pair(fd);
    close_fixture(&f);
}

/* --- peers that send a byte now and then ------------------------------------------- */

#define SLOW_PEERS 100 /* the contracts of the seam are executed for 256 descriptors */
#define SLOW_ROUNDS 20

static struct {
    vigil_slot slots[SLOW_PEERS];
    vigil_raw_event storage[SLOW_PEERS];
    vigil_tcp_stream clients[SLOW_PEERS];
    vigil_tcp_stream servers[SLOW_PEERS];
    void *kept[SLOW_PEERS];
} slow;

static size_t heap_in_use(void)
{
    struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

/* Bytes of the heap that are taken, and of what is mapped besides (mallinfo(3); proc(5),
 * statm: data). */
static size_t memory_in_use(void)
{
    char text[128] = "";
    unsigned long data = 0;
    int fd = check_os(open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
    check(read(fd, text, sizeof text - 1) > 0);
    check_os(close(fd));
    check_equal(sscanf(text, "%*u %*u %*u %*u %*u %lu", &data), 1);
    return heap_in_use() + data * (size_t)sysconf(_SC_PAGESIZE);
}

/* Whether 24 bytes for each peer would be seen. Not where a sanitizer or Valgrind has
 * brought its own heap: such a test is skipped. */
static void require_measured_memory(void)
{
    size_t before = heap_in_use();
    for (size_t i = 0; i < SLOW_PEERS; i++) {
        slow.kept[i] = malloc(24);
    }
    size_t grown = heap_in_use() - before;
    for (size_t i = 0; i < SLOW_PEERS; i++) {
        free(slow.kept[i]);
    }
    if (grown < (size_t)SLOW_PEERS * 16) {
        skip();
    }
}

static void hear_all(fixture *f, vigil_poll *poll)
{
    for (unsigned heard = 0; heard < SLOW_PEERS;) {
        vigil_event event;
        check_ok(vigil_poll_wait(poll, &f->events, vigil_ns(PATIENCE_NS)));
        while (vigil_events_next(&f->events, &event)) {
            char data[16];
            size_t count = 0;
            check_ok(vigil_tcp_stream_read(&slow.servers[event.token], data, 16, &count));
            check_equal(count, 1);
            expect_would_block(&slow.servers[event.token]);
            heard++;
        }
    }
}

static void open_slow(tcp_rig *r, vigil_poll *poll)
{
    check_ok(vigil_poll_open(poll, slow.slots, SLOW_PEERS));
    check_ok(vigil_events_init(&r->f.events, slow.storage, SLOW_PEERS));
    for (size_t i = 0; i < SLOW_PEERS; i++) {
        connect_to(&slow.clients[i], r->where);
        accept_from(&r->listener, &slow.servers[i]);
        check_ok(vigil_registry_register(vigil_poll_registry(poll), &slow.servers[i].source, i,
                                         VIGIL_READABLE));
    }
}

static void close_slow(vigil_poll *poll)
{
    for (size_t i = 0; i < SLOW_PEERS; i++) {
        check_ok(vigil_tcp_stream_close(&slow.clients[i]));
        check_ok(vigil_tcp_stream_close(&slow.servers[i]));
    }
    check_ok(vigil_poll_close(poll));
}

/* A connection takes the slot and the stream that the caller has lent, and nothing else,
 * however long it lasts: not of the heap, nor a mapping, a slot or a descriptor. */
static void threat__slow_peers_take_no_memory(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_poll poll;
    require_measured_memory();
    open_rig(&r, VIGIL_FAMILY_IPV4);
    size_t memory = memory_in_use();
    open_slow(&r, &poll);
    check_equal(memory_in_use(), memory);
    unsigned descriptors = open_descriptors();
    for (unsigned round = 0; round < SLOW_ROUNDS; round++) {
        for (size_t i = 0; i < SLOW_PEERS; i++) {
            send_all(&slow.clients[i], "x", 1);
        }
        hear_all(&r.f, &poll);
        check_equal(memory_in_use(), memory);
        check_equal(vigil_slots_taken(&poll.registry.slots), SLOW_PEERS);
        check_equal(open_descriptors(), descriptors);
    }
    close_slow(&poll);
    check_equal(memory_in_use(), memory);
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(threat__double_close),
        tcp_unit_test(threat__stale_token),
        tcp_unit_test(threat__inherited_descriptors),
        tcp_unit_test(threat__accept_without_descriptors),
        tcp_unit_test(threat__surprise_descriptors),
        tcp_unit_test(threat__surprise_descriptors_in_a_datagram),
        tcp_unit_test(threat__shut_datagram),
        tcp_unit_test(threat__slow_peers_take_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
