/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_UNIX_ADDRESS_H
#define VIGIL_NET_UNIX_ADDRESS_H

#include "base/attributes.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest names there are: sun_path of struct sockaddr_un (unix(7)), and
 * without the zero that an abstract name begins with. */
#define VIGIL_UNIX_PATH_MAX 108
#define VIGIL_UNIX_ABSTRACT_MAX 107

typedef enum vigil_unix_kind {
    VIGIL_UNIX_UNNAMED = 0, /* no name: a pair, or a client that was not bound */
    VIGIL_UNIX_PATH = 1,    /* a file */
    VIGIL_UNIX_ABSTRACT = 2 /* a name that is no file; Linux has such */
} vigil_unix_kind;

/*
 * Where a Unix socket is (unix(7)). A value: copy it freely. `name` has `length`
 * bytes, and zeros after them, one at least, so a path is a string too. A path has
 * no zero in it; the name of an abstract address may be any bytes, also none, and
 * the zero that says it is one is not among them.
 */
typedef struct vigil_unix_address {
    vigil_unix_kind kind;
    uint8_t length;
    uint8_t name[VIGIL_UNIX_PATH_MAX + 1];
} vigil_unix_address;

/*@
  // A char as the byte it is stored as.
  logic integer unix_byte(char c) = c < 0 ? c + 256 : c;

  predicate unix_zero_from(vigil_unix_address a, integer from) =
    \forall integer i; from <= i <= VIGIL_UNIX_PATH_MAX ==> a.name[i] == 0;
  predicate unix_unnamed(vigil_unix_address a) =
    a.kind == VIGIL_UNIX_UNNAMED && a.length == 0 && unix_zero_from(a, 0);
  predicate unix_path(vigil_unix_address a) =
    a.kind == VIGIL_UNIX_PATH && 1 <= a.length <= VIGIL_UNIX_PATH_MAX &&
    unix_zero_from(a, a.length) &&
    \forall integer i; 0 <= i < a.length ==> a.name[i] != 0;
  predicate unix_abstract(vigil_unix_address a) =
    a.kind == VIGIL_UNIX_ABSTRACT && a.length <= VIGIL_UNIX_ABSTRACT_MAX &&
    unix_zero_from(a, a.length);
  predicate unix_valid(vigil_unix_address a) = unix_unnamed(a) || unix_path(a) || unix_abstract(a);

  predicate unix_same(vigil_unix_address a, vigil_unix_address b) =
    a.kind == b.kind && a.length == b.length &&
    \forall integer i; 0 <= i <= VIGIL_UNIX_PATH_MAX ==> a.name[i] == b.name[i];
*/

/* No name. To bind to it has the system choose an abstract one (unix(7), Autobind
 * feature). */
/*@
  terminates \true; exits \false;
  assigns \result \from \nothing;
  ensures unnamed: unix_unnamed(\result);
*/
VIGIL_API vigil_unix_address vigil_unix_address_unnamed(void);

/*
 * The file at `path`, of `length` bytes, the zero at the end of a string not among
 * them. A path of 108 bytes is legal, on Linux. VIGIL_EINVAL if there is no byte, a
 * zero among them, or more than 108; the address is then unnamed.
 */
/*@
  requires memory: \valid_read(path + (0 .. length - 1)) && \valid(address) &&
    \separated(address, path + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *address;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINVAL;
  ensures ok: \result == VIGIL_OK <==> 1 <= length <= VIGIL_UNIX_PATH_MAX &&
    \forall integer i; 0 <= i < length ==> path[i] != 0;
  ensures path: \result == VIGIL_OK ==> unix_path(*address) && address->length == length;
  ensures bytes: \result == VIGIL_OK ==>
    \forall integer i; 0 <= i < length ==> address->name[i] == unix_byte(path[i]);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_address_path(const char *path, size_t length,
                                                   vigil_unix_address *address);

/*
 * The abstract name of `length` bytes: any bytes, the first may be a zero as well.
 * VIGIL_EINVAL if there are more than 107; the address is then unnamed.
 */
/*@
  requires memory: \valid_read(name + (0 .. length - 1)) && \valid(address) &&
    \separated(address, name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns *address;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINVAL;
  ensures ok: \result == VIGIL_OK <==> length <= VIGIL_UNIX_ABSTRACT_MAX;
  ensures abstract: \result == VIGIL_OK ==> unix_abstract(*address) && address->length == length;
  ensures bytes: \result == VIGIL_OK ==>
    \forall integer i; 0 <= i < length ==> address->name[i] == unix_byte(name[i]);
  ensures failed: \result != VIGIL_OK ==> unix_unnamed(*address);
*/
VIGIL_CHECKED vigil_status vigil_unix_address_abstract(const char *name, size_t length,
                                                       vigil_unix_address *address);

/* Whether two addresses are the same. */
/*@
  terminates \true; exits \false;
  assigns \result \from a, b;
  ensures same: \result <==> unix_same(a, b);
*/
VIGIL_API bool vigil_unix_address_equal(vigil_unix_address a, vigil_unix_address b);

#endif
