/* SPDX-License-Identifier: MIT */

/* What epoll is asked for on behalf of every interest, against the table of
 * the backend in words. */
#include "support/check.h"

#include "sys/selector.h"

#include <sys/epoll.h>

typedef struct row {
    vigil_interest flag;
    uint32_t with;    /* asked for with the flag */
    uint32_t without; /* asked for without it */
} row;

static const row rows[] = {
    {VIGIL_READABLE, EPOLLIN | EPOLLRDHUP, 0},
    {VIGIL_WRITABLE, EPOLLOUT, 0},
    {VIGIL_PRIORITY, EPOLLPRI, 0},
    {VIGIL_LEVEL, 0, EPOLLET},
    {VIGIL_ONESHOT, EPOLLONESHOT, 0},
};

static void selector__request_of_every_interest(void **state)
{
    (void)state;
    for (vigil_interest i = 0; i <= VIGIL_INTEREST_ALL; i++) {
        uint32_t expected = 0;
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
            expected += i / rows[r].flag % 2 == 1 ? rows[r].with : rows[r].without;
        }
        check_equal(vigil_selector_request(i), expected);
    }
}

/* Error and hang-up come to everyone, everything else must be asked for. */
static void selector__reportable_of_every_interest(void **state)
{
    (void)state;
    static const uint32_t bits[] = {EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLRDHUP};
    for (vigil_interest i = 0; i <= VIGIL_INTEREST_ALL; i++) {
        uint32_t request = vigil_selector_request(i);
        uint32_t reportable = vigil_selector_reportable(request);
        check((reportable & EPOLLERR) != 0);
        check((reportable & EPOLLHUP) != 0);
        for (size_t b = 0; b < sizeof bits / sizeof bits[0]; b++) {
            check_equal(reportable & bits[b], request & bits[b]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selector__request_of_every_interest),
        cmocka_unit_test(selector__reportable_of_every_interest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
