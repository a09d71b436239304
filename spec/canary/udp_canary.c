/* SPDX-License-Identifier: MIT */
#include "net/control.h"
#include "net/udp_errors.h"
#include "net/udp_segments.h"

/* A false law: some of the datagrams may be left. */
/*@
  requires memory: \valid(socket) && \valid_read(data + (0 .. 63));
  terminates \true; exits \false;
*/
void segments_all_go(vigil_udp_socket *socket, const char *data)
{
    size_t sent = 0;
    vigil_status status = vigil_udp_socket_send_segments(socket, data, 64, 16, NULL, &sent);
    //@ check canary: status == VIGIL_OK ==> sent == 64;
}

/* A false law: pieces may be of datagrams of another size than was wished for. */
/*@
  requires memory: \valid(socket) && \valid(data + (0 .. 63)) &&
    \separated(socket, data + (0 .. 63));
  terminates \true; exits \false;
*/
void pieces_are_even(vigil_udp_socket *socket, char *data)
{
    size_t count = 0;
    size_t segment_bytes = 0;
    vigil_status status =
        vigil_udp_socket_receive_segments(socket, data, 64, NULL, &count, &segment_bytes);
    //@ check canary: status == VIGIL_OK && count > 0 ==> count % segment_bytes == 0;
}

/* A false law: this machine finds errors too, and is no offender. */
/*@
  requires memory: \valid(socket) && \valid(queued) && \separated(socket, queued);
  terminates \true; exits \false;
*/
void errors_have_an_offender(vigil_udp_socket *socket, vigil_queued_error *queued)
{
    vigil_status status = vigil_udp_socket_take_queued_error(socket, queued);
    //@ check canary: status == VIGIL_OK ==> !address_none(queued->offender);
}

/* A broken variant: it believes the length that a message gives. */
bool vigil_control_find(const vigil_os_control *control, uint32_t level, uint32_t type,
                        uint32_t *at, uint32_t *size)
{
    *at = 0;
    *size = 0;
    if (control->length < VIGIL_CONTROL_HEADER_BYTES
        || get_host32(control->bytes + VIGIL_CONTROL_LEVEL_AT) != level
        || get_host32(control->bytes + VIGIL_CONTROL_TYPE_AT) != type) {
        return false;
    }
    *at = VIGIL_CONTROL_HEADER_BYTES;
    *size = get_host32(control->bytes) - VIGIL_CONTROL_HEADER_BYTES;
    return true;
}
