/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_NET_OPTION_H
#define VIGIL_NET_OPTION_H

#include "base/status.h"
#include "os/socket.h"

#include <stdbool.h>

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

#endif
