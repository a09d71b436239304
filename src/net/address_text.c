/* SPDX-License-Identifier: MIT */
#include "net/address_text.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PORT_MAX UINT32_C(65535)

/* Digits only, no sign, no space, at most `most`. */
static bool read_number(const char *text, size_t length, uint32_t most, uint32_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        value = value * 10 + (uint64_t)(text[i] - '0');
        if (value > most) {
            return false;
        }
    }
    *number = (uint32_t)value;
    return length > 0;
}

/* inet_pton(3) wants a string of its own. */
static bool read_ip(int family, const char *text, size_t length, uint8_t *ip)
{
    char copy[INET6_ADDRSTRLEN];
    if (length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return inet_pton(family, copy, ip) == 1;
}

/* "fe80::1%2", between the brackets. */
static bool read_ipv6(const char *text, size_t length, vigil_address *address)
{
    const char *percent = memchr(text, '%', length);
    size_t ip_length = percent == NULL ? length : (size_t)(percent - text);
    bool scoped = percent == NULL
        || read_number(percent + 1, length - ip_length - 1, UINT32_MAX, &address->scope);
    return scoped && read_ip(AF_INET6, text, ip_length, address->ip);
}

static bool read_host(const char *text, size_t length, vigil_address *address)
{
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        address->family = VIGIL_FAMILY_IPV6;
        return read_ipv6(text + 1, length - 2, address);
    }
    address->family = VIGIL_FAMILY_IPV4;
    return read_ip(AF_INET, text, length, address->ip);
}

vigil_status vigil_address_parse(const char *text, vigil_address *address)
{
    vigil_address found = vigil_address_none();
    uint32_t port = 0;
    *address = found;
    const char *colon = strrchr(text, ':');
    if (colon == NULL || !read_number(colon + 1, strlen(colon + 1), PORT_MAX, &port)
        || !read_host(text, (size_t)(colon - text), &found)) {
        return VIGIL_EINVAL;
    }
    found.port = (uint16_t)port;
    *address = found;
    return VIGIL_OK;
}

static int print_ipv6(const vigil_address *address, char *text, size_t size)
{
    char ip[INET6_ADDRSTRLEN] = "";
    (void)inet_ntop(AF_INET6, address->ip, ip, sizeof ip);
    if (address->scope == 0) {
        return snprintf(text, size, "[%s]:%u", ip, (unsigned)address->port);
    }
    return snprintf(text, size, "[%s%%%" PRIu32 "]:%u", ip, address->scope,
                    (unsigned)address->port);
}

static int print(const vigil_address *address, char *text, size_t size)
{
    const uint8_t *ip = address->ip;
    switch (address->family) {
    case VIGIL_FAMILY_IPV4:
        return snprintf(text, size, "%u.%u.%u.%u:%u", ip[0], ip[1], ip[2], ip[3],
                        (unsigned)address->port);
    case VIGIL_FAMILY_IPV6:
        return print_ipv6(address, text, size);
    case VIGIL_FAMILY_NONE:
        return snprintf(text, size, "none");
    }
    return snprintf(text, size, "none");
}

vigil_status vigil_address_format(vigil_address address, char *text, size_t size)
{
    int length = print(&address, text, size);
    if (length >= 0 && (size_t)length < size) {
        return VIGIL_OK;
    }
    if (size > 0) {
        text[0] = '\0';
    }
    return VIGIL_ENOSPC;
}
