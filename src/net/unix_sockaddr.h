/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_SOCKADDR_H
#define VIGIL_NET_UNIX_SOCKADDR_H

#include "base/status.h"
#include "net/sockaddr.h"
#include "net/unix_address.h"
#include "os/socket.h"

/*
 * Unix addresses as the kernel has them (unix(7)): struct sockaddr_un, whose length
 * says how much of sun_path counts, byte by byte. Nothing here looks for the zero at
 * the end of a string: a path may fill sun_path, and then has none.
 */

/* Where sun_path begins, and struct sockaddr_un ends. */
#define VIGIL_UNIX_PATH_AT 2
#define VIGIL_SOCKADDR_UNIX_BYTES 110

/*@
  // What can be written for the kernel; what stands behind the name does not matter.
  predicate unix_encodable{L}(vigil_unix_address *a) =
    (a->kind == VIGIL_UNIX_UNNAMED) ||
    (a->kind == VIGIL_UNIX_PATH && 1 <= a->length <= VIGIL_UNIX_PATH_MAX &&
      \forall integer i; 0 <= i < a->length ==> a->name[i] != 0) ||
    (a->kind == VIGIL_UNIX_ABSTRACT && a->length <= VIGIL_UNIX_ABSTRACT_MAX);

  // As many bytes as there are in the structure.
  logic integer unix_bytes{L}(vigil_sockaddr *n) =
    n->length < VIGIL_SOCKADDR_UNIX_BYTES ? n->length : VIGIL_SOCKADDR_UNIX_BYTES;
  predicate sockaddr_unix_named{L}(vigil_sockaddr *n) =
    n->length > VIGIL_UNIX_PATH_AT && host16(&n->bytes[0]) == VIGIL_OS_AF_UNIX;
*/

/* VIGIL_EINVAL for what is no address; `native` is then empty. */
/*@
  requires memory: \valid(native) && \valid_read(address) && \separated(native, address);
  terminates \true; exits \false;
  assigns *native;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINVAL;
  ensures ok: \result == VIGIL_OK <==> unix_encodable(address);
  ensures refused: \result != VIGIL_OK ==> native->length == 0 &&
    sockaddr_zero_from(&native->bytes[0], 0);
  ensures length: native->length <= VIGIL_SOCKADDR_UNIX_BYTES;
  ensures family: \result == VIGIL_OK ==> host16(&native->bytes[0]) == VIGIL_OS_AF_UNIX;
  ensures unnamed: \result == VIGIL_OK && address->kind == VIGIL_UNIX_UNNAMED ==>
    native->length == VIGIL_UNIX_PATH_AT && sockaddr_zero_from(&native->bytes[0], 2);
  ensures path: \result == VIGIL_OK && address->kind == VIGIL_UNIX_PATH ==>
    native->length == 2 + address->length + (address->length < VIGIL_UNIX_PATH_MAX ? 1 : 0);
  ensures path_bytes: \result == VIGIL_OK && address->kind == VIGIL_UNIX_PATH ==>
    \forall integer i; 0 <= i < address->length ==> native->bytes[2 + i] == address->name[i];
  ensures path_rest: \result == VIGIL_OK && address->kind == VIGIL_UNIX_PATH ==>
    sockaddr_zero_from(&native->bytes[0], 2 + address->length);
  ensures abstract: \result == VIGIL_OK && address->kind == VIGIL_UNIX_ABSTRACT ==>
    native->length == 3 + address->length && native->bytes[2] == 0;
  ensures abstract_bytes: \result == VIGIL_OK && address->kind == VIGIL_UNIX_ABSTRACT ==>
    \forall integer i; 0 <= i < address->length ==> native->bytes[3 + i] == address->name[i];
  ensures abstract_rest: \result == VIGIL_OK && address->kind == VIGIL_UNIX_ABSTRACT ==>
    sockaddr_zero_from(&native->bytes[0], 3 + address->length);
*/
vigil_status vigil_unix_sockaddr_encode(const vigil_unix_address *address, vigil_sockaddr *native);

/* What the kernel gave; unnamed for an empty address, and for one of another
 * family. A path ends at its first zero, as it does for the kernel, or with the
 * structure, whatever length the kernel reports. */
/*@
  requires native: \valid_read(native);
  terminates \true; exits \false;
  assigns \result \from *native;
  ensures valid: unix_valid(\result);
  ensures unnamed: !sockaddr_unix_named(native) <==> \result.kind == VIGIL_UNIX_UNNAMED;
  ensures path: sockaddr_unix_named(native) && native->bytes[2] != 0 ==>
    unix_path(\result) && 2 + \result.length <= unix_bytes(native) &&
    (2 + \result.length == unix_bytes(native) || native->bytes[2 + \result.length] == 0);
  ensures path_bytes: sockaddr_unix_named(native) && native->bytes[2] != 0 ==>
    \forall integer i; 0 <= i < \result.length ==> \result.name[i] == native->bytes[2 + i];
  ensures abstract: sockaddr_unix_named(native) && native->bytes[2] == 0 ==>
    unix_abstract(\result) && 3 + \result.length == unix_bytes(native);
  ensures abstract_bytes: sockaddr_unix_named(native) && native->bytes[2] == 0 ==>
    \forall integer i; 0 <= i < \result.length ==> \result.name[i] == native->bytes[3 + i];
*/
vigil_unix_address vigil_unix_sockaddr_decode(const vigil_sockaddr *native);

#endif
