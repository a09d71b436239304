/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_EVA_ANY_H
#define VIGIL_SPEC_EVA_ANY_H

#include "core/address.h"
#include "net/unix_address.h"
#include "poll/source.h"

#include <__fc_builtin.h>

/*
 * What the parts of the program share: choices, and memory of the caller. Every
 * Frama_C_interval is any number of that range, and every read of `any` is any
 * number at all.
 */
#define BYTES 64
#define TEXT 112 /* more than a Unix address has room for */

extern volatile int any;
extern vigil_address address;
extern vigil_unix_address unix_address;
extern char text[TEXT + 1];
extern unsigned char bytes[BYTES];

/* One of the sources that a part holds. */
vigil_source *any_tcp_source(void);
vigil_source *any_udp_source(void);
vigil_source *any_unix_source(void);
vigil_source *any_pipe_source(void);

/* One of the calls that a part makes. */
void use_tcp(void);
void use_udp(void);
void use_unix(void);
void use_pipe(void);

/* Any number that a descriptor may be. */
vigil_fd any_fd(void);
uint32_t any_word(void);
int any_int(void);
/* A number of 0 to `most`. */
size_t any_count(size_t most);

#endif
