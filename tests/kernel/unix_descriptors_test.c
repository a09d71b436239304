/* SPDX-License-Identifier: MIT */

/* Descriptors that are passed over Unix streams, and that none of them leaks. */
#include "support/child.h"
#include "support/descriptors.h"
#include "support/sandbox.h"
#include "support/unix_rig.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST VIGIL_UNIX_DESCRIPTORS_MAX

static void send_fds(vigil_unix_stream *stream, const char *text, const vigil_fd *fds,
                     size_t fd_count)
{
    size_t count = 0;
    check_ok(vigil_unix_stream_send_descriptors(stream, text, strlen(text), fds, fd_count, &count));
    check_equal(count, strlen(text));
}

/* Receives that text, and so many descriptors. */
static void receive_fds(vigil_unix_stream *stream, const char *text, vigil_fd *fds,
                        size_t fd_capacity, size_t expected)
{
    char data[64] = "";
    size_t count = 0;
    size_t fd_count = 99;
    check_ok(vigil_unix_stream_receive_descriptors(stream, data, sizeof data - 1, fds, fd_capacity,
                                                   &count, &fd_count));
    check_equal(count, strlen(text));
    check_text(data, text);
    check_equal(fd_count, expected);
}

/* That text, and the descriptors with it lost. */
static void receive_cut(vigil_unix_stream *stream, const char *text, size_t fd_capacity)
{
    char data[64] = "";
    size_t count = 0;
    size_t fd_count = 99;
    vigil_fd fds[8];
    unsigned before = open_descriptors();
    check_status(vigil_unix_stream_receive_descriptors(stream, data, sizeof data - 1, fds,
                                                       fd_capacity, &count, &fd_count),
                 VIGIL_EMSGSIZE);
    check_equal(count, strlen(text));
    check_text(data, text);
    check_equal(fd_count, 0);
    check_equal(open_descriptors(), before);
}

/* What is written into [1] of the copy comes out of [0] of the original. */
static void descriptors__are_copies(void **state)
{
    (void)state;
    unix_stream_rig r;
    int fd[2];
    vigil_fd copy = VIGIL_FD_NONE;
    open_stream_pair(&r);
    open_pipe(fd);
    send_fds(&r.one, "here", &fd[1], 1);
    check_os(close(fd[1]));
    receive_fds(&r.two, "here", &copy, 1, 1);
    check(copy != fd[0]);
    check(is_close_on_exec(copy));
    write_bytes(copy, 5);
    read_bytes(fd[0], 5);
    check_os(close(copy));
    check_os(close(fd[0]));
    close_stream_pair(&r);
}

/* Close-on-exec is the receiver's, whatever the sender's is; to block or not is of the
 * open file. */
static void descriptors__flags(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_fd copy = VIGIL_FD_NONE;
    int fd[2];
    open_stream_pair(&r);
    check_os(pipe2(fd, 0));
    send_fds(&r.one, "x", &fd[0], 1);
    receive_fds(&r.two, "x", &copy, 1, 1);
    check(is_close_on_exec(copy) && !is_close_on_exec(fd[0]));
    check(!is_nonblocking(copy));
    check_os(close(copy));
    close_pair(fd);
    close_stream_pair(&r);
}

static void descriptors__of_every_number(void **state)
{
    (void)state;
    static const size_t numbers[] = {0, 1, 2, 3, 7, 8, MOST - 1, MOST};
    unix_stream_rig r;
    vigil_fd sent[MOST + 1];
    vigil_fd received[MOST];
    size_t count = 1;
    open_stream_pair(&r);
    for (size_t i = 0; i <= MOST; i++) {
        sent[i] = vigil_unix_stream_fd(&r.one);
    }
    for (size_t n = 0; n < sizeof numbers / sizeof numbers[0]; n++) {
        send_fds(&r.one, "some", sent, numbers[n]);
        receive_fds(&r.two, "some", received, MOST, numbers[n]);
        for (size_t i = 0; i < numbers[n]; i++) {
            check(is_open(received[i]) && is_close_on_exec(received[i]));
            check_os(close(received[i]));
        }
    }
    check_status(vigil_unix_stream_send_descriptors(&r.one, "x", 1, sent, MOST + 1, &count),
                 VIGIL_EINVAL);
    check_equal(count, 0);
    expect_stream_blocked(&r.two);
    close_stream_pair(&r);
}

/* One too many, and every room for fewer: the odd ones have padding behind them that
 * the kernel would use. */
static void truncation__closes_all(void **state)
{
    (void)state;
    unix_stream_rig r;
    open_stream_pair(&r);
    for (size_t room = 0; room < 8; room++) {
        for (size_t more = 1; more <= 3; more++) {
            vigil_fd sent[11];
            for (size_t i = 0; i < room + more; i++) {
                sent[i] = vigil_unix_stream_fd(&r.one);
            }
            send_fds(&r.one, "too many", sent, room + more);
            receive_cut(&r.two, "too many", room);
            expect_stream_blocked(&r.two);
        }
    }
    close_stream_pair(&r);
}

static void receive_without_room(void *argument)
{
    unix_stream_rig *r = argument;
    limit_descriptors((unsigned)lowest_free_descriptor() + 2);
    receive_cut(&r->two, "four", 4);
}

