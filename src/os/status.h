/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_STATUS_H
#define VIGIL_OS_STATUS_H

#include "base/status.h"

/* The status for an error code of the system: VIGIL_OK for 0, VIGIL_EUNKNOWN
 * for a code that the table lacks. */
/*@
  terminates \true; exits \false;
  assigns \result \from code;
  ensures status: status_valid(\result);
*/
vigil_status vigil_os_status(int code);

#endif
