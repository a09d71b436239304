/* SPDX-License-Identifier: MIT */

/* The world around the server: clients that connect, send, read what comes
 * back and compare, and go, each in its own time. */
#include "clients.h"

#include "os/sim/sim.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define CHUNK_MAX 100

/* What a client sends at a place; no two clients send the same. */
static uint8_t byte_at(const client *c, unsigned place)
{
    return (uint8_t)(place * 31 + c->salt + place / 256);
}

static void client_connect(client *c, vigil_model *kernel)
{
    c->fd = vigil_model_socket(kernel, AF_INET);
    if (c->fd < 0) {
        c->fd = -1; /* There is no descriptor for now. */
        return;
    }
    int status = vigil_model_connect(kernel, c->fd, server_port());
    if (status != -EINPROGRESS) {
        fail_plan("connect: %d", status);
    }
    c->state = CLIENT_TALKS;
}

/* Whether anything was sent. */
static bool client_send(client *c, vigil_model *kernel)
{
    uint8_t data[CHUNK_MAX];
    unsigned left = c->to_send - c->sent;
    unsigned length = 1 + vigil_sim_random(CHUNK_MAX);
    length = length < left ? length : left;
    for (unsigned i = 0; i < length; i++) {
        data[i] = byte_at(c, c->sent + i);
    }
    int64_t count = length == 0 ? 0 : vigil_model_write(kernel, c->fd, data, length);
    if (count < 0 && count != -EAGAIN) {
        fail_plan("a client that had sent %u of %u cannot write: %d", c->sent, c->to_send,
                  (int)count);
    }
    c->sent += count > 0 ? (unsigned)count : 0;
    if (c->sent == c->to_send && !c->has_shut) {
        (void)vigil_model_shutdown(kernel, c->fd, SHUT_WR);
        c->has_shut = true;
        return true;
    }
    return count > 0;
}

static bool client_read(client *c, vigil_model *kernel)
{
    uint8_t data[CHUNK_MAX];
    int64_t count = vigil_model_read(kernel, c->fd, data, 1 + vigil_sim_random(CHUNK_MAX));
    if (count == -EAGAIN) {
        return false;
    }
    if (count < 0) {
        fail_plan("a client that had %u bytes back cannot read: %d", c->received, (int)count);
    }
    for (unsigned i = 0; i < (unsigned)count; i++) {
        if (c->received >= c->sent || data[i] != byte_at(c, c->received)) {
            fail_plan("byte %u came back wrong", c->received);
        }
        c->received++;
    }
    if (count == 0) {
        if (c->received != c->to_send || !c->has_shut) {
            fail_plan("the stream ended after %u of %u bytes", c->received, c->to_send);
        }
        (void)vigil_model_close(kernel, c->fd);
        c->state = CLIENT_DONE;
    }
    return true;
}

/* Goes in the middle, with or without a reset. */
static void client_go(client *c, vigil_model *kernel)
{
    if (vigil_sim_random(2) == 0) {
        (void)vigil_model_set_linger(kernel, c->fd, 1, 0);
    }
    (void)vigil_model_close(kernel, c->fd);
    c->state = CLIENT_DONE;
}

/* Whether the client did anything. */
static bool client_act(client *c, vigil_model *kernel)
{
    switch (c->state) {
    case CLIENT_WAITS:
        client_connect(c, kernel);
        return c->state != CLIENT_WAITS;
    case CLIENT_TALKS:
        if (c->is_rude && c->sent >= c->goes_after) {
            client_go(c, kernel);
            return true;
        }
        return vigil_sim_random(2) == 0 ? client_send(c, kernel) || client_read(c, kernel)
                                        : client_read(c, kernel) || client_send(c, kernel);
    case CLIENT_DONE:
        break;
    }
    return false;
}

void clients_begin(clients *all, const plan *p)
{
    memset(all, 0, sizeof *all);
    all->count = p->clients;
    for (unsigned i = 0; i < all->count; i++) {
        client *c = &all->client[i];
        c->fd = -1;
        c->salt = (uint8_t)(i * 37 + 1);
        c->to_send = vigil_sim_random(p->bytes + 1);
        c->is_rude = vigil_sim_random(100) < p->rude;
        c->goes_after = vigil_sim_random(c->to_send + 1);
    }
}

/* One client acts, whose turn the seed decides; once all are done the server is
 * stopped, and nothing comes after. */
static bool step_once(clients *all, vigil_model *kernel)
{
    unsigned first = all->count > 0 ? vigil_sim_random(all->count) : 0;
    unsigned done = 0;
    for (unsigned i = 0; i < all->count; i++) {
        client *c = &all->client[(first + i) % all->count];
        if (client_act(c, kernel)) {
            return true;
        }
        done += c->state == CLIENT_DONE;
    }
    if (done == all->count && !all->stopped) {
        all->stopped = true;
        stop_server();
        return true;
    }
    return false;
}

/* As many as the seed says, so that several connections may be ready at once. */
bool clients_step(void *world, vigil_model *kernel)
{
    clients *all = world;
    unsigned more = vigil_sim_random(2) == 0 ? 0 : vigil_sim_random(all->count + 1);
    bool acted = step_once(all, kernel);
    for (unsigned i = 0; acted && i < more; i++) {
        (void)step_once(all, kernel);
    }
    return acted;
}
