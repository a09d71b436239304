/* SPDX-License-Identifier: MIT */

/* The seam to several datagrams at once, over the model kernel: one of them. */
#include "os/batch.h"

vigil_status vigil_os_receive_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                    size_t *received)
{
    (void)number;
    vigil_os_message *m = &messages[0];
    vigil_status status = vigil_os_receive_from(fd, m->data, m->length, &m->address, &m->count);
    m->truncated = status == VIGIL_EMSGSIZE;
    bool moved = status == VIGIL_OK || m->truncated;
    *received = moved ? 1 : 0;
    return moved ? VIGIL_OK : status;
}

vigil_status vigil_os_send_batch(vigil_fd fd, vigil_os_message *messages, size_t number,
                                 size_t *sent)
{
    (void)number;
    vigil_os_message *m = &messages[0];
    vigil_status status = m->address.length > 0
        ? vigil_os_send_to(fd, m->data, m->length, &m->address, &m->count)
        : vigil_os_send(fd, m->data, m->length, &m->count);
    *sent = status == VIGIL_OK ? 1 : 0;
    return status;
}
