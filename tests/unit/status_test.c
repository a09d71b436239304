/* SPDX-License-Identifier: MIT */

/* Statuses: what is written here is part of the ABI, so it is written twice. */
#include "support/check.h"

#include "os/status.h"

#include <errno.h>
#include <string.h>

typedef struct row {
    vigil_status status;
    int value;
    const char *name;
    int code; /* errno(3), 0 for a status that only Vigil reports */
} row;

static const row rows[] = {
    {VIGIL_OK, 0, "VIGIL_OK", 0},
    {VIGIL_EWOULDBLOCK, -1, "VIGIL_EWOULDBLOCK", EAGAIN},
    {VIGIL_EINTR, -2, "VIGIL_EINTR", EINTR},
    {VIGIL_EINVAL, -3, "VIGIL_EINVAL", EINVAL},
    {VIGIL_EEXIST, -4, "VIGIL_EEXIST", EEXIST},
    {VIGIL_ENOENT, -5, "VIGIL_ENOENT", ENOENT},
    {VIGIL_EFOREIGN, -6, "VIGIL_EFOREIGN", 0},
    {VIGIL_EBUSY, -7, "VIGIL_EBUSY", EBUSY},
    {VIGIL_ENOSPC, -8, "VIGIL_ENOSPC", ENOSPC},
    {VIGIL_EBADF, -9, "VIGIL_EBADF", EBADF},
    {VIGIL_EPERM, -10, "VIGIL_EPERM", EPERM},
    {VIGIL_EACCES, -11, "VIGIL_EACCES", EACCES},
    {VIGIL_EMFILE, -12, "VIGIL_EMFILE", EMFILE},
    {VIGIL_ENFILE, -13, "VIGIL_ENFILE", ENFILE},
    {VIGIL_ENOMEM, -14, "VIGIL_ENOMEM", ENOMEM},
    {VIGIL_ENOBUFS, -15, "VIGIL_ENOBUFS", ENOBUFS},
    {VIGIL_EINPROGRESS, -16, "VIGIL_EINPROGRESS", EINPROGRESS},
    {VIGIL_EALREADY, -17, "VIGIL_EALREADY", EALREADY},
    {VIGIL_EISCONN, -18, "VIGIL_EISCONN", EISCONN},
    {VIGIL_ENOTCONN, -19, "VIGIL_ENOTCONN", ENOTCONN},
    {VIGIL_ECONNREFUSED, -20, "VIGIL_ECONNREFUSED", ECONNREFUSED},
    {VIGIL_ECONNRESET, -21, "VIGIL_ECONNRESET", ECONNRESET},
    {VIGIL_ECONNABORTED, -22, "VIGIL_ECONNABORTED", ECONNABORTED},
    {VIGIL_EPIPE, -23, "VIGIL_EPIPE", EPIPE},
    {VIGIL_ETIMEDOUT, -24, "VIGIL_ETIMEDOUT", ETIMEDOUT},
    {VIGIL_EADDRINUSE, -25, "VIGIL_EADDRINUSE", EADDRINUSE},
    {VIGIL_EADDRNOTAVAIL, -26, "VIGIL_EADDRNOTAVAIL", EADDRNOTAVAIL},
    {VIGIL_EAFNOSUPPORT, -27, "VIGIL_EAFNOSUPPORT", EAFNOSUPPORT},
    {VIGIL_EPROTONOSUPPORT, -28, "VIGIL_EPROTONOSUPPORT", EPROTONOSUPPORT},
    {VIGIL_EPROTOTYPE, -29, "VIGIL_EPROTOTYPE", EPROTOTYPE},
    {VIGIL_ENETDOWN, -30, "VIGIL_ENETDOWN", ENETDOWN},
    {VIGIL_ENETUNREACH, -31, "VIGIL_ENETUNREACH", ENETUNREACH},
    {VIGIL_EHOSTDOWN, -32, "VIGIL_EHOSTDOWN", EHOSTDOWN},
    {VIGIL_EHOSTUNREACH, -33, "VIGIL_EHOSTUNREACH", EHOSTUNREACH},
    {VIGIL_EDESTADDRREQ, -34, "VIGIL_EDESTADDRREQ", EDESTADDRREQ},
    {VIGIL_EMSGSIZE, -35, "VIGIL_EMSGSIZE", EMSGSIZE},
    {VIGIL_ENOTSOCK, -36, "VIGIL_ENOTSOCK", ENOTSOCK},
    {VIGIL_EOPNOTSUPP, -37, "VIGIL_EOPNOTSUPP", EOPNOTSUPP},
    {VIGIL_ENOPROTOOPT, -38, "VIGIL_ENOPROTOOPT", ENOPROTOOPT},
    {VIGIL_EPROTO, -39, "VIGIL_EPROTO", EPROTO},
    {VIGIL_ELOOP, -40, "VIGIL_ELOOP", ELOOP},
    {VIGIL_EFAULT, -41, "VIGIL_EFAULT", EFAULT},
    {VIGIL_EIO, -42, "VIGIL_EIO", EIO},
    {VIGIL_ENOSYS, -43, "VIGIL_ENOSYS", ENOSYS},
    {VIGIL_ENODEV, -44, "VIGIL_ENODEV", ENODEV},
    {VIGIL_EUNKNOWN, -45, "VIGIL_EUNKNOWN", 0},
};

