/* SPDX-License-Identifier: MIT */
#include "fault/scenarios.h"

#define STEPS_MAX 256
#define PARTS_MAX 2

/* What a scenario does between opening the poll and closing it. */
typedef struct composition {
    const char *name;
    const steps *parts[PARTS_MAX];
} composition;

/* IPv6 is for all that comes behind it, so it is last. */
static const composition compositions[] = {
    {"source", {&source_steps}},
    {"waker", {&waker_steps}},
    {"timeout", {&timeout_steps}},
    {"tcp", {&tcp_steps}},
    {"options", {&option_steps}},
    {"unix", {&unix_steps}},
    {"letters", {&letter_steps}},
    {"pipe", {&pipe_steps}},
    {"udp", {&udp_steps}},
    {"udp-options", {&udp_option_steps}},
    {"adoption", {&adoption_steps, &places_steps}},
    {"socket", {&socket_steps}},
    {"ipv6", {&ipv6_steps, &udp_option_steps}},
};
#define COUNT (sizeof compositions / sizeof compositions[0])

static step rooms[COUNT + 2][STEPS_MAX];
static scenario composed[COUNT + 2];
static scenario *const pair = &composed[COUNT];
static scenario *const all = &composed[COUNT + 1];

static void append(scenario *s, const step *added)
{
    step *room = rooms[s - composed];
    if (s->count == STEPS_MAX) {
        fault_fail("more than %d steps", STEPS_MAX);
    }
    room[s->count++] = *added;
}

static void append_parts(scenario *s, const composition *c)
{
    for (size_t p = 0; p < PARTS_MAX && c->parts[p] != NULL; p++) {
        for (size_t i = 0; i < c->parts[p]->count; i++) {
            append(s, &c->parts[p]->first[i]);
        }
    }
}

static void begin(scenario *s, const char *name)
{
    *s = (scenario){.name = name, .steps = rooms[s - composed]};
    append(s, &poll_steps.first[0]);
}

static void end(scenario *s)
{
    append(s, &poll_steps.first[1]);
}

void scenarios_compose(void)
{
    begin(all, "all");
    for (size_t i = 0; i < COUNT; i++) {
        begin(&composed[i], compositions[i].name);
        append_parts(&composed[i], &compositions[i]);
        end(&composed[i]);
        append_parts(all, &compositions[i]);
    }
    end(all);
}

unsigned scenario_count(void)
{
    return COUNT;
}

const scenario *scenario_at(unsigned number)
{
    return &composed[number];
}

const scenario *joined(unsigned one, unsigned other)
{
    begin(pair, "two");
    append_parts(pair, &compositions[one]);
    append_parts(pair, &compositions[other]);
    end(pair);
    return pair;
}

const scenario *all_joined(void)
{
    return all;
}
