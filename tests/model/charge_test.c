/* SPDX-License-Identifier: MIT */

/* What a message counts against buffers, by the figures that the model has of itself,
 * beside what Linux counts. They are those of one version and one kind of CPU: with
 * another one the tests are skipped. */
#include "os/model/state.h"
#include "support/check.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DATAGRAM_MAX 65507
#define STEP 37

static char data[DATAGRAM_MAX + 1];

static int begin(void **state)
{
    const vigil_model_options options = {.first_descriptor = 3, .descriptors_max = 8};
    *state = vigil_model_open(&options);
    return 0;
}

static int end(void **state)
{
    vigil_model_free(*state);
    return 0;
}

static void skip_elsewhere(void)
{
    struct utsname here;
    check_equal(uname(&here), 0);
    if (strncmp(here.release, "6.18.", 5) != 0 || strcmp(here.machine, "x86_64") != 0) {
        skip();
    }
}

static void charge__of_udp(void **state)
{
    skip_elsewhere();
    for (size_t size = 0; size <= DATAGRAM_MAX; size += STEP) {
        struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
        socklen_t length = sizeof here;
        uint32_t counted[SK_MEMINFO_VARS];
        socklen_t counted_size = sizeof counted;
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        check_equal(bind(fd, (struct sockaddr *)&here, length), 0);
        check_equal(getsockname(fd, (struct sockaddr *)&here, &length), 0);
        check_equal(sendto(fd, data, size, 0, (struct sockaddr *)&here, length), (ssize_t)size);
        check_equal(getsockopt(fd, SOL_SOCKET, SO_MEMINFO, counted, &counted_size), 0);
        check_equal(close(fd), 0);
        check_equal(model_charge(*state, size, VIGIL_MODEL_UDP), counted[SK_MEMINFO_RMEM_ALLOC]);
    }
}

static void check_unix(const vigil_model *model, int type, vigil_model_message kind)
{
    for (size_t size = 1; size <= DATAGRAM_MAX; size += STEP) {
        int pair[2];
        int counted = 0;
        check_equal(socketpair(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
        check_equal(write(pair[0], data, size), (ssize_t)size);
        check_equal(ioctl(pair[0], SIOCOUTQ, &counted), 0);
        check_equal(close(pair[0]), 0);
        check_equal(close(pair[1]), 0);
        check_equal(model_charge(model, size, kind), (size_t)counted);
    }
}

static void charge__of_unix_datagrams(void **state)
{
    skip_elsewhere();
    check_unix(*state, SOCK_DGRAM, VIGIL_MODEL_DATAGRAM);
}

static void charge__of_unix_streams(void **state)
{
    skip_elsewhere();
    check_unix(*state, SOCK_STREAM, VIGIL_MODEL_STREAM);
}

/* On any kernel: more than one message holds is counted as several. */
static void charge__of_long_writes(void **state)
{
    const size_t message_max = 36544;
    size_t whole = model_charge(*state, message_max, VIGIL_MODEL_STREAM);
    size_t rest = model_charge(*state, 1000, VIGIL_MODEL_STREAM);
    check_equal(model_charge(*state, message_max + 1000, VIGIL_MODEL_STREAM), whole + rest);
    check_equal(model_charge(*state, 2 * message_max, VIGIL_MODEL_STREAM), 2 * whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(charge__of_udp, begin, end),
        cmocka_unit_test_setup_teardown(charge__of_unix_datagrams, begin, end),
        cmocka_unit_test_setup_teardown(charge__of_unix_streams, begin, end),
        cmocka_unit_test_setup_teardown(charge__of_long_writes, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
