/* SPDX-License-Identifier: MIT */
#include "os/sim/names.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define FAMILY_BYTES 2

int sim_family_of(const vigil_sockaddr *address)
{
    uint16_t family = 0;
    if (address->length >= sizeof family) {
        memcpy(&family, address->bytes, sizeof family);
    }
    return family;
}

vigil_model_name sim_name_of(const vigil_sockaddr *address)
{
    vigil_model_name name = {0};
    if (sim_family_of(address) != AF_UNIX) {
        name.port = (uint16_t)(address->bytes[2] * 256 + address->bytes[3]);
        return name;
    }
    size_t size = address->length - FAMILY_BYTES;
    name.size = size < VIGIL_MODEL_NAME_MAX ? size : VIGIL_MODEL_NAME_MAX;
    memcpy(name.bytes, address->bytes + FAMILY_BYTES, name.size);
    return name;
}

/* sin_family, sin6_family and sun_family in the order of this machine, the ports and
 * addresses in network order. */
void sim_put_name(vigil_sockaddr *address, int family, const vigil_model_name *name)
{
    uint16_t native_family = (uint16_t)family;
    memset(address, 0, sizeof *address);
    memcpy(address->bytes, &native_family, sizeof native_family);
    if (family == AF_UNIX) {
        memcpy(address->bytes + FAMILY_BYTES, name->bytes, name->size);
        address->length = (uint32_t)(FAMILY_BYTES + name->size);
        return;
    }
    address->bytes[2] = (uint8_t)(name->port / 256);
    address->bytes[3] = (uint8_t)(name->port % 256);
    if (family == AF_INET) {
        address->bytes[4] = 127;
        address->bytes[7] = 1;
        address->length = 16;
    } else {
        address->bytes[23] = 1;
        address->length = 28;
    }
}

int sim_socket_family(vigil_fd fd)
{
    vigil_model_name name;
    int family = vigil_model_family(vigil_sim_kernel(), fd);
    bool is_unix = family == -ENOTSOCK && vigil_model_unix_name(vigil_sim_kernel(), fd, &name) == 0;
    return is_unix ? AF_UNIX : family;
}

static int put(vigil_fd fd, int port, const vigil_model_name *name, int error,
               vigil_sockaddr *address)
{
    int family = sim_socket_family(fd);
    vigil_model_name found = *name;
    int result = family < 0 ? family : family == AF_UNIX ? error : port;
    address->length = 0;
    if (result >= 0) {
        found.port = family == AF_UNIX ? 0 : (uint16_t)port;
        sim_put_name(address, family, &found);
    }
    return result < 0 ? result : 0;
}

int sim_local_name(vigil_fd fd, vigil_sockaddr *address)
{
    vigil_model_name name = {0};
    int error = vigil_model_unix_name(vigil_sim_kernel(), fd, &name);
    return put(fd, vigil_model_local_port(vigil_sim_kernel(), fd), &name, error, address);
}

int sim_peer_name(vigil_fd fd, vigil_sockaddr *address)
{
    vigil_model_name name = {0};
    int error = vigil_model_unix_peer(vigil_sim_kernel(), fd, &name);
    return put(fd, vigil_model_peer_port(vigil_sim_kernel(), fd), &name, error, address);
}
