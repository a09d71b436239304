/* SPDX-License-Identifier: MIT */

/* Closing a place closes the connection: what mio's suite asserts in
 * close_on_drop.rs. */
#include "support/descriptors.h"
#include "support/fixture.h"

/* The server accepts and closes; the client becomes readable and reads the end
 * of the stream. */
static void close_on_drop__close_on_drop(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
    vigil_tcp_stream accepted;
    char bytes[16];
    size_t count = 1;
    vigil_address address = vigil_address_loopback_ipv4(0);
    open_fixture(&f);
    check_ok(vigil_tcp_listener_bind(&listener, &address));
    check_ok(vigil_tcp_listener_local_address(&listener, &address));
    check_ok(vigil_registry_register(f.registry, &listener.source, 0, VIGIL_READABLE));
    check_ok(vigil_tcp_stream_connect(&client, &address));
    check_ok(vigil_registry_register(f.registry, &client.source, 1, VIGIL_READABLE));
    check(vigil_event_is_readable(wait_until(&f, 0, vigil_event_is_readable)));
    check_ok(vigil_tcp_listener_accept(&listener, &accepted, NULL));
    check_ok(vigil_registry_register(f.registry, &accepted.source, 2, VIGIL_READABLE));
    check_ok(vigil_tcp_stream_close(&accepted));
    check_equal(accepted.source.fd, VIGIL_FD_NONE);
    check(!vigil_source_is_registered(&accepted.source));
    vigil_event event = wait_until(&f, 1, vigil_event_is_readable);
    check(vigil_event_is_read_closed(event));
    check_ok(vigil_tcp_stream_read(&client, bytes, sizeof bytes, &count));
    check_equal(count, 0);
    check_ok(vigil_tcp_stream_close(&client));
    check_ok(vigil_tcp_listener_close(&listener));
    expect_no_events(&f);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(close_on_drop__close_on_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
