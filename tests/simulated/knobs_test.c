/* SPDX-License-Identifier: MIT */

/* What the simulated kernel may do to a program that Linux seldom does: it reports what
 * is not ready, and tells of no edge before the last one has been used up. */
#include "os/descriptor.h"
#include "os/epoll.h"
#include "os/sim/sim.h"
#include "support/check.h"

#include <sys/epoll.h>

#define WAITS 200

static struct {
    vigil_poll poll;
    vigil_slot slots[2];
    vigil_unix_stream here;
    vigil_unix_stream there;
} stage;

static void begin(unsigned spurious, unsigned withheld, vigil_interest interest)
{
    const vigil_sim_options options = {
        .seed = 1, .spurious = spurious, .withheld = withheld, .descriptors_max = 16};
    vigil_sim_begin(&options);
    check_ok(vigil_poll_open(&stage.poll, stage.slots, 2));
    check_ok(vigil_unix_stream_pair(&stage.here, &stage.there));
    check_ok(
        vigil_registry_register(vigil_poll_registry(&stage.poll), &stage.here.source, 7, interest));
}

static void end(void)
{
    check_ok(vigil_unix_stream_close(&stage.here));
    check_ok(vigil_unix_stream_close(&stage.there));
    check_ok(vigil_poll_close(&stage.poll));
    check_equal(vigil_sim_end().descriptors, 0);
}

/* How many of so many waits have reported it as readable. */
static unsigned reports(unsigned waits)
{
    vigil_events events;
    vigil_raw_event storage[2];
    vigil_event event;
    unsigned count = 0;
    check_ok(vigil_events_init(&events, storage, 2));
    for (unsigned i = 0; i < waits; i++) {
        check_ok(vigil_poll_wait(&stage.poll, &events, VIGIL_NO_WAIT));
        while (vigil_events_next(&events, &event)) {
            check_equal(event.token, 7);
            count += vigil_event_is_readable(event);
        }
    }
    return count;
}

static void put(void)
{
    size_t count = 0;
    check_ok(vigil_unix_stream_write(&stage.there, "x", 1, &count));
}

static vigil_status take(void)
{
    char data[4];
    size_t count = 0;
    return vigil_unix_stream_read(&stage.here, data, sizeof data, &count);
}

static void spurious__reports_what_is_not_ready(void **state)
{
    (void)state;
    begin(50, 0, VIGIL_READABLE);
    unsigned told = reports(WAITS);
    check_equal(told > WAITS / 4 && told < WAITS, true);
    check_status(take(), VIGIL_EWOULDBLOCK);
    end();
}

/* At the seam, as the library would drop such a report by itself. */
static void spurious__leaves_what_was_removed_alone(void **state)
{
    (void)state;
    vigil_fd epoll = VIGIL_FD_NONE;
    vigil_raw_event event;
    uint32_t count = 0;
    uint32_t all = 0;
    begin(99, 0, VIGIL_READABLE);
    check_ok(vigil_os_epoll_create(&epoll));
    check_ok(vigil_os_epoll_add(epoll, stage.there.source.fd, EPOLLIN, 9));
    for (unsigned i = 0; i < WAITS; i++) {
        check_ok(vigil_os_epoll_wait(epoll, &event, 1, 0, &count));
        all += count;
    }
    check_equal(all > WAITS / 4, true);
    check_ok(vigil_os_epoll_remove(epoll, stage.there.source.fd));
    for (unsigned i = 0; i < WAITS; i++) {
        check_ok(vigil_os_epoll_wait(epoll, &event, 1, 0, &count));
        check_equal(count, 0);
    }
    check_ok(vigil_os_close(epoll));
    end();
}

/* Two polls give the same numbers to what is registered with them. */
static void spurious__tells_each_poll_of_its_own(void **state)
{
    (void)state;
    vigil_poll other;
    vigil_slot slots[2];
    begin(50, 50, VIGIL_READABLE);
    check_ok(vigil_poll_open(&other, slots, 2));
    check_ok(vigil_registry_register(vigil_poll_registry(&other), &stage.there.source, 8,
                                     VIGIL_WRITABLE));
    put();
    check_equal(reports(WAITS) > WAITS / 4, true);
    check_ok(vigil_registry_deregister(vigil_poll_registry(&other), &stage.there.source));
    check_ok(vigil_poll_close(&other));
    check_equal(reports(WAITS) > WAITS / 4, true);
    end();
}

static void withheld__edges_come_once_a_read_would_have_blocked(void **state)
{
    (void)state;
    begin(0, 100, VIGIL_READABLE);
    put();
    check_equal(reports(3), 1);
    put();
    check_equal(reports(3), 0);
    check_ok(take());
    put();
    check_equal(reports(3), 0);
    check_ok(take());
    check_status(take(), VIGIL_EWOULDBLOCK);
    put();
    check_equal(reports(3), 1);
    end();
}

static void withheld__reregistering_asks_anew(void **state)
{
    (void)state;
    begin(0, 100, VIGIL_READABLE);
    put();
    check_equal(reports(3), 1);
    check_ok(vigil_registry_reregister(vigil_poll_registry(&stage.poll), &stage.here.source, 7,
                                       VIGIL_READABLE));
    check_equal(reports(3), 1);
    end();
}

