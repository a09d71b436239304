/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_CONTROL_H
#define VIGIL_NET_CONTROL_H

#include "net/bytes.h"
#include "os/message.h"

#include <stdbool.h>

/*
 * Control messages (cmsg(3)) as the kernel writes them, read byte by byte, whatever the
 * bytes are: each begins with its length, header included, its level and its type; the
 * next one stands at the next multiple of a word.
 */

#define VIGIL_CONTROL_LEVEL_AT VIGIL_OS_CONTROL_WORD
#define VIGIL_CONTROL_TYPE_AT (VIGIL_OS_CONTROL_WORD + 4)
#define VIGIL_CONTROL_HEADER_BYTES (VIGIL_OS_CONTROL_WORD + 8)

/*@
  // Where the low half of the length stands; the high half, if there is one, must be 0.
  logic integer control_size{L}(uint8_t *b) =
    VIGIL_OS_CONTROL_WORD == 4 ? host32(b) :
    VIGIL_OS_BIG_ENDIAN ? 4294967296 * host32(b) + host32(b + 4)
                        : host32(b) + 4294967296 * host32(b + 4);

  // A whole message stands at `at`, of at least a header.
  predicate control_whole{L}(vigil_os_control *c, integer at) =
    0 <= at && at + VIGIL_CONTROL_HEADER_BYTES <= c->length &&
    VIGIL_CONTROL_HEADER_BYTES <= control_size(&c->bytes[at]) <= c->length - at;

  predicate control_is{L}(vigil_os_control *c, integer at, integer level, integer type) =
    control_whole(c, at) && host32(&c->bytes[at + VIGIL_CONTROL_LEVEL_AT]) == level &&
    host32(&c->bytes[at + VIGIL_CONTROL_TYPE_AT]) == type;
*/

/*
 * Whether there is a message of `level` and `type`; where its data begins, and how many
 * bytes they are; 0 both if not. The first one counts, and one that is not whole ends the
 * search.
 */
/*@
  requires memory: \valid_read(control) && \valid(at) && \valid(size) &&
    \separated(control, at, size);
  requires length: control->length <= VIGIL_OS_CONTROL_BYTES;
  terminates \true; exits \false;
  assigns *at, *size;
  ensures found: \result ==> VIGIL_CONTROL_HEADER_BYTES <= *at &&
    control_is(control, *at - VIGIL_CONTROL_HEADER_BYTES, level, type) &&
    *size == control_size(&control->bytes[*at - VIGIL_CONTROL_HEADER_BYTES]) -
      VIGIL_CONTROL_HEADER_BYTES && *at + *size <= control->length;
  ensures first: control_is(control, 0, level, type) ==>
    \result && *at == VIGIL_CONTROL_HEADER_BYTES;
  ensures broken: !control_whole(control, 0) ==> !\result;
  ensures none: !\result ==> *at == 0 && *size == 0;
*/
bool vigil_control_find(const vigil_os_control *control, uint32_t level, uint32_t type,
                        uint32_t *at, uint32_t *size);

#endif
