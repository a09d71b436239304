/* SPDX-License-Identifier: MIT */
#include "support/unix_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned names;

vigil_unix_address path_address(const char *path)
{
    vigil_unix_address address;
    check_ok(vigil_unix_address_path(path, strlen(path), &address));
    return address;
}

vigil_unix_address abstract_address(const char *name, size_t length)
{
    vigil_unix_address address;
    check_ok(vigil_unix_address_abstract(name, length, &address));
    return address;
}

/* Each path has a folder of its own, so that removing it removes all of it. */
static void make_folder(char path[VIGIL_UNIX_PATH_MAX + 1])
{
    const char *temporary = getenv("TMPDIR");
    (void)snprintf(path, VIGIL_UNIX_PATH_MAX + 1, "%s/vigil-test-XXXXXX",
                   temporary == NULL || strlen(temporary) > 40 ? "/tmp" : temporary);
    check(mkdtemp(path) != NULL);
}

vigil_unix_address fresh_path(void)
{
    char path[VIGIL_UNIX_PATH_MAX + 1];
    make_folder(path);
    strcat(path, "/socket");
    return path_address(path);
}

vigil_unix_address fresh_path_of(size_t length)
{
    char path[VIGIL_UNIX_PATH_MAX + 1];
    make_folder(path);
    size_t begun = strlen(path);
    check(begun + 1 < length && length <= VIGIL_UNIX_PATH_MAX);
    memset(path + begun, 'x', length - begun);
    path[begun] = '/';
    path[length] = '\0';
    return path_address(path);
}

vigil_unix_address fresh_abstract(void)
{
    char name[64];
    int length = snprintf(name, sizeof name, "vigil-test-%ld-%u", (long)getpid(), names++);
    return abstract_address(name, (size_t)length);
}

void remove_path(vigil_unix_address address)
{
    char path[VIGIL_UNIX_PATH_MAX + 1];
    check_equal(address.kind, VIGIL_UNIX_PATH);
    memcpy(path, address.name, sizeof path);
    check_os(unlink(path));
    *strrchr(path, '/') = '\0';
    check_os(rmdir(path));
}
