/* SPDX-License-Identifier: MIT */

/* Polls: the behaviours that mio's suite asserts in poll.rs, one test each. */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/fixture.h"
#include "support/thread.h"

#include <fcntl.h>
#include <unistd.h>

/* A listener on a free port of the loopback, and where it is. */
static vigil_address bind_listener(vigil_tcp_listener *listener)
{
    vigil_address address = vigil_address_loopback_ipv4(0);
    check_ok(vigil_tcp_listener_bind(listener, &address));
    check_ok(vigil_tcp_listener_local_address(listener, &address));
    return address;
}

/* 100 ms in a poll without sources. */
static void poll__run_once_with_nothing(void **state)
{
    (void)state;
    fixture f;
    vigil_event event;
    open_fixture(&f);
    uint64_t begin_ns = now_ns();
    check_ok(vigil_poll_wait(&f.poll, &f.events, vigil_ms(100)));
    check_within(now_ns() - begin_ns, 100 * MS_IN_NS, PATIENCE_NS);
    check(!vigil_events_next(&f.events, &event));
    close_fixture(&f);
}

static void poll__add_then_drop(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    open_fixture(&f);
    (void)bind_listener(&listener);
    check_ok(
        vigil_registry_register(f.registry, &listener.source, 1, VIGIL_READABLE | VIGIL_WRITABLE));
    check_ok(vigil_tcp_listener_close(&listener));
    check_ok(vigil_poll_wait(&f.poll, &f.events, vigil_ms(10)));
    expect_no_events(&f);
    close_fixture(&f);
}

/* What is ready already is reported by a wait that does not wait. */
static void poll__zero_duration_polls_events(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    vigil_tcp_stream streams[3];
    open_fixture(&f);
    vigil_address address = bind_listener(&listener);
    for (vigil_token i = 0; i < 3; i++) {
        check_ok(vigil_tcp_stream_connect(&streams[i], &address));
        check_ok(vigil_registry_register(f.registry, &streams[i].source, i, VIGIL_WRITABLE));
    }
    sleep_ms(20); /* The loopback connects at once; this is for the sake of order alone. */
    uint32_t seen = 0;
    for (uint64_t end_ns = now_ns() + PATIENCE_NS; seen < 3 && now_ns() < end_ns;) {
        seen += take_ready(&f, NULL);
    }
    check_equal(seen, 3);
    for (int i = 0; i < 3; i++) {
        check_ok(vigil_tcp_stream_close(&streams[i]));
    }
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

static void poll__poll_closes_fd(void **state)
{
    (void)state;
    for (int i = 0; i < 2000; i++) {
        fixture f;
        open_fixture(&f);
        check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_NO_WAIT));
        close_fixture(&f);
    }
}

/* Read until it would block, silence, new data, a new event. */
static void poll__readiness_is_reregistered_after_would_block(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_tcp_stream stream;
    char bytes[16];
    size_t count = 0;
    open_fixture(&f);
    open_tcp_pair(fd);
    check_ok(vigil_tcp_stream_from_fd(&stream, fd[0]));
    check_ok(vigil_registry_register(f.registry, &stream.source, 1, VIGIL_READABLE));
    for (int i = 0; i < 3; i++) {
        write_bytes(fd[1], 5);
        check(vigil_event_is_readable(wait_for(&f, 1)));
        check_ok(vigil_tcp_stream_read(&stream, bytes, sizeof bytes, &count));
        check_equal(count, 5);
        check_status(vigil_tcp_stream_read(&stream, bytes, sizeof bytes, &count),
                     VIGIL_EWOULDBLOCK);
        expect_no_events(&f);
    }
    check_ok(vigil_tcp_stream_close(&stream));
    check_os(close(fd[1]));
    close_fixture(&f);
}

/* A registered stream that is closed gives its peer the end of the stream. */
static void poll__drop_cancels_interest_and_shuts_down(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_tcp_stream stream;
    vigil_source peer;
    char byte = 0;
    open_fixture(&f);
    open_tcp_pair(fd);
    check_ok(vigil_tcp_stream_from_fd(&stream, fd[0]));
    check_ok(
        vigil_registry_register(f.registry, &stream.source, 1, VIGIL_READABLE | VIGIL_WRITABLE));
    check(vigil_event_is_writable(wait_for(&f, 1)));
    check_ok(vigil_tcp_stream_close(&stream));
    check_equal(vigil_slots_taken(&f.poll.registry.slots), 0);
    watch(&f, &peer, fd[1], 2, VIGIL_READABLE);
    check(vigil_event_is_readable(wait_for(&f, 2)));
    check_equal(read(fd[1], &byte, 1), 0);
    unwatch(&f, &peer);
    check_os(close(fd[1]));
    close_fixture(&f);
}

