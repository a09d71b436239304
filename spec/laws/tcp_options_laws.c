/* SPDX-License-Identifier: MIT */
#include "net/tcp_options.h"

/*
 * Laws of a connection's options, proven from the headers' contracts alone.
 */

/* A closed stream has no options: every call says so, and every answer is
 * written. */
/*@
  requires memory: \valid(stream) && stream->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false; assigns \nothing;
*/
void closed_ones_have_none(vigil_tcp_stream *stream, vigil_keepalive wanted)
{
    bool enabled = true;
    int number = 7;
    vigil_keepalive keepalive = wanted;
    vigil_status status = vigil_tcp_stream_set_nodelay(stream, true);
    //@ check set_nodelay: status == VIGIL_EBADF;
    status = vigil_tcp_stream_nodelay(stream, &enabled);
    //@ check nodelay: status == VIGIL_EBADF && !enabled;
    status = vigil_tcp_stream_set_ttl(stream, 64);
    //@ check set_ttl: status == VIGIL_EBADF;
    status = vigil_tcp_stream_ttl(stream, &number);
    //@ check ttl: status == VIGIL_EBADF && number == 0;
    status = vigil_tcp_stream_set_keepalive(stream, wanted);
    //@ check set_keepalive: status == VIGIL_EBADF;
    status = vigil_tcp_stream_keepalive(stream, &keepalive);
    //@ check keepalive: status == VIGIL_EBADF && !keepalive.enabled && keepalive.count == 0;
    status = vigil_tcp_stream_set_linger(stream, true, -1);
    //@ check set_linger: status == VIGIL_EBADF;
    status = vigil_tcp_stream_linger(stream, &enabled, &number);
    //@ check linger: status == VIGIL_EBADF && !enabled && number == 0;
}

/* Numbers that no system takes are refused before anything is set. */
/*@
  requires memory: \valid(stream) && stream->source.fd != VIGIL_FD_NONE;
  requires wrong: wanted.enabled && !keepalive_valid(wanted);
  terminates \true; exits \false; assigns \nothing;
*/
void wrong_numbers_are_refused(vigil_tcp_stream *stream, vigil_keepalive wanted)
{
    vigil_status keepalive = vigil_tcp_stream_set_keepalive(stream, wanted);
    vigil_status linger = vigil_tcp_stream_set_linger(stream, true, -1);
    vigil_status hops = vigil_tcp_stream_set_ttl(stream, 256);
    //@ check keepalive: keepalive == VIGIL_EINVAL;
    //@ check linger: linger == VIGIL_EINVAL;
    //@ check hops: hops != VIGIL_OK;
}
