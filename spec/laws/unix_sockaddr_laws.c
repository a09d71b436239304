/* SPDX-License-Identifier: MIT */
#include "net/unix_sockaddr.h"

/*
 * Laws of Unix addresses, proven from the headers' contracts alone.
 */

/* What was encoded is decoded, for every path, every abstract name and none. */
/*@
  requires memory: \valid_read(address);
  requires length: address->length <= VIGIL_UNIX_PATH_MAX;
  requires valid: unix_encodable(address);
  terminates \true; exits \false; assigns \nothing;
*/
void decoding_undoes_unix_encoding(const vigil_unix_address *address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_unix_sockaddr_encode(address, &native);
    vigil_unix_address back = vigil_unix_sockaddr_decode(&native);
    //@ check ok: status == VIGIL_OK;
    //@ assert kind: back.kind == address->kind;
    /*@ assert abstract: address->kind == VIGIL_UNIX_ABSTRACT ==>
          back.length == address->length; */
    /*@ assert not_shorter: address->kind == VIGIL_UNIX_PATH && back.length < address->length ==>
          native.bytes[2 + back.length] == address->name[back.length]; */
    /*@ assert not_longer: address->kind == VIGIL_UNIX_PATH && back.length > address->length ==>
          native.bytes[2 + address->length] == back.name[address->length]; */
    //@ assert length: address->kind != VIGIL_UNIX_UNNAMED ==> back.length == address->length;
    /*@ check name: address->kind != VIGIL_UNIX_UNNAMED ==>
          \forall integer i; 0 <= i < address->length ==> back.name[i] == address->name[i]; */
}

/* Any bytes, of any length that the kernel may report, are an address. */
/*@ requires memory: \valid_read(native);
    terminates \true; exits \false; assigns \nothing; */
void every_byte_string_is_a_unix_address(const vigil_sockaddr *native)
{
    vigil_unix_address address = vigil_unix_sockaddr_decode(native);
    //@ check valid: unix_valid(address);
    //@ check bounds: address.length <= VIGIL_UNIX_PATH_MAX && address.name[108] == 0;
    //@ check unnamed: native->length <= 2 ==> unix_unnamed(address);
    /*@ check empty: native->length == 3 && address.kind == VIGIL_UNIX_ABSTRACT ==>
          address.length == 0; */
}

/* The beginning of a path that fills the structure is its end: a longer length that
 * the kernel reports changes nothing. */
/*@ requires memory: \valid_read(native) && \valid_read(other) && \separated(native, other);
    requires same: \forall integer i; 0 <= i < 110 ==> native->bytes[i] == other->bytes[i];
    requires longer: native->length == 110 && other->length > 110;
    requires path: sockaddr_unix_named(native) && sockaddr_unix_named(other);
    requires whole: \forall integer i; 2 <= i < 110 ==> native->bytes[i] != 0;
    terminates \true; exits \false; assigns \nothing; */
void a_longer_length_changes_nothing(const vigil_sockaddr *native, const vigil_sockaddr *other)
{
    vigil_unix_address one = vigil_unix_sockaddr_decode(native);
    vigil_unix_address two = vigil_unix_sockaddr_decode(other);
    //@ assert full: one.length == 108 && two.length == 108;
    //@ check same: \forall integer i; 0 <= i < 108 ==> one.name[i] == two.name[i];
}
