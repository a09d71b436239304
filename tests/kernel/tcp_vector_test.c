/* SPDX-License-Identifier: MIT */
#include "support/descriptors.h"
#include "support/tcp_rig.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Counts of bytes and of buffers: what a call takes, and what it leaves. */

#define IOV_BUFFERS_MAX 1024
#define MANY 1500
#define TOKEN 7
#define UNTOUCHED '#'

/* Far more than the kernel queues for both ends (tcp(7), tcp_wmem, tcp_rmem). */
#define TOO_MUCH ((size_t)24 << 20)

static void write_bytes_of(vigil_tcp_stream *stream, size_t length)
{
    uint8_t data[4096];
    check_within(length, 0, sizeof data);
    put_test_bytes(data, length, 0);
    send_all(stream, data, length);
}

/* The data may come in several pieces: waits until `length` bytes are there. */
static void await_bytes(vigil_tcp_stream *stream, size_t length)
{
    uint8_t data[4096];
    size_t count = 0;
    check_within(length, 1, sizeof data);
    while (count < length) {
        await_level(vigil_tcp_stream_fd(stream), POLLIN);
        check_ok(vigil_tcp_stream_peek(stream, data, sizeof data, &count));
    }
    check_equal(count, length);
    check_test_bytes(data, length, 0);
}

/* --- more buffers than the system takes ------------------------------------------- */

static void one_byte_buffers(vigil_buffer *buffers, uint8_t *data, size_t buffer_count)
{
    for (size_t i = 0; i < buffer_count; i++) {
        buffers[i] = (vigil_buffer){data + i, 1};
    }
}

static void many_buffers_out(vigil_family family)
{
    tcp_rig r;
    uint8_t data[MANY];
    vigil_buffer buffers[MANY];
    static const size_t counts[] = {1, IOV_BUFFERS_MAX - 1, IOV_BUFFERS_MAX, IOV_BUFFERS_MAX + 1,
                                    MANY};
    open_linked_rig(&r, family);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        size_t taken = counts[i] < IOV_BUFFERS_MAX ? counts[i] : IOV_BUFFERS_MAX;
        size_t count = 0;
        put_test_bytes(data, MANY, 0);
        one_byte_buffers(buffers, data, MANY);
        check_ok(vigil_tcp_stream_writev(&r.client, buffers, counts[i], &count));
        check_equal(count, taken);
        memset(data, UNTOUCHED, sizeof data);
        receive_all(&r.server, data, taken);
        check_test_bytes(data, taken, 0);
        expect_would_block(&r.server);
    }
    close_rig(&r);
}

static void writev__more_than_1024_buffers(void **state)
{
    (void)state;
    for_each_family(many_buffers_out);
}

