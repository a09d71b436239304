/* SPDX-License-Identifier: MIT */

/* Operations of Unix sockets that have names: some are abstract, the others in a
 * folder that is made for this process. */
#include "kernel/operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define ABSTRACT_NAMES (UNIX_NAMES / 2)

static char folder[] = "/tmp/vigil-kernel-XXXXXX";

void unix_prepare(void)
{
    if (mkdtemp(folder) == NULL) {
        abort();
    }
}

/* The name of a number, in the form of the model. */
static vigil_model_name name_of(int64_t number)
{
    vigil_model_name name = {0};
    char *text = (char *)name.bytes;
    if (number < ABSTRACT_NAMES) {
        int size = snprintf(text + 1, sizeof name.bytes - 1, "%s/%d", folder, (int)number);
        name.size = 1 + (size_t)size;
    } else {
        int size = snprintf(text, sizeof name.bytes, "%s/%d", folder, (int)number);
        name.size = (size_t)size;
    }
    return name;
}

/* Of a run that has been aborted, names are left. */
void unix_release(void)
{
    for (int64_t i = ABSTRACT_NAMES; i < UNIX_NAMES; i++) {
        vigil_model_name name = name_of(i);
        (void)unlink((const char *)name.bytes);
    }
    (void)rmdir(folder);
}

/* The same for Linux, and how long it is. */
static socklen_t address_of(const vigil_model_name *name, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name->bytes, name->size);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + name->size);
}

/* A name in the file system stays behind its socket. */
void unix_forget_names(both *b)
{
    for (int64_t i = ABSTRACT_NAMES; i < UNIX_NAMES; i++) {
        operate_unlink(b, &i);
    }
}

bool unix_is(both *b, int fd)
{
    return both_known(b, fd)->open && both_known(b, fd)->kind == BOTH_UNIX;
}

/* Whether it is for datagrams. */
void operate_unix(both *b, const int64_t *argument)
{
    if (both_has_room(b)) {
        int type = argument[0] != 0 ? SOCK_DGRAM : SOCK_STREAM;
        int64_t fd = both_result(socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        both_same(b, "result", fd, vigil_model_unix(b->model, type));
        both_note(b, fd, BOTH_UNIX);
    }
}

void operate_unix_bind(both *b, const int64_t *argument)
{
    struct sockaddr_un address;
    int fd = (int)argument[0];
    vigil_model_name name = name_of(argument[1]);
    socklen_t size = address_of(&name, &address);
    if (unix_is(b, fd)) {
        both_same(b, "result", both_result(bind(fd, (struct sockaddr *)&address, size)),
                  vigil_model_bind_unix(b->model, fd, &name));
    }
}

void operate_unix_connect(both *b, const int64_t *argument)
{
    struct sockaddr_un address;
    int fd = (int)argument[0];
    vigil_model_name name = name_of(argument[1]);
    socklen_t size = address_of(&name, &address);
    if (unix_is(b, fd)) {
        both_same(b, "result", both_result(connect(fd, (struct sockaddr *)&address, size)),
                  vigil_model_connect_unix(b->model, fd, &name));
    }
}

void operate_unix_send(both *b, const int64_t *argument)
{
    struct sockaddr_un address;
    int fd = (int)argument[0];
    vigil_model_name name = name_of(argument[1]);
    socklen_t length = address_of(&name, &address);
    size_t size = (size_t)argument[2];
    if (unix_is(b, fd)) {
        const uint8_t *bytes = operation_bytes(b, size);
        both_same(b, "result",
                  both_result(sendto(fd, bytes, size, 0, (struct sockaddr *)&address, length)),
                  vigil_model_send(b->model, fd, bytes, size, &name));
    }
}

/* Until nobody can take more, if they are datagrams. */
void operate_unix_fill(both *b, const int64_t *argument)
{
    const int64_t one[] = {argument[0], argument[1], 1};
    for (int i = 0; i < FILLING; i++) {
        operate_unix_send(b, one);
    }
}

void operate_unix_listener(both *b, const int64_t *argument)
{
    if (both_has_room(b)) {
        int64_t fd = both_result(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int64_t bound[] = {fd, argument[0]};
        const int64_t listening[] = {fd, argument[1]};
        both_same(b, "result", fd, vigil_model_unix(b->model, SOCK_STREAM));
        both_note(b, fd, BOTH_UNIX);
        operate_unix_bind(b, bound);
        operate_listen(b, listening);
    }
}

static void same_names(both *b, const char *what, int64_t real, int64_t model,
                       const struct sockaddr_un *address, socklen_t size,
                       const vigil_model_name *name)
{
    both_same(b, what, real, model);
    if (real == 0) {
        unix_same_name(b, address, size, name);
    }
}

void operate_unix_names(both *b, const int64_t *argument)
{
    struct sockaddr_un address = {0};
    socklen_t size = sizeof address;
    vigil_model_name name;
    int fd = (int)argument[0];
    if (unix_is(b, fd)) {
        int64_t real = both_result(getsockname(fd, (struct sockaddr *)&address, &size));
        int64_t model = vigil_model_unix_name(b->model, fd, &name);
        same_names(b, "local", real, model, &address, size, &name);
        size = sizeof address;
        real = both_result(getpeername(fd, (struct sockaddr *)&address, &size));
        model = vigil_model_unix_peer(b->model, fd, &name);
        same_names(b, "peer", real, model, &address, size, &name);
    }
}

void operate_unlink(both *b, const int64_t *argument)
{
    vigil_model_name name = name_of(argument[0]);
    if (argument[0] >= ABSTRACT_NAMES) {
        both_same(b, "result", both_result(unlink((const char *)name.bytes)),
                  vigil_model_unlink(b->model, &name));
    }
}
