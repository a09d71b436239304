/* SPDX-License-Identifier: MIT */

/* What the library has opened and registered, as its own calls tell it. */
#include "fault/inject.h"

#include <fcntl.h>
#include <string.h>

#define DESCRIPTORS_MAX 64
#define ENTRIES_MAX 64

static struct {
    bool owned[DESCRIPTORS_MAX];
    unsigned open;
    account_entry entries[ENTRIES_MAX];
    unsigned entry_count;
    int locks;
} account;

static bool is_known(vigil_fd fd)
{
    return fd >= 0 && fd < DESCRIPTORS_MAX;
}

void account_handed_over(vigil_fd fd)
{
    if (!is_known(fd) || account.owned[fd]) {
        fault_fail("descriptor %d is the library's already", fd);
    }
    account.owned[fd] = true;
    account.open++;
}

void account_given_back(vigil_fd fd)
{
    if (!is_known(fd) || !account.owned[fd]) {
        fault_fail("closes or gives back descriptor %d, which is not open", fd);
    }
    account.owned[fd] = false;
    account.open--;
}

void account_opened(vigil_fd fd)
{
    if (fd == VIGIL_FD_NONE) {
        return;
    }
    account_handed_over(fd);
    if ((fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
        fault_fail("descriptor %d would be inherited by a program that is executed", fd);
    }
}

/* epoll(7): the last descriptor takes its registrations with it. */
void account_forgotten(vigil_fd fd)
{
    unsigned left = 0;
    for (unsigned i = 0; i < account.entry_count; i++) {
        account_entry entry = account.entries[i];
        if (entry.epoll != fd && entry.fd != fd) {
            account.entries[left++] = entry;
        }
    }
    account.entry_count = left;
}

void account_closed(vigil_fd fd)
{
    account_given_back(fd);
    account_forgotten(fd);
}

static account_entry *find(vigil_fd epoll, vigil_fd fd)
{
    for (unsigned i = 0; i < account.entry_count; i++) {
        if (account.entries[i].epoll == epoll && account.entries[i].fd == fd) {
            return &account.entries[i];
        }
    }
    return NULL;
}

void account_added(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    if (find(epoll, fd) != NULL || account.entry_count == ENTRIES_MAX) {
        fault_fail("descriptor %d is registered twice, or there are too many", fd);
    }
    account.entries[account.entry_count++] = (account_entry){epoll, fd, mask, key};
}

void account_modified(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    account_entry *entry = find(epoll, fd);
    if (entry == NULL) {
        fault_fail("descriptor %d is changed and was not registered", fd);
    }
    entry->mask = mask;
    entry->key = key;
}

void account_removed(vigil_fd epoll, vigil_fd fd)
{
    account_entry *entry = find(epoll, fd);
    if (entry == NULL) {
        fault_fail("descriptor %d is removed and was not registered", fd);
    }
    *entry = account.entries[--account.entry_count];
}

void account_mutexes(int more)
{
    account.locks += more;
    if (account.locks < 0) {
        fault_fail("a lock is destroyed twice");
    }
}

unsigned account_open(void)
{
    return account.open;
}

unsigned account_entries(void)
{
    return account.entry_count;
}

const account_entry *account_entry_at(unsigned number)
{
    return &account.entries[number];
}

const account_entry *account_entry_of(vigil_fd epoll, vigil_fd fd)
{
    return find(epoll, fd);
}

int account_locks(void)
{
    return account.locks;
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
    return (sum ^ value) * UINT64_C(0x100000001b3);
}

/* Fowler, Noll and Vo's hash; entries are added up, as their order means nothing. */
uint64_t account_digest(void)
{
    uint64_t sum = UINT64_C(0xcbf29ce484222325);
    uint64_t entries = 0;
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
        sum = account.owned[fd] ? mix(sum, (uint64_t)fd) : sum;
    }
    for (unsigned i = 0; i < account.entry_count; i++) {
        const account_entry *entry = &account.entries[i];
        uint64_t one = mix(mix(sum, (uint64_t)entry->epoll), (uint64_t)entry->fd);
        entries += mix(mix(one, entry->mask), entry->key);
    }
    return mix(sum, entries) + (uint64_t)account.locks;
}
