/* SPDX-License-Identifier: MIT */
#include "net/unix_sockaddr.h"

#define FAMILY_LOW_AT (VIGIL_OS_BIG_ENDIAN ? 1 : 0)
#define FAMILY_HIGH_AT (VIGIL_OS_BIG_ENDIAN ? 0 : 1)
#define ABSTRACT_AT (VIGIL_UNIX_PATH_AT + 1)

/*@
  requires memory: \valid(native);
  terminates \true; exits \false;
  assigns *native;
  ensures length: native->length == 0;
  ensures zero: sockaddr_zero_from(&native->bytes[0], 0);
*/
static void empty(vigil_sockaddr *native)
{
    native->length = 0;
    /*@
      loop invariant range: 0 <= i <= VIGIL_SOCKADDR_BYTES;
      loop invariant zero: \forall integer k; 0 <= k < i ==> native->bytes[k] == 0;
      loop assigns i, native->bytes[0 .. VIGIL_SOCKADDR_BYTES - 1];
      loop variant VIGIL_SOCKADDR_BYTES - i;
    */
    for (uint32_t i = 0; i < VIGIL_SOCKADDR_BYTES; i++) {
        native->bytes[i] = 0;
    }
}

/*@
  requires memory: \valid_read(address);
  requires length: address->length <= VIGIL_UNIX_PATH_MAX;
  terminates \true; exits \false;
  assigns \nothing;
  ensures none: \result <==> \forall integer i; 0 <= i < address->length ==>
    address->name[i] != 0;
*/
static bool has_no_zero_byte(const vigil_unix_address *address)
{
    /*@
      loop invariant range: 0 <= i <= address->length;
      loop invariant none: \forall integer k; 0 <= k < i ==> address->name[k] != 0;
      loop assigns i;
      loop variant address->length - i;
    */
    for (uint32_t i = 0; i < address->length; i++) {
        if (address->name[i] == 0) {
            return false;
        }
    }
    return true;
}

/*@
  requires memory: \valid_read(address);
  terminates \true; exits \false;
  assigns \nothing;
  ensures encodable: \result <==> unix_encodable(address);
*/
static bool is_encodable(const vigil_unix_address *address)
{
    switch (address->kind) {
    case VIGIL_UNIX_UNNAMED:
        return true;
    case VIGIL_UNIX_PATH:
        return 1 <= address->length && address->length <= VIGIL_UNIX_PATH_MAX
            && has_no_zero_byte(address);
    case VIGIL_UNIX_ABSTRACT:
        return address->length <= VIGIL_UNIX_ABSTRACT_MAX;
    }
    return false;
}

/* The name, from byte `at` on. */
/*@
  requires memory: \valid(native) && \valid_read(address) && \separated(native, address);
  requires range: at == 2 || at == 3;
  requires fits: at + address->length <= VIGIL_SOCKADDR_UNIX_BYTES;
  requires zero: sockaddr_zero_from(&native->bytes[0], 2);
  terminates \true; exits \false;
  assigns native->bytes[2 .. VIGIL_SOCKADDR_BYTES - 1];
  ensures bytes: \forall integer i; 0 <= i < address->length ==>
    native->bytes[at + i] == address->name[i];
  ensures before: at == 3 ==> native->bytes[2] == 0;
  ensures rest: sockaddr_zero_from(&native->bytes[0], at + address->length);
*/
static void put_unix_name(const vigil_unix_address *address, uint32_t at, vigil_sockaddr *native)
{
    uint32_t length = address->length;
    /*@
      loop invariant range: 0 <= i <= length;
      loop invariant bytes: \forall integer k; 0 <= k < i ==>
        native->bytes[at + k] == address->name[k];
      loop invariant before: at == 3 ==> native->bytes[2] == 0;
      loop invariant rest: sockaddr_zero_from(&native->bytes[0], at + i);
      loop assigns i, native->bytes[2 .. VIGIL_SOCKADDR_BYTES - 1];
      loop variant length - i;
    */
    for (uint32_t i = 0; i < length; i++) {
        native->bytes[at + i] = address->name[i];
    }
}

