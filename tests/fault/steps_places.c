/* SPDX-License-Identifier: MIT */

/* Every other place gives its descriptor away and takes it back, and is asked what the
 * other scenarios do not ask, one operation a step. */
#include "fault/world.h"

static vigil_status is_given(world *w, vigil_status status, vigil_fd fd)
{
    require((status == VIGIL_OK) == (fd != VIGIL_FD_NONE));
    if (status == VIGIL_OK) {
        account_given_back(fd);
        w->fd = fd;
    }
    return status;
}

static vigil_status is_taken(world *w, vigil_status status, vigil_fd fd)
{
    require((status == VIGIL_OK) == (fd == w->fd));
    if (status == VIGIL_OK) {
        account_handed_over(fd);
        w->fd = -1;
    }
    return status;
}

/* A step that gives the descriptor of a place away, and one that takes it back. */
#define HANDS(name, type, place)                                \
    static vigil_status give_##name(world *w)                   \
    {                                                           \
        vigil_fd fd = VIGIL_FD_NONE;                            \
        vigil_status status = type##_into_fd(&w->place, &fd);   \
        return is_given(w, status, fd);                         \
    }                                                           \
    static vigil_status take_##name(world *w)                   \
    {                                                           \
        vigil_status status = type##_from_fd(&w->place, w->fd); \
        return is_taken(w, status, type##_fd(&w->place));       \
    }

HANDS(listener, vigil_unix_listener, unix_listener)
HANDS(stream, vigil_unix_stream, unix_client)
HANDS(letters, vigil_unix_datagram, letters[0])
HANDS(receiver, vigil_pipe_receiver, receiver)
HANDS(sender, vigil_pipe_sender, sender)

static vigil_status bind_listener(world *w)
{
    vigil_unix_address unnamed = vigil_unix_address_unnamed();
    return vigil_unix_listener_bind_backlog(&w->unix_listener, &unnamed, 1);
}

static vigil_status listener_error(world *w)
{
    vigil_status error = VIGIL_EIO;
    vigil_status status = vigil_unix_listener_take_error(&w->unix_listener, &error);
    require(error == VIGIL_OK);
    return status;
}

static vigil_status close_listener(world *w)
{
    return vigil_unix_listener_close(&w->unix_listener);
}

static vigil_status open_streams(world *w)
{
    return vigil_unix_stream_pair(&w->unix_client, &w->unix_server);
}

static vigil_status register_stream(world *w)
{
    return vigil_registry_register(w->registry, &w->unix_client.source, 70, VIGIL_READABLE);
}

static vigil_status stream_name(world *w)
{
    vigil_unix_address name;
    vigil_status status = vigil_unix_stream_local_address(&w->unix_client, &name);
    require(name.kind == VIGIL_UNIX_UNNAMED);
    return status;
}

static vigil_status stream_error(world *w)
{
    vigil_status error = VIGIL_EIO;
    vigil_status status = vigil_unix_stream_take_error(&w->unix_client, &error);
    require(error == VIGIL_OK);
    return status;
}

static vigil_status close_client(world *w)
{
    return vigil_unix_stream_close(&w->unix_client);
}

static vigil_status close_server(world *w)
{
    return vigil_unix_stream_close(&w->unix_server);
}

static vigil_status open_letters(world *w)
{
    return vigil_unix_datagram_pair(&w->letters[0], &w->letters[1]);
}

static vigil_status send_letter(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_unix_datagram_send(&w->letters[1], w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status peek_letter(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_unix_datagram_peek(&w->letters[0], w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status take_letter(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_unix_datagram_receive(&w->letters[0], w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status letter_peer(world *w)
{
    vigil_unix_address name;
    vigil_status status = vigil_unix_datagram_peer_address(&w->letters[0], &name);
    require(name.kind == VIGIL_UNIX_UNNAMED);
    return status;
}

static vigil_status letter_error(world *w)
{
    vigil_status error = VIGIL_EIO;
    vigil_status status = vigil_unix_datagram_take_error(&w->letters[0], &error);
    require(error == VIGIL_OK);
    return status;
}

static vigil_status close_one_letter(world *w)
{
    return vigil_unix_datagram_close(&w->letters[0]);
}

static vigil_status close_other_letter(world *w)
{
    return vigil_unix_datagram_close(&w->letters[1]);
}

static vigil_status open_pipe(world *w)
{
    return vigil_pipe_open(&w->receiver, &w->sender);
}

static vigil_status close_receiver(world *w)
{
    return vigil_pipe_receiver_close(&w->receiver);
}

static vigil_status close_sender(world *w)
{
    return vigil_pipe_sender_close(&w->sender);
}

static const step places_list[] = {
    {"bind a Unix listener with a backlog", bind_listener},
    {"give the listener away", give_listener},
    {"take the listener back", take_listener},
    {"the error of the listener", listener_error},
    {"close the Unix listener", close_listener},
    {"open a pair of streams", open_streams},
    {"register one of them", register_stream},
    {"give the stream away", give_stream},
    {"take the stream back", take_stream},
    {"what the stream is called", stream_name},
    {"the error of the stream", stream_error},
    {"close the stream", close_client},
    {"close the other stream", close_server},
    {"open a pair of datagram sockets", open_letters},
    {"send from one", send_letter},
    {"peek at what was sent", peek_letter},
    {"take what was sent", take_letter},
    {"what the peer is called", letter_peer},
    {"the error of the socket", letter_error},
    {"give the socket away", give_letters},
    {"take the socket back", take_letters},
    {"close one socket", close_one_letter},
    {"close the other socket", close_other_letter},
    {"open a pipe", open_pipe},
    {"give the receiver away", give_receiver},
    {"take the receiver back", take_receiver},
    {"give the sender away", give_sender},
    {"take the sender back", take_sender},
    {"close the receiver", close_receiver},
    {"close the sender", close_sender},
};
const steps places_steps = {places_list, sizeof places_list / sizeof places_list[0]};
