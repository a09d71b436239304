/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_SOURCE_H
#define VIGIL_POLL_SOURCE_H

#include "base/attributes.h"
#include "core/interest.h"
#include "os_types.h"

#include <stdbool.h>
#include <stdint.h>

struct vigil_registry;

/*
 * A source: what a poll can watch. Every place that holds a descriptor begins
 * with its source, so `&stream.source` is what gets registered; for a bare
 * descriptor, make one with vigil_source_from_fd.
 *
 * A source stays where it is while it is registered, and one thread at a time
 * works on it. It does not own the descriptor: deregister first, close then.
 */
typedef struct vigil_source {
    struct vigil_registry *registry; /* where it is registered; null while it is not */
    vigil_fd fd;
    uint32_t slot; /* where its registration lives; 0 while there is none */
} vigil_source;

/* A source without a descriptor, and what a closed place holds. A place that is
 * not opened at once should begin so: one that is all zero holds descriptor 0,
 * and closing it would close standard input. */
/* clang-format off */
#define VIGIL_SOURCE_NONE {0, VIGIL_FD_NONE, 0}
/* clang-format on */

/*@
  predicate source_unregistered(vigil_source s) = s.registry == \null && s.slot == 0;
*/

/* Wraps a descriptor that epoll(7) can watch: sockets, pipes, terminals,
 * eventfd, timerfd, signalfd, pidfd, another epoll. Registering answers
 * VIGIL_EPERM for what it cannot: regular files and directories are always
 * ready, so there is nothing to wait for. For edge-triggered use the
 * descriptor should be non-blocking. */
/*@
  terminates \true; exits \false;
  assigns \result \from fd;
  ensures fd: \result.fd == fd;
  ensures unregistered: source_unregistered(\result);
*/
VIGIL_API vigil_source vigil_source_from_fd(vigil_fd fd);

/* Whether some poll watches the source. */
/*@
  requires source: \valid_read(source);
  terminates \true; exits \false;
  assigns \result \from source->registry;
  ensures registered: \result <==> source->registry != \null;
*/
VIGIL_API bool vigil_source_is_registered(const vigil_source *source);

/* Tells the poll that the caller's own read or write on `source` would have
 * blocked, in the directions of `interest`. On a system whose kernel has no
 * edges this is what arms the next report; on epoll(7) there is nothing to do,
 * and this is nothing. The places of this library do it by themselves. */
/*@
  requires source: \valid(source);
  terminates \true; exits \false;
  assigns \nothing;
*/
VIGIL_API void vigil_source_would_block(vigil_source *source, vigil_interest interest);

#endif
