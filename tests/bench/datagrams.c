/* SPDX-License-Identifier: MIT */

/* Thirty-two datagrams an operation, sent and received over the loopback interface by one
 * thread: one at a time, with batches, and as segments. By hand and with Vigil; and two
 * ways of Vigil beside each other. */
#include "bench.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vigil.h>

#define DATAGRAMS VIGIL_UDP_BATCH_MAX
#define BYTES 1000
#define TOGETHER ((size_t)DATAGRAMS * BYTES)

/* Two sockets that are connected to each other. */
struct ends {
    vigil_udp_socket near;
    vigil_udp_socket far;
};

/* The contender that is named first, and the other one. */
static struct ends first_ends;
static struct ends second_ends;
static char out[DATAGRAMS][BYTES];
static char in[DATAGRAMS][BYTES];

static void open_ends(struct ends *ends)
{
    vigil_address at_near = vigil_address_loopback_ipv4(0);
    vigil_address at_far = at_near;
    bench_require(vigil_udp_socket_bind(&ends->near, &at_near) == VIGIL_OK
                      && vigil_udp_socket_bind(&ends->far, &at_far) == VIGIL_OK
                      && vigil_udp_socket_local_address(&ends->near, &at_near) == VIGIL_OK
                      && vigil_udp_socket_local_address(&ends->far, &at_far) == VIGIL_OK
                      && vigil_udp_socket_connect(&ends->near, &at_far) == VIGIL_OK
                      && vigil_udp_socket_connect(&ends->far, &at_near) == VIGIL_OK,
                  "connecting two sockets");
}

static void close_ends(struct ends *ends)
{
    vigil_udp_socket_close(&ends->near);
    vigil_udp_socket_close(&ends->far);
}

static void open_first(void)
{
    open_ends(&first_ends);
}

static void open_second(void)
{
    open_ends(&second_ends);
}

static void close_first(void)
{
    close_ends(&first_ends);
}

static void close_second(void)
{
    close_ends(&second_ends);
}

static void open_second_for_segments(void)
{
    open_ends(&second_ends);
    bench_require(vigil_udp_socket_set_receive_offload(&second_ends.far, true) == VIGIL_OK,
                  "receive offload");
}

/* --- by hand ---------------------------------------------------------------------- */

/* With recvmsg(2), as only that says whether a datagram was cut, and from where it comes. */
static void raw_single(size_t operations)
{
    int near = vigil_udp_socket_fd(&first_ends.near);
    int far = vigil_udp_socket_fd(&first_ends.far);
    struct sockaddr_storage from;
    for (size_t i = 0; i < operations; i++) {
        for (size_t k = 0; k < DATAGRAMS; k++) {
            bench_require(send(near, out[k], BYTES, MSG_NOSIGNAL) == BYTES, "send");
        }
        for (size_t k = 0; k < DATAGRAMS; k++) {
            struct iovec piece = {in[k], BYTES};
            struct msghdr header = {
                .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &piece, .msg_iovlen = 1};
            bench_require(recvmsg(far, &header, 0) == BYTES && (header.msg_flags & MSG_TRUNC) == 0,
                          "recvmsg");
        }
    }
}

static void describe(struct mmsghdr *headers, struct iovec *pieces, char (*data)[BYTES])
{
    memset(headers, 0, DATAGRAMS * sizeof *headers);
    for (size_t k = 0; k < DATAGRAMS; k++) {
        pieces[k] = (struct iovec){data[k], BYTES};
        headers[k].msg_hdr.msg_iov = &pieces[k];
        headers[k].msg_hdr.msg_iovlen = 1;
    }
}

