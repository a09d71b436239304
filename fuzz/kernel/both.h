/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_FUZZ_KERNEL_BOTH_H
#define VIGIL_FUZZ_KERNEL_BOTH_H

#include "os/model/model.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOTH_DESCRIPTORS 40
#define BOTH_PORTS 65536

/*
 * Linux and the model side by side. Each operation is done on both and aborts
 * if they differ. A descriptor is chosen by any byte: of those that are open, or
 * now and then one that is not. What cannot be compared is left out: sizes that
 * TCP may hold back, and a second listener's full backlog.
 */
typedef struct both {
    vigil_model *model;
    unsigned step;
    struct {
        bool open;
        bool is_tcp;
    } known[BOTH_DESCRIPTORS];
    uint16_t port_of[BOTH_DESCRIPTORS]; /* on Linux, of what listens or did */
    uint16_t model_port_of[BOTH_DESCRIPTORS];
    unsigned written[BOTH_DESCRIPTORS]; /* times, of what is TCP */
    uint8_t next_byte;
} both;

/* Once: keeps the descriptors below the first one that is compared. */
void both_prepare(void);

void both_open(both *b);
void both_close_all(both *b);

void both_pipe(both *b);
void both_eventfd(both *b, unsigned initial, bool is_semaphore);
void both_pair(both *b, int type);
void both_epoll(both *b);
void both_socket(both *b);
void both_listener(both *b);
void both_file(both *b, uint8_t epoll);
void both_close(both *b, uint8_t which);
void both_dup(both *b, uint8_t which);
void both_read(both *b, uint8_t which, size_t size);
void both_write(both *b, uint8_t which, size_t size);
void both_shutdown(both *b, uint8_t which, int how);
void both_control(both *b, uint8_t epoll, int operation, uint8_t which, uint32_t events);
void both_wait(both *b, uint8_t epoll, int capacity);
void both_poll(both *b, uint8_t which, uint32_t events);
void both_connection(both *b, uint8_t what, uint8_t one, uint8_t two);

#endif
