/* SPDX-License-Identifier: MIT */

/* What Linux loses without a word, and of what it does not tell twice: datagrams that do
 * not fit, ticks of a timer and signals that wait already. */
#include "support/descriptors.h"
#include "support/udp_rig.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TWO 2
#define TOKEN 7
#define SENT 50

/* socket(7), SO_RCVBUF: the smallest buffer there is holds a few. */
static void lost(vigil_family family)
{
    udp_rig r;
    vigil_address from;
    char byte = 0;
    size_t count = 0;
    unsigned received = 0;
    int bytes = 0;
    open_udp_rig(&r, family);
    watch_source(&r.f, &r.two.source, TWO, VIGIL_READABLE);
    check_ok(vigil_udp_socket_set_receive_buffer(&r.two, 1));
    check_ok(vigil_udp_socket_receive_buffer(&r.two, &bytes));
    check(bytes > 1);
    for (unsigned i = 0; i < SENT; i++) {
        check_ok(vigil_udp_socket_send_to(&r.one, "x", 1, &r.at_two, &count));
        check_equal(count, 1);
    }
    check(vigil_event_is_readable(wait_for(&r.f, TWO)));
    while (vigil_udp_socket_receive_from(&r.two, &byte, 1, &from, &count) == VIGIL_OK) {
        received++;
    }
    check_within(received, 1, SENT - 1);
    send_text_to(&r.one, "again", r.at_two);
    check(vigil_event_is_readable(wait_for(&r.f, TWO)));
    receive_text_from(&r.two, "again", r.at_one);
    close_udp_rig(&r);
}

static void limits__a_datagram_that_does_not_fit_is_lost(void **state)
{
    (void)state;
    for_each_family(lost);
}

/* signalfd(2): a standard signal waits once, and another one is news. */
static void limits__a_signal_that_waits_already_is_no_edge(void **state)
{
    (void)state;
    fixture f;
    vigil_source source;
    sigset_t signals;
    struct signalfd_siginfo record;
    check_equal(sigemptyset(&signals), 0);
    check_equal(sigaddset(&signals, SIGURG), 0);
    check_equal(sigaddset(&signals, SIGWINCH), 0);
    check_equal(sigprocmask(SIG_BLOCK, &signals, NULL), 0);
    int fd = check_os(signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC));
    open_fixture(&f);
    watch(&f, &source, fd, TOKEN, VIGIL_READABLE);
    expect_no_events(&f);
    check_os(kill(getpid(), SIGWINCH));
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    check_os(kill(getpid(), SIGWINCH));
    expect_no_events(&f);
    check_os(kill(getpid(), SIGURG));
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    check_equal(check_os(read(fd, &record, sizeof record)), sizeof record);
    check_equal(record.ssi_signo, SIGURG);
    check_equal(check_os(read(fd, &record, sizeof record)), sizeof record);
    check_equal(record.ssi_signo, SIGWINCH);
    check_equal(read(fd, &record, sizeof record), -1);
    unwatch(&f, &source);
    check_os(close(fd));
    close_fixture(&f);
    check_equal(sigprocmask(SIG_UNBLOCK, &signals, NULL), 0);
}

/* timerfd_create(2): one that repeats begins anew when it is read. */
static void limits__a_timer_that_is_not_read_is_no_second_edge(void **state)
{
    (void)state;
    const struct itimerspec often = {.it_interval.tv_nsec = 1000000, .it_value.tv_nsec = 1000000};
    fixture f;
    vigil_source source;
    uint64_t ticks = 0;
    int timer = check_os(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    open_fixture(&f);
    watch(&f, &source, timer, TOKEN, VIGIL_READABLE);
    check_os(timerfd_settime(timer, 0, &often, NULL));
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    expect_no_events(&f);
    check_equal(check_os(read(timer, &ticks, sizeof ticks)), sizeof ticks);
    check(ticks > 1);
    check(vigil_event_is_readable(wait_for(&f, TOKEN)));
    unwatch(&f, &source);
    check_os(close(timer));
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(limits__a_datagram_that_does_not_fit_is_lost),
        tcp_unit_test(limits__a_signal_that_waits_already_is_no_edge),
        tcp_unit_test(limits__a_timer_that_is_not_read_is_no_second_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
