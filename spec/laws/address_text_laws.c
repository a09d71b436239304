/* SPDX-License-Identifier: MIT */
#include "net/address_text.h"

/*
 * Laws of the text of addresses, proven from the headers' contracts alone.
 */

/* An IPv4 text is read to the numbers that stand in it, and what is read as an
 * IPv4 address is such a text: the grammar is exact. */
/*@
  requires text: text_from(text, 0);
  requires ipv4: text_ipv4(text, a, b, c, d, end);
  terminates \true; exits \false; assigns \nothing;
*/
void an_ipv4_text_is_read_exactly(const char *text, size_t a, size_t b, size_t c, size_t d,
                                  size_t end)
{
    vigil_address address;
    vigil_status status = vigil_address_parse(text, &address);
    //@ check read: status == VIGIL_OK && address_v4(address);
    //@ check first: address.ip[0] == decimal(text, 0, a);
    //@ check last: address.ip[3] == decimal(text, c + 1, d);
    //@ check port: address.port == decimal(text, d + 1, end);
}

/* An IPv4 address and its port come back from their text, for all of them. */
/*@
  requires ipv4: address_v4(address);
  terminates \true; exits \false; assigns \nothing;
*/
void reading_undoes_writing_ipv4(vigil_address address)
{
    char text[VIGIL_ADDRESS_TEXT_MAX];
    vigil_address back;
    vigil_status written = vigil_address_format(address, text, VIGIL_ADDRESS_TEXT_MAX);
    //@ assert written: written == VIGIL_OK;
    vigil_status read = vigil_address_parse(text, &back);
    //@ check read: read == VIGIL_OK;
    //@ check port: back.port == address.port;
    /*@ check ip: back.ip[0] == address.ip[0] && back.ip[1] == address.ip[1] &&
          back.ip[2] == address.ip[2] && back.ip[3] == address.ip[3]; */
    //@ check valid: address_v4(back);
}

/* Any text at all: it is an address, or refused and then none. */
/*@
  requires text: text_from(text, 0);
  terminates \true; exits \false; assigns \nothing;
*/
void every_text_is_an_address_or_refused(const char *text)
{
    vigil_address address;
    vigil_status status = vigil_address_parse(text, &address);
    //@ check valid: address_valid(address);
    //@ check none: status != VIGIL_OK <==> address.family == VIGIL_FAMILY_NONE;
    //@ check flow: address.flow == 0;
    //@ check refused: status == VIGIL_OK || status == VIGIL_EINVAL;
}

/* Room that is too small is left alone but for an empty text. */
/*@
  requires room: size > 0 && \valid(text + (0 .. size - 1));
  terminates \true; exits \false;
*/
void what_does_not_fit_is_empty(vigil_address address, char *text, size_t size)
{
    vigil_status status = vigil_address_format(address, text, size);
    //@ check ended: \exists integer end; 0 <= end < size && text[end] == 0;
    //@ check enough: size >= VIGIL_ADDRESS_TEXT_MAX ==> status == VIGIL_OK;
}
