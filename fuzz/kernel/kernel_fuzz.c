/* SPDX-License-Identifier: MIT */

/*
 * The model kernel against the real one: every operation runs on both, and
 * everything that comes back is compared. The input is a program, four bytes
 * to an operation. What differs ends the process, with the program on standard
 * error; VIGIL_FUZZ_TRACE in the environment prints every operation.
 */
#include "kernel/both.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define OPERATIONS_MAX 120

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    const uint8_t *data;
    size_t left;
} input;

static uint8_t next(input *in)
{
    if (in->left == 0) {
        return 0;
    }
    in->left--;
    return *in->data++;
}

static const uint32_t interests[] = {
    EPOLLIN,    EPOLLOUT, EPOLLIN | EPOLLOUT, EPOLLIN | EPOLLOUT | EPOLLRDHUP,
    EPOLLRDHUP, 0,        EPOLLPRI | EPOLLIN, EPOLLIN | EPOLLRDHUP,
};
static const size_t sizes[] = {1, 8, 100, 1000, 3000, 4096, 5000, 70000};

static uint32_t mask_of(uint8_t chosen)
{
    uint32_t mask = interests[chosen & 7];
    mask |= (chosen & 8) != 0 ? (uint32_t)EPOLLET : 0;
    mask |= (chosen & 16) != 0 ? (uint32_t)EPOLLONESHOT : 0;
    return mask | ((chosen & 0xE0) == 0xE0 ? (uint32_t)EPOLLEXCLUSIVE : 0);
}

static void make(both *b, uint8_t what)
{
    switch (what % 8) {
    case 0:
        both_pipe(b);
        break;
    case 1:
        both_eventfd(b, what / 8 % 4, what >= 128);
        break;
    case 2:
        both_pair(b, SOCK_STREAM);
        break;
    case 3:
        both_pair(b, SOCK_DGRAM);
        break;
    case 4:
        both_epoll(b);
        break;
    case 5:
        both_socket(b);
        break;
    case 6:
        both_listener(b);
        break;
    default:
        both_file(b, what / 8);
        break;
    }
}

/* What concerns the descriptors themselves, and their bytes. */
static void use(both *b, uint8_t what, uint8_t one, uint8_t two)
{
    switch (what) {
    case 0:
        make(b, one);
        break;
    case 1:
        both_close(b, one);
        break;
    case 2:
        both_dup(b, one);
        break;
    case 3:
    case 4:
        both_read(b, one, sizes[two % 8]);
        break;
    case 5:
    case 6:
        both_write(b, one, sizes[two % 8]);
        break;
    default:
        both_shutdown(b, one, two % 3);
        break;
    }
}

/* What concerns their readiness. */
static void watch(both *b, uint8_t what, uint8_t one, uint8_t two, uint8_t three)
{
    switch (what) {
    case 8:
    case 9:
        both_control(b, one, EPOLL_CTL_ADD, two, mask_of(three));
        break;
    case 10:
        both_control(b, one, EPOLL_CTL_MOD, two, mask_of(three));
        break;
    case 11:
        both_control(b, one, EPOLL_CTL_DEL, two, mask_of(three));
        break;
    case 12:
    case 13:
        both_wait(b, one, 1 + two % 8);
        break;
    default:
        both_poll(b, one, interests[two & 7]);
        break;
    }
}

static void perform(both *b, input *in)
{
    uint8_t what = next(in) % 16;
    uint8_t one = next(in);
    uint8_t two = next(in);
    uint8_t three = next(in);
    if (what < 8) {
        use(b, what, one, two);
    } else if (what < 15) {
        watch(b, what, one, two, three);
    } else {
        both_connection(b, one, two, three);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    both_prepare();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    both b;
    both_open(&b);
    for (int i = 0; i < OPERATIONS_MAX && in.left > 0; i++) {
        perform(&b, &in);
    }
    both_close_all(&b);
    return 0;
}
