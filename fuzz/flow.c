/* SPDX-License-Identifier: MIT */
#include "flow.h"

#include "input.h"

static uint8_t byte_at(const flow *f, size_t place)
{
    return (uint8_t)(f->salt + place * 7 + place / 251);
}

void flow_fill(const flow *f, uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = byte_at(f, f->sent + i);
    }
}

/* Nothing is known of an end whose other one was never accepted. */
static size_t waiting(const flow *f)
{
    return f->peer == NULL ? 0 : f->peer->sent - f->got;
}

static bool is_ended(const flow *f)
{
    return f->has_shut_read || (f->peer != NULL && (f->peer->has_shut_write || f->peer->is_closed));
}

bool flow_readable(const flow *f)
{
    return waiting(f) > 0 || is_ended(f);
}

static bool may_have_broken(const flow *f)
{
    return f->is_broken || (f->peer != NULL && f->peer->is_closed);
}

static bool is_broken_off(vigil_status status)
{
    return status == VIGIL_ECONNRESET || status == VIGIL_EPIPE || status == VIGIL_ECONNREFUSED
        || status == VIGIL_ENOTCONN;
}

void flow_read(flow *f, vigil_status status, const uint8_t *data, size_t count, bool peeked,
               bool hostile)
{
    fuzz_check(status == VIGIL_OK || count == 0);
    if (status == VIGIL_OK && count > 0) {
        fuzz_check(f->peer != NULL && f->got + count <= f->peer->sent);
        for (size_t i = 0; i < count; i++) {
            fuzz_check(data[i] == byte_at(f->peer, f->got + i));
        }
        f->got += peeked ? 0 : count;
    } else if (status == VIGIL_OK) {
        fuzz_check(f->is_broken || (waiting(f) == 0 && is_ended(f)) || f->has_shut_read);
    } else if (status == VIGIL_EWOULDBLOCK) {
        fuzz_check(f->is_broken || !flow_readable(f));
    } else if (status == VIGIL_EINTR) {
        fuzz_check(hostile);
    } else {
        fuzz_check(is_broken_off(status) && may_have_broken(f));
    }
}

void flow_wrote(flow *f, vigil_status status, size_t asked, size_t count, bool hostile)
{
    fuzz_check(count <= asked && (status == VIGIL_OK || count == 0));
    if (status == VIGIL_OK) {
        fuzz_check((count > 0 || asked == 0) && !f->has_shut_write);
        f->sent += count;
        /* Who has closed, or both directions, answers data with a reset (RFC 1122,
         * 4.2.2.13). */
        const flow *peer = f->peer;
        if (count > 0 && peer != NULL
            && (peer->is_closed || (peer->has_shut_read && peer->has_shut_write))) {
            f->is_broken = true;
            f->peer->is_broken = true;
        }
    } else if (status == VIGIL_EWOULDBLOCK) {
        /* There is room for what nobody has to take any more. */
        fuzz_check(f->peer == NULL || f->sent > f->peer->got);
    } else if (status == VIGIL_EINTR || status == VIGIL_ENOMEM || status == VIGIL_ENOBUFS) {
        fuzz_check(hostile);
    } else {
        fuzz_check(is_broken_off(status) && (f->has_shut_write || may_have_broken(f)));
    }
}

void flow_shut(flow *f, vigil_status status, vigil_shutdown how)
{
    fuzz_check(status == VIGIL_OK || status == VIGIL_ENOTCONN);
    fuzz_check(status == VIGIL_OK || may_have_broken(f) || f->peer == NULL || f->has_shut_write
               || f->has_shut_read);
    if (status == VIGIL_OK) {
        f->has_shut_read |= how != VIGIL_SHUTDOWN_WRITE;
        f->has_shut_write |= how != VIGIL_SHUTDOWN_READ;
    }
}

void flow_closed(flow *f)
{
    f->is_closed = true;
    if (f->peer != NULL) {
        f->peer->is_broken |= waiting(f) > 0;
    }
}
