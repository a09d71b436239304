/* SPDX-License-Identifier: MIT */
#ifndef VIGIL_TESTS_SUPPORT_UNIX_NAMES_H
#define VIGIL_TESTS_SUPPORT_UNIX_NAMES_H

#include "support/tcp_rig.h"

/*
 * Names for Unix sockets that no other test has: files, each in a folder of its own,
 * and abstract ones.
 */

/* A path that nothing is at. */
vigil_unix_address fresh_path(void);

/* The same of exactly `length` bytes, at least 60 and at most 108. */
vigil_unix_address fresh_path_of(size_t length);

/* An abstract name that nobody has. */
vigil_unix_address fresh_abstract(void);

/* Removes the file of a path, which must be there, and its folder. */
void remove_path(vigil_unix_address address);

vigil_unix_address path_address(const char *path);
vigil_unix_address abstract_address(const char *name, size_t length);

#endif
