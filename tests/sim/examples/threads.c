/* SPDX-License-Identifier: MIT */
#include "threads.h"

#include "os/sim/chance.h"
#include "play.h"

#include <stdlib.h>
#include <ucontext.h>

#define THREADS_MAX 4
#define STACK_BYTES (256 * 1024)
#define STEP_NS 1000
#define FOREVER_NS UINT64_MAX
/* Far more than a program needs to answer one act of the world: it runs in circles. */
#define TURNS_MAX 1000000

typedef struct thread {
    ucontext_t context;
    void *stack;
    void *(*run)(void *);
    void *argument;
    void *result;
    bool has_ended;
    uint64_t seen; /* the change up to which it has looked in vain, 0 if it does not wait */
    uint64_t end_ns;
    const char *awaited;
} thread;

static struct {
    thread all[THREADS_MAX];
    unsigned count; /* 0 while nothing is played */
    unsigned current;
    uint64_t change; /* the number of the last one, of whatever a thread may wait for */
    unsigned points_max;
    unsigned points_left; /* before another has its turn */
    bool is_world;        /* it acts, and passes no points */
    unsigned turns;       /* since the world has acted */
} play;

void threads_begin(unsigned points_max)
{
    play.count = 1;
    play.current = 0;
    play.change = 1;
    play.points_max = points_max;
    play.all[0] = (thread){.end_ns = FOREVER_NS};
}

void threads_end(void)
{
    for (unsigned i = 1; i < play.count; i++) {
        if (!play.all[i].has_ended) {
            fail("the program ended before its thread %u", i);
        }
        free(play.all[i].stack);
    }
    play.count = 0;
}

static bool may_go(const thread *t)
{
    return !t->has_ended && (t->seen != play.change || sim_now_ns() >= t->end_ns);
}

bool threads_are_asleep(void)
{
    for (unsigned i = 0; i < play.count; i++) {
        if (may_go(&play.all[i])) {
            return false;
        }
    }
    return true;
}

_Noreturn static void get_stuck(void)
{
    const vigil_sim_options *options = sim_current();
    const char *awaited = play.all[play.count - 1].awaited;
    if (options->stuck != NULL) {
        options->stuck(options->world);
    }
    fail("deadlock: the first thread waits for %s, the last one for %s", play.all[0].awaited,
         awaited);
}

/* Nobody acts any more, and only time is left to pass. */
static void let_time_pass(void)
{
    uint64_t then_ns = sim_next_timer_ns();
    for (unsigned i = 0; i < play.count; i++) {
        const thread *t = &play.all[i];
        then_ns = !t->has_ended && t->end_ns < then_ns ? t->end_ns : then_ns;
    }
    if (then_ns == FOREVER_NS) {
        get_stuck();
    }
    sim_advance(then_ns > sim_now_ns() ? then_ns - sim_now_ns() : 0);
    play.change++;
}

/* Whether the world did something. */
static bool let_world_act(void)
{
    const vigil_sim_options *options = sim_current();
    play.is_world = true;
    bool acted = options->step(options->world, vigil_sim_kernel());
    play.is_world = false;
    play.change += acted;
    play.turns = acted ? 0 : play.turns;
    sim_advance(acted ? STEP_NS : 0);
    return acted;
}

/* Another thread goes on, or this one if it is drawn; returns when its turn comes again. */
static void pass_turn(void)
{
    unsigned from = play.current;
    unsigned to = vigil_sim_random(play.count);
    while (!may_go(&play.all[to])) {
        to = (to + 1) % play.count;
    }
    if (++play.turns > TURNS_MAX) {
        fail("the threads have taken %d turns, and run on", TURNS_MAX);
    }
    play.current = to;
    if (to != from && swapcontext(&play.all[from].context, &play.all[to].context) != 0) {
        fail("a thread cannot go on");
    }
}

void threads_wait(const char *what, uint64_t end_ns)
{
    thread *me = &play.all[play.current];
    if (play.is_world) {
        fail("a signal handler waits for %s", what);
    }
    me->seen = play.change;
    me->end_ns = end_ns;
    me->awaited = what;
    while (threads_are_asleep()) {
        if (!let_world_act()) {
            let_time_pass();
        }
    }
    pass_turn();
    me->seen = 0;
    me->end_ns = FOREVER_NS;
}

/* Whatever the thread has done since the last one may be what another waits for. */
void threads_point(void)
{
    if (play.count == 0 || play.is_world) {
        return;
    }
    play.change++;
    if (play.points_left > 0) {
        play.points_left--;
        return;
    }
    play.points_left = vigil_sim_random(play.points_max);
    if (vigil_sim_random(2) == 0) {
        (void)let_world_act();
    } else {
        pass_turn();
    }
}

/* --- What the program calls -------------------------------------------------------- */

static void start(void)
{
    thread *me = &play.all[play.current];
    me->result = me->run(me->argument);
    me->has_ended = true;
    play.change++;
    pass_turn();
}

int threads_create(pthread_t *id, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    unsigned number = play.count;
    void *stack = malloc(STACK_BYTES);
    if (attributes != NULL || number == THREADS_MAX || stack == NULL) {
        fail("a thread that the simulation does not offer");
    }
    thread *t = &play.all[number];
    *t = (thread){.stack = stack, .run = run, .argument = argument, .end_ns = FOREVER_NS};
    if (getcontext(&t->context) != 0) {
        fail("no context for a thread");
    }
    t->context.uc_stack.ss_sp = stack;
    t->context.uc_stack.ss_size = STACK_BYTES;
    makecontext(&t->context, start, 0);
    *id = (pthread_t)(uintptr_t)number;
    play.count++;
    threads_point();
    return 0;
}

int threads_join(pthread_t id, void **result)
{
    thread *t = &play.all[(uintptr_t)id];
    threads_point();
    while (!t->has_ended) {
        threads_wait("the end of a thread", FOREVER_NS);
    }
    if (result != NULL) {
        *result = t->result;
    }
    return 0;
}

int threads_lock(pthread_mutex_t *mutex)
{
    threads_point();
    while (pthread_mutex_trylock(mutex) != 0) {
        threads_wait("a lock", FOREVER_NS);
    }
    return 0;
}

int threads_unlock(pthread_mutex_t *mutex)
{
    if (pthread_mutex_trylock(mutex) == 0) {
        fail("a lock is given back that nobody has taken");
    }
    int error = pthread_mutex_unlock(mutex);
    threads_point();
    return error;
}
