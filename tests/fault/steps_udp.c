/* SPDX-License-Identifier: MIT */

/* Two UDP sockets, what goes between them, and their options, one operation a
 * step. */
#include "fault/world.h"

#include <poll.h>

#define TOKEN_UDP 40
#define HOPS 17
#define LOOPBACK_INDEX 1
#define BUFFER_BYTES 65536

static vigil_address any_port(const world *w)
{
    return w->family == VIGIL_FAMILY_IPV6 ? vigil_address_loopback_ipv6(0)
                                          : vigil_address_loopback_ipv4(0);
}

static vigil_status bind_socket(world *w)
{
    vigil_address address = any_port(w);
    return vigil_udp_socket_bind(&w->udp, &address);
}

static vigil_status find_socket(world *w)
{
    vigil_status status = vigil_udp_socket_local_address(&w->udp, &w->where);
    require((status == VIGIL_OK) == (w->where.family == w->family));
    return status;
}

static vigil_status register_socket(world *w)
{
    return vigil_registry_register(w->registry, &w->udp.source, TOKEN_UDP, VIGIL_READABLE);
}

static vigil_status open_other(world *w)
{
    return vigil_udp_socket_open(&w->other, w->family);
}

static vigil_status assign_other(world *w)
{
    vigil_address address = any_port(w);
    return vigil_udp_socket_assign_address(&w->other, &address);
}

static vigil_status connect_other(world *w)
{
    return vigil_udp_socket_connect(&w->other, &w->where);
}

static vigil_status look_at_peer(world *w)
{
    vigil_address peer;
    vigil_status status = vigil_udp_socket_peer_address(&w->other, &peer);
    require(status != VIGIL_OK || vigil_address_equal(peer, w->where));
    return status;
}

