/* SPDX-License-Identifier: MIT */

/* The seam to what only datagram sockets do, over the model kernel, which knows no
 * groups. */
#include "os/sim/chance.h"
#include "os/sim/names.h"
#include "os/sim/watched.h"
#include "os/socket.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* As the kernel asks first: whether it is a descriptor, and of a socket. */
static vigil_status not_offered(vigil_fd fd)
{
    int family = sim_socket_family(fd);
    return family < 0 ? sim_status(family) : VIGIL_ENOSYS;
}

vigil_status vigil_os_set_membership(vigil_fd fd, vigil_os_membership change,
                                     const vigil_sockaddr *group, uint32_t interface_index)
{
    (void)change;
    (void)group;
    (void)interface_index;
    return not_offered(fd);
}

vigil_status vigil_os_set_multicast_interface(vigil_fd fd, int interface_index)
{
    (void)interface_index;
    return not_offered(fd);
}

static bool interrupted(size_t *count)
{
    *count = 0;
    return sim_happens(sim_current()->interrupts);
}

/* Linux takes no address for a wrong length (sendto(2), EINVAL). */
vigil_status vigil_os_send_to(vigil_fd fd, const void *data, size_t length,
                              const vigil_sockaddr *to, size_t *count)
{
    if (interrupted(count)) {
        return VIGIL_EINTR;
    }
    vigil_model_name name = sim_name_of(to);
    int64_t result = sim_socket_family(fd);
    if (result >= 0 && sim_family_of(to) != result) {
        result = -EINVAL;
    } else if (result >= 0) {
        result = vigil_model_send(vigil_sim_kernel(), fd, data, length, &name);
    }
    *count = result < 0 ? 0 : (size_t)result;
    return sim_moved(fd, EPOLLOUT, result);
}

static vigil_status receive(vigil_fd fd, void *data, size_t capacity, int flags,
                            vigil_sockaddr *from, size_t *count)
{
    vigil_model_name name = {0};
    from->length = 0;
    if (interrupted(count)) {
        return VIGIL_EINTR;
    }
    int64_t length =
        vigil_model_receive(vigil_sim_kernel(), fd, data, capacity, flags | MSG_TRUNC, &name);
    if (length < 0) {
        return sim_moved(fd, EPOLLIN, length);
    }
    int family = sim_socket_family(fd);
    if (name.port != 0 || name.size != 0) {
        sim_put_name(from, family, &name);
    }
    *count = (size_t)length < capacity ? (size_t)length : capacity;
    return (size_t)length > capacity ? VIGIL_EMSGSIZE : VIGIL_OK;
}

vigil_status vigil_os_receive_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                   size_t *count)
{
    return receive(fd, data, capacity, 0, from, count);
}

vigil_status vigil_os_peek_from(vigil_fd fd, void *data, size_t capacity, vigil_sockaddr *from,
                                size_t *count)
{
    return receive(fd, data, capacity, MSG_PEEK, from, count);
}
