/* SPDX-License-Identifier: MIT */

/* What the simulated kernel may do to a program that Linux seldom does: it reports what
 * is not ready, and tells of no edge before the last one has been used up. */
#include "os/sim/sim.h"
#include "support/check.h"

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

static void spurious__leaves_what_was_deregistered_alone(void **state)
{
    (void)state;
    begin(99, 0, VIGIL_READABLE);
    check_ok(vigil_registry_deregister(vigil_poll_registry(&stage.poll), &stage.here.source));
    check_equal(reports(WAITS), 0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spurious__reports_what_is_not_ready),
        cmocka_unit_test(spurious__leaves_what_was_deregistered_alone),
        cmocka_unit_test(spurious__tells_each_poll_of_its_own),
        cmocka_unit_test(withheld__edges_come_once_a_read_would_have_blocked),
        cmocka_unit_test(withheld__reregistering_asks_anew),
        cmocka_unit_test(withheld__level_is_as_ever_and_so_is_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
