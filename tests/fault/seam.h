/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_FAULT_SEAM_H
#define VIGIL_TESTS_FAULT_SEAM_H

/*
 * Put before every source of the library above the seam: each of its calls of
 * the seam becomes a call of a function of the same type here, which may fail
 * as the manual pages say that the system may (faults_table.h), and which keeps
 * its own account of what is open and registered (inject.h).
 */
#include "base/atomic_inline.h"
#include "os/batch.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/epoll.h"
#include "os/message.h"
#include "os/mutex.h"
#include "os/pipe.h"
#include "os/socket.h"
#include "os/unix_socket.h"
#include "poll/source_inline.h"

/* clang-format off */
#define FAULT_SEAM(ROW) \
    ROW(now_ns) ROW(close) ROW(adopt) \
    ROW(epoll_create) ROW(epoll_add) ROW(epoll_modify) ROW(epoll_remove) \
    ROW(epoll_wait) ROW(epoll_wait_ns) ROW(eventfd) ROW(eventfd_write) ROW(eventfd_drain) \
    ROW(mutex_init) ROW(mutex_destroy) ROW(mutex_lock) ROW(mutex_unlock) \
    ROW(socket_stream) ROW(socket_datagram) ROW(bind) ROW(listen) ROW(connect) ROW(accept) \
    ROW(local_address) ROW(peer_address) ROW(shutdown) \
    ROW(get_option) ROW(set_option) ROW(get_linger) ROW(set_linger) \
    ROW(set_device) ROW(get_device) \
    ROW(set_membership) ROW(set_multicast_interface) \
    ROW(receive) ROW(peek) ROW(receive_buffers) ROW(receive_from) ROW(peek_from) \
    ROW(send) ROW(send_buffers) ROW(send_to) \
    ROW(send_batch) ROW(receive_batch) \
    ROW(send_segments) ROW(receive_segments) ROW(receive_error) \
    ROW(send_descriptors) ROW(receive_descriptors) \
    ROW(socket_pair) ROW(peer_credentials) \
    ROW(pipe) ROW(pipe_read) ROW(pipe_write) ROW(set_nonblocking)
/* clang-format on */

#define FAULT_DECLARATION(name) extern __typeof__(vigil_os_##name) fault_##name;
FAULT_SEAM(FAULT_DECLARATION)

/* What epoll does not need to be told: that a call would have blocked. */
extern __typeof__(vigil_source_would_block) fault_source_would_block;

#ifndef VIGIL_TESTS_FAULT_ITSELF
#define vigil_source_would_block fault_source_would_block
#define vigil_os_now_ns fault_now_ns
#define vigil_os_close fault_close
#define vigil_os_adopt fault_adopt
#define vigil_os_epoll_create fault_epoll_create
#define vigil_os_epoll_add fault_epoll_add
#define vigil_os_epoll_modify fault_epoll_modify
#define vigil_os_epoll_remove fault_epoll_remove
#define vigil_os_epoll_wait fault_epoll_wait
#define vigil_os_epoll_wait_ns fault_epoll_wait_ns
#define vigil_os_eventfd fault_eventfd
#define vigil_os_eventfd_write fault_eventfd_write
#define vigil_os_eventfd_drain fault_eventfd_drain
#define vigil_os_mutex_init fault_mutex_init
#define vigil_os_mutex_destroy fault_mutex_destroy
#define vigil_os_mutex_lock fault_mutex_lock
#define vigil_os_mutex_unlock fault_mutex_unlock
#define vigil_os_socket_stream fault_socket_stream
#define vigil_os_socket_datagram fault_socket_datagram
#define vigil_os_bind fault_bind
#define vigil_os_listen fault_listen
#define vigil_os_connect fault_connect
#define vigil_os_accept fault_accept
#define vigil_os_local_address fault_local_address
#define vigil_os_peer_address fault_peer_address
#define vigil_os_shutdown fault_shutdown
#define vigil_os_get_option fault_get_option
#define vigil_os_set_option fault_set_option
#define vigil_os_get_linger fault_get_linger
#define vigil_os_set_linger fault_set_linger
#define vigil_os_set_device fault_set_device
#define vigil_os_get_device fault_get_device
#define vigil_os_set_membership fault_set_membership
#define vigil_os_set_multicast_interface fault_set_multicast_interface
#define vigil_os_receive fault_receive
#define vigil_os_peek fault_peek
#define vigil_os_receive_buffers fault_receive_buffers
#define vigil_os_receive_from fault_receive_from
#define vigil_os_peek_from fault_peek_from
#define vigil_os_send fault_send
#define vigil_os_send_buffers fault_send_buffers
#define vigil_os_send_to fault_send_to
#define vigil_os_socket_pair fault_socket_pair
#define vigil_os_peer_credentials fault_peer_credentials
#define vigil_os_pipe fault_pipe
#define vigil_os_pipe_read fault_pipe_read
#define vigil_os_pipe_write fault_pipe_write
#define vigil_os_set_nonblocking fault_set_nonblocking
#define vigil_os_send_batch fault_send_batch
#define vigil_os_receive_batch fault_receive_batch
#define vigil_os_send_segments fault_send_segments
#define vigil_os_receive_segments fault_receive_segments
#define vigil_os_receive_error fault_receive_error
#define vigil_os_send_descriptors fault_send_descriptors
#define vigil_os_receive_descriptors fault_receive_descriptors
#endif

#endif
