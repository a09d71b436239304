/* SPDX-License-Identifier: MIT */

/* Interests by enumeration, against a model that knows no bits. */
#include "support/check.h"

#include <stdio.h>
#include <string.h>

#define EVERY_VALUE 64 /* all interests, and as many values that are none */

/* An interest as a record: what it asks for, said in words. */
typedef struct model {
    bool readable, writable, priority, level, oneshot, unknown;
} model;

static model model_of(vigil_interest i)
{
    return (model){
        .readable = i % 2 == 1,
        .writable = i / 2 % 2 == 1,
        .priority = i / 4 % 2 == 1,
        .level = i / 8 % 2 == 1,
        .oneshot = i / 16 % 2 == 1,
        .unknown = i / 32 != 0,
    };
}

static bool model_valid(model m)
{
    return (m.readable || m.writable || m.priority) && !m.unknown;
}

static void check_same(vigil_interest actual, model expected)
{
    if (!model_valid(expected)) {
        check_equal(actual, VIGIL_INTEREST_NONE);
        return;
    }
    model is = model_of(actual);
    check(!is.unknown);
    check_equal(is.readable, expected.readable);
    check_equal(is.writable, expected.writable);
    check_equal(is.priority, expected.priority);
    check_equal(is.level, expected.level);
    check_equal(is.oneshot, expected.oneshot);
}

static void check_questions(vigil_interest i)
{
    model m = model_of(i);
    check_equal(vigil_interest_is_valid(i), model_valid(m));
    check_equal(vigil_interest_is_readable(i), m.readable);
    check_equal(vigil_interest_is_writable(i), m.writable);
    check_equal(vigil_interest_is_priority(i), m.priority);
    check_equal(vigil_interest_is_level(i), m.level);
    check_equal(vigil_interest_is_oneshot(i), m.oneshot);
}

static void interest__questions_of_every_value(void **state)
{
    (void)state;
    for (vigil_interest i = 0; i < 4096; i++) {
        check_questions(i);
    }
    for (int bit = 5; bit < 32; bit++) {
        for (vigil_interest i = 0; i < 32; i++) {
            check_questions(i + (UINT32_C(1) << bit));
            check(!vigil_interest_is_valid(i + (UINT32_C(1) << bit)));
        }
    }
}

static void interest__add_of_every_pair(void **state)
{
    (void)state;
    for (vigil_interest i = 0; i < EVERY_VALUE; i++) {
        for (vigil_interest j = 0; j < EVERY_VALUE; j++) {
            model a = model_of(i);
            model b = model_of(j);
            model sum = {0};
            if (model_valid(a) && model_valid(b)) {
                sum = (model){
                    .readable = a.readable || b.readable,
                    .writable = a.writable || b.writable,
                    .priority = a.priority || b.priority,
                    .level = a.level || b.level,
                    .oneshot = a.oneshot || b.oneshot,
                };
            }
            check_same(vigil_interest_add(i, j), sum);
        }
    }
}

static void interest__remove_of_every_pair(void **state)
{
    (void)state;
    for (vigil_interest i = 0; i < EVERY_VALUE; i++) {
        for (vigil_interest j = 0; j < EVERY_VALUE; j++) {
            model a = model_of(i);
            model b = model_of(j);
            model rest = {0};
            if (model_valid(a) && model_valid(b)) {
                rest = (model){
                    .readable = a.readable && !b.readable,
                    .writable = a.writable && !b.writable,
                    .priority = a.priority && !b.priority,
                    .level = a.level && !b.level,
                    .oneshot = a.oneshot && !b.oneshot,
                };
            }
            check_same(vigil_interest_remove(i, j), rest);
        }
    }
}

static void append_word(char *name, bool present, const char *word)
{
    if (present) {
        (void)strcat(name, name[0] == 0 ? "" : " | ");
        (void)strcat(name, word);
    }
}

static void interest__name_of_every_value(void **state)
{
    (void)state;
    for (vigil_interest i = 1; i < 4096; i++) {
        char expected[128] = "";
        model m = model_of(i);
        append_word(expected, m.readable, "READABLE");
        append_word(expected, m.writable, "WRITABLE");
        append_word(expected, m.priority, "PRIORITY");
        append_word(expected, m.level, "LEVEL");
        append_word(expected, m.oneshot, "ONESHOT");
        check_text(vigil_interest_name(i), model_valid(m) ? expected : "INVALID");
        check(strlen(vigil_interest_name(i)) < VIGIL_INTEREST_NAME_SIZE);
    }
    check_text(vigil_interest_name(VIGIL_INTEREST_NONE), "NONE");
    check_text(vigil_interest_name(UINT32_MAX), "INVALID");
    check_text(vigil_interest_name(VIGIL_READABLE + UINT32_C(0x80000000)), "INVALID");
    check_equal(strlen(vigil_interest_name(VIGIL_INTEREST_ALL)) + 1, VIGIL_INTEREST_NAME_SIZE);
}

/* The values are part of the ABI. */
static void interest__values(void **state)
{
    (void)state;
    check_equal(VIGIL_READABLE, 1);
    check_equal(VIGIL_WRITABLE, 2);
    check_equal(VIGIL_PRIORITY, 4);
    check_equal(VIGIL_LEVEL, 8);
    check_equal(VIGIL_ONESHOT, 16);
    check_equal(VIGIL_INTEREST_KINDS, 7);
    check_equal(VIGIL_INTEREST_ALL, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interest__questions_of_every_value),
        cmocka_unit_test(interest__add_of_every_pair),
        cmocka_unit_test(interest__remove_of_every_pair),
        cmocka_unit_test(interest__name_of_every_value),
        cmocka_unit_test(interest__values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
