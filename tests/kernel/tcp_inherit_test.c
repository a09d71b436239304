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
