/* SPDX-License-Identifier: MIT */
#include "net/udp_batch.h"

#include "net/sockaddr.h"
#include "net/told.h"
#include "os/batch.h"

_Static_assert(VIGIL_UDP_BATCH_MAX == VIGIL_OS_BATCH_MAX, "one call of the seam for all");

/* The length of what is no address, that the system refuses it: without one a datagram
 * would go to the peer. */
#define NO_ADDRESS_LENGTH 1

/* What the system says of a datagram, as the caller has it. */
/*@
  requires memory: \valid_read(message) && \valid(datagram) && \separated(message, datagram);
  requires length: message->address.length <= VIGIL_SOCKADDR_BYTES;
  terminates \true; exits \false;
  assigns datagram->count, datagram->truncated, datagram->address;
  ensures count: datagram->count == message->count;
*/
static void take_datagram(const vigil_os_message *message, vigil_datagram *datagram)
{
    datagram->count = message->count;
    datagram->truncated = message->truncated;
    datagram->address = vigil_sockaddr_decode(&message->address);
}

vigil_status vigil_udp_socket_receive_batch(vigil_udp_socket *socket, vigil_datagram *datagrams,
                                            size_t capacity, size_t *received)
{
    vigil_os_message messages[VIGIL_OS_BATCH_MAX];
    size_t wanted = capacity < VIGIL_OS_BATCH_MAX ? capacity : VIGIL_OS_BATCH_MAX;
    *received = 0;
    if (wanted == 0) {
        return VIGIL_OK;
    }
    /*@
      loop invariant range: 0 <= i <= wanted;
      loop invariant lengths: \forall integer k; 0 <= k < i ==>
        messages[k].length == datagrams[k].length && messages[k].data == datagrams[k].data;
      loop assigns i, messages[0 .. VIGIL_OS_BATCH_MAX - 1].data,
        messages[0 .. VIGIL_OS_BATCH_MAX - 1].length;
      loop variant wanted - i;
    */
    for (size_t i = 0; i < wanted; i++) {
        messages[i].data = datagrams[i].data;
        messages[i].length = datagrams[i].length;
    }
    vigil_status status = vigil_os_receive_batch(socket->source.fd, messages, wanted, received);
    size_t taken = *received;
    /*@ assert counts: \forall integer k; 0 <= k < taken ==>
          messages[k].count <= datagrams[k].length; */
    /*@
      loop invariant range: 0 <= i <= taken;
      loop invariant counts: \forall integer k; 0 <= k < taken ==>
        messages[k].count <= datagrams[k].length;
      loop invariant lengths: \forall integer k; 0 <= k < i ==>
        datagrams[k].count <= datagrams[k].length;
      loop assigns i, datagrams[0 .. capacity - 1].count,
        datagrams[0 .. capacity - 1].truncated, datagrams[0 .. capacity - 1].address;
      loop variant taken - i;
    */
    for (size_t i = 0; i < taken; i++) {
        take_datagram(&messages[i], &datagrams[i]);
    }
    return told_by(&socket->source, VIGIL_READABLE, status);
}

vigil_status vigil_udp_socket_send_batch(vigil_udp_socket *socket, vigil_datagram *datagrams,
                                         size_t number, size_t *sent)
{
    vigil_os_message messages[VIGIL_OS_BATCH_MAX];
    size_t wanted = number < VIGIL_OS_BATCH_MAX ? number : VIGIL_OS_BATCH_MAX;
    *sent = 0;
    if (wanted == 0) {
        return VIGIL_OK;
    }
    /*@
      loop invariant range: 0 <= i <= wanted;
      loop assigns i, messages[0 .. VIGIL_OS_BATCH_MAX - 1];
      loop variant wanted - i;
    */
    for (size_t i = 0; i < wanted; i++) {
        messages[i].data = datagrams[i].data;
        messages[i].length = datagrams[i].length;
        vigil_status encoding = vigil_sockaddr_encode(datagrams[i].address, &messages[i].address);
        if (encoding != VIGIL_OK && datagrams[i].address.family != VIGIL_FAMILY_NONE) {
            messages[i].address.length = NO_ADDRESS_LENGTH;
        }
    }
    vigil_status status = vigil_os_send_batch(socket->source.fd, messages, wanted, sent);
    size_t gone = *sent;
    /*@
      loop invariant range: 0 <= i <= gone;
      loop assigns i, datagrams[0 .. number - 1].count;
      loop variant gone - i;
    */
    for (size_t i = 0; i < gone; i++) {
        datagrams[i].count = messages[i].count;
    }
    return told_by(&socket->source, VIGIL_WRITABLE, status);
}