/* As unix(7) has it: the length of an unnamed address is that of the family, of a
 * path it counts the zero at the end if there is room for one, and of an abstract
 * name the zero at the beginning. */
vigil_status vigil_unix_sockaddr_encode(const vigil_unix_address *address, vigil_sockaddr *native)
{
    empty(native);
    if (!is_encodable(address)) {
        return VIGIL_EINVAL;
    }
    native->bytes[FAMILY_LOW_AT] = VIGIL_OS_AF_UNIX;
    uint32_t length = address->length;
    switch (address->kind) {
    case VIGIL_UNIX_UNNAMED:
        native->length = VIGIL_UNIX_PATH_AT;
        break;
    case VIGIL_UNIX_PATH:
        put_unix_name(address, VIGIL_UNIX_PATH_AT, native);
        native->length = VIGIL_UNIX_PATH_AT + length + (length < VIGIL_UNIX_PATH_MAX ? 1u : 0u);
        break;
    case VIGIL_UNIX_ABSTRACT:
        put_unix_name(address, ABSTRACT_AT, native);
        native->length = ABSTRACT_AT + length;
        break;
    }
    return VIGIL_OK;
}

/* The bytes of `native` from `at` to `end`, or to the first zero. */
/*@
  requires memory: \valid_read(native) && \valid(address) && \separated(native, address);
  requires range: 2 <= at <= 3 && at <= end <= VIGIL_SOCKADDR_UNIX_BYTES;
  requires zero: unix_zero_from(*address, 0);
  terminates \true; exits \false;
  assigns *address;
  ensures kind: address->kind == \old(address->kind);
  ensures end: at + address->length <= end;
  ensures whole: at + address->length == end ||
    (to_zero && native->bytes[at + address->length] == 0);
  ensures no_zero: to_zero ==>
    \forall integer i; 0 <= i < address->length ==> address->name[i] != 0;
  ensures bytes: \forall integer i; 0 <= i < address->length ==>
    address->name[i] == native->bytes[at + i];
  ensures rest: unix_zero_from(*address, address->length);
*/
static void take_unix_name(const vigil_sockaddr *native, uint32_t at, uint32_t end, bool to_zero,
                           vigil_unix_address *address)
{
    uint32_t count = 0;
    /*@
      loop invariant range: 0 <= count <= end - at;
      loop invariant bytes: \forall integer k; 0 <= k < count ==>
        address->name[k] == native->bytes[at + k];
      loop invariant no_zero: to_zero ==>
        \forall integer k; 0 <= k < count ==> address->name[k] != 0;
      loop invariant rest: unix_zero_from(*address, count);
      loop assigns count, address->name[0 .. VIGIL_UNIX_PATH_MAX];
      loop variant end - at - count;
    */
    while (count < end - at && !(to_zero && native->bytes[at + count] == 0)) {
        address->name[count] = native->bytes[at + count];
        count++;
    }
    address->length = (uint8_t)count;
}

vigil_unix_address vigil_unix_sockaddr_decode(const vigil_sockaddr *native)
{
    vigil_unix_address address = vigil_unix_address_unnamed();
    bool is_unix = native->length > VIGIL_UNIX_PATH_AT
        && native->bytes[FAMILY_LOW_AT] == VIGIL_OS_AF_UNIX && native->bytes[FAMILY_HIGH_AT] == 0;
    if (!is_unix) {
        return address;
    }
    uint32_t end =
        native->length < VIGIL_SOCKADDR_UNIX_BYTES ? native->length : VIGIL_SOCKADDR_UNIX_BYTES;
    bool is_path = native->bytes[VIGIL_UNIX_PATH_AT] != 0;
    address.kind = is_path ? VIGIL_UNIX_PATH : VIGIL_UNIX_ABSTRACT;
    take_unix_name(native, is_path ? VIGIL_UNIX_PATH_AT : ABSTRACT_AT, end, is_path, &address);
    return address;
}
