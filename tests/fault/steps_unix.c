/* SPDX-License-Identifier: MIT */

/* Unix sockets, of streams and of datagrams, and pipes, one operation a step. */
#include "fault/world.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#define PIECES 4
#define PIECE (WORLD_DATA / PIECES)

/* Binding to no name has the kernel choose an abstract one (unix(7)). */
static vigil_status bind_listener(world *w)
{
    vigil_unix_address unnamed = vigil_unix_address_unnamed();
    w->sent = 0;
    return vigil_unix_listener_bind(&w->unix_listener, &unnamed);
}

static vigil_status find_listener(world *w)
{
    vigil_status status = vigil_unix_listener_local_address(&w->unix_listener, &w->name);
    require((status == VIGIL_OK) == (w->name.kind == VIGIL_UNIX_ABSTRACT));
    return status;
}

static vigil_status connect_client(world *w)
{
    return vigil_unix_stream_connect(&w->unix_client, &w->name);
}

static bool is_given_up(const vigil_unix_stream *stream)
{
    struct pollfd level = {.fd = vigil_unix_stream_fd(stream), .events = 0};
    return poll(&level, 1, 0) == 1 && (level.revents & POLLHUP) != 0;
}

/* A connect that failed after its effect leaves a connection that its end has given
 * up: it is taken out first. */
static vigil_status accept_server(world *w)
{
    for (;;) {
        await(vigil_unix_listener_fd(&w->unix_listener), POLLIN);
        vigil_status status = vigil_unix_listener_accept(&w->unix_listener, &w->unix_server, NULL);
        require((status == VIGIL_OK) == (vigil_unix_stream_fd(&w->unix_server) != VIGIL_FD_NONE));
        if (status != VIGIL_OK || !is_given_up(&w->unix_server)) {
            return status;
        }
        require(vigil_unix_stream_close(&w->unix_server) == VIGIL_OK);
    }
}

static vigil_status look_at_peer(world *w)
{
    vigil_unix_address peer;
    vigil_status status = vigil_unix_stream_peer_address(&w->unix_client, &peer);
    require(status != VIGIL_OK || vigil_unix_address_equal(peer, w->name));
    return status;
}

static vigil_status ask_who(world *w)
{
    vigil_credentials who;
    vigil_status status = vigil_unix_stream_peer_credentials(&w->unix_server, &who);
    require(status != VIGIL_OK || who.process == getpid());
    return status;
}

static vigil_status register_server(world *w)
{
    return vigil_registry_register(w->registry, &w->unix_server.source, 50, VIGIL_READABLE);
}

/* --- data --- */

static void advance(size_t *done, size_t count)
{
    *done += count;
}

static vigil_status write_all(world *w)
{
    w->got = 0;
    while (w->sent < WORLD_DATA) {
        size_t count = 1;
        vigil_status status =
            vigil_unix_stream_write(&w->unix_client, w->data, WORLD_DATA - w->sent, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->sent, count);
    }
    return VIGIL_OK;
}

static vigil_status write_pieces(world *w)
{
    w->got = 0;
    while (w->sent < WORLD_DATA) {
        size_t count = 1;
        vigil_buffer buffers[PIECES];
        size_t left = WORLD_DATA - w->sent;
        size_t pieces = (left + PIECE - 1) / PIECE;
        for (size_t i = 0; i < pieces; i++) {
            size_t rest = left - i * PIECE;
            buffers[i] = (vigil_buffer){w->data, rest < PIECE ? rest : PIECE};
        }
        vigil_status status = vigil_unix_stream_writev(&w->unix_client, buffers, pieces, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->sent, count);
    }
    return VIGIL_OK;
}

static vigil_status peek(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_unix_stream_peek(&w->unix_server, w->data, WORLD_DATA, &count);
    require((status == VIGIL_OK) == (count > 0));
    return status;
}

static vigil_status read_all(world *w)
{
    while (w->got < WORLD_DATA) {
        size_t count = 1;
        vigil_status status =
            vigil_unix_stream_read(&w->unix_server, w->data, WORLD_DATA - w->got, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->got, count);
    }
    w->sent = 0;
    return VIGIL_OK;
}

static vigil_status read_pieces(world *w)
{
    while (w->got < WORLD_DATA) {
        size_t count = 1;
        size_t left = WORLD_DATA - w->got;
        vigil_buffer buffers[] = {{w->data, left - left / 2}, {w->data, left / 2}};
        vigil_status status = vigil_unix_stream_readv(&w->unix_server, buffers, 2, &count);
        require(status == VIGIL_OK || count == 0);
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->got, count);
    }
    w->sent = 0;
    return VIGIL_OK;
}

static vigil_status send_descriptor(world *w)
{
    const vigil_fd fd = STDERR_FILENO;
    vigil_status status =
        vigil_unix_stream_send_descriptors(&w->unix_client, w->data, 2, &fd, 1, &w->sent);
    require((status == VIGIL_OK) == (w->sent > 0));
    w->got = 0;
    return status;
}

/* The descriptor comes with the first byte, is the caller's and nobody else's, and no
 * program inherits it. */
