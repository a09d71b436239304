/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_CHECK_H
#define VIGIL_TESTS_SUPPORT_CHECK_H

#include "vigil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Checks that work in every thread and in a forked child, where those of
 * cmocka do not: a failed check ends the test if it is in the main thread,
 * ends the thread if it is in one of support/thread.h and the child if it is
 * in one of support/child.h. Whoever joins the thread or reaps the child fails
 * with its message.
 */

/* That the condition is true. */
#define check(condition) check_at((condition), #condition, __FILE__, __LINE__)

/* That two integers are equal; both are printed if not. */
#define check_equal(actual, expected) \
    check_equal_at((uintmax_t)(actual), (uintmax_t)(expected), #actual, __FILE__, __LINE__)

/* That `low` <= `actual` <= `high`, all of them unsigned. */
#define check_within(actual, low, high)                                                          \
    check_within_at((uintmax_t)(actual), (uintmax_t)(low), (uintmax_t)(high), #actual, __FILE__, \
                    __LINE__)

/* That a call answers a certain status; both are printed by name if not. */
#define check_status(call, expected) check_status_at((call), (expected), #call, __FILE__, __LINE__)

/* That a call answers VIGIL_OK. */
#define check_ok(call) check_status(call, VIGIL_OK)

/* That a system call made by the test itself does not fail; gives its result. */
#define check_os(call) check_os_at((long)(call), #call, __FILE__, __LINE__)

/* That two pieces of text are equal. */
#define check_text(actual, expected) \
    check_text_at((actual), (expected), #actual, __FILE__, __LINE__)

void check_at(bool condition, const char *text, const char *file, int line);
void check_equal_at(uintmax_t actual, uintmax_t expected, const char *text, const char *file,
                    int line);
void check_within_at(uintmax_t actual, uintmax_t low, uintmax_t high, const char *text,
                     const char *file, int line);
void check_status_at(vigil_status actual, vigil_status expected, const char *text, const char *file,
                     int line);
int check_os_at(long result, const char *text, const char *file, int line);
void check_text_at(const char *actual, const char *expected, const char *text, const char *file,
                   int line);

/* What a failed check does in this thread, instead of failing the test. Gets
 * the whole message; must not return. Null, the default, fails the test. */
typedef void check_handler(void *context, const char *message);
void check_set_handler(check_handler *handler, void *context);

/* Ends the test, the thread or the child with a message (printf(3)). */
_Noreturn void check_fail(const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* `count` operations of a long test, as many percent of them as the environment
 * variable VIGIL_STRESS_SCALE says, and at least one. */
uint32_t scaled(uint32_t count);

#endif
