/* SPDX-License-Identifier: MIT */
#include "net/option.h"

vigil_status vigil_option_set_switch(vigil_fd fd, vigil_os_option option, bool enabled)
{
    return vigil_os_set_option(fd, option, enabled ? 1 : 0);
}

vigil_status vigil_option_switch(vigil_fd fd, vigil_os_option option, bool *enabled)
{
    int value = 0;
    vigil_status status = vigil_os_get_option(fd, option, &value);
    *enabled = value != 0;
    return status;
}

vigil_status vigil_option_is_ipv6(vigil_fd fd, bool *ipv6)
{
    int family = VIGIL_OS_AF_UNSPEC;
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_FAMILY, &family);
    *ipv6 = family == VIGIL_OS_AF_INET6;
    return status;
}

/*@
  terminates \true; exits \false;
  assigns \nothing;
  ensures status: status_valid(\result);
*/
static vigil_status set_both(vigil_fd fd, vigil_os_option option_ipv6, vigil_os_option option_ipv4,
                             int value)
{
    int before = 0;
    vigil_status status = vigil_os_get_option(fd, option_ipv6, &before);
    if (status == VIGIL_OK) {
        status = vigil_os_set_option(fd, option_ipv6, value);
    }
    if (status != VIGIL_OK) {
        return status;
    }
    status = vigil_os_set_option(fd, option_ipv4, value);
    if (status != VIGIL_OK) {
        (void)!vigil_os_set_option(fd, option_ipv6, before);
    }
    return status;
}

vigil_status vigil_option_set_of_family(vigil_fd fd, vigil_os_option option_ipv6,
                                        vigil_os_option option_ipv4, int value)
{
    bool ipv6 = false;
    vigil_status status = vigil_option_is_ipv6(fd, &ipv6);
    if (status != VIGIL_OK) {
        return status;
    }
    return ipv6 ? set_both(fd, option_ipv6, option_ipv4, value)
                : vigil_os_set_option(fd, option_ipv4, value);
}

vigil_status vigil_option_of_family(vigil_fd fd, vigil_os_option option_ipv6,
                                    vigil_os_option option_ipv4, int *value)
{
    bool ipv6 = false;
    vigil_status status = vigil_option_is_ipv6(fd, &ipv6);
    *value = 0;
    return status == VIGIL_OK ? vigil_os_get_option(fd, ipv6 ? option_ipv6 : option_ipv4, value)
                              : status;
}

vigil_status vigil_option_set_buffer(vigil_fd fd, vigil_os_option option, int bytes)
{
    int had = 0;
    vigil_status status = vigil_os_get_option(fd, option, &had);
    if (status != VIGIL_OK) {
        return status;
    }
    return bytes < 1 ? VIGIL_EINVAL : vigil_os_set_option(fd, option, bytes);
}

/*@
  requires name: \valid_read(name + (0 .. length - 1));
  terminates \true; exits \false;
  assigns \nothing;
  ensures name: \result <==> length < VIGIL_DEVICE_NAME_MAX &&
    \forall integer i; 0 <= i < length ==> name[i] != 0;
*/
static bool is_device_name(const char *name, size_t length)
{
    if (length >= VIGIL_DEVICE_NAME_MAX) {
        return false;
    }
    /*@
      loop invariant range: 0 <= i <= length;
      loop invariant zeros: \forall integer j; 0 <= j < i ==> name[j] != 0;
      loop assigns i;
      loop variant length - i;
    */
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '\0') {
            return false;
        }
    }
    return true;
}

vigil_status vigil_option_set_device(vigil_fd fd, const char *name, size_t length)
{
    int family = VIGIL_OS_AF_UNSPEC;
    vigil_status status = vigil_os_get_option(fd, VIGIL_OS_FAMILY, &family);
    if (status != VIGIL_OK) {
        return status;
    }
    return is_device_name(name, length) ? vigil_os_set_device(fd, name, length) : VIGIL_EINVAL;
}

vigil_status vigil_option_device(vigil_fd fd, char *name, size_t *length)
{
    vigil_status status = vigil_os_get_device(fd, name, length);
    name[*length] = '\0';
    return status;
}
