// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/summary.h"

/** What is printed about a search that lost so many ranks. The caller passes [1024]. */
static void print_with_lost(int n_lost, char *text) {
    perebor_search_summary summary = {
        .output = "out.h5",
        .progress = {.n_trials = 9, .n_done = 9, .elapsed_seconds = 2.0, .n_ranks_lost = n_lost}};
    int kept = dup(STDERR_FILENO);
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assert_true(dup2(pipes[1], STDERR_FILENO) >= 0);
    summary_print(&summary, 3);
    (void)fflush(stderr);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    ssize_t length = read(pipes[0], text, 1023);
    assert_true(length > 0);
    text[length] = '\0';
    (void)close(kept);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
}

static void lost_ranks_are_told(void **state) {
    (void)state;
    char text[1024];
    print_with_lost(0, text);
    assert_null(strstr(text, "lost"));
    print_with_lost(1, text);
    assert_non_null(strstr(text, ", 1 rank lost\n"));
    print_with_lost(2, text);
    assert_non_null(strstr(text, ", 2 ranks lost\n"));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lost_ranks_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
