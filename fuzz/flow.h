/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_FLOW_H
#define VIGIL_FUZZ_FLOW_H

#include "vigil.h"

/*
 * What two ends of a connection may see of each other: every byte once and in
 * order, the end of the stream behind the last of them, and an error only where
 * somebody has broken off.
 */
typedef struct flow {
    struct flow *peer;     /* null until it is accepted */
    vigil_address address; /* of this end, if it connected */
    unsigned salt;         /* of the bytes that this end sends */
    size_t sent;
    size_t got;
    bool is_closed; /* all of it; the peer may live on */
    bool has_shut_write;
    bool has_shut_read;
    bool is_broken; /* somebody closed with something unread, or before accepting */
} flow;

/* The bytes that come next from this end. */
void flow_fill(const flow *f, uint8_t *data, size_t size);

/* Whether a read has something to tell: bytes, or the end. */
bool flow_readable(const flow *f);

/* Checks what a call answered, and takes note. A hostile kernel may interrupt. */
void flow_read(flow *f, vigil_status status, const uint8_t *data, size_t count, bool peeked,
               bool hostile);
void flow_wrote(flow *f, vigil_status status, size_t asked, size_t count, bool hostile);
void flow_shut(flow *f, vigil_status status, vigil_shutdown how);
void flow_closed(flow *f);

#endif
