/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_EPOLL_SELECTOR_EVENT_H
#define VIGIL_SYS_EPOLL_SELECTOR_EVENT_H

#include "base/attributes.h"
#include "core/event.h"

#include <stdbool.h>

/*
 * What an event says, on epoll(7). The closed questions answer true only where
 * it is so; that they answer false proves nothing, as not every system and not
 * every interest hears of it. In doubt, read and write: they tell.
 */

/*@
  predicate in(integer r) = (r & 0x001) != 0;
  predicate pri(integer r) = (r & 0x002) != 0;
  predicate out(integer r) = (r & 0x004) != 0;
  predicate err(integer r) = (r & 0x008) != 0;
  predicate hup(integer r) = (r & 0x010) != 0;
  predicate rdhup(integer r) = (r & 0x2000) != 0;
*/

/* There is something to read, to accept, or to be told by reading: EPOLLIN, or
 * EPOLLPRI for out-of-band data. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures readable: \result <==> in(event.readiness) || pri(event.readiness);
*/
VIGIL_API bool vigil_event_is_readable(vigil_event event);

/* There is room to write, or a connect has ended: EPOLLOUT. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures writable: \result <==> out(event.readiness);
*/
VIGIL_API bool vigil_event_is_writable(vigil_event event);

/* The source is in error: EPOLLERR. For a socket, take_error says which. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures error: \result <==> err(event.readiness);
*/
VIGIL_API bool vigil_event_is_error(vigil_event event);

/* Nothing more will come to be read than is here already: EPOLLHUP, or
 * EPOLLIN and EPOLLRDHUP together. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures read_closed: \result <==>
    hup(event.readiness) || (in(event.readiness) && rdhup(event.readiness));
*/
VIGIL_API bool vigil_event_is_read_closed(vigil_event event);

/* Nothing more can be written: EPOLLHUP, or EPOLLOUT and EPOLLERR together, or
 * EPOLLERR alone, which is how a pipe says that its reader has gone. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures write_closed: \result <==>
    hup(event.readiness) || (out(event.readiness) && err(event.readiness)) ||
    event.readiness == 0x008;
*/
VIGIL_API bool vigil_event_is_write_closed(vigil_event event);

/* There is out-of-band data, or what else the source calls urgent: EPOLLPRI. */
/*@
  terminates \true; exits \false;
  assigns \result \from event;
  ensures priority: \result <==> pri(event.readiness);
*/
VIGIL_API bool vigil_event_is_priority(vigil_event event);

#endif
