/* SPDX-License-Identifier: MIT */
#include "poll/poll.h"

#include "os/mutex.h"
#include "poll/wake.h"
#include "sys/selector.h"
#include "sys/wake_channel.h"

vigil_status vigil_poll_open(vigil_poll *poll, vigil_slot *slots, size_t slot_count)
{
    vigil_registry *registry = &poll->registry;
    poll->waiting.value = 0;
    vigil_wake_init(&registry->wake);
    registry->slots = (vigil_slots){0}; /* No slots: that is what a closed poll is. */
    if (slot_count == 0 || slot_count > VIGIL_SLOTS_MAX) {
        return VIGIL_EINVAL;
    }
    vigil_status status = vigil_os_mutex_init(&registry->lock);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_selector_open(&registry->selector);
    if (status != VIGIL_OK) {
        vigil_os_mutex_destroy(&registry->lock);
        return status;
    }
    vigil_slots_init(&registry->slots, slots, (uint32_t)slot_count);
    return VIGIL_OK;
}

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
    registry->slots = (vigil_slots){0};
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
