/* SPDX-License-Identifier: MIT */
#include "support/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE_SIZE 512

static _Thread_local check_handler *failure_handler;
static _Thread_local void *failure_context;

void check_set_handler(check_handler *handler, void *context)
{
    failure_handler = handler;
    failure_context = context;
}

void check_fail(const char *file, int line, const char *format, ...)
{
    char what[MESSAGE_SIZE];
    char message[MESSAGE_SIZE + 256];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    (void)snprintf(message, sizeof message, "%s:%d: %s", file, line, what);
    if (failure_handler != NULL) {
        failure_handler(failure_context, message);
    }
    print_error("%s\n", message);
    _fail(file, line);
    abort(); /* _fail() has jumped back into cmocka. */
}

void check_at(bool condition, const char *text, const char *file, int line)
{
    if (!condition) {
        check_fail(file, line, "not so: %s", text);
    }
}

void check_equal_at(uintmax_t actual, uintmax_t expected, const char *text, const char *file,
                    int line)
{
    if (actual != expected) {
        check_fail(file, line, "%s is %ju (%#jx), not %ju (%#jx)", text, actual, actual, expected,
                   expected);
    }
}

void check_within_at(uintmax_t actual, uintmax_t low, uintmax_t high, const char *text,
                     const char *file, int line)
{
    if (actual < low || high < actual) {
        check_fail(file, line, "%s is %ju, not within %ju and %ju", text, actual, low, high);
    }
}

void check_status_at(vigil_status actual, vigil_status expected, const char *text, const char *file,
                     int line)
{
    if (actual != expected) {
        check_fail(file, line, "%s is %s, not %s", text, vigil_status_name(actual),
                   vigil_status_name(expected));
    }
}

int check_os_at(long result, const char *text, const char *file, int line)
{
    if (result < 0) {
        check_fail(file, line, "%s: %s", text, strerror(errno));
    }
    return (int)result;
}

void check_text_at(const char *actual, const char *expected, const char *text, const char *file,
                   int line)
{
    if (strcmp(actual, expected) != 0) {
        check_fail(file, line, "%s is \"%s\", not \"%s\"", text, actual, expected);
    }
}

uint32_t scaled(uint32_t count)
{
    const char *percent = getenv("VIGIL_STRESS_SCALE");
    uint64_t scale = percent == NULL ? 100 : strtoul(percent, NULL, 10);
    uint64_t result = (uint64_t)count * scale / 100;
    return result == 0 ? 1 : (uint32_t)result;
}
