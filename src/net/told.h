/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_TOLD_H
#define VIGIL_NET_TOLD_H

#include "base/status.h"
#include "poll/source_inline.h"

/* Passes `status` on, after telling the poll where it means would-block. */
/*@
  requires source: \valid(source);
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: \result == status;
*/
static inline vigil_status told_by(vigil_source *source, vigil_interest direction,
                                   vigil_status status)
{
    if (status == VIGIL_EWOULDBLOCK) {
        vigil_source_would_block(source, direction);
    }
    return status;
}

#endif