/* What a thread does with a registry that it shares. */
typedef struct registering {
    fixture *f;
    vigil_source source;
    vigil_token token;
} registering;

static void register_only(void *argument)
{
    registering *r = argument;
    sleep_ms(10);
    check_ok(vigil_registry_register(r->f->registry, &r->source, r->token, VIGIL_READABLE));
}

static void register_and_change_mind(void *argument)
{
    registering *r = argument;
    vigil_registry *registry = r->f->registry;
    sleep_ms(10);
    check_ok(vigil_registry_register(registry, &r->source, 99, VIGIL_WRITABLE | VIGIL_READABLE));
    check_ok(vigil_registry_deregister(registry, &r->source));
    check_ok(vigil_registry_register(registry, &r->source, 98, VIGIL_PRIORITY));
    check_ok(vigil_registry_reregister(registry, &r->source, r->token, VIGIL_READABLE));
}

/* `count` threads do `work` on a ready source each, while the main one waits;
 * the final tokens 0 .. count - 1 are all reported. */
static void share_registry(void (*work)(void *argument), vigil_token count)
{
    fixture f;
    test_thread threads[3];
    registering work_of[3];
    bool seen[3] = {false};
    open_fixture(&f);
    for (vigil_token i = 0; i < count; i++) {
        work_of[i] = (registering){&f, vigil_source_from_fd(open_eventfd()), i};
        add_to_eventfd(work_of[i].source.fd, 1);
        start_thread(&threads[i], work, &work_of[i]);
    }
    for (vigil_token left = count; left > 0;) {
        vigil_event event = next_event(&f);
        if (event.token < count && !seen[event.token]) {
            seen[event.token] = true;
            left--;
        }
    }
    for (vigil_token i = 0; i < count; i++) {
        join_thread(&threads[i]);
        unwatch(&f, &work_of[i].source);
        check_os(close(work_of[i].source.fd));
    }
    close_fixture(&f);
}

static void poll__registry_behind_arc(void **state)
{
    (void)state;
    share_registry(register_only, 2);
}

static void poll__registry_operations_are_thread_safe(void **state)
{
    (void)state;
    for (int i = 0; i < 10; i++) {
        share_registry(register_and_change_mind, 3);
    }
}

static void register_writable(void *argument)
{
    registering *r = argument;
    sleep_ms(30);
    check_ok(vigil_registry_register(r->f->registry, &r->source, r->token, VIGIL_WRITABLE));
}

/* The wait is on when the source comes, and reports it exactly once. */
static void poll__register_during_poll(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    test_thread thread;
    open_fixture(&f);
    open_tcp_pair(fd);
    registering r = {&f, vigil_source_from_fd(fd[0]), 3};
    start_thread(&thread, register_writable, &r);
    wait_once(&f, VIGIL_FOREVER);
    check_equal(f.events.count, 1);
    check(vigil_event_is_writable(wait_for(&f, 3)));
    join_thread(&thread);
    expect_no_events(&f);
    unwatch(&f, &r.source);
    close_pair(fd);
    close_fixture(&f);
}

static void poll__reregister_interest_token_usage(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_unix_pair(fd);
    write_bytes(fd[1], 1);
    watch(&f, &source, fd[0], 1, VIGIL_READABLE);
    check_ok(vigil_registry_reregister(f.registry, &source, 2, VIGIL_READABLE | VIGIL_WRITABLE));
    check_ok(vigil_registry_reregister(f.registry, &source, 3, VIGIL_WRITABLE));
    vigil_event event = wait_for(&f, 3);
    check(vigil_event_is_writable(event));
    check(!vigil_event_is_readable(event));
    expect_no_events(&f);
    unwatch(&f, &source);
    close_pair(fd);
    close_fixture(&f);
}

static void poll__double_register_different_token(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    vigil_source source;
    open_fixture(&f);
    open_unix_pair(fd);
    watch(&f, &source, fd[0], 0, VIGIL_READABLE);
    check_status(vigil_registry_register(f.registry, &source, 1, VIGIL_READABLE), VIGIL_EEXIST);
    write_bytes(fd[1], 1);
    (void)wait_for(&f, 0);
    unwatch(&f, &source);
    close_pair(fd);
    close_fixture(&f);
}

/* Reregistered after a wait, and connected to only then: the event has the new
 * token, and the poll takes new registrations afterwards. */
