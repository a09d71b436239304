/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SYS_SELECTOR_H
#define VIGIL_SYS_SELECTOR_H

#include "base/limits.h"
#include "base/status.h"
#include "core/interest.h"
#include "core/timeout.h"
#include "os/kernel.h"
#include "os_types.h"
#include "selector_state.h"

#include <stdbool.h>

/*
 * The contract that every backend meets: a selector waits for many
 * descriptors at once. It is a thin layer over one mechanism of the system;
 * what a registration means is settled above it, once, in poll/.
 *
 * A backend brings selector_state.h (the struct), selector_event.h (what its
 * event bits mean) and the functions below. Adding, modifying and removing are
 * safe from any thread during a wait; one thread waits at a time.
 */

/*@
  requires selector: \valid(selector);
  terminates \true; exits \false;
  assigns *selector, VIGIL_KERNEL_TABLE, VIGIL_KERNEL_LISTS;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> selector->epoll == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==>
    VIGIL_KERNEL_OPENED(selector->epoll, VIGIL_KERNEL_EPOLL) &&
    VIGIL_KERNEL_EMPTY_LIST(selector->epoll);
  ensures fresh: selector_fresh(selector);
  ensures lists: \forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
    e != selector->epoll && 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==>
      kernel_listed[e][f] == \old(kernel_listed[e][f]);
*/
vigil_status vigil_selector_open(vigil_selector *selector);
/*@
  requires valid: \valid(selector) && selector_valid(selector);
  requires deregistered: VIGIL_KERNEL_UNLISTED(selector->epoll);
  terminates \true; exits \false;
  assigns selector->epoll, kernel_kind[selector->epoll];
  ensures none: selector->epoll == VIGIL_FD_NONE;
  ensures closed: kernel_kind[\old(selector->epoll)] == VIGIL_KERNEL_CLOSED;
*/
void vigil_selector_close(vigil_selector *selector);

/* A descriptor that is readable while a wait would not block; VIGIL_FD_NONE if
 * the mechanism has none. */
/*@
  requires selector: \valid_read(selector);
  terminates \true; exits \false;
  assigns \result \from selector->epoll;
  ensures fd: \result == selector->epoll;
*/
vigil_fd vigil_selector_fd(const vigil_selector *selector);

/* What the mechanism is asked for on behalf of an interest. */
/*@
  terminates \true; exits \false;
  assigns \result \from interest;
  ensures request: \result == selector_request(interest);
*/
uint32_t vigil_selector_request(vigil_interest interest);

/* The event bits that may come of a request. */
/*@
  terminates \true; exits \false;
  assigns \result \from request;
  ensures reportable: \result == selector_reportable(request);
*/
uint32_t vigil_selector_reportable(uint32_t request);

/* From here on the selector reports `fd` with `key`, at once if it is ready. */
/*@
  requires valid: \valid_read(selector) && selector_valid(selector);
  terminates \true; exits \false;
  assigns VIGIL_KERNEL_LIST(selector->epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(selector->epoll, fd);
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(selector->epoll, -1);
  ensures added: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(fd) &&
    VIGIL_KERNEL_ENTRY(selector->epoll, fd, request, key);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures eperm: VIGIL_KERNEL_IS(fd, VIGIL_KERNEL_FILE) ==> \result == VIGIL_EPERM;
  ensures einval: fd == selector->epoll ==> \result == VIGIL_EINVAL;
  ensures eexist: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    \old(kernel_listed[selector->epoll][f]) != 0 ==>
      \result == VIGIL_EEXIST ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != selector->epoll && \old(kernel_listed[selector->epoll][f]) == 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM || \result == VIGIL_ENOSPC ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
*/
vigil_status vigil_selector_add(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                uint64_t key);

/* Replaces request and key, and reports `fd` at once if it is ready. */
/*@
  requires valid: \valid_read(selector) && selector_valid(selector);
  terminates \true; exits \false;
  assigns VIGIL_KERNEL_LIST(selector->epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(selector->epoll, fd);
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(selector->epoll, -1);
  ensures modified: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(fd) &&
    VIGIL_KERNEL_ENTRY(selector->epoll, fd, request, key);
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  ensures enoent: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != selector->epoll && \old(kernel_listed[selector->epoll][f]) == 0 ==>
      \result == VIGIL_ENOENT;
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED &&
    \old(kernel_listed[selector->epoll][f]) != 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM;
*/
vigil_status vigil_selector_modify(vigil_selector *selector, vigil_fd fd, uint32_t request,
                                   uint64_t key);

/* From here on `fd` is not reported; VIGIL_OK too if the system had forgotten
 * it already, because its descriptor was closed. */
/*@
  requires valid: \valid_read(selector) && selector_valid(selector);
  terminates \true; exits \false;
  assigns VIGIL_KERNEL_LIST(selector->epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(selector->epoll, fd);
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(selector->epoll, -1);
  ensures removed: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && \result == VIGIL_OK ==>
      kernel_listed[selector->epoll][f] == 0;
  ensures closed: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_OK;
  ensures unknown: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_FILE && f != selector->epoll ==> \result == VIGIL_OK;
  ensures total: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS && f == fd &&
    \old(kernel_listed[selector->epoll][f]) != 0 ==> \result == VIGIL_OK;
*/
vigil_status vigil_selector_remove(vigil_selector *selector, vigil_fd fd);

/* Waits until something is ready, for `timeout` at most; may return early with
 * nothing where the system cannot count so far. `count` is 0 unless the status
 * is VIGIL_OK. */
/*@
  requires valid: \valid(selector) && selector_valid(selector);
  requires capacity: 0 < capacity <= VIGIL_EVENTS_MAX;
  requires events: \valid(events + (0 .. capacity - 1)) && \valid(count) &&
    \separated(selector, count, events + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns selector->coarse, *count, events[0 .. capacity - 1], VIGIL_KERNEL_BATCH;
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  ensures reports: selector_reports(selector, events, *count);
*/
vigil_status vigil_selector_wait(vigil_selector *selector, vigil_raw_event *events,
                                 uint32_t capacity, vigil_timeout timeout, uint32_t *count);

#endif
