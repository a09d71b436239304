/* SPDX-License-Identifier: MIT */
#include "input.h"
#include "os/sim/sim.h"
#include "world.h"

#include <sys/epoll.h>
#include <sys/socket.h>

void world_begin(unsigned hostility)
{
    const vigil_sim_options options = {
        .seed = hostility,
        .interrupts = hostility,
        .exhaustion = hostility,
        .disorder = hostility,
        .descriptors_max = 128,
        .tcp_buffer = 6000, /* two writes of tcp_fuzz are too much */
    };
    vigil_sim_begin(&options);
}

void world_end(void)
{
    fuzz_check(vigil_sim_end().descriptors == 0);
}

void world_open_pair(int fd[2])
{
    fuzz_check(vigil_model_socketpair(vigil_sim_kernel(), SOCK_STREAM, fd) == 0);
}

int world_dup(int fd)
{
    int copy = vigil_model_dup(vigil_sim_kernel(), fd);
    fuzz_check(copy >= 0);
    return copy;
}

void world_close(int fd)
{
    fuzz_check(vigil_model_close(vigil_sim_kernel(), fd) == 0);
}

bool world_put(int fd)
{
    return vigil_model_write(vigil_sim_kernel(), fd, "x", 1) == 1;
}

void world_drain(int fd)
{
    char data[256];
    while (vigil_model_read(vigil_sim_kernel(), fd, data, sizeof data) > 0) {
    }
}

void world_shut(int fd)
{
    (void)vigil_model_shutdown(vigil_sim_kernel(), fd, SHUT_WR);
}

uint32_t world_level(int fd)
{
    return (uint32_t)vigil_model_poll(vigil_sim_kernel(), fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
}
