/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_OS_EPOLL_H
#define VIGIL_OS_EPOLL_H

#include "base/status.h"
#include "os/kernel.h"
#include "os_types.h"

/*
 * The seam to epoll(7) and eventfd(2). Every call makes one system call and
 * answers with a status; descriptors come back close-on-exec, and non-blocking
 * where reading or writing them could block.
 */

/* The bits of an epoll mask; the same on every Linux. */
#define VIGIL_EPOLLIN UINT32_C(0x001)
#define VIGIL_EPOLLPRI UINT32_C(0x002)
#define VIGIL_EPOLLOUT UINT32_C(0x004)
#define VIGIL_EPOLLERR UINT32_C(0x008)
#define VIGIL_EPOLLHUP UINT32_C(0x010)
#define VIGIL_EPOLLRDHUP UINT32_C(0x2000)
#define VIGIL_EPOLLONESHOT UINT32_C(0x40000000)
#define VIGIL_EPOLLET UINT32_C(0x80000000)

/*@
  requires epoll: \valid(epoll);
  terminates \true; exits \false;
  // epoll_create1(2): "returns a file descriptor (a nonnegative integer)"; on
  // error "-1 is returned"; EPOLL_CLOEXEC: "set the close-on-exec flag".
  assigns \result, *epoll, VIGIL_KERNEL_TABLE, VIGIL_KERNEL_LISTS;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *epoll == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*epoll, VIGIL_KERNEL_EPOLL);
  // "Opens a file descriptor referring to the new epoll instance": nothing is in it.
  ensures empty: \result == VIGIL_OK ==> VIGIL_KERNEL_EMPTY_LIST(*epoll);
  ensures lists: \forall integer e, f; 0 <= e < VIGIL_KERNEL_DESCRIPTORS &&
    0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> e != *epoll ==>
      kernel_listed[e][f] == \old(kernel_listed[e][f]);
*/
vigil_status vigil_os_epoll_create(vigil_fd *epoll);

/*@
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  terminates \true; exits \false;
  assigns \result, VIGIL_KERNEL_LIST(epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(epoll, fd);
  // epoll_ctl(2): "on success, returns zero. When an error occurs, returns -1".
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(epoll, -1);
  // EPOLL_CTL_ADD: "add an entry to the interest list".
  ensures added: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(fd) &&
    VIGIL_KERNEL_ENTRY(epoll, fd, mask, key);
  // EBADF: "epfd or fd is not a valid file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // EPERM: "the target file fd does not support epoll".
  ensures eperm: VIGIL_KERNEL_IS(fd, VIGIL_KERNEL_FILE) ==> \result == VIGIL_EPERM;
  // EINVAL: "fd is the same as epfd".
  ensures einval: fd == epoll ==> \result == VIGIL_EINVAL;
  // EEXIST: "fd is already registered"; ELOOP: "a circular loop, or a nesting
  // depth greater than 5", looked for first.
  ensures eexist: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    \old(kernel_listed[epoll][f]) != 0 ==>
      \result == VIGIL_EEXIST ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
  // ENOMEM, ENOSPC: memory, or the limit of watches; there is no other reason.
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != epoll && \old(kernel_listed[epoll][f]) == 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM || \result == VIGIL_ENOSPC ||
      (\result == VIGIL_ELOOP && kernel_kind[f] == VIGIL_KERNEL_EPOLL);
*/
vigil_status vigil_os_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);

/*@
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  terminates \true; exits \false;
  assigns \result, VIGIL_KERNEL_LIST(epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(epoll, fd);
  // epoll_ctl(2): "on success, returns zero. When an error occurs, returns -1".
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(epoll, -1);
  // EPOLL_CTL_MOD: "change the settings associated with fd in the interest list
  // to the new settings specified in event".
  ensures modified: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(fd) &&
    VIGIL_KERNEL_ENTRY(epoll, fd, mask, key);
  // EBADF: "epfd or fd is not a valid file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOENT: "op was EPOLL_CTL_MOD or EPOLL_CTL_DEL, and fd is not registered".
  ensures enoent: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != epoll && \old(kernel_listed[epoll][f]) == 0 ==> \result == VIGIL_ENOENT;
  // ENOMEM: "insufficient memory to handle the requested op control operation".
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && \old(kernel_listed[epoll][f]) != 0 ==>
      \result == VIGIL_OK || \result == VIGIL_ENOMEM;
*/
vigil_status vigil_os_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key);

