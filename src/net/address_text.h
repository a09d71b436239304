/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_ADDRESS_TEXT_H
#define VIGIL_NET_ADDRESS_TEXT_H

#include "base/limits.h"
#include "base/status.h"
#include "core/address.h"

#include <stddef.h>

/*@
  // A text: what is read, up to a zero. No object is bigger than SIZE_MAX bytes.
  predicate text_from{L}(char *s, integer at) =
    \exists integer end; at <= end < SIZE_MAX && \valid_read(s + (at .. end)) && s[end] == 0;

  predicate char_at{L}(char *s, integer at, integer c) = s[at] == c;
  predicate digit(integer c) = '0' <= c <= '9';
  predicate digits{L}(char *s, integer from, integer to) =
    from < to && \forall integer i; from <= i < to ==> digit(s[i]);

  // The number that digits make.
  logic integer decimal{L}(char *s, integer from, integer to) =
    to <= from ? 0 : 10 * decimal(s, from, to - 1) + (s[to - 1] - '0');

  // A port: as many leading zeros as one likes (RFC 3986 section 3.2.3, *DIGIT).
  predicate text_port{L}(char *s, integer from, integer to) =
    digits(s, from, to) && s[to] == 0 && decimal(s, from, to) <= 65535;
  // One number of an IPv4 address, without leading zeros (RFC 3986, dec-octet).
  predicate text_byte{L}(char *s, integer from, integer to) =
    digits(s, from, to) && decimal(s, from, to) <= 255 && (s[from] == '0' ==> to == from + 1);

  // All of `s`, from `at` on, is an IPv4 address and a port; the four numbers end
  // at `a`, `b`, `c` and `d`, and the port at `end`.
  predicate text_ipv4{L}(char *s, integer a, integer b, integer c, integer d, integer end) =
    text_byte(s, 0, a) && s[a] == '.' && text_byte(s, a + 1, b) && s[b] == '.' &&
    text_byte(s, b + 1, c) && s[c] == '.' && text_byte(s, c + 1, d) && s[d] == ':' &&
    text_port(s, d + 1, end);
  // What it says.
  predicate text_says_ipv4{L}(char *s, integer a, integer b, integer c, integer d, integer end,
                              vigil_address address) =
    address_v4(address) && address.port == decimal(s, d + 1, end) &&
    address.ip[0] == decimal(s, 0, a) && address.ip[1] == decimal(s, a + 1, b) &&
    address.ip[2] == decimal(s, b + 1, c) && address.ip[3] == decimal(s, c + 1, d);
*/

/*
 * Reads "127.0.0.1:9000", "[::1]:9000" or "[fe80::1%2]:9000": numbers only, no
 * names, nothing before or after, and always a port of 0 to 65535. The scope
 * after '%' is the number of an interface. Flow information has no text.
 *
 * VIGIL_EINVAL  the text is no such address; `address` is then none
 */
/*@
  requires text: text_from(text, 0);
  requires address: \valid(address);
  terminates \true; exits \false;
  assigns *address;
  ensures status: \result == VIGIL_OK || \result == VIGIL_EINVAL;
  ensures none: \result != VIGIL_OK ==> address_none(*address);
  ensures valid: address_valid(*address);
  ensures family: \result == VIGIL_OK ==>
    (text[0] == '[' ? address_v6(*address) && address->flow == 0 : address_v4(*address));
  ensures ipv4: \forall integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end) ==>
    \result == VIGIL_OK && text_says_ipv4(text, a, b, c, d, end, *address);
  ensures ipv4_only: \result == VIGIL_OK && address->family == VIGIL_FAMILY_IPV4 ==>
    \exists integer a, b, c, d, end; text_ipv4(text, a, b, c, d, end);
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
  terminates \true; exits \false;
  assigns text[0 .. size - 1];
  ensures status: \result == VIGIL_OK || \result == VIGIL_ENOSPC;
  ensures enough: size >= VIGIL_ADDRESS_TEXT_MAX ==> \result == VIGIL_OK;
  ensures ended: \result == VIGIL_OK ==>
    \exists integer end; 0 < end < size && end < VIGIL_ADDRESS_TEXT_MAX && text[end] == 0;
  ensures empty: \result != VIGIL_OK && size > 0 ==> text[0] == 0;
  ensures ipv4: \result == VIGIL_OK && address_v4(address) ==>
    \exists integer a, b, c, d, end; end < size && text_ipv4(text, a, b, c, d, end) &&
      text_says_ipv4(text, a, b, c, d, end, address);
*/
VIGIL_CHECKED vigil_status vigil_address_format(vigil_address address, char *text, size_t size);

#endif
