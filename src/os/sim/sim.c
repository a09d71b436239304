/* SPDX-License-Identifier: MIT */
#include "os/sim/sim.h"

#include "os/clock.h"
#include "os/sim/chance.h"
#include "os/sim/watched.h"
#include "os/status.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define CALL_NS 100

static struct {
    vigil_sim_options options;
    vigil_model *kernel;
    uint64_t random;
    vigil_sim_result result;
} sim;

void vigil_sim_begin(const vigil_sim_options *options)
{
    const vigil_model_options kernel = {
        .first_descriptor = 3,
        .descriptors_max = options->descriptors_max,
        .tcp_buffer = options->tcp_buffer,
    };
    sim.options = *options;
    sim.random = options->seed;
    sim.result = (vigil_sim_result){0};
    sim.kernel = vigil_model_open(&kernel);
    if (sim.kernel == NULL) {
        (void)fprintf(stderr, "simulation: no memory\n");
        exit(EXIT_FAILURE);
    }
}

vigil_sim_result vigil_sim_end(void)
{
    sim.result.descriptors = vigil_model_count(sim.kernel);
    sim.result.now_ns = vigil_model_now(sim.kernel);
    vigil_model_free(sim.kernel);
    sim_forget_watched();
    sim.kernel = NULL;
    return sim.result;
}

vigil_model *vigil_sim_kernel(void)
{
    if (sim.kernel == NULL) {
        (void)fprintf(stderr, "simulation: a call outside of vigil_sim_begin and vigil_sim_end\n");
        abort();
    }
    sim.result.calls++;
    sim_advance(CALL_NS);
    return sim.kernel;
}

uint64_t vigil_sim_seed(void)
{
    return sim.options.seed;
}

/* Steele, Lea and Flood, "Fast splittable pseudorandom number generators". */
uint32_t vigil_sim_random(uint32_t bound)
{
    sim.random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t mixed = (sim.random ^ (sim.random >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (uint32_t)((mixed ^ (mixed >> 31)) % bound);
}

const vigil_sim_options *sim_current(void)
{
    return &sim.options;
}

bool sim_happens(unsigned percent)
{
    bool happens = percent > 0 && vigil_sim_random(100) < percent;
    sim.result.faults += happens;
    return happens;
}

size_t sim_shortened(size_t size)
{
    if (size < 2 || !sim_happens(sim.options.short_counts)) {
        return size;
    }
    uint32_t most = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
    return 1 + vigil_sim_random(most - 1);
}

vigil_status sim_status(int64_t result)
{
    return result < 0 ? vigil_os_status((int)-result) : VIGIL_OK;
}

void sim_advance(uint64_t ns)
{
    vigil_model_advance(sim.kernel, ns);
}

uint64_t sim_now_ns(void)
{
    return vigil_model_now(sim.kernel);
}

uint64_t sim_next_timer_ns(void)
{
    return vigil_model_next_timer(sim.kernel);
}

uint64_t vigil_os_now_ns(void)
{
    return vigil_model_now(vigil_sim_kernel());
}