/* Each operation describes its datagrams anew and asks where they come from, as Vigil. */
static void raw_batch(size_t operations)
{
    struct mmsghdr headers[DATAGRAMS];
    struct iovec pieces[DATAGRAMS];
    struct sockaddr_storage from[DATAGRAMS];
    int near = vigil_udp_socket_fd(&first_ends.near);
    int far = vigil_udp_socket_fd(&first_ends.far);
    for (size_t i = 0; i < operations; i++) {
        describe(headers, pieces, out);
        bench_require(sendmmsg(near, headers, DATAGRAMS, MSG_NOSIGNAL) == DATAGRAMS, "sendmmsg");
        describe(headers, pieces, in);
        for (size_t k = 0; k < DATAGRAMS; k++) {
            headers[k].msg_hdr.msg_name = &from[k];
            headers[k].msg_hdr.msg_namelen = sizeof from[k];
        }
        bench_require(recvmmsg(far, headers, DATAGRAMS, 0, NULL) == DATAGRAMS, "recvmmsg");
    }
}

/* --- with Vigil ------------------------------------------------------------------- */

static void single(struct ends *ends, size_t operations)
{
    size_t count = 0;
    for (size_t i = 0; i < operations; i++) {
        for (size_t k = 0; k < DATAGRAMS; k++) {
            bench_require(vigil_udp_socket_send(&ends->near, out[k], BYTES, &count) == VIGIL_OK,
                          "send");
        }
        for (size_t k = 0; k < DATAGRAMS; k++) {
            bench_require(vigil_udp_socket_receive(&ends->far, in[k], BYTES, &count) == VIGIL_OK,
                          "receive");
        }
    }
}

static void batch(struct ends *ends, size_t operations)
{
    vigil_datagram datagrams[DATAGRAMS];
    size_t count = 0;
    for (size_t i = 0; i < operations; i++) {
        for (size_t k = 0; k < DATAGRAMS; k++) {
            datagrams[k] = (vigil_datagram){.data = out[k], .length = BYTES};
        }
        bench_require(vigil_udp_socket_send_batch(&ends->near, datagrams, DATAGRAMS, &count)
                              == VIGIL_OK
                          && count == DATAGRAMS,
                      "send_batch");
        for (size_t k = 0; k < DATAGRAMS; k++) {
            datagrams[k] = (vigil_datagram){.data = in[k], .length = BYTES};
        }
        bench_require(vigil_udp_socket_receive_batch(&ends->far, datagrams, DATAGRAMS, &count)
                              == VIGIL_OK
                          && count == DATAGRAMS,
                      "receive_batch");
    }
}

static void segments(struct ends *ends, size_t operations)
{
    size_t count = 0;
    size_t segment_bytes = 0;
    for (size_t i = 0; i < operations; i++) {
        bench_require(
            vigil_udp_socket_send_segments(&ends->near, out, TOGETHER, BYTES, NULL, &count)
                    == VIGIL_OK
                && count == TOGETHER,
            "send_segments");
        bench_require(vigil_udp_socket_receive_segments(&ends->far, in, TOGETHER, NULL, &count,
                                                        &segment_bytes)
                              == VIGIL_OK
                          && count == TOGETHER && segment_bytes == BYTES,
                      "receive_segments");
    }
}

static void first_single(size_t operations)
{
    single(&first_ends, operations);
}

static void second_single(size_t operations)
{
    single(&second_ends, operations);
}

static void first_batch(size_t operations)
{
    batch(&first_ends, operations);
}

static void second_batch(size_t operations)
{
    batch(&second_ends, operations);
}

static void second_segments(size_t operations)
{
    segments(&second_ends, operations);
}

const struct workload bench_udp_single = {
    "udp_single",
    1.05,
    {open_first, raw_single, close_first},
    {open_second, second_single, close_second},
};
const struct workload bench_udp_batch = {
    "udp_batch",
    1.05,
    {open_first, raw_batch, close_first},
    {open_second, second_batch, close_second},
};
const struct workload bench_udp_batch_to_single = {
    "udp_batch_to_single",
    0.95,
    {open_first, first_single, close_first},
    {open_second, second_batch, close_second},
};
const struct workload bench_udp_segments_to_batch = {
    "udp_segments_to_batch",
    0.30,
    {open_first, first_batch, close_first},
    {open_second_for_segments, second_segments, close_second},
};
