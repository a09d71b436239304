/* SPDX-License-Identifier: MIT */

/*
 * A program that does anything with Vigil: any public call, in any order, any
 * number of times, on two polls and what they watch, with any argument that the
 * headers allow. ci/eva runs Frama-C's Eva on it, the sources of the library and
 * the contracts of the seam, and looks for what could go wrong. The other parts of
 * the program are in the files beside this one.
 */
#include "any.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "net/address_text.h"
#include "poll/events.h"
#include "poll/pause.h"
#include "poll/poll.h"
#include "poll/registry.h"
#include "poll/waker.h"
#include "selector_event.h"

#define POLLS 2
#define SLOTS 34 /* more than one word of wakes */
#define BATCH 4
#define WAKERS 2

volatile int any;
vigil_address address;
vigil_unix_address unix_address;
char text[TEXT + 1];
unsigned char bytes[BYTES];

static vigil_poll polls[POLLS];
static vigil_slot slots[POLLS][SLOTS];
static vigil_waker wakers[WAKERS];
static vigil_source bare = VIGIL_SOURCE_NONE;
static vigil_pause pause = VIGIL_PAUSE_NONE;
static vigil_events events;
static vigil_raw_event storage[BATCH];

vigil_fd any_fd(void)
{
    return Frama_C_interval(-1, 1023);
}

uint32_t any_word(void)
{
    return Frama_C_unsigned_int_interval(0, UINT32_MAX);
}

int any_int(void)
{
    return Frama_C_interval(INT32_MIN, INT32_MAX);
}

size_t any_count(size_t most)
{
    return Frama_C_unsigned_long_interval(0, most);
}

static vigil_poll *any_poll(void)
{
    return any ? &polls[0] : &polls[1];
}

static vigil_source *any_source(void)
{
    switch (any) {
    case 0:
        return any_tcp_source();
    case 1:
        return any_udp_source();
    case 2:
        return any_unix_source();
    case 3:
        return any_pipe_source();
    default:
        return &bare;
    }
}

static vigil_token any_token(void)
{
    return Frama_C_unsigned_long_interval(0, UINTPTR_MAX);
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
    vigil_status status = (vigil_status)any_int();
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

static void fill_memory(void)
{
    uint8_t byte = (uint8_t)Frama_C_interval(0, UINT8_MAX);
    for (int i = 0; i < TEXT; i++) {
        text[i] = (char)Frama_C_interval(-128, 127);
    }
    for (int i = 0; i < BYTES; i++) {
        bytes[i] = byte;
    }
    text[TEXT] = '\0';
}

/* Addresses that the library made, and one that somebody wrote by hand. */
static void look_at_addresses(void)
{
    uint16_t port = (uint16_t)Frama_C_interval(0, UINT16_MAX);
    uint8_t byte = (uint8_t)Frama_C_interval(0, UINT8_MAX);
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
    case 5:
        address.family = (vigil_family)any_word();
        break;
    default:
        (void)vigil_address_parse(text, &address);
        break;
    }
    (void)vigil_address_equal(address, vigil_address_none());
    (void)vigil_address_format(address, text, any_count(BYTES));
}

static void look_at_unix_addresses(void)
{
    switch (any) {
    case 0:
        unix_address = vigil_unix_address_unnamed();
        break;
    case 1:
        (void)vigil_unix_address_path(text, any_count(TEXT), &unix_address);
        break;
    case 2:
        (void)vigil_unix_address_abstract(text, any_count(TEXT), &unix_address);
        break;
    default:
        unix_address.kind = (vigil_unix_kind)any_word();
        unix_address.length = (uint8_t)Frama_C_interval(0, UINT8_MAX);
        break;
    }
    (void)vigil_unix_address_equal(unix_address, vigil_unix_address_unnamed());
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
        (void)vigil_poll_open(&polls[1], slots[1], any_count(SLOTS));
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

static void pause_or_not(void)
{
    vigil_registry *registry = vigil_poll_registry(any_poll());
    vigil_source *source = any_source();
    switch (any) {
    case 0:
        (void)vigil_pause_begin(&pause, registry, source, any_token(), any_word(), any_timeout());
        break;
    case 1:
        (void)vigil_pause_end(&pause, registry, source);
        break;
    case 2:
        (void)vigil_pause_end_if_due(&pause, registry, source);
        break;
    default:
        (void)vigil_pause_is_active(&pause);
        (void)vigil_pause_timeout(&pause, any_timeout());
        break;
    }
}

static void wait_for_events(void)
{
    vigil_event event;
    switch (any) {
    case 0:
        (void)vigil_events_init(&events, storage, any_count(BATCH));
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

static void use_values(void)
{
    switch (any) {
    case 0:
        look_at_values();
        break;
    case 1:
        fill_memory();
        break;
    case 2:
        look_at_addresses();
        break;
    default:
        look_at_unix_addresses();
        break;
    }
}

int main(void)
{
    /* Events are initialised before they are used; with no room for any is enough. */
    (void)vigil_events_init(&events, storage, 0);
    while (any) {
        switch (any) {
        case 0:
            use_values();
            break;
        case 1:
            open_or_close();
            break;
        case 2:
            register_or_not();
            break;
        case 3:
            pause_or_not();
            break;
        case 4:
            wait_for_events();
            break;
        case 5:
            use_tcp();
            break;
        case 6:
            use_udp();
            break;
        case 7:
            use_unix();
            break;
        default:
            use_pipe();
            break;
        }
    }
    return 0;
}
