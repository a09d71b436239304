/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_BYTES_H
#define VIGIL_NET_BYTES_H

#include "os_types.h"

#include <stdint.h>

/* Numbers in bytes that the kernel has written. */

/*@
  // Numbers in network order, the highest byte first, and as this machine stores them.
  logic integer network16{L}(uint8_t *b) = 256 * b[0] + b[1];
  logic integer network32{L}(uint8_t *b) =
    16777216 * b[0] + 65536 * b[1] + 256 * b[2] + b[3];
  logic integer host16{L}(uint8_t *b) =
    VIGIL_OS_BIG_ENDIAN ? 256 * b[0] + b[1] : b[0] + 256 * b[1];
  logic integer host32{L}(uint8_t *b) =
    VIGIL_OS_BIG_ENDIAN ? 16777216 * b[0] + 65536 * b[1] + 256 * b[2] + b[3]
                        : b[0] + 256 * b[1] + 65536 * b[2] + 16777216 * b[3];
*/

/* Host order: as this machine stores numbers. */
/*@
  requires bytes: \valid_read(bytes + (0 .. 1));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 1];
  ensures value: \result == host16(bytes);
*/
static inline uint16_t get_host16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[VIGIL_OS_BIG_ENDIAN ? 0 : 1] * 256
                      + bytes[VIGIL_OS_BIG_ENDIAN ? 1 : 0]);
}

/*@
  requires bytes: \valid_read(bytes + (0 .. 3));
  terminates \true; exits \false;
  assigns \result \from bytes[0 .. 3];
  ensures value: \result == host32(bytes);
*/
static inline uint32_t get_host32(const uint8_t *bytes)
{
    uint32_t high = get_host16(bytes + (VIGIL_OS_BIG_ENDIAN ? 0 : 2));
    return high * 65536 + get_host16(bytes + (VIGIL_OS_BIG_ENDIAN ? 2 : 0));
}

/*@
  requires memory: \valid(to + (0 .. size - 1)) && \valid_read(from + (0 .. size - 1)) &&
    \separated(to + (0 .. size - 1), from + (0 .. size - 1));
  terminates \true; exits \false;
  assigns to[0 .. size - 1];
  ensures copied: \forall integer i; 0 <= i < size ==> to[i] == from[i];
*/
static inline void copy_bytes(uint8_t *to, const uint8_t *from, uint32_t size)
{
    /*@
      loop invariant range: 0 <= i <= size;
      loop invariant copied: \forall integer k; 0 <= k < i ==> to[k] == from[k];
      loop assigns i, to[0 .. size - 1];
      loop variant size - i;
    */
    for (uint32_t i = 0; i < size; i++) {
        to[i] = from[i];
    }
}

#endif
