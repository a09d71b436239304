/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_ADDRESS_TEXT_H
#define VIGIL_NET_ADDRESS_TEXT_H

#include "base/limits.h"
#include "base/status.h"
#include "core/address.h"

#include <stddef.h>

/*
 * Reads "127.0.0.1:9000", "[::1]:9000" or "[fe80::1%2]:9000": numbers only, no
 * names, nothing before or after, and always a port of 0 to 65535. The scope
 * after '%' is the number of an interface. Flow information has no text.
 *
 * VIGIL_EINVAL  the text is no such address; `address` is then none
 */
/*@
  requires text: valid_read_string(text);
  requires address: \valid(address);
  assigns *address;
  ensures status: \result == VIGIL_OK || \result == VIGIL_EINVAL;
  ensures none: \result != VIGIL_OK ==> address_none(*address);
*/
VIGIL_CHECKED vigil_status vigil_address_parse(const char *text, vigil_address *address);

/*
 * Writes an address as vigil_address_parse reads it, "none" for no address,
 * and a final zero. VIGIL_ADDRESS_TEXT_MAX bytes are always enough.
 *
 * VIGIL_ENOSPC  `size` bytes are too few; an empty string is written if `size`
 *               is not 0
 */
/*@
  requires text: \valid(text + (0 .. size - 1));
  assigns text[0 .. size - 1];
  ensures status: \result == VIGIL_OK || \result == VIGIL_ENOSPC;
*/
VIGIL_CHECKED vigil_status vigil_address_format(vigil_address address, char *text, size_t size);

#endif
