/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_BASE_STATUS_TABLE_H
#define VIGIL_BASE_STATUS_TABLE_H

/*
 * The one table of statuses: name, value, errno, Windows code, text.
 *
 * ROW is a row that the operating system can report: its errno (errno(3)) and
 * its Windows code stand for the same fact. OWN is a row that only Vigil
 * reports. Values are part of the ABI and the same on every system.
 */
#define VIGIL_STATUS_TABLE(ROW, OWN)                                                               \
    ROW(EWOULDBLOCK, -1, EAGAIN, WSAEWOULDBLOCK, "operation would block")                          \
    ROW(EINTR, -2, EINTR, WSAEINTR, "interrupted by a signal")                                     \
    ROW(EINVAL, -3, EINVAL, WSAEINVAL, "invalid argument")                                         \
    ROW(EEXIST, -4, EEXIST, ERROR_ALREADY_EXISTS, "already registered")                            \
    ROW(ENOENT, -5, ENOENT, ERROR_NOT_FOUND, "not there, or not registered")                       \
    OWN(EFOREIGN, -6, "registered with another poll")                                              \
    ROW(EBUSY, -7, EBUSY, ERROR_BUSY, "in use")                                                    \
    ROW(ENOSPC, -8, ENOSPC, ERROR_DISK_FULL, "no slot or space left")                              \
    ROW(EBADF, -9, EBADF, WSAENOTSOCK, "bad or closed descriptor")                                 \
    ROW(EPERM, -10, EPERM, ERROR_INVALID_FUNCTION, "operation not permitted")                      \
    ROW(EACCES, -11, EACCES, WSAEACCES, "permission denied")                                       \
    ROW(EMFILE, -12, EMFILE, WSAEMFILE, "too many open descriptors in the process")                \
    ROW(ENFILE, -13, ENFILE, ERROR_TOO_MANY_OPEN_FILES, "too many open descriptors in the system") \
    ROW(ENOMEM, -14, ENOMEM, ERROR_NOT_ENOUGH_MEMORY, "out of memory")                             \
    ROW(ENOBUFS, -15, ENOBUFS, WSAENOBUFS, "no buffer space")                                      \
    ROW(EINPROGRESS, -16, EINPROGRESS, WSAEINPROGRESS, "connection in progress")                   \
    ROW(EALREADY, -17, EALREADY, WSAEALREADY, "already in progress")                               \
    ROW(EISCONN, -18, EISCONN, WSAEISCONN, "already connected")                                    \
    ROW(ENOTCONN, -19, ENOTCONN, WSAENOTCONN, "not connected")                                     \
    ROW(ECONNREFUSED, -20, ECONNREFUSED, WSAECONNREFUSED, "connection refused")                    \
    ROW(ECONNRESET, -21, ECONNRESET, WSAECONNRESET, "connection reset by peer")                    \
    ROW(ECONNABORTED, -22, ECONNABORTED, WSAECONNABORTED, "connection aborted")                    \
    ROW(EPIPE, -23, EPIPE, WSAESHUTDOWN, "peer or direction closed")                               \
    ROW(ETIMEDOUT, -24, ETIMEDOUT, WSAETIMEDOUT, "timed out")                                      \
    ROW(EADDRINUSE, -25, EADDRINUSE, WSAEADDRINUSE, "address in use")                              \
    ROW(EADDRNOTAVAIL, -26, EADDRNOTAVAIL, WSAEADDRNOTAVAIL, "address not available")              \
    ROW(EAFNOSUPPORT, -27, EAFNOSUPPORT, WSAEAFNOSUPPORT, "address family not supported")          \
    ROW(EPROTONOSUPPORT, -28, EPROTONOSUPPORT, WSAEPROTONOSUPPORT, "protocol not supported")       \
    ROW(EPROTOTYPE, -29, EPROTOTYPE, WSAEPROTOTYPE, "wrong type of socket")                        \
    ROW(ENETDOWN, -30, ENETDOWN, WSAENETDOWN, "network is down")                                   \
    ROW(ENETUNREACH, -31, ENETUNREACH, WSAENETUNREACH, "network unreachable")                      \
    ROW(EHOSTDOWN, -32, EHOSTDOWN, WSAEHOSTDOWN, "host is down")                                   \
    ROW(EHOSTUNREACH, -33, EHOSTUNREACH, WSAEHOSTUNREACH, "host unreachable")                      \
    ROW(EDESTADDRREQ, -34, EDESTADDRREQ, WSAEDESTADDRREQ, "destination address required")          \
    ROW(EMSGSIZE, -35, EMSGSIZE, WSAEMSGSIZE, "message too long")                                  \
    ROW(ENOTSOCK, -36, ENOTSOCK, ERROR_INVALID_HANDLE, "not a socket")                             \
    ROW(EOPNOTSUPP, -37, EOPNOTSUPP, WSAEOPNOTSUPP, "operation not supported")                     \
    ROW(ENOPROTOOPT, -38, ENOPROTOOPT, WSAENOPROTOOPT, "option not supported")                     \
    ROW(EPROTO, -39, EPROTO, ERROR_BAD_NET_RESP, "protocol error")                                 \
    ROW(ELOOP, -40, ELOOP, WSAELOOP, "too many levels of nesting")                                 \
    ROW(EFAULT, -41, EFAULT, WSAEFAULT, "bad memory address")                                      \
    ROW(EIO, -42, EIO, ERROR_IO_DEVICE, "input or output error")                                   \
    ROW(ENOSYS, -43, ENOSYS, ERROR_NOT_SUPPORTED, "not offered by this system")                    \
    ROW(ENODEV, -44, ENODEV, ERROR_BAD_UNIT, "no such device")                                     \
    OWN(EUNKNOWN, -45, "error of the operating system that Vigil has no name for")

#endif
