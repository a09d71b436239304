/* SPDX-License-Identifier: MIT */

/* The seam of the simulation, called as the library calls it on Linux (kernel/seam_test.c),
 * with what is no socket, no pipe and no descriptor; and how a simulation ends that cannot
 * go on. */
#include "os/batch.h"
#include "os/descriptor.h"
#include "os/epoll.h"
#include "os/pipe.h"
#include "os/sim/sim.h"
#include "os/socket.h"
#include "os/unix_socket.h"
#include "support/check.h"
#include "support/child.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define SEED 77
#define NO_DESCRIPTOR 50
#define MANY 2000

static void begin(void)
{
    vigil_sim_begin(&(vigil_sim_options){.seed = SEED, .descriptors_max = 64});
}

static void end(void)
{
    check_equal(vigil_sim_end().descriptors, 0);
}

/* --- What is no descriptor, and what is none of a socket ------------------------------- */

static void seam__of_no_descriptor(void **state)
{
    (void)state;
    begin();
    vigil_fd fd = NO_DESCRIPTOR;
    vigil_sockaddr nobody = {.length = 0};
    vigil_credentials who;
    size_t count = 0;
    size_t fds = 0;
    int value = 0;
    uint32_t reports = 0;
    vigil_raw_event event;
    check_status(vigil_os_close(fd), VIGIL_EBADF);
    check_status(vigil_os_adopt(fd), VIGIL_EBADF);
    check_status(vigil_os_set_nonblocking(fd, true), VIGIL_EBADF);
    check_status(vigil_os_peer_credentials(fd, &who), VIGIL_EBADF);
    check_status(vigil_os_send_descriptors(fd, "x", 1, NULL, 0, &count), VIGIL_EBADF);
    check_status(vigil_os_receive_descriptors(fd, &value, 1, NULL, 0, &count, &fds), VIGIL_EBADF);
    check_status(vigil_os_set_membership(fd, VIGIL_OS_JOIN, &nobody, 0), VIGIL_EBADF);
    check_status(vigil_os_set_multicast_interface(fd, 1), VIGIL_EBADF);
    check_status(vigil_os_send_to(fd, "x", 1, &nobody, &count), VIGIL_EBADF);
    check_status(vigil_os_receive(fd, &value, 1, &count), VIGIL_EBADF);
    check_status(vigil_os_get_option(fd, VIGIL_OS_ERROR, &value), VIGIL_EBADF);
    check_status(vigil_os_get_option(fd, VIGIL_OS_FAMILY, &value), VIGIL_EBADF);
    check_status(vigil_os_get_option(fd, VIGIL_OS_ERROR_QUEUE_IPV4, &value), VIGIL_EBADF);
    check_status(vigil_os_local_address(fd, &nobody), VIGIL_EBADF);
    check_status(vigil_os_eventfd_write(fd), VIGIL_EBADF);
    check_status(vigil_os_eventfd_drain(fd), VIGIL_EBADF);
    check_status(vigil_os_epoll_wait(fd, &event, 1, -1, &reports), VIGIL_EBADF);
    check_equal(reports, 0);
    end();
}

static void seam__of_what_is_no_socket(void **state)
{
    (void)state;
    begin();
    vigil_fd receiver;
    vigil_fd sender;
    vigil_sockaddr nobody = {.length = 0};
    size_t count = 0;
    int value = 0;
    check_ok(vigil_os_pipe(&receiver, &sender));
    check_status(vigil_os_send_to(sender, "x", 1, &nobody, &count), VIGIL_ENOTSOCK);
    check_status(vigil_os_receive(receiver, &value, 1, &count), VIGIL_ENOTSOCK);
    check_status(vigil_os_local_address(sender, &nobody), VIGIL_ENOTSOCK);
    check_status(vigil_os_set_multicast_interface(sender, 1), VIGIL_ENOTSOCK);
    check_status(vigil_os_set_device(sender, "lo", 2), VIGIL_ENOTSOCK);
    check_status(vigil_os_get_option(sender, VIGIL_OS_NODELAY, &value), VIGIL_ENOTSOCK);
    check_status(vigil_os_get_option(sender, VIGIL_OS_RECEIVE_BUFFER, &value), VIGIL_ENOTSOCK);
    check_status(vigil_os_get_option(sender, VIGIL_OS_ERROR_QUEUE_IPV4, &value), VIGIL_ENOTSOCK);
    check_status(vigil_os_set_option(sender, VIGIL_OS_ERROR_QUEUE_IPV4, 1), VIGIL_ENOTSOCK);
    check_ok(vigil_os_close(receiver));
    check_ok(vigil_os_close(sender));
    end();
}

