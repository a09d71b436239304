/* SPDX-License-Identifier: MIT */
#include "poll/registry_slots.h"

#include "os/mutex.h"

bool vigil_registry_take_slot(vigil_registry *registry, uint32_t *slot)
{
    vigil_os_mutex_lock(&registry->lock);
    bool taken = vigil_slots_take(&registry->slots, slot);
    vigil_os_mutex_unlock(&registry->lock);
    return taken;
}

void vigil_registry_release_slot(vigil_registry *registry, uint32_t slot)
{
    vigil_os_mutex_lock(&registry->lock);
    vigil_slots_release(&registry->slots, slot);
    vigil_os_mutex_unlock(&registry->lock);
}
