/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_SPEC_SHADOW_MIRROR_H
#define VIGIL_SPEC_SHADOW_MIRROR_H

#include <stdbool.h>
#include <stddef.h>

/* Room for what /proc/self/fdinfo shows: a line for each entry of a list. */
#define MIRROR_DETAILS_BYTES 65536

/* What /proc/self/fdinfo shows of `fd`; 0 if it is closed. */
size_t mirror_details(int fd, char *text, size_t size);
/* Reads the interest list of `epoll`, an empty one if it is no epoll; false if it
 * has entries that the contracts do not speak of. */
bool mirror_list(int epoll);

#endif