/* Errors are kept by UDP alone, and the offload is nobody's here. */
static void seam__of_what_a_socket_lacks(void **state)
{
    (void)state;
    begin();
    vigil_fd fd;
    int value = 0;
    check_ok(vigil_os_socket_stream(AF_INET, &fd));
    check_status(vigil_os_set_option(fd, VIGIL_OS_ERROR_QUEUE_IPV4, 1), VIGIL_ENOPROTOOPT);
    check_status(vigil_os_get_option(fd, VIGIL_OS_ERROR_QUEUE_IPV6, &value), VIGIL_ENOPROTOOPT);
    check_status(vigil_os_get_option(fd, VIGIL_OS_RECEIVE_OFFLOAD, &value), VIGIL_ENOPROTOOPT);
    check_status(vigil_os_connect(fd, &(vigil_sockaddr){.length = 2}), VIGIL_ENOSYS);
    check_ok(vigil_os_close(fd));
    check_ok(vigil_os_socket_stream(AF_UNIX, &fd));
    check_status(vigil_os_set_option(fd, VIGIL_OS_ERROR_QUEUE_IPV4, 1), VIGIL_ENOTSOCK);
    check_ok(vigil_os_close(fd));
    end();
}

/* unix(7): a name of 108 bytes at most. */
static void seam__of_a_name_that_is_too_long(void **state)
{
    (void)state;
    begin();
    vigil_fd fd;
    const uint16_t family = AF_UNIX;
    vigil_sockaddr name = {.length = 2 + VIGIL_MODEL_NAME_MAX + 5};
    memset(name.bytes, 'x', sizeof name.bytes);
    memcpy(name.bytes, &family, sizeof family);
    check_ok(vigil_os_socket_datagram(AF_UNIX, &fd));
    check_status(vigil_os_bind(fd, &name), VIGIL_EINVAL);
    check_ok(vigil_os_close(fd));
    end();
}

static void seam__a_datagram_says_who_sent_it(void **state)
{
    (void)state;
    begin();
    vigil_fd one;
    vigil_fd two;
    const uint16_t family = AF_UNIX;
    vigil_sockaddr name = {.length = 4};
    vigil_sockaddr from = {.length = 0};
    char byte = 0;
    size_t count = 0;
    memcpy(name.bytes, &family, sizeof family);
    name.bytes[3] = 'a';
    check_ok(vigil_os_socket_datagram(AF_UNIX, &one));
    check_ok(vigil_os_socket_datagram(AF_UNIX, &two));
    check_ok(vigil_os_bind(one, &name));
    check_ok(vigil_os_send_to(one, "x", 1, &name, &count));
    check_ok(vigil_os_receive_from(one, &byte, 1, &from, &count));
    check_equal(from.length, name.length);
    check_equal(memcmp(from.bytes, name.bytes, name.length), 0);
    check_ok(vigil_os_send_to(two, "y", 1, &name, &count));
    check_ok(vigil_os_receive_from(one, &byte, 1, &from, &count));
    check_equal(from.length, 0);
    check_ok(vigil_os_close(one));
    check_ok(vigil_os_close(two));
    end();
}

static void seam__without_descriptors(void **state)
{
    (void)state;
    vigil_fd fd;
    vigil_sim_begin(&(vigil_sim_options){.descriptors_max = 3});
    check_status(vigil_os_epoll_create(&fd), VIGIL_EMFILE);
    check_status(vigil_os_eventfd(&fd), VIGIL_EMFILE);
    check_status(vigil_os_socket_stream(AF_INET, &fd), VIGIL_EMFILE);
    check_equal(fd, VIGIL_FD_NONE);
    end();
}

/* What is closed while it is watched, or while it watches, is reported no more; and what is
 * watched for neither direction never is. */
static void seam__forgets_what_is_closed(void **state)
{
    (void)state;
    vigil_sim_begin(&(vigil_sim_options){.descriptors_max = 64, .spurious = 100});
    vigil_fd fds[4];
    vigil_raw_event reports[4];
    uint32_t count = 0;
    check_ok(vigil_os_epoll_create(&fds[0]));
    check_ok(vigil_os_epoll_create(&fds[1]));
    check_ok(vigil_os_pipe(&fds[2], &fds[3]));
    check_ok(vigil_os_epoll_add(fds[0], fds[1], EPOLLIN, 1));
    check_ok(vigil_os_epoll_add(fds[0], fds[2], EPOLLIN, 2));
    check_ok(vigil_os_epoll_add(fds[0], fds[3], EPOLLPRI, 3));
    check_status(vigil_os_epoll_add(fds[0], fds[3], EPOLLPRI, 3), VIGIL_EEXIST);
    for (int i = 0; i < 40; i++) {
        check_ok(vigil_os_epoll_wait(fds[0], reports, 4, 0, &count));
        check(count == 0 || (count == 1 && reports[0].key == 2));
    }
    check_ok(vigil_os_close(fds[2]));
    for (int i = 0; i < 40; i++) {
        check_ok(vigil_os_epoll_wait(fds[0], reports, 4, 0, &count));
        check(count == 0 || reports[0].key == 3);
    }
    check_ok(vigil_os_close(fds[0]));
    check_ok(vigil_os_close(fds[1]));
    check_ok(vigil_os_close(fds[3]));
    end();
}

