/* SPDX-License-Identifier: MIT */

/* The seam to the system, asked what the library never asks: what its contracts
 * say of descriptors that are closed, are no sockets, are not registered. With
 * the contracts executed (ci/contracts), each clause about an error meets it. */
#include "support/descriptors.h"
#include "support/fixture.h"

#include "os/batch.h"
#include "os/descriptor.h"
#include "os/epoll.h"
#include "os/message.h"
#include "os/pipe.h"
#include "os/socket.h"
#include "os/unix_socket.h"

#include <unistd.h>

#define CALLS 29
/* A number that no test gets to, and below the bound of every process. */
#define CLOSED 200

/* What each call of a socket answers about `fd`. */
static size_t ask_streams(vigil_fd fd, vigil_status *answers)
{
    vigil_sockaddr address = {.length = 16};
    vigil_buffer buffer = {0};
    bool enabled = true;
    int number = 1;
    size_t count = 1;
    char byte = 0;
    char name[VIGIL_DEVICE_NAME_MAX];
    size_t i = 0;
    answers[i++] = vigil_os_bind(fd, &address);
    answers[i++] = vigil_os_listen(fd, 1);
    answers[i++] = vigil_os_connect(fd, &address);
    answers[i++] = vigil_os_shutdown(fd, VIGIL_SHUTDOWN_BOTH);
    answers[i++] = vigil_os_get_option(fd, VIGIL_OS_FAMILY, &number);
    answers[i++] = vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE, 1);
    answers[i++] = vigil_os_get_linger(fd, &enabled, &number);
    answers[i++] = vigil_os_set_linger(fd, true, 1);
    answers[i++] = vigil_os_set_device(fd, "lo", 2);
    answers[i++] = vigil_os_get_device(fd, name, &count);
    check_equal(count, 0);
    count = 1;
    answers[i++] = vigil_os_receive(fd, &byte, 1, &count);
    answers[i++] = vigil_os_peek(fd, &byte, 1, &count);
    answers[i++] = vigil_os_send(fd, &byte, 1, &count);
    answers[i++] = vigil_os_receive_buffers(fd, &buffer, 1, &count);
    answers[i++] = vigil_os_local_address(fd, &address);
    answers[i++] = vigil_os_peer_address(fd, &address);
    check_equal(address.length, 0);
    check_equal(count, 0);
    return i;
}

static size_t ask_datagrams(vigil_fd fd, vigil_status *answers)
{
    vigil_sockaddr address = {.length = 16};
    size_t count = 1;
    char byte = 0;
    vigil_os_message message = {.data = &byte, .length = 1};
    size_t i = 0;
    answers[i++] = vigil_os_set_membership(fd, VIGIL_OS_JOIN, &address, 0);
    answers[i++] = vigil_os_set_multicast_interface(fd, 0);
    answers[i++] = vigil_os_send_to(fd, &byte, 1, &address, &count);
    check_equal(count, 0);
    count = 1;
    answers[i++] = vigil_os_receive_from(fd, &byte, 1, &address, &count);
    check(address.length == 0 && count == 0);
    address.length = 16;
    count = 1;
    answers[i++] = vigil_os_peek_from(fd, &byte, 1, &address, &count);
    check(address.length == 0 && count == 0);
    count = 1;
    answers[i++] = vigil_os_receive_batch(fd, &message, 1, &count);
    check_equal(count, 0);
    count = 1;
    answers[i++] = vigil_os_send_batch(fd, &message, 1, &count);
    check_equal(count, 0);
    return i;
}

static size_t ask_messages(vigil_fd fd, vigil_status *answers)
{
    vigil_sockaddr address = {.length = 16};
    vigil_os_control control = {.length = 1};
    size_t count = 1;
    char bytes[2] = "";
    size_t i = 0;
    answers[i++] = vigil_os_send_segments(fd, bytes, sizeof bytes, 1, &address);
    answers[i++] = vigil_os_receive_segments(fd, bytes, sizeof bytes, &address, &count, &control);
    check(address.length == 0 && count == 0 && control.length == 0);
    address.length = 16;
    control.length = 1;
    answers[i++] = vigil_os_receive_error(fd, &address, &control);
    check(address.length == 0 && control.length == 0);
    return i;
}

static size_t ask_unix(vigil_fd fd, vigil_status *answers)
{
    size_t count = 1;
    size_t fd_count = 1;
    vigil_fd passed = 0;
    char byte = 0;
    vigil_credentials peer = {1, 2, 3};
    size_t i = 0;
    answers[i++] = vigil_os_send_descriptors(fd, &byte, 1, &passed, 1, &count);
    check_equal(count, 0);
    count = 1;
    answers[i++] = vigil_os_receive_descriptors(fd, &byte, 1, &passed, 1, &count, &fd_count);
    check(count == 0 && fd_count == 0);
    answers[i++] = vigil_os_peer_credentials(fd, &peer);
    check(peer.process == 0 && peer.user == 0 && peer.group == 0);
    return i;
}

