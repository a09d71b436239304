/* SPDX-License-Identifier: MIT */

/* Signals of the model kernel, and what Linux cannot be asked without ending: numbers that
 * are none, signals that nobody blocks, and a program that handles one after the other. */
#include "os/model/model.h"
#include "support/check.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#define RECORD sizeof(struct signalfd_siginfo)
#define EVERY UINT64_MAX
#define REAL_TIME 40

static const vigil_model_options options = {.first_descriptor = 3, .descriptors_max = 6};

static uint64_t only(int number)
{
    return UINT64_C(1) << (number - 1);
}

static int send_signal(vigil_model *model, int number, int to_thread)
{
    const vigil_model_signal signal = {.number = number, .code = SI_USER, .pid = 7, .uid = 8};
    return vigil_model_raise(model, &signal, to_thread);
}

/* The number of the next one, or 0. */
static uint32_t read_one(vigil_model *model, int fd)
{
    struct signalfd_siginfo record;
    int64_t count = vigil_model_read(model, fd, &record, sizeof record);
    return count == (int64_t)sizeof record ? record.ssi_signo : 0;
}

static void signals__are_read_once_and_in_their_order(void **state)
{
    (void)state;
    static const uint32_t order[] = {SIGHUP, SIGSEGV, SIGSYS, SIGHUP, SIGUSR1, REAL_TIME, 0};
    vigil_model *model = vigil_model_open(&options);
    int fd = vigil_model_signalfd(model, -1, EVERY);
    vigil_model_block(model, EVERY);
    check_equal(send_signal(model, REAL_TIME, 0), 0);
    check_equal(send_signal(model, SIGUSR1, 0), 0);
    check_equal(send_signal(model, SIGUSR1, 0), 0);
    check_equal(send_signal(model, SIGHUP, 0), 0);
    check_equal(send_signal(model, SIGSYS, 0), 0);
    check_equal(send_signal(model, SIGSEGV, 0), 0);
    check_equal(send_signal(model, SIGHUP, 1), 0);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        check_equal(read_one(model, fd), order[i]);
    }
    vigil_model_free(model);
}

static void signals__are_records(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    const vigil_model_signal sent = {REAL_TIME, SI_QUEUE, 5, 6, UINT64_C(0x700000008)};
    struct signalfd_siginfo records[3];
    int fd = vigil_model_signalfd(model, -1, only(REAL_TIME));
    vigil_model_block(model, EVERY);
    check_equal(vigil_model_read(model, fd, records, RECORD), -EAGAIN);
    check_equal(vigil_model_read(model, fd, records, RECORD - 1), -EINVAL);
    for (int i = 0; i < 4; i++) {
        check_equal(vigil_model_raise(model, &sent, 0), 0);
    }
    check_equal(vigil_model_read(model, fd, records, 3 * RECORD - 1), 2 * RECORD);
    check_equal(vigil_model_read(model, fd, records, sizeof records), 2 * RECORD);
    struct signalfd_siginfo expected = {.ssi_signo = REAL_TIME,
                                        .ssi_code = SI_QUEUE,
                                        .ssi_pid = 5,
                                        .ssi_uid = 6,
                                        .ssi_int = 8,
                                        .ssi_ptr = UINT64_C(0x700000008)};
    check(memcmp(&records[1], &expected, RECORD) == 0);
    check_equal(vigil_model_write(model, fd, "12345678", 8), -EINVAL);
    vigil_model_free(model);
}

static void signals__that_are_not_blocked_are_handled(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    vigil_model_signal handled;
    int fd = vigil_model_signalfd(model, -1, EVERY);
    check_equal(vigil_model_handled(model, &handled), -EAGAIN);
    check_equal(send_signal(model, SIGHUP, 0), 0);
    check_equal(vigil_model_handled(model, &handled), 0);
    check_equal(handled.number, SIGHUP);
    check_equal(handled.pid, 7);
    check_equal(vigil_model_poll(model, fd, EPOLLIN), 0);
    vigil_model_block(model, only(SIGHUP) | only(SIGINT));
    check_equal(send_signal(model, SIGINT, 0), 0);
    check_equal(send_signal(model, SIGHUP, 0), 0);
    check_equal(vigil_model_handled(model, &handled), -EAGAIN);
    vigil_model_block(model, 0);
    check_equal(vigil_model_handled(model, &handled), 0);
    check_equal(handled.number, SIGHUP);
    check_equal(vigil_model_handled(model, &handled), 0);
    check_equal(handled.number, SIGINT);
    vigil_model_free(model);
}

/* sigprocmask(2) and signalfd(2) leave these two out. */
static void signals__that_nobody_blocks(void **state)
{
    (void)state;
    static const int numbers[] = {SIGKILL, SIGSTOP};
    vigil_model *model = vigil_model_open(&options);
    vigil_model_signal handled;
    int fd = vigil_model_signalfd(model, -1, EVERY);
    vigil_model_block(model, EVERY);
    for (int i = 0; i < 2; i++) {
        check_equal(send_signal(model, numbers[i], 0), 0);
        check_equal(vigil_model_handled(model, &handled), 0);
        check_equal(read_one(model, fd), 0);
    }
    vigil_model_free(model);
}

static void signals__are_numbers_from_1_to_64(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    vigil_model_block(model, EVERY);
    check_equal(send_signal(model, 0, 0), -EINVAL);
    check_equal(send_signal(model, 65, 0), -EINVAL);
    check_equal(send_signal(model, 1, 0), 0);
    check_equal(send_signal(model, 64, 1), 0);
    vigil_model_free(model);
}

/* What waits when the kernel ends is forgotten with it. */
static void signals__are_of_a_signalfd_alone(void **state)
{
    (void)state;
    vigil_model *model = vigil_model_open(&options);
    vigil_model_event event = {EPOLLIN | (uint32_t)EPOLLET, 1};
    int fd = vigil_model_signalfd(model, -1, only(SIGHUP));
    int epoll = vigil_model_epoll_create(model);
    vigil_model_block(model, EVERY);
    check_equal(vigil_model_epoll_ctl(model, epoll, EPOLL_CTL_ADD, fd, &event), 0);
    check_equal(send_signal(model, SIGINT, 0), 0);
    check_equal(vigil_model_epoll_wait(model, epoll, &event, 1), 0);
    check_equal(vigil_model_signalfd(model, fd, only(SIGINT)), fd);
    check_equal(vigil_model_epoll_wait(model, epoll, &event, 1), 1);
    check_equal(vigil_model_epoll_wait(model, epoll, &event, 1), 0);
    check_equal(vigil_model_signalfd(model, epoll, EVERY), -EINVAL);
    check_equal(vigil_model_signalfd(model, 5, EVERY), -EBADF);
    check_equal(vigil_model_signalfd(model, -2, EVERY), -EBADF);
    check_equal(vigil_model_signalfd(model, -1, EVERY), 5);
    check_equal(vigil_model_signalfd(model, -1, EVERY), -EMFILE);
    check_equal(vigil_model_close(model, fd), 0);
    check_equal(send_signal(model, SIGHUP, 0), 0);
    check_equal(vigil_model_epoll_wait(model, epoll, &event, 1), 0);
    check_equal(vigil_model_shutdown(model, 5, 0), -ENOTSOCK);
    vigil_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals__are_read_once_and_in_their_order),
        cmocka_unit_test(signals__are_records),
        cmocka_unit_test(signals__that_are_not_blocked_are_handled),
        cmocka_unit_test(signals__that_nobody_blocks),
        cmocka_unit_test(signals__are_numbers_from_1_to_64),
        cmocka_unit_test(signals__are_of_a_signalfd_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
