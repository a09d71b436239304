/* SPDX-License-Identifier: MIT */

/*
 * A program that does anything with Vigil: any public call, in any order, any
 * number of times, on two polls and what they watch, with any argument that the
 * headers allow. ci/eva runs Frama-C's Eva on it, the sources of the library and
 * the contracts of the seam, and looks for what could go wrong.
 *
 * Every Frama_C_interval is any number of that range, and every read of `any` is
 * any number at all.
 */
#include "core/address.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "net/address_text.h"
#include "net/tcp_listener.h"
#include "net/tcp_options.h"
#include "net/tcp_stream.h"
#include "poll/events.h"
#include "poll/poll.h"
#include "poll/registry.h"
#include "poll/source.h"
#include "poll/waker.h"
#include "selector_event.h"

#include <__fc_builtin.h>

#define POLLS 2
#define SLOTS 34 /* more than one word of wakes */
#define WAKERS 2
#define STREAMS 2
#define BATCH 4
#define BYTES 64

static vigil_poll polls[POLLS];
static vigil_slot slots[POLLS][SLOTS];
static vigil_waker wakers[WAKERS];
static vigil_tcp_listener listener = VIGIL_TCP_LISTENER_CLOSED;
static vigil_tcp_stream streams[STREAMS] = {VIGIL_TCP_STREAM_CLOSED, VIGIL_TCP_STREAM_CLOSED};
static vigil_source bare = VIGIL_SOURCE_NONE;
static vigil_events events;
static vigil_raw_event storage[BATCH];
static vigil_address address;
static char text[BYTES + 1];
static unsigned char bytes[BYTES];
static volatile int any;

static vigil_poll *any_poll(void)
{
    return any ? &polls[0] : &polls[1];
}

static vigil_tcp_stream *any_stream(void)
{
    return any ? &streams[0] : &streams[1];
}

static vigil_source *any_source(void)
{
    return any ? &bare : any ? &listener.source : &any_stream()->source;
}

static vigil_token any_token(void)
{
    return Frama_C_unsigned_long_interval(0, UINTPTR_MAX);
}

