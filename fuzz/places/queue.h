/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_PLACES_QUEUE_H
#define VIGIL_FUZZ_PLACES_QUEUE_H

#include "vigil.h"

/*
 * What is on its way from one datagram socket to another: each datagram arrives whole
 * or is cut where the room ends, once, in its order.
 */
#define QUEUE_MAX 512

typedef struct queue {
    unsigned salt; /* of the bytes */
    unsigned first;
    unsigned count;
    uint16_t length[QUEUE_MAX]; /* of datagram i at i % QUEUE_MAX */
    bool is_broken;             /* an end was closed: what waits may be lost, and errors come */
} queue;

void queue_fill(const queue *q, unsigned ahead, uint8_t *data, size_t size);

/* Checks what a call answered, and takes note. */
void queue_sent(queue *q, vigil_status status, size_t size, size_t count, bool hostile);
void queue_received(queue *q, vigil_status status, const uint8_t *data, size_t room, size_t count,
                    bool peeked, bool hostile);

#endif
