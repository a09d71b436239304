/* SPDX-License-Identifier: MIT */
#include "kernel/operations.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static bool traces;

bool both_traces(void)
{
    return traces;
}

void both_trace(const char *format, ...)
{
    if (traces) {
        va_list arguments;
        va_start(arguments, format);
        (void)vfprintf(stderr, format, arguments);
        va_end(arguments);
    }
}

void both_differ(const both *b, const char *what, int64_t real, int64_t model)
{
    (void)fprintf(stderr, "operation %u: %s: Linux %lld, model %lld\n", b->step, what,
                  (long long)real, (long long)model);
    unix_release();
    abort();
}

void both_same(both *b, const char *what, int64_t real, int64_t model)
{
    both_trace("# %s: %lld\n", what, (long long)real);
    b->answers++;
    if (real != model && (b->insists || !b->has_tcp)) {
        both_differ(b, what, real, model);
    }
    if (real != model) {
        both_trace("# this differs, model: %lld\n", (long long)model);
        b->differs = true;
        b->is_over = true;
    }
}

int64_t both_result(int64_t returned)
{
    return returned < 0 ? -errno : returned;
}

/* The lowest descriptor that is kept, so that BOTH_FIRST is the next one. */
static int kept = BOTH_FIRST;

/* Not before the first run, as a fuzzer opens files of its own until then. */
static void keep_descriptors(void)
{
    int fd = kept == BOTH_FIRST ? 0 : BOTH_FIRST;
    while (fd < BOTH_FIRST - 1) {
        fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        kept = fd < kept ? fd : kept;
    }
}

static int datagrams_max = 10;

static void ask_datagrams_max(void)
{
    FILE *file = fopen("/proc/sys/net/unix/max_dgram_qlen", "r");
    if (file != NULL) {
        (void)fscanf(file, "%d", &datagrams_max);
        (void)fclose(file);
    }
}

void both_prepare(void)
{
    ask_datagrams_max();
    unix_prepare();
    signals_prepare();
    (void)signal(SIGPIPE, SIG_IGN);
    traces = getenv("VIGIL_FUZZ_TRACE") != NULL;
}

void both_release(void)
{
    unix_release();
    for (; kept < BOTH_FIRST; kept++) {
        (void)close(kept);
    }
}

void both_open(both *b)
{
    keep_descriptors();
    *b = (both){.insists = b->insists};
    vigil_model_options options = {.first_descriptor = BOTH_FIRST,
                                   .descriptors_max = BOTH_FIRST + BOTH_DESCRIPTORS,
                                   .charge = charge_of,
                                   .tcp_buffer = BOTH_TCP_BUFFER,
                                   .datagrams_max = datagrams_max};
    charge_limits(&options);
    b->model = vigil_model_open(&options);
    if (b->model == NULL) {
        abort();
    }
    signals_open(b);
}

both_descriptor *both_known(both *b, int fd)
{
    return &b->known[fd - BOTH_FIRST];
}

void both_note(both *b, int64_t fd, both_kind kind)
{
    if (fd >= 0) {
        *both_known(b, (int)fd) = (both_descriptor){.open = true, .kind = kind};
        b->has_tcp = b->has_tcp || kind == BOTH_TCP;
    }
}

/* Whether there is room for two more: the limit is the model's alone. */
bool both_has_room(const both *b)
{
    return vigil_model_count(b->model) <= BOTH_DESCRIPTORS - 4;
}

/* A reset leaves no port behind that waits for its time to be over. */
static void reset_at_close(int fd)
{
    const struct linger none = {1, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

void both_close_all(both *b)
{
    tcp_fill_last(b);
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        udp_same_memory(b, BOTH_FIRST + i);
        if (b->known[i].open && b->known[i].kind == BOTH_TCP) {
            reset_at_close(BOTH_FIRST + i);
        }
    }
    for (int i = 0; i < BOTH_DESCRIPTORS; i++) {
        int fd = BOTH_FIRST + i;
        if (b->known[i].open) {
            both_same(b, "close", both_result(close(fd)), vigil_model_close(b->model, fd));
        }
    }
    unix_forget_names(b);
    signals_close(b);
    int lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (lowest != BOTH_FIRST) {
        both_differ(b, "descriptors left open", lowest, BOTH_FIRST);
    }
    both_same(b, "descriptors left open", 0, vigil_model_count(b->model));
    (void)close(lowest);
    vigil_model_free(b->model);
}