/* The process has room for two of four: it keeps none. */
static void truncation__for_want_of_descriptors(void **state)
{
    (void)state;
    require_kernel_limits();
    unix_stream_rig r;
    open_stream_pair(&r);
    vigil_fd fd = vigil_unix_stream_fd(&r.one);
    const vigil_fd sent[] = {fd, fd, fd, fd};
    send_fds(&r.one, "four", sent, 4);
    run_child(receive_without_room, &r);
    close_stream_pair(&r);
}

/* Who only reads gets none, and none stays open. */
static void unasked__are_dropped(void **state)
{
    (void)state;
    unix_stream_rig r;
    char byte = 0;
    size_t count = 0;
    vigil_buffer buffer = {&byte, 1};
    open_stream_pair(&r);
    vigil_fd fd = vigil_unix_stream_fd(&r.one);
    unsigned before = open_descriptors();
    send_fds(&r.one, "a", &fd, 1);
    send_fds(&r.one, "b", &fd, 1);
    send_fds(&r.one, "c", &fd, 1);
    check_ok(vigil_unix_stream_read(&r.two, &byte, 1, &count));
    check_equal(byte, 'a');
    check_ok(vigil_unix_stream_peek(&r.two, &byte, 1, &count));
    check_equal(byte, 'b');
    check_ok(vigil_unix_stream_readv(&r.two, &buffer, 1, &count));
    check_equal(byte, 'b');
    check_equal(open_descriptors(), before);
    close_stream_pair(&r);
}

/* A read does not go on past the bytes that descriptors came with; bytes that were
 * written before may stand in front of them. */
static void borders__are_kept(void **state)
{
    (void)state;
    unix_stream_rig r;
    vigil_fd copies[2];
    open_stream_pair(&r);
    vigil_fd fd = vigil_unix_stream_fd(&r.one);
    write_words(&r.one, "plain ");
    send_fds(&r.one, "first", &fd, 1);
    send_fds(&r.one, "second", &fd, 1);
    write_words(&r.one, "third");
    receive_fds(&r.two, "plain first", &copies[0], 1, 1);
    receive_fds(&r.two, "second", &copies[1], 1, 1);
    read_words(&r.two, "third");
    check_os(close(copies[0]));
    check_os(close(copies[1]));
    close_stream_pair(&r);
}

static void nothing__is_not_sent_with(void **state)
{
    (void)state;
    unix_stream_rig r;
    size_t count = 1;
    open_stream_pair(&r);
    vigil_fd fd = vigil_unix_stream_fd(&r.one);
    vigil_fd closed = VIGIL_FD_NONE;
    check_status(vigil_unix_stream_send_descriptors(&r.one, "", 0, &fd, 1, &count), VIGIL_EINVAL);
    check_equal(count, 0);
    count = 1;
    check_status(vigil_unix_stream_send_descriptors(&r.one, "x", 1, &closed, 1, &count),
                 VIGIL_EBADF);
    check_equal(count, 0);
    expect_stream_blocked(&r.two);
    close_stream_pair(&r);
}

static void waiting__and_the_end(void **state)
{
    (void)state;
    unix_stream_rig r;
    char byte = 0;
    vigil_fd fd = VIGIL_FD_NONE;
    size_t count = 1;
    size_t fd_count = 1;
    open_watched_pair(&r, VIGIL_READABLE);
    check_status(vigil_unix_stream_receive_descriptors(&r.one, &byte, 1, &fd, 1, &count, &fd_count),
                 VIGIL_EWOULDBLOCK);
    check(count == 0 && fd_count == 0);
    fd = vigil_unix_stream_fd(&r.two);
    send_fds(&r.two, "x", &fd, 1);
    check(vigil_event_is_readable(wait_for(&r.f, 1)));
    receive_fds(&r.one, "x", &fd, 1, 1);
    check_os(close(fd));
    check_ok(vigil_unix_stream_close(&r.two));
    count = fd_count = 1;
    check_ok(vigil_unix_stream_receive_descriptors(&r.one, &byte, 1, &fd, 1, &count, &fd_count));
    check(count == 0 && fd_count == 0);
    check_status(vigil_unix_stream_send_descriptors(&r.one, "x", 1, &fd, 0, &count), VIGIL_EPIPE);
    check_ok(vigil_unix_stream_close(&r.one));
    count = fd_count = 1;
    check_status(vigil_unix_stream_receive_descriptors(&r.one, &byte, 1, &fd, 1, &count, &fd_count),
                 VIGIL_EBADF);
    check(count == 0 && fd_count == 0);
    check_status(vigil_unix_stream_send_descriptors(&r.one, "x", 1, &fd, 0, &count), VIGIL_EBADF);
    check_status(vigil_unix_stream_send_descriptors(&r.one, "", 0, &fd, 0, &count), VIGIL_EBADF);
    close_stream_pair(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(descriptors__are_copies),
        tcp_unit_test(descriptors__flags),
        tcp_unit_test(descriptors__of_every_number),
        tcp_unit_test(truncation__closes_all),
        tcp_unit_test(truncation__for_want_of_descriptors),
        tcp_unit_test(unasked__are_dropped),
        tcp_unit_test(borders__are_kept),
        tcp_unit_test(nothing__is_not_sent_with),
        tcp_unit_test(waiting__and_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
