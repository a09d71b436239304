/* SPDX-License-Identifier: MIT */
#include "net/address_text.h"
#include "net/sockaddr.h"
#include "net/tcp_stream.h"

/* A false law: a stream that was connected is open, and its descriptor was not. */
/*@
  requires memory: \valid(stream) && \valid_read(address) && \separated(stream, address);
  terminates \true; exits \false;
*/
void connect_opens_nothing(vigil_tcp_stream *stream, const vigil_address *address)
{
    vigil_status status = vigil_tcp_stream_connect(stream, address);
    //@ check canary: status == VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
}

/* A false law: reading may succeed at the end of the stream, and give nothing. */
/*@
  requires memory: \valid(stream) && \valid(data + (0 .. 7)) &&
    \separated(stream, data + (0 .. 7));
  terminates \true; exits \false;
*/
void read_reads_something(vigil_tcp_stream *stream, char *data)
{
    size_t count = 0;
    vigil_status status = vigil_tcp_stream_read(stream, data, 8, &count);
    //@ check canary: status == VIGIL_OK ==> count > 0;
}

/* A false law: a text that begins with a digit may be refused. */
/*@
  requires text: text_from(text, 0) && digit(text[0]);
  terminates \true; exits \false;
*/
void parse_accepts_everything(const char *text)
{
    vigil_address address;
    vigil_status status = vigil_address_parse(text, &address);
    //@ check canary: status == VIGIL_OK;
}

/* A broken variant: it looks at the length of the shorter family alone. */
vigil_address vigil_sockaddr_decode(const vigil_sockaddr *native)
{
    vigil_address address = vigil_address_none();
    if (native->length >= VIGIL_SOCKADDR_IPV4_BYTES
        && native->bytes[VIGIL_OS_BIG_ENDIAN ? 1 : 0] == VIGIL_OS_AF_INET6) {
        address.family = VIGIL_FAMILY_IPV6;
    }
    return address;
}
