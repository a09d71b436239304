/* SPDX-License-Identifier: MIT */
#include "net/error_message.h"
#include "net/udp_errors.h"
#include "net/udp_segments.h"

/*
 * Laws of segments and of the error queue of UDP sockets, proven from the headers'
 * contracts alone.
 */

/* What is left of what was sent begins with a datagram: whoever sends the rest, until a
 * failure, sends nothing twice, leaves nothing out and cuts no datagram. */
/*@
  requires memory: \valid(socket) && \valid_read(to) && \separated(socket, to);
  requires data: \valid_read(data + (0 .. length - 1));
  requires segment: 1 <= segment_bytes;
  terminates \true; exits \false;
*/
void the_rest_begins_with_a_datagram(vigil_udp_socket *socket, const vigil_address *to,
                                     const char *data, size_t length, size_t segment_bytes)
{
    size_t done = 0;
    vigil_status status = VIGIL_OK;
    /*@
      loop invariant range: 0 <= done <= length;
      loop invariant whole: done < length ==> done % segment_bytes == 0;
      loop assigns done, status;
      loop variant length - done + (status == VIGIL_OK ? 1 : 0);
    */
    while (done < length && status == VIGIL_OK) {
        size_t sent = 7;
        status = vigil_udp_socket_send_segments(socket, data + done, length - done, segment_bytes,
                                                to, &sent);
        //@ check goes_on: status == VIGIL_OK ==> sent > 0;
        done += sent;
    }
    //@ check told: done == length || status != VIGIL_OK;
}

/* Sending and receiving pieces and taking errors open and close nothing, and touch no
 * registration; what is received lies within its room. */
/*@
  requires memory: \valid(socket) && \valid(from) && \valid(data + (0 .. 63)) &&
    \separated(socket, from, data + (0 .. 63));
  terminates \true; exits \false;
  ensures table: kernel_same_table{Pre,Post}(-1);
  ensures kept: source_kept{Pre,Post}(&socket->source) &&
    socket->source.fd == \old(socket->source.fd);
  ensures lists: \forall integer e; kernel_same_list{Pre,Post}(e, -1);
*/
void messages_change_no_registration(vigil_udp_socket *socket, char *data, vigil_address *from)
{
    size_t count = 7;
    size_t segment_bytes = 7;
    vigil_queued_error queued;
    vigil_status status =
        vigil_udp_socket_receive_segments(socket, data, 64, from, &count, &segment_bytes);
    //@ check received: segment_bytes <= count <= 64 && (count > 0 ==> segment_bytes > 0);
    //@ check nothing: status == VIGIL_EWOULDBLOCK ==> count == 0 && segment_bytes == 0;
    status = vigil_udp_socket_send_segments(socket, data, 64, 16, NULL, &count);
    //@ check sent: count <= 64 && count % 16 == 0 && (status != VIGIL_OK ==> count == 0);
    status = vigil_udp_socket_take_queued_error(socket, &queued);
    //@ check taken: status_valid(queued.status) && address_valid(queued.offender);
    //@ check nobody: status == VIGIL_EWOULDBLOCK ==> address_none(queued.destination);
}

/* A closed socket answers so to every call, and writes every answer. */
/*@
  requires memory: \valid(socket) && \valid(data + (0 .. 63)) &&
    \separated(socket, data + (0 .. 63));
  requires closed: socket->source.fd == VIGIL_FD_NONE;
  terminates \true; exits \false;
*/
void closed_udp_has_no_messages(vigil_udp_socket *socket, char *data)
{
    size_t count = 7;
    size_t segment_bytes = 7;
    bool enabled = true;
    vigil_queued_error queued;
    vigil_status status = vigil_udp_socket_send_segments(socket, data, 64, 16, NULL, &count);
    //@ check send: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_send_segments(socket, data, 64, 0, NULL, &count);
    //@ check none: status == VIGIL_EBADF && count == 0;
    status = vigil_udp_socket_receive_segments(socket, data, 64, NULL, &count, &segment_bytes);
    //@ check receive: status == VIGIL_EBADF && count == 0 && segment_bytes == 0;
    status = vigil_udp_socket_receive_offload(socket, &enabled);
    //@ check offload: status == VIGIL_EBADF && !enabled;
    status = vigil_udp_socket_set_receive_offload(socket, true);
    //@ check set_offload: status == VIGIL_EBADF;
    enabled = true;
    status = vigil_udp_socket_error_queue(socket, &enabled);
    //@ check queue: status == VIGIL_EBADF && !enabled;
    status = vigil_udp_socket_set_error_queue(socket, true);
    //@ check set_queue: status == VIGIL_EBADF;
    status = vigil_udp_socket_take_queued_error(socket, &queued);
    //@ check take: status == VIGIL_EBADF && queued.status == VIGIL_EUNKNOWN;
}

/* Any bytes at all, of any length, are an error that can be read, or are unknown; the
 * first message is taken at its word. */
/*@
  requires memory: \valid_read(control) && \valid_read(destination);
  requires length: control->length <= VIGIL_OS_CONTROL_BYTES;
  terminates \true; exits \false; assigns \nothing;
*/
void every_byte_string_is_an_error_or_unknown(const vigil_os_control *control,
                                              const vigil_sockaddr *destination)
{
    vigil_queued_error queued = vigil_error_message_decode(control, destination);
    //@ check valid: queued_error_valid(queued);
    /*@ check short_ones: control->length < VIGIL_CONTROL_HEADER_BYTES ==>
          queued.status == VIGIL_EUNKNOWN; */
    /*@ check origin: control_is_error(control) &&
          control->bytes[VIGIL_CONTROL_HEADER_BYTES + VIGIL_QUEUED_ERROR_ORIGIN_AT] == 2 ==>
          queued.origin == VIGIL_ERROR_ORIGIN_ICMP; */
    /*@ check mtu: control_is_error(control) ==> queued.info ==
          host32(&control->bytes[VIGIL_CONTROL_HEADER_BYTES] + VIGIL_QUEUED_ERROR_INFO_AT); */
}
