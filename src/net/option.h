/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_OPTION_H
#define VIGIL_NET_OPTION_H

#include "base/limits.h"
#include "base/status.h"
#include "os/socket.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Options of sockets, as the places ask for them. Statuses are those of
 * setsockopt(2) and getsockopt(2).
 */

/* A byte of the packet (RFC 791, RFC 8200). */
#define VIGIL_HOPS_MAX 255

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_option_set_switch(vigil_fd fd, vigil_os_option option, bool enabled);

/*@
  requires enabled: \valid(enabled);
  terminates \true; exits \false;
  assigns *enabled;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> !*enabled;
*/
vigil_status vigil_option_switch(vigil_fd fd, vigil_os_option option, bool *enabled);

/*@
  requires ipv6: \valid(ipv6);
  terminates \true; exits \false;
  assigns *ipv6;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_option_is_ipv6(vigil_fd fd, bool *ipv6);

/* Of the socket's family: an IPv4 socket takes the option of IPv4. An IPv6 socket that
 * speaks to ::ffff:a.b.c.d sends over IPv4, with the options of IPv4: it takes both, or
 * neither. */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
*/
vigil_status vigil_option_set_of_family(vigil_fd fd, vigil_os_option option_ipv6,
                                        vigil_os_option option_ipv4, int value);

/*@
  requires value: \valid(value);
  terminates \true; exits \false;
  assigns *value;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures failed: \result != VIGIL_OK ==> *value == 0;
*/
vigil_status vigil_option_of_family(vigil_fd fd, vigil_os_option option_ipv6,
                                    vigil_os_option option_ipv4, int *value);

/* VIGIL_OS_SEND_BUFFER or VIGIL_OS_RECEIVE_BUFFER: VIGIL_EINVAL for less than 1, of
 * which Linux takes a negative number for a large one (socket(7)). */
/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> 1 <= bytes;
*/
vigil_status vigil_option_set_buffer(vigil_fd fd, vigil_os_option option, int bytes);

/* The interface that a socket is tied to, by its name. VIGIL_EINVAL for what cannot
 * be a name: the system would take its beginning for one. */
/*@
  requires name: \valid_read(name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures range: \result == VIGIL_OK ==> length < VIGIL_DEVICE_NAME_MAX;
  ensures zeros: \result == VIGIL_OK ==> \forall integer i; 0 <= i < length ==> name[i] != 0;
*/
vigil_status vigil_option_set_device(vigil_fd fd, const char *name, size_t length);

/*@
  requires length: \valid(length);
  requires name: \valid(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1)) &&
    \separated(name + (0 .. VIGIL_DEVICE_NAME_MAX - 1), length);
  terminates \true; exits \false;
  assigns name[0 .. VIGIL_DEVICE_NAME_MAX - 1], *length;
  ensures status: status_valid(\result);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures room: *length < VIGIL_DEVICE_NAME_MAX;
  ensures end: name[*length] == 0;
  ensures failed: \result != VIGIL_OK ==> *length == 0;
*/
vigil_status vigil_option_device(vigil_fd fd, char *name, size_t *length);

#endif
