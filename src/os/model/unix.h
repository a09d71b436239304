/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MODEL_UNIX_H
#define VIGIL_OS_MODEL_UNIX_H

#include "os/model/state.h"

/* What the parts of Unix sockets know of each other. */

#define MODEL_UNIX_SEND_BUFFER 212992 /* net.core.wmem_default */

/* unix.c */
model_unix *model_unix_of(const vigil_model *model, int fd, int *error);
model_file *model_unix_new(const vigil_model *model, bool is_stream);
model_unix *model_unix_new_end(const vigil_model *model, bool is_stream);
bool model_unix_is_writable(const model_unix *end);
int model_unix_take(model_unix *end);
void model_unix_wake(model_unix *end, uint32_t key);
void model_unix_release(model_unix *end);
void model_unix_consume(model_unix *end, model_piece *piece);
void model_unix_drop_received(model_unix *end);
int model_unix_send_piece(model_unix *end, model_unix *to, const uint8_t *data, size_t size);
int64_t model_unix_refuse(model_unix *end, int64_t status);

/* unix_stream.c */
int64_t model_unix_read_stream(model_unix *end, uint8_t *out, size_t size, int flags,
                               vigil_model_name *from);
int64_t model_unix_write_stream(model_unix *end, const uint8_t *in, size_t size);

/* unix_datagram.c */
int64_t model_unix_receive_datagram(model_unix *end, uint8_t *out, size_t size, int flags,
                                    vigil_model_name *from);
int64_t model_unix_send_datagram(model_unix *end, const uint8_t *in, size_t size,
                                 const vigil_model_name *to);
/* To nobody, if `other` is null. */
int model_unix_connect_datagram(model_unix *end, model_unix *other);
bool model_unix_waits(model_unix *end);
void model_unix_stop_waiting(model_unix *end);
void model_unix_wake_waiters(model_unix *end, uint32_t key);

/* unix_names.c: whether it can be one; who a name leads to, or null and why. */
bool model_unix_is_name(const vigil_model_name *name);
model_unix *model_unix_find(const vigil_model *model, const vigil_model_name *name, bool is_stream,
                            int *error);
void model_unix_unname(model_unix *end);

#endif
