/* SPDX-License-Identifier: MIT */

/* A pipe is a ring of sixteen pages. A write begins in the last page if what is
 * left over of whole pages fits there, and takes new pages for the rest. */
#include "os/model/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define PAGE 4096
#define PAGES 16

static model_pipe *new_pipe(void)
{
    model_pipe *pipe = calloc(1, sizeof *pipe);
    if (pipe == NULL) {
        return NULL;
    }
    model_list_init(&pipe->pieces);
    pipe->reader = model_new_file(MODEL_PIPE_READER);
    pipe->writer = model_new_file(MODEL_PIPE_WRITER);
    if (pipe->reader == NULL || pipe->writer == NULL) {
        free(pipe->reader);
        free(pipe->writer);
        free(pipe);
        return NULL;
    }
    pipe->reader->as.pipe = pipe;
    pipe->writer->as.pipe = pipe;
    return pipe;
}

int vigil_model_pipe(vigil_model *model, int fd[2])
{
    if (!model_has_room(model, 2)) {
        return -EMFILE;
    }
    model_pipe *pipe = new_pipe();
    if (pipe == NULL) {
        return -ENOMEM;
    }
    fd[0] = model_install(model, pipe->reader);
    fd[1] = model_install(model, pipe->writer);
    return 0;
}

uint32_t model_pipe_level(model_file *file)
{
    model_pipe *pipe = file->as.pipe;
    pipe->has_been_polled = true;
    if (file->kind == MODEL_PIPE_READER) {
        uint32_t level = pipe->pages > 0 ? EPOLLIN : 0;
        return level | (pipe->writer == NULL ? EPOLLHUP : 0);
    }
    uint32_t level = pipe->pages < PAGES ? EPOLLOUT : 0;
    return level | (pipe->reader == NULL ? EPOLLERR : 0);
}

/* The writer is woken when the first page of a full ring is free. */
int64_t model_pipe_read(model_file *file, void *data, size_t size)
{
    model_pipe *pipe = file->as.pipe;
    uint8_t *out = data;
    size_t done = 0;
    bool wakes_writer = false;
    if (size == 0) {
        return 0;
    }
    while (done < size && pipe->pages > 0) {
        model_piece *page = model_first_piece(&pipe->pieces);
        done += model_take_bytes(page, out + done, size - done);
        if (page->start == page->size) {
            wakes_writer = wakes_writer || pipe->pages == PAGES;
            model_free_piece(page);
            pipe->pages--;
        }
    }
    if (wakes_writer && pipe->writer != NULL) {
        model_wake(pipe->writer, EPOLLOUT);
    }
    return done > 0 || pipe->writer == NULL ? (int64_t)done : -EAGAIN;
}

/* Puts what is over of whole pages behind what is in the last page, if all of
 * it fits there; how many bytes that was. */
static size_t merge(model_pipe *pipe, const uint8_t *data, size_t size)
{
    size_t over = size % PAGE;
    if (over == 0 || pipe->pages == 0) {
        return 0;
    }
    model_piece *last = MODEL_HOLDER(pipe->pieces.previous, model_piece, link);
    if (last->size + over > PAGE) {
        return 0;
    }
    for (size_t i = 0; i < over; i++) {
        last->bytes[last->size + i] = data[i];
    }
    last->size += over;
    return over;
}

int64_t model_pipe_write(model_file *file, const void *data, size_t size)
{
    model_pipe *pipe = file->as.pipe;
    if (size == 0) {
        return 0;
    }
    if (pipe->reader == NULL) {
        return -EPIPE;
    }
    const uint8_t *in = data;
    bool was_empty = pipe->pages == 0;
    size_t done = merge(pipe, in, size);
    int refusal = -EAGAIN;
    while (done < size && pipe->pages < PAGES) {
        size_t left = size - done;
        model_piece *page = model_new_piece(in + done, left < PAGE ? left : PAGE, PAGE);
        if (page == NULL) {
            refusal = -ENOMEM;
            break;
        }
        model_list_insert(&pipe->pieces, &page->link);
        pipe->pages++;
        done += page->size;
    }
    if (was_empty || pipe->has_been_polled) {
        model_wake(pipe->reader, EPOLLIN);
    }
    return done > 0 ? (int64_t)done : refusal;
}

void model_pipe_end(model_file *file)
{
    model_pipe *pipe = file->as.pipe;
    if (file->kind == MODEL_PIPE_READER) {
        pipe->reader = NULL;
    } else {
        pipe->writer = NULL;
    }
    if (pipe->reader != NULL) {
        model_wake(pipe->reader, EPOLLIN | EPOLLERR | EPOLLHUP);
    }
    if (pipe->writer != NULL) {
        model_wake(pipe->writer, EPOLLOUT | EPOLLERR | EPOLLHUP);
    }
    if (pipe->reader != NULL || pipe->writer != NULL) {
        return;
    }
    while (!model_list_is_empty(&pipe->pieces)) {
        model_free_piece(model_first_piece(&pipe->pieces));
    }
    free(pipe);
}
