/* SPDX-License-Identifier: MIT */

/* A timeout longer than the system can count, where it counts milliseconds in an int
 * (epoll_wait(2)), is waited out in pieces: months of it, on the simulated clock. */
#include "support/check.h"

#include "os/clock.h"
#include "os/sim/sim.h"

#define DAY_NS (UINT64_C(86400) * 1000000000)
#define LONGEST_NS (UINT64_C(2147483647) * 1000000)

static bool nobody_acts(void *world, vigil_model *kernel)
{
    (void)world;
    (void)kernel;
    return false;
}

/* How long a wait of `timeout` lasts if the kernel has no better clock. */
static uint64_t wait_coarsely(vigil_timeout timeout)
{
    const vigil_sim_options options = {.seed = 1, .descriptors_max = 8, .step = nobody_acts};
    vigil_poll poll;
    vigil_slot slots[1];
    vigil_raw_event storage[1];
    vigil_events events;
    vigil_event event;
    vigil_sim_begin(&options);
    check_ok(vigil_poll_open(&poll, slots, 1));
    check_ok(vigil_events_init(&events, storage, 1));
    poll.registry.selector.coarse = true;
    uint64_t begin_ns = vigil_os_now_ns();
    check_ok(vigil_poll_wait(&poll, &events, timeout));
    uint64_t took_ns = vigil_os_now_ns() - begin_ns;
    check(!vigil_events_next(&events, &event));
    check_ok(vigil_poll_close(&poll));
    check_equal(vigil_sim_end().descriptors, 0);
    return took_ns;
}

static void c8_a_far_timeout_is_waited_out_in_pieces(void **state)
{
    (void)state;
    const uint64_t timeouts_ns[] = {LONGEST_NS,   LONGEST_NS + 1, 2 * LONGEST_NS,
                                    100 * DAY_NS, 365 * DAY_NS,   20 * LONGEST_NS + 12345};
    for (size_t i = 0; i < sizeof timeouts_ns / sizeof timeouts_ns[0]; i++) {
        uint64_t took_ns = wait_coarsely(vigil_ns(timeouts_ns[i]));
        check_within(took_ns, timeouts_ns[i], timeouts_ns[i] + DAY_NS);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(c8_a_far_timeout_is_waited_out_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
