/* SPDX-License-Identifier: MIT */
#include "net/control.h"

#define IS_LONG (VIGIL_OS_CONTROL_WORD == 8)

/* The length that begins a message, or more than there can be. */
/*@
  requires bytes: \valid_read(bytes + (0 .. VIGIL_OS_CONTROL_WORD - 1));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. VIGIL_OS_CONTROL_WORD - 1];
  ensures exact: control_size(bytes) <= VIGIL_OS_CONTROL_BYTES ==>
    \result == control_size(bytes);
  ensures large: control_size(bytes) > VIGIL_OS_CONTROL_BYTES ==>
    \result > VIGIL_OS_CONTROL_BYTES;
*/
static uint32_t size_at(const uint8_t *bytes)
{
    uint32_t low = get_host32(bytes + (VIGIL_OS_BIG_ENDIAN && IS_LONG ? 4 : 0));
    uint32_t high = IS_LONG ? get_host32(bytes + (VIGIL_OS_BIG_ENDIAN ? 0 : 4)) : 0;
    return high == 0 ? low : UINT32_MAX;
}

bool vigil_control_find(const vigil_os_control *control, uint32_t level, uint32_t type,
                        uint32_t *at, uint32_t *size)
{
    uint32_t length = control->length;
    uint32_t next = 0;
    *at = 0;
    *size = 0;
    /*@
      loop invariant range: 0 <= next <= length + VIGIL_OS_CONTROL_WORD;
      loop invariant not_yet: *at == 0 && *size == 0;
      loop invariant first: next > 0 ==> control_whole(control, 0) &&
        !control_is(control, 0, level, type);
      loop assigns next, *at, *size;
      loop variant length + VIGIL_OS_CONTROL_WORD - next;
    */
    while (next < length && length - next >= VIGIL_CONTROL_HEADER_BYTES) {
        const uint8_t *header = control->bytes + next;
        uint32_t whole = size_at(header);
        if (whole < VIGIL_CONTROL_HEADER_BYTES || whole > length - next) {
            return false;
        }
        if (get_host32(header + VIGIL_CONTROL_LEVEL_AT) == level
            && get_host32(header + VIGIL_CONTROL_TYPE_AT) == type) {
            *at = next + VIGIL_CONTROL_HEADER_BYTES;
            *size = whole - VIGIL_CONTROL_HEADER_BYTES;
            return true;
        }
        next += (whole + VIGIL_OS_CONTROL_WORD - 1) / VIGIL_OS_CONTROL_WORD * VIGIL_OS_CONTROL_WORD;
    }
    return false;
}
