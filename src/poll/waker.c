/* SPDX-License-Identifier: MIT */
#include "poll/waker.h"

#include "os/mutex.h"
#include "poll/wake.h"

/* Takes a slot and makes it heard, both or neither. Under the lock. */
static vigil_status enrol(vigil_registry *registry, uint32_t *slot)
{
    if (!vigil_slots_take(&registry->slots, slot)) {
        return VIGIL_ENOSPC;
    }
    vigil_status status = vigil_wake_enrol(registry, *slot);
    if (status != VIGIL_OK) {
        vigil_slots_release(&registry->slots, *slot);
    }
    return status;
}

vigil_status vigil_waker_open(vigil_waker *waker, vigil_registry *registry, vigil_token token)
{
    waker->registry = NULL;
    waker->slot = 0;
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    uint32_t slot = 0;
    vigil_os_mutex_lock(&registry->lock);
    vigil_status status = enrol(registry, &slot);
    vigil_os_mutex_unlock(&registry->lock);
    if (status != VIGIL_OK) {
        return status;
    }
    vigil_atomic_store_word(&registry->slots.array[slot].token, token);
    vigil_atomic_store(&registry->slots.array[slot].mask, VIGIL_SELECTOR_WOKEN);
    waker->registry = registry;
    waker->slot = slot;
    return VIGIL_OK;
}

vigil_status vigil_waker_wake(const vigil_waker *waker)
{
    if (waker->registry == NULL) {
        return VIGIL_ENOENT;
    }
    return vigil_wake_raise(waker->registry, waker->slot);
}

void vigil_waker_close(vigil_waker *waker)
{
    vigil_registry *registry = waker->registry;
    if (registry == NULL) {
        return;
    }
    vigil_os_mutex_lock(&registry->lock);
    vigil_atomic_store(&registry->slots.array[waker->slot].mask, 0);
    vigil_wake_forget(registry, waker->slot);
    vigil_slots_release(&registry->slots, waker->slot);
    vigil_os_mutex_unlock(&registry->lock);
    waker->registry = NULL;
    waker->slot = 0;
}