static void withheld__level_is_as_ever_and_so_is_the_end(void **state)
{
    (void)state;
    begin(0, 100, VIGIL_READABLE | VIGIL_LEVEL);
    put();
    check_equal(reports(3), 3);
    check_ok(vigil_registry_reregister(vigil_poll_registry(&stage.poll), &stage.here.source, 7,
                                       VIGIL_READABLE));
    check_equal(reports(3), 1);
    check_ok(vigil_unix_stream_shutdown(&stage.there, VIGIL_SHUTDOWN_WRITE));
    check_equal(reports(3), 1);
    end();
}

/* What is withheld takes the place of nothing that is ready. */
static void withheld__hides_nobody(void **state)
{
    (void)state;
    vigil_unix_stream one;
    vigil_unix_stream two;
    vigil_events events;
    vigil_raw_event storage[1];
    vigil_event event;
    begin(0, 100, VIGIL_READABLE);
    check_ok(vigil_unix_stream_pair(&one, &two));
    put();
    check_equal(reports(3), 1);
    put();
    check_ok(vigil_registry_register(vigil_poll_registry(&stage.poll), &one.source, 8,
                                     VIGIL_WRITABLE | VIGIL_LEVEL));
    check_ok(vigil_events_init(&events, storage, 1));
    check_ok(vigil_poll_wait(&stage.poll, &events, VIGIL_FOREVER));
    check_equal(vigil_events_next(&events, &event), true);
    check_equal(event.token, 8);
    check_ok(vigil_unix_stream_close(&one));
    check_ok(vigil_unix_stream_close(&two));
    end();
}

/* Once writing would have blocked, that there is room again is told, and once. */
static void withheld__room_is_told_once_a_write_would_have_blocked(void **state)
{
    (void)state;
    vigil_pipe_sender sender;
    vigil_pipe_receiver receiver;
    vigil_events events;
    vigil_raw_event storage[2];
    char data[4096] = "";
    size_t count = 0;
    unsigned told = 0;
    vigil_event event;
    vigil_status status = VIGIL_OK;
    begin(0, 100, VIGIL_READABLE);
    check_ok(vigil_pipe_open(&receiver, &sender));
    check_ok(vigil_registry_register(vigil_poll_registry(&stage.poll), &sender.source, 8,
                                     VIGIL_WRITABLE));
    check_ok(vigil_events_init(&events, storage, 2));
    for (int round = 0; round < 2; round++) {
        while (status == VIGIL_OK) {
            status = vigil_pipe_sender_write(&sender, data, sizeof data, &count);
        }
        check_status(status, VIGIL_EWOULDBLOCK);
        for (status = VIGIL_OK; status == VIGIL_OK;) {
            status = vigil_pipe_receiver_read(&receiver, data, sizeof data, &count);
        }
        check_status(status, VIGIL_EWOULDBLOCK);
        status = VIGIL_OK;
        for (told = 0; events.count > 0 || told == 0;) {
            check_ok(vigil_poll_wait(&stage.poll, &events, VIGIL_NO_WAIT));
            while (vigil_events_next(&events, &event)) {
                told += vigil_event_is_writable(event);
            }
        }
        check_equal(told, 1);
    }
    check_ok(vigil_pipe_sender_close(&sender));
    check_ok(vigil_pipe_receiver_close(&receiver));
    end();
}

/* That a connection is made is told, whatever was told of the socket before. */
static void withheld__connecting_is_told(void **state)
{
    (void)state;
    vigil_address address;
    vigil_tcp_listener listener;
    vigil_tcp_socket socket;
    vigil_tcp_stream stream;
    vigil_events events;
    vigil_raw_event storage[2];
    vigil_event event;
    begin(0, 100, VIGIL_READABLE);
    check_ok(vigil_address_parse("127.0.0.1:0", &address));
    check_ok(vigil_tcp_listener_bind(&listener, &address));
    check_ok(vigil_tcp_listener_local_address(&listener, &address));
    check_ok(vigil_tcp_socket_open(&socket, VIGIL_FAMILY_IPV4));
    vigil_source source = vigil_source_from_fd(vigil_tcp_socket_fd(&socket));
    check_ok(vigil_registry_register(vigil_poll_registry(&stage.poll), &source, 8, VIGIL_WRITABLE));
    check_ok(vigil_events_init(&events, storage, 2));
    check_ok(vigil_poll_wait(&stage.poll, &events, VIGIL_NO_WAIT));
    check_ok(vigil_tcp_socket_connect(&socket, &address, &stream));
    check_ok(vigil_poll_wait(&stage.poll, &events, VIGIL_FOREVER));
    check_equal(vigil_events_next(&events, &event), true);
    check_equal(vigil_event_is_writable(event), true);
    check_ok(vigil_registry_deregister(vigil_poll_registry(&stage.poll), &source));
    check_ok(vigil_tcp_stream_close(&stream));
    check_ok(vigil_tcp_listener_close(&listener));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spurious__reports_what_is_not_ready),
        cmocka_unit_test(spurious__leaves_what_was_removed_alone),
        cmocka_unit_test(spurious__tells_each_poll_of_its_own),
        cmocka_unit_test(withheld__edges_come_once_a_read_would_have_blocked),
        cmocka_unit_test(withheld__reregistering_asks_anew),
        cmocka_unit_test(withheld__level_is_as_ever_and_so_is_the_end),
        cmocka_unit_test(withheld__hides_nobody),
        cmocka_unit_test(withheld__room_is_told_once_a_write_would_have_blocked),
        cmocka_unit_test(withheld__connecting_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
