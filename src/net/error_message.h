/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_ERROR_MESSAGE_H
#define VIGIL_NET_ERROR_MESSAGE_H

#include "net/control.h"
#include "net/queued_error.h"
#include "os/message.h"

/* Errors of datagrams as the kernel tells them (ip(7), IP_RECVERR), read byte by byte. */

/* Bytes of struct sock_extended_err, which an address follows, of who found the error. */
#define VIGIL_QUEUED_ERROR_BYTES 16
#define VIGIL_QUEUED_ERROR_ORIGIN_AT 4
#define VIGIL_QUEUED_ERROR_TYPE_AT 5
#define VIGIL_QUEUED_ERROR_CODE_AT 6
#define VIGIL_QUEUED_ERROR_INFO_AT 8

/*@
  // What ip(7) has at `b`.
  predicate queued_error_says{L}(uint8_t *b, vigil_queued_error e) =
    e.type == b[VIGIL_QUEUED_ERROR_TYPE_AT] && e.code == b[VIGIL_QUEUED_ERROR_CODE_AT] &&
    e.info == host32(b + VIGIL_QUEUED_ERROR_INFO_AT) &&
    e.origin == (1 <= b[VIGIL_QUEUED_ERROR_ORIGIN_AT] <= 3 ?
      b[VIGIL_QUEUED_ERROR_ORIGIN_AT] : VIGIL_ERROR_ORIGIN_OTHER);

  // An error of IPv4 or IPv6 that has all of its bytes stands first.
  predicate control_is_error{L}(vigil_os_control *c) =
    (control_is(c, 0, VIGIL_OS_CONTROL_IPV4, VIGIL_OS_CONTROL_IPV4_ERROR) ||
     control_is(c, 0, VIGIL_OS_CONTROL_IPV6, VIGIL_OS_CONTROL_IPV6_ERROR)) &&
    control_size(&c->bytes[0]) >= VIGIL_CONTROL_HEADER_BYTES + VIGIL_QUEUED_ERROR_BYTES;
*/

/* What the kernel says of an error, whatever its bytes are: VIGIL_EUNKNOWN, of nobody, if
 * they say nothing of one. */
/*@
  requires memory: \valid_read(control) && \valid_read(destination);
  requires length: control->length <= VIGIL_OS_CONTROL_BYTES;
  terminates \true; exits \false;
  assigns \result \from *control, *destination;
  ensures valid: queued_error_valid(\result);
  ensures says: control_is_error(control) ==>
    queued_error_says(&control->bytes[VIGIL_CONTROL_HEADER_BYTES], \result);
  ensures unknown: !control_whole(control, 0) ==> queued_error_unknown(\result);
  ensures nowhere: destination->length == 0 ==> address_none(\result.destination);
*/
vigil_queued_error vigil_error_message_decode(const vigil_os_control *control,
                                              const vigil_sockaddr *destination);

#endif
