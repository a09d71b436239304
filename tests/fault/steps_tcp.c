/* SPDX-License-Identifier: MIT */

/* A listener, a connection and what goes over it, one operation a step. */
#include "fault/world.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define TOKEN_CLIENT 30
#define TOKEN_LISTENER 31
#define HOPS 17
#define PIECES 4
#define PIECE (WORLD_DATA / PIECES)

static vigil_status bind_listener(world *w)
{
    vigil_address any_port = w->family == VIGIL_FAMILY_IPV6 ? vigil_address_loopback_ipv6(0)
                                                            : vigil_address_loopback_ipv4(0);
    return vigil_tcp_listener_bind(&w->listener, &any_port);
}

static vigil_status find_listener(world *w)
{
    vigil_status status = vigil_tcp_listener_local_address(&w->listener, &w->where);
    require((status == VIGIL_OK) == (w->where.family == w->family));
    return status;
}

static vigil_status register_listener(world *w)
{
    return vigil_registry_register(w->registry, &w->listener.source, TOKEN_LISTENER,
                                   VIGIL_READABLE | VIGIL_LEVEL);
}

static vigil_status connect_client(world *w)
{
    return vigil_tcp_stream_connect(&w->client, &w->where);
}

static vigil_status register_client(world *w)
{
    await(vigil_tcp_stream_fd(&w->client), POLLOUT);
    return vigil_registry_register(w->registry, &w->client.source, TOKEN_CLIENT, VIGIL_WRITABLE);
}

/* Both are ready; which of them is reported first nobody promises. */
static vigil_status expect_client(world *w)
{
    vigil_event event = {0};
    while (event.token != TOKEN_CLIENT) {
        vigil_status status = vigil_poll_wait(&w->poll, &w->events, VIGIL_FOREVER);
        if (status != VIGIL_OK) {
            return status;
        }
        while (event.token != TOKEN_CLIENT && vigil_events_next(&w->events, &event)) {
            require(event.token == TOKEN_CLIENT || event.token == TOKEN_LISTENER);
        }
    }
    require(vigil_event_is_writable(event));
    return VIGIL_OK;
}

/* The library takes "not connected" for "not yet". */
static vigil_status finish_connect(world *w)
{
    vigil_status status = vigil_tcp_stream_finish_connect(&w->client);
    return status == VIGIL_EINPROGRESS ? VIGIL_ENOTCONN : status;
}

/* A connect that failed after its effect leaves a connection that its end has
 * given up: it is taken out first. */
static vigil_status accept_server(world *w)
{
    vigil_address peer;
    vigil_address mine;
    vigil_status status = vigil_tcp_stream_local_address(&w->client, &mine);
    while (status == VIGIL_OK) {
        await(vigil_tcp_listener_fd(&w->listener), POLLIN);
        status = vigil_tcp_listener_accept(&w->listener, &w->server, &peer);
        require((status == VIGIL_OK) == (peer.family == w->family));
        require((status == VIGIL_OK) == (vigil_tcp_stream_fd(&w->server) != VIGIL_FD_NONE));
        if (status != VIGIL_OK || peer.port == mine.port) {
            return status;
        }
        require(vigil_tcp_stream_close(&w->server) == VIGIL_OK);
    }
    return status;
}

static vigil_status look_at_peer(world *w)
{
    vigil_address peer;
    return vigil_tcp_stream_peer_address(&w->client, &peer);
}

/* --- data --- */

static void begin_transfer(world *w)
{
    if (w->sent == WORLD_DATA) {
        w->sent = 0;
        w->got = 0;
    }
}

static vigil_status write_all(world *w)
{
    char data[WORLD_DATA];
    begin_transfer(w);
    while (w->sent < WORLD_DATA) {
        size_t count = 1;
        memset(data, (int)w->sent, sizeof data);
        size_t left = WORLD_DATA - w->sent;
        vigil_status status = vigil_tcp_stream_write(&w->client, data, left, &count);
        require(status == VIGIL_OK ? 0 < count && count <= left : count == 0);
        if (status != VIGIL_OK) {
            return status;
        }
        w->sent += count;
    }
    return VIGIL_OK;
}