/* All the memory there is, of which one byte is needed. */
static void seam__shortens_what_is_asked_for(void **state)
{
    (void)state;
    vigil_sim_begin(&(vigil_sim_options){.descriptors_max = 64, .short_counts = 100});
    vigil_fd receiver;
    vigil_fd sender;
    char byte = 0;
    size_t count = 0;
    check_ok(vigil_os_pipe(&receiver, &sender));
    check_ok(vigil_os_pipe_write(sender, "x", 1, &count));
    check_ok(vigil_os_pipe_read(receiver, &byte, SIZE_MAX, &count));
    check_equal(count, 1);
    check_ok(vigil_os_close(receiver));
    check_ok(vigil_os_close(sender));
    check_equal(vigil_sim_end().faults, 1);
}

/* --- Counters and waits ---------------------------------------------------------------- */

static void seam__a_counter_is_drained_once(void **state)
{
    (void)state;
    begin();
    vigil_fd fd;
    check_ok(vigil_os_eventfd(&fd));
    check_status(vigil_os_eventfd_drain(fd), VIGIL_EWOULDBLOCK);
    check_ok(vigil_os_eventfd_write(fd));
    check_ok(vigil_os_eventfd_write(fd));
    check_ok(vigil_os_eventfd_drain(fd));
    check_status(vigil_os_eventfd_drain(fd), VIGIL_EWOULDBLOCK);
    check_ok(vigil_os_close(fd));
    end();
}

/* More room than a wait of the simulation fills at once, and a time that no clock reaches. */
static void seam__a_wait_has_more_room_than_it_needs(void **state)
{
    (void)state;
    begin();
    vigil_fd epoll;
    vigil_fd fd;
    static vigil_raw_event reports[MANY];
    uint32_t count = 0;
    check_ok(vigil_os_epoll_create(&epoll));
    check_ok(vigil_os_eventfd(&fd));
    check_ok(vigil_os_epoll_add(epoll, fd, EPOLLIN, SEED));
    check_ok(vigil_os_eventfd_write(fd));
    check_ok(vigil_os_epoll_wait_ns(epoll, reports, MANY, INT64_MAX, 999999999, &count));
    check_equal(count, 1);
    check_equal(reports[0].key, SEED);
    check_ok(vigil_os_close(fd));
    check_ok(vigil_os_close(epoll));
    check_equal(vigil_sim_seed(), SEED);
    end();
}

/* --- What cannot go on ------------------------------------------------------------------ */

static void wait_for_ever(void *unused)
{
    (void)unused;
    vigil_fd epoll;
    vigil_raw_event report;
    uint32_t count = 0;
    check_ok(vigil_os_epoll_create(&epoll));
    check_ok(vigil_os_epoll_wait(epoll, &report, 1, -1, &count));
}

static void get_stuck(void *unused)
{
    begin();
    wait_for_ever(unused);
}

static void seam__a_deadlock_ends_the_process(void **state)
{
    (void)state;
    run_child_to_signal(get_stuck, NULL, SIGABRT);
}

static jmp_buf before_the_wait;

_Noreturn static void stuck(void *world)
{
    *(bool *)world = true;
    longjmp(before_the_wait, 1);
}

static void seam__a_deadlock_is_told_to_who_asks(void **state)
{
    (void)state;
    static bool was_stuck;
    vigil_sim_begin(&(vigil_sim_options){
        .seed = SEED, .descriptors_max = 64, .stuck = stuck, .world = &was_stuck});
    if (setjmp(before_the_wait) == 0) {
        wait_for_ever(NULL);
    }
    check(was_stuck);
    check_equal(vigil_sim_end().descriptors, 1);
}

static void call_outside(void *unused)
{
    (void)unused;
    (void)vigil_sim_kernel();
}

static void seam__is_nowhere_outside_of_a_simulation(void **state)
{
    (void)state;
    run_child_to_signal(call_outside, NULL, SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seam__of_no_descriptor),
        cmocka_unit_test(seam__of_what_is_no_socket),
        cmocka_unit_test(seam__of_what_a_socket_lacks),
        cmocka_unit_test(seam__of_a_name_that_is_too_long),
        cmocka_unit_test(seam__a_datagram_says_who_sent_it),
        cmocka_unit_test(seam__without_descriptors),
        cmocka_unit_test(seam__forgets_what_is_closed),
        cmocka_unit_test(seam__shortens_what_is_asked_for),
        cmocka_unit_test(seam__a_counter_is_drained_once),
        cmocka_unit_test(seam__a_wait_has_more_room_than_it_needs),
        cmocka_unit_test(seam__a_deadlock_ends_the_process),
        cmocka_unit_test(seam__a_deadlock_is_told_to_who_asks),
        cmocka_unit_test(seam__is_nowhere_outside_of_a_simulation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
