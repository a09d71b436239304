/* SPDX-License-Identifier: MIT */
#include "support/clock.h"
#include "support/descriptors.h"
#include "support/tcp_rig.h"
#include "support/thread.h"

#include <spawn.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * No descriptor of the library is ever to be had by a program that some other
 * thread starts, not even for the moment between its creation and a second
 * system call: while threads create what they can, programs are started, and
 * each of them counts what it has inherited.
 */

#define THREADS 2
#define PROGRAMS 60
#define COUNT_DESCRIPTORS "--count-descriptors"

extern char **environ;

/* The same program, run with COUNT_DESCRIPTORS, answers with its exit status. */
static unsigned inherited(void)
{
    char path[4096];
    char argument[] = COUNT_DESCRIPTORS;
    char *arguments[] = {path, argument, NULL};
    pid_t child = 0;
    int status = 0;
    int length = check_os(readlink("/proc/self/exe", path, sizeof path - 1));
    path[length] = '\0';
    check_equal(posix_spawn(&child, path, NULL, NULL, arguments, environ), 0);
    check_equal(waitpid(child, &status, 0), child);
    check(WIFEXITED(status));
    return (unsigned)WEXITSTATUS(status);
}

static atomic_bool enough;
static atomic_uint rigs_made;

/* One of everything that is no TCP, and a descriptor that is passed. */
static void make_others(void)
{
    vigil_udp_socket udp;
    vigil_unix_datagram datagram;
    vigil_unix_stream one;
    vigil_unix_stream two;
    vigil_pipe_receiver receiver;
    vigil_pipe_sender sender;
    vigil_fd copy = VIGIL_FD_NONE;
    char byte = 0;
    size_t count = 0;
    size_t fd_count = 0;
    check_ok(vigil_udp_socket_open(&udp, VIGIL_FAMILY_IPV4));
    check_ok(vigil_unix_datagram_open(&datagram));
    check_ok(vigil_unix_stream_pair(&one, &two));
    check_ok(vigil_pipe_open(&receiver, &sender));
    vigil_fd fd = vigil_udp_socket_fd(&udp);
    check_ok(vigil_unix_stream_send_descriptors(&one, "x", 1, &fd, 1, &count));
    check_ok(vigil_unix_stream_receive_descriptors(&two, &byte, 1, &copy, 1, &count, &fd_count));
    check_equal(fd_count, 1);
    check_os(close(copy));
    check_ok(vigil_udp_socket_close(&udp));
    check_ok(vigil_unix_datagram_close(&datagram));
    check_ok(vigil_unix_stream_close(&one));
    check_ok(vigil_unix_stream_close(&two));
    check_ok(vigil_pipe_receiver_close(&receiver));
    check_ok(vigil_pipe_sender_close(&sender));
}

/* A reset leaves no TIME_WAIT behind, of which there would be thousands. */
static void make_rigs(void *ignored)
{
    (void)ignored;
    while (!atomic_load(&enough)) {
        tcp_rig r;
        open_linked_rig(&r, VIGIL_FAMILY_IPV4);
        reset_on_close(&r.client);
        reset_on_close(&r.server);
        close_rig(&r);
        make_others();
        atomic_fetch_add(&rigs_made, 1);
    }
}

static void descriptors__are_not_inherited(void **state)
{
    (void)state;
    test_thread threads[THREADS];
    unsigned before = inherited();
    unsigned most = before;
    atomic_store(&enough, false);
    atomic_store(&rigs_made, 0);
    for (unsigned i = 0; i < THREADS; i++) {
        start_thread(&threads[i], make_rigs, NULL);
    }
    uint64_t end_ns = now_ns() + PATIENCE_NS;
    while (atomic_load(&rigs_made) == 0 && now_ns() < end_ns) {
        sleep_ms(1);
    }
    for (unsigned i = 0; i < scaled(PROGRAMS); i++) {
        unsigned now = inherited();
        most = now > most ? now : most;
    }
    atomic_store(&enough, true);
    for (unsigned i = 0; i < THREADS; i++) {
        join_thread(&threads[i]);
    }
    check(atomic_load(&rigs_made) > 0);
    check_equal(most, before);
}

/* The count sees a descriptor that is inherited: a canary for the test above. */
static void descriptors__would_be_counted(void **state)
{
    (void)state;
    unsigned before = inherited();
    int fd = check_os(dup(STDERR_FILENO));
    check_equal(inherited(), before + 1);
    check_os(close(fd));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        tcp_unit_test(descriptors__are_not_inherited),
        tcp_unit_test(descriptors__would_be_counted),
    };
    if (argc == 2 && strcmp(argv[1], COUNT_DESCRIPTORS) == 0) {
        return (int)open_descriptors();
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