/*@
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  terminates \true; exits \false;
  assigns \result, VIGIL_KERNEL_LIST(epoll);
  ensures status: status_valid(\result);
  ensures others: VIGIL_KERNEL_SAME_LIST(epoll, fd);
  // epoll_ctl(2): "on success, returns zero. When an error occurs, returns -1".
  ensures failed: \result != VIGIL_OK ==> VIGIL_KERNEL_SAME_LIST(epoll, -1);
  // EPOLL_CTL_DEL: "remove (deregister) the target file descriptor fd from the
  // interest list".
  ensures removed: \result == VIGIL_OK ==> VIGIL_KERNEL_OPEN(fd) &&
    kernel_listed[epoll][fd] == 0;
  // EBADF: "epfd or fd is not a valid file descriptor".
  ensures ebadf: !VIGIL_KERNEL_OPEN(fd) ==> \result == VIGIL_EBADF;
  // ENOENT: "op was EPOLL_CTL_MOD or EPOLL_CTL_DEL, and fd is not registered".
  ensures enoent: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && kernel_kind[f] != VIGIL_KERNEL_FILE &&
    f != epoll && \old(kernel_listed[epoll][f]) == 0 ==> \result == VIGIL_ENOENT;
  // Of the other errors of epoll_ctl(2) none is about taking out what is there.
  ensures errors: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f == fd &&
    kernel_kind[f] != VIGIL_KERNEL_CLOSED && \old(kernel_listed[epoll][f]) != 0 ==>
      \result == VIGIL_OK;
*/
vigil_status vigil_os_epoll_remove(vigil_fd epoll, vigil_fd fd);

/* Waits for at most `timeout_ms` milliseconds, -1 for ever; `count` events are
 * in `events` afterwards, none unless the status is VIGIL_OK. */
/*@
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  // EINVAL: "maxevents is less than or equal to zero"; EFAULT: "the memory area
  // pointed to by events is not accessible with write permissions".
  requires capacity: 0 < capacity <= VIGIL_KERNEL_REPORTS;
  requires events: \valid(events + (0 .. capacity - 1)) && \valid(count) &&
    \separated(events + (0 .. capacity - 1), count);
  requires timeout: -1 <= timeout_ms;
  terminates \true; exits \false;
  assigns \result, *count, events[0 .. capacity - 1], VIGIL_KERNEL_BATCH;
  // EINTR: "the call was interrupted by a signal handler".
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR;
  // epoll_wait(2): "up to maxevents are returned".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  // "The data field of each returned epoll_event structure contains the same
  // data as was specified in the most recent call to epoll_ctl(2) for the
  // corresponding open file descriptor."
  ensures key: \forall integer i; 0 <= i < *count ==> VIGIL_KERNEL_FD(kernel_reported[i]) &&
    kernel_listed[epoll][kernel_reported[i]] == 1 &&
    events[i].key == kernel_key[epoll][kernel_reported[i]];
  // "The events field is a bit mask that indicates the events that have
  // occurred": of those asked for, EPOLLERR and EPOLLHUP (epoll_ctl(2)).
  ensures flags: \forall integer i; 0 <= i < *count ==> events[i].flags != 0 &&
    (events[i].flags & (kernel_mask[epoll][kernel_reported[i]] | 0x018)) == events[i].flags;
  // epoll(7): "reports for a file descriptor are combined by epoll".
  ensures once: \forall integer i, j; 0 <= i < j < *count ==>
    kernel_reported[i] != kernel_reported[j];
*/
vigil_status vigil_os_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int timeout_ms, uint32_t *count);

/* The same to the nanosecond. VIGIL_ENOSYS before Linux 5.11, VIGIL_EPERM
 * where a sandbox does not know the call. */
