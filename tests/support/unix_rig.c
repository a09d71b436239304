/* SPDX-License-Identifier: MIT */
#include "support/unix_rig.h"

#include "support/descriptors.h"

#include <poll.h>
#include <string.h>

#define ONE 1

void open_stream_pair(unix_stream_rig *r)
{
    open_fixture(&r->f);
    check_ok(vigil_unix_stream_pair(&r->one, &r->two));
}

void close_stream_pair(unix_stream_rig *r)
{
    check_ok(vigil_unix_stream_close(&r->one));
    check_ok(vigil_unix_stream_close(&r->two));
    close_fixture(&r->f);
}

void open_watched_pair(unix_stream_rig *r, vigil_interest interest)
{
    open_stream_pair(r);
    watch_source(&r->f, &r->one.source, ONE, interest);
    if (vigil_interest_is_writable(interest)) {
        vigil_event event = wait_for(&r->f, ONE);
        check(vigil_event_is_writable(event) && !vigil_event_is_readable(event));
    }
}

void write_words(vigil_unix_stream *stream, const char *text)
{
    size_t count = 0;
    check_ok(vigil_unix_stream_write(stream, text, strlen(text), &count));
    check_equal(count, strlen(text));
}

void read_words(vigil_unix_stream *stream, const char *text)
{
    char data[64] = "";
    size_t count = 0;
    await_level(vigil_unix_stream_fd(stream), POLLIN);
    check_ok(vigil_unix_stream_read(stream, data, sizeof data - 1, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
}

void expect_stream_blocked(vigil_unix_stream *stream)
{
    char byte = 0;
    size_t count = 1;
    vigil_buffer buffer = {&byte, 1};
    check_status(vigil_unix_stream_read(stream, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_stream_peek(stream, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_stream_readv(stream, &buffer, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

void expect_stream_end(vigil_unix_stream *stream)
{
    char byte = 0;
    size_t count = 1;
    check_ok(vigil_unix_stream_read(stream, &byte, 1, &count));
    check_equal(count, 0);
}

void expect_stream_broken(vigil_unix_stream *stream)
{
    size_t count = 1;
    char byte = 'x';
    vigil_buffer buffer = {&byte, 1};
    check_status(vigil_unix_stream_write(stream, "x", 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_stream_writev(stream, &buffer, 1, &count), VIGIL_EPIPE);
    check_equal(count, 0);
}

void open_named_datagrams(unix_datagram_rig *r)
{
    open_fixture(&r->f);
    r->at_one = fresh_abstract();
    r->at_two = fresh_path();
    check_ok(vigil_unix_datagram_bind(&r->one, &r->at_one));
    check_ok(vigil_unix_datagram_bind(&r->two, &r->at_two));
}

void open_datagram_pair(unix_datagram_rig *r)
{
    open_fixture(&r->f);
    r->at_one = vigil_unix_address_unnamed();
    r->at_two = vigil_unix_address_unnamed();
    check_ok(vigil_unix_datagram_pair(&r->one, &r->two));
}

void close_datagrams(unix_datagram_rig *r)
{
    check_ok(vigil_unix_datagram_close(&r->one));
    check_ok(vigil_unix_datagram_close(&r->two));
    close_fixture(&r->f);
    if (r->at_two.kind == VIGIL_UNIX_PATH) {
        remove_path(r->at_two);
    }
}

void send_words(vigil_unix_datagram *socket, const char *text)
{
    size_t count = 0;
    check_ok(vigil_unix_datagram_send(socket, text, strlen(text), &count));
    check_equal(count, strlen(text));
}

void send_words_to(vigil_unix_datagram *socket, const char *text, vigil_unix_address to)
{
    size_t count = 0;
    check_ok(vigil_unix_datagram_send_to(socket, text, strlen(text), &to, &count));
    check_equal(count, strlen(text));
}

void receive_words(vigil_unix_datagram *socket, const char *text, vigil_unix_address from)
{
    char data[64] = "";
    size_t count = 0;
    vigil_unix_address sender = abstract_address("nobody", 6);
    check_ok(vigil_unix_datagram_peek(socket, data, sizeof data - 1, &count));
    check_equal(count, strlen(text));
    check_ok(vigil_unix_datagram_peek_from(socket, data, sizeof data - 1, &sender, &count));
    check_equal(count, strlen(text));
    check(vigil_unix_address_equal(sender, from));
    sender = abstract_address("nobody", 6);
    memset(data, 0, sizeof data);
    check_ok(vigil_unix_datagram_receive_from(socket, data, sizeof data - 1, &sender, &count));
    check_equal(count, strlen(text));
    check_text(data, text);
    check(vigil_unix_address_equal(sender, from));
}

void expect_no_words(vigil_unix_datagram *socket)
{
    char byte = 0;
    size_t count = 1;
    vigil_unix_address from = abstract_address("nobody", 6);
    check_status(vigil_unix_datagram_receive(socket, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_datagram_peek(socket, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_datagram_receive_from(socket, &byte, 1, &from, &count),
                 VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
    check_equal(from.kind, VIGIL_UNIX_UNNAMED);
}

void check_new_datagram(const vigil_unix_datagram *socket, vigil_unix_address at)
{
    vigil_status error = VIGIL_EUNKNOWN;
    vigil_unix_address name;
    check(is_nonblocking(vigil_unix_datagram_fd(socket)));
    check(is_close_on_exec(vigil_unix_datagram_fd(socket)));
    check_ok(vigil_unix_datagram_local_address(socket, &name));
    check(vigil_unix_address_equal(name, at));
    check_ok(vigil_unix_datagram_take_error(socket, &error));
    check_status(error, VIGIL_OK);
}

void connect_datagrams(unix_datagram_rig *r)
{
    check_ok(vigil_unix_datagram_connect(&r->one, &r->at_two));
    check_ok(vigil_unix_datagram_connect(&r->two, &r->at_one));
}

void use_connected_datagrams(unix_datagram_rig *r)
{
    vigil_unix_address name;
    check_new_datagram(&r->one, r->at_one);
    check_ok(vigil_unix_datagram_peer_address(&r->one, &name));
    check(vigil_unix_address_equal(name, r->at_two));
    expect_no_words(&r->one);
    send_words(&r->one, "there");
    receive_words(&r->two, "there", r->at_one);
    send_words(&r->two, "and back");
    receive_words(&r->one, "and back", r->at_two);
    expect_no_words(&r->one);
}
