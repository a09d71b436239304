/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_SIM_NAMES_H
#define VIGIL_OS_SIM_NAMES_H

#include "os/sim/sim.h"
#include "os/socket.h"

/* Addresses as the seam has them, and as the model kernel does. */

/* The family that an address has (ip(7), ipv6(7), unix(7)). */
int sim_family_of(const vigil_sockaddr *address);

vigil_model_name sim_name_of(const vigil_sockaddr *address);

/* `address` of what the model gave, for a socket of `family`. */
void sim_put_name(vigil_sockaddr *address, int family, const vigil_model_name *name);

/* The family of a socket, or a negative error. */
int sim_socket_family(vigil_fd fd);

/* The names of the two ends; 0, or a negative error and no name. */
int sim_local_name(vigil_fd fd, vigil_sockaddr *address);
int sim_peer_name(vigil_fd fd, vigil_sockaddr *address);

#endif