static void many_buffers_in(vigil_family family)
{
    tcp_rig r;
    uint8_t data[MANY];
    vigil_buffer buffers[MANY];
    size_t count = 0;
    open_linked_rig(&r, family);
    write_bytes_of(&r.client, MANY);
    await_bytes(&r.server, MANY);
    memset(data, UNTOUCHED, sizeof data);
    one_byte_buffers(buffers, data, MANY);
    check_ok(vigil_tcp_stream_readv(&r.server, buffers, MANY, &count));
    check_equal(count, IOV_BUFFERS_MAX);
    check_test_bytes(data, IOV_BUFFERS_MAX, 0);
    check_equal(data[IOV_BUFFERS_MAX], UNTOUCHED);
    check_ok(vigil_tcp_stream_readv(&r.server, buffers + IOV_BUFFERS_MAX, MANY - IOV_BUFFERS_MAX,
                                    &count));
    check_equal(count, MANY - IOV_BUFFERS_MAX);
    check_test_bytes(data, MANY, 0);
    check_status(vigil_tcp_stream_readv(&r.server, buffers, MANY, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    close_rig(&r);
}

static void readv__more_than_1024_buffers(void **state)
{
    (void)state;
    for_each_family(many_buffers_in);
}

/* --- nothing to do ---------------------------------------------------------------- */

static void buffers__none_and_empty(void **state)
{
    (void)state;
    tcp_rig r;
    vigil_buffer empty[] = {{NULL, 0}, {NULL, 0}};
    size_t count = 1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_write(&r.client, NULL, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_tcp_stream_writev(&r.client, NULL, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_tcp_stream_writev(&r.client, empty, 2, &count));
    check_equal(count, 0);
    expect_would_block(&r.server);
    close_rig(&r);
}

/* With room for nothing, a count of 0 is not the end of the stream. */
static void read__capacity_of_zero(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    send_all(&r.client, "x", 1);
    await_level(vigil_tcp_stream_fd(&r.server), POLLIN);
    check_ok(vigil_tcp_stream_read(&r.server, NULL, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_tcp_stream_readv(&r.server, NULL, 0, &count));
    check_equal(count, 0);
    count = 1;
    check_ok(vigil_tcp_stream_peek(&r.server, NULL, 0, &count));
    check_equal(count, 0);
    receive_all(&r.server, &byte, 1);
    check_equal(byte, 'x');
    close_rig(&r);
}

/* --- less than was asked for ------------------------------------------------------ */

/* What is there ends in the middle of the second of three buffers. */
static void readv__short_count(void **state)
{
    (void)state;
    tcp_rig r;
    uint8_t one[10];
    uint8_t two[10];
    uint8_t three[10];
    vigil_buffer buffers[] = {{one, 10}, {two, 10}, {three, 10}};
    size_t count = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    memset(two, UNTOUCHED, sizeof two);
    memset(three, UNTOUCHED, sizeof three);
    write_bytes_of(&r.client, 13);
    await_bytes(&r.server, 13);
    check_ok(vigil_tcp_stream_readv(&r.server, buffers, 3, &count));
    check_equal(count, 13);
    check_test_bytes(one, 10, 0);
    check_test_bytes(two, 3, 10);
    check_equal(two[3], UNTOUCHED);
    check_equal(three[0], UNTOUCHED);
    close_rig(&r);
}

/* There is more than there is room for: the rest stays. */
static void read__more_than_the_capacity(void **state)
{
    (void)state;
    tcp_rig r;
    uint8_t data[20];
    size_t count = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    memset(data, UNTOUCHED, sizeof data);
    write_bytes_of(&r.client, 13);
    await_bytes(&r.server, 13);
    check_ok(vigil_tcp_stream_read(&r.server, data, 5, &count));
    check_equal(count, 5);
    check_equal(data[5], UNTOUCHED);
    check_ok(vigil_tcp_stream_read(&r.server, data + 5, 15, &count));
    check_equal(count, 8);
    check_test_bytes(data, 13, 0);
    check_equal(data[13], UNTOUCHED);
    close_rig(&r);
}

/* What has been peeked at, however often and in whatever pieces, is still read. */
static void peek__leaves_everything(void **state)
{
    (void)state;
    tcp_rig r;
    uint8_t data[20];
    size_t count = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    write_bytes_of(&r.client, 13);
    await_bytes(&r.server, 13);
    for (size_t room = 1; room <= sizeof data; room++) {
        memset(data, UNTOUCHED, sizeof data);
        check_ok(vigil_tcp_stream_peek(&r.server, data, room, &count));
        check_equal(count, room < 13 ? room : 13);
        check_test_bytes(data, count, 0);
        check(count == sizeof data || data[count] == UNTOUCHED);
    }
    check_ok(vigil_tcp_stream_read(&r.server, data, sizeof data, &count));
    check_equal(count, 13);
    check_test_bytes(data, 13, 0);
    expect_would_block(&r.server);
    close_rig(&r);
}

static void peek__at_the_end(void **state)
{
    (void)state;
    tcp_rig r;
    char byte = 0;
    size_t count = 1;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(vigil_tcp_stream_close(&r.client));
    await_level(vigil_tcp_stream_fd(&r.server), POLLIN | POLLRDHUP);
    check_ok(vigil_tcp_stream_peek(&r.server, &byte, 1, &count));
    check_equal(count, 0);
    receive_end(&r.server);
    close_rig(&r);
}

typedef vigil_status write_some(vigil_tcp_stream *stream, uint8_t *data, size_t length,
                                size_t *count);

static vigil_status write_whole(vigil_tcp_stream *stream, uint8_t *data, size_t length,
                                size_t *count)
{
    return vigil_tcp_stream_write(stream, data, length, count);
}

/* The same in pieces of 100,000 bytes, which end nowhere near a page. */
static vigil_status write_in_pieces(vigil_tcp_stream *stream, uint8_t *data, size_t length,
                                    size_t *count)
{
    enum {
        PIECE = 100000,
        PIECES = 1000
    };
    vigil_buffer buffers[PIECES];
    size_t used = 0;
    for (size_t at = 0; at < length && used < PIECES; at += PIECE) {
        buffers[used++] = (vigil_buffer){data + at, length - at < PIECE ? length - at : PIECE};
    }
    return vigil_tcp_stream_writev(stream, buffers, used, count);
}

/* Writes more than there is room for: takes a part, then would block, then,
 * once the peer has read it all, reports that there is room again. */
static void overfill(write_some *some)
{
    tcp_rig r;
    size_t first = 0;
    size_t count = 1;
    uint8_t *data = malloc(TOO_MUCH);
    uint8_t *got = malloc(TOO_MUCH);
    check(data != NULL && got != NULL);
    put_test_bytes(data, TOO_MUCH, 0);
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    check_ok(some(&r.client, data, TOO_MUCH, &first));
    check_within(first, 1, TOO_MUCH - 1);
    size_t sent = first;
    vigil_status status = VIGIL_OK;
    while (status == VIGIL_OK) {
        status = some(&r.client, data + sent, TOO_MUCH - sent, &count);
        sent += count;
        check_within(sent, 1, TOO_MUCH - 1);
    }
    check_status(status, VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    watch_source(&r.f, &r.client.source, TOKEN, VIGIL_WRITABLE);
    receive_all(&r.server, got, sent);
    check_equal(memcmp(got, data, sent), 0);
    check(vigil_event_is_writable(wait_for(&r.f, TOKEN)));
    check_ok(some(&r.client, data + sent, TOO_MUCH - sent, &count));
    check_within(count, 1, TOO_MUCH - sent);
    receive_all(&r.server, got, count);
    check_equal(memcmp(got, data + sent, count), 0);
    close_rig(&r);
    free(data);
    free(got);
}

static void write__short_count(void **state)
{
    (void)state;
    overfill(write_whole);
}

static void writev__short_count(void **state)
{
    (void)state;
    overfill(write_in_pieces);
}

/* Buffers of all sizes at once, empty ones among them, come out as they went in. */
static void vectors__of_uneven_buffers(void **state)
{
    (void)state;
    enum {
        BUFFERS = 60
    };
    tcp_rig r;
    uint8_t data[BUFFERS * BUFFERS];
    vigil_buffer buffers[BUFFERS];
    size_t length = 0;
    size_t count = 0;
    open_linked_rig(&r, VIGIL_FAMILY_IPV4);
    for (size_t i = 0; i < BUFFERS; i++) {
        size_t size = i * 7 % BUFFERS;
        buffers[i] = (vigil_buffer){data + length, size};
        length += size;
    }
    put_test_bytes(data, length, 0);
    check_ok(vigil_tcp_stream_writev(&r.client, buffers, BUFFERS, &count));
    check_equal(count, length);
    await_bytes(&r.server, length);
    memset(data, UNTOUCHED, sizeof data);
    check_ok(vigil_tcp_stream_readv(&r.server, buffers, BUFFERS, &count));
    check_equal(count, length);
    check_test_bytes(data, length, 0);
    check_equal(data[length], UNTOUCHED);
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(writev__more_than_1024_buffers),
        tcp_unit_test(readv__more_than_1024_buffers),
        tcp_unit_test(buffers__none_and_empty),
        tcp_unit_test(read__capacity_of_zero),
        tcp_unit_test(readv__short_count),
        tcp_unit_test(read__more_than_the_capacity),
        tcp_unit_test(peek__leaves_everything),
        tcp_unit_test(peek__at_the_end),
        tcp_unit_test(write__short_count),
        tcp_unit_test(writev__short_count),
        tcp_unit_test(vectors__of_uneven_buffers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
