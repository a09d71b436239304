/* SPDX-License-Identifier: MIT */
#include "support/tcp_rig.h"

#include "support/clock.h"
#include "support/descriptors.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS ((int)(PATIENCE_NS / MS_IN_NS))
#define PERIOD 251

static unsigned descriptors_before;

int count_descriptors(void **state)
{
    (void)state;
    descriptors_before = open_descriptors();
    return 0;
}

int recount_descriptors(void **state)
{
    (void)state;
    check_equal(open_descriptors(), descriptors_before);
    return 0;
}

vigil_address loopback(vigil_family family, uint16_t port)
{
    return family == VIGIL_FAMILY_IPV6 ? vigil_address_loopback_ipv6(port)
                                       : vigil_address_loopback_ipv4(port);
}

/* Asked without the library, so that a library which has lost IPv6 fails. */
static bool has_ipv6(void)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    const void *where = &name;
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool bound = fd >= 0 && bind(fd, where, sizeof name) == 0;
    check(bound || errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
    if (fd >= 0) {
        check_os(close(fd));
    }
    return bound;
}

void for_each_family(void (*body)(vigil_family family))
{
    body(VIGIL_FAMILY_IPV4);
    if (has_ipv6()) {
        body(VIGIL_FAMILY_IPV6);
    }
}

void require_ipv6(void)
{
    if (!has_ipv6()) {
        skip();
    }
}

void require_kernel_limits(void)
{
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded != NULL && strstr(preloaded, "vgpreload") != NULL) {
        skip();
    }
}

vigil_address open_listener(vigil_tcp_listener *listener, vigil_family family)
{
    vigil_address where = loopback(family, 0);
    check_ok(vigil_tcp_listener_bind(listener, &where));
    check_ok(vigil_tcp_listener_local_address(listener, &where));
    return where;
}

vigil_address refusing_address(vigil_family family, int *holder)
{
    struct sockaddr_in6 name = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr_in name4 = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool ipv6 = family == VIGIL_FAMILY_IPV6;
    const void *which = ipv6 ? (const void *)&name : (const void *)&name4;
    socklen_t length = ipv6 ? sizeof name : sizeof name4;
    *holder = check_os(socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    check_os(bind(*holder, which, length));
    vigil_tcp_stream stream = {.source = vigil_source_from_fd(*holder)};
    vigil_address where;
    check_ok(vigil_tcp_stream_local_address(&stream, &where));
    return where;
}

void await_level(int fd, short events)
{
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    struct pollfd level = {.fd = fd, .events = events};
    while ((level.revents & events) != events) {
        if (now_ns() >= end_ns) {
            check_fail(__FILE__, __LINE__, "poll(2) reports %#x, not %#x", (unsigned)level.revents,
                       (unsigned)events);
        }
        int ready = poll(&level, 1, PATIENCE_MS);
        check(ready >= 0 || errno == EINTR);
    }
}

void connect_to(vigil_tcp_stream *stream, vigil_address where)
{
    check_ok(vigil_tcp_stream_connect(stream, &where));
    await_level(vigil_tcp_stream_fd(stream), POLLOUT);
    check_ok(vigil_tcp_stream_finish_connect(stream));
}

void accept_from(vigil_tcp_listener *listener, vigil_tcp_stream *stream)
{
    await_level(vigil_tcp_listener_fd(listener), POLLIN);
    check_ok(vigil_tcp_listener_accept(listener, stream, NULL));
}

void open_rig(tcp_rig *rig, vigil_family family)
{
    open_fixture(&rig->f);
    rig->where = open_listener(&rig->listener, family);
    rig->client.source = vigil_source_from_fd(VIGIL_FD_NONE);
    rig->server.source = vigil_source_from_fd(VIGIL_FD_NONE);
}

void close_rig(tcp_rig *rig)
{
    check_ok(vigil_tcp_stream_close(&rig->client));
    check_ok(vigil_tcp_stream_close(&rig->server));
    check_ok(vigil_tcp_listener_close(&rig->listener));
    close_fixture(&rig->f);
}

void open_linked_rig(tcp_rig *rig, vigil_family family)
{
    open_rig(rig, family);
    connect_to(&rig->client, rig->where);
    accept_from(&rig->listener, &rig->server);
    check_ok(vigil_tcp_stream_set_nodelay(&rig->client, true));
    check_ok(vigil_tcp_stream_set_nodelay(&rig->server, true));
}

void reset_on_close(vigil_tcp_stream *stream)
{
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    check_os(
        setsockopt(vigil_tcp_stream_fd(stream), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once));
}

void watch_source(fixture *f, vigil_source *source, vigil_token token, vigil_interest interest)
{
    check_ok(vigil_registry_register(f->registry, source, token, interest));
}

void send_all(vigil_tcp_stream *stream, const void *data, size_t length)
{
    const uint8_t *next = data;
    while (length > 0) {
        size_t count = 0;
        vigil_status status = vigil_tcp_stream_write(stream, next, length, &count);
        if (status == VIGIL_EWOULDBLOCK) {
            await_level(vigil_tcp_stream_fd(stream), POLLOUT);
        } else {
            check_ok(status);
        }
        next += count;
        length -= count;
    }
}

void receive_all(vigil_tcp_stream *stream, void *data, size_t length)
{
    uint8_t *next = data;
    while (length > 0) {
        size_t count = 0;
        await_level(vigil_tcp_stream_fd(stream), POLLIN);
        check_ok(vigil_tcp_stream_read(stream, next, length, &count));
        check_within(count, 1, length);
        next += count;
        length -= count;
    }
}

void receive_end(vigil_tcp_stream *stream)
{
    char byte = 0;
    size_t count = 1;
    await_level(vigil_tcp_stream_fd(stream), POLLIN);
    check_ok(vigil_tcp_stream_read(stream, &byte, 1, &count));
    check_equal(count, 0);
}

void expect_would_block(vigil_tcp_stream *stream)
{
    char byte = 0;
    size_t count = 1;
    check_status(vigil_tcp_stream_read(stream, &byte, 1, &count), VIGIL_EWOULDBLOCK);
    check_equal(count, 0);
}

size_t test_bytes(void)
{
    const char *bytes = getenv("VIGIL_TEST_BYTES");
    return bytes == NULL ? (size_t)16 << 20 : strtoul(bytes, NULL, 10);
}

uint8_t test_byte(size_t position)
{
    return (uint8_t)(position % PERIOD);
}

void put_test_bytes(uint8_t *data, size_t length, size_t position)
{
    for (size_t i = 0; i < length; i++) {
        data[i] = test_byte(position + i);
    }
}

void check_test_bytes(const uint8_t *data, size_t length, size_t position)
{
    for (size_t i = 0; i < length; i++) {
        if (data[i] != test_byte(position + i)) {
            check_fail(__FILE__, __LINE__, "byte %zu is %u, not %u", position + i, data[i],
                       test_byte(position + i));
        }
    }
}
