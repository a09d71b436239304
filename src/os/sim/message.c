/* SPDX-License-Identifier: MIT */

/* The seam to control messages, over the model kernel, which sends and receives one
 * datagram at a time, as a Linux before 4.18, and keeps errors. */
#include "os/message.h"

#include "os/sim/chance.h"
#include "os/sim/names.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* struct sock_extended_err of ip(7), which an address follows. */
typedef struct extended_error {
    uint32_t code;
    uint8_t origin;
    uint8_t rest[3];
    uint32_t info;
    uint32_t data;
} extended_error;

/* Port unreachable (RFC 792, RFC 4443); the origins of the two. */
#define ORIGIN_ICMP 2
#define ORIGIN_ICMPV6 3

vigil_status vigil_os_send_segments(vigil_fd fd, const void *data, size_t length,
                                    size_t segment_bytes, const vigil_sockaddr *to)
{
    (void)data;
    (void)length;
    (void)segment_bytes;
    (void)to;
    int family = sim_socket_family(fd);
    return sim_status(family < 0 ? family : -ENOPROTOOPT);
}

vigil_status vigil_os_receive_segments(vigil_fd fd, void *data, size_t capacity,
                                       vigil_sockaddr *from, size_t *count,
                                       vigil_os_control *control)
{
    control->length = 0;
    return vigil_os_receive_from(fd, data, capacity, from, count);
}

/* As the kernel writes it; on the loopback interface, the destination has found it. */
static void put_error(vigil_os_control *control, int family, const vigil_model_error *said)
{
    bool ipv6 = family == AF_INET6;
    bool is_icmp = said->origin == ORIGIN_ICMP;
    extended_error error = {.code = (uint32_t)said->error,
                            .origin = (uint8_t)(is_icmp && ipv6 ? ORIGIN_ICMPV6 : said->origin),
                            .info = said->info};
    vigil_model_name nobody = {0};
    vigil_sockaddr offender = {.length = 0};
    sim_put_name(&offender, family, &nobody);
    error.rest[0] = is_icmp ? (ipv6 ? 1 : 3) : 0;
    error.rest[1] = is_icmp ? (ipv6 ? 4 : 3) : 0;
    memset(control->bytes, 0, sizeof control->bytes);
    struct cmsghdr header = {
        .cmsg_len = CMSG_LEN(sizeof error + offender.length),
        .cmsg_level = ipv6 ? VIGIL_OS_CONTROL_IPV6 : VIGIL_OS_CONTROL_IPV4,
        .cmsg_type = ipv6 ? VIGIL_OS_CONTROL_IPV6_ERROR : VIGIL_OS_CONTROL_IPV4_ERROR,
    };
    memcpy(control->bytes, &header, sizeof header);
    memcpy(control->bytes + CMSG_LEN(0), &error, sizeof error);
    if (is_icmp) {
        memcpy(control->bytes + CMSG_LEN(sizeof error), offender.bytes, offender.length);
    }
    control->length = (uint32_t)CMSG_SPACE(sizeof error + offender.length);
}

vigil_status vigil_os_receive_error(vigil_fd fd, vigil_sockaddr *destination,
                                    vigil_os_control *control)
{
    vigil_model_error error = {0};
    int family = sim_socket_family(fd);
    int result = vigil_model_receive_error(vigil_sim_kernel(), fd, &error);
    destination->length = 0;
    control->length = 0;
    if (result == 0) {
        vigil_model_name name = {.port = error.port};
        sim_put_name(destination, family, &name);
        put_error(control, family, &error);
    }
    return sim_status(result);
}
