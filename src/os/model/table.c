/* SPDX-License-Identifier: MIT */

/* Descriptors: the lowest free number is the next one, and a file ends with the
 * last descriptor that refers to it. */
#include "os/model/state.h"

#include <errno.h>
#include <stdlib.h>

#define PORTS 65536
#define PORT_FIRST 32768 /* ip_local_port_range of Linux */

vigil_model *vigil_model_open(const vigil_model_options *options)
{
    vigil_model *model = calloc(1, sizeof *model);
    if (model == NULL) {
        return NULL;
    }
    model->options = *options;
    model->next_port = PORT_FIRST;
    model_list_init(&model->unix_names);
    model_list_init(&model->udp);
    model_list_init(&model->timers);
    model_list_init(&model->thread_signals);
    model_list_init(&model->process_signals);
    model_list_init(&model->handled_signals);
    model_list_init(&model->signalfds);
    model->now_ns = 1;
    model->table = calloc((size_t)options->descriptors_max, sizeof *model->table);
    model->ports = calloc(PORTS, sizeof *model->ports);
    if (model->table == NULL || model->ports == NULL) {
        vigil_model_free(model);
        return NULL;
    }
    return model;
}

void vigil_model_free(vigil_model *model)
{
    for (int fd = 0; model->table != NULL && fd < model->options.descriptors_max; fd++) {
        (void)vigil_model_close(model, fd);
    }
    model_unix_forget_names(model);
    model_forget_signals(model);
    free(model->table);
    free(model->ports);
    free(model);
}

model_file *model_file_of(const vigil_model *model, int fd)
{
    return 0 <= fd && fd < model->options.descriptors_max ? model->table[fd] : NULL;
}

bool model_has_room(const vigil_model *model, int descriptors)
{
    int room = model->options.descriptors_max - model->options.first_descriptor;
    return model->open <= room - descriptors;
}

uint16_t model_next_port(vigil_model *model)
{
    uint16_t port = model->next_port;
    bool is_last = port == PORT_FIRST + MODEL_PORTS_PICKED - 1;
    model->next_port = is_last ? PORT_FIRST : (uint16_t)(port + 1);
    return port;
}

model_file *model_new_file(model_kind kind)
{
    model_file *file = calloc(1, sizeof *file);
    if (file != NULL) {
        file->kind = kind;
        model_list_init(&file->watchers);
    }
    return file;
}

int model_install(vigil_model *model, model_file *file)
{
    int fd = model->options.first_descriptor;
    while (fd < model->options.descriptors_max && model->table[fd] != NULL) {
        fd++;
    }
    if (fd == model->options.descriptors_max) {
        return -EMFILE;
    }
    model->table[fd] = file;
    model->open++;
    file->descriptors++;
    return fd;
}

/* Whoever watches the file is forgotten before anybody hears that it ended. */
static void end(vigil_model *model, model_file *file)
{
    model_forget_watchers(file);
    switch (file->kind) {
    case MODEL_PIPE_READER:
    case MODEL_PIPE_WRITER:
        model_pipe_end(file);
        break;
    case MODEL_EPOLL:
        model_epoll_end(file);
        break;
    case MODEL_UNIX_STREAM:
    case MODEL_UNIX_DATAGRAM:
        model_unix_end(file);
        break;
    case MODEL_TCP:
        model_tcp_end(model, file);
        break;
    case MODEL_UDP:
        model_udp_end(file);
        break;
    case MODEL_TIMER:
        model_timer_end(file);
        break;
    case MODEL_REGULAR:
    case MODEL_EVENTFD:
    case MODEL_SIGNALFD:
        break;
    }
    free(file);
}

int vigil_model_close(vigil_model *model, int fd)
{
    model_file *file = model_file_of(model, fd);
    if (file == NULL) {
        return -EBADF;
    }
    model->table[fd] = NULL;
    model->open--;
    file->descriptors--;
    if (file->descriptors == 0) {
        end(model, file);
    }
    return 0;
}

int vigil_model_dup(vigil_model *model, int fd)
{
    model_file *file = model_file_of(model, fd);
    return file == NULL ? -EBADF : model_install(model, file);
}

int vigil_model_count(const vigil_model *model)
{
    return model->open;
}

int model_open_plain(vigil_model *model, model_kind kind)
{
    if (!model_has_room(model, 1)) {
        return -EMFILE;
    }
    model_file *file = model_new_file(kind);
    return file == NULL ? -ENOMEM : model_install(model, file);
}

int vigil_model_file(vigil_model *model)
{
    return model_open_plain(model, MODEL_REGULAR);
}

int vigil_model_eventfd(vigil_model *model, unsigned initial, int is_semaphore)
{
    int fd = model_open_plain(model, MODEL_EVENTFD);
    if (fd >= 0) {
        model->table[fd]->as.eventfd =
            (model_eventfd){.count = initial, .is_semaphore = is_semaphore != 0};
    }
    return fd;
}

int vigil_model_epoll_create(vigil_model *model)
{
    int fd = model_open_plain(model, MODEL_EPOLL);
    if (fd >= 0) {
        model_list_init(&model->table[fd]->as.epoll.watches);
        model_list_init(&model->table[fd]->as.epoll.ready);
    }
    return fd;
}
