/* SPDX-License-Identifier: MIT */

/* Registering: the behaviours that mio's suite asserts in registering.rs. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct pair_of_places {
    vigil_tcp_listener listener;
    vigil_tcp_stream client;
} pair_of_places;

static void open_places(pair_of_places *p)
{
    vigil_address address = vigil_address_loopback_ipv4(0);
    check_ok(vigil_tcp_listener_bind(&p->listener, &address));
    check_ok(vigil_tcp_listener_local_address(&p->listener, &address));
    check_ok(vigil_tcp_stream_connect(&p->client, &address));
}

static void close_places(pair_of_places *p)
{
    check_ok(vigil_tcp_stream_close(&p->client));
    check_ok(vigil_tcp_listener_close(&p->listener));
}

/* READABLE, then WRITABLE, then nothing: the client is told that it connected,
 * and after deregistering neither of them is heard. */
static void registering__register_deregister(void **state)
{
    (void)state;
    fixture f;
    pair_of_places p;
    open_fixture(&f);
    open_places(&p);
    check_ok(vigil_registry_register(f.registry, &p.listener.source, 0, VIGIL_READABLE));
    check_ok(vigil_registry_register(f.registry, &p.client.source, 1, VIGIL_READABLE));
    check(vigil_event_is_readable(wait_for(&f, 0)));
    check_ok(vigil_registry_reregister(f.registry, &p.client.source, 1, VIGIL_WRITABLE));
    check(vigil_event_is_writable(wait_for(&f, 1)));
    check_ok(vigil_registry_deregister(f.registry, &p.listener.source));
    check_ok(vigil_registry_deregister(f.registry, &p.client.source));
    expect_no_events(&f);
    close_places(&p);
    close_fixture(&f);
}

/* A connection waits to be accepted, and nobody asks for that any more. */
static void registering__reregister_different_interest_without_poll(void **state)
{
    (void)state;
    fixture f;
    pair_of_places p;
    open_fixture(&f);
    open_places(&p);
    check_ok(vigil_registry_register(f.registry, &p.listener.source, 0, VIGIL_READABLE));
    check_ok(vigil_registry_reregister(f.registry, &p.listener.source, 0, VIGIL_WRITABLE));
    expect_no_events(&f);
    close_places(&p);
    close_fixture(&f);
}

static void check_foreign(fixture *f, fixture *g, vigil_source *source)
{
    check_ok(vigil_registry_register(f->registry, source, 0, VIGIL_READABLE | VIGIL_WRITABLE));
    check_status(vigil_registry_register(g->registry, source, 1, VIGIL_READABLE | VIGIL_WRITABLE),
                 VIGIL_EFOREIGN);
    check_status(vigil_registry_reregister(g->registry, source, 1, VIGIL_READABLE | VIGIL_WRITABLE),
                 VIGIL_EFOREIGN);
    check_status(vigil_registry_deregister(g->registry, source), VIGIL_EFOREIGN);
    expect_no_events(g);
    check_ok(vigil_registry_deregister(f->registry, source));
    check_ok(vigil_registry_register(g->registry, source, 1, VIGIL_READABLE));
    check_ok(vigil_registry_deregister(g->registry, source));
}

static void registering__tcp_register_multiple_event_loops(void **state)
{
    (void)state;
    fixture f;
    fixture g;
    pair_of_places p;
    vigil_tcp_stream accepted;
    open_fixture(&f);
    open_fixture(&g);
    open_places(&p);
    check_foreign(&f, &g, &p.listener.source);
    check_foreign(&f, &g, &p.client.source);
    check_ok(vigil_tcp_listener_accept(&p.listener, &accepted, NULL));
    check_foreign(&f, &g, &accepted.source);
    check_ok(vigil_tcp_stream_close(&accepted));
    close_places(&p);
    close_fixture(&f);
    close_fixture(&g);
}

static void registering__udp_register_multiple_event_loops(void **state)
{
    (void)state;
    const struct sockaddr_in any_port = {
        .sin_family = AF_INET,
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    fixture f;
    fixture g;
    open_fixture(&f);
    open_fixture(&g);
    int fd = check_os(socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    check_os(bind(fd, (const struct sockaddr *)(const void *)&any_port, sizeof any_port));
    vigil_source source = vigil_source_from_fd(fd);
    check_foreign(&f, &g, &source);
    check_os(close(fd));
    close_fixture(&f);
    close_fixture(&g);
}

static void registering__registering_after_deregistering(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    vigil_address address = vigil_address_loopback_ipv4(0);
    open_fixture(&f);
    check_ok(vigil_tcp_listener_bind(&listener, &address));
    for (vigil_token i = 0; i < 3; i++) {
        check_ok(vigil_registry_register(f.registry, &listener.source, i, VIGIL_READABLE));
        check_ok(vigil_registry_deregister(f.registry, &listener.source));
    }
    check_ok(vigil_registry_register(f.registry, &listener.source, 9, VIGIL_READABLE));
    expect_no_events(&f);
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(registering__register_deregister),
        kernel_test(registering__reregister_different_interest_without_poll),
        kernel_test(registering__tcp_register_multiple_event_loops),
        kernel_test(registering__udp_register_multiple_event_loops),
        kernel_test(registering__registering_after_deregistering),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