static void poll__poll_ok_after_cancelling_pending_ops(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    vigil_tcp_stream stream;
    open_fixture(&f);
    vigil_address address = bind_listener(&listener);
    check_ok(vigil_registry_register(f.registry, &listener.source, 0, VIGIL_READABLE));
    check_ok(vigil_poll_wait(&f.poll, &f.events, VIGIL_NO_WAIT));
    check_ok(vigil_registry_reregister(f.registry, &listener.source, 1, VIGIL_READABLE));
    check_ok(vigil_tcp_stream_connect(&stream, &address));
    check(vigil_event_is_readable(wait_for(&f, 1)));
    check_ok(vigil_registry_register(f.registry, &stream.source, 2, VIGIL_WRITABLE));
    check(vigil_event_is_writable(wait_for(&f, 2)));
    check_ok(vigil_tcp_stream_close(&stream));
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

static void poll__reregister_without_register(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    open_fixture(&f);
    (void)bind_listener(&listener);
    check_status(vigil_registry_reregister(f.registry, &listener.source, 0, VIGIL_READABLE),
                 VIGIL_ENOENT);
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

static void poll__deregister_without_register(void **state)
{
    (void)state;
    fixture f;
    vigil_tcp_listener listener;
    open_fixture(&f);
    (void)bind_listener(&listener);
    check_status(vigil_registry_deregister(f.registry, &listener.source), VIGIL_ENOENT);
    check_ok(vigil_tcp_listener_close(&listener));
    close_fixture(&f);
}

/* A place of the caller's own, which begins with its source like ours do. */
typedef struct odometer {
    vigil_source source;
    uint64_t distance;
} odometer;

/* It gets exactly the token and the interest of each call. */
static void poll__poll_registration(void **state)
{
    (void)state;
    fixture f;
    int fd[2];
    open_fixture(&f);
    open_unix_pair(fd);
    odometer place = {.source = vigil_source_from_fd(fd[0]), .distance = 12345};
    check(!vigil_source_is_registered(&place.source));
    check_ok(vigil_registry_register(f.registry, &place.source, (vigil_token)(uintptr_t)&place,
                                     VIGIL_WRITABLE));
    check(vigil_source_is_registered(&place.source));
    vigil_event event = next_event(&f);
    const odometer *found = (const odometer *)event.token;
    check_equal(found->distance, 12345);
    check(vigil_event_is_writable(event));
    check_ok(vigil_registry_reregister(f.registry, &place.source, 0, VIGIL_READABLE));
    expect_no_events(&f);
    write_bytes(fd[1], 1);
    event = wait_for(&f, 0);
    check(!vigil_event_is_writable(event));
    check_ok(vigil_registry_deregister(f.registry, &place.source));
    check(!vigil_source_is_registered(&place.source));
    check_equal(place.distance, 12345);
    close_pair(fd);
    close_fixture(&f);
}

/* What the system says against a source is what the caller hears. */
static void poll__poll_erroneous_registration(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    int file = check_os(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
    odometer place = {.source = vigil_source_from_fd(file), .distance = 1};
    check_status(vigil_registry_register(f.registry, &place.source, 1, VIGIL_READABLE),
                 VIGIL_EPERM);
    check_status(vigil_registry_reregister(f.registry, &place.source, 1, VIGIL_READABLE),
                 VIGIL_ENOENT);
    check_status(vigil_registry_deregister(f.registry, &place.source), VIGIL_ENOENT);
    check_os(close(file));
    check_status(vigil_registry_register(f.registry, &place.source, 1, VIGIL_READABLE),
                 VIGIL_EBADF);
    close_fixture(&f);
}

/* Two registrations may carry the same token. */
static void poll__a_token_is_the_callers(void **state)
{
    (void)state;
    const vigil_token tokens[] = {0, 1, UINTPTR_MAX, UINTPTR_MAX / 2 + 1, UINT32_MAX};
    fixture f;
    vigil_source sources[2];
    open_fixture(&f);
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        for (int k = 0; k < 2; k++) {
            watch(&f, &sources[k], open_eventfd(), tokens[i], VIGIL_WRITABLE);
        }
        (void)wait_for(&f, tokens[i]);
        (void)wait_for(&f, tokens[i]);
        for (int k = 0; k < 2; k++) {
            unwatch(&f, &sources[k]);
            check_os(close(sources[k].fd));
        }
    }
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(poll__run_once_with_nothing),
        kernel_test(poll__add_then_drop),
        kernel_test(poll__zero_duration_polls_events),
        kernel_test(poll__poll_closes_fd),
        kernel_test(poll__readiness_is_reregistered_after_would_block),
        kernel_test(poll__drop_cancels_interest_and_shuts_down),
        kernel_test(poll__registry_behind_arc),
        kernel_test(poll__registry_operations_are_thread_safe),
        kernel_test(poll__register_during_poll),
        kernel_test(poll__reregister_interest_token_usage),
        kernel_test(poll__double_register_different_token),
        kernel_test(poll__poll_ok_after_cancelling_pending_ops),
        kernel_test(poll__reregister_without_register),
        kernel_test(poll__deregister_without_register),
        kernel_test(poll__poll_registration),
        kernel_test(poll__poll_erroneous_registration),
        kernel_test(poll__a_token_is_the_callers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
