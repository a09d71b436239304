/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_POLL_REGISTRY_SLOTS_H
#define VIGIL_POLL_REGISTRY_SLOTS_H

#include "poll/registry.h"

/* Taking and giving back a slot, under the registry's lock. */
bool vigil_registry_take_slot(vigil_registry *registry, uint32_t *slot);
void vigil_registry_release_slot(vigil_registry *registry, uint32_t slot);

#endif
