/* SPDX-License-Identifier: MIT */
#include "net/udp_errors.h"

#include "net/error_message.h"
#include "net/option.h"
#include "net/told.h"
#include "os/message.h"

vigil_status vigil_udp_socket_set_error_queue(const vigil_udp_socket *socket, bool enabled)
{
    return vigil_option_set_of_family(socket->source.fd, VIGIL_OS_ERROR_QUEUE_IPV6,
                                      VIGIL_OS_ERROR_QUEUE_IPV4, enabled ? 1 : 0);
}

vigil_status vigil_udp_socket_error_queue(const vigil_udp_socket *socket, bool *enabled)
{
    int value = 0;
    vigil_status status = vigil_option_of_family(socket->source.fd, VIGIL_OS_ERROR_QUEUE_IPV6,
                                                 VIGIL_OS_ERROR_QUEUE_IPV4, &value);
    *enabled = value != 0;
    return status;
}

vigil_status vigil_udp_socket_take_queued_error(vigil_udp_socket *socket,
                                                vigil_queued_error *queued)
{
    vigil_sockaddr destination;
    vigil_os_control control;
    vigil_status status = vigil_os_receive_error(socket->source.fd, &destination, &control);
    *queued = vigil_error_message_decode(&control, &destination);
    return told_by(&socket->source, VIGIL_READABLE, status);
}
