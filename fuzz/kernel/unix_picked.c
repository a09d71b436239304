/* SPDX-License-Identifier: MIT */

/* Operations of Unix sockets whose names the kernel picks, and of peers that are left.
 * Each kernel picks names of its own, so what is the same is which socket has one. */
#include "kernel/operations.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define PATH_BEGIN offsetof(struct sockaddr_un, sun_path)

/* Abstract, and of five hexadecimal digits; none of the names of unix.c is. */
static bool is_picked(const char *name, size_t size)
{
    return size == BOTH_NAME_BYTES && name[0] == '\0'
        && strspn(name + 1, "0123456789abcdef") >= BOTH_NAME_BYTES - 1;
}

static const both_name *find_name(const both *b, const char *real)
{
    for (int i = 0; i < b->name_count; i++) {
        if (memcmp(b->names[i].real, real, BOTH_NAME_BYTES) == 0) {
            return &b->names[i];
        }
    }
    return NULL;
}

void unix_same_name(both *b, const struct sockaddr_un *real, socklen_t size,
                    const vigil_model_name *model)
{
    size_t length = size > PATH_BEGIN ? size - PATH_BEGIN : 0;
    const char *expected = real->sun_path;
    both_same(b, "name's size", (int64_t)length, (int64_t)model->size);
    if (is_picked(real->sun_path, length)) {
        const both_name *picked = find_name(b, real->sun_path);
        both_same(b, "name is known", picked != NULL, true);
        expected = picked != NULL ? picked->model : expected;
    }
    both_same(b, "name differs", memcmp(expected, model->bytes, length) != 0, 0);
}

/* What a socket is called, on Linux and in the model. */
typedef struct names {
    struct sockaddr_un real;
    socklen_t size;
    vigil_model_name model;
} names;

static names names_of(both *b, int fd)
{
    names found = {.size = sizeof found.real};
    both_same(b, "result",
              both_result(getsockname(fd, (struct sockaddr *)&found.real, &found.size)),
              vigil_model_unix_name(b->model, fd, &found.model));
    return found;
}

/* A name that Linux draws again, which the model does not pick again, would lead
 * elsewhere, so that such a run ends. */
static void note_name(both *b, const names *bound)
{
    both_name *next = &b->names[b->name_count];
    b->is_over = b->is_over || find_name(b, bound->real.sun_path) != NULL;
    both_same(b, "model picks", is_picked((const char *)bound->model.bytes, bound->model.size),
              true);
    memcpy(next->real, bound->real.sun_path, BOTH_NAME_BYTES);
    memcpy(next->model, bound->model.bytes, BOTH_NAME_BYTES);
    b->name_count++;
}

/* Only who has no name is given one. */
void operate_unix_autobind(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const struct sockaddr_un family = {.sun_family = AF_UNIX};
    const vigil_model_name none = {0};
    if (!unix_is(b, fd) || b->name_count == BOTH_NAMES_MAX) {
        return;
    }
    names before = names_of(b, fd);
    both_same(b, "result", both_result(bind(fd, (const struct sockaddr *)&family, PATH_BEGIN)),
              vigil_model_bind_unix(b->model, fd, &none));
    names after = names_of(b, fd);
    if (before.size <= PATH_BEGIN) {
        note_name(b, &after);
    } else {
        unix_same_name(b, &after.real, after.size, &after.model);
    }
}

/* Connects to a socket, by whatever name it has, if any. */
void operate_unix_reach(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int other = (int)argument[1];
    if (unix_is(b, fd) && unix_is(b, other)) {
        names to = names_of(b, other);
        both_same(b, "result", both_result(connect(fd, (const struct sockaddr *)&to.real, to.size)),
                  vigil_model_connect_unix(b->model, fd, &to.model));
    }
}

void operate_unix_leave(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (unix_is(b, fd)) {
        both_same(b, "result", both_result(connect(fd, &nobody, sizeof nobody)),
                  vigil_model_connect_unix(b->model, fd, NULL));
    }
}

void operate_unix_send_to(both *b, const int64_t *argument)
{
    int fd = (int)argument[0];
    int other = (int)argument[1];
    size_t size = (size_t)argument[2];
    if (unix_is(b, fd) && unix_is(b, other)) {
        names to = names_of(b, other);
        const uint8_t *bytes = operation_bytes(b, size);
        both_same(
            b, "result",
            both_result(sendto(fd, bytes, size, 0, (const struct sockaddr *)&to.real, to.size)),
            vigil_model_send(b->model, fd, bytes, size, &to.model));
    }
}
