/* SPDX-License-Identifier: MIT */
#include "net/tcp_options.h"

#include "net/option.h"
#include "net/socket.h"

#define KEEPALIVE_SECONDS_MAX 32767
#define KEEPALIVE_COUNT_MAX 127

vigil_status vigil_tcp_stream_set_nodelay(const vigil_tcp_stream *stream, bool enabled)
{
    return vigil_option_set_switch(stream->source.fd, VIGIL_OS_NODELAY, enabled);
}

vigil_status vigil_tcp_stream_nodelay(const vigil_tcp_stream *stream, bool *enabled)
{
    return vigil_option_switch(stream->source.fd, VIGIL_OS_NODELAY, enabled);
}

vigil_status vigil_tcp_stream_set_ttl(const vigil_tcp_stream *stream, int hops)
{
    return vigil_socket_set_ttl(&stream->source, hops);
}

vigil_status vigil_tcp_stream_ttl(const vigil_tcp_stream *stream, int *hops)
{
    return vigil_socket_ttl(&stream->source, hops);
}

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status set_keepalive_numbers(vigil_fd fd, vigil_keepalive keepalive)
{
    vigil_status status = vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE_IDLE, keepalive.idle_seconds);
    if (status == VIGIL_OK) {
        status = vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE_INTERVAL, keepalive.interval_seconds);
    }
    if (status == VIGIL_OK) {
        status = vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE_COUNT, keepalive.count);
    }
    return status;
}

/* What Linux takes (tcp(7); MAX_TCP_KEEPIDLE, MAX_TCP_KEEPCNT): looked at first,
 * so that no number is set if another one is refused. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures valid: \result <==> keepalive_valid(keepalive);
*/
static bool takes_keepalive(vigil_keepalive keepalive)
{
    return 1 <= keepalive.idle_seconds && keepalive.idle_seconds <= KEEPALIVE_SECONDS_MAX
        && 1 <= keepalive.interval_seconds && keepalive.interval_seconds <= KEEPALIVE_SECONDS_MAX
        && 1 <= keepalive.count && keepalive.count <= KEEPALIVE_COUNT_MAX;
}

/*@
  requires memory: \valid(found);
  terminates \true; exits \false;
  assigns *found;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status get_keepalive_numbers(vigil_fd fd, vigil_keepalive *found)
{
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_KEEPALIVE_IDLE, &found->idle_seconds);
    if (status == VIGIL_OK) {
        status = vigil_os_get_option(fd, VIGIL_OS_KEEPALIVE_INTERVAL, &found->interval_seconds);
    }
    if (status == VIGIL_OK) {
        status = vigil_os_get_option(fd, VIGIL_OS_KEEPALIVE_COUNT, &found->count);
    }
    return status;
}

/* What has been set before one of the calls fails is set back. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
static vigil_status enable_keepalive(vigil_fd fd, vigil_keepalive keepalive)
{
    vigil_keepalive before = {0};
    vigil_status status = get_keepalive_numbers(fd, &before);
    if (status != VIGIL_OK) {
        return status;
    }
    status = set_keepalive_numbers(fd, keepalive);
    if (status == VIGIL_OK) {
        status = vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE, 1);
    }
    if (status != VIGIL_OK) {
        (void)!set_keepalive_numbers(fd, before);
    }
    return status;
}

vigil_status vigil_tcp_stream_set_keepalive(const vigil_tcp_stream *stream,
                                            vigil_keepalive keepalive)
{
    vigil_fd fd = stream->source.fd;
    if (fd != VIGIL_FD_NONE && keepalive.enabled && !takes_keepalive(keepalive)) {
        return VIGIL_EINVAL;
    }
    return keepalive.enabled ? enable_keepalive(fd, keepalive)
                             : vigil_os_set_option(fd, VIGIL_OS_KEEPALIVE, 0);
}

/* A socket that is no TCP socket may have the first option and not the others. */
vigil_status vigil_tcp_stream_keepalive(const vigil_tcp_stream *stream, vigil_keepalive *keepalive)
{
    vigil_fd fd = stream->source.fd;
    vigil_keepalive found = {0};
    int enabled = 0;
    *keepalive = found;
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_KEEPALIVE, &enabled);
    if (status == VIGIL_OK) {
        status = get_keepalive_numbers(fd, &found);
    }
    if (status == VIGIL_OK) {
        found.enabled = enabled != 0;
        *keepalive = found;
    }
    return status;
}

/* Linux takes a negative number, and then blocks for ever. */
vigil_status vigil_tcp_stream_set_linger(const vigil_tcp_stream *stream, bool enabled, int seconds)
{
    if (stream->source.fd != VIGIL_FD_NONE && enabled && seconds < 0) {
        return VIGIL_EINVAL;
    }
    return vigil_os_set_linger(stream->source.fd, enabled, seconds);
}

vigil_status vigil_tcp_stream_linger(const vigil_tcp_stream *stream, bool *enabled, int *seconds)
{
    return vigil_os_get_linger(stream->source.fd, enabled, seconds);
}
