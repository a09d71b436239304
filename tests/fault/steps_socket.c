/* SPDX-License-Identifier: MIT */

/* Sockets that become a listener and a stream, and a listener that is paused, one
 * operation a step. */
#include "fault/world.h"

#include <poll.h>
#include <string.h>

#define TOKEN_PAUSED 50
#define QUEUE 5
#define BUFFER_BYTES 65536

static vigil_status open_socket(world *w)
{
    vigil_status status = vigil_tcp_socket_open(&w->socket, w->family);
    require((status == VIGIL_OK) == (vigil_tcp_socket_fd(&w->socket) != VIGIL_FD_NONE));
    return status;
}

static vigil_status set_reuse_address(world *w)
{
    return vigil_tcp_socket_set_reuse_address(&w->socket, true);
}

static vigil_status get_reuse_address(world *w)
{
    bool enabled = false;
    vigil_status status = vigil_tcp_socket_reuse_address(&w->socket, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

static vigil_status set_reuse_port(world *w)
{
    return vigil_tcp_socket_set_reuse_port(&w->socket, true);
}

static vigil_status get_reuse_port(world *w)
{
    bool enabled = false;
    vigil_status status = vigil_tcp_socket_reuse_port(&w->socket, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

static vigil_status set_send_buffer(world *w)
{
    return vigil_tcp_socket_set_send_buffer(&w->socket, BUFFER_BYTES);
}

static vigil_status get_send_buffer(world *w)
{
    int bytes = 1;
    vigil_status status = vigil_tcp_socket_send_buffer(&w->socket, &bytes);
    require(status == VIGIL_OK ? bytes >= BUFFER_BYTES : bytes == 0);
    return status;
}

static vigil_status set_receive_buffer(world *w)
{
    return vigil_tcp_socket_set_receive_buffer(&w->socket, BUFFER_BYTES);
}

static vigil_status get_receive_buffer(world *w)
{
    int bytes = 1;
    vigil_status status = vigil_tcp_socket_receive_buffer(&w->socket, &bytes);
    require(status == VIGIL_OK ? bytes >= BUFFER_BYTES : bytes == 0);
    return status;
}

static vigil_status set_device(world *w)
{
    return vigil_tcp_socket_set_device(&w->socket, "lo", 2);
}

static vigil_status get_device(world *w)
{
    char name[VIGIL_DEVICE_NAME_MAX] = "x";
    size_t length = 1;
    vigil_status status = vigil_tcp_socket_device(&w->socket, name, &length);
    require(strcmp(name, status == VIGIL_OK ? "lo" : "") == 0 && length == strlen(name));
    return status;
}

static vigil_status set_fast_open(world *w)
{
    return vigil_tcp_socket_set_fast_open(&w->socket, QUEUE);
}

static vigil_status get_fast_open(world *w)
{
    int queue = 1;
    vigil_status status = vigil_tcp_socket_fast_open(&w->socket, &queue);
    require(queue == (status == VIGIL_OK ? QUEUE : 0));
    return status;
}

static vigil_status get_fast_open_connect(world *w)
{
    bool enabled = true;
    vigil_status status = vigil_tcp_socket_fast_open_connect(&w->socket, &enabled);
    require(!enabled);
    return status;
}

static vigil_status assign_address(world *w)
{
    vigil_address any_port = w->family == VIGIL_FAMILY_IPV6 ? vigil_address_loopback_ipv6(0)
                                                            : vigil_address_loopback_ipv4(0);
    return vigil_tcp_socket_assign_address(&w->socket, &any_port);
}

static vigil_status find_socket(world *w)
{
    vigil_status status = vigil_tcp_socket_local_address(&w->socket, &w->where);
    require((status == VIGIL_OK) == (w->where.family == w->family));
    require(status != VIGIL_OK || w->where.port != 0);
    return status;
}

/* The socket is the listener's, or still its own. */
static vigil_status listen_with_it(world *w)
{
    vigil_fd fd = vigil_tcp_socket_fd(&w->socket);
    vigil_status status = vigil_tcp_socket_listen(&w->socket, QUEUE, &w->listener);
    require(vigil_tcp_socket_fd(&w->socket) == (status == VIGIL_OK ? VIGIL_FD_NONE : fd));
    require(vigil_tcp_listener_fd(&w->listener) == (status == VIGIL_OK ? fd : VIGIL_FD_NONE));
    return status;
}

static vigil_status connect_with_it(world *w)
{
    vigil_fd fd = vigil_tcp_socket_fd(&w->socket);
    vigil_status status = vigil_tcp_socket_connect(&w->socket, &w->where, &w->client);
    require(vigil_tcp_socket_fd(&w->socket) == (status == VIGIL_OK ? VIGIL_FD_NONE : fd));
    require(vigil_tcp_stream_fd(&w->client) == (status == VIGIL_OK ? fd : VIGIL_FD_NONE));
    /* What has failed behind its effect is connected, or connecting: begin anew. */
    if (status != VIGIL_OK) {
        vigil_tcp_socket_close(&w->socket);
        require(vigil_tcp_socket_open(&w->socket, w->family) == VIGIL_OK);
    }
    return status;
}

static vigil_status close_unused(world *w)
{
    vigil_tcp_socket_close(&w->socket);
    require(vigil_tcp_socket_fd(&w->socket) == VIGIL_FD_NONE);
    return VIGIL_OK;
}

/* --- a listener with a connection that waits --- */

static vigil_status register_listener(world *w)
{
    return vigil_registry_register(w->registry, &w->listener.source, TOKEN_PAUSED, VIGIL_READABLE);
}

static vigil_status pause_it(world *w)
{
    vigil_status status =
        vigil_pause_begin(&w->pause, w->registry, &w->listener.source, TOKEN_PAUSED,
                          VIGIL_READABLE | VIGIL_LEVEL, VIGIL_NO_WAIT);
    require(vigil_pause_is_active(&w->pause) == (status == VIGIL_OK));
    return status;
}

/* The connection is there, and nobody hears of it; the pause is over at once. */
static vigil_status wait_out(world *w)
{
    vigil_event event;
    await(vigil_tcp_listener_fd(&w->listener), POLLIN);
    vigil_timeout left = vigil_pause_timeout(&w->pause, VIGIL_FOREVER);
    require(left.ns == 0);
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, left);
    require(!vigil_events_next(&w->events, &event));
    return status;
}

/* Whoever is told that the registration is over, and knows better, asks for it again. */
static vigil_status end_pause(world *w)
{
    vigil_source *source = &w->listener.source;
    vigil_status status = vigil_pause_end_if_due(&w->pause, w->registry, source);
    bool over = status == VIGIL_OK || status == VIGIL_ENOENT;
    require(vigil_pause_is_active(&w->pause) == !over);
    w->is_silent = w->is_silent || status == VIGIL_ENOENT;
    if (!w->is_silent) {
        return status;
    }
    status =
        vigil_registry_reregister(w->registry, source, TOKEN_PAUSED, VIGIL_READABLE | VIGIL_LEVEL);
    w->is_silent = status != VIGIL_OK;
    return status;
}

static vigil_status expect_listener(world *w)
{
    vigil_event event;
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, VIGIL_FOREVER);
    require(status != VIGIL_OK
            || (vigil_events_next(&w->events, &event) && event.token == TOKEN_PAUSED));
    return status;
}

static vigil_status close_client(world *w)
{
    return vigil_tcp_stream_close(&w->client);
}

static vigil_status close_listener(world *w)
{
    return vigil_tcp_listener_close(&w->listener);
}

static const step socket_list[] = {
    {"open a socket", open_socket},
    {"let its address be used again", set_reuse_address},
    {"may it", get_reuse_address},
    {"let its port be used again", set_reuse_port},
    {"may that", get_reuse_port},
    {"set its send buffer", set_send_buffer},
    {"get its send buffer", get_send_buffer},
    {"set its receive buffer", set_receive_buffer},
    {"get its receive buffer", get_receive_buffer},
    {"tie it to a device", set_device},
    {"which device", get_device},
    {"open fast", set_fast_open},
    {"how many at once", get_fast_open},
    {"does it connect fast", get_fast_open_connect},
    {"assign an address", assign_address},
    {"which address", find_socket},
    {"listen", listen_with_it},
    {"register the listener", register_listener},
    {"open another socket", open_socket},
    {"connect it", connect_with_it},
    {"pause the listener", pause_it},
    {"wait in the pause", wait_out},
    {"end the pause", end_pause},
    {"wait for the connection", expect_listener},
    {"open a third socket", open_socket},
    {"close it unused", close_unused},
    {"close client", close_client},
    {"close listener", close_listener},
};
const steps socket_steps = {socket_list, sizeof socket_list / sizeof socket_list[0]};