/*@
  requires epoll: VIGIL_KERNEL_IS(epoll, VIGIL_KERNEL_EPOLL);
  // EINVAL: "maxevents is less than or equal to zero"; EFAULT: "the memory area
  // pointed to by events is not accessible with write permissions".
  requires capacity: 0 < capacity <= VIGIL_KERNEL_REPORTS;
  requires events: \valid(events + (0 .. capacity - 1)) && \valid(count) &&
    \separated(events + (0 .. capacity - 1), count);
  // EINVAL: a time that is none (epoll_pwait2(2), timespec(3)).
  requires timeout: 0 <= seconds && 0 <= nanoseconds < 1000000000;
  terminates \true; exits \false;
  assigns \result, *count, events[0 .. capacity - 1], VIGIL_KERNEL_BATCH;
  // EINTR: "the call was interrupted by a signal handler".
  // ENOSYS: the kernel lacks it (syscalls(2)); EPERM: a filter answers so for
  // calls that it does not know (seccomp(2), SECCOMP_RET_ERRNO).
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EINTR || \result == VIGIL_ENOSYS ||
    \result == VIGIL_EPERM;
  // epoll_wait(2): "up to maxevents are returned".
  ensures bound: *count <= capacity;
  ensures failed: \result != VIGIL_OK ==> *count == 0;
  // "The data field of each returned epoll_event structure contains the same
  // data as was specified in the most recent call to epoll_ctl(2) for the
  // corresponding open file descriptor."
  ensures key: \forall integer i; 0 <= i < *count ==> VIGIL_KERNEL_FD(kernel_reported[i]) &&
    kernel_listed[epoll][kernel_reported[i]] == 1 &&
    events[i].key == kernel_key[epoll][kernel_reported[i]];
  // "The events field is a bit mask that indicates the events that have
  // occurred": of those asked for, EPOLLERR and EPOLLHUP (epoll_ctl(2)).
  ensures flags: \forall integer i; 0 <= i < *count ==> events[i].flags != 0 &&
    (events[i].flags & (kernel_mask[epoll][kernel_reported[i]] | 0x018)) == events[i].flags;
  // epoll(7): "reports for a file descriptor are combined by epoll".
  ensures once: \forall integer i, j; 0 <= i < j < *count ==>
    kernel_reported[i] != kernel_reported[j];
*/
vigil_status vigil_os_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                    int64_t seconds, int64_t nanoseconds, uint32_t *count);

/*@
  requires eventfd: \valid(eventfd);
  terminates \true; exits \false;
  // eventfd(2): "returns a new eventfd file descriptor", "-1 is returned" on
  // error; EFD_CLOEXEC, EFD_NONBLOCK.
  assigns \result, *eventfd, VIGIL_KERNEL_TABLE, VIGIL_KERNEL_COUNTERS;
  ensures status: status_valid(\result);
  ensures failed: \result != VIGIL_OK ==> *eventfd == VIGIL_FD_NONE &&
    VIGIL_KERNEL_SAME_TABLE(-1);
  ensures opened: \result == VIGIL_OK ==> VIGIL_KERNEL_OPENED(*eventfd, VIGIL_KERNEL_EVENTFD);
  ensures nonblocking: \result == VIGIL_OK ==> kernel_nonblocking[*eventfd] == 1;
  // "initialized with the value specified in the argument initval", here 0.
  ensures counter: \result == VIGIL_OK ==> kernel_counter[*eventfd] == 0;
  ensures counters: \forall integer f; 0 <= f < VIGIL_KERNEL_DESCRIPTORS ==> f != *eventfd ==>
    kernel_counter[f] == \old(kernel_counter[f]);
*/
vigil_status vigil_os_eventfd(vigil_fd *eventfd);

/* Adds one to the counter. VIGIL_EWOULDBLOCK when it is full. Leaves errno as
 * it was: a signal handler may call it. */
/*@
  requires eventfd: VIGIL_KERNEL_IS(eventfd, VIGIL_KERNEL_EVENTFD) &&
    kernel_nonblocking[eventfd] == 1;
  terminates \true; exits \false;
  // Other threads may write meanwhile: the counter is what survives that.
  assigns \result, kernel_counter[eventfd];
  // "Or fails with the error EAGAIN if the file descriptor has been made
  // nonblocking."
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  // "Adds the 8-byte integer value supplied in its buffer to the counter."
  ensures written: \result == VIGIL_OK ==>
    1 <= kernel_counter[eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
  // "If the addition would cause the counter's value to exceed the maximum."
  ensures full: \result == VIGIL_EWOULDBLOCK ==>
    kernel_counter[eventfd] == VIGIL_KERNEL_COUNTER_MAX;
*/
vigil_status vigil_os_eventfd_write(vigil_fd eventfd);

/* Empties the counter. VIGIL_EWOULDBLOCK when it is empty. Leaves errno as it
 * was. */
/*@
  requires eventfd: VIGIL_KERNEL_IS(eventfd, VIGIL_KERNEL_EVENTFD) &&
    kernel_nonblocking[eventfd] == 1;
  terminates \true; exits \false;
  // "The counter's value is reset to zero"; others may have written since.
  assigns \result, kernel_counter[eventfd];
  // "If the eventfd counter is zero [...] fails with the error EAGAIN."
  ensures errors: \result == VIGIL_OK || \result == VIGIL_EWOULDBLOCK;
  ensures counter: kernel_counter[eventfd] <= VIGIL_KERNEL_COUNTER_MAX;
*/
vigil_status vigil_os_eventfd_drain(vigil_fd eventfd);

#endif