static vigil_status send_to_peer(world *w)
{
    size_t count = 1;
    vigil_status status = vigil_udp_socket_send(&w->other, w->data, WORLD_DATA, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status send_to_address(world *w)
{
    size_t count = 1;
    vigil_status status =
        vigil_udp_socket_send_to(&w->other, w->data, WORLD_DATA, &w->where, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status expect_datagram(world *w)
{
    vigil_event event;
    await(vigil_udp_socket_fd(&w->udp), POLLIN);
    vigil_status status = vigil_poll_wait(&w->poll, &w->events, VIGIL_FOREVER);
    require(status != VIGIL_OK
            || (vigil_events_next(&w->events, &event) && event.token == TOKEN_UDP));
    return status;
}

static vigil_status peek(world *w)
{
    size_t count = 1;
    vigil_address from;
    vigil_status status = vigil_udp_socket_peek_from(&w->udp, w->data, WORLD_DATA, &from, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    require((status == VIGIL_OK) == (from.family == w->family));
    return status;
}

static vigil_status receive(world *w)
{
    size_t count = 1;
    vigil_address from;
    await(vigil_udp_socket_fd(&w->udp), POLLIN);
    vigil_status status =
        vigil_udp_socket_receive_from(&w->udp, w->data, WORLD_DATA, &from, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    require((status == VIGIL_OK) == (from.family == w->family));
    return status;
}

static vigil_status send_batch(world *w)
{
    size_t sent = 1;
    vigil_datagram two[] = {{.data = w->data, .length = 8, .address = vigil_address_none()},
                            {.data = w->data, .length = 9, .address = w->where}};
    vigil_status status = vigil_udp_socket_send_batch(&w->other, two, 2, &sent);
    require((status == VIGIL_OK) == (sent > 0) && sent <= 2);
    w->sent = sent;
    w->got = 0;
    return status;
}

static vigil_status receive_batch(world *w)
{
    while (w->got < w->sent) {
        size_t received = 1;
        char room[2][16];
        vigil_datagram two[] = {{.data = room[0], .length = 16}, {.data = room[1], .length = 16}};
        await(vigil_udp_socket_fd(&w->udp), POLLIN);
        vigil_status status = vigil_udp_socket_receive_batch(&w->udp, two, 2, &received);
        require((status == VIGIL_OK) == (received > 0) && received <= w->sent - w->got);
        if (status != VIGIL_OK) {
            return status;
        }
        require(two[0].count == 8 + w->got && two[0].address.family == w->family);
        w->got += received;
    }
    w->sent = 0;
    return VIGIL_OK;
}

#define SEGMENT_BYTES 24

static vigil_status set_offload(world *w)
{
    return vigil_udp_socket_set_receive_offload(&w->udp, true);
}

static vigil_status get_offload(world *w)
{
    bool enabled = false;
    vigil_status status = vigil_udp_socket_receive_offload(&w->udp, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

static vigil_status send_segments(world *w)
{
    size_t sent = 1;
    vigil_status status = vigil_udp_socket_send_segments(&w->other, w->data, WORLD_DATA,
                                                         SEGMENT_BYTES, &w->where, &sent);
    require(status == VIGIL_OK ? sent == WORLD_DATA || sent % SEGMENT_BYTES == 0 : sent == 0);
    w->sent = sent;
    w->got = 0;
    return status;
}

static vigil_status send_segments_to_peer(world *w)
{
    size_t sent = 1;
    vigil_status status =
        vigil_udp_socket_send_segments(&w->other, w->data, WORLD_DATA, SEGMENT_BYTES, NULL, &sent);
    require(status == VIGIL_OK ? sent == WORLD_DATA || sent % SEGMENT_BYTES == 0 : sent == 0);
    w->sent = sent;
    w->got = 0;
    return status;
}

static vigil_status receive_segments(world *w)
{
    while (w->got < w->sent) {
        char room[2 * WORLD_DATA];
        size_t count = 1;
        size_t segment_bytes = 1;
        vigil_address from;
        await(vigil_udp_socket_fd(&w->udp), POLLIN);
        vigil_status status = vigil_udp_socket_receive_segments(&w->udp, room, sizeof room, &from,
                                                                &count, &segment_bytes);
        require((status == VIGIL_OK) == (from.family == w->family));
        require((status == VIGIL_OK) == (count > 0) && segment_bytes <= SEGMENT_BYTES);
        if (status != VIGIL_OK) {
            return status;
        }
        w->got += count;
    }
    require(w->got == w->sent);
    w->sent = 0;
    return VIGIL_OK;
}

static vigil_status refuse_segments(world *w)
{
    size_t sent = 1;
    vigil_status status =
        vigil_udp_socket_send_segments(&w->other, w->data, WORLD_DATA, 0, NULL, &sent);
    require(sent == 0 && (status == VIGIL_EINVAL || status == VIGIL_EBADF));
    return status == VIGIL_EINVAL ? VIGIL_OK : status;
}

static vigil_status keep_errors(world *w)
{
    return vigil_udp_socket_set_error_queue(&w->other, true);
}

static vigil_status are_errors_kept(world *w)
{
    bool enabled = false;
    vigil_status status = vigil_udp_socket_error_queue(&w->other, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

/* tcpmux (RFC 1078), which nobody serves over UDP. */
#define NOBODY_PORT 1

static vigil_status send_to_nobody(world *w)
{
    size_t count = 1;
    vigil_address nobody = w->where;
    nobody.port = NOBODY_PORT;
    vigil_status status = vigil_udp_socket_send_to(&w->other, w->data, WORLD_DATA, &nobody, &count);
    require(count == (status == VIGIL_OK ? WORLD_DATA : 0));
    return status;
}

static vigil_status take_queued(world *w)
{
    vigil_queued_error queued;
    await(vigil_udp_socket_fd(&w->other), POLLERR);
    vigil_status status = vigil_udp_socket_take_queued_error(&w->other, &queued);
    require(queued.status == (status == VIGIL_OK ? VIGIL_ECONNREFUSED : VIGIL_EUNKNOWN));
    require(status != VIGIL_OK || queued.destination.port == NOBODY_PORT);
    return status;
}

static vigil_status forget_peer(world *w)
{
    return vigil_udp_socket_disconnect(&w->other);
}

static vigil_status take_error(world *w)
{
    vigil_status error = VIGIL_OK;
    vigil_status status = vigil_udp_socket_take_error(&w->udp, &error);
    require(error == VIGIL_OK);
    return status;
}

static vigil_status close_other(world *w)
{
    return vigil_udp_socket_close(&w->other);
}

static vigil_status close_socket(world *w)
{
    return vigil_udp_socket_close(&w->udp);
}

static const step udp_list[] = {
    {"bind a datagram socket", bind_socket},
    {"where it is", find_socket},
    {"register it", register_socket},
    {"open another", open_other},
    {"give it an address", assign_other},
    {"connect it", connect_other},
    {"who is the peer", look_at_peer},
    {"send", send_to_peer},
    {"wait for the datagram", expect_datagram},
    {"peek", peek},
    {"receive", receive},
    {"send to an address", send_to_address},
    {"receive that", receive},
    {"send a batch", send_batch},
    {"receive a batch", receive_batch},
    {"let datagrams come together", set_offload},
    {"may they", get_offload},
    {"send segments", send_segments},
    {"receive them", receive_segments},
    {"send segments to the peer", send_segments_to_peer},
    {"receive those", receive_segments},
    {"send segments of no bytes", refuse_segments},
    {"forget the peer", forget_peer},
    {"keep errors", keep_errors},
    {"are they kept", are_errors_kept},
    {"send to nobody", send_to_nobody},
    {"take the queued error", take_queued},
    {"take error", take_error},
    {"close the other", close_other},
    {"close the datagram socket", close_socket},
};
const steps udp_steps = {udp_list, sizeof udp_list / sizeof udp_list[0]};

/* --- options --- */

static vigil_status set_broadcast(world *w)
{
    return vigil_udp_socket_set_broadcast(&w->udp, true);
}

static vigil_status get_broadcast(world *w)
{
    bool enabled = true;
    vigil_status status = vigil_udp_socket_broadcast(&w->udp, &enabled);
    require(enabled == (status == VIGIL_OK));
    return status;
}

static vigil_status set_ttl(world *w)
{
    return vigil_udp_socket_set_ttl(&w->udp, HOPS);
}

static vigil_status set_send_buffer(world *w)
{
    return vigil_udp_socket_set_send_buffer(&w->udp, BUFFER_BYTES);
}

static vigil_status set_receive_buffer(world *w)
{
    return vigil_udp_socket_set_receive_buffer(&w->udp, BUFFER_BYTES);
}

static vigil_status get_send_buffer(world *w)
{
    int bytes = 1;
    vigil_status status = vigil_udp_socket_send_buffer(&w->udp, &bytes);
    require(status == VIGIL_OK ? bytes >= BUFFER_BYTES : bytes == 0);
    return status;
}

static vigil_status get_receive_buffer(world *w)
{
    int bytes = 1;
    vigil_status status = vigil_udp_socket_receive_buffer(&w->udp, &bytes);
    require(status == VIGIL_OK ? bytes >= BUFFER_BYTES : bytes == 0);
    return status;
}

/* ff02::56 and 239.1.2.3, groups of one's own (RFC 4291, RFC 2365). */
static vigil_address group_of(const world *w)
{
    static const uint8_t ip[16] = {0xff, 0x02, [15] = 0x56};
    return w->family == VIGIL_FAMILY_IPV6 ? vigil_address_ipv6(ip, 0)
                                          : vigil_address_ipv4(239, 1, 2, 3, 0);
}

static vigil_status join(world *w)
{
    vigil_address group = group_of(w);
    return vigil_udp_socket_join_group(&w->udp, &group, LOOPBACK_INDEX);
}

static vigil_status leave(world *w)
{
    vigil_address group = group_of(w);
    return vigil_udp_socket_leave_group(&w->udp, &group, LOOPBACK_INDEX);
}

static vigil_status set_interface(world *w)
{
    return vigil_udp_socket_set_multicast_interface(&w->udp, LOOPBACK_INDEX);
}

static vigil_status set_loop(world *w)
{
    return vigil_udp_socket_set_multicast_loop(&w->udp, false);
}

static vigil_status get_loop(world *w)
{
    bool enabled = true;
    vigil_status status = vigil_udp_socket_multicast_loop(&w->udp, &enabled);
    require(!enabled);
    return status;
}

static vigil_status set_group_ttl(world *w)
{
    return vigil_udp_socket_set_multicast_ttl(&w->udp, HOPS);
}

static vigil_status get_group_ttl(world *w)
{
    int hops = 1;
    vigil_status status = vigil_udp_socket_multicast_ttl(&w->udp, &hops);
    require(hops == (status == VIGIL_OK ? HOPS : 0));
    return status;
}

static const step udp_option_list[] = {
    {"bind a datagram socket", bind_socket},
    {"let it broadcast", set_broadcast},
    {"may it broadcast", get_broadcast},
    {"set its TTL", set_ttl},
    {"set its send buffer", set_send_buffer},
    {"get its send buffer", get_send_buffer},
    {"set its receive buffer", set_receive_buffer},
    {"get its receive buffer", get_receive_buffer},
    {"join a group", join},
    {"leave it", leave},
    {"set the interface of groups", set_interface},
    {"set the loop of groups", set_loop},
    {"get the loop of groups", get_loop},
    {"set the TTL of groups", set_group_ttl},
    {"get the TTL of groups", get_group_ttl},
    {"close the datagram socket", close_socket},
};
const steps udp_option_steps = {udp_option_list,
                                sizeof udp_option_list / sizeof udp_option_list[0]};
