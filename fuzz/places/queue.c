/* SPDX-License-Identifier: MIT */
#include "places/queue.h"

#include "input.h"

static uint8_t byte_at(const queue *q, unsigned number, size_t place)
{
    return (uint8_t)(q->salt + number * 13 + place * 7);
}

void queue_fill(const queue *q, unsigned ahead, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = byte_at(q, q->first + q->count + ahead, i);
    }
}

void queue_sent(queue *q, vigil_status status, size_t size, size_t count, bool hostile)
{
    if (status == VIGIL_OK) {
        fuzz_check(count == size && q->count < QUEUE_MAX);
        q->length[(q->first + q->count) % QUEUE_MAX] = (uint16_t)size;
        q->count++;
        return;
    }
    fuzz_check(count == 0);
    if (status == VIGIL_EINTR || status == VIGIL_ENOBUFS || status == VIGIL_ENOMEM) {
        fuzz_check(hostile);
    } else if (status == VIGIL_EWOULDBLOCK) {
        fuzz_check(q->count > 0);
    } else {
        fuzz_check(q->is_broken);
    }
}

void queue_received(queue *q, vigil_status status, const uint8_t *data, size_t room, size_t count,
                    bool peeked, bool hostile)
{
    if (status == VIGIL_OK || status == VIGIL_EMSGSIZE) {
        size_t length = q->length[q->first % QUEUE_MAX];
        if (q->count == 0) { /* the end of a socket that was shut down */
            fuzz_check(q->is_broken && count == 0);
            return;
        }
        fuzz_check((status == VIGIL_EMSGSIZE) == (length > room));
        fuzz_check(count == (length > room ? room : length));
        for (size_t i = 0; i < count; i++) {
            fuzz_check(data[i] == byte_at(q, q->first, i));
        }
        q->first += !peeked;
        q->count -= !peeked;
        return;
    }
    fuzz_check(count == 0);
    if (status == VIGIL_EINTR) {
        fuzz_check(hostile);
    } else if (status == VIGIL_EWOULDBLOCK) {
        fuzz_check(q->count == 0 || q->is_broken);
    } else {
        fuzz_check(q->is_broken);
    }
}
