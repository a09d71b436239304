/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SIM_CLIENTS_H
#define VIGIL_TESTS_SIM_CLIENTS_H

#include "os/model/model.h"
#include "plan.h"

#define CLIENTS_MAX 12

typedef enum client_state {
    CLIENT_WAITS,
    CLIENT_TALKS,
    CLIENT_DONE
} client_state;

typedef struct client {
    client_state state;
    int fd;
    uint8_t salt;
    unsigned to_send;
    unsigned sent;
    unsigned received;
    unsigned goes_after; /* bytes, if it is rude */
    bool is_rude;
    bool has_shut;
} client;

typedef struct clients {
    unsigned count;
    bool stopped;
    client client[CLIENTS_MAX];
} clients;

void clients_begin(clients *all, const plan *p);
bool clients_step(void *world, vigil_model *kernel);

#endif
