/* SPDX-License-Identifier: MIT */
#include "net/error_message.h"

#include "net/sockaddr.h"
#include "os/status.h"

/* The kernel's numbers (ip(7), SO_EE_ORIGIN_LOCAL and so on) are those of the enum. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures known: 1 <= number <= 3 ==> \result == number;
  ensures other: !(1 <= number <= 3) ==> \result == VIGIL_ERROR_ORIGIN_OTHER;
*/
static vigil_error_origin origin_of(uint8_t number)
{
    switch (number) {
    case VIGIL_ERROR_ORIGIN_LOCAL:
        return VIGIL_ERROR_ORIGIN_LOCAL;
    case VIGIL_ERROR_ORIGIN_ICMP:
        return VIGIL_ERROR_ORIGIN_ICMP;
    case VIGIL_ERROR_ORIGIN_ICMPV6:
        return VIGIL_ERROR_ORIGIN_ICMPV6;
    default:
        return VIGIL_ERROR_ORIGIN_OTHER;
    }
}

/* The address that `size` bytes have, if they have one. */
/*@
  requires memory: \valid_read(bytes + (0 .. size - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures valid: address_valid(\result);
*/
static vigil_address address_at(const uint8_t *bytes, uint32_t size)
{
    vigil_sockaddr native;
    native.length = size < VIGIL_SOCKADDR_BYTES ? size : VIGIL_SOCKADDR_BYTES;
    copy_bytes(native.bytes, bytes, native.length);
    return vigil_sockaddr_decode(&native);
}

/* Where the error of IPv4 or IPv6 stands, and how many bytes there are of it. */
/*@
  requires memory: \valid_read(control) && \valid(at) && \valid(size) &&
    \separated(control, at, size);
  requires length: control->length <= VIGIL_OS_CONTROL_BYTES;
  terminates \true; exits \false;
  assigns *at, *size;
  ensures found: \result ==> *size >= VIGIL_QUEUED_ERROR_BYTES &&
    *at + *size <= control->length;
  ensures first: control_is_error(control) ==> \result && *at == VIGIL_CONTROL_HEADER_BYTES;
  ensures none: !control_whole(control, 0) ==> !\result;
*/
static bool find_error(const vigil_os_control *control, uint32_t *at, uint32_t *size)
{
    uint32_t other_at = 0;
    uint32_t other_size = 0;
    bool ipv4 =
        vigil_control_find(control, VIGIL_OS_CONTROL_IPV4, VIGIL_OS_CONTROL_IPV4_ERROR, at, size);
    bool ipv6 = vigil_control_find(control, VIGIL_OS_CONTROL_IPV6, VIGIL_OS_CONTROL_IPV6_ERROR,
                                   &other_at, &other_size);
    if (ipv6 && (!ipv4 || other_at < *at)) {
        *at = other_at;
        *size = other_size;
    }
    return (ipv4 || ipv6) && *size >= VIGIL_QUEUED_ERROR_BYTES;
}

/* The error that `size` bytes begin with, of a datagram to nowhere. */
/*@
  requires memory: \valid_read(bytes + (0 .. size - 1));
  requires size: size >= VIGIL_QUEUED_ERROR_BYTES;
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result.status);
  ensures says: queued_error_says(bytes, \result);
  ensures destination: address_none(\result.destination);
  ensures offender: address_valid(\result.offender);
*/
static vigil_queued_error error_at(const uint8_t *bytes, uint32_t size)
{
    vigil_queued_error error;
    uint32_t code = get_host32(bytes);
    bool is_error = 0 < code && code <= INT32_MAX;
    error.status = is_error ? vigil_os_status((int)code) : VIGIL_EUNKNOWN;
    error.origin = origin_of(bytes[VIGIL_QUEUED_ERROR_ORIGIN_AT]);
    error.type = bytes[VIGIL_QUEUED_ERROR_TYPE_AT];
    error.code = bytes[VIGIL_QUEUED_ERROR_CODE_AT];
    error.info = get_host32(bytes + VIGIL_QUEUED_ERROR_INFO_AT);
    error.destination = vigil_address_none();
    error.offender = address_at(bytes + VIGIL_QUEUED_ERROR_BYTES, size - VIGIL_QUEUED_ERROR_BYTES);
    return error;
}

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures unknown: queued_error_unknown(\result) && address_none(\result.destination);
*/
static vigil_queued_error unknown_error(void)
{
    vigil_queued_error error;
    error.status = VIGIL_EUNKNOWN;
    error.origin = VIGIL_ERROR_ORIGIN_OTHER;
    error.type = 0;
    error.code = 0;
    error.info = 0;
    error.destination = vigil_address_none();
    error.offender = vigil_address_none();
    return error;
}

vigil_queued_error vigil_error_message_decode(const vigil_os_control *control,
                                              const vigil_sockaddr *destination)
{
    uint32_t at = 0;
    uint32_t size = 0;
    bool found = find_error(control, &at, &size);
    vigil_queued_error error = found ? error_at(control->bytes + at, size) : unknown_error();
    error.destination = vigil_sockaddr_decode(destination);
    return error;
}