#define ROWS (sizeof rows / sizeof rows[0])
#define ERRNO_MAX 4095 /* the highest that a Linux system call can report */

static void status__values_and_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        check_equal(rows[i].status, rows[i].value);
        check_equal(rows[i].status, -(int)i);
        check_text(vigil_status_name(rows[i].status), rows[i].name);
        check(strlen(rows[i].name) < VIGIL_STATUS_TEXT_SIZE);
    }
    check_equal(VIGIL_EUNKNOWN, -(int)(ROWS - 1));
}

static void status__texts_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        const char *text = vigil_status_text(rows[i].status);
        check(text[0] != 0);
        check(strlen(text) < VIGIL_STATUS_TEXT_SIZE);
        check(strcmp(text, vigil_status_text((vigil_status)1)) != 0);
        for (size_t j = 0; j < i; j++) {
            check(strcmp(text, vigil_status_text(rows[j].status)) != 0);
        }
    }
    check_text(vigil_status_text(VIGIL_OK), "success");
    check_text(vigil_status_text(VIGIL_EBUSY), "in use");
}

/* Values that are no status. */
static void status__of_other_numbers(void **state)
{
    (void)state;
    const int others[] = {1, 2, 1000, -(int)ROWS, -1000, -2147483647 - 1, 2147483647};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        check_text(vigil_status_name((vigil_status)others[i]), "VIGIL_?");
        check_text(vigil_status_text((vigil_status)others[i]), "no status of Vigil");
    }
}

static void status__of_every_errno(void **state)
{
    (void)state;
    for (int code = 1; code <= ERRNO_MAX; code++) {
        vigil_status expected = VIGIL_EUNKNOWN;
        for (size_t i = 0; i < ROWS; i++) {
            expected = rows[i].code == code ? rows[i].status : expected;
        }
        check_status(vigil_os_status(code), expected);
    }
    check_status(vigil_os_status(0), VIGIL_OK);
    check_status(vigil_os_status(-1), VIGIL_EUNKNOWN);
    check_status(vigil_os_status(EWOULDBLOCK), VIGIL_EWOULDBLOCK);
}

/* No two statuses stand for one errno. */
static void status__codes_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < i; j++) {
            check(rows[i].code == 0 || rows[i].code != rows[j].code);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status__values_and_names), cmocka_unit_test(status__texts_differ),
        cmocka_unit_test(status__of_other_numbers), cmocka_unit_test(status__of_every_errno),
        cmocka_unit_test(status__codes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