static size_t split(char *data, size_t length, vigil_buffer buffers[PIECES])
{
    size_t pieces = 0;
    for (size_t at = 0; at < length; at += PIECE) {
        size_t left = length - at;
        buffers[pieces++] = (vigil_buffer){data + at, left < PIECE ? left : PIECE};
    }
    return pieces;
}

static vigil_status write_pieces(world *w)
{
    char data[WORLD_DATA] = {0};
    vigil_buffer buffers[PIECES];
    begin_transfer(w);
    while (w->sent < WORLD_DATA) {
        size_t count = 1;
        size_t pieces = split(data, WORLD_DATA - w->sent, buffers);
        vigil_status status = vigil_tcp_stream_writev(&w->client, buffers, pieces, &count);
        require(status == VIGIL_OK || count == 0);
        if (status != VIGIL_OK) {
            return status;
        }
        w->sent += count;
    }
    return VIGIL_OK;
}

static vigil_status peek(world *w)
{
    size_t count = 1;
    await(vigil_tcp_stream_fd(&w->server), POLLIN);
    vigil_status status = vigil_tcp_stream_peek(&w->server, w->data, WORLD_DATA, &count);
    require((status == VIGIL_OK) == (count > 0));
    return status;
}

static vigil_status read_all(world *w)
{
    while (w->got < WORLD_DATA) {
        size_t count = 1;
        await(vigil_tcp_stream_fd(&w->server), POLLIN);
        vigil_status status =
            vigil_tcp_stream_read(&w->server, w->data + w->got, WORLD_DATA - w->got, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        w->got += count;
    }
    return VIGIL_OK;
}

static vigil_status read_pieces(world *w)
{
    vigil_buffer buffers[PIECES];
    while (w->got < WORLD_DATA) {
        size_t count = 1;
        size_t pieces = split(w->data + w->got, WORLD_DATA - w->got, buffers);
        await(vigil_tcp_stream_fd(&w->server), POLLIN);
        vigil_status status = vigil_tcp_stream_readv(&w->server, buffers, pieces, &count);
        require((status == VIGIL_OK) == (count > 0));
        if (status != VIGIL_OK) {
            return status;
        }
        w->got += count;
    }
    return VIGIL_OK;
}

static vigil_status end_writing(world *w)
{
    return vigil_tcp_stream_shutdown(&w->client, VIGIL_SHUTDOWN_WRITE);
}

static vigil_status read_end(world *w)
{
    size_t count = 1;
    await(vigil_tcp_stream_fd(&w->server), POLLIN);
    vigil_status status = vigil_tcp_stream_read(&w->server, w->data, WORLD_DATA, &count);
    require(count == 0);
    return status;
}

/* --- closing: the client is registered until then --- */

static vigil_status close_client(world *w)
{
    return vigil_tcp_stream_close(&w->client);
}

static vigil_status close_server(world *w)
{
    return vigil_tcp_stream_close(&w->server);
}

static vigil_status close_listener(world *w)
{
    return vigil_tcp_listener_close(&w->listener);
}

static const step tcp_list[] = {
    {"bind", bind_listener},
    {"where it listens", find_listener},
    {"register listener", register_listener},
    {"connect", connect_client},
    {"register client", register_client},
    {"wait for the connection", expect_client},
    {"finish connect", finish_connect},
    {"accept", accept_server},
    {"who is the peer", look_at_peer},
    {"write", write_all},
    {"peek", peek},
    {"read", read_all},
    {"write pieces", write_pieces},
    {"read pieces", read_pieces},
    {"shut down", end_writing},
    {"read the end", read_end},
    {"close client", close_client},
    {"close server", close_server},
    {"close listener", close_listener},
};
const steps tcp_steps = {tcp_list, sizeof tcp_list / sizeof tcp_list[0]};

/* --- options --- */

static vigil_status set_nodelay(world *w)
{
    return vigil_tcp_stream_set_nodelay(&w->client, true);
}

static vigil_status get_nodelay(world *w)
{
    bool enabled = true;
    vigil_status status = vigil_tcp_stream_nodelay(&w->client, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

static vigil_status set_ttl(world *w)
{
    return vigil_tcp_stream_set_ttl(&w->client, HOPS);
}

static vigil_status get_ttl(world *w)
{
    int hops = 1;
    vigil_status status = vigil_tcp_stream_ttl(&w->client, &hops);
    require(hops == (status == VIGIL_OK ? HOPS : 0));
    return status;
}

static vigil_status set_keepalive(world *w)
{
    return vigil_tcp_stream_set_keepalive(&w->client, (vigil_keepalive){true, 101, 11, 3});
}

static vigil_status end_keepalive(world *w)
{
    return vigil_tcp_stream_set_keepalive(&w->client, (vigil_keepalive){.enabled = false});
}

static vigil_status get_keepalive(world *w)
{
    vigil_keepalive k = {true, 1, 1, 1};
    vigil_status status = vigil_tcp_stream_keepalive(&w->client, &k);
    bool found = k.enabled && k.idle_seconds == 101 && k.interval_seconds == 11 && k.count == 3;
    bool none = !k.enabled && k.idle_seconds == 0 && k.interval_seconds == 0 && k.count == 0;
    require(status == VIGIL_OK ? found : none);
    return status;
}

static vigil_status set_linger(world *w)
{
    return vigil_tcp_stream_set_linger(&w->client, true, 0);
}

static vigil_status get_linger(world *w)
{
    bool enabled = true;
    int seconds = 1;
    vigil_status status = vigil_tcp_stream_linger(&w->client, &enabled, &seconds);
    require(enabled == (status == VIGIL_OK) && seconds == 0);
    return status;
}

static vigil_status take_error(world *w)
{
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_tcp_stream_take_error(&w->client, &error);
    require(error == VIGIL_OK);
    return status;
}

static const step option_list[] = {
    {"bind", bind_listener},
    {"where it listens", find_listener},
    {"connect", connect_client},
    {"set nodelay", set_nodelay},
    {"get nodelay", get_nodelay},
    {"set TTL", set_ttl},
    {"get TTL", get_ttl},
    {"set keep-alive", set_keepalive},
    {"get keep-alive", get_keepalive},
    {"end keep-alive", end_keepalive},
    {"set linger", set_linger},
    {"get linger", get_linger},
    {"take error", take_error},
    {"close client", close_client},
    {"close listener", close_listener},
};
const steps option_steps = {option_list, sizeof option_list / sizeof option_list[0]};

static vigil_status use_ipv6(world *w)
{
    w->family = VIGIL_FAMILY_IPV6;
    return VIGIL_OK;
}

static const step ipv6_list[] = {
    {"IPv6", use_ipv6},
    {"bind", bind_listener},
    {"where it listens", find_listener},
    {"connect", connect_client},
    {"set TTL", set_ttl},
    {"get TTL", get_ttl},
    {"close client", close_client},
    {"close listener", close_listener},
};
const steps ipv6_steps = {ipv6_list, sizeof ipv6_list / sizeof ipv6_list[0]};

/* --- descriptors that change hands --- */

static vigil_status give_away(world *w)
{
    vigil_fd fd = VIGIL_FD_NONE;
    vigil_status status = vigil_tcp_listener_into_fd(&w->listener, &fd);
    require((status == VIGIL_OK) == (fd != VIGIL_FD_NONE));
    if (status == VIGIL_OK) {
        account_given_back(fd);
        w->fd = fd;
    }
    return status;
}

static vigil_status take_over(world *w)
{
    vigil_status status = vigil_tcp_listener_from_fd(&w->listener, w->fd);
    require((status == VIGIL_OK) == (vigil_tcp_listener_fd(&w->listener) == w->fd));
    if (status == VIGIL_OK) {
        account_handed_over(w->fd);
        w->fd = -1;
    }
    return status;
}

static const step adoption_list[] = {
    {"bind", bind_listener},
    {"register listener", register_listener},
    {"give away", give_away},
    {"take over", take_over},
    {"register it again", register_listener},
    {"close listener", close_listener},
};
const steps adoption_steps = {adoption_list, sizeof adoption_list / sizeof adoption_list[0]};
