/* SPDX-License-Identifier: MIT */
#include "kernel.h"

#include "os/epoll.h"

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_create(vigil_fd *epoll)
{
    vigil_status status = kernel_open(VIGIL_KERNEL_EVENTFD, epoll);
    if (status != VIGIL_OK) {
        return status;
    }
    int fd = *epoll;
    /*@
      loop invariant range: 0 <= f <= VIGIL_KERNEL_DESCRIPTORS;
      loop invariant emptied: \forall integer g; 0 <= g < f ==> kernel_listed[fd][g] == 0;
      loop invariant rest: \forall integer g; f <= g < VIGIL_KERNEL_DESCRIPTORS ==>
        kernel_listed[fd][g] == \at(kernel_listed[\at(fd, Here)][g], Pre);
      loop invariant others: \forall integer e, g; 0 <= e < VIGIL_KERNEL_DESCRIPTORS && e != fd &&
        0 <= g < VIGIL_KERNEL_DESCRIPTORS ==> kernel_listed[e][g] == \at(kernel_listed[e][g], Pre);
      loop assigns f, kernel_listed[fd][0 .. VIGIL_KERNEL_DESCRIPTORS - 1];
      loop variant VIGIL_KERNEL_DESCRIPTORS - f;
    */
    for (int f = 0; f < VIGIL_KERNEL_DESCRIPTORS; f++) {
        kernel_listed[fd][f] = 0;
    }
    kernel_kind[fd] = VIGIL_KERNEL_EPOLL;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    if (kernel_kind[fd] == VIGIL_KERNEL_FILE) {
        return VIGIL_EPERM;
    }
    if (fd == epoll) {
        return VIGIL_EINVAL;
    }
    if (kernel_kind[fd] == VIGIL_KERNEL_EPOLL && kernel_choose(8) == 0) {
        return VIGIL_ELOOP;
    }
    if (kernel_listed[epoll][fd] != 0) {
        return VIGIL_EEXIST;
    }
    if (kernel_choose(8) == 0) {
        return kernel_choose(2) == 0 ? VIGIL_ENOMEM : VIGIL_ENOSPC;
    }
    kernel_listed[epoll][fd] = 1;
    kernel_mask[epoll][fd] = mask;
    kernel_key[epoll][fd] = key;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    if (kernel_kind[fd] == VIGIL_KERNEL_FILE) {
        return VIGIL_EPERM;
    }
    if (fd == epoll) {
        return VIGIL_EINVAL;
    }
    if (kernel_listed[epoll][fd] == 0) {
        return VIGIL_ENOENT;
    }
    if (kernel_choose(8) == 0) {
        return VIGIL_ENOMEM;
    }
    kernel_mask[epoll][fd] = mask;
    kernel_key[epoll][fd] = key;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_remove(vigil_fd epoll, vigil_fd fd)
{
    if (!kernel_is_open(fd)) {
        return VIGIL_EBADF;
    }
    if (kernel_kind[fd] == VIGIL_KERNEL_FILE) {
        return VIGIL_EPERM;
    }
    if (fd == epoll) {
        return VIGIL_EINVAL;
    }
    if (kernel_listed[epoll][fd] == 0) {
        return VIGIL_ENOENT;
    }
    kernel_listed[epoll][fd] = 0;
    return VIGIL_OK;
}

/* Reports some of what is listed, and each with all that may be reported of it. */
/*@
  requires valid: kernel_valid;
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  requires capacity: 0 < capacity <= VIGIL_KERNEL_REPORTS;
  requires events: \valid(events + (0 .. capacity - 1));
  terminates \true; exits \false;
  assigns events[0 .. capacity - 1], kernel_reported[0 .. VIGIL_KERNEL_REPORTS - 1];
  ensures bound: \result <= capacity;
  ensures key: \forall integer i; 0 <= i < \result ==> VIGIL_KERNEL_FD(kernel_reported[i]) &&
    kernel_listed[epoll][kernel_reported[i]] == 1 &&
    events[i].key == kernel_key[epoll][kernel_reported[i]];
  ensures flags: \forall integer i; 0 <= i < \result ==>
    events[i].flags == (kernel_mask[epoll][kernel_reported[i]] | 0x018);
  ensures once: \forall integer i, j; 0 <= i < j < \result ==>
    kernel_reported[i] != kernel_reported[j];
*/
static uint32_t report(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity)
{
    uint32_t count = 0;
    uint32_t always = VIGIL_EPOLLERR | VIGIL_EPOLLHUP;
    /*@
      loop invariant range: 0 <= f <= VIGIL_KERNEL_DESCRIPTORS && count <= capacity;
      loop invariant key: \forall integer i; 0 <= i < count ==> 0 <= kernel_reported[i] < f &&
        kernel_listed[epoll][kernel_reported[i]] == 1 &&
        events[i].key == kernel_key[epoll][kernel_reported[i]];
      loop invariant flags: \forall integer i; 0 <= i < count ==>
        events[i].flags == (kernel_mask[epoll][kernel_reported[i]] | 0x018);
      loop invariant once: \forall integer i, j; 0 <= i < j < count ==>
        kernel_reported[i] != kernel_reported[j];
      loop assigns f, count, events[0 .. capacity - 1],
        kernel_reported[0 .. VIGIL_KERNEL_REPORTS - 1];
      loop variant VIGIL_KERNEL_DESCRIPTORS - f;
    */
    for (int f = 0; f < VIGIL_KERNEL_DESCRIPTORS; f++) {
        if (count < capacity && kernel_listed[epoll][f] == 1 && kernel_choose(2) == 0) {
            events[count].key = kernel_key[epoll][f];
            events[count].flags = kernel_mask[epoll][f] | always;
            kernel_reported[count] = f;
            count++;
        }
    }
    return count;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int timeout_ms, uint32_t *count)
{
    (void)timeout_ms;
    *count = 0;
    if (kernel_choose(8) == 0) {
        return VIGIL_EINTR;
    }
    *count = report(epoll, events, capacity);
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                    int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    (void)seconds;
    (void)nanoseconds;
    *count = 0;
    if (kernel_choose(8) == 0) {
        return kernel_choose(2) == 0 ? VIGIL_ENOSYS : VIGIL_EPERM;
    }
    if (kernel_choose(8) == 0) {
        return VIGIL_EINTR;
    }
    *count = report(epoll, events, capacity);
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_eventfd(vigil_fd *eventfd)
{
    vigil_status status = kernel_open(VIGIL_KERNEL_EVENTFD, eventfd);
    if (status == VIGIL_OK) {
        kernel_counter[*eventfd] = 0;
    }
    return status;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_eventfd_write(vigil_fd eventfd)
{
    if (kernel_counter[eventfd] == VIGIL_KERNEL_COUNTER_MAX) {
        return VIGIL_EWOULDBLOCK;
    }
    kernel_counter[eventfd]++;
    return VIGIL_OK;
}

/*@
  requires valid: kernel_valid;
  ensures valid: kernel_valid;
*/
vigil_status vigil_os_eventfd_drain(vigil_fd eventfd)
{
    if (kernel_counter[eventfd] == 0) {
        return VIGIL_EWOULDBLOCK;
    }
    kernel_counter[eventfd] = 0;
    return VIGIL_OK;
}
