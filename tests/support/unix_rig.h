/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_UNIX_RIG_H
#define VIGIL_TESTS_SUPPORT_UNIX_RIG_H

#include "support/unix_names.h"

/* A poll, and two streams that are connected to each other. */
typedef struct unix_stream_rig {
    fixture f;
    vigil_unix_stream one;
    vigil_unix_stream two;
} unix_stream_rig;

void open_stream_pair(unix_stream_rig *r);
void close_stream_pair(unix_stream_rig *r);
/* The first stream is registered, and has no event to come but the test's. */
void open_watched_pair(unix_stream_rig *r, vigil_interest interest);
void write_words(vigil_unix_stream *stream, const char *text);
void read_words(vigil_unix_stream *stream, const char *text);
void expect_stream_blocked(vigil_unix_stream *stream);
void expect_stream_end(vigil_unix_stream *stream);
void expect_stream_broken(vigil_unix_stream *stream);

/* A poll, and two datagram sockets, with names or connected to each other. */
typedef struct unix_datagram_rig {
    fixture f;
    vigil_unix_datagram one;
    vigil_unix_datagram two;
    vigil_unix_address at_one;
    vigil_unix_address at_two;
} unix_datagram_rig;

/* Two sockets with names, of which the second one is a path. */
void open_named_datagrams(unix_datagram_rig *r);
void open_datagram_pair(unix_datagram_rig *r);
void close_datagrams(unix_datagram_rig *r);
void send_words(vigil_unix_datagram *socket, const char *text);
void send_words_to(vigil_unix_datagram *socket, const char *text, vigil_unix_address to);
void receive_words(vigil_unix_datagram *socket, const char *text, vigil_unix_address from);
void expect_no_words(vigil_unix_datagram *socket);
void check_new_datagram(const vigil_unix_datagram *socket, vigil_unix_address at);
void connect_datagrams(unix_datagram_rig *r);
void use_connected_datagrams(unix_datagram_rig *r);

#endif
