/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_FAULT_FAULTS_TABLE_H
#define VIGIL_TESTS_FAULT_FAULTS_TABLE_H

/*
 * How each call of the seam may fail: the errors of its manual page (Linux
 * man-pages 6.03), which stands above its rows. ci/faults compares the two, so
 * that none is forgotten.
 *
 *   BEFORE    the call fails and has done nothing
 *   AFTER     it fails and has done it all the same
 *   SHORT     it succeeds with less than it was asked for
 *   0         is no error: a connection that is made at once
 *
 *   TOLD      the operation may fail with it; tried again, it succeeds
 *   ABSORBED  if it happens once, the operation succeeds in spite of it
 *
 * NOT_HERE is an error of the page that this call cannot meet, and why.
 */
/* clang-format off */
#define SUCH_A_LOCK "of record locks, leases and F_DUPFD; the seam gets and sets flags"
#define SUCH_A_FILE "of files on disk; the seam writes eventfds and pipes"
#define SUCH_A_NAME "of Unix domain sockets, whose addresses are paths"

#define FAULT_TABLE(FAULT, NOT_HERE) \
    /* page epoll_create1 */ \
    FAULT(epoll_create, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_create, EMFILE, BEFORE, TOLD) \
    FAULT(epoll_create, ENFILE, BEFORE, TOLD) \
    FAULT(epoll_create, ENOMEM, BEFORE, TOLD) \
    /* page epoll_ctl */ \
    FAULT(epoll_add, EBADF, BEFORE, TOLD) \
    FAULT(epoll_add, EEXIST, BEFORE, TOLD) \
    FAULT(epoll_add, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_add, ELOOP, BEFORE, TOLD) \
    FAULT(epoll_add, ENOMEM, BEFORE, TOLD) \
    FAULT(epoll_add, ENOSPC, BEFORE, TOLD) \
    FAULT(epoll_add, EPERM, BEFORE, TOLD) \
    NOT_HERE(epoll_add, ENOENT, "of EPOLL_CTL_MOD and EPOLL_CTL_DEL") \
    /* page epoll_ctl */ \
    FAULT(epoll_modify, EBADF, BEFORE, TOLD) \
    FAULT(epoll_modify, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_modify, ENOENT, BEFORE, TOLD) \
    FAULT(epoll_modify, ENOMEM, BEFORE, TOLD) \
    FAULT(epoll_modify, EPERM, BEFORE, TOLD) \
    NOT_HERE(epoll_modify, EEXIST, "of EPOLL_CTL_ADD") \
    NOT_HERE(epoll_modify, ELOOP, "of EPOLL_CTL_ADD") \
    NOT_HERE(epoll_modify, ENOSPC, "of EPOLL_CTL_ADD") \
    /* page epoll_ctl */ \
    FAULT(epoll_remove, EBADF, AFTER, ABSORBED) \
    FAULT(epoll_remove, ENOENT, AFTER, ABSORBED) \
    FAULT(epoll_remove, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_remove, ENOMEM, BEFORE, TOLD) \
    FAULT(epoll_remove, EPERM, BEFORE, TOLD) \
    NOT_HERE(epoll_remove, EEXIST, "of EPOLL_CTL_ADD") \
    NOT_HERE(epoll_remove, ELOOP, "of EPOLL_CTL_ADD") \
    NOT_HERE(epoll_remove, ENOSPC, "of EPOLL_CTL_ADD") \
    /* page epoll_wait */ \
    FAULT(epoll_wait, EBADF, BEFORE, TOLD) \
    FAULT(epoll_wait, EFAULT, BEFORE, TOLD) \
    FAULT(epoll_wait, EINTR, BEFORE, TOLD) \
    FAULT(epoll_wait, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_wait, 0, SHORT, ABSORBED) \
    /* page epoll_wait; epoll_pwait2 came with Linux 5.11 (VERSIONS), and a filter of seccomp(2) \
     * that is older than it refuses it with EPERM. */ \
    FAULT(epoll_wait_ns, ENOSYS, BEFORE, ABSORBED) \
    FAULT(epoll_wait_ns, EPERM, BEFORE, ABSORBED) \
    FAULT(epoll_wait_ns, EBADF, BEFORE, TOLD) \
    FAULT(epoll_wait_ns, EFAULT, BEFORE, TOLD) \
    FAULT(epoll_wait_ns, EINTR, BEFORE, TOLD) \
    FAULT(epoll_wait_ns, EINVAL, BEFORE, TOLD) \
    FAULT(epoll_wait_ns, 0, SHORT, ABSORBED) \
    /* page eventfd */ \
    FAULT(eventfd, EINVAL, BEFORE, TOLD) \
    FAULT(eventfd, EMFILE, BEFORE, TOLD) \
    FAULT(eventfd, ENFILE, BEFORE, TOLD) \
    FAULT(eventfd, ENODEV, BEFORE, TOLD) \
    FAULT(eventfd, ENOMEM, BEFORE, TOLD) \
    /* page write */ \
    FAULT(eventfd_write, EAGAIN, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EBADF, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EFAULT, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EINTR, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EINVAL, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EIO, BEFORE, ABSORBED) \
    FAULT(eventfd_write, EPERM, BEFORE, ABSORBED) \
    NOT_HERE(eventfd_write, EDESTADDRREQ, "of datagram sockets") \
    NOT_HERE(eventfd_write, EPIPE, "of pipes and sockets") \
    NOT_HERE(eventfd_write, EDQUOT, SUCH_A_FILE) \
    NOT_HERE(eventfd_write, EFBIG, SUCH_A_FILE) \
    NOT_HERE(eventfd_write, ENOSPC, SUCH_A_FILE) \
    /* page read */ \
    FAULT(eventfd_drain, EAGAIN, BEFORE, ABSORBED) \
    FAULT(eventfd_drain, EBADF, BEFORE, ABSORBED) \
    FAULT(eventfd_drain, EFAULT, BEFORE, ABSORBED) \
    FAULT(eventfd_drain, EINTR, BEFORE, ABSORBED) \
    FAULT(eventfd_drain, EINVAL, BEFORE, ABSORBED) \
    FAULT(eventfd_drain, EIO, BEFORE, ABSORBED) \
    NOT_HERE(eventfd_drain, EISDIR, "of directories") \
    /* page close: "the Linux kernel always releases the file descriptor early". */ \
    FAULT(close, EBADF, AFTER, ABSORBED) \
    FAULT(close, EINTR, AFTER, ABSORBED) \
    FAULT(close, EIO, AFTER, ABSORBED) \
    FAULT(close, ENOSPC, AFTER, ABSORBED) \
    FAULT(close, EDQUOT, AFTER, ABSORBED) \
    /* page fcntl */ \
    FAULT(adopt, EBADF, BEFORE, TOLD) \
    FAULT(adopt, EINVAL, BEFORE, TOLD) \
    FAULT(adopt, EPERM, BEFORE, TOLD) \
    NOT_HERE(adopt, EACCES, SUCH_A_LOCK) \
    NOT_HERE(adopt, EAGAIN, SUCH_A_LOCK) \
    NOT_HERE(adopt, EBUSY, SUCH_A_LOCK) \
    NOT_HERE(adopt, EDEADLK, SUCH_A_LOCK) \
    NOT_HERE(adopt, EFAULT, SUCH_A_LOCK) \
    NOT_HERE(adopt, EINTR, SUCH_A_LOCK) \
    NOT_HERE(adopt, EMFILE, SUCH_A_LOCK) \
    NOT_HERE(adopt, ENOLCK, SUCH_A_LOCK) \
    NOT_HERE(adopt, ENOTDIR, SUCH_A_LOCK) \
    /* POSIX.1-2017, pthread_mutex_init */ \
    FAULT(mutex_init, EAGAIN, BEFORE, TOLD) \
    FAULT(mutex_init, ENOMEM, BEFORE, TOLD) \
    FAULT(mutex_init, EPERM, BEFORE, TOLD) \
    /* page socket */ \
    FAULT(socket_stream, EACCES, BEFORE, TOLD) \
    FAULT(socket_stream, EAFNOSUPPORT, BEFORE, TOLD) \
    FAULT(socket_stream, EINVAL, BEFORE, TOLD) \
    FAULT(socket_stream, EMFILE, BEFORE, TOLD) \
    FAULT(socket_stream, ENFILE, BEFORE, TOLD) \
    FAULT(socket_stream, ENOBUFS, BEFORE, TOLD) \
    FAULT(socket_stream, ENOMEM, BEFORE, TOLD) \
    FAULT(socket_stream, EPROTONOSUPPORT, BEFORE, TOLD) \
    /* page socket */ \
    FAULT(socket_datagram, EACCES, BEFORE, TOLD) \
    FAULT(socket_datagram, EAFNOSUPPORT, BEFORE, TOLD) \
    FAULT(socket_datagram, EINVAL, BEFORE, TOLD) \
    FAULT(socket_datagram, EMFILE, BEFORE, TOLD) \
    FAULT(socket_datagram, ENFILE, BEFORE, TOLD) \
    FAULT(socket_datagram, ENOBUFS, BEFORE, TOLD) \
    FAULT(socket_datagram, ENOMEM, BEFORE, TOLD) \
    FAULT(socket_datagram, EPROTONOSUPPORT, BEFORE, TOLD) \
    /* page bind */ \
    FAULT(bind, EACCES, BEFORE, TOLD) \
    FAULT(bind, EADDRINUSE, BEFORE, TOLD) \
    FAULT(bind, EADDRNOTAVAIL, BEFORE, TOLD) \
    FAULT(bind, EBADF, BEFORE, TOLD) \
    FAULT(bind, EFAULT, BEFORE, TOLD) \
    FAULT(bind, EINVAL, BEFORE, TOLD) \
    FAULT(bind, ENOMEM, BEFORE, TOLD) \
    FAULT(bind, ENOTSOCK, BEFORE, TOLD) \
    NOT_HERE(bind, ELOOP, SUCH_A_NAME) \
    NOT_HERE(bind, ENAMETOOLONG, SUCH_A_NAME) \
    NOT_HERE(bind, ENOENT, SUCH_A_NAME) \
    NOT_HERE(bind, ENOTDIR, SUCH_A_NAME) \
    NOT_HERE(bind, EROFS, SUCH_A_NAME) \
    /* page listen */ \
    FAULT(listen, EADDRINUSE, BEFORE, TOLD) \
    FAULT(listen, EBADF, BEFORE, TOLD) \
    FAULT(listen, ENOTSOCK, BEFORE, TOLD) \
    FAULT(listen, EOPNOTSUPP, BEFORE, TOLD) \
    /* page connect; POSIX.1-2017: after EINTR "the connection request shall not be aborted". */ \
    FAULT(connect, EACCES, BEFORE, TOLD) \
    FAULT(connect, EADDRINUSE, BEFORE, TOLD) \
    FAULT(connect, EADDRNOTAVAIL, BEFORE, TOLD) \
    FAULT(connect, EAFNOSUPPORT, BEFORE, TOLD) \
    FAULT(connect, EAGAIN, BEFORE, TOLD) \
    FAULT(connect, EALREADY, BEFORE, TOLD) \
    FAULT(connect, EBADF, BEFORE, TOLD) \
    FAULT(connect, ECONNREFUSED, BEFORE, TOLD) \
    FAULT(connect, EFAULT, BEFORE, TOLD) \
    FAULT(connect, EINPROGRESS, AFTER, TOLD) \
    FAULT(connect, EINTR, AFTER, TOLD) \
    FAULT(connect, 0, AFTER, ABSORBED) \
    FAULT(connect, EISCONN, BEFORE, TOLD) \
    FAULT(connect, ENETUNREACH, BEFORE, TOLD) \
    FAULT(connect, ENOTSOCK, BEFORE, TOLD) \
    FAULT(connect, EPERM, BEFORE, TOLD) \
    FAULT(connect, EPROTOTYPE, BEFORE, TOLD) \
    FAULT(connect, ETIMEDOUT, BEFORE, TOLD) \
    /* page accept4, with the network errors that it passes on */ \
    FAULT(accept, EAGAIN, BEFORE, TOLD) \
    FAULT(accept, EBADF, BEFORE, TOLD) \
    FAULT(accept, ECONNABORTED, BEFORE, TOLD) \
    FAULT(accept, EFAULT, BEFORE, TOLD) \
    FAULT(accept, EINTR, BEFORE, TOLD) \
    FAULT(accept, EINVAL, BEFORE, TOLD) \
    FAULT(accept, EMFILE, BEFORE, TOLD) \
    FAULT(accept, ENFILE, BEFORE, TOLD) \
    FAULT(accept, ENOBUFS, BEFORE, TOLD) \
    FAULT(accept, ENOMEM, BEFORE, TOLD) \
    FAULT(accept, ENOTSOCK, BEFORE, TOLD) \
    FAULT(accept, EOPNOTSUPP, BEFORE, TOLD) \
    FAULT(accept, EPERM, BEFORE, TOLD) \
    FAULT(accept, EPROTO, BEFORE, TOLD) \
    FAULT(accept, ENETDOWN, BEFORE, TOLD) \
    FAULT(accept, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(accept, EHOSTDOWN, BEFORE, TOLD) \
    FAULT(accept, ENONET, BEFORE, TOLD) \
    FAULT(accept, EHOSTUNREACH, BEFORE, TOLD) \
    FAULT(accept, ENETUNREACH, BEFORE, TOLD) \
    FAULT(accept, ENOSR, BEFORE, TOLD) \
    FAULT(accept, ESOCKTNOSUPPORT, BEFORE, TOLD) \
    FAULT(accept, EPROTONOSUPPORT, BEFORE, TOLD) \
    FAULT(accept, ETIMEDOUT, BEFORE, TOLD) \
    NOT_HERE(accept, ERESTARTSYS, "seen by a tracer only, says the page") \
    /* page getsockname */ \
    FAULT(local_address, EBADF, BEFORE, TOLD) \
    FAULT(local_address, EFAULT, BEFORE, TOLD) \
    FAULT(local_address, EINVAL, BEFORE, TOLD) \
    FAULT(local_address, ENOBUFS, BEFORE, TOLD) \
    FAULT(local_address, ENOTSOCK, BEFORE, TOLD) \
    /* page getpeername */ \
    FAULT(peer_address, EBADF, BEFORE, TOLD) \
    FAULT(peer_address, EFAULT, BEFORE, TOLD) \
    FAULT(peer_address, EINVAL, BEFORE, TOLD) \
    FAULT(peer_address, ENOBUFS, BEFORE, TOLD) \
    FAULT(peer_address, ENOTCONN, BEFORE, TOLD) \
    FAULT(peer_address, ENOTSOCK, BEFORE, TOLD) \
    /* page shutdown */ \
    FAULT(shutdown, EBADF, BEFORE, TOLD) \
    FAULT(shutdown, EINVAL, BEFORE, TOLD) \
    FAULT(shutdown, ENOTCONN, BEFORE, TOLD) \
    FAULT(shutdown, ENOTSOCK, BEFORE, TOLD) \
    FAULT_TABLE_OPTIONS(FAULT, NOT_HERE) \
    FAULT_TABLE_DATA(FAULT, NOT_HERE) \
    FAULT_TABLE_UNIX(FAULT, NOT_HERE)

#define FAULT_TABLE_OPTIONS(FAULT, NOT_HERE) \
    /* page getsockopt */ \
    FAULT(get_option, EBADF, BEFORE, TOLD) \
    FAULT(get_option, EFAULT, BEFORE, TOLD) \
    FAULT(get_option, EINVAL, BEFORE, TOLD) \
    FAULT(get_option, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(get_option, ENOTSOCK, BEFORE, TOLD) \
    /* page getsockopt, which is of both; ENOMEM and ENOBUFS are of POSIX.1-2017, setsockopt. */ \
    FAULT(set_option, EBADF, BEFORE, TOLD) \
    FAULT(set_option, EFAULT, BEFORE, TOLD) \
    FAULT(set_option, EINVAL, BEFORE, TOLD) \
    FAULT(set_option, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(set_option, ENOTSOCK, BEFORE, TOLD) \
    FAULT(set_option, ENOMEM, BEFORE, TOLD) \
    FAULT(set_option, ENOBUFS, BEFORE, TOLD) \
    /* page getsockopt */ \
    FAULT(get_linger, EBADF, BEFORE, TOLD) \
    FAULT(get_linger, EFAULT, BEFORE, TOLD) \
    FAULT(get_linger, EINVAL, BEFORE, TOLD) \
    FAULT(get_linger, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(get_linger, ENOTSOCK, BEFORE, TOLD) \
    /* page getsockopt */ \
    FAULT(set_linger, EBADF, BEFORE, TOLD) \
    FAULT(set_linger, EFAULT, BEFORE, TOLD) \
    FAULT(set_linger, EINVAL, BEFORE, TOLD) \
    FAULT(set_linger, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(set_linger, ENOTSOCK, BEFORE, TOLD) \
    /* page getsockopt; ENODEV is of netdevice(7), EPERM of capabilities(7), CAP_NET_RAW. */ \
    FAULT(set_device, EBADF, BEFORE, TOLD) \
    FAULT(set_device, EFAULT, BEFORE, TOLD) \
    FAULT(set_device, EINVAL, BEFORE, TOLD) \
    FAULT(set_device, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(set_device, ENOTSOCK, BEFORE, TOLD) \
    FAULT(set_device, ENODEV, BEFORE, TOLD) \
    FAULT(set_device, EPERM, BEFORE, TOLD) \
    /* page getsockopt; ENODEV is of netdevice(7). */ \
    FAULT(get_device, EBADF, BEFORE, TOLD) \
    FAULT(get_device, EFAULT, BEFORE, TOLD) \
    FAULT(get_device, EINVAL, BEFORE, TOLD) \
    FAULT(get_device, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(get_device, ENOTSOCK, BEFORE, TOLD) \
    FAULT(get_device, ENODEV, BEFORE, TOLD) \
    /* page getsockopt; ip(7) has the others. */ \
    FAULT(set_membership, EBADF, BEFORE, TOLD) \
    FAULT(set_membership, EFAULT, BEFORE, TOLD) \
    FAULT(set_membership, EINVAL, BEFORE, TOLD) \
    FAULT(set_membership, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(set_membership, ENOTSOCK, BEFORE, TOLD) \
    FAULT(set_membership, EADDRNOTAVAIL, BEFORE, TOLD) \
    FAULT(set_membership, ENODEV, BEFORE, TOLD) \
    FAULT(set_membership, EADDRINUSE, BEFORE, TOLD) \
    FAULT(set_membership, ENOBUFS, BEFORE, TOLD) \
    FAULT(set_membership, ENOMEM, BEFORE, TOLD) \
    /* page getsockopt; ip(7) has the others. */ \
    FAULT(set_multicast_interface, EBADF, BEFORE, TOLD) \
    FAULT(set_multicast_interface, EFAULT, BEFORE, TOLD) \
    FAULT(set_multicast_interface, EINVAL, BEFORE, TOLD) \
    FAULT(set_multicast_interface, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(set_multicast_interface, ENOTSOCK, BEFORE, TOLD) \
    FAULT(set_multicast_interface, EADDRNOTAVAIL, BEFORE, TOLD) \
    FAULT(set_multicast_interface, ENODEV, BEFORE, TOLD)

/* recv(2) and recvmsg(2) share a page, as do send(2) and sendmsg(2); that a
 * connection breaks is of tcp(7). */
#define FAULT_RECEIVING(call, FAULT, NOT_HERE) \
    FAULT(call, EAGAIN, BEFORE, TOLD) \
    FAULT(call, EBADF, BEFORE, TOLD) \
    FAULT(call, ECONNREFUSED, BEFORE, TOLD) \
    FAULT(call, ECONNRESET, BEFORE, TOLD) \
    FAULT(call, EFAULT, BEFORE, TOLD) \
    FAULT(call, EINTR, BEFORE, TOLD) \
    FAULT(call, EINVAL, BEFORE, TOLD) \
    FAULT(call, ENOMEM, BEFORE, TOLD) \
    FAULT(call, ENOTCONN, BEFORE, TOLD) \
    FAULT(call, ENOTSOCK, BEFORE, TOLD) \
    FAULT(call, ETIMEDOUT, BEFORE, TOLD)
#define FAULT_SENDING(call, FAULT, NOT_HERE) \
    FAULT(call, EAGAIN, BEFORE, TOLD) \
    FAULT(call, EBADF, BEFORE, TOLD) \
    FAULT(call, ECONNRESET, BEFORE, TOLD) \
    FAULT(call, EDESTADDRREQ, BEFORE, TOLD) \
    FAULT(call, EFAULT, BEFORE, TOLD) \
    FAULT(call, EINTR, BEFORE, TOLD) \
    FAULT(call, EINVAL, BEFORE, TOLD) \
    FAULT(call, EISCONN, BEFORE, TOLD) \
    FAULT(call, EMSGSIZE, BEFORE, TOLD) \
    FAULT(call, ENOBUFS, BEFORE, TOLD) \
    FAULT(call, ENOMEM, BEFORE, TOLD) \
    FAULT(call, ENOTCONN, BEFORE, TOLD) \
    FAULT(call, ENOTSOCK, BEFORE, TOLD) \
    FAULT(call, EOPNOTSUPP, BEFORE, TOLD) \
    FAULT(call, EPIPE, BEFORE, TOLD) \
    FAULT(call, ETIMEDOUT, BEFORE, TOLD) \
    FAULT(call, EACCES, BEFORE, TOLD) \
    NOT_HERE(call, EALREADY, "of MSG_FASTOPEN, which the seam does not ask for")

#define FAULT_TABLE_DATA(FAULT, NOT_HERE) \
    /* page recv */ \
    FAULT_RECEIVING(receive, FAULT, NOT_HERE) \
    FAULT(receive, 0, SHORT, ABSORBED) \
    /* page recv */ \
    FAULT_RECEIVING(peek, FAULT, NOT_HERE) \
    FAULT(peek, 0, SHORT, ABSORBED) \
    /* page recv */ \
    FAULT_RECEIVING(receive_buffers, FAULT, NOT_HERE) \
    FAULT(receive_buffers, 0, SHORT, ABSORBED) \
    /* page recv */ \
    FAULT_RECEIVING(receive_from, FAULT, NOT_HERE) \
    /* page recv */ \
    FAULT_RECEIVING(peek_from, FAULT, NOT_HERE) \
    /* page send */ \
    FAULT_SENDING(send, FAULT, NOT_HERE) \
    FAULT(send, 0, SHORT, ABSORBED) \
    /* page send */ \
    FAULT_SENDING(send_buffers, FAULT, NOT_HERE) \
    FAULT(send_buffers, 0, SHORT, ABSORBED) \
    /* page send */ \
    FAULT_SENDING(send_to, FAULT, NOT_HERE)

/* recvmmsg(2) and sendmmsg(2) fail as recvmsg(2) and sendmsg(2) do, say their pages. */
#define FAULT_TABLE_UNIX(FAULT, NOT_HERE) \
    /* page recv */ \
    FAULT_RECEIVING(receive_batch, FAULT, NOT_HERE) \
    FAULT(receive_batch, 0, SHORT, ABSORBED) \
    /* page send */ \
    FAULT_SENDING(send_batch, FAULT, NOT_HERE) \
    FAULT(send_batch, 0, SHORT, ABSORBED) \
    /* page send. What may be so of several datagrams and not of one alone, EINVAL, EMSGSIZE \
     * and EOPNOTSUPP here and the others of udp(7) and net/ipv4/udp.c, is absorbed. */ \
    FAULT(send_segments, EAGAIN, BEFORE, TOLD) \
    FAULT(send_segments, EBADF, BEFORE, TOLD) \
    FAULT(send_segments, ECONNRESET, BEFORE, TOLD) \
    FAULT(send_segments, EDESTADDRREQ, BEFORE, TOLD) \
    FAULT(send_segments, EFAULT, BEFORE, TOLD) \
    FAULT(send_segments, EINTR, BEFORE, TOLD) \
    FAULT(send_segments, EISCONN, BEFORE, TOLD) \
    FAULT(send_segments, ENOBUFS, BEFORE, TOLD) \
    FAULT(send_segments, ENOMEM, BEFORE, TOLD) \
    FAULT(send_segments, ENOTCONN, BEFORE, TOLD) \
    FAULT(send_segments, ENOTSOCK, BEFORE, TOLD) \
    FAULT(send_segments, EPIPE, BEFORE, TOLD) \
    FAULT(send_segments, ETIMEDOUT, BEFORE, TOLD) \
    FAULT(send_segments, EACCES, BEFORE, TOLD) \
    FAULT(send_segments, EINVAL, BEFORE, ABSORBED) \
    FAULT(send_segments, EMSGSIZE, BEFORE, ABSORBED) \
    FAULT(send_segments, EOPNOTSUPP, BEFORE, ABSORBED) \
    FAULT(send_segments, ENOPROTOOPT, BEFORE, ABSORBED) \
    FAULT(send_segments, EIO, BEFORE, ABSORBED) \
    NOT_HERE(send_segments, EALREADY, "of MSG_FASTOPEN, which the seam does not ask for") \
    /* page recv */ \
    FAULT_RECEIVING(receive_segments, FAULT, NOT_HERE) \
    /* page recv */ \
    FAULT_RECEIVING(receive_error, FAULT, NOT_HERE) \
    /* page recv */ \
    FAULT_RECEIVING(receive_descriptors, FAULT, NOT_HERE) \
    FAULT(receive_descriptors, 0, SHORT, ABSORBED) \
    /* page send; ETOOMANYREFS is of unix(7). */ \
    FAULT_SENDING(send_descriptors, FAULT, NOT_HERE) \
    FAULT(send_descriptors, ETOOMANYREFS, BEFORE, TOLD) \
    FAULT(send_descriptors, 0, SHORT, ABSORBED) \
    /* page socketpair */ \
    FAULT(socket_pair, EAFNOSUPPORT, BEFORE, TOLD) \
    FAULT(socket_pair, EFAULT, BEFORE, TOLD) \
    FAULT(socket_pair, EMFILE, BEFORE, TOLD) \
    FAULT(socket_pair, ENFILE, BEFORE, TOLD) \
    FAULT(socket_pair, EOPNOTSUPP, BEFORE, TOLD) \
    FAULT(socket_pair, EPROTONOSUPPORT, BEFORE, TOLD) \
    FAULT(socket_pair, ENOMEM, BEFORE, TOLD) \
    /* page getsockopt */ \
    FAULT(peer_credentials, EBADF, BEFORE, TOLD) \
    FAULT(peer_credentials, EFAULT, BEFORE, TOLD) \
    FAULT(peer_credentials, EINVAL, BEFORE, TOLD) \
    FAULT(peer_credentials, ENOPROTOOPT, BEFORE, TOLD) \
    FAULT(peer_credentials, ENOTSOCK, BEFORE, TOLD) \
    /* page pipe */ \
    FAULT(pipe, EFAULT, BEFORE, TOLD) \
    FAULT(pipe, EINVAL, BEFORE, TOLD) \
    FAULT(pipe, EMFILE, BEFORE, TOLD) \
    FAULT(pipe, ENFILE, BEFORE, TOLD) \
    NOT_HERE(pipe, ENOPKG, "of watch queues") \
    /* page fcntl */ \
    FAULT(set_nonblocking, EBADF, BEFORE, TOLD) \
    FAULT(set_nonblocking, EINVAL, BEFORE, TOLD) \
    FAULT(set_nonblocking, EPERM, BEFORE, TOLD) \
    NOT_HERE(set_nonblocking, EACCES, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EAGAIN, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EBUSY, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EDEADLK, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EFAULT, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EINTR, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, EMFILE, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, ENOLCK, SUCH_A_LOCK) \
    NOT_HERE(set_nonblocking, ENOTDIR, SUCH_A_LOCK) \
    /* page read */ \
    FAULT(pipe_read, EAGAIN, BEFORE, TOLD) \
    FAULT(pipe_read, EBADF, BEFORE, TOLD) \
    FAULT(pipe_read, EFAULT, BEFORE, TOLD) \
    FAULT(pipe_read, EINTR, BEFORE, TOLD) \
    FAULT(pipe_read, EINVAL, BEFORE, TOLD) \
    FAULT(pipe_read, EIO, BEFORE, TOLD) \
    FAULT(pipe_read, 0, SHORT, ABSORBED) \
    NOT_HERE(pipe_read, EISDIR, "of directories") \
    /* page write */ \
    FAULT(pipe_write, EAGAIN, BEFORE, TOLD) \
    FAULT(pipe_write, EBADF, BEFORE, TOLD) \
    FAULT(pipe_write, EFAULT, BEFORE, TOLD) \
    FAULT(pipe_write, EINTR, BEFORE, TOLD) \
    FAULT(pipe_write, EINVAL, BEFORE, TOLD) \
    FAULT(pipe_write, EIO, BEFORE, TOLD) \
    FAULT(pipe_write, EPERM, BEFORE, TOLD) \
    FAULT(pipe_write, EPIPE, BEFORE, TOLD) \
    NOT_HERE(pipe_write, EDESTADDRREQ, "of datagram sockets") \
    NOT_HERE(pipe_write, EDQUOT, SUCH_A_FILE) \
    NOT_HERE(pipe_write, EFBIG, SUCH_A_FILE) \
    NOT_HERE(pipe_write, ENOSPC, SUCH_A_FILE)

/* clang-format on */

#endif
