/* SPDX-License-Identifier: MIT */

/* What messages count against the buffers of sockets (truesize): as measured on Linux
 * 6.18, x86-64, over the loopback interface. */
#include "os/model/state.h"

/* A head of so many bytes: with its bookkeeping it takes a block of a power of two. */
static size_t head_charge(size_t bytes)
{
    const size_t bookkeeping = 320;
    size_t head = (bytes + 63) / 64 * 64 + bookkeeping;
    size_t block = 512;
    while (block < head) {
        block *= 2;
    }
    return block + 256;
}

/* Whole pages hold what does not fit into the head. */
static size_t unix_charge(size_t size, bool is_stream)
{
    const size_t head_max = is_stream ? 3776 : 16064;
    size_t paged = size > head_max ? (size - head_max + 4095) / 4096 * 4096 : 0;
    paged = paged > size ? size : paged;
    return head_charge(size - paged) + (paged + 4095) / 4096 * 4096;
}

/* More than a message of a stream can hold goes into several. */
static size_t stream_charge(size_t size)
{
    const size_t message_max = 3776 + 32768;
    size_t charge = 0;
    while (size > message_max) {
        charge += unix_charge(message_max, true);
        size -= message_max;
    }
    return charge + unix_charge(size, true);
}

/* Small heads are of one size. What is too large for a head is counted by the byte. */
static size_t inet_charge(size_t size, size_t headers)
{
    const size_t small_max = 256;
    const size_t small_charge = 832;
    const size_t head_max = 16063;
    size_t head = size + headers;
    if (head <= small_max) {
        return small_charge;
    }
    return head <= head_max ? head_charge(head) : small_charge + size;
}

size_t model_charge(const vigil_model *model, size_t size, vigil_model_message kind)
{
    const size_t udp_headers = 59;
    const size_t icmp_headers = 87;
    const size_t quoted_max = 548; /* of what was refused (RFC 1812, 4.3.2.3) */
    if (model->options.charge != NULL) {
        return model->options.charge(size, kind);
    }
    switch (kind) {
    case VIGIL_MODEL_DATAGRAM:
        return unix_charge(size, false);
    case VIGIL_MODEL_STREAM:
        return stream_charge(size);
    case VIGIL_MODEL_UDP:
        return inet_charge(size, udp_headers);
    case VIGIL_MODEL_UDP_REFUSED:
        return inet_charge(size < quoted_max ? size : quoted_max, icmp_headers);
    case VIGIL_MODEL_UDP_TOO_LARGE:
        break;
    }
    return inet_charge(0, udp_headers);
}
