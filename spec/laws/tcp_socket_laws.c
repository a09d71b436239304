/* SPDX-License-Identifier: MIT */
#include "net/tcp_socket.h"

/*
 * Laws of TCP sockets that become listeners and streams, proven from the headers'
 * contracts alone.
 */

/* Whatever comes of listening, one of the two has the descriptor, and closing both
 * leaves the table of descriptors as it was. */
/*@ requires memory: \valid(socket) && \valid(listener) && \separated(socket, listener);
    terminates \true; exits \false; */
void listen_then_close_both_leaks_nothing(vigil_tcp_socket *socket, vigil_tcp_listener *listener,
                                          vigil_family family, int backlog)
{
    if (vigil_tcp_socket_open(socket, family) == VIGIL_OK) {
        vigil_status status = vigil_tcp_socket_listen(socket, backlog, listener);
        //@ check one: status == VIGIL_OK <==> socket->fd == VIGIL_FD_NONE;
        //@ check other: status == VIGIL_OK <==> listener->source.fd != VIGIL_FD_NONE;
        vigil_tcp_socket_close(socket);
        (void)vigil_tcp_listener_close(listener);
    }
    //@ check table: kernel_same_table{Pre,Here}(-1);
}

/* The same of connecting. */
/*@ requires memory: \valid(socket) && \valid(stream) && \separated(socket, stream);
    requires address: \valid_read(address) && \separated(address, socket, stream);
    terminates \true; exits \false; */
void connect_then_close_both_leaks_nothing(vigil_tcp_socket *socket, vigil_tcp_stream *stream,
                                           vigil_family family, const vigil_address *address)
{
    if (vigil_tcp_socket_open(socket, family) == VIGIL_OK) {
        vigil_status status = vigil_tcp_socket_connect(socket, address, stream);
        //@ check one: status == VIGIL_OK <==> socket->fd == VIGIL_FD_NONE;
        //@ check other: status == VIGIL_OK <==> stream->source.fd != VIGIL_FD_NONE;
        vigil_tcp_socket_close(socket);
        (void)vigil_tcp_stream_close(stream);
    }
    //@ check table: kernel_same_table{Pre,Here}(-1);
}

/* A socket that is closed says so to every call, and a second close closes nothing. */
/*@ requires memory: \valid(socket) && \valid(listener) && \valid(stream) &&
      \separated(socket, listener, stream);
    requires address: \valid_read(address) && \separated(address, socket, listener, stream);
    requires owns: socket->fd != VIGIL_FD_NONE ==> VIGIL_KERNEL_OPEN(socket->fd) &&
      VIGIL_KERNEL_UNLISTED(socket->fd);
    terminates \true; exits \false; */
void closed_sockets_say_so(vigil_tcp_socket *socket, vigil_tcp_listener *listener,
                           vigil_tcp_stream *stream, const vigil_address *address)
{
    vigil_tcp_socket_close(socket);
    //@ ghost Closed: ;
    vigil_status assigned = vigil_tcp_socket_assign_address(socket, address);
    vigil_status listening = vigil_tcp_socket_listen(socket, 1, listener);
    vigil_status connecting = vigil_tcp_socket_connect(socket, address, stream);
    //@ check assigned: assigned == VIGIL_EBADF;
    //@ check listening: listening == VIGIL_EBADF && listener->source.fd == VIGIL_FD_NONE;
    //@ check connecting: connecting == VIGIL_EBADF && stream->source.fd == VIGIL_FD_NONE;
    vigil_tcp_socket_close(socket);
    //@ check twice: kernel_same_table{Closed,Here}(-1);
}
