/* SPDX-License-Identifier: MIT */
#include "mirror.h"

#include "os/epoll.h"
#include "shadow.h"

#include <errno.h>
#include <linux/kcmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int kernel_listed[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
uint32_t kernel_mask[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
uint64_t kernel_key[VIGIL_KERNEL_DESCRIPTORS][VIGIL_KERNEL_DESCRIPTORS];
int kernel_reported[VIGIL_KERNEL_REPORTS];

/* epoll_ctl(2): EPOLLERR and EPOLLHUP are reported whatever is asked for. */
#define ALWAYS (VIGIL_EPOLLERR | VIGIL_EPOLLHUP)
/* What is left of a mask after a one-shot report: what is no event. */
#define NO_EVENTS (VIGIL_EPOLLONESHOT | VIGIL_EPOLLET)

static struct {
    vigil_fd epoll;
    vigil_fd fd;
    uint32_t mask;
} asked = {.epoll = VIGIL_FD_NONE};

/* Entries of each list that no descriptor of ours is: they outlive theirs
 * through a copy (epoll(7)). */
static int strays[VIGIL_KERNEL_DESCRIPTORS];
/* Whether the row of kernel_listed says anything. */
static bool lists_read[VIGIL_KERNEL_DESCRIPTORS];

void mirror_asked(vigil_fd epoll, vigil_fd fd, uint32_t mask)
{
    asked.epoll = epoll;
    asked.fd = fd;
    asked.mask = mask;
}

/* Whether the entry for `fd` number `index` in the list is of the file that `fd`
 * is open on now (kcmp(2), KCMP_EPOLL_TFD). */
static bool is_of(int epoll, int fd, int index)
{
    struct kcmp_epoll_slot slot = {
        .efd = (unsigned)epoll, .tfd = (unsigned)fd, .toff = (unsigned)index};
    long self = getpid();
    long order = syscall(SYS_kcmp, self, self, KCMP_EPOLL_TFD, fd, &slot);
    if (order < 0 && errno != EBADF) {
        verdict_broken("kcmp");
    }
    return order == 0;
}

/* Whether a kernel that shows `shown` may have been asked for `mask`. */
static bool may_be(uint32_t shown, uint32_t mask)
{
    bool armed = shown == (mask | ALWAYS);
    bool spent = (mask & VIGIL_EPOLLONESHOT) != 0 && shown == (mask & NO_EVENTS);
    return armed || spent;
}

/* The kernel adds ALWAYS to a mask and takes the events from it after a one-shot
 * report; the contracts speak of what was asked for. That is kept as long as the
 * kernel shows nothing that contradicts it. */
static uint32_t mask_of(int epoll, int fd, uint32_t shown, uint32_t before)
{
    if (asked.epoll == epoll && asked.fd == fd && may_be(shown, asked.mask)) {
        return asked.mask;
    }
    return may_be(shown, before) ? before : shown;
}

static void read_entry(int epoll, int fd, uint32_t shown, uint64_t key, const int *was)
{
    kernel_mask[epoll][fd] =
        mask_of(epoll, fd, shown, was[fd] != 0 ? kernel_mask[epoll][fd] : shown);
    kernel_key[epoll][fd] = key;
    kernel_listed[epoll][fd] = 1;
}

/* Reads one entry as it is shown; false if the contracts do not speak of it. */
static bool read_line(int epoll, const char *line, const int *was, int *seen)
{
    int fd = 0;
    unsigned mask = 0;
    unsigned long long key = 0;
    if (sscanf(line, "tfd: %d events: %x data: %llx", &fd, &mask, &key) != 3 || fd < 0) {
        verdict_broken("/proc/self/fdinfo shows an entry that cannot be read");
    }
    if (fd >= VIGIL_KERNEL_DESCRIPTORS) {
        return false;
    }
    if (is_of(epoll, fd, seen[fd]++)) {
        read_entry(epoll, fd, mask, key, was);
    } else {
        strays[epoll]++;
    }
    return true;
}

bool mirror_list(int epoll)
{
    static char text[MIRROR_DETAILS_BYTES];
    int was[VIGIL_KERNEL_DESCRIPTORS];
    int seen[VIGIL_KERNEL_DESCRIPTORS] = {0};
    bool all = true;
    if (kernel_kind[epoll] != VIGIL_KERNEL_EPOLL) {
        if (lists_read[epoll]) {
            memset(kernel_listed[epoll], 0, sizeof was);
            lists_read[epoll] = false;
        }
        return true;
    }
    memcpy(was, kernel_listed[epoll], sizeof was);
    memset(kernel_listed[epoll], 0, sizeof was);
    lists_read[epoll] = true;
    strays[epoll] = 0;
    (void)mirror_details(epoll, text, sizeof text);
    for (char *line = strstr(text, "tfd:"); line != NULL; line = strstr(line + 1, "tfd:")) {
        all = read_line(epoll, line, was, seen) && all;
    }
    if (asked.epoll == epoll) {
        asked.epoll = VIGIL_FD_NONE;
    }
    return all;
}

bool mirror_reported(vigil_fd epoll, const vigil_raw_event *events, uint32_t count)
{
    bool taken[VIGIL_KERNEL_DESCRIPTORS] = {false};
    bool found = true;
    for (uint32_t i = 0; i < count; i++) {
        kernel_reported[i] = -1;
        for (int fd = 0; fd < VIGIL_KERNEL_DESCRIPTORS && kernel_reported[i] < 0; fd++) {
            if (kernel_listed[epoll][fd] == 1 && kernel_key[epoll][fd] == events[i].key
                && !taken[fd]) {
                kernel_reported[i] = fd;
                taken[fd] = true;
            }
        }
        found = found && kernel_reported[i] >= 0;
    }
    return found || strays[epoll] == 0;
}
