/* SPDX-License-Identifier: MIT */

/* The calls of the seam, which may fail. What a refused call leaves behind is
 * what the seam's contracts say of a failure: no descriptor, a count of 0. */
#include "fault/inject.h"

#define CALLER __builtin_extract_return_addr(__builtin_return_address(0))
/* A sleep that nothing ends within this time would never end. */
#define FOR_GOOD_MS 3000

uint64_t fault_now_ns(void)
{
    (void)call_begins(CALL_now_ns, CALLER);
    return vigil_os_now_ns();
}

vigil_status fault_close(vigil_fd fd)
{
    const fault *f = call_begins(CALL_close, CALLER);
    account_closed(fd);
    return call_ends(f, vigil_os_close(fd));
}

vigil_status fault_adopt(vigil_fd fd)
{
    const fault *f = call_begins(CALL_adopt, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_adopt(fd));
}

vigil_status fault_epoll_create(vigil_fd *epoll)
{
    const fault *f = call_begins(CALL_epoll_create, CALLER);
    *epoll = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_epoll_create(epoll);
    account_opened(*epoll);
    return call_ends(f, status);
}

vigil_status fault_epoll_add(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    const fault *f = call_begins(CALL_epoll_add, CALLER);
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    vigil_status status = vigil_os_epoll_add(epoll, fd, mask, key);
    if (status == VIGIL_OK) {
        account_added(epoll, fd, mask, key);
    }
    return call_ends(f, status);
}

vigil_status fault_epoll_modify(vigil_fd epoll, vigil_fd fd, uint32_t mask, uint64_t key)
{
    const fault *f = call_begins(CALL_epoll_modify, CALLER);
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    vigil_status status = vigil_os_epoll_modify(epoll, fd, mask, key);
    if (status == VIGIL_OK) {
        account_modified(epoll, fd, mask, key);
    }
    return call_ends(f, status);
}

vigil_status fault_epoll_remove(vigil_fd epoll, vigil_fd fd)
{
    const fault *f = call_begins(CALL_epoll_remove, CALLER);
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    vigil_status status = vigil_os_epoll_remove(epoll, fd);
    if (status == VIGIL_OK) {
        account_removed(epoll, fd);
    }
    return call_ends(f, status);
}

vigil_status fault_epoll_wait(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                              int timeout_ms, uint32_t *count)
{
    const fault *f = call_begins(CALL_epoll_wait, CALLER);
    *count = 0;
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    int bounded_ms = timeout_ms < 0 ? FOR_GOOD_MS : timeout_ms;
    uint32_t room = is_short(f) ? 1 : capacity;
    vigil_status status = vigil_os_epoll_wait(epoll, events, room, bounded_ms, count);
    if (timeout_ms < 0 && status == VIGIL_OK && *count == 0) {
        fault_fail("sleeps for good");
    }
    return call_ends(f, status);
}

vigil_status fault_epoll_wait_ns(vigil_fd epoll, vigil_raw_event *events, uint32_t capacity,
                                 int64_t seconds, int64_t nanoseconds, uint32_t *count)
{
    const fault *f = call_begins(CALL_epoll_wait_ns, CALLER);
    *count = 0;
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    uint32_t room = is_short(f) ? 1 : capacity;
    return call_ends(f, vigil_os_epoll_wait_ns(epoll, events, room, seconds, nanoseconds, count));
}

vigil_status fault_eventfd(vigil_fd *eventfd)
{
    const fault *f = call_begins(CALL_eventfd, CALLER);
    *eventfd = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_eventfd(eventfd);
    account_opened(*eventfd);
    return call_ends(f, status);
}

vigil_status fault_eventfd_write(vigil_fd eventfd)
{
    const fault *f = call_begins(CALL_eventfd_write, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_eventfd_write(eventfd));
}

vigil_status fault_eventfd_drain(vigil_fd eventfd)
{
    const fault *f = call_begins(CALL_eventfd_drain, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_eventfd_drain(eventfd));
}

vigil_status fault_mutex_init(vigil_mutex *mutex)
{
    const fault *f = call_begins(CALL_mutex_init, CALLER);
    if (is_refused(f)) {
        return call_ends(f, VIGIL_OK);
    }
    account_mutexes(1);
    return call_ends(f, vigil_os_mutex_init(mutex));
}

void fault_mutex_destroy(vigil_mutex *mutex)
{
    (void)call_begins(CALL_mutex_destroy, CALLER);
    account_mutexes(-1);
    vigil_os_mutex_destroy(mutex);
}

void fault_mutex_lock(vigil_mutex *mutex)
{
    (void)call_begins(CALL_mutex_lock, CALLER);
    vigil_os_mutex_lock(mutex);
}

void fault_mutex_unlock(vigil_mutex *mutex)
{
    (void)call_begins(CALL_mutex_unlock, CALLER);
    vigil_os_mutex_unlock(mutex);
}

vigil_status fault_socket_stream(int family, vigil_fd *fd)
{
    const fault *f = call_begins(CALL_socket_stream, CALLER);
    *fd = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_socket_stream(family, fd);
    account_opened(*fd);
    return call_ends(f, status);
}

