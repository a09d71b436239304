/* SPDX-License-Identifier: MIT */

/*
 * A program outside the tree, in the language that C and C++ share: it knows
 * vigil.h and what pkg-config says, nothing else. It has a wake and a
 * connection reported by one poll, and looks at them through the inline parts.
 */
#include <stdio.h>
#include <stdlib.h>
#include <vigil.h>

enum {
    WAKER = 7,
    LISTENER = 8,
    SLOTS = 4
};

static vigil_slot slots[SLOTS];
static vigil_raw_event storage[SLOTS];
static vigil_poll poll_place;
static vigil_waker waker;
static vigil_tcp_listener listener;
static vigil_tcp_stream stream;

static void require(vigil_status status, const char *what)
{
    if (status != VIGIL_OK) {
        (void)fprintf(stderr, "consumer: %s: %s\n", what, vigil_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void open_all(void)
{
    vigil_registry *registry = vigil_poll_registry(&poll_place);
    vigil_address address = vigil_address_loopback_ipv4(0);
    require(vigil_poll_open(&poll_place, slots, SLOTS), "poll");
    require(vigil_waker_open(&waker, registry, WAKER), "waker");
    require(vigil_tcp_listener_bind(&listener, &address), "bind");
    require(vigil_tcp_listener_local_address(&listener, &address), "address");
    require(vigil_registry_register(registry, &listener.source, LISTENER, VIGIL_READABLE),
            "register");
    require(vigil_tcp_stream_connect(&stream, &address), "connect");
    require(vigil_waker_wake(&waker), "wake");
}

/* Waits until the waker and the listener have both been reported. */
static void wait_for_both(void)
{
    vigil_events events;
    vigil_event event;
    bool woken = false;
    bool connected = false;
    require(vigil_events_init(&events, storage, SLOTS), "events");
    while (!woken || !connected) {
        require(vigil_poll_wait(&poll_place, &events, vigil_seconds(10)), "wait");
        bool any = false;
        while (vigil_events_next(&events, &event)) {
            any = true;
            woken = woken || (event.token == WAKER && vigil_event_is_readable(event));
            connected = connected || (event.token == LISTENER && vigil_event_is_readable(event));
        }
        require(any ? VIGIL_OK : VIGIL_ETIMEDOUT, "wait");
    }
}

int main(void)
{
    open_all();
    wait_for_both();
    vigil_waker_close(&waker);
    require(vigil_tcp_stream_close(&stream), "close stream");
    require(vigil_tcp_listener_close(&listener), "close listener");
    require(vigil_poll_close(&poll_place), "close poll");
    return EXIT_SUCCESS;
}
