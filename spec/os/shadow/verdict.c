/* SPDX-License-Identifier: MIT */
#include "verdict.h"
#include "shadow.h"

#include <e_acsl.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * What E-ACSL's code calls, in place of E-ACSL's own run-time library. That one
 * knows the memory of programs that E-ACSL has read whole; here it has read the
 * seam alone, and every pointer comes from elsewhere. So memory is what the
 * kernel says it is, and a predicate that fails is counted and told, and the
 * test goes on.
 */

static struct verdict_counts *counts;

static void copy(char *to, size_t size, const char *from)
{
    size_t length = strnlen(from, size - 1);
    memcpy(to, from, length);
    to[length] = 0;
}

_Noreturn void verdict_broken(const char *what)
{
    static const char prefix[] = "contracts: ";
    (void)!write(STDERR_FILENO, prefix, sizeof prefix - 1);
    (void)!write(STDERR_FILENO, what, strlen(what));
    (void)!write(STDERR_FILENO, "\n", 1);
    if (counts != NULL) {
        copy(counts->broken, sizeof counts->broken, what);
    }
    abort();
}

/* The row of a predicate, the next free one if it has none yet. */
static struct verdict_clause *clause_row(const __e_acsl_assert_data_t *data)
{
    for (size_t i = 0; i < VERDICT_CLAUSES; i++) {
        struct verdict_clause *row = &counts->clauses[i];
        if (row->line == 0) {
            row->line = (uint64_t)data->line;
            copy(row->kind, sizeof row->kind, data->kind);
            copy(row->function, sizeof row->function, data->fct);
            copy(row->name, sizeof row->name, data->name);
        }
        if (row->line == (uint64_t)data->line && strcmp(row->kind, data->kind) == 0
            && strcmp(row->function, data->fct) == 0 && strcmp(row->name, data->name) == 0) {
            return row;
        }
    }
    verdict_broken("more clauses than there is room for");
}

void __e_acsl_assert(int predicate, __e_acsl_assert_data_t *data)
{
    bool clause = data->kind[0] == 'P'; /* not a run-time error in a predicate */
    if ((predicate != 0 && !clause) || shadow_judged() != SHADOW_JUDGED) {
        return;
    }
    struct verdict_clause *row = clause_row(data);
    row->judged++;
    row->failed += predicate == 0;
    if (predicate == 0 && !clause) {
        verdict_broken(data->pred_txt);
    }
}

static struct verdict_call *call_row(const char *function)
{
    for (size_t i = 0; i < VERDICT_CALLS; i++) {
        struct verdict_call *row = &counts->calls[i];
        if (row->function[0] == 0) {
            copy(row->function, sizeof row->function, function);
        }
        if (strcmp(row->function, function) == 0) {
            return row;
        }
    }
    verdict_broken("more functions than there is room for");
}

uint64_t verdict_calls(const char *function)
{
    return call_row(function)->made;
}

void verdict_called(const char *function, int status, shadow_verdict verdict)
{
    struct verdict_call *row = call_row(function);
    row->made++;
    row->verdicts[verdict]++;
    if (-VERDICT_STATUSES < status && status <= 0) {
        row->statuses[-status] += verdict == SHADOW_JUDGED;
    }
}

/* The last memory that was found accessible; a clause asks again and again. */
static struct {
    const void *memory;
    size_t size;
    int advice;
} last;

void verdict_forget_memory(void)
{
    last.memory = NULL;
}

/* Memory that may be read, or written, one page after the other; nothing in it
 * changes by that (madvise(2), MADV_POPULATE_WRITE). */
static int accessible(const void *memory, size_t size, int advice)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t begin = (uintptr_t)memory / page * page;
    uintptr_t end = (uintptr_t)memory + size;
    if (size == 0 || (memory == last.memory && size == last.size && advice == last.advice)) {
        return 1;
    }
    if (memory == NULL || madvise((void *)begin, end - begin, advice) != 0) {
        return 0;
    }
    last.memory = memory;
    last.size = size;
    last.advice = advice;
    return 1;
}

int __e_acsl_valid(void *memory, size_t size, void *base, void *base_address)
{
    (void)base;
    (void)base_address;
    return accessible(memory, size, MADV_POPULATE_WRITE);
}

int __e_acsl_valid_read(void *memory, size_t size, void *base, void *base_address)
{
    (void)base;
    (void)base_address;
    return accessible(memory, size, MADV_POPULATE_READ);
}

int __e_acsl_separated(size_t count, ...)
{
    uintptr_t begin[2];
    uintptr_t end[2];
    va_list pieces;
    if (count != 2) {
        verdict_broken("only two pieces of memory can be told apart");
    }
    va_start(pieces, count);
    for (int i = 0; i < 2; i++) {
        begin[i] = (uintptr_t)va_arg(pieces, void *);
        end[i] = begin[i] + va_arg(pieces, size_t);
    }
    va_end(pieces);
    return begin[0] == end[0] || begin[1] == end[1] || end[0] <= begin[1] || end[1] <= begin[0];
}

/* The values in a predicate that fails are not told. */
#define TELLS_NOTHING(type, kind)                                                        \
    void __e_acsl_assert_register_##kind(__e_acsl_assert_data_t *data, const char *name, \
                                         int is_enum, type value)                        \
    {                                                                                    \
        (void)data, (void)name, (void)is_enum, (void)value;                              \
    }

TELLS_NOTHING(int, int)
TELLS_NOTHING(long, long)
TELLS_NOTHING(unsigned char, uchar)
TELLS_NOTHING(unsigned int, uint)
TELLS_NOTHING(unsigned long, ulong)
TELLS_NOTHING(const __e_acsl_mpz_t, mpz)

void __e_acsl_assert_register_ptr(__e_acsl_assert_data_t *data, const char *name, void *value)
{
    (void)data, (void)name, (void)value;
}

void __e_acsl_assert_clean(__e_acsl_assert_data_t *data)
{
    (void)data;
}

/* A file of its own for this process, kept by its memory alone: tests count
 * descriptors. */
static void begin(void)
{
    char path[256];
    const char *folder = getenv("VIGIL_CONTRACTS");
    (void)snprintf(path, sizeof path, "%s/%d", folder == NULL ? "" : folder, (int)getpid());
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    counts = NULL;
    if (fd < 0 || ftruncate(fd, sizeof *counts) < 0) {
        verdict_broken("VIGIL_CONTRACTS names no folder");
    }
    void *mapped = mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
        verdict_broken("mmap");
    }
    (void)close(fd);
    counts = mapped;
}

/* Before all other constructors: they may find the run broken. */
__attribute__((constructor(101))) static void begin_first(void)
{
    begin();
    (void)pthread_atfork(NULL, NULL, begin);
}
