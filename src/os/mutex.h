/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_MUTEX_H
#define VIGIL_OS_MUTEX_H

#include "base/status.h"
#include "os_types.h"

/* A lock that one thread holds at a time, for a few instructions; across a
 * system call only while a poll's first waker is opened. Initialising can
 * fail; locking fails on misuse alone, and that would be a bug. */
/*@
  requires mutex: \valid(mutex);
  terminates \true; exits \false;
  assigns \result, *mutex;
  // pthread_mutex_init(3p): EAGAIN "lacked the necessary resources (other than
  // memory)", ENOMEM "Insufficient memory exists", EPERM "does not have the privilege".
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK ||
    \result == VIGIL_ENOMEM || \result == VIGIL_EPERM;
*/
vigil_status vigil_os_mutex_init(vigil_mutex *mutex);
/*@
  requires mutex: \valid(mutex);
  terminates \true; exits \false;
  assigns *mutex;
*/
void vigil_os_mutex_destroy(vigil_mutex *mutex);
/*@
  requires mutex: \valid(mutex);
  terminates \true; exits \false;
  assigns *mutex;
*/
void vigil_os_mutex_lock(vigil_mutex *mutex);
/*@
  requires mutex: \valid(mutex);
  terminates \true; exits \false;
  assigns *mutex;
*/
void vigil_os_mutex_unlock(vigil_mutex *mutex);

#endif
