/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_H
#define VIGIL_H

/* Everything public, floor by floor. Defines nothing itself; what is installed
 * is one header made from these. */

#include "base/attributes.h"
#include "base/limits.h"
#include "base/status.h"

#include "core/address.h"
#include "core/event.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "core/token.h"

#include "selector_event.h"

#include "poll/events.h"
#include "poll/pause.h"
#include "poll/poll.h"
#include "poll/registry.h"
#include "poll/source.h"
#include "poll/waker.h"

#include "net/address_text.h"
#include "net/pipe.h"
#include "net/tcp_listener.h"
#include "net/tcp_options.h"
#include "net/tcp_socket.h"
#include "net/tcp_stream.h"
#include "net/udp_batch.h"
#include "net/udp_errors.h"
#include "net/udp_options.h"
#include "net/udp_segments.h"
#include "net/udp_socket.h"
#include "net/unix_address.h"
#include "net/unix_datagram.h"
#include "net/unix_descriptors.h"
#include "net/unix_listener.h"
#include "net/unix_stream.h"

#include "base/atomic_inline.h"
#include "poll/events_inline.h"
#include "poll/source_inline.h"
#include "selector_event_inline.h"

#endif
