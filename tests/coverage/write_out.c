/* SPDX-License-Identifier: MIT */

/* Linked to the tests where coverage is measured: what a process has counted is written
 * when it ends, however it ends. The run-time library does so in exit(3) alone, and the
 * children of the tests end otherwise. */
#include <stdlib.h>
#include <unistd.h>

int __llvm_profile_write_file(void);
_Noreturn void __real__exit(int status);
_Noreturn void __real_abort(void);
_Noreturn void __wrap__exit(int status);
_Noreturn void __wrap_abort(void);

void __wrap__exit(int status)
{
    (void)__llvm_profile_write_file();
    __real__exit(status);
}

void __wrap_abort(void)
{
    (void)__llvm_profile_write_file();
    __real_abort();
}
