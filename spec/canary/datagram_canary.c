/* SPDX-License-Identifier: MIT */
#include "net/udp_socket.h"
#include "net/unix_stream.h"

/* A false law: binding opens nothing. */
/*@ requires memory: \valid(socket) && \valid_read(address) && \separated(socket, address);
    terminates \true; exits \false; */
void udp_bind_opens_nothing(vigil_udp_socket *socket, const vigil_address *address)
{
    vigil_status status = vigil_udp_socket_bind(socket, address);
    //@ check canary: status == VIGIL_OK ==> kernel_same_table{Pre,Here}(-1);
}

/* A false law: a pair is one descriptor. */
/*@ requires memory: \valid(one) && \valid(two) && \separated(one, two);
    terminates \true; exits \false; */
void unix_pair_opens_one(vigil_unix_stream *one, vigil_unix_stream *two)
{
    vigil_status status = vigil_unix_stream_pair(one, two);
    //@ check canary: status == VIGIL_OK ==> kernel_same_table{Pre,Here}(one->source.fd);
}

/* A false law: closing a socket of one poll touches no registration of it. */
/*@ requires memory: \valid(stream) && stream->source.fd != VIGIL_FD_NONE;
    requires owns: source_owns(&stream->source) && stream->source.registry == registry;
    requires watched: registry != \null;
    terminates \true; exits \false; */
void closing_ends_no_registration(vigil_unix_stream *stream, vigil_registry *registry)
{
    (void)vigil_unix_stream_close(stream);
    //@ check canary: slots_taken_kept{Pre,Here}(&registry->slots, -1);
}

/* A broken variant: it forgets the descriptor, which stays open. */
vigil_status vigil_udp_socket_close(vigil_udp_socket *socket)
{
    socket->source.fd = VIGIL_FD_NONE;
    return VIGIL_OK;
}

/* A broken variant: it gives the descriptor away and keeps it. */
vigil_status vigil_unix_stream_into_fd(vigil_unix_stream *stream, vigil_fd *fd)
{
    *fd = stream->source.fd;
    return *fd == VIGIL_FD_NONE ? VIGIL_EBADF : VIGIL_OK;
}
