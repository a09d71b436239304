/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TCP_OPTIONS_H
#define VIGIL_NET_TCP_OPTIONS_H

#include "base/status.h"
#include "net/tcp_stream.h"

#include <stdbool.h>

/*
 * The options of a connection. Setting answers VIGIL_EINVAL for a value the
 * system does not take; every call answers VIGIL_EBADF on a closed stream. A
 * getter writes 0 or false on failure.
 */

/* Send small pieces at once instead of gathering them (tcp(7), TCP_NODELAY). */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: stream->source.fd == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_set_nodelay(const vigil_tcp_stream *stream,
                                                        bool enabled);
/*@
  requires memory: \valid_read(stream) && \valid(enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: stream->source.fd == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_nodelay(const vigil_tcp_stream *stream, bool *enabled);

/* The time to live, or hop limit, of what it sends: 1 to 255
 * (ip(7) IP_TTL, ipv6(7) IPV6_UNICAST_HOPS). */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= hops <= 255;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_set_ttl(const vigil_tcp_stream *stream, int hops);
/*@
  requires memory: \valid_read(stream) && \valid(hops) && \separated(stream, hops);
  terminates \true; exits \false;
  assigns *hops;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *hops == 0;
  ensures ebadf: !VIGIL_KERNEL_OPEN(stream->source.fd) ==> \result == VIGIL_EBADF;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_ttl(const vigil_tcp_stream *stream, int *hops);

/*
 * Probes of an idle connection (tcp(7), TCP_KEEPIDLE, TCP_KEEPINTVL,
 * TCP_KEEPCNT): the first after `idle_seconds`, the next ones
 * `interval_seconds` apart, and after `count` without an answer the connection
 * is lost. While `enabled` is false the numbers are kept by the system but not
 * used; setting with it false leaves them as they are.
 */
typedef struct vigil_keepalive {
    bool enabled;
    int idle_seconds;
    int interval_seconds;
    int count;
} vigil_keepalive;

/*@
  predicate keepalive_valid(vigil_keepalive k) =
    1 <= k.idle_seconds <= 32767 && 1 <= k.interval_seconds <= 32767 && 1 <= k.count <= 127;
*/

/* Seconds are 1 to 32767, the count is 1 to 127. On failure everything is as it
 * was. */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: stream->source.fd == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
  ensures inval: stream->source.fd != VIGIL_FD_NONE && keepalive.enabled &&
    !keepalive_valid(keepalive) ==> \result == VIGIL_EINVAL;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_set_keepalive(const vigil_tcp_stream *stream,
                                                          vigil_keepalive keepalive);
/*@
  requires memory: \valid_read(stream) && \valid(keepalive);
  terminates \true; exits \false;
  assigns *keepalive;
  ensures status: status_valid(\result);
  ensures ebadf: \old(stream->source.fd) == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !keepalive->enabled &&
    keepalive->idle_seconds == 0 && keepalive->interval_seconds == 0 && keepalive->count == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_keepalive(const vigil_tcp_stream *stream,
                                                      vigil_keepalive *keepalive);

/*
 * What closing does with data not yet sent (socket(7), SO_LINGER). Disabled,
 * it goes on in the background. Enabled with 0 seconds, the connection is reset
 * and the data dropped. Enabled with more, close blocks that long at most, in
 * spite of the socket being non-blocking.
 */
/*@
  requires memory: \valid_read(stream);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: stream->source.fd == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
  ensures inval: stream->source.fd != VIGIL_FD_NONE && enabled && seconds < 0 ==>
    \result == VIGIL_EINVAL;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_set_linger(const vigil_tcp_stream *stream, bool enabled,
                                                       int seconds);
/*@
  requires memory: \valid_read(stream) && \valid(enabled) && \valid(seconds) &&
    \separated(enabled, seconds);
  terminates \true; exits \false;
  assigns *enabled, *seconds;
  ensures status: status_valid(\result);
  ensures ebadf: \old(stream->source.fd) == VIGIL_FD_NONE ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled && *seconds == 0;
*/
VIGIL_CHECKED vigil_status vigil_tcp_stream_linger(const vigil_tcp_stream *stream, bool *enabled,
                                                   int *seconds);

#endif
