/* SPDX-License-Identifier: MIT */
#include "net/sockaddr.h"

/*
 * Laws of socket addresses, proven from the headers' contracts alone.
 */

/* What was encoded is decoded: nothing of an address is lost, for all of them. */
/*@
  requires valid: address_v4(address) || address_v6(address);
  terminates \true; exits \false; assigns \nothing;
*/
void decoding_undoes_encoding(vigil_address address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_sockaddr_encode(address, &native);
    vigil_address back = vigil_sockaddr_decode(&native);
    bool same = vigil_address_equal(back, address);
    //@ check encoded: status == VIGIL_OK;
    //@ check port: back.port == address.port;
    //@ check family: back.family == address.family;
    //@ check numbers: back.flow == address.flow && back.scope == address.scope;
    //@ check ip: \forall integer i; 0 <= i < 16 ==> back.ip[i] == address.ip[i];
    //@ check same: same == \true;
}

/* What is no address has no bytes, and no bytes are no address. */
/*@ requires none: address_none(address);
    terminates \true; exits \false; assigns \nothing; */
void no_address_is_no_bytes(vigil_address address)
{
    vigil_sockaddr native;
    vigil_status status = vigil_sockaddr_encode(address, &native);
    vigil_address back = vigil_sockaddr_decode(&native);
    bool same = vigil_address_equal(back, address);
    //@ check refused: status == VIGIL_EAFNOSUPPORT && native.length == 0;
    //@ check same: same == \true;
}

/* Any bytes at all, of any length: they are an address, or refused, and which
 * of the two is told by length and family alone. */
/*@ requires memory: \valid_read(native);
    terminates \true; exits \false; assigns \nothing; */
void every_byte_string_is_an_address_or_refused(const vigil_sockaddr *native)
{
    vigil_address address = vigil_sockaddr_decode(native);
    //@ check valid: address_valid(address);
    //@ check short_ones: native->length < 16 ==> address_none(address);
    /*@ check ipv4: address.family == VIGIL_FAMILY_IPV4 <==>
          native->length >= 16 && host16(&native->bytes[0]) == VIGIL_OS_AF_INET; */
    /*@ check ipv6: address.family == VIGIL_FAMILY_IPV6 <==>
          native->length >= 28 && host16(&native->bytes[0]) == VIGIL_OS_AF_INET6; */
}

/* Bytes that are an address are the bytes of that address: each number that the
 * family uses comes back, and each byte of the IP address; the rest is zero. */
/*@ requires memory: \valid_read(native); requires ipv4: sockaddr_ipv4(native);
    terminates \true; exits \false; assigns \nothing; */
void encoding_undoes_decoding_ipv4(const vigil_sockaddr *native)
{
    vigil_sockaddr back;
    vigil_address address = vigil_sockaddr_decode(native);
    vigil_status status = vigil_sockaddr_encode(address, &back);
    //@ check ok: status == VIGIL_OK && back.length == 16 <= native->length;
    //@ check family: host16(&back.bytes[0]) == VIGIL_OS_AF_INET;
    //@ check port: network16(&back.bytes[2]) == network16(&native->bytes[2]);
    /*@ check decoded: \forall integer i; 0 <= i < 4 ==>
          (&native->bytes[0])[4 + i] == address.ip[i]; */
    /*@ check encoded: \forall integer i; 0 <= i < 4 ==>
          (&back.bytes[0])[4 + i] == address.ip[i]; */
    //@ check rest: \forall integer i; 8 <= i < 128 ==> back.bytes[i] == 0;
}

/*@ requires memory: \valid_read(native); requires ipv6: sockaddr_ipv6(native);
    terminates \true; exits \false; assigns \nothing; */
void encoding_undoes_decoding_ipv6(const vigil_sockaddr *native)
{
    vigil_sockaddr back;
    vigil_address address = vigil_sockaddr_decode(native);
    vigil_status status = vigil_sockaddr_encode(address, &back);
    //@ check ok: status == VIGIL_OK && back.length == 28 <= native->length;
    //@ check family: host16(&back.bytes[0]) == VIGIL_OS_AF_INET6;
    //@ check port: network16(&back.bytes[2]) == network16(&native->bytes[2]);
    //@ check flow: network32(&back.bytes[4]) == network32(&native->bytes[4]);
    /*@ check decoded: \forall integer i; 0 <= i < 16 ==>
          (&native->bytes[0])[8 + i] == address.ip[i]; */
    /*@ check encoded: \forall integer i; 0 <= i < 16 ==>
          (&back.bytes[0])[8 + i] == address.ip[i]; */
    //@ check scope: host32(&back.bytes[24]) == host32(&native->bytes[24]);
    //@ check rest: \forall integer i; 28 <= i < 128 ==> back.bytes[i] == 0;
}
