/* SPDX-License-Identifier: MIT */

/* Names of Unix sockets: abstract ones, which begin with a zero and are their
 * socket's alone, and those of the one folder that there is here, where a name
 * stays until it is unlinked. */
#include "os/model/unix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PICKED_DIGITS 5
#define PICKED_NAMES 0x100000u

static bool is_abstract(const vigil_model_name *name)
{
    return name->bytes[0] == 0;
}

static model_unix_name *holder(model_link *link)
{
    return MODEL_HOLDER(link, model_unix_name, link);
}

/* An abstract name means one socket of each type. */
static model_unix_name *find_name(const vigil_model *model, const vigil_model_name *name,
                                  bool is_stream)
{
    const model_link *names = &model->unix_names;
    for (model_link *at = names->next; at != names; at = at->next) {
        const model_unix_name *known = holder(at);
        bool same = known->name.size == name->size
            && memcmp(known->name.bytes, name->bytes, name->size) == 0;
        if (same && (!is_abstract(name) || known->is_stream == is_stream)) {
            return holder(at);
        }
    }
    return NULL;
}

/* The name as the kernel keeps it: in the file system it ends with its first
 * zero, which is part of it. An empty `size` for what is no name. */
static vigil_model_name kept(const vigil_model_name *name)
{
    vigil_model_name result = *name;
    if (result.size > 0 && result.size <= VIGIL_MODEL_NAME_MAX && !is_abstract(name)) {
        result.size = strnlen((const char *)name->bytes, name->size) + 1;
    }
    return result.size <= VIGIL_MODEL_NAME_MAX ? result : (vigil_model_name){0};
}

bool model_unix_is_name(const vigil_model_name *name)
{
    return kept(name).size > 0;
}

model_unix *model_unix_find(const vigil_model *model, const vigil_model_name *name, bool is_stream,
                            int *error)
{
    vigil_model_name wanted = kept(name);
    *error = -EINVAL;
    if (wanted.size == 0) {
        return NULL;
    }
    const model_unix_name *found = find_name(model, &wanted, is_stream);
    if (found == NULL) {
        *error = is_abstract(&wanted) ? -ECONNREFUSED : -ENOENT;
        return NULL;
    }
    *error = found->owner == NULL ? -ECONNREFUSED : found->is_stream != is_stream ? -EPROTOTYPE : 0;
    return *error == 0 ? found->owner : NULL;
}

/* In the file system the name is made before it is asked whether the socket has
 * one already. */
static int may_bind(const vigil_model *model, const model_unix *end, const vigil_model_name *name)
{
    bool is_taken = find_name(model, name, end->is_stream) != NULL;
    bool has_name = end->name.size > 0;
    if (is_abstract(name) && has_name) {
        return -EINVAL;
    }
    if (is_taken) {
        return -EADDRINUSE;
    }
    return has_name ? -EINVAL : 0;
}

static int bind_to(vigil_model *model, model_unix *end, const vigil_model_name *name)
{
    model_unix_name *bound = calloc(1, sizeof *bound);
    if (bound == NULL) {
        return -ENOMEM;
    }
    *bound = (model_unix_name){.owner = end, .is_stream = end->is_stream, .name = *name};
    model_list_init(&bound->link);
    model_list_insert(&model->unix_names, &bound->link);
    end->name = *name;
    end->bound = bound;
    return 0;
}

/* unix(7), Autobind feature: an abstract name of five hexadecimal digits that no other
 * has. Linux draws them; here they are counted, and there are more than descriptors. Who
 * has a name keeps it. */
static int pick_name(vigil_model *model, model_unix *end)
{
    vigil_model_name name = {.size = 1 + PICKED_DIGITS};
    if (end->name.size > 0) {
        return 0;
    }
    do {
        unsigned number = model->next_name++ % PICKED_NAMES;
        (void)snprintf((char *)name.bytes + 1, PICKED_DIGITS + 1, "%05x", number);
    } while (find_name(model, &name, end->is_stream) != NULL);
    return bind_to(model, end, &name);
}

int vigil_model_bind_unix(vigil_model *model, int fd, const vigil_model_name *name)
{
    int error = 0;
    model_unix *end = model_unix_of(model, fd, &error);
    if (end == NULL) {
        return error;
    }
    if (name->size == 0) {
        return pick_name(model, end);
    }
    vigil_model_name wanted = kept(name);
    if (wanted.size == 0) {
        return -EINVAL;
    }
    error = may_bind(model, end, &wanted);
    return error == 0 ? bind_to(model, end, &wanted) : error;
}

static void forget(model_unix_name *name)
{
    if (name->owner != NULL) {
        name->owner->bound = NULL;
    }
    model_list_remove(&name->link);
    free(name);
}

int vigil_model_unlink(vigil_model *model, const vigil_model_name *name)
{
    vigil_model_name wanted = kept(name);
    model_unix_name *found =
        wanted.size == 0 || is_abstract(&wanted) ? NULL : find_name(model, &wanted, false);
    if (found == NULL) {
        return -ENOENT;
    }
    forget(found);
    return 0;
}

void model_unix_unname(model_unix *end)
{
    model_unix_name *bound = end->bound;
    end->bound = NULL;
    if (bound != NULL) {
        bound->owner = NULL;
        if (is_abstract(&bound->name)) {
            forget(bound);
        }
    }
}

void model_unix_forget_names(vigil_model *model)
{
    while (!model_list_is_empty(&model->unix_names)) {
        forget(holder(model->unix_names.next));
    }
}

int vigil_model_unix_name(vigil_model *model, int fd, vigil_model_name *name)
{
    int error = 0;
    const model_unix *end = model_unix_of(model, fd, &error);
    *name = end == NULL ? (vigil_model_name){0} : end->name;
    return error;
}

int vigil_model_unix_peer(vigil_model *model, int fd, vigil_model_name *name)
{
    int error = 0;
    const model_unix *end = model_unix_of(model, fd, &error);
    const model_unix *peer = end == NULL ? NULL : end->peer;
    *name = peer == NULL ? (vigil_model_name){0} : peer->name;
    return error == 0 && peer == NULL ? -ENOTCONN : error;
}