vigil_status fault_socket_datagram(int family, vigil_fd *fd)
{
    const fault *f = call_begins(CALL_socket_datagram, CALLER);
    *fd = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_socket_datagram(family, fd);
    account_opened(*fd);
    return call_ends(f, status);
}

vigil_status fault_bind(vigil_fd fd, const vigil_sockaddr *address)
{
    const fault *f = call_begins(CALL_bind, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_bind(fd, address));
}

vigil_status fault_listen(vigil_fd fd, int backlog)
{
    const fault *f = call_begins(CALL_listen, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_listen(fd, backlog));
}

vigil_status fault_connect(vigil_fd fd, const vigil_sockaddr *address)
{
    const fault *f = call_begins(CALL_connect, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_connect(fd, address));
}

vigil_status fault_accept(vigil_fd listener, vigil_fd *fd, vigil_sockaddr *peer)
{
    const fault *f = call_begins(CALL_accept, CALLER);
    *fd = VIGIL_FD_NONE;
    peer->length = 0;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_accept(listener, fd, peer);
    account_opened(*fd);
    return call_ends(f, status);
}

vigil_status fault_local_address(vigil_fd fd, vigil_sockaddr *address)
{
    const fault *f = call_begins(CALL_local_address, CALLER);
    address->length = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_local_address(fd, address));
}

vigil_status fault_peer_address(vigil_fd fd, vigil_sockaddr *address)
{
    const fault *f = call_begins(CALL_peer_address, CALLER);
    address->length = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_peer_address(fd, address));
}

vigil_status fault_shutdown(vigil_fd fd, vigil_shutdown how)
{
    const fault *f = call_begins(CALL_shutdown, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_shutdown(fd, how));
}

vigil_status fault_get_option(vigil_fd fd, vigil_os_option option, int *value)
{
    const fault *f = call_begins(CALL_get_option, CALLER);
    *value = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_get_option(fd, option, value));
}

vigil_status fault_set_option(vigil_fd fd, vigil_os_option option, int value)
{
    const fault *f = call_begins(CALL_set_option, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_set_option(fd, option, value));
}

vigil_status fault_get_linger(vigil_fd fd, bool *enabled, int *seconds)
{
    const fault *f = call_begins(CALL_get_linger, CALLER);
    *enabled = false;
    *seconds = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_get_linger(fd, enabled, seconds));
}

vigil_status fault_set_linger(vigil_fd fd, bool enabled, int seconds)
{
    const fault *f = call_begins(CALL_set_linger, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_set_linger(fd, enabled, seconds));
}

vigil_status fault_set_device(vigil_fd fd, const char *name, size_t length)
{
    const fault *f = call_begins(CALL_set_device, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_set_device(fd, name, length));
}

vigil_status fault_get_device(vigil_fd fd, char *name, size_t *length)
{
    const fault *f = call_begins(CALL_get_device, CALLER);
    *length = 0;
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_get_device(fd, name, length));
}

vigil_status fault_set_membership(vigil_fd fd, vigil_os_membership change,
                                  const vigil_sockaddr *group, uint32_t interface_index)
{
    const fault *f = call_begins(CALL_set_membership, CALLER);
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_set_membership(fd, change, group, interface_index));
}

vigil_status fault_set_multicast_interface(vigil_fd fd, int interface_index)
{
    const fault *f = call_begins(CALL_set_multicast_interface, CALLER);
    return call_ends(
        f, is_refused(f) ? VIGIL_OK : vigil_os_set_multicast_interface(fd, interface_index));
}

vigil_status fault_socket_pair(vigil_os_pair kind, vigil_fd *one, vigil_fd *two)
{
    const fault *f = call_begins(CALL_socket_pair, CALLER);
    *one = VIGIL_FD_NONE;
    *two = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_socket_pair(kind, one, two);
    account_opened(*one);
    account_opened(*two);
    return call_ends(f, status);
}

vigil_status fault_pipe(vigil_fd *receiver, vigil_fd *sender)
{
    const fault *f = call_begins(CALL_pipe, CALLER);
    *receiver = VIGIL_FD_NONE;
    *sender = VIGIL_FD_NONE;
    vigil_status status = is_refused(f) ? VIGIL_OK : vigil_os_pipe(receiver, sender);
    account_opened(*receiver);
    account_opened(*sender);
    return call_ends(f, status);
}

vigil_status fault_set_nonblocking(vigil_fd fd, bool enabled)
{
    const fault *f = call_begins(CALL_set_nonblocking, CALLER);
    return call_ends(f, is_refused(f) ? VIGIL_OK : vigil_os_set_nonblocking(fd, enabled));
}

vigil_status fault_peer_credentials(vigil_fd fd, vigil_credentials *credentials)
{
    const fault *f = call_begins(CALL_peer_credentials, CALLER);
    if (is_refused(f)) {
        *credentials = (vigil_credentials){0};
        return call_ends(f, VIGIL_OK);
    }
    return call_ends(f, vigil_os_peer_credentials(fd, credentials));
}
