/* SPDX-License-Identifier: MIT */

/* Every plan of fuzz/kernel/plans runs on Linux and on the model, and they answer
 * the same. Each has shown a mistake of the model, or shows what one would look like, and
 * says which. */
#include "kernel/operations.h"
#include "support/check.h"
#include "support/child.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "fuzz/kernel/plans"

static void run_plan(void *path)
{
    FILE *plan = fopen(path, "r");
    check(plan != NULL);
    both_prepare();
    check_equal(plan_run(plan), 0);
    both_release();
    (void)fclose(plan);
}

static int is_plan(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot != NULL && strcmp(dot, ".plan") == 0;
}

static void plans__answer_the_same(void **state)
{
    (void)state;
    struct dirent **entries = NULL;
    int count = scandir(FOLDER, &entries, is_plan, alphasort);
    check(count > 0);
    for (int i = 0; i < count; i++) {
        char path[400];
        (void)snprintf(path, sizeof path, "%s/%s", FOLDER, entries[i]->d_name);
        (void)printf("%s\n", path);
        (void)fflush(stdout);
        run_child(run_plan, path);
        free(entries[i]);
    }
    free(entries);
}

static void refuse_line(void *text)
{
    FILE *plan = fmemopen(text, strlen(text), "r");
    check(plan != NULL);
    both_prepare();
    check_equal(plan_run(plan), 2);
    both_release();
    (void)fclose(plan);
}

static void plans__of_something_else_are_refused(void **state)
{
    (void)state;
    char lines[][40] = {"pipe\npope\n",     "pipe\nread 64\n",   "pipe\nread 64 8 8\n",
                        "pipe\nread 4 8\n", "pipe\nread 64 x\n", "pipe\nread 64 8000000\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        run_child(refuse_line, lines[i]);
    }
}

/* The model is given an eventfd of which Linux knows nothing. */
static void run_apart(void *unused)
{
    both b = {.insists = true};
    (void)unused;
    both_prepare();
    both_open(&b);
    (void)vigil_model_eventfd(b.model, 0, 0);
    operate_pipe(&b, NULL);
}

static void plans__that_differ_abort(void **state)
{
    (void)state;
    run_child_to_signal(run_apart, NULL, SIGABRT);
}

/* With TCP it may be a matter of time, unless it differs as often as it is played: here
 * the first `turns` times. */
static void differ(both *b, void *turns)
{
    int *left = turns;
    operate_tcp(b, NULL);
    if ((*left)-- > 0) {
        (void)vigil_model_eventfd(b->model, 0, 0);
    }
    operate_pipe(b, NULL);
}

static void differ_twice(void *unused)
{
    int turns = 2;
    (void)unused;
    both_prepare();
    operations_replay(differ, &turns);
    check_equal(turns, -1);
    check_equal(operations_replays(), 2);
    both_release();
}

static void differ_always(void *unused)
{
    int turns = INT_MAX;
    (void)unused;
    both_prepare();
    operations_replay(differ, &turns);
}

static void plans__with_tcp_are_played_again(void **state)
{
    (void)state;
    run_child(differ_twice, NULL);
    run_child_to_signal(differ_always, NULL, SIGABRT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans__answer_the_same),
        cmocka_unit_test(plans__of_something_else_are_refused),
        cmocka_unit_test(plans__that_differ_abort),
        cmocka_unit_test(plans__with_tcp_are_played_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
