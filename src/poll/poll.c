/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "os/mutex.h"
#include "poll/wake.h"
#include "sys/selector.h"
#include "sys/wake_channel.h"

#include <stddef.h>

/* No slots: that is what a closed poll is. */
/*@
  requires slots: \valid(slots);
  terminates \true; exits \false;
  assigns *slots;
  ensures none: slots->count == 0 && slots->free_count == 0 && slots->array == \null;
*/
static void lend_nothing(vigil_slots *slots)
{
    slots->array = NULL;
    slots->count = 0;
    slots->free_count = 0;
}

vigil_status vigil_poll_open(vigil_poll *poll, vigil_slot *slots, size_t slot_count)
{
    vigil_registry *registry = &poll->registry;
    poll->waiting.value = 0;
    vigil_wake_init(&registry->wake);
    lend_nothing(&registry->slots);
    if (slot_count == 0 || slot_count > VIGIL_SLOTS_MAX) {
        return VIGIL_EINVAL;
    }
    uint32_t count = (uint32_t)slot_count;
    //@ assert count: count == slot_count;
    //@ assert apart: \separated(poll, slots + (0 .. count - 1));
    vigil_status status = vigil_os_mutex_init(&registry->lock);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_selector_open(&registry->selector);
    if (status != VIGIL_OK) {
        vigil_os_mutex_destroy(&registry->lock);
        return status;
    }
    //@ ghost Opened: ;
    vigil_slots_init(&registry->slots, slots, count);
    //@ assert waiting: poll->waiting.value == \at(poll->waiting.value, Opened);
    //@ assert words: registry->wake.words.value == \at(registry->wake.words.value, Opened);
    //@ assert nested: registry->wake.nested.value == \at(registry->wake.nested.value, Opened);
    //@ assert state: registry->wake.state.value == \at(registry->wake.state.value, Opened);
    //@ assert channel: registry->wake.channel.eventfd == VIGIL_FD_NONE;
    //@ assert selector: selector_valid(&registry->selector);
    //@ assert wakes: wakes_valid(&registry->slots, 0);
    //@ assert registry: registry_valid(registry);
    //@ assert wake: wake_valid(registry);
    return VIGIL_OK;
}

/*@
  requires valid: poll_valid(poll) && !poll_closed(poll);
  terminates \true; exits \false;
  assigns poll->registry.lock;
  ensures used: \result <==> poll_in_use(poll);
  ensures valid: poll_valid(poll);
*/
static bool is_in_use(vigil_poll *poll)
{
    vigil_os_mutex_lock(&poll->registry.lock);
    bool registered = vigil_slots_taken(&poll->registry.slots) > 0;
    vigil_os_mutex_unlock(&poll->registry.lock);
    return registered || vigil_atomic_load(&poll->waiting) != 0;
}

vigil_status vigil_poll_close(vigil_poll *poll)
{
    vigil_registry *registry = &poll->registry;
    if (registry->slots.count == 0) {
        return VIGIL_OK;
    }
    if (is_in_use(poll)) {
        return VIGIL_EBUSY;
    }
    vigil_selector_close(&registry->selector);
    vigil_wake_channel_close(&registry->wake.channel);
    vigil_os_mutex_destroy(&registry->lock);
    lend_nothing(&registry->slots);
    return VIGIL_OK;
}

vigil_registry *vigil_poll_registry(vigil_poll *poll)
{
    return &poll->registry;
}

vigil_status vigil_poll_fd(vigil_poll *poll, vigil_fd *fd)
{
    *fd = VIGIL_FD_NONE;
    if (poll->registry.slots.count == 0) {
        return VIGIL_EBADF;
    }
    vigil_status status = vigil_wake_nest(&poll->registry);
    if (status == VIGIL_OK) {
        *fd = vigil_selector_fd(&poll->registry.selector);
    }
    return status;
}
