/* SPDX-License-Identifier: MIT */
#include "mirror.h"

#include "os/kernel.h"
#include "shadow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int kernel_kind[VIGIL_KERNEL_DESCRIPTORS];
int kernel_nonblocking[VIGIL_KERNEL_DESCRIPTORS];
int kernel_cloexec[VIGIL_KERNEL_DESCRIPTORS];
uint64_t kernel_counter[VIGIL_KERNEL_DESCRIPTORS];
uint64_t kernel_time;

#define KINDS_KEPT 16
#define LINK_BYTES 64

/* Things of which it was found out whether epoll(7) takes them, by what
 * /proc/self/fd shows them as; to ask again may be refused by then. */
static struct {
    char shown[LINK_BYTES];
    int kind;
} kept[KINDS_KEPT];
static size_t kept_count;

/* epoll_ctl(2), EPERM: "the target file fd does not support epoll". */
static int kind_by_asking(int fd)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = 0};
    if (epoll < 0) {
        verdict_broken("cannot find out of what kind a descriptor is");
    }
    int refused = epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0 && errno == EPERM;
    (void)close(epoll);
    return refused ? VIGIL_KERNEL_FILE : VIGIL_KERNEL_WATCHABLE;
}

static int kind_as_shown(int fd)
{
    char path[LINK_BYTES];
    char shown[LINK_BYTES] = {0};
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (readlink(path, shown, sizeof shown - 1) < 0) {
        verdict_broken("cannot read /proc/self/fd");
    }
    if (strcmp(shown, "anon_inode:[eventpoll]") == 0) {
        return VIGIL_KERNEL_EPOLL;
    }
    if (strcmp(shown, "anon_inode:[eventfd]") == 0) {
        return VIGIL_KERNEL_EVENTFD;
    }
    for (size_t i = 0; i < kept_count; i++) {
        if (strcmp(kept[i].shown, shown) == 0) {
            return kept[i].kind;
        }
    }
    int kind = kind_by_asking(fd);
    if (kept_count < KINDS_KEPT) {
        memcpy(kept[kept_count].shown, shown, sizeof shown);
        kept[kept_count].kind = kind;
        kept_count++;
    }
    return kind;
}

static int kind_of(int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0) {
        verdict_broken("fstat");
    }
    if (S_ISSOCK(status.st_mode)) {
        return VIGIL_KERNEL_SOCKET;
    }
    if (S_ISFIFO(status.st_mode)) {
        return VIGIL_KERNEL_WATCHABLE;
    }
    if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
        return VIGIL_KERNEL_FILE;
    }
    return kind_as_shown(fd);
}

/* What the kernel shows of `fd` beside its name; 0 if it is closed. A test may
 * have used up the descriptors; the limit of what a process has is its own to
 * raise (getrlimit(2)). */
size_t mirror_details(int fd, char *text, size_t size)
{
    char path[LINK_BYTES];
    struct rlimit before;
    struct rlimit wide;
    (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    (void)getrlimit(RLIMIT_NOFILE, &before);
    wide = before;
    wide.rlim_cur = wide.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &wide);
    int details = open(path, O_RDONLY | O_CLOEXEC);
    (void)setrlimit(RLIMIT_NOFILE, &before);
    if (details < 0) {
        return 0;
    }
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0 && length + 1 < size) {
        got = read(details, text + length, size - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    (void)close(details);
    text[length] = 0;
    if (got != 0) {
        verdict_broken("/proc/self/fdinfo says more than there is room for");
    }
    return length;
}

/* Where a test has had fcntl(2) refused, the kernel shows the flags elsewhere. */
static bool flags_of(int fd, int *file, int *descriptor)
{
    *descriptor = fcntl(fd, F_GETFD);
    if (*descriptor >= 0) {
        *file = fcntl(fd, F_GETFL);
        return true;
    }
    char text[MIRROR_DETAILS_BYTES];
    if (errno == EBADF || mirror_details(fd, text, sizeof text) == 0) {
        return false;
    }
    const char *flags = strstr(text, "flags:");
    unsigned shown = 0;
    if (flags == NULL || sscanf(flags, "flags: %o", &shown) != 1) {
        verdict_broken("/proc/self/fdinfo shows no flags");
    }
    *file = (int)shown;
    *descriptor = (shown & O_CLOEXEC) != 0 ? FD_CLOEXEC : 0;
    return true;
}

static void read_descriptor(int fd)
{
    int file = 0;
    int descriptor = 0;
    if (!flags_of(fd, &file, &descriptor)) {
        kernel_kind[fd] = VIGIL_KERNEL_CLOSED;
        return;
    }
    kernel_kind[fd] = kind_of(fd);
    kernel_nonblocking[fd] = (file & O_NONBLOCK) != 0;
    kernel_cloexec[fd] = (descriptor & FD_CLOEXEC) != 0;
}

/* One call tells which of them are open at all (poll(2), POLLNVAL), unless it is
 * asked about more than the process may have. */
static void read_table(void)
{
    struct pollfd all[VIGIL_KERNEL_DESCRIPTORS];
    for (int fd = 0; fd < VIGIL_KERNEL_DESCRIPTORS; fd++) {
        all[fd] = (struct pollfd){.fd = fd};
    }
    bool told = poll(all, VIGIL_KERNEL_DESCRIPTORS, 0) >= 0;
    for (int fd = 0; fd < VIGIL_KERNEL_DESCRIPTORS; fd++) {
        if (told && (all[fd].revents & POLLNVAL) != 0) {
            kernel_kind[fd] = VIGIL_KERNEL_CLOSED;
        } else {
            read_descriptor(fd);
        }
    }
}

static void read_counter(int fd)
{
    char text[MIRROR_DETAILS_BYTES];
    unsigned long long counter = 0;
    (void)mirror_details(fd, text, sizeof text);
    const char *shown = strstr(text, "eventfd-count:");
    if (shown == NULL || sscanf(shown, "eventfd-count: %llx", &counter) != 1) {
        verdict_broken("/proc/self/fdinfo shows no counter");
    }
    kernel_counter[fd] = counter;
}

static uint64_t clock_now(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

void mirror_clock(uint64_t answer)
{
    uint64_t now = clock_now();
    kernel_time = kernel_time <= answer && answer <= now ? answer : now;
}

static void read_counters(void)
{
    for (int fd = 0; fd < VIGIL_KERNEL_DESCRIPTORS; fd++) {
        if (kernel_kind[fd] == VIGIL_KERNEL_EVENTFD) {
            read_counter(fd);
        }
    }
}

static bool read_lists(void)
{
    bool all = true;
    for (int fd = 0; fd < VIGIL_KERNEL_DESCRIPTORS; fd++) {
        all = mirror_list(fd) && all;
    }
    return all;
}

bool mirror_read(shadow_part part)
{
    if (part == SHADOW_TIME) {
        kernel_time = clock_now();
    }
    if (part < SHADOW_TABLE) {
        return true;
    }
    /* The lowest number that is free is given out first (open(2)). */
    if (fcntl(VIGIL_KERNEL_DESCRIPTORS, F_GETFD) >= 0) {
        return false;
    }
    read_table();
    if (part >= SHADOW_COUNTERS) {
        read_counters();
    }
    return part < SHADOW_WAIT || read_lists();
}

/* While nothing is refused yet, what is open at the start is asked for its kind. */
__attribute__((constructor)) static void begin(void)
{
    if (!mirror_read(SHADOW_LISTS)) {
        verdict_broken("more descriptors are open than the contracts speak of");
    }
}
