// SPDX-License-Identifier: MIT
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "run/rank_timings.h"

static const perebor_rank_timings timings = {
    .start = 0.04, .wall = 2.0, .compute = 3.7, .wait = 0.3, .protocol = 0.05, .n_threads = 2};
static const perebor_stage_seconds stages = {
    .prepare = 0.1, .fit = 2.0, .score = 1.0, .metric = 0.2};

static void stages_other_and_wait_make_the_job_of_all_threads(void **state) {
    (void)state;
    char text[RANK_TIMINGS_SIZE];
    const rank_timings_end end = {.end = 0.01, .whole = 2.05, .writing = 0.02};
    double start, job, last, whole, prepare, fit, predict, score, other, wait, mpi, files;
    int rank, n_threads;
    rank_timings_write(text, 0, &timings, &stages, &end);
    assert_int_equal(sscanf(text,
                            "rank %d: start %lf + job %lf + end %lf = %lf; threads %d x job: "
                            "prepare %lf + fit %lf + predict %lf + score %lf + other %lf + wait "
                            "%lf; beside them MPI %lf, files %lf",
                            &rank, &start, &job, &last, &whole, &n_threads, &prepare, &fit,
                            &predict, &score, &other, &wait, &mpi, &files),
                     14);
    assert_true(fabs(start + job + last - whole) < 1e-9);
    assert_true(fabs(prepare + fit + predict + score + other + wait - n_threads * job) < 1e-9);
    assert_true(fabs(mpi + files - timings.protocol) < 1e-9);
}

static void other_ranks_have_no_end_and_lost_ones_no_times(void **state) {
    (void)state;
    char text[RANK_TIMINGS_SIZE];
    rank_timings_write(text, 1, &timings, &stages, NULL);
    assert_null(strstr(text, " end "));
    assert_non_null(strstr(text, "rank 1: start 0.040 + job 2.000; threads 2 x job: "));
    const perebor_rank_timings silent = {0};
    rank_timings_write(text, 7, &silent, &stages, NULL);
    assert_string_equal(text, "rank 7: lost, or silent at the end");
}

static void long_times_fit(void **state) {
    (void)state;
    char text[RANK_TIMINGS_SIZE];
    const perebor_rank_timings year = {
        .start = 3e7, .wall = 3e7, .compute = 4e9, .wait = 4e9, .protocol = 3e7, .n_threads = 128};
    const perebor_stage_seconds most = {.prepare = 1e9, .fit = 1e9, .score = 1e9, .metric = 1e9};
    const rank_timings_end end = {.end = 3e7, .whole = 9e7, .writing = 1e7};
    rank_timings_write(text, 99999, &year, &most, &end);
    assert_non_null(strstr(text, "files 10000000.000"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_other_and_wait_make_the_job_of_all_threads),
        cmocka_unit_test(other_ranks_have_no_end_and_lost_ones_no_times),
        cmocka_unit_test(long_times_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
