/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_UDP_RIG_H
#define VIGIL_TESTS_SUPPORT_UDP_RIG_H

#include "support/tcp_rig.h"

/* A poll, and two UDP sockets on the loopback interface, on ports that the kernel
 * picks; closing the rig closes what is open of it. */
typedef struct udp_rig {
    fixture f;
    vigil_udp_socket one;
    vigil_udp_socket two;
    vigil_address at_one;
    vigil_address at_two;
} udp_rig;

void open_udp_rig(udp_rig *rig, vigil_family family);
void close_udp_rig(udp_rig *rig);

/* The same with each connected to the other. */
void open_connected_udp_rig(udp_rig *rig, vigil_family family);

/* Binds to a loopback address and a free port; where. */
vigil_address open_udp(vigil_udp_socket *socket, vigil_family family);

/* Sends text as one datagram, to the peer or to `to`. */
void send_text(vigil_udp_socket *socket, const char *text);
void send_text_to(vigil_udp_socket *socket, const char *text, vigil_address to);

/* Waits for a datagram, which must be that text, and from there. */
void receive_text(vigil_udp_socket *socket, const char *text);
void receive_text_from(vigil_udp_socket *socket, const char *text, vigil_address from);

/* That nothing is there, for each call that would take it. */
void expect_no_datagram(vigil_udp_socket *socket);

#endif
