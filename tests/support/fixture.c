/* SPDX-License-Identifier: MIT */
#include "support/fixture.h"

#include "support/clock.h"

void open_small_fixture(fixture *f, size_t slot_count, size_t capacity)
{
    check(slot_count <= FIXTURE_SLOTS && capacity <= FIXTURE_EVENTS);
    check_ok(vigil_poll_open(&f->poll, f->slots, slot_count));
    check_ok(vigil_events_init(&f->events, f->storage, capacity));
    f->registry = vigil_poll_registry(&f->poll);
}

void open_fixture(fixture *f)
{
    open_small_fixture(f, FIXTURE_SLOTS, FIXTURE_EVENTS);
}

void close_fixture(fixture *f)
{
    check_ok(vigil_poll_close(&f->poll));
}

void watch(fixture *f, vigil_source *source, int fd, vigil_token token, vigil_interest interest)
{
    *source = vigil_source_from_fd(fd);
    check_ok(vigil_registry_register(f->registry, source, token, interest));
}

void unwatch(fixture *f, vigil_source *source)
{
    check_ok(vigil_registry_deregister(f->registry, source));
}

void wait_once(fixture *f, vigil_timeout timeout)
{
    vigil_status status = vigil_poll_wait(&f->poll, &f->events, timeout);
    if (status != VIGIL_EINTR) {
        check_ok(status);
    }
}

vigil_event next_event(fixture *f)
{
    vigil_event event = {0};
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    while (!vigil_events_next(&f->events, &event)) {
        uint64_t now = now_ns();
        if (now >= end_ns) {
            check_fail(__FILE__, __LINE__, "no event came");
        }
        wait_once(f, vigil_ns(end_ns - now));
    }
    return event;
}

vigil_event wait_for(fixture *f, vigil_token token)
{
    vigil_event event = next_event(f);
    check_equal(event.token, token);
    return event;
}

vigil_event wait_until(fixture *f, vigil_token token, bool (*said)(vigil_event event))
{
    vigil_event event = next_event(f);
    while (event.token != token || !said(event)) {
        event = next_event(f);
    }
    return event;
}

static void expect_none_in_hand(fixture *f)
{
    vigil_event event;
    if (vigil_events_next(&f->events, &event)) {
        check_fail(__FILE__, __LINE__, "unexpected event: token %#jx, readiness %#x",
                   (uintmax_t)event.token, event.readiness);
    }
}

void expect_no_events(fixture *f)
{
    expect_none_in_hand(f);
    uint64_t end_ns = now_ns() + QUIET_MS * MS_IN_NS;
    for (uint64_t now = now_ns(); now < end_ns; now = now_ns()) {
        wait_once(f, vigil_ns(end_ns - now));
        expect_none_in_hand(f);
    }
}

uint32_t take_ready(fixture *f, vigil_event *first)
{
    vigil_event event;
    uint32_t count = 0;
    wait_once(f, VIGIL_NO_WAIT);
    while (vigil_events_next(&f->events, &event)) {
        if (count == 0 && first != NULL) {
            *first = event;
        }
        count++;
    }
    return count;
}