static vigil_status take_descriptor(world *w)
{
    while (w->got < w->sent) {
        size_t count = 1;
        size_t fd_count = 1;
        vigil_fd fd = VIGIL_FD_NONE;
        vigil_status status = vigil_unix_stream_receive_descriptors(&w->unix_server, w->data, 2,
                                                                    &fd, 1, &count, &fd_count);
        require((status == VIGIL_OK) == (count > 0));
        require(fd_count == (status == VIGIL_OK && w->got == 0 ? 1 : 0));
        if (fd_count == 1) {
            require((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
            require(close(fd) == 0);
        }
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->got, count);
    }
    w->sent = 0;
    return VIGIL_OK;
}

/* Without a byte there is nothing to send them with. */
static vigil_status send_none(world *w)
{
    size_t count = 1;
    const vigil_fd fd = STDERR_FILENO;
    vigil_status status =
        vigil_unix_stream_send_descriptors(&w->unix_client, w->data, 0, &fd, 1, &count);
    require(count == 0);
    return status == VIGIL_EINVAL ? VIGIL_OK : status;
}

static vigil_status end_writing(world *w)
{
    return vigil_unix_stream_shutdown(&w->unix_client, VIGIL_SHUTDOWN_WRITE);
}

static vigil_status close_server(world *w)
{
    return vigil_unix_stream_close(&w->unix_server);
}

static vigil_status close_client(world *w)
{
    return vigil_unix_stream_close(&w->unix_client);
}

static vigil_status close_listener(world *w)
{
    return vigil_unix_listener_close(&w->unix_listener);
}

static vigil_status open_pair(world *w)
{
    return vigil_unix_stream_pair(&w->unix_client, &w->unix_server);
}

static const step unix_list[] = {
    {"bind a Unix listener", bind_listener},
    {"what it is called", find_listener},
    {"connect to it", connect_client},
    {"accept from it", accept_server},
    {"what the peer is called", look_at_peer},
    {"who the peer is", ask_who},
    {"register a Unix stream", register_server},
    {"write to it", write_all},
    {"peek at it", peek},
    {"read from it", read_all},
    {"write pieces to it", write_pieces},
    {"read pieces from it", read_pieces},
    {"send a descriptor", send_descriptor},
    {"take the descriptor", take_descriptor},
    {"send one without a byte", send_none},
    {"shut it down", end_writing},
    {"close the server's end", close_server},
    {"close the client's end", close_client},
    {"close the Unix listener", close_listener},
    {"open a pair", open_pair},
    {"close one", close_server},
    {"close the other", close_client},
};
const steps unix_steps = {unix_list, sizeof unix_list / sizeof unix_list[0]};

/* --- datagrams --- */

static vigil_status bind_letters(world *w)
{
    vigil_unix_address unnamed = vigil_unix_address_unnamed();
    return vigil_unix_datagram_bind(&w->letters[0], &unnamed);
}

static vigil_status find_letters(world *w)
{
    vigil_status status = vigil_unix_datagram_local_address(&w->letters[0], &w->name);
    require((status == VIGIL_OK) == (w->name.kind == VIGIL_UNIX_ABSTRACT));
    return status;
}

static vigil_status open_letters(world *w)
{
    return vigil_unix_datagram_open(&w->letters[1]);
}

static vigil_status send_letter(world *w)
{
    size_t count = 1;
    vigil_status status =
        vigil_unix_datagram_send_to(&w->letters[1], w->data, WORLD_DATA, &w->name, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status peek_letter(world *w)
{
    size_t count = 1;
    vigil_status status =
        vigil_unix_datagram_peek_from(&w->letters[0], w->data, WORLD_DATA, NULL, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status take_letter(world *w)
{
    size_t count = 1;
    vigil_status status =
        vigil_unix_datagram_receive_from(&w->letters[0], w->data, WORLD_DATA, NULL, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status connect_letters(world *w)
{
    return vigil_unix_datagram_connect(&w->letters[1], &w->name);
}

static vigil_status send_on(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_unix_datagram_send(&w->letters[1], w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status end_letters(world *w)
{
    return vigil_unix_datagram_shutdown(&w->letters[1], VIGIL_SHUTDOWN_BOTH);
}

static vigil_status close_letters(world *w)
{
    vigil_status status = vigil_unix_datagram_close(&w->letters[0]);
    return status == VIGIL_OK ? vigil_unix_datagram_close(&w->letters[1]) : status;
}

static const step letter_list[] = {
    {"bind a Unix datagram socket", bind_letters},
    {"what that is called", find_letters},
    {"open one without a name", open_letters},
    {"send to a name", send_letter},
    {"peek at the datagram", peek_letter},
    {"take the datagram", take_letter},
    {"connect the one without a name", connect_letters},
    {"send to its peer", send_on},
    {"take that datagram", take_letter},
    {"shut the sockets down", end_letters},
    {"close both", close_letters},
};
const steps letter_steps = {letter_list, sizeof letter_list / sizeof letter_list[0]};

/* --- pipes --- */

static vigil_status open_pipe(world *w)
{
    w->got = 0;
    return vigil_pipe_open(&w->receiver, &w->sender);
}

static vigil_status write_pipe(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_pipe_sender_write(&w->sender, w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status read_pipe(world *w)
{
    while (w->got < WORLD_DATA) {
        size_t count = 1;
        vigil_status status =
            vigil_pipe_receiver_read(&w->receiver, w->data, WORLD_DATA - w->got, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        advance(&w->got, count);
    }
    w->got = 0;
    return VIGIL_OK;
}

static vigil_status block_receiver(world *w)
{
    return vigil_pipe_receiver_set_nonblocking(&w->receiver, false);
}

static vigil_status block_sender(world *w)
{
    return vigil_pipe_sender_set_nonblocking(&w->sender, false);
}

static vigil_status close_sender(world *w)
{
    return vigil_pipe_sender_close(&w->sender);
}

static vigil_status close_receiver(world *w)
{
    return vigil_pipe_receiver_close(&w->receiver);
}

static const step pipe_list[] = {
    {"open a pipe", open_pipe},
    {"write to the pipe", write_pipe},
    {"read from the pipe", read_pipe},
    {"let reading block", block_receiver},
    {"let writing block", block_sender},
    {"close the sender", close_sender},
    {"close the receiver", close_receiver},
};
const steps pipe_steps = {pipe_list, sizeof pipe_list / sizeof pipe_list[0]};
