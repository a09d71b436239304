/* SPDX-License-Identifier: MIT */

/* Descriptors and memory stay flat, however often everything is opened, used
 * and closed. VIGIL_STRESS_SCALE is the number of cycles in percent. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#define CYCLES 100000
#define WARM_UP 100
#define RESIDENT_GROWTH_MAX_KIB 8192

/* What the process holds: bytes that malloc has given out (0 where a sanitizer
 * has replaced malloc), and resident memory. */
typedef struct footprint {
    size_t allocated;
    size_t resident_kib;
    unsigned descriptors;
    int lowest_free;
} footprint;

static size_t resident_kib(void)
{
    char line[256];
    size_t kib = 0;
    FILE *status = fopen("/proc/self/status", "re");
    check(status != NULL);
    while (fgets(line, sizeof line, status) != NULL) {
        (void)sscanf(line, "VmRSS: %zu kB", &kib);
    }
    check_equal(fclose(status), 0);
    check(kib > 0);
    return kib;
}

static footprint measure(void)
{
    return (footprint){
        .allocated = mallinfo2().uordblks,
        .resident_kib = resident_kib(),
        .descriptors = open_descriptors(),
        .lowest_free = lowest_free_descriptor(),
    };
}

/* The first cycles may make the C library and a sanitizer allocate; all that
 * follow must not. */
static void check_flat(void (*cycle)(uint32_t number), uint32_t cycles)
{
    for (uint32_t i = 0; i < WARM_UP; i++) {
        cycle(i);
    }
    (void)measure();
    footprint before = measure();
    for (uint32_t i = 0; i < cycles; i++) {
        cycle(i);
    }
    footprint after = measure();
    check_equal(after.descriptors, before.descriptors);
    check_equal(after.lowest_free, before.lowest_free);
    check_equal(after.allocated, before.allocated);
    check_within(after.resident_kib, 0, before.resident_kib + RESIDENT_GROWTH_MAX_KIB);
}

static int counter_fd;

static void open_use_close(uint32_t number)
{
    fixture f;
    vigil_source source;
    vigil_waker waker;
    open_small_fixture(&f, 4, 4);
    watch(&f, &source, counter_fd, number, VIGIL_WRITABLE);
    check_ok(vigil_waker_open(&waker, f.registry, UINTPTR_MAX));
    check_ok(vigil_waker_wake(&waker));
    wait_once(&f, VIGIL_FOREVER);
    check_equal(next_event(&f).token, number);
    check_equal(next_event(&f).token, UINTPTR_MAX);
    vigil_waker_close(&waker);
    unwatch(&f, &source);
    close_fixture(&f);
}

static void flat__open_register_wake_close(void **state)
{
    (void)state;
    counter_fd = open_eventfd();
    check_flat(open_use_close, scaled(CYCLES));
    check_os(close(counter_fd));
}

/* One poll lives on, and everything in it comes and goes. */
static fixture lasting;

static void register_wake_deregister(uint32_t number)
{
    vigil_source source;
    vigil_waker waker;
    watch(&lasting, &source, counter_fd, number, VIGIL_WRITABLE);
    check_ok(vigil_registry_reregister(lasting.registry, &source, number, VIGIL_WRITABLE));
    check_ok(vigil_waker_open(&waker, lasting.registry, number));
    check_ok(vigil_waker_wake(&waker));
    check_equal(take_ready(&lasting, NULL), 2);
    vigil_waker_close(&waker);
    unwatch(&lasting, &source);
}

static void flat__in_one_poll(void **state)
{
    (void)state;
    counter_fd = open_eventfd();
    open_fixture(&lasting);
    check_flat(register_wake_deregister, scaled(CYCLES));
    check_equal(vigil_slots_taken(&lasting.poll.registry.slots), 0);
    close_fixture(&lasting);
    check_os(close(counter_fd));
}

/* What fails leaves nothing either. */
static void fail_to_register(uint32_t number)
{
    vigil_source source = vigil_source_from_fd(VIGIL_FD_NONE);
    vigil_source twin = vigil_source_from_fd(counter_fd);
    check_status(vigil_registry_register(lasting.registry, &source, number, VIGIL_READABLE),
                 VIGIL_EBADF);
    check_status(vigil_registry_register(lasting.registry, &twin, number, VIGIL_READABLE),
                 VIGIL_EEXIST);
}

static void flat__failures(void **state)
{
    (void)state;
    vigil_source source;
    counter_fd = open_eventfd();
    open_fixture(&lasting);
    watch(&lasting, &source, counter_fd, 1, VIGIL_READABLE);
    check_flat(fail_to_register, scaled(CYCLES));
    check_equal(vigil_slots_taken(&lasting.poll.registry.slots), 1);
    add_to_eventfd(counter_fd, 1);
    (void)wait_for(&lasting, 1);
    unwatch(&lasting, &source);
    close_fixture(&lasting);
    check_os(close(counter_fd));
}

/* TCP connections, made, used, and closed from both ends; fewer, as each costs
 * the kernel much more. The reset at the end leaves no port in TIME_WAIT. */
static vigil_tcp_listener lasting_listener;
static vigil_address lasting_address;

static void connect_and_close(uint32_t number)
{
    vigil_tcp_stream client;
    vigil_tcp_stream server;
    size_t count = 0;
    check_ok(vigil_tcp_stream_connect(&client, &lasting_address));
    check_ok(vigil_registry_register(lasting.registry, &client.source, number, VIGIL_WRITABLE));
    check(vigil_event_is_writable(wait_until(&lasting, number, vigil_event_is_writable)));
    check_ok(vigil_tcp_listener_accept(&lasting_listener, &server, NULL));
    check_ok(vigil_registry_register(lasting.registry, &server.source, number, VIGIL_READABLE));
    check_ok(vigil_tcp_stream_write(&client, "x", 1, &count));
    check(vigil_event_is_readable(wait_until(&lasting, number, vigil_event_is_readable)));
    check_ok(vigil_tcp_stream_close(&server));
    check_ok(vigil_tcp_stream_close(&client));
}

static void flat__tcp_connections(void **state)
{
    (void)state;
    lasting_address = vigil_address_loopback_ipv4(0);
    open_fixture(&lasting);
    check_ok(vigil_tcp_listener_bind(&lasting_listener, &lasting_address));
    check_ok(vigil_tcp_listener_local_address(&lasting_listener, &lasting_address));
    check_flat(connect_and_close, scaled(CYCLES / 50));
    check_ok(vigil_tcp_listener_close(&lasting_listener));
    close_fixture(&lasting);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(flat__open_register_wake_close),
        kernel_test(flat__in_one_poll),
        kernel_test(flat__failures),
        kernel_test(flat__tcp_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
