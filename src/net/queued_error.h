/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_QUEUED_ERROR_H
#define VIGIL_NET_QUEUED_ERROR_H

#include "base/status.h"
#include "core/address.h"

#include <stdint.h>

/* Who has found an error. */
typedef enum vigil_error_origin {
    VIGIL_ERROR_ORIGIN_OTHER = 0,
    VIGIL_ERROR_ORIGIN_LOCAL = 1, /* this machine */
    VIGIL_ERROR_ORIGIN_ICMP = 2,  /* a message over IPv4 (icmp(7)) */
    VIGIL_ERROR_ORIGIN_ICMPV6 = 3 /* or over IPv6 */
} vigil_error_origin;

/* An error of a datagram that was sent (ip(7), IP_RECVERR). */
typedef struct vigil_queued_error {
    vigil_status status;       /* what has happened: VIGIL_ECONNREFUSED and so on */
    vigil_error_origin origin; /* who says so */
    uint8_t type;              /* of the ICMP message, and its code; 0 for another origin */
    uint8_t code;
    uint32_t info;             /* with VIGIL_EMSGSIZE: bytes that a packet may have, the MTU */
    vigil_address destination; /* where the datagram was sent; none if that is not known */
    vigil_address offender;    /* who has sent the ICMP message; none for another origin */
} vigil_queued_error;

/*@
  predicate queued_error_valid(vigil_queued_error e) =
    status_valid(e.status) && 0 <= e.origin <= 3 &&
    address_valid(e.destination) && address_valid(e.offender);

  predicate queued_error_unknown(vigil_queued_error e) =
    e.status == VIGIL_EUNKNOWN && e.origin == VIGIL_ERROR_ORIGIN_OTHER && e.type == 0 &&
    e.code == 0 && e.info == 0 && address_none(e.offender);
*/

#endif
