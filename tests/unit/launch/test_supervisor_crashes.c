// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lives.h"

/** One that does not go though all is done, and what it started, are killed; its word counts. */
static void ranks_that_do_not_leave_are_killed(void **state) {
    (void)state;
    assert_exit_code("leaves and stays", 0.15, 1000, 8);
}

static void a_crash_is_started_again_and_told_since_when(void **state) {
    (void)state;
    char lines[2][32];
    time_t before = time(NULL);
    assert_exit_code("crashes once", 60.0, 1, 2);
    FILE *file = fopen("starts", "r");
    assert_non_null(file);
    assert_non_null(fgets(lines[0], sizeof lines[0], file));
    assert_non_null(fgets(lines[1], sizeof lines[1], file));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(strtoll(lines[0], NULL, 10), 0);
    assert_in_range(strtoll(lines[1], NULL, 10), before, time(NULL));
}

static void starts_that_get_on_do_not_count_as_failed(void **state) {
    (void)state;
    assert_exit_code("gets on", 60.0, 1, 0);
    assert_int_equal(lives_n_starts(), 3);
}

static void too_many_crashes_in_a_row_are_told_by_the_last(void **state) {
    (void)state;
    assert_gives_up("crashes", 60.0, 60.0, 1, "mpiexec was killed: 2" KEPT);
    assert_int_equal(lives_n_starts(), 2);
    assert_gives_up("fails", 60.0, 60.0, 5,
                    "3 starts in a row ended with code 1 before the search began, so the next "
                    "would too: what was printed above says why");
    assert_gives_up("falls silent", 60.0, 0.1, 1, "rank 0 was silent for too long: 2" KEPT);
}

static void an_mpi_that_does_not_start_is_ended(void **state) {
    (void)state;
    FILE *file = fopen("sleeper", "w");
    assert_non_null(file);
    assert_true(fputs("#!/bin/sh\nsleep 1000 & wait\n", file) >= 0);
    assert_int_equal(fclose(file) + chmod("sleeper", 0700), 0);
    assert_int_equal(setenv("PEREBOR_MPIEXEC", "./sleeper", 1), 0);
    assert_gives_up("leaves", 0.1, 60.0, 1, "MPI did not start in time: 2" KEPT);
    assert_int_equal(unlink("sleeper"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, lives_begin, lives_end)

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        TEST(ranks_that_do_not_leave_are_killed),
        TEST(a_crash_is_started_again_and_told_since_when),
        TEST(starts_that_get_on_do_not_count_as_failed),
        TEST(too_many_crashes_in_a_row_are_told_by_the_last),
        TEST(an_mpi_that_does_not_start_is_ended),
    };
    return lives_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
