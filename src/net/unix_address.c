/* SPDX-License-Identifier: MIT */
#include "net/unix_address.h"

vigil_unix_address vigil_unix_address_unnamed(void)
{
    vigil_unix_address address;
    address.kind = VIGIL_UNIX_UNNAMED;
    address.length = 0;
    /*@
      loop invariant range: 0 <= i <= VIGIL_UNIX_PATH_MAX + 1;
      loop invariant zero: \forall integer k; 0 <= k < i ==> address.name[k] == 0;
      loop assigns i, address.name[0 .. VIGIL_UNIX_PATH_MAX];
      loop variant VIGIL_UNIX_PATH_MAX + 1 - i;
    */
    for (uint32_t i = 0; i <= VIGIL_UNIX_PATH_MAX; i++) {
        address.name[i] = 0;
    }
    return address;
}

/*@
  requires memory: \valid_read(name + (0 .. length - 1)) && \valid(address) &&
    \separated(address, name + (0 .. length - 1));
  requires fits: length <= VIGIL_UNIX_PATH_MAX;
  requires zero: unix_zero_from(*address, 0);
  terminates \true; exits \false;
  assigns *address;
  ensures length: address->length == length;
  ensures kind: address->kind == kind;
  ensures bytes: \forall integer i; 0 <= i < length ==> address->name[i] == unix_byte(name[i]);
  ensures rest: unix_zero_from(*address, length);
*/
static void put_name(const char *name, size_t length, vigil_unix_kind kind,
                     vigil_unix_address *address)
{
    address->kind = kind;
    address->length = (uint8_t)length;
    /*@
      loop invariant range: 0 <= i <= length;
      loop invariant bytes: \forall integer k; 0 <= k < i ==>
        address->name[k] == unix_byte(name[k]);
      loop invariant rest: unix_zero_from(*address, i);
      loop assigns i, address->name[0 .. VIGIL_UNIX_PATH_MAX];
      loop variant length - i;
    */
    for (size_t i = 0; i < length; i++) {
        address->name[i] = (uint8_t)(name[i] < 0 ? name[i] + 256 : name[i]);
    }
}

/*@
  requires memory: \valid_read(path + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures zero: \result <==> \exists integer i; 0 <= i < length && path[i] == 0;
*/
static bool has_zero(const char *path, size_t length)
{
    /*@
      loop invariant range: 0 <= i <= length;
      loop invariant none: \forall integer k; 0 <= k < i ==> path[k] != 0;
      loop assigns i;
      loop variant length - i;
    */
    for (size_t i = 0; i < length; i++) {
        if (path[i] == 0) {
            return true;
        }
    }
    return false;
}

vigil_status vigil_unix_address_path(const char *path, size_t length, vigil_unix_address *address)
{
    *address = vigil_unix_address_unnamed();
    if (length == 0 || length > VIGIL_UNIX_PATH_MAX || has_zero(path, length)) {
        return VIGIL_EINVAL;
    }
    put_name(path, length, VIGIL_UNIX_PATH, address);
    return VIGIL_OK;
}

vigil_status vigil_unix_address_abstract(const char *name, size_t length,
                                         vigil_unix_address *address)
{
    *address = vigil_unix_address_unnamed();
    if (length > VIGIL_UNIX_ABSTRACT_MAX) {
        return VIGIL_EINVAL;
    }
    put_name(name, length, VIGIL_UNIX_ABSTRACT, address);
    return VIGIL_OK;
}

bool vigil_unix_address_equal(vigil_unix_address a, vigil_unix_address b)
{
    bool same = a.kind == b.kind && a.length == b.length;
    /*@
      loop invariant range: 0 <= i <= VIGIL_UNIX_PATH_MAX + 1;
      loop invariant same: same <==> a.kind == b.kind && a.length == b.length &&
        \forall integer k; 0 <= k < i ==> a.name[k] == b.name[k];
      loop assigns i, same;
      loop variant VIGIL_UNIX_PATH_MAX + 1 - i;
    */
    for (uint32_t i = 0; i <= VIGIL_UNIX_PATH_MAX; i++) {
        same = same && a.name[i] == b.name[i];
    }
    return same;
}
