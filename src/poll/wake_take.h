/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_WAKE_TAKE_H
#define VIGIL_POLL_WAKE_TAKE_H

#include "poll/wake_rules.h"

#include <stdbool.h>

/* Takes the wakes that are pending, as far as there is room, and answers whether
 * that was all: goes once round all slots and begins behind the waker that was reported
 * last, so that where there is not room for all, each has its turn. The word
 * in which it begins is visited twice: its lower slots come last. */
/*@
  requires taking: may_take(registry, events);
  requires words: words == registry->wake.words.value;
  terminates \true; exits \false;
  assigns registry->slots.array[0 .. registry->slots.count - 1].wakes.value, events->count,
    events->storage[0 .. events->capacity - 1], registry->wake.turn;
  ensures taking: may_take(registry, events);
  ensures state: state_kept{Pre,Post}(&registry->wake);
*/
bool vigil_wake_take_round(vigil_registry *registry, vigil_events *events, uint32_t words);

#endif