static uint32_t any_word(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

static vigil_timeout any_timeout(void)
{
    uint64_t count = Frama_C_unsigned_long_interval(0, UINT64_MAX);
    switch (any) {
    case 0:
        return vigil_ns(count);
    case 1:
        return vigil_us(count);
    case 2:
        return vigil_ms(count);
    case 3:
        return vigil_seconds(count);
    default:
        return VIGIL_FOREVER;
    }
}

static void look_at_values(void)
{
    vigil_status status = (vigil_status)Frama_C_interval(INT32_MIN, INT32_MAX);
    vigil_interest interest = any_word();
    char name[BYTES];
    (void)vigil_status_name(status);
    (void)vigil_status_text(status);
    interest = any ? vigil_interest_add(interest, any_word()) : interest;
    interest = any ? vigil_interest_remove(interest, any_word()) : interest;
    (void)vigil_interest_is_valid(interest);
    (void)vigil_interest_is_readable(interest);
    (void)vigil_interest_is_writable(interest);
    (void)vigil_interest_is_priority(interest);
    (void)vigil_interest_is_level(interest);
    (void)vigil_interest_is_oneshot(interest);
    (void)vigil_interest_name(interest);
}

static void look_at_addresses(void)
{
    uint16_t port = (uint16_t)Frama_C_interval(0, UINT16_MAX);
    uint8_t byte = (uint8_t)Frama_C_interval(0, UINT8_MAX);
    for (int i = 0; i < BYTES; i++) {
        text[i] = (char)Frama_C_interval(-128, 127);
        bytes[i] = byte;
    }
    text[BYTES] = '\0';
    switch (any) {
    case 0:
        address = vigil_address_none();
        break;
    case 1:
        address = vigil_address_ipv4(byte, byte, byte, byte, port);
        break;
    case 2:
        address = vigil_address_ipv6(bytes, port);
        break;
    case 3:
        address = vigil_address_loopback_ipv4(port);
        break;
    case 4:
        address = vigil_address_loopback_ipv6(port);
        break;
    default:
        (void)vigil_address_parse(text, &address);
        break;
    }
    (void)vigil_address_equal(address, vigil_address_none());
    (void)vigil_address_format(address, text, Frama_C_unsigned_long_interval(0, BYTES));
}

static void open_or_close(void)
{
    vigil_waker *waker = any ? &wakers[0] : &wakers[1];
    vigil_poll *poll = any_poll();
    vigil_fd fd = VIGIL_FD_NONE;
    switch (any) {
    case 0:
        (void)vigil_poll_close(&polls[0]);
        (void)vigil_poll_open(&polls[0], slots[0], SLOTS);
        break;
    case 1:
        (void)vigil_poll_close(&polls[1]);
        (void)vigil_poll_open(&polls[1], slots[1], Frama_C_unsigned_long_interval(0, SLOTS));
        break;
    case 2:
        (void)vigil_poll_fd(poll, &fd);
        bare = vigil_source_from_fd(fd);
        break;
    case 3:
        (void)vigil_waker_open(waker, vigil_poll_registry(poll), any_token());
        break;
    case 4:
        (void)vigil_waker_wake(waker);
        break;
    default:
        vigil_waker_close(waker);
        break;
    }
}

static void register_or_not(void)
{
    vigil_registry *registry = vigil_poll_registry(any_poll());
    vigil_source *source = any_source();
    switch (any) {
    case 0:
        (void)vigil_registry_register(registry, source, any_token(), any_word());
        break;
    case 1:
        (void)vigil_registry_reregister(registry, source, any_token(), any_word());
        break;
    case 2:
        (void)vigil_registry_deregister(registry, source);
        break;
    default:
        (void)vigil_source_is_registered(source);
        vigil_source_would_block(source, any_word());
        break;
    }
}

static void wait_for_events(void)
{
    vigil_event event;
    switch (any) {
    case 0:
        (void)vigil_events_init(&events, storage, Frama_C_unsigned_long_interval(0, BATCH));
        break;
    case 1:
        (void)vigil_poll_wait(any_poll(), &events, any_timeout());
        break;
    case 2:
        (void)vigil_events_capacity(&events);
        vigil_events_clear(&events);
        break;
    default:
        if (vigil_events_next(&events, &event)) {
            (void)vigil_event_is_readable(event);
            (void)vigil_event_is_writable(event);
            (void)vigil_event_is_error(event);
            (void)vigil_event_is_read_closed(event);
            (void)vigil_event_is_write_closed(event);
            (void)vigil_event_is_priority(event);
        }
        break;
    }
}

static void open_stream(vigil_tcp_stream *stream)
{
    vigil_fd fd = Frama_C_interval(-1, 1023);
    (void)vigil_tcp_stream_close(stream);
    switch (any) {
    case 0:
        (void)vigil_tcp_stream_connect(stream, &address);
        (void)vigil_tcp_stream_finish_connect(stream);
        break;
    case 1:
        (void)vigil_tcp_listener_accept(&listener, stream, any ? &address : NULL);
        break;
    case 2:
        (void)vigil_tcp_stream_from_fd(stream, fd);
        break;
    default:
        (void)vigil_tcp_stream_into_fd(stream, &fd);
        break;
    }
}

static void use_listener(void)
{
    vigil_fd fd = Frama_C_interval(-1, 1023);
    vigil_status error;
    int hops = Frama_C_interval(INT32_MIN, INT32_MAX);
    switch (any) {
    case 0:
        (void)vigil_tcp_listener_close(&listener);
        (void)vigil_tcp_listener_bind(&listener, &address);
        break;
    case 1:
        (void)vigil_tcp_listener_close(&listener);
        (void)vigil_tcp_listener_bind_backlog(&listener, &address, hops);
        break;
    case 2:
        (void)vigil_tcp_listener_into_fd(&listener, &fd);
        (void)vigil_tcp_listener_from_fd(&listener, fd);
        break;
    default:
        (void)vigil_tcp_listener_local_address(&listener, &address);
        (void)vigil_tcp_listener_set_ttl(&listener, hops);
        (void)vigil_tcp_listener_ttl(&listener, &hops);
        (void)vigil_tcp_listener_take_error(&listener, &error);
        (void)vigil_tcp_listener_fd(&listener);
        break;
    }
}

static void read_and_write(vigil_tcp_stream *stream)
{
    size_t length = Frama_C_unsigned_long_interval(0, BYTES);
    size_t count;
    vigil_buffer buffers[2] = {{bytes, BYTES / 2}, {&bytes[BYTES / 2], BYTES / 2}};
    switch (any) {
    case 0:
        (void)vigil_tcp_stream_read(stream, bytes, length, &count);
        break;
    case 1:
        (void)vigil_tcp_stream_readv(stream, buffers, length % 3, &count);
        break;
    case 2:
        (void)vigil_tcp_stream_peek(stream, bytes, length, &count);
        break;
    case 3:
        (void)vigil_tcp_stream_write(stream, bytes, length, &count);
        break;
    case 4:
        (void)vigil_tcp_stream_writev(stream, buffers, length % 3, &count);
        break;
    default:
        (void)vigil_tcp_stream_shutdown(stream, (vigil_shutdown)Frama_C_interval(-1, 3));
        break;
    }
}

static void set_options(vigil_tcp_stream *stream)
{
    bool enabled = any != 0;
    int number = Frama_C_interval(INT32_MIN, INT32_MAX);
    vigil_status error;
    vigil_keepalive keepalive = {enabled, number, number, number};
    (void)vigil_tcp_stream_local_address(stream, &address);
    (void)vigil_tcp_stream_peer_address(stream, &address);
    (void)vigil_tcp_stream_take_error(stream, &error);
    (void)vigil_tcp_stream_fd(stream);
    (void)vigil_tcp_stream_set_nodelay(stream, enabled);
    (void)vigil_tcp_stream_nodelay(stream, &enabled);
    (void)vigil_tcp_stream_set_ttl(stream, number);
    (void)vigil_tcp_stream_ttl(stream, &number);
    (void)vigil_tcp_stream_set_keepalive(stream, keepalive);
    (void)vigil_tcp_stream_keepalive(stream, &keepalive);
    (void)vigil_tcp_stream_set_linger(stream, enabled, number);
    (void)vigil_tcp_stream_linger(stream, &enabled, &number);
}

int main(void)
{
    /* Events are initialised before they are used; with no room for any is enough. */
    (void)vigil_events_init(&events, storage, 0);
    while (any) {
        switch (any) {
        case 0:
            look_at_values();
            break;
        case 1:
            look_at_addresses();
            break;
        case 2:
            open_or_close();
            break;
        case 3:
            register_or_not();
            break;
        case 4:
            wait_for_events();
            break;
        case 5:
            open_stream(any_stream());
            break;
        case 6:
            use_listener();
            break;
        case 7:
            read_and_write(any_stream());
            break;
        default:
            set_options(any_stream());
            break;
        }
    }
    return 0;
}