static void ask_all(vigil_fd fd, vigil_status answers[CALLS])
{
    size_t i = ask_streams(fd, answers);
    i += ask_datagrams(fd, answers + i);
    i += ask_messages(fd, answers + i);
    i += ask_unix(fd, answers + i);
    check_equal(i, CALLS);
}

static void seam_a_closed_descriptor(void **state)
{
    (void)state;
    vigil_status answers[CALLS];
    vigil_fd closed[] = {CLOSED, VIGIL_FD_NONE};
    for (size_t k = 0; k < 2; k++) {
        ask_all(closed[k], answers);
        for (size_t i = 0; i < CALLS; i++) {
            check_status(answers[i], VIGIL_EBADF);
        }
        check_status(vigil_os_adopt(closed[k]), VIGIL_EBADF);
        check_status(vigil_os_set_nonblocking(closed[k], true), VIGIL_EBADF);
        char byte = 0;
        size_t count = 1;
        check_status(vigil_os_pipe_read(closed[k], &byte, 1, &count), VIGIL_EBADF);
        check_equal(count, 0);
        count = 1;
        check_status(vigil_os_pipe_write(closed[k], &byte, 1, &count), VIGIL_EBADF);
        check_equal(count, 0);
    }
}

static void seam_no_socket(void **state)
{
    (void)state;
    vigil_status answers[CALLS];
    int fd[2];
    open_pipe(fd);
    ask_all(fd[0], answers);
    for (size_t i = 0; i < CALLS; i++) {
        check_status(answers[i], VIGIL_ENOTSOCK);
    }
    close_pair(fd);
}

static void seam_not_registered(void **state)
{
    (void)state;
    vigil_fd epoll = VIGIL_FD_NONE;
    int fd[2];
    open_pipe(fd);
    check_ok(vigil_os_epoll_create(&epoll));
    check_status(vigil_os_epoll_modify(epoll, fd[0], VIGIL_EPOLLIN, 1), VIGIL_ENOENT);
    check_status(vigil_os_epoll_remove(epoll, fd[0]), VIGIL_ENOENT);
    check_ok(vigil_os_epoll_add(epoll, fd[0], VIGIL_EPOLLIN, 1));
    check_status(vigil_os_epoll_add(epoll, fd[0], VIGIL_EPOLLIN, 2), VIGIL_EEXIST);
    check_status(vigil_os_epoll_add(epoll, epoll, VIGIL_EPOLLIN, 3), VIGIL_EINVAL);
    check_ok(vigil_os_epoll_remove(epoll, fd[0]));
    check_ok(vigil_os_close(epoll));
    close_pair(fd);
}

/* eventfd(2): the counter holds one less than the largest number. */
static void seam_a_full_and_an_empty_counter(void **state)
{
    (void)state;
    vigil_fd counter = VIGIL_FD_NONE;
    check_ok(vigil_os_eventfd(&counter));
    check_status(vigil_os_eventfd_drain(counter), VIGIL_EWOULDBLOCK);
    add_to_eventfd(counter, VIGIL_KERNEL_COUNTER_MAX);
    check_status(vigil_os_eventfd_write(counter), VIGIL_EWOULDBLOCK);
    check_ok(vigil_os_eventfd_drain(counter));
    check_ok(vigil_os_eventfd_write(counter));
    check_ok(vigil_os_close(counter));
}

/* A descriptor that a child would inherit, and that blocks. */
static void seam_adopts(void **state)
{
    (void)state;
    int fd[2];
    check_os(pipe2(fd, 0));
    check_ok(vigil_os_adopt(fd[0]));
    check(is_nonblocking(fd[0]) && is_close_on_exec(fd[0]));
    check(!is_nonblocking(fd[1]) && !is_close_on_exec(fd[1]));
    close_pair(fd);
}

static void seam_no_such_family(void **state)
{
    (void)state;
    vigil_fd fd = 0;
    check_status(vigil_os_socket_stream(-1, &fd), VIGIL_EAFNOSUPPORT);
    check_equal(fd, VIGIL_FD_NONE);
    fd = 0;
    check_status(vigil_os_socket_datagram(-1, &fd), VIGIL_EAFNOSUPPORT);
    check_equal(fd, VIGIL_FD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        kernel_test(seam_a_closed_descriptor),
        kernel_test(seam_no_socket),
        kernel_test(seam_not_registered),
        kernel_test(seam_a_full_and_an_empty_counter),
        kernel_test(seam_adopts),
        kernel_test(seam_no_such_family),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
