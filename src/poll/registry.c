/* SPDX-License-Identifier: MIT */
#include "poll/registry.h"

#include "os/mutex.h"
#include "sys/selector.h"

static bool take_slot(vigil_registry *registry, uint32_t *slot)
{
    vigil_os_mutex_lock(&registry->lock);
    bool taken = vigil_slots_take(&registry->slots, slot);
    vigil_os_mutex_unlock(&registry->lock);
    return taken;
}

static void release_slot(vigil_registry *registry, uint32_t slot)
{
    vigil_os_mutex_lock(&registry->lock);
    vigil_slots_release(&registry->slots, slot);
    vigil_os_mutex_unlock(&registry->lock);
}

/* Whether `source` is registered here: VIGIL_OK if so. */
static vigil_status check_registered(const vigil_registry *registry, const vigil_source *source)
{
    if (source->registry == NULL) {
        return VIGIL_ENOENT;
    }
    return source->registry == registry ? VIGIL_OK : VIGIL_EFOREIGN;
}

static vigil_status check_unregistered(const vigil_registry *registry, const vigil_source *source)
{
    if (source->registry == NULL) {
        return VIGIL_OK;
    }
    return source->registry == registry ? VIGIL_EEXIST : VIGIL_EFOREIGN;
}

/* The kernel may report the source, and another thread take the report, before
 * adding returns: the slot is ready first. */
static vigil_status add(vigil_registry *registry, vigil_source *source, uint32_t slot,
                        vigil_token token, vigil_interest interest)
{
    uint32_t request = vigil_selector_request(interest);
    vigil_slot *home = &registry->slots.array[slot];
    vigil_atomic_store_word(&home->token, token);
    vigil_atomic_store(&home->mask, vigil_selector_reportable(request));
    uint64_t key = vigil_slots_key(&registry->slots, slot);
    return vigil_selector_add(&registry->selector, source->fd, request, key);
}

vigil_status vigil_registry_register(vigil_registry *registry, vigil_source *source,
                                     vigil_token token, vigil_interest interest)
{
    vigil_status status = check_unregistered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    if (!vigil_interest_is_valid(interest)) {
        return VIGIL_EINVAL;
    }
    if (registry->slots.count == 0) {
        return VIGIL_EBADF;
    }
    uint32_t slot = 0;
    if (!take_slot(registry, &slot)) {
        return VIGIL_ENOSPC;
    }
    status = add(registry, source, slot, token, interest);
    if (status != VIGIL_OK) {
        release_slot(registry, slot);
        return status;
    }
    source->registry = registry;
    source->slot = slot;
    return VIGIL_OK;
}

/* While the kernel changes its mind, a report may be of the old request or of
 * the new one, and dropping either would lose an edge: for that moment the
 * mask lets both pass. */
vigil_status vigil_registry_reregister(vigil_registry *registry, vigil_source *source,
                                       vigil_token token, vigil_interest interest)
{
    vigil_status status = check_registered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    if (!vigil_interest_is_valid(interest)) {
        return VIGIL_EINVAL;
    }
    vigil_slot *home = &registry->slots.array[source->slot];
    uint32_t request = vigil_selector_request(interest);
    uint32_t before = vigil_atomic_load(&home->mask);
    uint32_t after = vigil_selector_reportable(request);
    uint64_t key = vigil_slots_key(&registry->slots, source->slot);
    vigil_atomic_store(&home->mask, before | after);
    status = vigil_selector_modify(&registry->selector, source->fd, request, key);
    if (status != VIGIL_OK) {
        vigil_atomic_store(&home->mask, before);
        return status;
    }
    vigil_atomic_store_word(&home->token, token);
    vigil_atomic_store(&home->mask, after);
    return VIGIL_OK;
}

vigil_status vigil_registry_deregister(vigil_registry *registry, vigil_source *source)
{
    vigil_status status = check_registered(registry, source);
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_selector_remove(&registry->selector, source->fd);
    if (status != VIGIL_OK) {
        return status;
    }
    release_slot(registry, source->slot);
    source->registry = NULL;
    source->slot = 0;
    return VIGIL_OK;
}
