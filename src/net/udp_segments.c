/* SPDX-License-Identifier: MIT */
#include "net/udp_segments.h"

#include "net/control.h"
#include "net/option.h"
#include "net/sockaddr.h"
#include "net/told.h"
#include "os/message.h"

/* Why nothing is sent, but for a closed socket, which is what there is to say first. */
/*@
  requires why: status_valid(why);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: \result == why || \result == VIGIL_EBADF;
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status refuse(vigil_fd fd, vigil_status why)
{
    int family = 0;
    return vigil_os_get_option(fd, VIGIL_OS_FAMILY, &family) == VIGIL_EBADF ? VIGIL_EBADF : why;
}

/* What says that these datagrams cannot go with one call, though each may go alone: the
 * system lacks it, a datagram is larger than a packet, the device computes no checksums
 * (udp(7); net/ipv4/udp.c of Linux, udp_send_skb). If it is not so, the first one alone
 * tells. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
*/
static bool refuses_several(vigil_status status)
{
    return status == VIGIL_ENOPROTOOPT || status == VIGIL_EOPNOTSUPP || status == VIGIL_EINVAL
        || status == VIGIL_EMSGSIZE || status == VIGIL_EIO;
}

/* How much of what is left the next call sends: if `several`, as many datagrams as it may
 * be, else one. */
/*@
  requires segment: 1 <= segment_bytes;
  terminates \true; exits \false;
  assigns \nothing;
  ensures bound: \result <= left && (left > 0 ==> \result > 0);
  ensures whole: \result < left ==> \result % segment_bytes == 0;
  ensures several: \result > segment_bytes ==>
    several && \result <= VIGIL_OS_SEGMENTS_BYTES_MAX;
*/
static size_t next_part(size_t left, size_t segment_bytes, bool several)
{
    size_t most = segment_bytes;
    if (several && segment_bytes <= VIGIL_OS_SEGMENTS_BYTES_MAX / VIGIL_OS_SEGMENTS_MAX) {
        most = VIGIL_OS_SEGMENTS_MAX * segment_bytes;
        //@ assert many: (VIGIL_OS_SEGMENTS_MAX * segment_bytes) % segment_bytes == 0;
    } else if (several && segment_bytes <= VIGIL_OS_SEGMENTS_BYTES_MAX) {
        most = VIGIL_OS_SEGMENTS_BYTES_MAX - VIGIL_OS_SEGMENTS_BYTES_MAX % segment_bytes;
        //@ assert full: most % segment_bytes == 0;
    }
    //@ assert whole: most % segment_bytes == 0;
    return left < most ? left : most;
}

/*@
  requires data: \valid_read(data + (0 .. length - 1));
  requires to: \valid_read(to) && to->length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status send_alone(vigil_fd fd, const char *data, size_t length,
                               const vigil_sockaddr *to)
{
    size_t count = 0;
    return to->length > 0 ? vigil_os_send_to(fd, data, length, to, &count)
                          : vigil_os_send(fd, data, length, &count);
}

/* A datagram goes whole or not at all (udp(7)), so what a call counts is not asked. */
/*@
  requires data: \valid_read(data + (0 .. length - 1));
  requires to: \valid_read(to) && to->length <= VIGIL_SOCKADDR_BYTES;
  requires segment: 1 <= segment_bytes;
  requires sent: \valid(sent) && \separated(sent, to);
  terminates \true; exits \false;
  assigns *sent;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures bound: *sent <= length;
  ensures whole: *sent < length ==> *sent % segment_bytes == 0;
  ensures failed: \result != VIGIL_OK ==> *sent == 0;
  ensures some: \result == VIGIL_OK && length > 0 ==> *sent > 0;
*/
static vigil_status send_all(vigil_fd fd, const char *data, size_t length, size_t segment_bytes,
                             const vigil_sockaddr *to, size_t *sent)
{
    vigil_status status = VIGIL_OK;
    size_t done = 0;
    bool several = true;
    /*@
      loop invariant range: 0 <= done <= length;
      loop invariant whole: done < length ==> done % segment_bytes == 0;
      loop invariant goes_on: status == VIGIL_OK && (done < length || length == 0);
      loop invariant closed: !VIGIL_KERNEL_OPEN(fd) ==> done == 0;
      loop assigns done, several, status;
      loop variant 2 * (length - done) + (several ? 1 : 0);
    */
    do {
        size_t part = next_part(length - done, segment_bytes, several);
        const char *rest = done > 0 ? data + done : data; /* null, of no bytes, may stay so */
        bool is_one = part <= segment_bytes;
        status = is_one ? send_alone(fd, rest, part, to)
                        : vigil_os_send_segments(fd, rest, part, segment_bytes, to);
        if (status == VIGIL_OK) {
            done += part;
        } else if (!is_one && refuses_several(status)) {
            several = false;
            status = VIGIL_OK;
        }
    } while (status == VIGIL_OK && done < length);
    *sent = done;
    return done > 0 ? VIGIL_OK : status;
}

vigil_status vigil_udp_socket_send_segments(vigil_udp_socket *socket, const void *data,
                                            size_t length, size_t segment_bytes,
                                            const vigil_address *to, size_t *sent)
{
    vigil_sockaddr native;
    vigil_status encoding = vigil_sockaddr_encode(to != NULL ? *to : vigil_address_none(), &native);
    *sent = 0;
    if (segment_bytes == 0) {
        return refuse(socket->source.fd, VIGIL_EINVAL);
    }
    if (to != NULL && encoding != VIGIL_OK) {
        return refuse(socket->source.fd, encoding);
    }
    return told_by(&socket->source, VIGIL_WRITABLE,
                   send_all(socket->source.fd, data, length, segment_bytes, &native, sent));
}

/* --- receiving ------------------------------------------------------------------ */

vigil_status vigil_udp_socket_set_receive_offload(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_switch(socket->source.fd, VIGIL_OS_RECEIVE_OFFLOAD, enabled);
}

vigil_status vigil_udp_socket_receive_offload(const vigil_udp_socket *socket, bool *enabled)
{
    return vigil_option_switch(socket->source.fd, VIGIL_OS_RECEIVE_OFFLOAD, enabled);
}

/* The kernel says how long a datagram is only where there are several. */
/*@
  requires control: \valid_read(control) && control->length <= VIGIL_OS_CONTROL_BYTES;
  terminates \true; exits \false;
  assigns \nothing;
  ensures bound: \result <= count && (count > 0 ==> \result > 0);
*/
static size_t segment_bytes_of(const vigil_os_control *control, size_t count)
{
    uint32_t at = 0;
    uint32_t size = 0;
    uint32_t bytes = 0;
    if (vigil_control_find(control, VIGIL_OS_CONTROL_UDP, VIGIL_OS_CONTROL_UDP_SEGMENT_BYTES, &at,
                           &size)
        && size >= sizeof bytes) {
        bytes = get_host32(control->bytes + at);
    }
    return 0 < bytes && bytes < count ? bytes : count;
}

vigil_status vigil_udp_socket_receive_segments(vigil_udp_socket *socket, void *data,
                                               size_t capacity, vigil_address *from, size_t *count,
                                               size_t *segment_bytes)
{
    vigil_sockaddr native;
    vigil_os_control control;
    vigil_status status =
        vigil_os_receive_segments(socket->source.fd, data, capacity, &native, count, &control);
    if (from != NULL) {
        *from = vigil_sockaddr_decode(&native);
    }
    *segment_bytes = segment_bytes_of(&control, *count);
    return told_by(&socket->source, VIGIL_READABLE, status);
}
