/* SPDX-License-Identifier: MIT */

/*
 * One planted defect for each guard that runs the tests: `defects NAME` runs
 * the test of that name, which passes as far as cmocka can tell. A guard that
 * lets it through is broken. "healthy" has no defect, and "empty" no test.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Volatile, so that no compiler sees through the defects. */
static void *volatile escape;
static volatile int largest = INT_MAX;
static int raced;

static void healthy(void **state)
{
    (void)state;
    assert_int_equal(largest, INT_MAX);
}

static void fails(void **state)
{
    (void)state;
    assert_int_equal(largest, 0);
}

static void hangs(void **state)
{
    (void)state;
    (void)pause();
}

static void leaks_memory(void **state)
{
    (void)state;
    escape = malloc(64);
    assert_non_null(escape);
    escape = NULL;
}

static void leaks_descriptor(void **state)
{
    (void)state;
    assert_true(dup(STDIN_FILENO) >= 0);
}

static void uses_after_free(void **state)
{
    (void)state;
    char *block = malloc(64);
    assert_non_null(block);
    escape = block;
    free(block);
    *(volatile char *)escape = 1;
}

static void overflows(void **state)
{
    (void)state;
    largest = largest + 1;
    largest = INT_MAX;
}

static void *add(void *argument)
{
    raced++;
    return argument;
}

static void races(void **state)
{
    (void)state;
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, add, NULL), 0);
    raced++;
    assert_int_equal(pthread_join(other, NULL), 0);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy),
        cmocka_unit_test(fails),
        cmocka_unit_test(hangs),
        cmocka_unit_test(leaks_memory),
        cmocka_unit_test(leaks_descriptor),
        cmocka_unit_test(uses_after_free),
        cmocka_unit_test(overflows),
        cmocka_unit_test(races),
    };
    int failed = 0;
    for (size_t i = 0; argc == 2 && i < sizeof tests / sizeof tests[0]; i++) {
        const struct CMUnitTest chosen[] = {tests[i]};
        if (strcmp(tests[i].name, argv[1]) == 0) {
            failed += cmocka_run_group_tests(chosen, NULL, NULL);
        }
    }
    return failed;
}
