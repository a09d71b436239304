/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_STATUS_H
#define VIGIL_BASE_STATUS_H

#include "base/attributes.h"
#include "base/status_table.h"
#include "base/text.h"

/*
 * What a call did. VIGIL_OK is zero, every failure is negative, the set is
 * closed and the values are the same on every system. What the operating
 * system reports and the table lacks is VIGIL_EUNKNOWN; the raw code is then
 * still in errno.
 */
#define VIGIL_STATUS_ROW(name, value, errno_code, windows_code, text) VIGIL_##name = (value),
#define VIGIL_STATUS_OWN(name, value, text) VIGIL_##name = (value),
typedef enum vigil_status {
    VIGIL_OK = 0,
    VIGIL_STATUS_TABLE(VIGIL_STATUS_ROW, VIGIL_STATUS_OWN)
} vigil_status;
#undef VIGIL_STATUS_ROW
#undef VIGIL_STATUS_OWN

/* Bytes that hold any name or text of a status, the final zero included. */
#define VIGIL_STATUS_TEXT_SIZE 64

/*@
  predicate status_valid(integer s) = VIGIL_EUNKNOWN <= s <= VIGIL_OK;
*/

/* The status as it is written in C, "VIGIL_EBUSY"; "VIGIL_?" for a value that
 * is no status. The string lives for ever. Any thread, any signal handler. */
/*@
  terminates \true;
  exits \false;
  assigns \result \from status;
  ensures text: text_within(\result, VIGIL_STATUS_TEXT_SIZE);
*/
VIGIL_API const char *vigil_status_name(vigil_status status);

/* The status in words, "in use". The string lives for ever. Any thread, any
 * signal handler. */
/*@
  terminates \true;
  exits \false;
  assigns \result \from status;
  ensures text: text_within(\result, VIGIL_STATUS_TEXT_SIZE);
*/
VIGIL_API const char *vigil_status_text(vigil_status status);

#endif
