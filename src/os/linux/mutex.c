/* SPDX-License-Identifier: MIT */
#include "os/mutex.h"

#include "base/assert.h"
#include "os/status.h"

vigil_status vigil_os_mutex_init(vigil_mutex *mutex)
{
    return vigil_os_status(pthread_mutex_init(&mutex->native, NULL));
}

void vigil_os_mutex_destroy(vigil_mutex *mutex)
{
    vigil_assert(pthread_mutex_destroy(&mutex->native) == 0);
}

void vigil_os_mutex_lock(vigil_mutex *mutex)
{
    vigil_assert(pthread_mutex_lock(&mutex->native) == 0);
}

void vigil_os_mutex_unlock(vigil_mutex *mutex)
{
    vigil_assert(pthread_mutex_unlock(&mutex->native) == 0);
}
